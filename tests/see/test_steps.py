"""Stepping through the sweeps gives what the sweeps give."""

import pytest

from backend import torch, wengert_only

pytestmark = wengert_only


def parameters(seed=3):
    torch.manual_seed(seed)
    return [torch.rand(3, 3, dtype=torch.float64) + 0.2, torch.rand(3, dtype=torch.float64) + 0.2]


PROGRAMS = {
    "chain": lambda a, x: (x * 2).tanh().exp().log().sum(),
    "shared": lambda a, x: (x * x + x.sin() * x).sum(),
    "matrix": lambda a, x: ((a @ x) * (a.t() @ x)).sum(),
    "broadcast": lambda a, x: (a * x + x[:, None]).mean(),
    "reduced": lambda a, x: a.max(1).values.sum() + a.softmax(0).prod() + a.norm(),
    "parts": lambda a, x: sum(row.sum() * (i + 1) for i, row in enumerate(a.unbind())) * x[0],
    "joined": lambda a, x: (torch.cat([a, a * 2]) @ x).pow(2).sum(),
    "cast": lambda a, x: (a.float() * x.float()).double().sum(),
    "indexed": lambda a, x: (a[[0, 2]] * x).sum() + a[0, 1] * x[2],
    "written": lambda a, x: written(a, x),
    "chosen": lambda a, x: torch.where(x > 0.5, x, x * 3).sum() + a.clamp(0.3, 0.9).sum(),
    "layer": lambda a, x: torch.nn.functional.layer_norm(a, (3,)).mul(x).sum(),
    "function": lambda a, x: Double.apply(a).sum() * x.sum(),
    "many": lambda a, x: torch.nn.functional.cross_entropy(a, torch.tensor([0, 1, 2])) + x.sum(),
}


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * 2 * x


def written(a, x):
    b = a * 1
    b[0] = x * 2
    b.mul_(3)
    return (b * b).sum()


@pytest.mark.parametrize("name", PROGRAMS)
def test_reverse_steps_are_the_gradients(name):
    a, x = (p.requires_grad_() for p in parameters())
    y = PROGRAMS[name](a, x)
    t = torch.tape(y)
    arrived = {step.variable.name: step.cotangent for step in t.reverse() if step.variable.is_leaf}
    wanted = torch.autograd.grad(y, [a, x], allow_unused=True, retain_graph=True)
    for of, g in zip(("a", "x"), wanted):
        assert (g is None) == (of not in arrived)
        if g is not None:
            torch.testing.assert_close(arrived[of], g, rtol=1e-12, atol=1e-12)
    assert a.grad is None
    y.backward()  # the graph is not spent by looking


@pytest.mark.parametrize("name", PROGRAMS)
def test_forward_steps_are_jvp(name):
    a, x = (p.requires_grad_() for p in parameters())
    da, dx = parameters(5)
    y = PROGRAMS[name](a, x)
    t = torch.tape(y)
    leaves = {v.name for v in t.where(leaf=True)}
    steps = list(t.forward({of: tangent for of, tangent in (("a", da), ("x", dx)) if of in leaves}))
    if name == "function":
        (ga, gx) = torch.autograd.grad(y, [a, x])
        wanted = (ga * da).sum() + (gx * dx).sum()
    else:
        _, wanted = torch.func.jvp(PROGRAMS[name], (a.detach(), x.detach()), (da, dx))
    torch.testing.assert_close(steps[-1].tangent, wanted, rtol=1e-9, atol=1e-9, check_dtype=False)


def test_what_steps_say():
    x = torch.tensor(3.0, requires_grad=True)
    y = x * x
    first, last = torch.tape(y).reverse()
    assert str(first) == "y = x * x: MulBackward0 turns 1.0 into 3.0 for x, 3.0 for x"
    assert (first.rule, first.incoming[0].item(), [s.name for s in first.outgoing]) == ("MulBackward0", 1.0, ["x", "x"])
    assert str(last) == "x: 6.0 arrives" and last.cotangent.item() == 6.0
    leaf, product = torch.tape(y).forward()
    assert str(leaf) == "x: tangent 1.0" and str(product) == "y = x * x: tangent 6.0"
    assert [t.item() for t in product.incoming] == [1.0, 1.0]


def test_gradients_that_steps_begin_with():
    x = torch.ones(2, requires_grad=True)
    y, z = x * 2, x * 3
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        torch.tape(y).reverse()
    steps = list(torch.tape([y, z]).reverse([torch.tensor([1.0, 2.0]), torch.tensor([10.0, 20.0])]))
    assert steps[-1].cotangent.tolist() == [32.0, 64.0]
    with pytest.raises(RuntimeError, match="does not fit"):
        torch.tape(y).reverse(torch.ones(3))
    with pytest.raises(ValueError, match="got 1 gradients, wanted 2"):
        torch.tape([y, z]).reverse([torch.ones(2)])


def test_tangents_that_do_not_fit():
    x = torch.ones(2, requires_grad=True)
    t = torch.tape(x * 2)
    with pytest.raises(RuntimeError, match="does not fit"):
        list(t.forward({"x": torch.ones(3)}))
    with pytest.raises(KeyError, match="no leaf"):
        list(t.forward({"z": torch.ones(2)}))
    assert [step.tangent is None for step in t.forward({})] == [True, True]
    assert list(t.forward([(x, torch.tensor([1.0, 0.0]))]))[-1].tangent.tolist() == [2.0, 0.0]


def test_a_spent_graph_cannot_be_stepped_through():
    x = torch.ones(2, requires_grad=True)
    y = (x * x).sum()
    t = torch.tape(y)
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        list(t.reverse())


def test_steps_are_lazy():
    x = torch.ones(2, requires_grad=True)
    y = x
    for _ in range(1000):
        y = y * 1
    steps = torch.tape(y.sum()).reverse()
    assert next(steps).variable.op == "sum"
    assert next(steps).variable.op == "mul"
