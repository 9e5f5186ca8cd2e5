"""Methods of Tensor that are better said in Python: printing, casts, hooks, copies, pickling. Depends on `_core`.

`install()` puts them on the type; operations and the hot methods are there already.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, SupportsIndex

from wengert import _core, _create_like, _expect as expect, _interchange, _kinds, _random, _random_inplace
from wengert._core import Tensor, dtype as _dtype
from wengert._device import check_device, check_format, device as _device
from wengert._face import copies, memory, numeric, queries, ranks
from wengert._linalg import top
from wengert._size import Size
from wengert.autograd.graph import RemovableHandle

Hook = Callable[[Tensor], Tensor | None]


def __repr__(self: Tensor) -> str:
    from wengert._tensor_str import format_lifted, format_tensor

    return format_lifted(self) if self._is_lifted() else format_tensor(self)


def _repr_html_(self: Tensor) -> str:
    from wengert._see._html import of_tensor

    return of_tensor(self)


def __format__(self: Tensor, spec: str) -> str:
    if self.dim() == 0 and not self._is_lifted():
        return format(self.item(), spec)
    return object.__format__(self, spec) if spec else repr(self)


def _place(self: Tensor, dim: Any, name: str) -> Any:
    """Checks a dimension."""
    if isinstance(dim, bool) or not hasattr(dim, "__index__"):
        raise TypeError(f"{name}(): argument 'dim' (position 1) must be int, not {type(dim).__name__}")
    return expect.place(self, dim.__index__())


def size(self: Tensor, dim: int | None = None) -> Any:
    """Sizes as a Size, or that of one dimension.

    >>> import wengert
    >>> wengert.ones(2, 3).size(-1)
    3
    """
    return self.shape if dim is None else self.shape[_place(self, dim, "size")]


def stride(self: Tensor, dim: int | None = None) -> Any:
    """Strides in elements as a tuple, or that of one dimension.

    >>> import wengert
    >>> wengert.ones(2, 3).stride()
    (3, 1)
    """
    return self._strides if dim is None else self._strides[_place(self, dim, "stride")]


def to(
    self: Tensor,
    *args: Any,
    dtype: _dtype | None = None,
    device: Any = None,
    copy: bool = False,
    non_blocking: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """The tensor in another dtype: `to(dtype)`, `to(other)`, `to("cpu", dtype)`; itself where nothing changes.

    Raises RuntimeError for a device that is not the CPU.

    >>> import wengert
    >>> wengert.ones(2).to(wengert.int64)
    tensor([1, 1])
    """
    flags = []
    for arg in args:
        if isinstance(arg, bool):
            flags.append(arg)
        elif isinstance(arg, Tensor):
            dtype = arg.dtype
        elif isinstance(arg, (str, _device)):
            device = arg
        elif arg is not None:
            dtype = arg
    if len(flags) > 2:
        raise TypeError(f"to(): got {len(flags)} flags, wanted at most non_blocking and copy")
    if len(flags) == 2:
        copy = flags[1]
    if device is not None:
        check_device(device, "to")
    if memory_format is not None:
        check_format("to", memory_format)
    return _core._cast(self, dtype if dtype is not None else self.dtype, copy)


def type_as(self: Tensor, other: Tensor) -> Tensor:
    """The tensor in the dtype of `other`.

    >>> import wengert
    >>> wengert.ones(1).type_as(wengert.arange(2)).dtype
    torch.int64
    """
    expect.tensors("type_as", other=other)
    return to(self, other.dtype)


def _float(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as float32."""
    return to(self, _core.float32, memory_format=memory_format)


def double(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as float64."""
    return to(self, _core.float64, memory_format=memory_format)


def long(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as int64, truncated."""
    return to(self, _core.int64, memory_format=memory_format)


def _int(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as int32, truncated; integers keep their low bits."""
    return to(self, _core.int32, memory_format=memory_format)


def short(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as int16, truncated; integers keep their low bits."""
    return to(self, _core.int16, memory_format=memory_format)


def char(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as int8, truncated; integers keep their low bits."""
    return to(self, _core.int8, memory_format=memory_format)


def byte(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as uint8, truncated; integers keep their low bits."""
    return to(self, _core.uint8, memory_format=memory_format)


def _bool(self: Tensor, *, memory_format: Any = None) -> Tensor:
    """The tensor as bool: where it is not 0."""
    return to(self, _core.bool, memory_format=memory_format)


def is_complex(self: Tensor) -> Any:
    """Whether its dtype is a complex type: never."""
    return self.dtype.is_complex


def is_signed(self: Tensor) -> Any:
    """Whether its dtype has negative values."""
    return self.dtype.is_signed


def cpu(self: Tensor, memory_format: Any = None) -> Tensor:
    """The tensor itself: it is there already."""
    return self


def view_as(self: Tensor, other: Tensor) -> Tensor:
    """View with the sizes of `other`."""
    expect.tensors("view_as", other=other)
    return self.view(other.shape)


def reshape_as(self: Tensor, other: Tensor) -> Tensor:
    """The same elements with the sizes of `other`."""
    expect.tensors("reshape_as", other=other)
    return self.reshape(other.shape)


def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """View expanded to the sizes of `other`."""
    expect.tensors("expand_as", other=other)
    return self.expand(other.shape)


def detach_(self: Tensor) -> Tensor:
    """Cuts the tensor from its history, in place.

    Raises RuntimeError on a view, whose base would keep the history.
    """
    if self._is_view():
        raise RuntimeError("Can't detach views in-place. Use detach() instead.")
    _core._detach_(self)
    return self


def _callable(name: str, hook: Any) -> None:
    if not callable(hook):
        raise TypeError(f"{name}(): argument 'hook' must be callable, not {type(hook).__name__}")


def register_hook(self: Tensor, hook: Hook) -> RemovableHandle:
    """Calls `hook(grad)` whenever a backward has this tensor's gradient; what it returns replaces the gradient.

    Raises RuntimeError where the tensor does not require grad.

    >>> import wengert
    >>> x = wengert.ones(2, requires_grad=True)
    >>> handle = x.register_hook(lambda g: 2 * g)
    >>> x.sum().backward()
    >>> x.grad
    tensor([2., 2.])
    >>> handle.remove()
    """
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    _callable("register_hook", hook)
    return RemovableHandle(self._node, _core._register_hook(self, hook, False))


def register_post_accumulate_grad_hook(self: Tensor, hook: Callable[[Tensor], None]) -> RemovableHandle:
    """Calls `hook(tensor)` whenever a gradient was accumulated into this leaf.

    Raises RuntimeError on a tensor that is no leaf or does not require grad.
    """
    if not self.requires_grad:
        raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    _callable("register_post_accumulate_grad_hook", hook)
    if not self.is_leaf:
        raise RuntimeError("post accumulate grad hooks cannot be registered on non-leaf tensors")

    def call(_grad: Tensor) -> None:
        hook(self)

    return RemovableHandle(self._node, _core._register_hook(self, call, True))


def where(self: Tensor, condition: Tensor, other: Any) -> Tensor:
    """Own elements where the condition holds, those of `other` (tensor or number) elsewhere; as `wengert.where`.

    >>> import wengert
    >>> wengert.tensor([1.0, 2.0]).where(wengert.tensor([True, False]), 0)
    tensor([1., 0.])
    """
    return _core.where(condition, self, other)


def __deepcopy__(self: Tensor, memo: dict[int, Any]) -> Tensor:
    if id(self) in memo:
        return memo[id(self)]
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment; try detach() or clone()"
        )
    # Tensors that share storage share it after the copy as well: the memo keeps one copy of each storage.
    key = -self._storage_id()
    if key not in memo:
        memo[key] = _core._copy_storage(self)
    out = _core._make_subclass(type(self), _core._placed_in(self, memo[key]), self.requires_grad)
    memo[id(self)] = out
    if self.grad is not None:
        out.grad = copy.deepcopy(self.grad.detach(), memo)
    for name, value in self.__dict__.items():
        out.__dict__[name] = copy.deepcopy(value, memo)
    return out


def _rebuild(
    cls: type, array: Any, requires_grad: Any, attributes: dict[str, Any], order: list[int] | None = None
) -> Tensor:
    data = _core.tensor(array)
    if order is not None:
        # A clone is no view, and lies in memory as the view does.
        data = data.permute([order.index(d) for d in range(data.dim())]).clone()
    out = _core._make_subclass(cls, data, requires_grad)
    out.__dict__.update(attributes)
    return out


def __reduce_ex__(self: Tensor, protocol: SupportsIndex) -> tuple[Any, ...]:
    if not self.is_leaf:
        raise RuntimeError("only leaf tensors can be pickled: a graph is not saved; try detach()")
    data, order = self.detach(), None
    if not data.is_contiguous():
        # The slowest dimension first: row-major for NumPy, and put back in order by `_rebuild`.
        order = sorted(range(data.dim()), key=lambda d: -data._strides[d])
        data = data.permute(order)
    return (_rebuild, (type(self), data._share_numpy().copy(), self.requires_grad, dict(self.__dict__), order))


def __copy__(self: Tensor) -> Tensor:
    out = _core._make_subclass(type(self), self.detach(), self.requires_grad)
    out.__dict__.update(self.__dict__)
    return out


def __contains__(self: Tensor, element: Any) -> Any:
    number = isinstance(element, (Tensor, int, float)) or (
        hasattr(element, "dtype") and getattr(element, "ndim", 1) == 0
    )
    equal = self == element if number else None
    if not isinstance(equal, Tensor):
        raise RuntimeError(
            f"Tensor.__contains__ only supports Tensor or scalar, but you passed in a {type(element)}; try tolist()"
        )
    return equal.sum().item() != 0


def __reversed__(self: Tensor) -> Tensor:
    return self if self.dim() == 0 else self.flip(0)


def retains_grad(self: Tensor) -> Any:
    """Whether a backward leaves the gradient of this non-leaf in `.grad`."""
    return not self.is_leaf and self._retains_grad()


_METHODS = [
    __repr__, _repr_html_, __format__, size, stride, to, type_as, _float, double, long, _int, short, char, byte, _bool,
    is_complex, is_signed, cpu, view_as, reshape_as,
    expand_as, where, detach_, register_hook, register_post_accumulate_grad_hook, __deepcopy__, __reduce_ex__, __copy__, __contains__,
    __reversed__,
]  # fmt: skip


_HIDING = {"_float", "_int", "_bool", "type_", "_polygamma"}


def install() -> None:
    """Puts the methods on the type."""
    groups = [
        _create_like,
        _random,
        _random_inplace,
        _interchange,
        _kinds,
        top,
        copies,
        memory,
        numeric,
        queries,
        ranks,
    ]
    for method in [*_METHODS, *(method for group in groups for method in group.METHODS)]:
        # `float`, `int`, `bool` and `type` would hide the builtins in their modules.
        if method.__name__ in _HIDING:
            method.__name__ = method.__name__.strip("_")
        setattr(Tensor, method.__name__, method)
    Tensor.__array_priority__ = 1000  # NumPy's arrays leave mixed operators to us.
    setattr(Tensor, "retains_grad", property(retains_grad))  # noqa: B010
    for name, value in {**_kinds.PROPERTIES, **queries.PROPERTIES}.items():
        setattr(Tensor, name, value)
    setattr(Tensor, "_make_subclass", staticmethod(_make_subclass))  # noqa: B010


def _make_subclass(cls: type, data: Tensor, require_grad: Any = False) -> Tensor:
    return _core._make_subclass(cls, data, require_grad)


__all__ = ["Size", "install"]
