"""The way back from pools of largest elements, as layers. Depends on pooling and nn.functional."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn._windows import sizes_of
from wengert.nn.modules.pooling import _Pool


class _MaxUnpool(_Pool):
    """Largest elements laid back where they were."""

    _shown = ("kernel_size", "stride", "padding")

    def __init__(self, kernel_size: Any, stride: Any = None, padding: Any = 0) -> None:
        n = self._n
        given = (kernel_size, kernel_size if stride is None else stride, padding)
        sizes = [tuple(sizes_of("size", v, n)) for v in given]
        super().__init__(kernel_size=sizes[0], stride=sizes[1], padding=sizes[2])

    def forward(self, input: Tensor, indices: Tensor, output_size: Any = None) -> Tensor:
        unpool = getattr(F, f"max_unpool{self._n}d")
        return unpool(input, indices, self.kernel_size, self.stride, self.padding, output_size)


class MaxUnpool1d(_MaxUnpool):
    """The elements of (N, C, L) laid back where MaxPool1d found them, zeros elsewhere.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 4)
    >>> MaxUnpool1d(2)(*wengert.nn.MaxPool1d(2, return_indices=True)(x))
    tensor([[[0., 3., 0., 4.]]])
    """

    _n = 1


class MaxUnpool2d(_MaxUnpool):
    """The elements of (N, C, H, W) laid back where MaxPool2d found them, zeros elsewhere.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 4)
    >>> MaxUnpool2d((1, 2))(*wengert.nn.MaxPool2d((1, 2), return_indices=True)(x))
    tensor([[[[0., 3., 0., 4.]]]])
    """

    _n = 2


class MaxUnpool3d(_MaxUnpool):
    """The elements of (N, C, D, H, W) laid back where MaxPool3d found them, zeros elsewhere.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 3.0, 2.0, 4.0]).reshape(1, 1, 1, 1, 4)
    >>> MaxUnpool3d((1, 1, 2))(*wengert.nn.MaxPool3d((1, 1, 2), return_indices=True)(x))
    tensor([[[[[0., 3., 0., 4.]]]]])
    """

    _n = 3
