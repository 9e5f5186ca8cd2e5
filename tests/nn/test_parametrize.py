"""Parametrised tensors, weights of norm and of spectral norm 1, and layers fused."""

import copy
import pickle

import pytest

from backend import assert_close, t64, torch

nn = torch.nn
P = nn.utils.parametrize


class Symmetric(nn.Module):
    def forward(self, x):
        return (x + x.T) / 2


class Exp(nn.Module):
    def forward(self, x):
        return x.exp()

    def right_inverse(self, x):
        return x.log()


class Sum(nn.Module):
    def forward(self, a, b):
        return a + b

    def right_inverse(self, x):
        return x / 4, x * 3 / 4


def layer():
    return nn.Linear(3, 3).double()


def test_a_function_in_the_place_of_a_weight():
    line = layer()
    before = line.weight
    assert P.register_parametrization(line, "weight", Symmetric()) is line
    assert_close(line.weight, (before + before.T) / 2)
    assert P.is_parametrized(line) and P.is_parametrized(line, "weight") and not P.is_parametrized(line, "bias")
    assert line.parametrizations.weight.original is before
    assert [name for name, _ in line.named_parameters()] == ["bias", "parametrizations.weight.original"]
    assert type(line).__name__ == "ParametrizedLinear" and P.type_before_parametrizations(line) is nn.Linear
    line(t64([[1.0, 2.0, 3.0]])).sum().backward()
    assert before.grad is not None
    with pytest.raises(RuntimeError, match="does not implement right_inverse|right_inverse"):
        line.weight = torch.ones(3, 3, dtype=torch.float64)
    other = layer()
    assert not P.is_parametrized(other)


def test_assignment_goes_through_the_inverse():
    line = layer()
    with torch.no_grad():
        line.weight.abs_().add_(0.1)
    wanted = line.weight.detach().clone()
    P.register_parametrization(line, "weight", Exp())
    assert_close(line.weight, wanted)
    P.register_parametrization(line, "weight", Symmetric())
    assert_close(line.weight, (wanted + wanted.T) / 2)
    line = P.register_parametrization(layer(), "bias", Exp(), unsafe=True)
    line.bias = t64([1.0, 2.0, 3.0])
    assert_close(line.bias, [1.0, 2.0, 3.0])
    assert_close(line.parametrizations.bias.original, t64([1.0, 2.0, 3.0]).log())


def test_several_originals():
    line = layer()
    wanted = line.weight.detach().clone()
    P.register_parametrization(line, "weight", Sum())
    assert_close(line.weight, wanted)
    assert_close(line.parametrizations.weight.original0, wanted / 4)
    with pytest.raises(ValueError, match="Cannot leave unparametrized"):
        P.remove_parametrizations(line, "weight", leave_parametrized=False)
    P.remove_parametrizations(line, "weight")
    assert_close(line.weight, wanted)
    assert isinstance(line.weight, nn.Parameter) and type(line) is nn.Linear


def test_removal_and_copies():
    line = P.register_parametrization(layer(), "weight", Symmetric())
    value = line.weight.detach().clone()
    twin = copy.deepcopy(line)
    assert_close(twin.weight, value)
    twin.parametrizations.weight.original.data.zero_()
    assert_close(line.weight, value)
    with pytest.raises(
        RuntimeError, match="Serialization of parametrized modules is only supported through state_dict"
    ):
        pickle.dumps(line)
    fresh = P.register_parametrization(layer(), "weight", Symmetric())
    fresh.load_state_dict(line.state_dict())
    assert_close(fresh.weight, value)
    original = line.parametrizations.weight.original
    first = original.detach().clone()
    P.remove_parametrizations(line, "weight", leave_parametrized=False)
    assert_close(line.weight, first)
    P.remove_parametrizations(fresh, "weight")
    assert_close(fresh.weight, value)
    with pytest.raises(ValueError, match="does not have a parametrization on weight"):
        P.remove_parametrizations(line, "weight")


def test_cached():
    calls = []

    class Counted(nn.Module):
        def forward(self, x):
            calls.append(1)
            return x

    line = P.register_parametrization(layer(), "weight", Counted())
    calls.clear()
    with P.cached():
        assert line.weight is line.weight
    assert line.weight is not None and len(calls) == 2


@pytest.mark.parametrize(
    "what, words",
    [
        (lambda: P.register_parametrization(layer(), "other", Exp()), "does not have a parameter, a buffer"),
        (lambda: P.register_parametrization(layer(), "weight", nn.Linear(3, 2).double()), "may not change the shape"),
        (lambda: P.ParametrizationList([], nn.Parameter(torch.ones(1))), "requires one or more modules"),
        (lambda: nn.utils.spectral_norm(layer(), n_power_iterations=0), "Expected n_power_iterations to be positive"),
    ],
)
def test_refused(what, words):
    with pytest.raises(ValueError, match=words):
        what()


@pytest.mark.parametrize("dim", [0, 1, None])
def test_weight_norm(dim):
    x = t64([[1.0, -2.0, 0.5]])
    for kind in ("new", "old"):
        line = layer()
        wanted = line(x)
        if kind == "new":
            nn.utils.parametrizations.weight_norm(line, dim=dim)
            g = line.parametrizations.weight.original0
        else:
            nn.utils.weight_norm(line, dim=dim)
            g = line.weight_g
        assert_close(line(x), wanted)
        assert tuple(g.shape) == {0: (3, 1), 1: (1, 3), None: ()}[dim]
        with torch.no_grad():
            g.mul_(2)
        bias = line.bias
        assert_close(line(x) - bias, (wanted - bias) * 2)
        line(x).sum().backward()
        assert g.grad is not None
    nn.utils.remove_weight_norm(line)
    assert_close(line(x) - line.bias, (wanted - bias) * 2)
    with pytest.raises(ValueError, match="weight_norm of 'weight' not found"):
        nn.utils.remove_weight_norm(line)


@pytest.mark.parametrize(
    "make", [lambda: nn.Linear(4, 3), lambda: nn.Conv2d(2, 3, 2), lambda: nn.ConvTranspose2d(2, 3, 2)]
)
def test_spectral_norm(make):
    torch.manual_seed(0)

    def largest(weight, dim):
        rows = weight.detach().transpose(0, dim).reshape(weight.shape[dim], -1)
        u = torch.ones(rows.shape[0], dtype=torch.float64)
        for _ in range(2000):
            v = rows.t() @ u
            u = rows @ (v / v.norm())
            u = u / u.norm()
        return (u @ rows @ (rows.t() @ u / (rows.t() @ u).norm())).item()

    dim = 1 if "Transpose" in type(make()).__name__ else 0
    module = nn.utils.parametrizations.spectral_norm(make().double())
    for _ in range(200):
        weight = module.weight
    assert abs(largest(weight, dim) - 1) < 1e-3
    module.eval()
    assert torch.equal(module.weight, module.weight)
    module.weight.sum().backward()
    assert module.parametrizations.weight.original.grad is not None
    old = nn.utils.spectral_norm(make().double())
    x = torch.ones(1, 4, dtype=torch.float64) if dim == 0 and old.weight.dim() == 2 else torch.ones(1, 2, 4, 4).double()
    for _ in range(200):
        old(x)
    assert abs(largest(old.weight, dim) - 1) < 1e-3
    assert "weight_u" in dict(old.named_buffers())
    nn.utils.remove_spectral_norm(old)
    assert isinstance(old.weight, nn.Parameter) and dict(old.named_buffers()) == {}


@pytest.mark.parametrize("kind", ["Conv2d", "ConvTranspose2d"])
def test_fused(kind):
    torch.manual_seed(0)
    conv, norm = getattr(nn, kind)(3, 4, 2, bias=False).double(), nn.BatchNorm2d(4).double()
    x = torch.randn(2, 3, 5, 5, dtype=torch.float64)
    norm(conv(x))
    with pytest.raises(AssertionError, match="Fusion only for eval"):
        nn.utils.fuse_conv_bn_eval(conv, norm)
    conv.eval(), norm.eval()
    fused = nn.utils.fuse_conv_bn_eval(conv, norm, transpose=kind != "Conv2d")
    assert_close(fused(x), norm(conv(x)))
