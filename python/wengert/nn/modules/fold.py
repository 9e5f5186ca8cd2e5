"""Windows of images as columns, and back. Depends on the modules with options and nn.functional."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules._options import WithOptions


class Unfold(WithOptions):
    """The windows of (N, C, H, W) as columns (N, C * kernel elements, windows); N may be left out.

    >>> import wengert
    >>> Unfold(2)(wengert.ones(1, 3, 4, 4)).shape
    torch.Size([1, 12, 9])
    """

    kernel_size: Any
    dilation: Any
    padding: Any
    stride: Any
    _shown = ("kernel_size", "dilation", "padding", "stride")

    def __init__(self, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1) -> None:
        super().__init__(kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride)

    def forward(self, input: Tensor) -> Tensor:
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)


class Fold(WithOptions):
    """Columns (N, C * kernel elements, windows) laid back as windows and added; N may be left out.

    >>> import wengert
    >>> Fold((4, 4), 2)(wengert.ones(1, 12, 9)).shape
    torch.Size([1, 3, 4, 4])
    """

    output_size: Any
    kernel_size: Any
    dilation: Any
    padding: Any
    stride: Any
    _shown = ("output_size", "kernel_size", "dilation", "padding", "stride")

    def __init__(
        self, output_size: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
    ) -> None:
        super().__init__(
            output_size=output_size, kernel_size=kernel_size, dilation=dilation, padding=padding, stride=stride
        )

    def forward(self, input: Tensor) -> Tensor:
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)
