"""Images of another size or order: interpolation and shuffles of pixels and channels. Depends on Tensor."""

from __future__ import annotations

import math
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn._pools import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d
from wengert.nn._resampling import on_cubics, smoothed

__all__ = [
    "channel_shuffle",
    "interpolate",
    "pixel_shuffle",
    "pixel_unshuffle",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]

# What each mode wants: the number of dimensions besides batch and channels.
_LINEAR = {"linear": 1, "bilinear": 2, "trilinear": 3}
_MODES = ("nearest", "nearest-exact", "area", "bicubic", *_LINEAR)


def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """(*, C r^2, H, W) becomes (*, C, H r, W r), for r = `upscale_factor` (Shi et al. 2016).

    Raises RuntimeError for fewer than 3 dimensions and channels that do not go into r^2.

    >>> import wengert
    >>> pixel_shuffle(wengert.arange(4.0).reshape(1, 4, 1, 1), 2)
    tensor([[[[0., 1.],
              [2., 3.]]]])
    """
    expect.tensors("pixel_shuffle", input=input)
    r = upscale_factor
    if input.dim() < 3:
        raise RuntimeError(
            f"pixel_shuffle expects input to have at least 3 dimensions, but got input with {input.dim()} dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(f"pixel_shuffle expects a positive upscale_factor, but got {r}")
    *lead, c, h, w = input.shape
    if c % (r * r):
        raise RuntimeError(
            "pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but "
            f"input.size(-3)={c} is not divisible by {r * r}"
        )
    n = len(lead)
    split = input.reshape([*lead, c // (r * r), r, r, h, w])
    return split.permute([*range(n), n, n + 3, n + 1, n + 4, n + 2]).reshape([*lead, c // (r * r), h * r, w * r])


def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """(*, C, H r, W r) becomes (*, C r^2, H, W), for r = `downscale_factor`.

    Raises RuntimeError for fewer than 3 dimensions and sizes that do not go into r.

    >>> import wengert
    >>> pixel_unshuffle(wengert.arange(4.0).reshape(1, 1, 2, 2), 2).reshape(-1)
    tensor([0., 1., 2., 3.])
    """
    expect.tensors("pixel_unshuffle", input=input)
    r = downscale_factor
    if input.dim() < 3:
        raise RuntimeError(
            f"pixel_unshuffle expects input to have at least 3 dimensions, but got input with {input.dim()} dimension(s)"
        )
    if r <= 0:
        raise RuntimeError(f"pixel_unshuffle expects a positive downscale_factor, but got {r}")
    *lead, c, h, w = input.shape
    if h % r or w % r:
        raise RuntimeError(
            f"pixel_unshuffle expects height and width to be divisible by downscale_factor, but got {h} x {w} and {r}"
        )
    n = len(lead)
    split = input.reshape([*lead, c, h // r, r, w // r, r])
    return split.permute([*range(n), n, n + 2, n + 4, n + 1, n + 3]).reshape([*lead, c * r * r, h // r, w // r])


def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Channels of (N, C, ...) dealt from `groups` groups in turn (Zhang et al. 2017).

    Raises RuntimeError for fewer than 3 dimensions and channels that do not go into groups.

    >>> import wengert
    >>> channel_shuffle(wengert.arange(4).reshape(1, 4, 1), 2).reshape(-1)
    tensor([0, 2, 1, 3])
    """
    expect.tensors("channel_shuffle", input=input)
    if input.dim() < 3:
        raise RuntimeError(f"channel_shuffle expects input with > 2 dims, but got input with sizes {list(input.shape)}")
    if groups <= 0 or input.shape[1] % groups:
        raise RuntimeError(
            f"Number of channels must be divisible by groups. Got {input.shape[1]} channels and {groups} groups."
        )
    return input.unflatten(1, (groups, -1)).transpose(1, 2).flatten(1, 2)


def _asked(input: Tensor, size: Any, scale_factor: Any) -> tuple[list[int], list[float] | None]:
    """The sizes of the output, and the factors if they were given."""
    n = input.dim() - 2
    if (size is None) == (scale_factor is None):
        raise ValueError(
            "only one of size or scale_factor should be defined"
            if size is not None
            else "either size or scale_factor should be defined"
        )
    given = size if size is not None else scale_factor
    held = list(given) if isinstance(given, (list, tuple)) else [given] * n
    if len(held) != n:
        name = "output" if size is not None else "scale_factor"
        raise ValueError(
            f"Input and {name} must have the same number of spatial dimensions, but got input with spatial dimensions of "
            f"{list(input.shape[2:])} and {name} of {given}"
        )
    if size is not None:
        return [int(v) for v in held], None
    return [math.floor(m * f) for m, f in zip(input.shape[2:], held, strict=True)], [float(f) for f in held]


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """(N, C, ...) of another size, which is `size` or the input's times `scale_factor`.

    Modes are 'nearest', 'nearest-exact' (of the middle of each element), 'area' (means), 'linear', 'bilinear' and
    'trilinear' for 1, 2 and 3 dimensions, and 'bicubic' for 2, in which `align_corners` lays corner elements on corner elements.
    With `antialias` 'bilinear' and 'bicubic' make images smaller by means over all that becomes one element. Raises ValueError
    for unknown modes and sizes that do not fit, NotImplementedError for lines and cubics between whole numbers.

    >>> import wengert
    >>> interpolate(wengert.tensor([[[1.0, 3.0]]]), scale_factor=2, mode="linear")
    tensor([[[1.0000, 1.5000, 2.5000, 3.0000]]])
    """
    expect.tensors("interpolate", input=input)
    if mode not in _MODES:
        raise NotImplementedError(f"interpolate: mode {mode!r} is not known; wanted one of {', '.join(_MODES)}")
    if mode not in _LINEAR and mode != "bicubic" and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear"
        )
    n = input.dim() - 2
    if antialias and (mode not in ("bilinear", "bicubic") or n != 2):
        raise ValueError(
            "Anti-alias option is restricted to bilinear and bicubic modes and requires a 4-D tensor as input"
        )
    if n not in (1, 2, 3) or _LINEAR.get(mode, n) != n or (mode == "bicubic" and n != 2):
        raise NotImplementedError(
            "Input Error: Only 3D, 4D and 5D input Tensors supported (got "
            f"{input.dim()}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact (got {mode})"
        )
    if mode in ("bicubic", *_LINEAR) and not input.dtype.is_floating_point:
        raise NotImplementedError(
            f"interpolate: mode {mode!r} is not implemented for {input.dtype}; wanted a floating dtype, try float()"
        )
    sizes, factors = _asked(input, size, scale_factor)
    if min(sizes) <= 0 or min(input.shape[2:]) <= 0:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input {list(input.shape[2:])} and output {sizes}"
        )
    if recompute_scale_factor:
        factors = None
    if mode == "area":
        return (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[n - 1](input, sizes)
    for place, out in enumerate(sizes):
        ratio = input.shape[2 + place] / out if factors is None else 1.0 / factors[place]
        if mode in _LINEAR and out == input.shape[2 + place]:
            continue  # as PyTorch has it, whatever the factor says
        if antialias:
            input = smoothed(input, 2 + place, out, ratio, bool(align_corners), mode == "bicubic")
        elif mode == "bicubic":
            input = on_cubics(input, 2 + place, out, ratio, bool(align_corners))
        elif mode in _LINEAR:
            input = _on_lines(input, 2 + place, out, ratio, bool(align_corners))
        else:
            last = input.shape[2 + place] - 1
            middle = 0.5 if mode == "nearest-exact" else 0.0
            places = _core.floor((_core._arange(0, out, 1, _core.float64, False) + middle) * ratio)
            places = _core._cast(_core.clamp(places, max=last), _core.int64, False)
            input = input.index_select(2 + place, places)
    return input


def _on_lines(input: Tensor, dim: int, out: int, ratio: float, align_corners: bool) -> Tensor:
    """A dimension made another size by lines between neighbouring elements."""
    size = int(input.shape[dim])
    every = _core._arange(0, out, 1, _core.float64, False)
    if align_corners:
        at = every * ((size - 1) / (out - 1) if out > 1 else 0.0)
    else:
        at = _core.clamp((every + 0.5) * ratio - 0.5, min=0.0)
    low = _core.clamp(_core._cast(_core.floor(at), _core.int64, False), max=size - 1)
    high = _core.clamp(low + 1, max=size - 1)
    part = _core._cast(at - low, input.dtype, False).reshape([-1, *[1] * (input.dim() - 1 - dim)])
    first = input.index_select(dim, low)
    return first * (1 - part) + input.index_select(dim, high) * part


def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """The older name of `interpolate`.

    >>> import wengert
    >>> upsample(wengert.tensor([[[1.0, 3.0]]]), scale_factor=2)
    tensor([[[1., 1., 3., 3.]]])
    """
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The older name of `interpolate` by copies of elements.

    >>> import wengert
    >>> upsample_nearest(wengert.tensor([[[1.0, 3.0]]]), scale_factor=2)
    tensor([[[1., 1., 3., 3.]]])
    """
    return interpolate(input, size, scale_factor, "nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """The older name of `interpolate` by lines, corners on corners.

    >>> import wengert
    >>> upsample_bilinear(wengert.tensor([[[[1.0, 3.0]]]]), (1, 3))
    tensor([[[[1., 2., 3.]]]])
    """
    return interpolate(input, size, scale_factor, "bilinear", True)
