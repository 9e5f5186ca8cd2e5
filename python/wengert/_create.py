"""Creation functions: arguments as PyTorch takes them, made by the core. Depends on `_core` and `_device`.

Tensors like another one are in `_create_like.py`, random ones in `_random.py`.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from wengert import _core
from wengert._core import Tensor, dtype as _dtype, tensor
from wengert._device import check_device, check_format
from wengert._results import into

Number = int | float | bool


def sizes(name: str, size: tuple[Any, ...], keyword: Any = None) -> list[int]:
    """Sizes given as `f(2, 3)`, `f((2, 3))` or `size=(2, 3)`."""
    if keyword is None and not size:
        raise TypeError(f'{name}() missing 1 required positional arguments: "size"; try {name}(()) for a 0-d tensor')
    if keyword is not None:
        if size:
            raise TypeError(f"{name}() got multiple values for argument 'size'")
        size = (keyword,)
    if len(size) == 1 and hasattr(size[0], "__iter__") and getattr(size[0], "ndim", 1) > 0:
        size = tuple(size[0])
    out = []
    for n in size:
        if isinstance(n, bool) or not hasattr(n, "__index__"):
            raise TypeError(f"{name}(): argument 'size' must be tuple of ints, got {type(n).__name__}")
        n = n.__index__()
        if n < 0:
            raise RuntimeError(
                f"{name}: Trying to create tensor with negative dimension {n}: {list(size)}; wanted sizes >= 0"
            )
        if n >= 2**63:
            raise RuntimeError(f"{name}: size {n} is larger than a dimension can be")
        out.append(n)
    return out


def options(name: str, kw: dict[str, Any]) -> None:
    """Checks the rarer arguments: device, layout, memory_format, pin_memory, names. Refuses unknown ones."""
    check_device(kw.pop("device", None), name)
    check_format(name, kw.pop("memory_format", None), kw.pop("layout", None))
    if kw.pop("pin_memory", None):
        raise RuntimeError(f"{name}(): got pin_memory=True, but memory can be pinned for a GPU only; wanted False")
    if kw:
        raise TypeError(
            f"{name}() got an unexpected keyword argument '{next(iter(kw))}'; it takes dtype, device, layout, requires_grad"
            " and what its signature says"
        )


def dtype_for(out: Tensor | None, dtype: Any) -> Any:
    """The dtype to make: the one asked for, else that of `out`."""
    return out.dtype if dtype is None and isinstance(out, Tensor) else dtype


def zeros(
    *size: Any, out: Tensor | None = None, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """Tensor of zeros of the given sizes (default dtype float32).

    >>> zeros(2, 3).sum().item()
    0.0
    """
    return _filled("zeros", size, 0.0, out, dtype, requires_grad, kw)


def ones(
    *size: Any, out: Tensor | None = None, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """Tensor of ones of the given sizes (default dtype float32).

    >>> ones(2, 3).sum().item()
    6.0
    """
    return _filled("ones", size, 1.0, out, dtype, requires_grad, kw)


def empty(
    *size: Any, out: Tensor | None = None, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """Tensor of the given sizes whose values are not to be relied upon (they are zeros).

    >>> empty(2, 3).shape
    torch.Size([2, 3])
    """
    return _filled("empty", size, 0.0, out, dtype, requires_grad, kw)


def _filled(
    name: str,
    size: tuple[Any, ...],
    value: Number,
    out: Tensor | None,
    dtype: Any,
    requires_grad: bool,
    kw: dict[str, Any],
) -> Tensor:
    shape = sizes(name, size, kw.pop("size", None))
    if kw:
        options(name, kw)
    if out is None:
        return _core._full(shape, value, dtype, requires_grad)
    return into(name, out, _core._full(shape, value, dtype_for(out, dtype), False), dtype)


def full(
    size: Sequence[int],
    fill_value: Number,
    *,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """Tensor of one value; its dtype is that of the value unless given.

    >>> full((2,), 7).dtype
    torch.int64
    """
    if kw:
        options("full", kw)
    if isinstance(fill_value, Tensor) and fill_value.dim():
        raise TypeError(
            f"full(): argument 'fill_value' (position 2) must be Number, not a Tensor of {fill_value.dim()} dims"
        )
    made = _core._full(sizes("full", (size,)), fill_value, dtype_for(out, dtype), requires_grad)
    return into("full", out, made, dtype)


def scalar_tensor(s: Number, *, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any) -> Tensor:
    """A 0-d tensor of one number, of the default dtype unless given.

    >>> scalar_tensor(3)
    tensor(3.)
    """
    options("scalar_tensor", kw)
    return _core._full([], s, dtype if dtype is not None else _core.get_default_dtype(), requires_grad)


def arange(
    start: Number | None = None,
    end: Number | None = None,
    step: Number = 1,
    *,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """Values start, start + step, ... below end; `arange(end)` starts at 0. int64 for whole arguments, else float.

    Raises RuntimeError for a step of 0 or one that leads away from `end`.

    >>> arange(4.0).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    if kw:
        options("arange", kw)
    if start is None and end is None:
        raise TypeError("arange() received no number: got no arguments, wanted an end; try arange(3)")
    if end is None:
        start, end = 0, start
    if start is None:
        start = 0
    return _along("arange", out, _core._arange(start, end, step, dtype_for(out, dtype), requires_grad), dtype)


def linspace(
    start: Number | Tensor,
    end: Number | Tensor,
    steps: int,
    *,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """`steps` values evenly apart, from `start` to `end`, both included (default dtype float32).

    Raises RuntimeError for a negative number of steps.

    >>> linspace(0, 1, 5)
    tensor([0.0000, 0.2500, 0.5000, 0.7500, 1.0000])
    """
    return _spaced("linspace", start, end, steps, None, out, dtype, requires_grad, kw)


def logspace(
    start: Number | Tensor,
    end: Number | Tensor,
    steps: int,
    base: float = 10.0,
    *,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """`base` to the power of `steps` values evenly apart, from `start` to `end`, both included.

    Raises RuntimeError for a negative number of steps.

    >>> logspace(0, 2, 3)
    tensor([  1.,  10., 100.])
    """
    return _spaced("logspace", start, end, steps, float(base), out, dtype, requires_grad, kw)


def _spaced(
    name: str, start: Any, end: Any, steps: int, base: float | None, out: Any, dtype: Any, requires_grad: bool, kw: Any
) -> Tensor:
    options(name, kw)
    if isinstance(steps, bool) or not hasattr(steps, "__index__"):
        raise TypeError(f"{name}(): argument 'steps' must be int, not {type(steps).__name__}")
    if steps < 0:
        raise RuntimeError(f"{name}: number of steps must be non-negative; got {steps}")
    for end_name, value in (("start", start), ("end", end)):
        if isinstance(value, Tensor) and value.dim() > 0:
            raise RuntimeError(
                f"{name} only supports 0-dimensional start and end tensors, but got {end_name} with {value.dim()} dimension(s)"
            )
    kind = dtype_for(out, dtype)
    kind = kind if kind is not None else _core.get_default_dtype()
    return _along(name, out, _core._spaced(start, end, steps.__index__(), base, kind, requires_grad), dtype)


def _along(name: str, out: Any, made: Tensor, dtype: Any) -> Tensor:
    """Written into `out` element by element, whatever its shape, where it has as many."""
    if isinstance(out, Tensor) and out.numel() == made.numel():
        made = made.reshape(out.shape)
    return into(name, out, made, dtype)


def eye(
    n: int,
    m: int | None = None,
    *,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """`n` by `m` (square unless given) zeros with ones on the diagonal.

    Raises RuntimeError for a negative size.

    >>> eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    options("eye", kw)
    m = n if m is None else m
    for name, size in (("n", n), ("m", m)):
        if isinstance(size, bool) or not hasattr(size, "__index__"):
            raise TypeError(f"eye(): argument '{name}' must be int, not {type(size).__name__}")
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
    kind = dtype_for(out, dtype)
    kind = kind if kind is not None else _core.get_default_dtype()
    return into("eye", out, _core._eye(n.__index__(), m.__index__(), kind, requires_grad), dtype)


def as_tensor(data: Any, dtype: _dtype | None = None, device: Any = None) -> Tensor:
    """The data as a tensor, without a copy where none is needed: a tensor is itself, an array shares its memory.

    >>> x = ones(2)
    >>> as_tensor(x) is x
    True
    """
    check_device(device, "as_tensor")
    made = data if isinstance(data, Tensor) else _shared(data)
    if made is None:
        return tensor(data, dtype=dtype)
    return made if dtype is None else _core._cast(made, dtype, False)


def from_numpy(ndarray: Any) -> Tensor:
    """A tensor over an array's memory: what is written to one is seen by the other.

    Warns of an array that may not be written to. Raises TypeError for what is no array, and for dtypes that tensors do not have.

    >>> import numpy
    >>> array = numpy.zeros(2)
    >>> from_numpy(array).fill_(1.0)
    tensor([1., 1.], dtype=torch.float64)
    >>> array.tolist()
    [1.0, 1.0]
    """
    return _over(ndarray, 3)


def _over(ndarray: Any, level: int) -> Tensor:
    flags = getattr(ndarray, "flags", None)
    if flags is not None and not getattr(flags, "writeable", True):
        warnings.warn(
            "The given NumPy array is not writable, and tensors are: what is written to this one is written to memory that NumPy"
            " holds constant. Copy the array first (tensor() does), or set its flags.writeable.",
            stacklevel=level,
        )
    return _core.from_numpy(ndarray)


def _shared(data: Any) -> Tensor | None:
    """A tensor over an array's memory; None for what is no array."""
    return _over(data, 4) if type(data).__name__ == "ndarray" and hasattr(data, "__array_interface__") else None


def asarray(
    obj: Any,
    *,
    dtype: _dtype | None = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool | None = None,
) -> Tensor:
    """The object as a tensor: tensors, arrays and objects with `__dlpack__` share their memory unless `copy` is True.
    A tensor that requires grad still does, unless `requires_grad` is False.

    Raises ValueError where `copy=False` and there is nothing to share, or the dtype changes.

    >>> asarray([1, 2], dtype=asarray(0.5).dtype)
    tensor([1., 2.])
    """
    check_device(device, "asarray")
    made = obj if isinstance(obj, Tensor) else _shared(obj)
    if made is None and hasattr(obj, "__dlpack__"):
        from wengert._interchange import from_dlpack

        made = from_dlpack(obj)
    if made is None:
        if copy is False:
            raise ValueError(f"can't alias arbitrary sequence or scalar; got copy=False for {type(obj).__name__}")
        return tensor(obj, dtype=dtype, requires_grad=bool(requires_grad))
    if copy is False and dtype is not None and dtype != made.dtype:
        raise ValueError(f"can't alias tensor with dtype '{made.dtype}' into dtype '{dtype}'; got copy=False")
    if requires_grad is False and made.requires_grad:
        made = made.detach()
    if dtype is not None or copy:
        made = _core._cast(made, dtype if dtype is not None else made.dtype, bool(copy))
    if requires_grad and not made.requires_grad:
        made = made.detach().requires_grad_()
    return made


def range(start: Number = 0, end: Number | None = None, step: Number = 1, **kw: Any) -> Tensor:
    """Values from start to end, the end included; `arange` is without it. float32 unless given. Warns that it is deprecated.

    Raises RuntimeError for a step of 0 or one that leads away from `end`.

    >>> range(1, 4).tolist()
    [1.0, 2.0, 3.0, 4.0]
    """
    warnings.warn(
        "torch.range is deprecated: its end is included, unlike that of Python's range. Use torch.arange instead.",
        stacklevel=2,
    )
    if end is None:
        start, end = 0, start
    kw["dtype"] = dtype_for(kw.get("out"), kw.get("dtype"))
    if kw["dtype"] is None:
        kw["dtype"] = _core.get_default_dtype()
    if step == 0 or (end - start) * step < 0:
        raise RuntimeError(f"range: wanted a step that leads from start to end; got {start}, {end}, step {step}")
    if not math.isfinite(start) or not math.isfinite(end):
        raise RuntimeError(f"range: unsupported range: {start} -> {end}; wanted finite ends")
    # Whole steps that fit, and half a step more: the end is in, the next value is not.
    return arange(start, start + (int((end - start) / step) + 0.5) * step, step, **kw)


__all__ = [
    "arange", "as_tensor", "asarray", "empty", "eye", "from_numpy", "full", "linspace", "logspace", "ones", "range",
    "scalar_tensor", "tensor", "zeros",
]  # fmt: skip
