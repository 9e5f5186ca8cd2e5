"""Pooling as layers. Depends on the modules with options and nn.functional."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules._options import WithOptions


class _Pool(WithOptions):
    """A pool of windows."""

    _n = 0
    kernel_size: Any
    stride: Any
    padding: Any


class _MaxPool(_Pool):
    """The largest element of each window."""

    dilation: Any
    ceil_mode: bool
    return_indices: bool

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        dilation: Any = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(
            kernel_size=kernel_size,
            stride=kernel_size if stride is None else stride,
            padding=padding,
            dilation=dilation,
            return_indices=return_indices,
            ceil_mode=ceil_mode,
        )

    def forward(self, input: Tensor) -> Any:
        pool = getattr(F, f"max_pool{self._n}d")
        return pool(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.dilation,
            ceil_mode=self.ceil_mode,
            return_indices=self.return_indices,
        )

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


class _AvgPool(_Pool):
    """The mean of each window."""

    ceil_mode: bool
    count_include_pad: bool
    divisor_override: int | None
    _shown = ("kernel_size", "stride", "padding")

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__(
            kernel_size=kernel_size,
            stride=kernel_size if stride is None else stride,
            padding=padding,
            ceil_mode=ceil_mode,
            count_include_pad=count_include_pad,
            divisor_override=divisor_override,
        )

    def forward(self, input: Tensor) -> Tensor:
        pool = getattr(F, f"avg_pool{self._n}d")
        return pool(
            input,
            self.kernel_size,
            self.stride,
            self.padding,
            self.ceil_mode,
            self.count_include_pad,
            self.divisor_override,
        )


class _LPPool(_Pool):
    """The p-norm of each window."""

    norm_type: float
    ceil_mode: bool
    _shown = ("norm_type", "kernel_size", "stride", "ceil_mode")

    def __init__(self, norm_type: float, kernel_size: Any, stride: Any = None, ceil_mode: bool = False) -> None:
        super().__init__(norm_type=norm_type, kernel_size=kernel_size, stride=stride, ceil_mode=ceil_mode)

    def forward(self, input: Tensor) -> Tensor:
        pool = getattr(F, f"lp_pool{self._n}d")
        return pool(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)


class _Adaptive(WithOptions):
    """A pool of parts as even as can be."""

    _n = 0
    output_size: Any
    _shown = ("output_size",)

    def __init__(self, output_size: Any) -> None:
        super().__init__(output_size=output_size)

    def forward(self, input: Tensor) -> Any:
        return getattr(F, f"adaptive_avg_pool{self._n}d")(input, self.output_size)


class _AdaptiveMax(_Adaptive):
    """The largest elements of parts."""

    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__(output_size)
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        return getattr(F, f"adaptive_max_pool{self._n}d")(input, self.output_size, self.return_indices)


class MaxPool1d(_MaxPool):
    """The largest element of each window of (N, C, L); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    >>> import wengert
    >>> MaxPool1d(2)(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4))
    tensor([[[3., 4.]]])
    """

    _n = 1


class AvgPool1d(_AvgPool):
    """The mean of each window of (N, C, L); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    >>> import wengert
    >>> AvgPool1d(2)(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4))
    tensor([[[2., 3.]]])
    """

    _n = 1

    def __init__(
        self,
        kernel_size: Any,
        stride: Any = None,
        padding: Any = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        # As PyTorch has it, sizes are shown as tuples in one dimension.
        sizes = [(v,) if isinstance(v, int) else v for v in (kernel_size, stride, padding)]
        super().__init__(sizes[0], sizes[1], sizes[2], ceil_mode, count_include_pad)

    def forward(self, input: Tensor) -> Tensor:
        return F.avg_pool1d(input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad)


class LPPool1d(_LPPool):
    """(sum x^p)^(1 / p) of each window of (N, C, L), for p = `norm_type`.

    >>> import wengert
    >>> LPPool1d(2, 2)(wengert.tensor([3.0, 4.0]).reshape(1, 1, 2))
    tensor([[[5.]]])
    """

    _n = 1


class AdaptiveAvgPool1d(_Adaptive):
    """Means of (N, C, L) over as many parts as `output_size` says, as even as can be; None keeps a size.

    >>> import wengert
    >>> AdaptiveAvgPool1d(2)(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4))
    tensor([[[2., 3.]]])
    """

    _n = 1


class AdaptiveMaxPool1d(_AdaptiveMax):
    """Largest elements of (N, C, L) in as many parts as `output_size` says, as even as can be; None keeps a size.

    >>> import wengert
    >>> AdaptiveMaxPool1d(2)(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4))
    tensor([[[3., 4.]]])
    """

    _n = 1


class MaxPool2d(_MaxPool):
    """The largest element of each window of (N, C, H, W); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    >>> import wengert
    >>> MaxPool2d((1, 2))(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4))
    tensor([[[[3., 4.]]]])
    """

    _n = 2


class AvgPool2d(_AvgPool):
    """The mean of each window of (N, C, H, W); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    >>> import wengert
    >>> AvgPool2d((1, 2))(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4))
    tensor([[[[2., 3.]]]])
    """

    _n = 2


class LPPool2d(_LPPool):
    """(sum x^p)^(1 / p) of each window of (N, C, H, W), for p = `norm_type`.

    >>> import wengert
    >>> LPPool2d(2, (1, 2))(wengert.tensor([3.0, 4.0]).reshape(1, 1, 1, 2))
    tensor([[[[5.]]]])
    """

    _n = 2


class AdaptiveAvgPool2d(_Adaptive):
    """Means of (N, C, H, W) over as many parts as `output_size` says, as even as can be; None keeps a size.

    >>> import wengert
    >>> AdaptiveAvgPool2d((1, 2))(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4))
    tensor([[[[2., 3.]]]])
    """

    _n = 2


class AdaptiveMaxPool2d(_AdaptiveMax):
    """Largest elements of (N, C, H, W) in as many parts as `output_size` says, as even as can be; None keeps a size.

    >>> import wengert
    >>> AdaptiveMaxPool2d((1, 2))(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4))
    tensor([[[[3., 4.]]]])
    """

    _n = 2


class MaxPool3d(_MaxPool):
    """The largest element of each window of (N, C, D, H, W); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    >>> import wengert
    >>> MaxPool3d((1, 1, 2))(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4))
    tensor([[[[[3., 4.]]]]])
    """

    _n = 3


class AvgPool3d(_AvgPool):
    """The mean of each window of (N, C, D, H, W); N may be left out. Windows lie `kernel_size` apart unless `stride`.

    >>> import wengert
    >>> AvgPool3d((1, 1, 2))(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4))
    tensor([[[[[2., 3.]]]]])
    """

    _n = 3


class LPPool3d(_LPPool):
    """(sum x^p)^(1 / p) of each window of (N, C, D, H, W), for p = `norm_type`.

    >>> import wengert
    >>> LPPool3d(2, (1, 1, 2))(wengert.tensor([3.0, 4.0]).reshape(1, 1, 1, 1, 2))
    tensor([[[[[5.]]]]])
    """

    _n = 3


class AdaptiveAvgPool3d(_Adaptive):
    """Means of (N, C, D, H, W) over as many parts as `output_size` says, as even as can be; None keeps a size.

    >>> import wengert
    >>> AdaptiveAvgPool3d((1, 1, 2))(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4))
    tensor([[[[[2., 3.]]]]])
    """

    _n = 3


class AdaptiveMaxPool3d(_AdaptiveMax):
    """Largest elements of (N, C, D, H, W) in as many parts as `output_size` says, as even as can be; None keeps a size.

    >>> import wengert
    >>> AdaptiveMaxPool3d((1, 1, 2))(wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4))
    tensor([[[[[3., 4.]]]]])
    """

    _n = 3
