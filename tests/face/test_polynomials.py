"""Orthogonal polynomials: NumPy's values, sines of angles, and derivatives."""

import numpy as np
import pytest
from numpy import polynomial as numpy_polynomial

from backend import assert_close, t64, torch, wengert_only

S = torch.special
X = np.array([-1.0, -0.5, 0.0, 0.3, 1.0, 1.7])
INNER = np.array([-0.9, -0.5, 0.1, 0.3, 0.8])
SERIES = {
    "chebyshev_polynomial_t": numpy_polynomial.chebyshev.chebval,
    "hermite_polynomial_h": numpy_polynomial.hermite.hermval,
    "hermite_polynomial_he": numpy_polynomial.hermite_e.hermeval,
    "laguerre_polynomial_l": numpy_polynomial.laguerre.lagval,
    "legendre_polynomial_p": numpy_polynomial.legendre.legval,
}
# In the angle t of x = cos t.
ANGLES = {
    "chebyshev_polynomial_t": lambda t, n: np.cos(n * t),
    "chebyshev_polynomial_u": lambda t, n: np.sin((n + 1) * t) / np.sin(t),
    "chebyshev_polynomial_v": lambda t, n: np.cos((n + 0.5) * t) / np.cos(t / 2),
    "chebyshev_polynomial_w": lambda t, n: np.sin((n + 0.5) * t) / np.sin(t / 2),
}
ALL = sorted({*SERIES, *ANGLES, *(f"shifted_{name}" for name in ANGLES)})


@pytest.mark.parametrize("name", SERIES)
@pytest.mark.parametrize("degree", [0, 1, 2, 3, 9])
def test_values_are_those_of_series(name, degree):
    wanted = SERIES[name](X, [0] * degree + [1])
    assert_close(getattr(S, name)(t64(X), degree), wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("name", ANGLES)
@pytest.mark.parametrize("degree", [0, 1, 2, 5, 8])
def test_values_are_those_of_angles(name, degree):
    wanted = ANGLES[name](np.arccos(INNER), degree)
    assert_close(getattr(S, name)(t64(INNER), degree), wanted)
    assert_close(getattr(S, f"shifted_{name}")(t64((INNER + 1) / 2), degree), wanted)


@pytest.mark.parametrize("name", ALL)
def test_degrees_broadcast(name):
    function, degrees = getattr(S, name), torch.arange(-1, 5)
    table = function(t64(X)[:, None], degrees)
    for column, degree in enumerate(degrees.tolist()):
        assert_close(table[:, column], function(t64(X), degree))
    assert table[:, 0].abs().sum() == 0
    assert_close(
        function(0.3, torch.tensor([2.7, 3.0], dtype=torch.float64)), function(t64([0.3, 0.3]), torch.tensor([2, 3]))
    )
    assert function(torch.tensor([1, 2]), 2).dtype == torch.float32
    with pytest.raises(TypeError):
        function(1.0, 2)


@wengert_only  # PyTorch has no derivatives of them
@pytest.mark.parametrize("name", ALL)
def test_derivatives_of_every_order(name):
    function, x = getattr(S, name), t64(X, True)
    degrees = torch.arange(6)
    torch.autograd.gradcheck(lambda x: function(x, degrees), (x,), check_forward_ad=True)
    torch.autograd.gradgradcheck(lambda x: function(x, degrees), (x,))
    # A polynomial of degree 5 has a constant fifth derivative, and a sixth of 0.
    order = lambda x: function(x, 5)  # noqa: E731
    for _ in range(5):
        order = torch.func.grad(order)
    assert order(t64(0.3)).item() == pytest.approx(order(t64(-0.6)).item())
    assert torch.func.jacfwd(order)(t64(0.3)).abs().item() < 1e-6
    mapped = torch.func.vmap(function)(x.detach(), degrees)
    assert_close(mapped, function(x.detach(), degrees))
