"""Special functions; names are torch.special's. Each has derivatives of every order, where the mathematics has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._face import numeric
from wengert._face.polynomials import (
    chebyshev_polynomial_t as chebyshev_polynomial_t,
    chebyshev_polynomial_u as chebyshev_polynomial_u,
    chebyshev_polynomial_v as chebyshev_polynomial_v,
    chebyshev_polynomial_w as chebyshev_polynomial_w,
    hermite_polynomial_h as hermite_polynomial_h,
    hermite_polynomial_he as hermite_polynomial_he,
    laguerre_polynomial_l as laguerre_polynomial_l,
    legendre_polynomial_p as legendre_polynomial_p,
    shifted_chebyshev_polynomial_t as shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u as shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v as shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w as shifted_chebyshev_polynomial_w,
)
from wengert._results import into as _into


def _one(name: str, operation: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """An operation of one tensor under its public name."""

    def function(input: Tensor, *, out: Tensor | None = None) -> Tensor:
        expect.tensors(name, input=input)
        return operation(input) if out is None else operation(input, out=out)

    return _told(function, name, operation)


def _two(name: str, operation: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """An operation of two operands, of which one is a tensor, under its public name."""

    def function(input: Any, other: Any, *, out: Tensor | None = None) -> Tensor:
        if not isinstance(input, Tensor) and not isinstance(other, Tensor):
            raise TypeError(
                f"{name}(): got {type(input).__name__} and {type(other).__name__}, wanted a Tensor among them; try tensor()"
            )
        return operation(input, other) if out is None else operation(input, other, out=out)

    return _told(function, name, operation)


def _told(function: Any, name: str, operation: Any) -> Any:
    """The operation's docstring, without the signature that it begins with."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = operation.__doc__.partition("\n\n")[2]
    return function


digamma = psi = _one("digamma", _core.digamma)
entr = _one("entr", _core._entr)
erf = _one("erf", _core.erf)
erfc = _one("erfc", _core.erfc)
erfcx = _one("erfcx", _core._erfcx)
erfinv = _one("erfinv", _core.erfinv)
exp2 = _one("exp2", _core.exp2)
expit = _one("expit", _core.sigmoid)
expm1 = _one("expm1", _core.expm1)
gammaln = _one("gammaln", _core.lgamma)
i0 = _one("i0", _core.i0)
i0e = _one("i0e", _core._i0e)
i1 = _one("i1", _core._i1)
i1e = _one("i1e", _core._i1e)
modified_bessel_i0 = _one("modified_bessel_i0", _core.i0)
modified_bessel_i1 = _one("modified_bessel_i1", _core._i1)
log1p = _one("log1p", _core.log1p)
log_ndtr = _one("log_ndtr", _core._log_ndtr)
ndtr = _one("ndtr", _core._ndtr)
ndtri = _one("ndtri", _core._ndtri)
sinc = _one("sinc", _core.sinc)
spherical_bessel_j0 = _one("spherical_bessel_j0", _core.spherical_bessel_j0)
gammainc = _two("gammainc", _core.igamma)
gammaincc = _two("gammaincc", _core.igammac)
xlog1py = _two("xlog1py", _core._xlog1py)
zeta = _two("zeta", _core._zeta)


def xlogy(input: Any, other: Any, *, out: Tensor | None = None) -> Tensor:
    """input * log(other), and 0 where input is 0 and other no nan; one of them may be a number.

    >>> import wengert
    >>> xlogy(wengert.tensor([0.0, 2.0]), wengert.tensor([0.0, 3.0]))
    tensor([0.0000, 2.1972])
    """
    if not isinstance(input, Tensor):
        expect.tensors("xlogy", other=other)
        dtype = other.dtype if other.is_floating_point() else _core.get_default_dtype()
        input = _core._full([], input, dtype, False)
    return _into("xlogy", out, _core.xlogy(input, other))


def logit(input: Tensor, eps: float | None = None, *, out: Tensor | None = None) -> Tensor:
    """log(x / (1 - x)) of each element, which `eps` first brings into eps..1 - eps.

    >>> import wengert
    >>> logit(wengert.tensor([0.5, 0.75]))
    tensor([0.0000, 1.0986])
    """
    return _into("logit", out, _core.logit(input, eps))


def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Derivative of order `n` of digamma.

    >>> import wengert
    >>> polygamma(1, wengert.tensor([1.0]))
    tensor([1.6449])
    """
    return numeric.polygamma(n, input, out=out)


def multigammaln(input: Tensor, p: int, *, out: Tensor | None = None) -> Tensor:
    """Logarithm of the multivariate gamma function of dimension `p`.

    >>> import wengert
    >>> multigammaln(wengert.tensor([2.0]), 2)
    tensor([0.4516])
    """
    return numeric.mvlgamma(input, p, out=out)


def round(input: Tensor, *, decimals: int = 0, out: Tensor | None = None) -> Tensor:
    """To the nearest number of `decimals` decimals; halves to the even one.

    >>> import wengert
    >>> round(wengert.tensor([2.5, 3.5]))
    tensor([2., 4.])
    """
    return _into("round", out, _core.round(input, decimals=decimals))


def softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """exp(x) of each element by their sum along `dim`.

    >>> import wengert
    >>> softmax(wengert.zeros(2), 0)
    tensor([0.5000, 0.5000])
    """
    return _core.softmax(input, dim, dtype)


def log_softmax(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """Logarithm of `softmax`.

    >>> import wengert
    >>> log_softmax(wengert.zeros(2), 0)
    tensor([-0.6931, -0.6931])
    """
    return _core.log_softmax(input, dim, dtype)


def logsumexp(input: Tensor, dim: Any, keepdim: bool = False, *, out: Tensor | None = None) -> Tensor:
    """Logarithm of the sum of exponentials along `dim`.

    >>> import wengert
    >>> logsumexp(wengert.zeros(2), 0)
    tensor(0.6931)
    """
    return _into("logsumexp", out, _core.logsumexp(input, dim, keepdim))
