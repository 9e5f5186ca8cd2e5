"""Values between the elements of images: cubic and smoothed resizing, and sampling at the places of a grid. Depends on Tensor."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor

__all__ = ["affine_grid", "grid_sample"]


def cubic_weights(t: Any, a: float) -> list[Any]:
    """The weights of the elements at -1, 0, 1 and 2 for a place `t` between 0 and 1 (R. Keys, "Cubic convolution interpolation for
    digital image processing", 1981, equation 4)."""

    def near(x: Any) -> Any:
        return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0

    def far(x: Any) -> Any:
        return ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a

    return [far(t + 1.0), near(t), near(1.0 - t), far(2.0 - t)]


def on_cubics(input: Tensor, dim: int, out: int, ratio: float, align_corners: bool) -> Tensor:
    """A dimension made another size by cubics through four neighbouring elements; the ends go on as they are."""
    size = int(input.shape[dim])
    every = _core._arange(0, out, 1, _core.float64, False)
    if align_corners:
        at = every * ((size - 1) / (out - 1) if out > 1 else 0.0)
    else:
        at = (every + 0.5) * ratio - 0.5
    low = _core.floor(at)
    found: Any = 0.0
    for step, weight in zip((-1, 0, 1, 2), cubic_weights(at - low, -0.75), strict=True):
        place = _core._cast(_core.clamp(low + step, 0, size - 1), _core.int64, False)
        part = _core._cast(weight, input.dtype, False).reshape([-1, *[1] * (input.dim() - 1 - dim)])
        found = input.index_select(dim, place) * part + found
    return found


def smoothed(input: Tensor, dim: int, out: int, ratio: float, align_corners: bool, cubic: bool) -> Tensor:
    """A dimension made another size, where smaller by means over all elements that the filter covers."""
    size = int(input.shape[dim])
    if align_corners:
        ratio = (size - 1) / (out - 1) if out > 1 else 0.0
    reach = (2.0 if cubic else 1.0) * max(ratio, 1.0)
    kind = _core.float64
    middle = (_core._arange(0, out, 1, kind, False)[:, None] + 0.5) * ratio
    place = _core._arange(0, size, 1, kind, False)[None, :]
    first = _core.clamp(_core.floor(middle - reach + 0.5), min=0)
    last = _core.clamp(_core.floor(middle + reach + 0.5), max=size)
    x = ((place - middle + 0.5) / max(ratio, 1.0)).abs()
    if cubic:
        near, far = cubic_weights(x, -0.5)[1], cubic_weights(x - 1.0, -0.5)[0]
        weight = _core.where(x < 1, near, _core.where(x < 2, far, 0.0))
    else:
        weight = _core.clamp(1.0 - x, min=0.0)
    weight = _core.where(_core.logical_and(place >= first, place < last), weight, 0.0)
    weight = _core._cast(weight / weight.sum(1, True), input.dtype, False)
    return (input.movedim(dim, -1) @ weight.t()).movedim(-1, dim)


def _told(name: str, align_corners: bool | None) -> bool:
    if align_corners is None:
        warnings.warn(
            "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. Please specify"
            " align_corners=True if the old behavior is desired. See the documentation of grid_sample for details.",
            stacklevel=3,
        )
    return bool(align_corners)


def affine_grid(theta: Tensor, size: Any, align_corners: bool | None = None) -> Tensor:
    """The places that matrices (N, 2, 3) or (N, 3, 4) map those of an image of `size`, (N, C, H, W) or (N, C, D, H, W), to: what
    `grid_sample` takes, (N, H, W, 2) or (N, D, H, W, 3), x first, from -1 to 1.

    -1 and 1 are the edges of the image, with `align_corners` the middles of the elements at its corners. (Jaderberg et al., "Spatial
    transformer networks", 2015.) Raises ValueError where matrices and sizes do not fit, NotImplementedError for other sizes.

    >>> import wengert
    >>> affine_grid(wengert.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    expect.tensors("affine_grid", theta=theta)
    aligned = _told("affine_grid", align_corners)
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    shape = tuple(int(n) for n in size)
    n = len(shape) - 2
    if n not in (2, 3):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively."
            f" Got size {shape}."
        )
    if theta.dim() != 3 or tuple(theta.shape[1:]) != (n, n + 1):
        raise ValueError(
            f"Expected a batch of {n}D affine matrices of shape Nx{n}x{n + 1} for size {shape}. Got {theta.shape}."
        )
    if min(shape) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {shape}")
    lines = []
    for length in reversed(shape[2:]):
        line = _core._arange(0, length, 1, theta.dtype, False) * 2.0 + (1 - length)
        lines.append(line / max(length - 1 if aligned else length, 1))
    axes = [line.reshape([-1] + [1] * place).expand(shape[2:]) for place, line in enumerate(lines)]
    places = _core.stack([*axes, _core._full(list(shape[2:]), 1.0, theta.dtype, False)], -1)
    mapped = places.reshape(-1, n + 1) @ theta.transpose(1, 2)
    return mapped.reshape([theta.shape[0], *shape[2:], n])


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """The values of images (N, C, H, W) at places (N, h, w, 2), or of (N, C, D, H, W) at (N, d, h, w, 3), as (N, C, h, w).

    Places have x first, and -1 and 1 at the edges, with `align_corners` in the middles of the elements at the corners. Between elements
    values are those of lines ('bilinear'), cubics ('bicubic', of images only) or of the next element ('nearest', through which no
    gradient reaches the grid). Outside they are 0 ('zeros'), those of the 'border', or those of the image mirrored there ('reflection').
    (Jaderberg et al., "Spatial transformer networks", 2015.)

    Raises ValueError for unknown modes, RuntimeError where shapes or dtypes do not fit. Places that are no numbers give nan between elements.

    >>> import wengert
    >>> image = wengert.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> grid_sample(image, wengert.tensor([[[[0.0, 0.0], [0.5, -0.5]]]]), align_corners=False)
    tensor([[[[2.5000, 2.0000]]]])
    """
    expect.tensors("grid_sample", input=input, grid=grid)
    if mode not in ("bilinear", "nearest", "bicubic"):
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in ("zeros", "border", "reflection"):
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', but got:"
            f" '{padding_mode}'"
        )
    aligned = _told("grid_sample", align_corners)
    _check(input, grid, mode)
    sizes = [int(n) for n in reversed(input.shape[2:])]  # as the grid has them: x first
    flat = input.reshape([input.shape[0], input.shape[1], -1])
    points = grid.reshape([grid.shape[0], -1, len(sizes)])
    fit = _PADDING[padding_mode]
    at = []
    for d, size in enumerate(sizes):
        x = points[..., d]
        x = (x + 1.0) * ((size - 1) / 2) if aligned else ((x + 1.0) * size - 1.0) / 2
        at.append(x if mode == "bicubic" else fit(x, size, aligned))

    def pick(places: list[Tensor]) -> Tensor:
        """The elements at whole places, 0 outside."""
        inside, index, step = None, None, 1
        for place, size in zip(places, sizes, strict=True):
            there = _core.logical_and(place >= 0, place <= size - 1)
            inside = there if inside is None else _core.logical_and(inside, there)
            part = _core._cast(_core.where(there, place, 0.0), _core.int64, False) * step
            index, step = part if index is None else index + part, step * size
        assert index is not None and inside is not None
        lead = [flat.shape[0], flat.shape[1], index.shape[-1]]
        found = flat.gather(2, index.unsqueeze(1).expand(lead))
        return _core.where(inside.unsqueeze(1), found, 0.0)

    if mode == "nearest":
        out = pick([x.detach().round() for x in at])
        if grid.requires_grad or grid._is_lifted():
            # Constant in the grid, with derivatives of 0.
            out = out + _core.clamp(points.sum(-1), 0, 0).nan_to_num().unsqueeze(1)
    elif mode == "bilinear":
        low = [x.detach().floor() for x in at]
        out = _summed(pick, at, low, (0, 1), lambda t: [1.0 - t, t])
    else:
        low = [x.detach().floor() for x in at]

        def padded(places: list[Tensor]) -> Tensor:
            return pick([fit(x, size, aligned) for x, size in zip(places, sizes, strict=True)])

        out = _summed(padded, at, low, (-1, 0, 1, 2), lambda t: cubic_weights(t, -0.75))
    return out.reshape([input.shape[0], input.shape[1], *grid.shape[1:-1]])


def _summed(
    pick: Callable[[list[Tensor]], Tensor],
    at: list[Tensor],
    low: list[Tensor],
    steps: tuple[int, ...],
    weigh: Callable[[Tensor], list[Tensor]],
) -> Tensor:
    """The neighbours of each place, each weighed along every dimension."""
    weights = [weigh(x - floor) for x, floor in zip(at, low, strict=True)]
    out: Any = 0.0
    for corner in itertools.product(range(len(steps)), repeat=len(at)):
        weight = weights[0][corner[0]]
        for of_dim, k in zip(weights[1:], corner[1:], strict=True):
            weight = weight * of_dim[k]
        places = [floor + steps[k] for floor, k in zip(low, corner, strict=True)]
        out = pick(places) * weight.unsqueeze(1) + out
    return out


def _check(input: Tensor, grid: Tensor, mode: str) -> None:
    n = input.dim() - 2
    shapes = f"input with sizes {list(input.shape)} and grid with sizes {list(grid.shape)}"
    if n not in (2, 3):
        raise RuntimeError(f"grid_sampler(): expected 4D or 5D input, but got {shapes}")
    if grid.dim() != input.dim():
        raise RuntimeError(
            f"grid_sampler(): expected {n + 2}D input and grid with same number of dimensions, but got {shapes}"
        )
    if grid.shape[0] != input.shape[0]:
        raise RuntimeError(f"grid_sampler(): expected grid and input to have same batch size, but got {shapes}")
    if grid.shape[-1] != n:
        raise RuntimeError(
            f"grid_sampler(): expected grid to have size {n} in last dimension, but got grid with sizes {list(grid.shape)}"
        )
    for d in range(2, n + 2):
        if input.shape[d] == 0:
            raise RuntimeError(
                "grid_sampler(): expected input to have non-empty spatial dimensions, but input has sizes"
                f" {list(input.shape)} with dimension {d} being empty"
            )
    if mode == "bicubic" and n != 2:
        raise RuntimeError("grid_sampler(): bicubic interpolation only supports 4D input")
    if not input.is_floating_point():
        raise NotImplementedError(f'"grid_sampler_2d_cpu_kernel_impl" not implemented for {input.dtype}; try float()')
    if input.dtype != grid.dtype:
        raise RuntimeError(f"grid_sampler(): expected scalar type {input.dtype} but found {grid.dtype}")


def _bordered(x: Tensor, size: int, aligned: bool) -> Tensor:
    return _core.clamp(x, 0.0, float(size - 1))


def _reflected(x: Tensor, size: int, aligned: bool) -> Tensor:
    """Folded back at the first and last element, or at the edges half an element further, and kept inside."""
    least, span = (0.0, float(size - 1)) if aligned else (-0.5, float(size))
    if span == 0.0:
        return x * 0.0
    away = x - least
    away = _core.where(away < 0, -away, away)
    turns = _core.floor(away.detach() / span)
    rest = away - turns * span
    even = _core.remainder(turns, 2.0) == 0
    return _bordered(_core.where(even, rest, span - rest) + least, size, aligned)


_PADDING: dict[str, Callable[[Tensor, int, bool], Tensor]] = {
    "zeros": lambda x, size, aligned: x,
    "border": _bordered,
    "reflection": _reflected,
}
