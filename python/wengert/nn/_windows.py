"""Sliding windows over the last dimensions, as views; unfold and fold. Depends on Tensor and padding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn._padding import pad

__all__ = ["fold", "unfold"]


def sizes_of(name: str, value: Any, n: int) -> list[int]:
    """One whole number for each of n dimensions, given as one for all or as a sequence."""
    if hasattr(value, "__index__"):
        return [value.__index__()] * n
    if isinstance(value, (str, bytes)) or not hasattr(value, "__iter__"):
        raise TypeError(f"{name} must be an int or a sequence of ints, not {type(value).__name__}")
    found = [v.__index__() if hasattr(v, "__index__") else v for v in value]
    if not all(isinstance(v, int) for v in found):
        raise TypeError(f"{name} must be an int or a sequence of ints; got {value}")
    if len(found) == 1:
        return found * n
    if len(found) != n:
        raise RuntimeError(f"{name} must be one number or {n}; got {len(found)}: {value}")
    return found


def positive(name: str, **given: Sequence[int]) -> None:
    """Refuses sizes that are not above 0."""
    for what, values in given.items():
        if any(v <= 0 for v in values):
            raise RuntimeError(f"{name}: {what} should be greater than zero, but got {list(values)}")


def both_sides(padding: Sequence[int]) -> list[int]:
    """The same before and after each dimension, as `pad` wants it."""
    return [n for p in reversed(padding) for n in (p, p)]


def windows(input: Tensor, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Tensor:
    """A view of shape (..., outputs, kernel): the windows over the last dimensions, one for each output."""
    n = len(kernel)
    for k, s, d in zip(kernel, stride, dilation, strict=True):
        # Windows of the dimensions before stand at the end already.
        dim = input.dim() - n
        if k == s and d == 1:
            # Windows side by side do not overlap: the gradient of this view is cheaper than that of unfold.
            out = int(input.shape[dim]) // k
            input = input.narrow(dim, 0, out * k).unflatten(dim, (out, k)).movedim(dim + 1, -1)
            continue
        input = input.unfold(dim, (k - 1) * d + 1, s)
        if d > 1:
            input = input[..., ::d]
    return input


def unfold(input: Tensor, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> Tensor:
    """The windows of images as columns: (N, C, H, W) becomes (N, C * kernel elements, windows); N may be left out.

    Raises RuntimeError for other numbers of dimensions and where no window fits.

    >>> import wengert
    >>> from wengert.nn import functional
    >>> functional.unfold(wengert.arange(9.0).reshape(1, 1, 3, 3), 2)
    tensor([[[0., 1., 3., 4.],
             [1., 2., 4., 5.],
             [3., 4., 6., 7.],
             [4., 5., 7., 8.]]])
    """
    expect.tensors("unfold", input=input)
    k, s = sizes_of("kernel_size", kernel_size, 2), sizes_of("stride", stride, 2)
    d, p = sizes_of("dilation", dilation, 2), sizes_of("padding", padding, 2)
    if input.dim() not in (3, 4):
        raise RuntimeError(
            "Expected 3D or 4D (batch mode) tensor with possibly 0 batch size and other non-zero dimensions for input, but "
            f"got: {list(input.shape)}"
        )
    positive("unfold", kernel=k, stride=s, dilation=d)
    out = _counts(input.shape[-2:], k, s, d, p)
    if min(out) < 1:
        raise RuntimeError(
            f"Given input with spatial size {tuple(input.shape[-2:])}, kernel_size={tuple(k)}, dilation={tuple(d)}, "
            f"padding={tuple(p)}, calculated shape of the array of sliding blocks as {tuple(out)}, but its components "
            "must be at least one."
        )
    seen = windows(pad(input, both_sides(p)), k, s, d)
    lead = list(range(seen.dim() - 4))
    n = len(lead)
    columns = seen.permute([*lead, n + 2, n + 3, n, n + 1])
    return columns.reshape([*input.shape[:-3], input.shape[-3] * k[0] * k[1], out[0] * out[1]]).contiguous()


def _counts(size: Sequence[int], k: list[int], s: list[int], d: list[int], p: list[int]) -> list[int]:
    """How many windows fit in each dimension."""
    return [(size[i] + 2 * p[i] - d[i] * (k[i] - 1) - 1) // s[i] + 1 for i in range(len(k))]


def fold(
    input: Tensor, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Tensor:
    """Columns laid back as windows and added: (N, C * kernel elements, windows) becomes (N, C, *output_size).

    The transpose of `unfold`. N may be left out. Raises RuntimeError where sizes do not fit.

    >>> import wengert
    >>> from wengert.nn import functional
    >>> functional.fold(wengert.ones(1, 4, 4), (3, 3), 2)
    tensor([[[[1., 2., 1.],
              [2., 4., 2.],
              [1., 2., 1.]]]])
    """
    expect.tensors("fold", input=input)
    size = sizes_of("output_size", output_size, 2)
    k, s = sizes_of("kernel_size", kernel_size, 2), sizes_of("stride", stride, 2)
    d, p = sizes_of("dilation", dilation, 2), sizes_of("padding", padding, 2)
    positive("fold", kernel=k, stride=s, dilation=d)
    if input.dim() not in (2, 3):
        raise RuntimeError(f"Expected 2D or 3D (batch mode) tensor for input; got: {list(input.shape)}")
    rows, columns = input.shape[-2:]
    out = _counts(size, k, s, d, p)
    if rows % (k[0] * k[1]):
        raise RuntimeError(
            "Expected size of input's dimension 1 to be divisible by the product of kernel_size, but got "
            f"input.size(1)={rows} and kernel_size={tuple(k)}."
        )
    if columns != math.prod(out) or min(out) < 1:
        raise RuntimeError(
            f"Given output_size={tuple(size)}, kernel_size={tuple(k)}, dilation={tuple(d)}, padding={tuple(p)}, "
            f"stride={tuple(s)}, expected size of input's dimension 2 to match the calculated number of sliding blocks "
            f"{out[0]} * {out[1]} = {math.prod(out)}, but got input.size(2)={columns}."
        )
    wide = [n + 2 * q for n, q in zip(size, p, strict=True)]
    places = windows(_core._arange(0, math.prod(wide), 1, _core.int64, False).reshape(wide), k, s, d)
    lead = [*input.shape[:-2], rows // (k[0] * k[1])]
    laid = _core._full([*lead, math.prod(wide)], 0.0, input.dtype, False)
    flat = input.reshape([*lead, k[0] * k[1] * columns])
    laid = _core.index_add(laid, len(lead), places.permute(2, 3, 0, 1).reshape(-1), flat)
    return pad(laid.reshape([*lead, *wide]), [-n for n in both_sides(p)])
