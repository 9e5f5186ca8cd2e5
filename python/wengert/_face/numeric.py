"""Integrals and differences of samples, covariances, and elementwise functions made of others. Depends on `_core`."""

from __future__ import annotations

import math
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._results import into, named


def vander(x: Tensor, N: int | None = None, increasing: bool = False) -> Tensor:  # noqa: N803
    """The matrix of powers of a vector: x^(N-1), ..., x, 1 in each row, or the other way round; N is its size unless given.

    >>> import wengert
    >>> vander(wengert.tensor([1, 2, 3]))
    tensor([[1, 1, 1],
            [4, 2, 1],
            [9, 3, 1]])
    """
    expect.tensors("vander", x=x)
    if x.dim() != 1:
        raise RuntimeError(f"x must be a one-dimensional tensor.; got {x.dim()} dimensions")
    n = x.shape[0] if N is None else N
    if n < 0:
        raise RuntimeError(f"N must be non-negative.; got {n}")
    dtype = x.dtype if x.is_floating_point() else _core.int64
    x = x.to(dtype)
    parts = [_core._full([x.shape[0], 1], 1, dtype, False)] if n else [_core._full([x.shape[0], 0], 1, dtype, False)]
    if n > 1:
        parts.append(x[:, None].expand(x.shape[0], n - 1).cumprod(1))
    found = _core.cat(parts, 1)
    return found if increasing else found.flip(1)


def _steps(name: str, y: Tensor, x: Any, dx: Any, dim: int) -> tuple[Tensor, Any, int]:
    """Sums of neighbours along `dim`, how far they are apart, and `dim` counted from the front.

    Points of fewer dimensions get more in front; those of more have the dimension at the same place from the front.
    """
    expect.tensors(name, y=y)
    if x is not None and dx is not None:
        raise RuntimeError(f"{name}: got both x and dx, wanted one of them")
    place = expect.place(y, dim)
    n = y.shape[place]
    pairs = y.narrow(dim, 1, max(n - 1, 0)) + y.narrow(dim, 0, max(n - 1, 0)) if n else y
    if x is None:
        return pairs, 1 if dx is None else dx, place
    expect.tensors(name, y=y, x=x)
    if x.dim() == 1:
        if x.shape[0] != n:
            raise RuntimeError(
                f"{name}(): There must be one `x` value for each sample point; got {x.shape[0]} for {n} points"
            )
        x = x.reshape([n if d == place else 1 for d in range(y.dim())])
    elif x.dim() < y.dim():
        x = x.reshape([*[1] * (y.dim() - x.dim()), *x.shape])
    gaps = max(x.shape[place] - 1, 0)
    return pairs, x.narrow(place, 1, gaps) - x.narrow(place, 0, gaps) if n else 1, place


def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float | None = None, dim: int = -1) -> Tensor:
    """Integral of samples along `dim` by the trapezoidal rule: at the points `x`, or `dx` (1) apart.

    >>> import wengert
    >>> trapezoid(wengert.tensor([1.0, 5.0, 10.0]))
    tensor(10.5000)
    """
    pairs, gaps, place = _steps("trapezoid", y, x, dx, dim)
    return (pairs * gaps).sum(place) / 2


def trapz(y: Tensor, x: Tensor | None = None, *, dx: float | None = None, dim: int = -1) -> Tensor:
    """As `trapezoid`.

    >>> import wengert
    >>> trapz(wengert.tensor([1.0, 5.0, 10.0]))
    tensor(10.5000)
    """
    return trapezoid(y, x, dx=dx, dim=dim)


def cumulative_trapezoid(y: Tensor, x: Tensor | None = None, *, dx: float | None = None, dim: int = -1) -> Tensor:
    """Integrals up to each sample but the first, by the trapezoidal rule.

    >>> import wengert
    >>> cumulative_trapezoid(wengert.tensor([1.0, 5.0, 10.0]))
    tensor([ 3.0000, 10.5000])
    """
    pairs, gaps, place = _steps("cumulative_trapezoid", y, x, dx, dim)
    return (pairs * gaps).cumsum(place) / 2


def gradient(input: Tensor, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> tuple[Tensor, ...]:
    """Derivatives of samples along each of `dim` (all unless given) by second-order differences, one-sided at the edges.

    `spacing` is a number, one for each dimension, or the points of each dimension. `edge_order` is 1 or 2.

    >>> import wengert
    >>> gradient(wengert.tensor([1.0, 4.0, 9.0]))
    (tensor([3., 4., 5.]),)
    """
    expect.tensors("gradient", input=input)
    if edge_order not in (1, 2):
        raise RuntimeError(f"torch.gradient only supports edge_order=1 and edge_order=2.; got {edge_order}")
    dims = list(range(input.dim())) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    if isinstance(spacing, (int, float)) or (isinstance(spacing, Tensor) and spacing.dim() == 0):
        gaps: list[Any] = [spacing] * len(dims)
    else:
        gaps = [spacing] if isinstance(spacing, Tensor) else list(spacing)
    if len(gaps) != len(dims):
        raise RuntimeError(
            f"torch.gradient expected spacing to be unspecified, a scalar, or a list of length {len(dims)}, but got a list of length"
            f" {len(gaps)}"
        )
    x = input if input.is_floating_point() else input.to(_core.get_default_dtype())
    for d in dims:
        if x.shape[expect.place(x, d)] <= edge_order:
            raise RuntimeError(
                f"torch.gradient expected each dimension size to be at least edge_order+1; got {x.shape[d]} along {d}"
            )
    return tuple(_slopes(x, d, gap, edge_order) for d, gap in zip(dims, gaps, strict=True))


def _slopes(x: Tensor, dim: int, gap: Any, edge_order: int) -> Tensor:
    x = x.movedim(dim, -1)
    if isinstance(gap, Tensor) and gap.dim() == 1:
        if gap.shape[0] != x.shape[-1]:
            raise RuntimeError(
                "torch.gradient expected each element of spacing to be of the size of its dimension; got"
                f" {gap.shape[0]}, wanted {x.shape[-1]}"
            )
        h = (gap[1:] - gap[:-1]).to(x.dtype)
    else:
        h = _core._full([x.shape[-1] - 1], 1, x.dtype, False) * gap
    rise = (x[..., 1:] - x[..., :-1]) / h
    left, right = h[:-1], h[1:]
    inner = (right * rise[..., :-1] + left * rise[..., 1:]) / (left + right)
    first, last = rise[..., :1], rise[..., -1:]
    if edge_order == 2:
        first = first + (rise[..., :1] - rise[..., 1:2]) * h[0] / (h[0] + h[1])
        last = last + (rise[..., -1:] - rise[..., -2:-1]) * h[-1] / (h[-1] + h[-2])
    return _core.cat([first, inner, last], -1).movedim(-1, dim)


def cov(
    input: Tensor, *, correction: int = 1, fweights: Tensor | None = None, aweights: Tensor | None = None
) -> Tensor:
    """Covariances of variables (rows) from observations (columns), which may have frequencies and weights.

    >>> import wengert
    >>> cov(wengert.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    expect.tensors("cov", input=input)
    expect.tensors_or_none("cov", fweights=fweights, aweights=aweights)
    if input.dim() > 2:
        raise RuntimeError(
            f"cov(): expected input to have two or fewer dimensions but got an input with {input.dim()} dimensions"
        )
    x = input if input.is_floating_point() else input.to(_core.get_default_dtype())
    x = x.reshape(1, -1) if x.dim() < 2 else x
    n = x.shape[1]
    for name, weights in (("fweights", fweights), ("aweights", aweights)):
        if weights is None:
            continue
        if weights.dim() > 1 or weights.numel() != n:
            raise RuntimeError(
                f"cov(): expected {name} to have one or fewer dimensions and one weight an observation; got shape"
                f" {list(weights.shape)} for {n}"
            )
        if weights.is_floating_point() != (name == "aweights"):
            raise RuntimeError(
                f"cov(): got {name} of {weights.dtype}, wanted {'floats' if name == 'aweights' else 'integers'}"
            )
        if not weights._is_lifted() and bool((weights < 0).any()):
            raise RuntimeError(f"cov(): {name} cannot be negative; got {weights.amin().item()}")
    w: Any = None
    for weights in (fweights, aweights):
        if weights is not None:
            w = weights if w is None else w * weights
    if w is None:
        centered = x - x.sum(1, True) / n
        total: Any = n
        norm: Any = n - correction
        weighted = centered
    else:
        w = w.to(x.dtype)
        total = w.sum()
        centered = x - (x * w).sum(1, True) / total
        weighted = centered * w
        extra = 1 if aweights is None else (w * aweights).sum() / total
        norm = total - extra * correction
    if isinstance(norm, Tensor):
        norm = norm.clamp(min=0)
    else:
        norm = float(max(norm, 0))
    product = weighted @ centered.mT
    scale = norm if isinstance(norm, Tensor) else _core._full([], norm, x.dtype, False)
    found = product / scale
    return found.squeeze() if input.dim() < 2 or x.shape[0] == 1 else found


def corrcoef(input: Tensor) -> Tensor:
    """Correlation coefficients of variables (rows) from observations (columns).

    >>> import wengert
    >>> corrcoef(wengert.tensor([[0.0, 1.0, 2.0], [2.0, 1.0, 0.0]]))
    tensor([[ 1., -1.],
            [-1.,  1.]])
    """
    expect.tensors("corrcoef", input=input)
    if input.dim() > 2:
        raise RuntimeError(
            f"corrcoef(): expected input to have two or fewer dimensions but got an input with {input.dim()} dimensions"
        )
    c = cov(input)
    if c.dim() == 0:
        return c / c
    root = c.diagonal().sqrt()
    return (c / root[:, None] / root).clamp(-1, 1)


def dist(input: Tensor, other: Tensor, p: float = 2) -> Tensor:
    """The p-norm of input - other.

    >>> import wengert
    >>> dist(wengert.tensor([0.0, 3.0]), wengert.tensor([4.0, 0.0]))
    tensor(5.)
    """
    expect.tensors("dist", input=input, other=other)
    return _core.norm(input - other, p)


def float_power(input: Any, exponent: Any, *, out: Tensor | None = None) -> Tensor:
    """`input` to the power of `exponent`, in float64.

    >>> import wengert
    >>> float_power(wengert.tensor([2]), 0.5)
    tensor([1.4142], dtype=torch.float64)
    """
    if not isinstance(input, Tensor) and not isinstance(exponent, Tensor):
        raise TypeError(
            f"float_power(): got {type(input).__name__} and {type(exponent).__name__}, wanted a Tensor among them"
        )
    a, b = (x.to(_core.float64) if isinstance(x, Tensor) else float(x) for x in (input, exponent))
    return into("float_power", out, _core.pow(a, b), _core.float64)


def float_power_(self: Tensor, exponent: Any) -> Tensor:
    """As `float_power`, in place.

    Raises RuntimeError unless the tensor is float64.
    """
    if self.dtype != _core.float64:
        raise RuntimeError(f"the output of float_power is float64, but this tensor is {self.dtype}; try float_power()")
    return self.copy_(float_power(self, exponent))


def ldexp(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """input * 2^other.

    >>> import wengert
    >>> ldexp(wengert.tensor([1.5]), wengert.tensor([3]))
    tensor([12.])
    """
    expect.tensors("ldexp", input=input, other=other)
    return into("ldexp", out, input * _core.pow(2.0, other))


def ldexp_(self: Tensor, other: Tensor) -> Tensor:
    """As `ldexp`, in place.

    >>> import wengert
    >>> wengert.ldexp_(wengert.tensor([1.5]), wengert.tensor([3]))
    tensor([12.])
    """
    expect.tensors("ldexp_", input=self)
    expect.tensors("ldexp_", other=other)
    return self.mul_(_core.pow(2.0, other))


def frexp(input: Tensor, *, out: Any = None) -> Any:
    """Mantissas m with 1/2 <= |m| < 1 and exponents e (int32) with input = m 2^e; m has derivatives.

    Raises RuntimeError for integers.

    >>> import wengert
    >>> frexp(wengert.tensor([3.0])).mantissa
    tensor([0.7500])
    """
    expect.tensors("frexp", input=input)
    exponent = _core._exponent(input)
    half = exponent.div(2, rounding_mode="floor")
    # In two steps: 2^e itself may be no number.
    mantissa = input * _core.pow(2.0, (-half).to(input.dtype)) * _core.pow(2.0, (half - exponent).to(input.dtype))
    return into("frexp", out, named("frexp", ("mantissa", "exponent"), (mantissa, exponent)))


def polygamma(n: int, input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Derivative of order `n` of digamma.

    Raises RuntimeError for a negative n.

    >>> import wengert
    >>> polygamma(1, wengert.tensor([1.0]))
    tensor([1.6449])
    """
    expect.tensors("polygamma", input=input)
    return into("polygamma", out, _core._polygamma(input, n))


def _polygamma(self: Tensor, n: int) -> Tensor:
    """Derivative of order `n` of digamma."""
    return _core._polygamma(self, n)


def polygamma_(self: Tensor, n: int) -> Tensor:
    """As `polygamma`, in place."""
    return self.copy_(_core._polygamma(self, n))


def mvlgamma(input: Tensor, p: int, *, out: Tensor | None = None) -> Tensor:
    """Logarithm of the multivariate gamma function of dimension `p` (DLMF 35.3.5).

    Raises RuntimeError unless p >= 1 and all elements are greater than (p - 1) / 2.

    >>> import wengert
    >>> mvlgamma(wengert.tensor([2.0]), 2)
    tensor([0.4516])
    """
    expect.tensors("mvlgamma", input=input)
    if p < 1:
        raise RuntimeError(f"p has to be greater than or equal to 1; got {p}")
    x = input if input.is_floating_point() else input.to(_core.get_default_dtype())
    total = _core.lgamma(x.unsqueeze(-1) - _core._arange(0, p, 1, x.dtype, False) / 2).sum(-1)
    return into("mvlgamma", out, total + p * (p - 1) / 4 * math.log(math.pi))


def mvlgamma_(self: Tensor, p: int) -> Tensor:
    """As `mvlgamma`, in place."""
    return self.copy_(mvlgamma(self, p))


METHODS = [
    corrcoef, cov, dist, float_power, float_power_, frexp, ldexp, ldexp_, mvlgamma, mvlgamma_, _polygamma, polygamma_,
]  # fmt: skip

__all__ = [
    "corrcoef", "cov", "cumulative_trapezoid", "dist", "float_power", "frexp", "gradient", "ldexp", "ldexp_", "mvlgamma",
    "polygamma", "trapezoid", "trapz", "vander",
]  # fmt: skip
