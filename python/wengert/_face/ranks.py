"""Medians, quantiles and histograms, and places by numbers. Depends on `_core`."""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._results import into, named


def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False, *, out: Any = None) -> Any:
    """Median of what is no NaN: of all elements, or along `dim` with its index (then a named tuple); NaN where all are.

    >>> import wengert
    >>> nanmedian(wengert.tensor([1.0, wengert.nan, 3.0]))
    tensor(1.)
    """
    expect.tensors("nanmedian", input=input)
    if dim is None:
        if input.numel() == 0:
            return _core._full([], float("nan"), input.dtype, False)
        if not input.is_floating_point():
            return into("nanmedian", out, _core.median(input))
        return into("nanmedian", out, _core._nanmedian(input))
    if not input.is_floating_point():
        return _core.median(input, dim, keepdim)
    # NaN comes last.
    values, places = _core.sort(input, dim)
    count = (~input.isnan()).sum(dim, True)
    middle = ((count - 1) // 2).clamp(min=0)
    found: tuple[Tensor, ...]
    if input.dim() == 0:
        found = (values, places)
    else:
        found = (values.gather(dim, middle), places.gather(dim, middle))
        found = found if keepdim else (found[0].squeeze(dim), found[1].squeeze(dim))
    return into("nanmedian", out, named("nanmedian", ("values", "indices"), found))


def quantile(
    input: Tensor,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """Quantiles of all elements or along `dim`: a number q or a vector of them, which become the first dimension of the result.

    Between two elements `interpolation` decides: 'linear', 'lower', 'higher', 'midpoint' or 'nearest'. NaN gives NaN.

    >>> import wengert
    >>> quantile(wengert.arange(5.0), 0.3)
    tensor(1.2000)
    """
    return into("quantile", out, _quantile("quantile", input, q, dim, keepdim, interpolation, False))


def nanquantile(
    input: Tensor,
    q: Any,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
    out: Tensor | None = None,
) -> Tensor:
    """As `quantile`, of what is no NaN.

    >>> import wengert
    >>> nanquantile(wengert.tensor([0.0, wengert.nan, 1.0]), 0.5)
    tensor(0.5000)
    """
    return into("nanquantile", out, _quantile("nanquantile", input, q, dim, keepdim, interpolation, True))


def _quantile(
    name: str, input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool
) -> Tensor:
    expect.tensors(name, input=input)
    if input.numel() == 0:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    if not input.is_floating_point():
        raise RuntimeError(f"{name}() input tensor must be either float or double dtype; got {input.dtype}")
    if interpolation not in {"linear", "lower", "higher", "midpoint", "nearest"}:
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}"
        )
    if isinstance(q, Tensor) and q.dtype != input.dtype:
        raise RuntimeError(f"{name}() q tensor must be same dtype as the input tensor; got {q.dtype} and {input.dtype}")
    ranks = q if isinstance(q, Tensor) else _core._full([], float(q), input.dtype, False)
    if ranks.dim() > 1:
        raise RuntimeError(f"{name}() q must be a scalar or 1D tensor; got {ranks.dim()} dimensions")
    if not ranks._is_lifted() and ranks.numel() and not bool(((ranks >= 0) & (ranks <= 1)).all()):
        raise RuntimeError(f"{name}() q values must be in the range [0, 1]; got {ranks.tolist()}")
    x = input.reshape(-1) if dim is None else input.movedim(dim, -1) if input.dim() else input.reshape(1)
    ordered, _ = _core.sort(x, -1)
    missing = x.isnan()
    n = x.shape[-1]
    last: Any = n - 1
    if skip_nan:
        last = ((~missing).sum(-1, True) - 1).to(x.dtype)
    place = ranks.reshape(-1) * (last if isinstance(last, Tensor) else float(last))
    if not isinstance(last, Tensor):
        place = place.expand(*x.shape[:-1], place.shape[-1])
    place = place.clamp(min=0)
    if interpolation == "lower":
        place = place.floor()
    elif interpolation == "higher":
        place = place.ceil()
    elif interpolation == "nearest":
        place = place.round()
    below = place.floor()
    low = ordered.gather(-1, below.to(_core.int64))
    high = ordered.gather(-1, place.ceil().to(_core.int64))
    weight = (place - below) if interpolation != "midpoint" else _core.where(place > below, 0.5, 0.0).to(x.dtype)
    found = _core.lerp(low, high, weight) if interpolation in {"linear", "midpoint"} else low
    nan = _core._full([], float("nan"), x.dtype, False)
    found = _core.where(missing.all(-1, True) if skip_nan else missing.any(-1, True), nan, found)
    if keepdim:
        shape = (
            [1] * input.dim()
            if dim is None
            else [1 if d == dim % max(input.dim(), 1) else m for d, m in enumerate(input.shape)]
        )
        return found.movedim(-1, 0).reshape([-1, *shape]) if ranks.dim() else found.reshape(shape)
    return found.movedim(-1, 0) if ranks.dim() else found.squeeze(-1)


def histogram(
    input: Tensor, bins: Any, *, range: Any = None, weight: Tensor | None = None, density: bool = False
) -> Any:
    """How many elements (or how much weight) lie in each bin, and the bins' edges.

    `bins` is a number of bins over `range` (least and largest element unless given), or their edges in ascending order. With
    `density` the integral over the bins is 1. The last bin includes its right edge.

    >>> import wengert
    >>> histogram(wengert.tensor([1.0, 2.0, 1.0]), 2).hist
    tensor([2., 1.])
    """
    expect.tensors("histogram", input=input)
    expect.tensors_or_none("histogram", weight=weight)
    if not input.is_floating_point():
        raise NotImplementedError(f'"histogramdd" not implemented for {input.dtype}; try to(float32)')
    if weight is not None and (weight.shape != input.shape or weight.dtype != input.dtype):
        raise RuntimeError(
            f"torch.histogramdd: if weight tensor is provided it should have the same shape and dtype as input; got"
            f" {list(weight.shape)} of {weight.dtype}"
        )
    x = input.detach().reshape(-1)
    if isinstance(bins, Tensor):
        if range is not None:
            raise TypeError("histogram(): got range beside bins that are edges, wanted one of them")
        if bins.dtype != input.dtype or bins.dim() != 1 or bins.numel() == 0:
            raise RuntimeError(
                f"torch.histogramdd: bins should be vectors of the input's dtype; got {list(bins.shape)} of {bins.dtype}"
            )
        edges = bins.contiguous()
    else:
        if isinstance(bins, bool) or not isinstance(bins, int):
            raise TypeError(f"histogram(): argument 'bins' must be int or Tensor, not {type(bins).__name__}")
        if bins < 1:
            raise RuntimeError(f"torch.histogramdd(): bins must be > 0, got {bins}")
        low, high = (float(e) for e in range) if range is not None else _ends(x)
        if not (low <= high and abs(low) < float("inf") and abs(high) < float("inf")):
            raise RuntimeError(f"torch.histogramdd: range [{low}, {high}] is not finite and ascending")
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = _core._spaced(low, high, bins + 1, None, x.dtype, False)
    count = edges.shape[0] - 1
    place = _core.searchsorted(edges, x, right=True) - 1
    place = _core.where(x == edges[-1], count - 1, place)
    inside = (x >= edges[0]) & (x <= edges[-1])
    w = _core._full([x.shape[0]], 1, x.dtype, False) if weight is None else weight.detach().reshape(-1)
    hist = _core._full([max(count, 0)], 0, x.dtype, False).index_add_(0, place[inside], w[inside])
    if density:
        hist = hist / (edges[1:] - edges[:-1]) / hist.sum()
    return named("histogram", ("hist", "bin_edges"), (hist, edges))


def _ends(x: Tensor) -> tuple[float, float]:
    return (x.amin().item(), x.amax().item()) if x.numel() else (0.0, 1.0)


def unravel_index(indices: Tensor, shape: Any) -> tuple[Tensor, ...]:
    """Coordinates in an array of the given shape of places counted in row-major order.

    Raises TypeError for places that are no integers, RuntimeError and ValueError for shapes that are none.

    >>> import wengert
    >>> unravel_index(wengert.tensor([5, 3]), (2, 3))
    (tensor([1, 1]), tensor([2, 0]))
    """
    expect.tensors("unravel_index", indices=indices)
    if indices.is_floating_point() or indices.dtype == _core.bool:
        raise TypeError(f"expected 'indices' to be integer dtype, but got {indices.dtype}")
    sizes = [shape] if isinstance(shape, int) else list(shape)
    if not all(isinstance(n, int) and not isinstance(n, bool) for n in sizes):
        raise TypeError(f"expected 'shape' to be int or sequence of ints, but got {type(shape).__name__}")
    if any(n < 0 for n in sizes):
        raise ValueError(f"'shape' cannot have negative values, but got {tuple(sizes)}")
    found, step = [], 1
    for n in reversed(sizes):
        found.append(indices.div(step, rounding_mode="floor").remainder(n) if n else indices)
        step *= n
    return tuple(reversed(found))


def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """The first `size` rows of `nonzero`, padded with `fill_value`.

    >>> import wengert
    >>> nonzero_static(wengert.tensor([0, 5]), size=2)
    tensor([[ 1],
            [-1]])
    """
    expect.tensors("nonzero_static", input=input)
    if size < 0:
        raise RuntimeError(f"nonzero_static: 'size' must be an non-negative integer; got {size}")
    rows = _core.nonzero(input)[:size]
    pad = _core._full([size - rows.shape[0], input.dim()], fill_value, _core.int64, False)
    return _core.cat([rows, pad])


def renorm(input: Tensor, p: float, dim: int, maxnorm: float, *, out: Tensor | None = None) -> Tensor:
    """Slices along `dim` whose p-norm is larger than `maxnorm` scaled down to it.

    >>> import wengert
    >>> renorm(wengert.tensor([[3.0, 4.0], [0.3, 0.4]]), 2, 0, 1)
    tensor([[0.6000, 0.8000],
            [0.3000, 0.4000]])
    """
    expect.tensors("renorm", input=input)
    if p <= 0:
        raise RuntimeError(f"renorm: non-positive-norm not supported; got p = {p}")
    if maxnorm < 0:
        raise RuntimeError(f"renorm: expected maxnorm to be >= 0 but got {maxnorm}")
    if input.dim() < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.dim()} dimensions")
    place = expect.place(input, dim)
    others = tuple(d for d in range(input.dim()) if d != place)
    norm = _core.norm(input, p, others, True)
    factor = _core.where(norm > maxnorm, maxnorm / (norm + 1e-7), 1.0)
    return into("renorm", out, input * factor.to(input.dtype))


def renorm_(self: Tensor, p: float, dim: int, maxnorm: float) -> Tensor:
    """As `renorm`, in place."""
    return self.copy_(renorm(self, p, dim, maxnorm))


METHODS = [histogram, nanmedian, nanquantile, nonzero_static, quantile, renorm, renorm_]

__all__ = [
    "histogram", "nanmedian", "nanquantile", "nonzero_static", "quantile", "renorm", "unravel_index",
]  # fmt: skip
