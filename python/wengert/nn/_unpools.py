"""The way back from pools of largest elements. Depends on pooling over windows."""

from __future__ import annotations

import math
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn._windows import sizes_of

__all__ = ["max_unpool1d", "max_unpool2d", "max_unpool3d"]


def max_unpool(
    name: str, n: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Tensor:
    """Elements laid at places of a plane.

    >>> import wengert
    >>> max_unpool("max_unpool1d", 1, wengert.ones(1, 1), wengert.tensor([[1]]), 2, None, 0, None)
    tensor([[0., 1.]])
    """
    expect.tensors(name, input=input, indices=indices)
    if input.shape != indices.shape:
        raise RuntimeError(
            f"{name}: expected shape of indices to be that of input, {list(input.shape)}, but got {list(indices.shape)}"
        )
    k = sizes_of("kernel_size", kernel_size, n)
    s = k if stride is None else sizes_of("stride", stride, n)
    p = sizes_of("padding", padding, n)
    usual = [(int(m) - 1) * ss - 2 * pp + kk for m, ss, pp, kk in zip(input.shape[-n:], s, p, k, strict=True)]
    size = usual
    if output_size is not None:
        size = [int(m) for m in output_size][-n:]
        if len(size) != n or any(not u - ss < m < u + ss for m, u, ss in zip(size, usual, s, strict=True)):
            raise ValueError(
                f"invalid output_size {list(output_size)} (each must be less than a stride {s} from {usual})"
            )
    lead = list(input.shape[:-n])
    flat = indices.reshape([*lead, -1])
    plane = math.prod(size)
    if not flat._is_lifted() and flat.numel() and bool((flat >= plane).any() or (flat < 0).any()):
        raise RuntimeError(f"{name}: Found an invalid max index: wanted 0 to {plane - 1} for the output size {size}")
    laid = _core._full([*lead, plane], 0.0, input.dtype, False)
    return _core.scatter(laid, -1, flat, input.reshape([*lead, -1])).reshape([*lead, *size])


def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The elements of (N, C, L) laid back where `max_pool1d` found them, zeros elsewhere; `output_size` chooses the size.

    Raises ValueError for a size that cannot be, RuntimeError for places outside of it.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4)
    >>> max_unpool1d(*wengert.nn.functional.max_pool1d(x, 2, return_indices=True), 2)
    tensor([[[0., 3., 0., 4.]]])
    """
    return max_unpool("max_unpool1d", 1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The elements of (N, C, H, W) laid back where `max_pool2d` found them, zeros elsewhere; `output_size` chooses the size.

    Raises ValueError for a size that cannot be, RuntimeError for places outside of it.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4)
    >>> max_unpool2d(*wengert.nn.functional.max_pool2d(x, (1, 2), return_indices=True), (1, 2))
    tensor([[[[0., 3., 0., 4.]]]])
    """
    return max_unpool("max_unpool2d", 2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, output_size: Any = None
) -> Tensor:
    """The elements of (N, C, D, H, W) laid back where `max_pool3d` found them, zeros elsewhere; `output_size` chooses the size.

    Raises ValueError for a size that cannot be, RuntimeError for places outside of it.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4)
    >>> max_unpool3d(*wengert.nn.functional.max_pool3d(x, (1, 1, 2), return_indices=True), (1, 1, 2))
    tensor([[[[[0., 3., 0., 4.]]]]])
    """
    return max_unpool("max_unpool3d", 3, input, indices, kernel_size, stride, padding, output_size)
