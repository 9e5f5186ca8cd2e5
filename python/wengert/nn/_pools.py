"""Pooling functions by the number of dimensions. Depends on pooling over windows."""

from __future__ import annotations

import math
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn._pooling import adaptive_avg_pool, adaptive_max_pool, avg_pool, max_pool
from wengert.nn._windows import sizes_of

__all__ = [
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_avg_pool3d",
    "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices",
    "adaptive_max_pool2d",
    "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d",
    "adaptive_max_pool3d_with_indices",
    "avg_pool1d",
    "avg_pool2d",
    "avg_pool3d",
    "lp_pool1d",
    "lp_pool2d",
    "lp_pool3d",
    "max_pool1d",
    "max_pool1d_with_indices",
    "max_pool2d",
    "max_pool2d_with_indices",
    "max_pool3d",
    "max_pool3d_with_indices",
]


def max_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of (N, C, L); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    With `ceil_mode` a last window may reach over the end; with `return_indices` the result is a pair, with places in the
    plane. Raises RuntimeError where no window fits or the padding is above half of the kernel.

    >>> import wengert
    >>> max_pool1d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4), 2)
    tensor([[[3., 4.]]])
    """
    return max_pool("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """`max_pool1d` with `return_indices`.

    >>> import wengert
    >>> max_pool1d_with_indices(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4), 2)[1]
    tensor([[[1, 3]]])
    """
    return max_pool("max_pool1d", 1, input, kernel_size, stride, padding, dilation, ceil_mode, True)


def avg_pool1d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """The mean of each window of (N, C, L); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    Padding counts unless `count_include_pad` is False. Raises RuntimeError where no
    window fits or the padding is above half of the kernel.

    >>> import wengert
    >>> avg_pool1d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4), 2)
    tensor([[[2., 3.]]])
    """
    return avg_pool("avg_pool1d", 1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def adaptive_avg_pool1d(input: Tensor, output_size: Any) -> Tensor:
    """Means of (N, C, L) over as many parts as `output_size` says, as even as can be; None keeps a size.

    Raises RuntimeError for negative sizes.

    >>> import wengert
    >>> adaptive_avg_pool1d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4), 2)
    tensor([[[2., 3.]]])
    """
    return adaptive_avg_pool("adaptive_avg_pool1d", 1, input, output_size)


def adaptive_max_pool1d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Largest elements of (N, C, L) in as many parts as `output_size` says, as even as can be; None keeps a size.

    With `return_indices` the result is a pair, with places in the plane. Raises RuntimeError for negative sizes.

    >>> import wengert
    >>> adaptive_max_pool1d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4), 2)
    tensor([[[3., 4.]]])
    """
    return adaptive_max_pool("adaptive_max_pool1d", 1, input, output_size, return_indices)


def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool1d` with `return_indices`.

    >>> import wengert
    >>> adaptive_max_pool1d_with_indices(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4), 2)[1]
    tensor([[[1, 3]]])
    """
    return adaptive_max_pool("adaptive_max_pool1d", 1, input, output_size, True)


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(sum x^p)^(1 / p) of each window of (N, C, L), for p = `norm_type`.

    >>> import wengert
    >>> lp_pool1d(wengert.tensor([3.0, 4.0]).reshape(1, 1, 2), 2.0, 2)
    tensor([[[5.]]])
    """
    return _lp("lp_pool1d", 1, input, norm_type, kernel_size, stride, ceil_mode)


def max_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of (N, C, H, W); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    With `ceil_mode` a last window may reach over the end; with `return_indices` the result is a pair, with places in the
    plane. Raises RuntimeError where no window fits or the padding is above half of the kernel.

    >>> import wengert
    >>> max_pool2d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4), (1, 2))
    tensor([[[[3., 4.]]]])
    """
    return max_pool("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """`max_pool2d` with `return_indices`.

    >>> import wengert
    >>> max_pool2d_with_indices(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4), (1, 2))[1]
    tensor([[[[1, 3]]]])
    """
    return max_pool("max_pool2d", 2, input, kernel_size, stride, padding, dilation, ceil_mode, True)


def avg_pool2d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of (N, C, H, W); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    Padding counts unless `count_include_pad` is False. Sums are divided by `divisor_override` if one is given. Raises RuntimeError where no
    window fits or the padding is above half of the kernel.

    >>> import wengert
    >>> avg_pool2d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4), (1, 2))
    tensor([[[[2., 3.]]]])
    """
    return avg_pool(
        "avg_pool2d", 2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def adaptive_avg_pool2d(input: Tensor, output_size: Any) -> Tensor:
    """Means of (N, C, H, W) over as many parts as `output_size` says, as even as can be; None keeps a size.

    Raises RuntimeError for negative sizes.

    >>> import wengert
    >>> adaptive_avg_pool2d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4), (1, 2))
    tensor([[[[2., 3.]]]])
    """
    return adaptive_avg_pool("adaptive_avg_pool2d", 2, input, output_size)


def adaptive_max_pool2d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Largest elements of (N, C, H, W) in as many parts as `output_size` says, as even as can be; None keeps a size.

    With `return_indices` the result is a pair, with places in the plane. Raises RuntimeError for negative sizes.

    >>> import wengert
    >>> adaptive_max_pool2d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4), (1, 2))
    tensor([[[[3., 4.]]]])
    """
    return adaptive_max_pool("adaptive_max_pool2d", 2, input, output_size, return_indices)


def adaptive_max_pool2d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool2d` with `return_indices`.

    >>> import wengert
    >>> adaptive_max_pool2d_with_indices(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4), (1, 2))[1]
    tensor([[[[1, 3]]]])
    """
    return adaptive_max_pool("adaptive_max_pool2d", 2, input, output_size, True)


def lp_pool2d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(sum x^p)^(1 / p) of each window of (N, C, H, W), for p = `norm_type`.

    >>> import wengert
    >>> lp_pool2d(wengert.tensor([3.0, 4.0]).reshape(1, 1, 1, 2), 2.0, (1, 2))
    tensor([[[[5.]]]])
    """
    return _lp("lp_pool2d", 2, input, norm_type, kernel_size, stride, ceil_mode)


def max_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of each window of (N, C, D, H, W); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    With `ceil_mode` a last window may reach over the end; with `return_indices` the result is a pair, with places in the
    plane. Raises RuntimeError where no window fits or the padding is above half of the kernel.

    >>> import wengert
    >>> max_pool3d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4), (1, 1, 2))
    tensor([[[[[3., 4.]]]]])
    """
    return max_pool("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """`max_pool3d` with `return_indices`.

    >>> import wengert
    >>> max_pool3d_with_indices(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4), (1, 1, 2))[1]
    tensor([[[[[1, 3]]]]])
    """
    return max_pool("max_pool3d", 3, input, kernel_size, stride, padding, dilation, ceil_mode, True)


def avg_pool3d(
    input: Tensor,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """The mean of each window of (N, C, D, H, W); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    Padding counts unless `count_include_pad` is False. Sums are divided by `divisor_override` if one is given. Raises RuntimeError where no
    window fits or the padding is above half of the kernel.

    >>> import wengert
    >>> avg_pool3d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4), (1, 1, 2))
    tensor([[[[[2., 3.]]]]])
    """
    return avg_pool(
        "avg_pool3d", 3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def adaptive_avg_pool3d(input: Tensor, output_size: Any) -> Tensor:
    """Means of (N, C, D, H, W) over as many parts as `output_size` says, as even as can be; None keeps a size.

    Raises RuntimeError for negative sizes.

    >>> import wengert
    >>> adaptive_avg_pool3d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4), (1, 1, 2))
    tensor([[[[[2., 3.]]]]])
    """
    return adaptive_avg_pool("adaptive_avg_pool3d", 3, input, output_size)


def adaptive_max_pool3d(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """Largest elements of (N, C, D, H, W) in as many parts as `output_size` says, as even as can be; None keeps a size.

    With `return_indices` the result is a pair, with places in the plane. Raises RuntimeError for negative sizes.

    >>> import wengert
    >>> adaptive_max_pool3d(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4), (1, 1, 2))
    tensor([[[[[3., 4.]]]]])
    """
    return adaptive_max_pool("adaptive_max_pool3d", 3, input, output_size, return_indices)


def adaptive_max_pool3d_with_indices(input: Tensor, output_size: Any, return_indices: bool = False) -> Any:
    """`adaptive_max_pool3d` with `return_indices`.

    >>> import wengert
    >>> adaptive_max_pool3d_with_indices(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4), (1, 1, 2))[1]
    tensor([[[[[1, 3]]]]])
    """
    return adaptive_max_pool("adaptive_max_pool3d", 3, input, output_size, True)


def lp_pool3d(input: Tensor, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(sum x^p)^(1 / p) of each window of (N, C, D, H, W), for p = `norm_type`.

    >>> import wengert
    >>> lp_pool3d(wengert.tensor([3.0, 4.0]).reshape(1, 1, 1, 1, 2), 2.0, (1, 1, 2))
    tensor([[[[[5.]]]]])
    """
    return _lp("lp_pool3d", 3, input, norm_type, kernel_size, stride, ceil_mode)


def _lp(name: str, n: int, input: Tensor, p: float, kernel_size: Any, stride: Any, ceil_mode: bool) -> Tensor:
    expect.tensors(name, input=input)
    # As PyTorch has it, windows that reach over the end count as if they were full of their mean.
    sums = avg_pool(name, n, input**p, kernel_size, stride, 0, ceil_mode, True, None)
    size = _core.sign(sums) * _core.relu(_core.abs(sums)) * math.prod(sizes_of("kernel_size", kernel_size, n))
    return size ** (1.0 / p)
