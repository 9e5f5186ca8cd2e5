"""Integrals, covariances, quantiles and their like: NumPy's values, and derivatives."""

import math

import numpy as np
import pytest

from backend import ON_TORCH, array, assert_close, t64, torch

RNG = np.random.default_rng(5)
X = RNG.standard_normal((3, 4))
V = np.array([3.0, 1.0, 2.0, 5.0])
CUBE = RNG.standard_normal((2, 3, 4))
POINTS = np.array([0.0, 1.0, 3.0, 7.0])

VALUES = {
    "trapezoid": (lambda t: torch.trapezoid(t(X), dx=2.0), np.trapezoid(X, dx=2.0)),
    "trapezoid_points": (lambda t: torch.trapezoid(t(X), t(POINTS)), np.trapezoid(X, POINTS)),
    "trapezoid_dim": (lambda t: torch.trapz(t(X), dim=0), np.trapezoid(X, axis=0)),
    "trapezoid_each": (lambda t: torch.trapezoid(t(X), t(X).cumsum(1)), np.trapezoid(X, X.cumsum(1))),
    "trapezoid_fewer": (
        lambda t: torch.trapezoid(t(CUBE), t(X).cumsum(0), dim=1),
        np.trapezoid(CUBE, np.broadcast_to(X.cumsum(0), CUBE.shape), axis=1),
    ),
    "trapezoid_front": (lambda t: torch.trapezoid(t(CUBE), t(X), dim=0), np.zeros((3, 4))),
    "cumulative": (
        lambda t: torch.cumulative_trapezoid(t(V), t(POINTS)),
        np.cumsum((V[1:] + V[:-1]) / 2 * np.diff(POINTS)),
    ),
    "gradient": (lambda t: torch.gradient(t(V))[0], np.gradient(V)),
    "gradient_points": (lambda t: torch.gradient(t(V), spacing=(t(POINTS),))[0], np.gradient(V, POINTS)),
    "gradient_edge": (
        lambda t: torch.gradient(t(V), spacing=(t(POINTS),), edge_order=2)[0],
        np.gradient(V, POINTS, edge_order=2),
    ),
    "gradient_dim": (lambda t: torch.gradient(t(X), dim=1, spacing=0.5)[0], np.gradient(X, 0.5, axis=1)),
    "cov": (lambda t: torch.cov(t(X)), np.cov(X)),
    "cov_weights": (
        lambda t: torch.cov(t(X), fweights=torch.tensor([1, 2, 3, 1]), aweights=t(V)),
        np.cov(X, fweights=[1, 2, 3, 1], aweights=V),
    ),
    "corrcoef": (lambda t: torch.corrcoef(t(X)), np.corrcoef(X)),
    "dist": (lambda t: torch.dist(t(X), t(X) * 2, 3), np.linalg.norm(X.ravel(), 3)),
    "vander": (lambda t: torch.vander(t(V), 3), np.vander(V, 3)),
    "float_power": (lambda t: torch.float_power(t(V), 1.5), V**1.5),
    "ldexp": (lambda t: torch.ldexp(t(V), torch.tensor([1, 2, 3, 4])), np.ldexp(V, [1, 2, 3, 4])),
    "quantile": (lambda t: torch.quantile(t(X), 0.3, 1), np.quantile(X, 0.3, axis=1)),
    "quantiles": (lambda t: torch.quantile(t(X), t([0.1, 0.5]), 0), np.quantile(X, [0.1, 0.5], axis=0)),
    "quantile_all": (lambda t: torch.quantile(t(X), 0.25), np.quantile(X, 0.25)),
    "renorm": (lambda t: torch.renorm(t(X), 2, 0, 1.0), X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1.0)),
    "mvlgamma": (
        lambda t: torch.mvlgamma(t(V + 2), 2),
        [math.log(math.pi) / 2 + math.lgamma(v + 2) + math.lgamma(v + 1.5) for v in V],
    ),
    "sum_to_size": (lambda t: t(X).sum_to_size(3, 1), X.sum(1, keepdims=True)),
    "frexp": (lambda t: torch.frexp(t(V)).mantissa, np.frexp(V)[0]),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(name):
    ours, want = VALUES[name]
    assert_close(ours(t64), np.asarray(want), rtol=1e-6 if name == "renorm" else 1e-9)


GRADIENTS = {
    "trapezoid": lambda x: torch.trapezoid(x, x.cumsum(1)),
    "trapezoid_more": lambda x: torch.trapezoid(x[0], torch.stack([x.T, x.T * x.T, x.T.sin(), x.T.cos()]), dim=0),
    "cumulative": lambda x: torch.cumulative_trapezoid(x, dim=0),
    "gradient": lambda x: torch.gradient(x, spacing=0.5),
    "cov": torch.cov,
    "corrcoef": torch.corrcoef,
    "dist": lambda x: torch.dist(x, x * x, 3),
    "quantile": lambda x: torch.quantile(x, 0.3, 1),
    "nanquantile": lambda x: torch.nanquantile(x, 0.3, 0),
    "nanmedian": lambda x: torch.nanmedian(x, 1).values,
    "renorm": lambda x: torch.renorm(x, 2, 0, 1.0),
    "mvlgamma": lambda x: torch.mvlgamma(x * x + 2, 2),
    "float_power": lambda x: torch.float_power(x * x + 1, 1.5),
    "frexp": lambda x: torch.frexp(x).mantissa,
    "ldexp": lambda x: torch.ldexp(x, torch.tensor(3)),
    "index_reduce": lambda x: torch.index_reduce(x, 1, torch.tensor([0, 2]), x[:, :2] * 2, "mean"),
    "as_strided_scatter": lambda x: torch.as_strided_scatter(x, x[0, :2] * 3, (2,), (3,)),
    "sum_to_size": lambda x: x.sum_to_size(1, 4) ** 2,
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients(name):
    if ON_TORCH and name == "as_strided_scatter":
        pytest.skip("PyTorch's own gradient is wrong here")
    x = t64(X, True)
    assert torch.autograd.gradcheck(GRADIENTS[name], [x], check_forward_ad=name != "index_reduce")
    assert torch.autograd.gradgradcheck(GRADIENTS[name], [x])


def test_an_angle_has_the_derivative_0():
    x = t64([-2.0, 0.0, -0.0, 3.0, math.nan], True)
    found = torch.angle(x)
    assert_close(found, np.array([math.pi, 0.0, 0.0, 0.0, math.nan]))
    found.sum().backward()
    assert x.grad.tolist() == [0.0] * 5
    assert_close(torch.angle(torch.tensor([-1, 2])), np.array([math.pi, 0.0], np.float32))


def test_medians_and_quantiles_without_nan():
    x = t64([[1.0, math.nan, 3.0], [math.nan, math.nan, math.nan]])
    found = torch.nanmedian(x, 1)
    assert_close(found.values, np.array([1.0, math.nan]))
    assert found.indices.tolist()[0] == 0
    assert torch.nanmedian(x).item() == 1.0
    assert_close(torch.nanquantile(x, 0.5, 1), np.array([2.0, math.nan]))
    assert torch.quantile(x[0], 0.5).isnan()
    for how in ("lower", "higher", "nearest", "midpoint"):
        assert_close(torch.quantile(t64(V), 0.4, interpolation=how), np.quantile(V, 0.4, method=how))


def test_histograms():
    hist, edges = torch.histogram(t64(V), 3)
    want, want_edges = np.histogram(V, 3)
    assert_close(hist, want.astype(float))
    assert_close(edges, want_edges)
    assert_close(
        torch.histogram(t64(V), t64([0.0, 2.0, 4.0]), density=True).hist, np.histogram(V, [0, 2, 4], density=True)[0]
    )
    assert_close(
        torch.histogram(t64(V), 2, range=(0.0, 4.0), weight=t64(V)).hist, np.histogram(V, 2, (0, 4), weights=V)[0]
    )


def test_unravel_index():
    found = torch.unravel_index(torch.tensor([5, 3, 11]), (2, 2, 3))
    assert [f.tolist() for f in found] == [list(map(int, f)) for f in np.unravel_index([5, 3, 11], (2, 2, 3))]


@pytest.mark.parametrize(
    ("error", "call"),
    [
        (RuntimeError, lambda: torch.trapezoid(torch.ones(3), torch.ones(2))),
        (RuntimeError, lambda: torch.gradient(torch.ones(1))),
        (RuntimeError, lambda: torch.trapezoid(torch.ones(4, 4), torch.ones(4, 4, 4), dim=0)),
        (RuntimeError, lambda: torch.cov(torch.ones(2, 2, 2))),
        (RuntimeError, lambda: torch.cov(torch.ones(2, 2), fweights=torch.tensor([1, -1]))),
        (RuntimeError, lambda: torch.cov(torch.ones(2, 2), aweights=torch.tensor([1.0, -1.0]))),
        (RuntimeError, lambda: torch.vander(torch.ones(2, 2))),
        (RuntimeError, lambda: torch.quantile(torch.ones(2), 1.5)),
        (RuntimeError, lambda: torch.quantile(torch.arange(3), 0.5)),
        (RuntimeError, lambda: torch.renorm(torch.ones(2), 2, 0, 1)),
        (RuntimeError, lambda: torch.mvlgamma(torch.ones(2), 0)),
        (RuntimeError, lambda: torch.ones(2, 3).sum_to_size(2)),
        (TypeError, lambda: torch.unravel_index(torch.ones(2), (2, 2))),
        (RuntimeError, lambda: torch.histogram(torch.ones(2), 0)),
        (RuntimeError, lambda: torch.frexp(torch.arange(2))),
        (TypeError, lambda: torch.ldexp_(0, torch.ones(()))),
        (TypeError, lambda: torch.resize_as_(0, torch.ones(()))),
        (NotImplementedError, lambda: torch.gcd(torch.ones(2), torch.ones(2))),
        (RuntimeError, lambda: torch.poisson(-torch.ones(2))),
        (RuntimeError, lambda: torch.polygamma(-1, torch.ones(2))),
        (RuntimeError, lambda: torch.index_reduce(torch.ones(2), 0, torch.tensor([0]), torch.ones(1), "sum")),
    ],
)
def test_what_does_not_fit_is_refused(error, call):
    with pytest.raises(error):
        call()


def test_draws():
    torch.manual_seed(0)
    rate = torch.full((20000,), 3.5)
    drawn = torch.poisson(rate)
    assert abs(array(drawn).mean() - 3.5) < 0.1 and abs(array(drawn).var() - 3.5) < 0.2
    count = torch.full((20000,), 10.0)
    drawn = torch.binomial(count, torch.full((20000,), 0.3))
    assert abs(array(drawn).mean() - 3.0) < 0.1 and abs(array(drawn).var() - 2.1) < 0.2
    torch.manual_seed(7)
    first = torch.poisson(rate)
    torch.manual_seed(7)
    assert torch.equal(first, torch.poisson(rate))
