"""What a tensor is, asked and changed: `type`, `is_cpu`, storages, `apply_`, the typed constructors. Depends on `_core`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor, dtype as _dtype
from wengert._device import CPU, check_device, device as _device, layout as _layout, strided

_TYPES = {
    "FloatTensor": _core.float32, "DoubleTensor": _core.float64, "ByteTensor": _core.uint8, "CharTensor": _core.int8,
    "ShortTensor": _core.int16, "IntTensor": _core.int32, "LongTensor": _core.int64, "BoolTensor": _core.bool,
}  # fmt: skip
_NAMES = {dtype: f"torch.{name}" for name, dtype in _TYPES.items()}


class _Typed(type):
    """Classes that tensors of one dtype count as instances of."""

    dtype: _dtype

    def __instancecheck__(cls, instance: Any) -> bool:
        return isinstance(instance, Tensor) and instance.dtype == cls.dtype

    def __repr__(cls) -> str:
        return f"<class {_NAMES[cls.dtype]!r}>"


def _typed(name: str, dtype: _dtype) -> Any:
    def __new__(cls: type, *args: Any, device: Any = None) -> Tensor:
        check_device(device, name)
        if not args:
            return _core._full([0], 0, dtype, False)
        if isinstance(args[0], Tensor):
            if args[0].dtype != dtype:
                raise TypeError(f"{name}: got a tensor of {args[0].dtype}, wanted {dtype}; try to({dtype})")
            return args[0].detach()
        if all(isinstance(n, int) for n in args) or type(args[0]).__name__ == "Size":
            from wengert._create import sizes

            return _core._full(sizes(name, args), 0, dtype, False)
        if len(args) > 1:
            raise TypeError(f"{name}: got {len(args)} arguments, wanted sizes, or one sequence of data")
        # Numbers are cast as C casts them: float data make whole tensors.
        data = args[0] if dtype.is_floating_point else _core._cast(_core.tensor(args[0]), dtype, False)
        return _core.tensor(data, dtype=dtype)

    doc = f"Tensors of {dtype}: `{name}(sizes)`, `{name}(data)`, and `isinstance(x, {name})`."
    return _Typed(name, (), {"__new__": __new__, "__doc__": doc, "__module__": "wengert", "dtype": dtype})


FloatTensor: Any
DoubleTensor: Any
ByteTensor: Any
CharTensor: Any
ShortTensor: Any
IntTensor: Any
LongTensor: Any
BoolTensor: Any
globals().update({name: _typed(name, dtype) for name, dtype in _TYPES.items()})


def type_(self: Tensor, dtype: Any = None, non_blocking: bool = False) -> Any:
    """Its type as a string such as 'torch.FloatTensor'; with a dtype, such a string or a typed class: the tensor cast.

    Raises ValueError for a type that is none.

    >>> import wengert
    >>> wengert.ones(2).type()
    'torch.FloatTensor'
    """
    if dtype is None:
        return _NAMES[self.dtype]
    if isinstance(dtype, _dtype):
        return _core._cast(self, dtype, False)
    if isinstance(dtype, _Typed):
        return _core._cast(self, dtype.dtype, False)
    name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", repr(dtype))
    if isinstance(dtype, str) and dtype.startswith("torch.") and dtype[6:] in _TYPES:
        return _core._cast(self, _TYPES[dtype[6:]], False)
    raise ValueError(f"invalid type: {name!r}; wanted a dtype, or one of {', '.join(map(repr, _NAMES.values()))}")


def typename(obj: Any) -> str:
    """The type of a tensor as a string, or the name of an object's class.

    >>> import wengert
    >>> typename(wengert.ones(2))
    'torch.FloatTensor'
    """
    if isinstance(obj, Tensor):
        return _NAMES[obj.dtype]
    cls = obj if isinstance(obj, type) else type(obj)
    module = getattr(cls, "__module__", "")
    return cls.__qualname__ if module in ("", "builtins") else f"{module}.{cls.__qualname__}"


def is_storage(obj: Any) -> bool:
    """Whether an object is what `untyped_storage` returns.

    >>> import wengert
    >>> is_storage(wengert.ones(2).untyped_storage())
    True
    """
    return isinstance(obj, UntypedStorage)


class UntypedStorage:
    """The memory of a tensor and its views: address and bytes."""

    __slots__ = ("_tensor",)

    def __init__(self, tensor: Tensor) -> None:
        expect.tensors("UntypedStorage", tensor=tensor)
        self._tensor = tensor.detach()

    def data_ptr(self) -> int:
        """Address of the first byte."""
        return self._tensor.data_ptr() - self._tensor.storage_offset() * self._tensor.element_size()

    def nbytes(self) -> int:
        """Bytes of it."""
        return self._tensor._storage_bytes()

    def size(self) -> int:
        """Bytes of it."""
        return self.nbytes()

    __len__ = nbytes

    @property
    def device(self) -> _device:
        """Where it is: the CPU."""
        return CPU

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, UntypedStorage):
            return NotImplemented
        return self._tensor._storage_id() == other._tensor._storage_id()

    def __hash__(self) -> int:
        return hash(self._tensor._storage_id())

    def __repr__(self) -> str:
        return f"[wengert.UntypedStorage(device=cpu) of size {self.nbytes()}]"


def untyped_storage(self: Tensor) -> UntypedStorage:
    """The memory that the tensor and its views share."""
    return UntypedStorage(self)


def is_contiguous(self: Tensor, memory_format: Any = None) -> Any:
    """Whether elements lie in row-major order, or in that of `memory_format`."""
    if memory_format in (None, "contiguous_format", "preserve_format"):
        return self._is_contiguous()
    if memory_format == "channels_last":
        return self.dim() == 4 and self.permute(0, 2, 3, 1)._is_contiguous()
    if memory_format == "channels_last_3d":
        return self.dim() == 5 and self.permute(0, 2, 3, 4, 1)._is_contiguous()
    raise RuntimeError(f"is_contiguous: unsupported memory format {memory_format!r}; try contiguous_format")


def is_same_size(input: Tensor, other: Tensor) -> Any:
    """Whether both have the same shape.

    >>> import wengert
    >>> wengert.ones(2).is_same_size(wengert.ones(3))
    False
    """
    expect.tensors("is_same_size", input=input, other=other)
    return input.shape == other.shape


def is_nonzero(input: Tensor) -> Any:
    """Whether its one element is not 0.

    Raises RuntimeError unless it has one element.

    >>> import wengert
    >>> wengert.tensor(2.0).is_nonzero()
    True
    """
    expect.tensors("is_nonzero", input=input)
    return bool(input)


def is_set_to(self: Tensor, tensor: Tensor) -> Any:
    """Whether both are the same elements: one address, one shape, the same strides."""
    expect.tensors("is_set_to", tensor=tensor)
    same = self.data_ptr() == tensor.data_ptr() and self._storage_id() == tensor._storage_id()
    return same and self.shape == tensor.shape and self._strides == tensor._strides


def is_shared(self: Tensor) -> Any:
    """Whether it lies in memory that other processes see: never."""
    return False


def share_memory_(self: Tensor) -> Tensor:
    """The tensor itself: a child process made by a fork sees what was written before."""
    return self


def is_pinned(self: Tensor) -> Any:
    """Whether its memory is pinned for a GPU: never."""
    return False


def is_inference(self: Tensor) -> Any:
    """Whether it was made in `inference_mode`."""
    return _core._is_inference(self)


def is_conj(self: Tensor) -> Any:
    """Whether its conjugation is put off: never."""
    return False


def is_neg(self: Tensor) -> Any:
    """Whether its negation is put off: never."""
    return False


def resolve_conj(self: Tensor) -> Tensor:
    """The tensor itself: no conjugation is put off."""
    return self


def resolve_neg(self: Tensor) -> Tensor:
    """The tensor itself: no negation is put off."""
    return self


def to_dense(self: Tensor, dtype: _dtype | None = None, *, masked_grad: bool | None = None) -> Tensor:
    """The tensor itself, cast where a dtype is given: all its elements are kept anyway."""
    return self if dtype is None else _core._cast(self, dtype, False)


def pin_memory(self: Tensor, device: Any = None) -> Tensor:
    """Raises RuntimeError: memory is pinned for a GPU only."""
    raise RuntimeError(
        "pin_memory(): got a request for memory pinned for a GPU, but wengert runs on CPUs; leave it out"
    )


def set_default_tensor_type(t: Any) -> None:
    """Sets the default dtype by a typed class or its name, with a warning: `set_default_dtype` does it by the dtype.

    Raises TypeError for what names no floating-point type.

    >>> import wengert
    >>> set_default_tensor_type("torch.DoubleTensor")
    >>> wengert.ones(1).dtype
    torch.float64
    >>> set_default_tensor_type(wengert.FloatTensor)
    """
    warnings.warn(
        "torch.set_default_tensor_type() is deprecated, please use torch.set_default_dtype() instead.", stacklevel=2
    )
    found: _dtype | None = None
    if isinstance(t, _Typed):
        found = t.dtype
    elif isinstance(t, str) and t.startswith("torch."):
        found = _TYPES.get(t[6:])
    if found is None or not found.is_floating_point:
        raise TypeError(
            f"invalid type object: got {t!r}, wanted FloatTensor or DoubleTensor; only floating-point types"
        )
    _core.set_default_dtype(found)


def get_device(self: Tensor) -> int:
    """Number of the GPU it is on: -1, for the CPU."""
    return -1


def cuda(self: Tensor, device: Any = None, non_blocking: bool = False) -> Tensor:
    """Raises RuntimeError: tensors are on the CPU."""
    raise RuntimeError("cuda(): got a request for a GPU, but wengert runs on CPUs; try cpu()")


def half(self: Tensor) -> Tensor:
    """Raises TypeError: there are no floats of 16 bits."""
    raise TypeError("half(): got a request for float16, wanted float32 or float64; try float()")


def bfloat16(self: Tensor) -> Tensor:
    """Raises TypeError: there are no floats of 16 bits."""
    raise TypeError("bfloat16(): got a request for bfloat16, wanted float32 or float64; try float()")


def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Replaces each element x by `callable(x)`, one after the other in Python. Returns the tensor.

    Raises RuntimeError where the tensor requires grad.

    >>> import wengert
    >>> wengert.tensor([1.0, 2.0]).apply_(lambda x: x + 1)
    tensor([2., 3.])
    """
    return _each("apply_", self, [self], callable)


def map_(self: Tensor, other: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Replaces each element x by `callable(x, y)` with y that of `other`. Returns the tensor.

    Raises RuntimeError where the tensor requires grad, TypeError where the dtypes differ.

    >>> import wengert
    >>> wengert.tensor([1.0, 2.0]).map_(wengert.ones(2), lambda x, y: x + y)
    tensor([2., 3.])
    """
    if not isinstance(other, Tensor) or other.dtype != self.dtype:
        raise TypeError(f"map_: expected {_NAMES[self.dtype]} for 'other' (got {typename(other)})")
    return _each("map_", self, [self, other.expand(self.shape)], callable)


def _each(name: str, self: Tensor, operands: list[Tensor], callable: Callable[..., Any]) -> Tensor:
    if any(x.requires_grad for x in operands):
        raise RuntimeError(f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead.")
    rows = [x.reshape(-1).tolist() for x in operands]
    values = [callable(*row) for row in zip(*rows, strict=True)]
    return self.copy_(_core.tensor(values, dtype=self.dtype).reshape(self.shape))


def __complex__(self: Tensor) -> complex:
    return complex(float(self))


def _flag(value: bool, doc: str) -> property:
    def get(self: Tensor) -> bool:
        return value

    # Annotations of properties go into the stub as they stand.
    get.__doc__ = doc
    return property(get)


def _get_device(self: Tensor) -> _device:
    """Where the tensor is: the CPU."""
    return CPU


def _get_layout(self: Tensor) -> _layout:
    """How the elements are laid out: strided."""
    return strided


def _get_itemsize(self: Tensor) -> int:
    """Bytes of an element."""
    return self.element_size()


def _get_nbytes(self: Tensor) -> int:
    """Bytes of all elements."""
    return self.numel() * self.element_size()


PROPERTIES = {
    "device": property(_get_device),
    "layout": property(_get_layout),
    "itemsize": property(_get_itemsize),
    "nbytes": property(_get_nbytes),
    "is_cpu": _flag(True, "Whether it is on the CPU: always."),
    "is_cuda": _flag(False, "Whether it is on a GPU: never."),
    "is_meta": _flag(False, "Whether it has no elements to its shape: never."),
    "is_mps": _flag(False, "Whether it is on a GPU of Apple's: never."),
    "is_xpu": _flag(False, "Whether it is on a GPU of Intel's: never."),
    "is_sparse": _flag(False, "Whether only elements that are not 0 are kept: never."),
    "is_sparse_csr": _flag(False, "Whether only elements that are not 0 are kept, by rows: never."),
    "is_mkldnn": _flag(False, "Whether it has a layout of oneDNN's: never."),
    "is_nested": _flag(False, "Whether its rows have different lengths: never."),
    "is_quantized": _flag(False, "Whether its elements are quantized: never."),
}

METHODS = [
    type_, untyped_storage, is_contiguous, is_same_size, is_nonzero, is_set_to, is_shared, share_memory_, is_pinned,
    is_inference, is_conj, is_neg, resolve_conj, resolve_neg, get_device, cuda, half, bfloat16, apply_, map_, __complex__,
    to_dense, pin_memory,
]  # fmt: skip

__all__ = [
    "BoolTensor", "ByteTensor", "CharTensor", "DoubleTensor", "FloatTensor", "IntTensor", "LongTensor", "ShortTensor",
    "UntypedStorage", "is_nonzero", "is_same_size", "is_storage", "set_default_tensor_type", "typename",
]  # fmt: skip
