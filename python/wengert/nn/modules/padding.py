"""Padding as layers. Depends on Module and nn.functional."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules.module import Module


class _Pad(Module):
    """Padding of the last dimensions: one number for all sides, or pairs, the last dimension's first."""

    _n = 0
    _mode = "constant"

    def __init__(self, padding: Any) -> None:
        super().__init__()
        self.padding = (padding,) * (2 * self._n) if isinstance(padding, int) else tuple(padding)

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        return str(self.padding)


class _ConstantPad(_Pad):
    """Padding with a number."""

    def __init__(self, padding: Any, value: float) -> None:
        super().__init__(padding)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        return F.pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        return f"padding={self.padding}, value={self.value}"


class ConstantPad1d(_ConstantPad):
    """Each side of the last dimension padded with `value`: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ConstantPad1d(1, 9.0)(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 3))
    tensor([[9., 1., 2., 3., 9.]])
    """

    _n = 1


class ConstantPad2d(_ConstantPad):
    """Each side of the last 2 dimensions padded with `value`: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ConstantPad2d((1, 1, 0, 0), 9.0)(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 3))
    tensor([[[9., 1., 2., 3., 9.]]])
    """

    _n = 2


class ConstantPad3d(_ConstantPad):
    """Each side of the last 3 dimensions padded with `value`: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ConstantPad3d((1, 1, 0, 0, 0, 0), 9.0)(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 1, 3))
    tensor([[[[9., 1., 2., 3., 9.]]]])
    """

    _n = 3


class ZeroPad1d(_Pad):
    """Each side of the last dimension padded with zeros: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ZeroPad1d(1)(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 3))
    tensor([[0., 1., 2., 3., 0.]])
    """

    _n = 1


class ZeroPad2d(_Pad):
    """Each side of the last 2 dimensions padded with zeros: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ZeroPad2d((1, 1, 0, 0))(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 3))
    tensor([[[0., 1., 2., 3., 0.]]])
    """

    _n = 2


class ZeroPad3d(_Pad):
    """Each side of the last 3 dimensions padded with zeros: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ZeroPad3d((1, 1, 0, 0, 0, 0))(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 1, 3))
    tensor([[[[0., 1., 2., 3., 0.]]]])
    """

    _n = 3


class ReflectionPad1d(_Pad):
    """Each side of the last dimension padded with what lies beyond its edge element, mirrored: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ReflectionPad1d(1)(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 3))
    tensor([[2., 1., 2., 3., 2.]])
    """

    _n = 1
    _mode = "reflect"


class ReflectionPad2d(_Pad):
    """Each side of the last 2 dimensions padded with what lies beyond its edge element, mirrored: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ReflectionPad2d((1, 1, 0, 0))(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 3))
    tensor([[[2., 1., 2., 3., 2.]]])
    """

    _n = 2
    _mode = "reflect"


class ReflectionPad3d(_Pad):
    """Each side of the last 3 dimensions padded with what lies beyond its edge element, mirrored: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ReflectionPad3d((1, 1, 0, 0, 0, 0))(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 1, 3))
    tensor([[[[2., 1., 2., 3., 2.]]]])
    """

    _n = 3
    _mode = "reflect"


class ReplicationPad1d(_Pad):
    """Each side of the last dimension padded with copies of its edge element: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ReplicationPad1d(1)(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 3))
    tensor([[1., 1., 2., 3., 3.]])
    """

    _n = 1
    _mode = "replicate"


class ReplicationPad2d(_Pad):
    """Each side of the last 2 dimensions padded with copies of its edge element: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ReplicationPad2d((1, 1, 0, 0))(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 3))
    tensor([[[1., 1., 2., 3., 3.]]])
    """

    _n = 2
    _mode = "replicate"


class ReplicationPad3d(_Pad):
    """Each side of the last 3 dimensions padded with copies of its edge element: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> ReplicationPad3d((1, 1, 0, 0, 0, 0))(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 1, 3))
    tensor([[[[1., 1., 2., 3., 3.]]]])
    """

    _n = 3
    _mode = "replicate"


class CircularPad1d(_Pad):
    """Each side of the last dimension padded with elements of its other end: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> CircularPad1d(1)(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 3))
    tensor([[3., 1., 2., 3., 1.]])
    """

    _n = 1
    _mode = "circular"


class CircularPad2d(_Pad):
    """Each side of the last 2 dimensions padded with elements of its other end: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> CircularPad2d((1, 1, 0, 0))(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 3))
    tensor([[[3., 1., 2., 3., 1.]]])
    """

    _n = 2
    _mode = "circular"


class CircularPad3d(_Pad):
    """Each side of the last 3 dimensions padded with elements of its other end: `padding` is a number, or pairs, the last dimension's first.

    >>> import wengert
    >>> CircularPad3d((1, 1, 0, 0, 0, 0))(wengert.tensor([1.0, 2.0, 3.0]).reshape(1, 1, 1, 3))
    tensor([[[[3., 1., 2., 3., 1.]]]])
    """

    _n = 3
    _mode = "circular"
