"""Tensors over other memory and of other strides: `frombuffer`, `empty_strided`, `resize_`, `set_`. Depends on `_core`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor, dtype as _dtype
from wengert._create import options, sizes
from wengert._device import check_format


def _extent(name: str, size: Sequence[int], stride: Sequence[int]) -> int:
    """Elements that a layout reaches."""
    if len(size) != len(stride):
        raise RuntimeError(
            f"{name}: dimensionality of sizes ({len(size)}) must match dimensionality of strides ({len(stride)})"
        )
    if any(s < 0 for s in stride):
        raise RuntimeError(f"{name}: Negative strides are not supported; got {list(stride)}")
    return 0 if 0 in size else 1 + sum((n - 1) * s for n, s in zip(size, stride, strict=True))


def empty_strided(
    size: Sequence[int], stride: Sequence[int], *, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """A tensor of given sizes and strides (in elements) whose values are not to be relied upon (they are zeros).

    Raises RuntimeError for negative sizes or strides.

    >>> import wengert
    >>> wengert.empty_strided((2, 3), (1, 2)).stride()
    (1, 2)
    """
    options("empty_strided", kw)
    size, stride = sizes("empty_strided", (size,)), [int(s) for s in stride]
    kind = dtype if dtype is not None else _core.get_default_dtype()
    flat = _core._full([_extent("empty_strided", size, stride)], 0, kind, False)
    found = flat.as_strided(size, stride).detach()
    return found.requires_grad_() if requires_grad else found


def new_empty_strided(self: Tensor, size: Sequence[int], stride: Sequence[int], **kw: Any) -> Tensor:
    """As `empty_strided`, of this tensor's dtype unless told."""
    dtype = kw.pop("dtype", None)
    return empty_strided(size, stride, dtype=self.dtype if dtype is None else dtype, **kw)


def empty_permuted(size: Sequence[int], physical_layout: Sequence[int], **kw: Any) -> Tensor:
    """A tensor whose dimensions lie in memory in the order of `physical_layout`, the slowest first; its values are not to be
    relied upon (they are zeros).

    >>> import wengert
    >>> wengert.empty_permuted((2, 3, 5), (0, 2, 1)).stride()
    (15, 1, 3)
    """
    wanted = sizes("empty_permuted", (size,))
    order = list(physical_layout)
    if sorted(order) != list(range(len(wanted))):
        raise RuntimeError(
            f"empty_permuted: physical_layout must name each of {len(wanted)} dimensions once; got {order}"
        )
    stride, step = [0] * len(order), 1
    for d in reversed(order):
        stride[d], step = step, step * max(wanted[d], 1)
    return empty_strided(wanted, stride, **kw)


def frombuffer(buffer: Any, *, dtype: _dtype, count: int = -1, offset: int = 0, requires_grad: bool = False) -> Tensor:
    """A vector over the memory of an object with the buffer protocol, from byte `offset` on; `count` elements, all if -1.

    Raises ValueError where the buffer is empty, too short or of another number of bytes than whole elements have.

    >>> import wengert
    >>> wengert.frombuffer(bytearray([1, 0, 2, 0]), dtype=wengert.int16)
    tensor([1, 2], dtype=torch.int16)
    """
    import numpy as np

    if not isinstance(dtype, _dtype):
        raise TypeError(f"frombuffer(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    try:
        view = memoryview(buffer)
    except TypeError:
        raise ValueError("object does not implement Python buffer protocol.") from None
    if not view.contiguous:
        raise ValueError("frombuffer: the buffer is not contiguous; try a copy")
    total, item = view.nbytes, dtype.itemsize
    if total == 0 or count == 0:
        raise ValueError(f"both buffer length ({total}) and count ({count}) must not be 0")
    if not 0 <= offset < total:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({total} bytes) - 1"
        )
    if count < 0 and (total - offset) % item:
        raise ValueError(
            f"buffer length ({total - offset} bytes) after offset ({offset} bytes) must be a multiple of element size ({item})"
        )
    if count > 0 and offset + count * item > total:
        raise ValueError(
            f"requested buffer length ({count} * {item} bytes) after offset ({offset} bytes) must not be greater than actual buffer"
            f" length ({total} bytes)"
        )
    found = np.frombuffer(view, np.dtype(str(dtype).rpartition(".")[2]), count, offset)
    made = _core.from_numpy(found)
    return made.requires_grad_() if requires_grad else made


def _not_differentiated(name: str, self: Tensor) -> None:
    if self.requires_grad or self._is_lifted():
        raise RuntimeError(f"cannot {name} variables that require grad; try detach()")


def resize_(self: Tensor, *size: Any, memory_format: Any = None) -> Tensor:
    """The tensor with another shape, row-major over its storage; where that is too small a larger one takes its place, with the old
    elements first and zeros after them (views of the tensor then keep the old storage).

    Raises RuntimeError where the tensor requires grad.

    >>> import wengert
    >>> wengert.tensor([1, 2, 3]).resize_(2, 2)
    tensor([[1, 2],
            [3, 0]])
    """
    wanted = sizes("resize_", size)
    _not_differentiated("resize", self)
    if memory_format is not None:
        check_format("resize_", memory_format)
    if list(self.shape) == wanted:
        return self
    need, start = 1, self.storage_offset()
    for n in wanted:
        need *= n
    have = self._storage_bytes() // self.element_size() - start
    whole = self.data.as_strided((max(have, 0),), (1,)) if have > 0 else self.data.reshape(-1)
    if need > whole.shape[0]:
        whole = _core.cat([whole, _core._full([need - whole.shape[0]], 0, self.dtype, False)])
    self.data = whole[:need].reshape(wanted)
    return self


def resize_as_(self: Tensor, tensor: Tensor, memory_format: Any = None) -> Tensor:
    """As `resize_`, to the shape of another tensor.

    >>> import wengert
    >>> wengert.zeros(2).resize_as_(wengert.ones(3)).shape
    torch.Size([3])
    """
    expect.tensors("resize_as_", input=self)
    expect.tensors("resize_as_", tensor=tensor)
    return resize_(self, list(tensor.shape), memory_format=memory_format)


def set_(self: Tensor, source: Any = None, storage_offset: int = 0, size: Any = None, stride: Any = None) -> Tensor:
    """The tensor made to share the memory, shape and strides of `source`, a tensor or its storage; without one it gets no elements.

    Raises RuntimeError where it requires grad, or where the dtypes differ.

    >>> import wengert
    >>> x, y = wengert.zeros(2), wengert.ones(3)
    >>> x.set_(y)
    tensor([1., 1., 1.])
    """
    _not_differentiated("set_", self)
    if source is None:
        self.data = _core._full([0], 0, self.dtype, False)
        return self
    held = source if isinstance(source, Tensor) else getattr(source, "_tensor", None)
    if not isinstance(held, Tensor):
        raise TypeError(f"set_(): argument 'source' must be Tensor or its storage, not {type(source).__name__}")
    if held.dtype != self.dtype:
        raise RuntimeError(f"set_: got a source of {held.dtype}, wanted {self.dtype}")
    data = held.detach()
    if size is None and isinstance(source, Tensor) and stride is None and not storage_offset:
        self.data = data
        return self
    if size is None:
        wanted = [data._storage_bytes() // data.element_size() - storage_offset]
    else:
        wanted = sizes("set_", (size,))
    if stride is None:
        stride, step = [0] * len(wanted), 1
        for d in reversed(range(len(wanted))):
            stride[d], step = step, step * max(wanted[d], 1)
    self.data = data.as_strided(wanted, list(stride), storage_offset)
    return self


def as_strided_(self: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None) -> Tensor:
    """The tensor made to show the elements of its storage at given sizes and strides.

    Raises RuntimeError where it requires grad, or where the storage is too small.

    >>> import wengert
    >>> wengert.arange(4).as_strided_((2,), (2,))
    tensor([0, 2])
    """
    expect.tensors("as_strided_", input=self)
    _not_differentiated("as_strided_", self)
    self.data = self.data.as_strided(size, stride, storage_offset)
    return self


def fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Overwrites the main diagonal; with `wrap` that of each further square of a tall matrix, one row left out between them.

    Raises RuntimeError for fewer than 2 dimensions, or for more of different sizes.

    >>> import wengert
    >>> wengert.zeros(2, 2).fill_diagonal_(5)
    tensor([[5., 0.],
            [0., 5.]])
    """
    if self.dim() < 2:
        raise RuntimeError(f"dimensions must larger than 1; got {self.dim()}")
    if isinstance(fill_value, Tensor):
        raise TypeError("fill_diagonal_(): argument 'fill_value' must be Number, not Tensor; try item()")
    if self.dim() > 2:
        if len(set(self.shape)) > 1:
            raise RuntimeError(f"all dimensions of input must be of equal length; got {list(self.shape)}")
        line = self.diagonal(0, 0, 1)
        for _ in range(self.dim() - 2):
            line = line.diagonal(0, 0, line.dim() - 1)
        line.fill_(fill_value)
        return self
    self.diagonal().fill_(fill_value)
    rows, columns = self.shape
    if wrap and columns:
        for start in range(columns + 1, rows, columns + 1):
            self[start:].diagonal().fill_(fill_value)
    return self


def fill(input: Tensor, value: Any) -> Tensor:
    """A tensor of one value in the shape and dtype of `input`.

    >>> import wengert
    >>> wengert.fill(wengert.zeros(2), 3)
    tensor([3., 3.])
    """
    expect.tensors("fill", input=input)
    if isinstance(value, Tensor) and value._is_lifted():
        return lifted_like(value, input).fill_(value)
    return input.clone().fill_(value)


def lifted_like(wrapped: Tensor, input: Tensor) -> Tensor:
    """A copy of `input` under the transforms that hold for `wrapped`, so that this can be written to it."""
    zero = wrapped.detach().reshape(-1)[:0].sum().to(input.dtype)
    return _core.where(zero == 0, input, zero)


def fill_(input: Tensor, value: Any) -> Tensor:
    """Overwrites every element with one value; as the method.

    >>> import wengert
    >>> wengert.fill_(wengert.zeros(2), 3)
    tensor([3., 3.])
    """
    expect.tensors("fill_", input=input)
    return input.fill_(value)


def zero_(input: Tensor) -> Tensor:
    """Overwrites every element with 0; as the method.

    >>> import wengert
    >>> wengert.zero_(wengert.ones(2))
    tensor([0., 0.])
    """
    expect.tensors("zero_", input=input)
    return input.zero_()


def index_put_(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """Overwrites elements at indices; as the method.

    >>> import wengert
    >>> wengert.index_put_(wengert.zeros(2), (wengert.tensor([1]),), wengert.tensor(5.0))
    tensor([0., 5.])
    """
    expect.tensors("index_put_", input=input)
    return input.index_put_(indices, values, accumulate)


def detach(input: Tensor) -> Tensor:
    """The same memory, without history; as the method.

    >>> import wengert
    >>> wengert.detach(wengert.ones(1, requires_grad=True)).requires_grad
    False
    """
    expect.tensors("detach", input=input)
    return input.detach()


def detach_(input: Tensor) -> Tensor:
    """Cuts the tensor from its history, in place; as the method.

    >>> import wengert
    >>> wengert.detach_(wengert.ones(1, requires_grad=True)).requires_grad
    False
    """
    expect.tensors("detach_", input=input)
    return input.detach_()


METHODS = [new_empty_strided, resize_, resize_as_, set_, as_strided_, fill_diagonal_]

__all__ = [
    "as_strided_", "detach", "detach_", "empty_permuted", "empty_strided", "fill", "fill_", "frombuffer", "index_put_",
    "resize_as_", "zero_",
]  # fmt: skip
