"""Tensors made after another one: `zeros_like`, `x.new_zeros` and their like. Depends on `_create`."""

from __future__ import annotations

import warnings
from typing import Any

from wengert import _core
from wengert._core import Tensor, dtype as _dtype
from wengert._create import Number, options, sizes


def _like(name: str, input: Any, value: Number, dtype: Any, requires_grad: bool, kw: dict[str, Any]) -> Tensor:
    if not isinstance(input, Tensor):
        raise TypeError(f"{name}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    if kw:
        wanted = kw.get("memory_format")
        options(name, kw)
        if wanted == "contiguous_format" and not input._is_lifted():
            made = _core._full_like(input, value, dtype, False).contiguous()
            return made.requires_grad_() if requires_grad else made
    if input._is_lifted():
        return _full_in_maps(input, list(input.shape), value, input.dtype if dtype is None else dtype, requires_grad)
    return _core._full_like(input, value, dtype, requires_grad)


def zeros_like(input: Tensor, *, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any) -> Tensor:
    """Zeros of the shape and dtype of `input`.

    >>> zeros_like(ones_like(wengert.zeros(2))).tolist()
    [0.0, 0.0]
    """
    return _like("zeros_like", input, 0, dtype, requires_grad, kw)


def ones_like(input: Tensor, *, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any) -> Tensor:
    """Ones of the shape and dtype of `input`.

    >>> ones_like(wengert.zeros(2)).tolist()
    [1.0, 1.0]
    """
    return _like("ones_like", input, 1, dtype, requires_grad, kw)


def empty_like(input: Tensor, *, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any) -> Tensor:
    """A tensor of the shape and dtype of `input` whose values are not to be relied upon (they are zeros).

    >>> empty_like(wengert.zeros(2)).shape
    torch.Size([2])
    """
    return _like("empty_like", input, 0, dtype, requires_grad, kw)


def full_like(
    input: Tensor, fill_value: Number, *, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """One value in the shape and dtype of `input`.

    >>> full_like(wengert.zeros(2), 3).tolist()
    [3.0, 3.0]
    """
    return _like("full_like", input, fill_value, dtype, requires_grad, kw)


def _new(self: Tensor, name: str, size: tuple[Any, ...], value: Number, kw: dict[str, Any]) -> Tensor:
    shape = sizes(name, size, kw.pop("size", None))
    dtype, requires_grad = kw.pop("dtype", None), kw.pop("requires_grad", False)
    options(name, kw)
    dtype = self.dtype if dtype is None else dtype
    if self._is_lifted():
        return _full_in_maps(self, shape, value, dtype, requires_grad)
    return _core._full(shape, value, dtype, requires_grad)


def _full_in_maps(x: Tensor, shape: list[int], value: Number, dtype: _dtype, requires_grad: bool) -> Tensor:
    """One value in each example of the maps that `x` is a batch of, so that what differs between examples may be written."""
    maps = []
    while (outermost := _core._outermost_level(x)) is not None:
        level, is_map = outermost
        if is_map:
            x = _core._unpack_batched(x, 0, 0, level)
            maps.append((level, x.shape[0]))
        else:
            x = _core._unpack_dual(x, level)[0]
    made = _core._full([*(size for _, size in reversed(maps)), *shape], value, dtype, requires_grad)
    for level, _ in reversed(maps):
        made = _core._make_batched(made, 0, level)
    return made


def new_zeros(self: Tensor, *size: Any, **kw: Any) -> Tensor:
    """Zeros of the given sizes in the dtype of the tensor, unless `dtype` is given.

    >>> wengert.arange(3).new_zeros(2)
    tensor([0, 0])
    """
    return _new(self, "new_zeros", size, 0, kw)


def new_ones(self: Tensor, *size: Any, **kw: Any) -> Tensor:
    """Ones of the given sizes in the dtype of the tensor, unless `dtype` is given.

    >>> wengert.arange(3).new_ones(2)
    tensor([1, 1])
    """
    return _new(self, "new_ones", size, 1, kw)


def new_empty(self: Tensor, *size: Any, **kw: Any) -> Tensor:
    """A tensor of the given sizes in the dtype of the tensor; its values are not to be relied upon (they are zeros).

    >>> wengert.arange(3).new_empty(2, 2).shape
    torch.Size([2, 2])
    """
    return _new(self, "new_empty", size, 0, kw)


def new_full(self: Tensor, size: Any, fill_value: Number, **kw: Any) -> Tensor:
    """One value in the given sizes and the dtype of the tensor, unless `dtype` is given.

    >>> wengert.zeros(1).new_full((2,), 3)
    tensor([3., 3.])
    """
    return _new(self, "new_full", (size,), fill_value, kw)


def new_tensor(self: Tensor, data: Any, **kw: Any) -> Tensor:
    """A copy of the data in the dtype of the tensor, unless `dtype` is given.

    >>> wengert.zeros(1).new_tensor([1, 2])
    tensor([1., 2.])
    """
    dtype, requires_grad = kw.pop("dtype", None), kw.pop("requires_grad", False)
    options("new_tensor", kw)
    if isinstance(data, Tensor):
        warnings.warn(
            "To copy construct from a tensor, it is recommended to use sourceTensor.detach().clone() or"
            " sourceTensor.detach().clone().requires_grad_(True), rather than tensor.new_tensor(sourceTensor).",
            stacklevel=2,
        )
    return _core.tensor(data, dtype=self.dtype if dtype is None else dtype, requires_grad=requires_grad)


def new(self: Tensor, *args: Any) -> Tensor:
    """A tensor of the same dtype from sizes (zeros) or from data; `new_empty` and `new_tensor` say which.

    >>> wengert.zeros(1).new([1, 2])
    tensor([1., 2.])
    """
    if not args:
        return new_empty(self, 0)
    if isinstance(args[0], int) or type(args[0]).__name__ == "Size":
        return new_empty(self, *args)
    return new_tensor(self, args[0])


METHODS = [new_zeros, new_ones, new_empty, new_full, new_tensor, new]

__all__ = ["empty_like", "full_like", "ones_like", "zeros_like"]
