"""Special functions at their edges, their derivatives of higher order, and their names."""

import math

import numpy as np
import pytest

from backend import ON_TORCH, assert_close, t64, torch, wengert_only

S = torch.special
INF, NAN = math.inf, math.nan

EDGES = {
    "erfinv": ([-1.0, 0.0, 1.0, 1.5, NAN], [-INF, 0.0, INF, NAN, NAN]),
    "erfc": ([-INF, 0.0, INF, NAN], [2.0, 1.0, 0.0, NAN]),
    "erfcx": ([-INF, 0.0, INF, NAN], [INF, 1.0, 0.0, NAN]),
    "ndtr": ([-INF, 0.0, INF, NAN], [0.0, 0.5, 1.0, NAN]),
    "ndtri": ([0.0, 0.5, 1.0, -1.0, 2.0], [-INF, 0.0, INF, NAN, NAN]),
    "log_ndtr": ([-INF, 0.0, INF, NAN], [-INF, -math.log(2), 0.0, NAN]),
    "entr": ([-1.0, 0.0, 1.0, NAN], [-INF, 0.0, 0.0, NAN]),
    "gammaln": ([-1.0, 0.0, 1.0, 2.0, INF, NAN], [INF, INF, 0.0, 0.0, INF, NAN]),
    "digamma": ([0.0, -1.0, 1.0, NAN], [-INF, NAN, -0.5772156649015329, NAN]),
    "i0": ([0.0, NAN], [1.0, NAN]),
    "i1e": ([0.0, NAN], [0.0, NAN]),
}


@pytest.mark.parametrize("name", EDGES)
def test_edges(name):
    x, want = EDGES[name]
    assert_close(getattr(S, name)(t64(x)), np.array(want), rtol=1e-12)


def test_edges_of_pairs():
    a, x = t64([0.0, 1.0, 1.0, 2.0]), t64([1.0, 0.0, INF, -1.0])
    assert_close(torch.igamma(a, x), np.array([1.0, 0.0, 1.0, NAN]))
    assert_close(torch.igammac(a, x), np.array([0.0, 1.0, 0.0, NAN]))
    assert_close(S.zeta(t64([1.0, 2.0, 0.5]), t64([2.0, -1.0, 1.0])), np.array([INF, INF, NAN]))
    assert_close(S.xlog1py(t64([0.0, 0.0]), t64([-1.0, NAN])), np.array([0.0, NAN]))
    assert_close(torch.xlogy(t64([0.0, 0.0]), t64([0.0, NAN])), np.array([0.0, NAN]))


THRICE = {
    "erfc": (torch.erfc, [-1.5, 0.3, 2.0]),
    "erfcx": (S.erfcx, [-1.5, 0.3, 2.0]),
    "erfinv": (torch.erfinv, [-0.7, 0.1, 0.6]),
    "ndtr": (S.ndtr, [-1.5, 0.3, 2.0]),
    "ndtri": (S.ndtri, [0.2, 0.5, 0.8]),
    "log_ndtr": (S.log_ndtr, [-5.0, -0.5, 1.0]),
    "entr": (S.entr, [0.2, 1.5]),
    "lgamma": (torch.lgamma, [0.4, 1.0, 3.5, -0.4]),
    "polygamma": (lambda x: torch.polygamma(2, x), [0.7, 2.5]),
    "i0": (torch.i0, [-1.5, 0.3, 2.0]),
    "i1": (S.i1, [-1.5, 0.3, 2.0]),
    "i0e": (S.i0e, [-1.5, 0.3, 2.0]),
    "i1e": (S.i1e, [-1.5, 0.3, 2.0]),
    "igamma": (lambda x: torch.igamma(torch.tensor(2.5, dtype=torch.float64), x), [0.5, 3.0]),
    "zeta": (lambda q: S.zeta(torch.tensor(2.5, dtype=torch.float64), q), [0.5, 3.0]),
    "xlog1py": (lambda x: S.xlog1py(x, x), [0.5, 3.0]),
}


@pytest.mark.parametrize("name", THRICE)
def test_third_derivatives(name):
    f, points = THRICE[name]
    x = t64(points, True)

    def second(y):
        (g,) = torch.autograd.grad(f(y).sum(), y, create_graph=True)
        return torch.autograd.grad(g.sum(), y, create_graph=True)[0]

    assert torch.autograd.gradcheck(f, [x], check_forward_ad=not ON_TORCH)
    assert torch.autograd.gradcheck(second, [x], atol=1e-4)


@wengert_only
def test_bessel_functions_have_derivatives_at_0():
    """PyTorch's second derivative of i1 is wrong there."""
    x = t64(0.0, True)
    for f, first, second in ((torch.i0, 0.0, 0.5), (S.i1, 0.5, 0.0)):
        (g,) = torch.autograd.grad(f(x), x, create_graph=True)
        (h,) = torch.autograd.grad(g, x)
        assert_close(g, np.array(first))
        assert_close(h, np.array(second))


def test_the_first_argument_has_no_derivative():
    a = torch.ones(2, requires_grad=True)
    with pytest.raises(NotImplementedError, match="not implemented"):
        torch.igamma(a, torch.ones(2)).sum().backward()


def test_gradient_of_xlogy_at_0():
    x, y = t64([0.0, 0.0], True), t64([2.0, 0.0])
    (g,) = torch.autograd.grad(torch.xlogy(x, y).sum(), x)
    assert_close(g, np.array([math.log(2.0), 0.0]))


def test_names():
    x = t64([0.3, 0.6])
    assert_close(S.psi(x), S.digamma(x))
    assert_close(S.expit(x), torch.sigmoid(x))
    assert_close(S.gammainc(x, x), torch.igamma(x, x))
    assert_close(S.gammaincc(x, x), torch.igammac(x, x))
    assert_close(S.multigammaln(x + 2, 2), torch.mvlgamma(x + 2, 2))
    assert_close(S.logit(x), torch.logit(x))
    assert torch.lgamma(torch.ones(1, requires_grad=True)).grad_fn.name() == "LgammaBackward0"
    assert x.polygamma(1).shape == (2,)
    for name in ("erfc_", "erfinv_", "lgamma_", "digamma_", "i0_"):
        y = x.clone()
        assert getattr(y, name)() is y
        assert_close(y, getattr(torch, name[:-1])(x))


def test_dtypes():
    assert torch.lgamma(torch.arange(1, 3)).dtype == torch.float32
    assert torch.erfc(torch.ones(1, dtype=torch.float64)).dtype == torch.float64
    with pytest.raises(NotImplementedError):
        torch.igamma(torch.arange(2), torch.arange(2))
