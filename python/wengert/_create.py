"""Creation functions: arguments as PyTorch takes them, made by the core. Depends on `_core`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengert import _core
from wengert._core import Tensor, dtype as _dtype, from_numpy, tensor

Number = int | float | bool


def _sizes(name: str, size: tuple[Any, ...], keyword: Any = None) -> list[int]:
    """Sizes given as `f(2, 3)`, `f((2, 3))` or `size=(2, 3)`."""
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


def _device(device: Any) -> None:
    if device is not None and str(device).split(":")[0] != "cpu":
        raise RuntimeError(f"device must be 'cpu', got {device!r}: wengert runs on CPUs")


def zeros(
    *size: Any, dtype: _dtype | None = None, device: Any = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """Tensor of zeros of the given sizes (default dtype float32).

    >>> zeros(2, 3).sum().item()
    0.0
    """
    return _filled("zeros", size, 0.0, dtype, device, requires_grad, kw)


def ones(*size: Any, dtype: _dtype | None = None, device: Any = None, requires_grad: bool = False, **kw: Any) -> Tensor:
    """Tensor of ones of the given sizes (default dtype float32).

    >>> ones(2, 3).sum().item()
    6.0
    """
    return _filled("ones", size, 1.0, dtype, device, requires_grad, kw)


def _filled(
    name: str, size: tuple[Any, ...], value: Number, dtype: Any, device: Any, requires_grad: bool, kw: dict[str, Any]
) -> Tensor:
    shape = _sizes(name, size, kw.pop("size", None))
    if kw:
        raise TypeError(
            f"{name}() got an unexpected keyword argument '{next(iter(kw))}'; it takes size, dtype, device, requires_grad"
        )
    _device(device)
    return _core._full(shape, value, dtype, requires_grad)


def full(
    size: Sequence[int],
    fill_value: Number,
    *,
    dtype: _dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Tensor of one value; its dtype is that of the value unless given.

    >>> full((2,), 7).dtype
    torch.int64
    """
    _device(device)
    return _core._full(_sizes("full", (size,)), fill_value, dtype, requires_grad)


def zeros_like(input: Tensor, *, dtype: _dtype | None = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the shape and dtype of `input`.

    >>> zeros_like(ones(2)).tolist()
    [0.0, 0.0]
    """
    return _core._full(list(input.shape), 0, dtype or input.dtype, requires_grad)


def ones_like(input: Tensor, *, dtype: _dtype | None = None, requires_grad: bool = False) -> Tensor:
    """Ones of the shape and dtype of `input`.

    >>> ones_like(zeros(2)).tolist()
    [1.0, 1.0]
    """
    return _core._full(list(input.shape), 1, dtype or input.dtype, requires_grad)


def full_like(input: Tensor, fill_value: Number, *, dtype: _dtype | None = None, requires_grad: bool = False) -> Tensor:
    """One value in the shape and dtype of `input`.

    >>> full_like(zeros(2), 3).tolist()
    [3.0, 3.0]
    """
    return _core._full(list(input.shape), fill_value, dtype or input.dtype, requires_grad)


def arange(
    start: Number,
    end: Number | None = None,
    step: Number = 1,
    *,
    dtype: _dtype | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Values start, start + step, ... below end; `arange(end)` starts at 0. int64 for whole arguments, else float.

    Raises RuntimeError for a step of 0 or one that leads away from `end`.

    >>> arange(4.0).tolist()
    [0.0, 1.0, 2.0, 3.0]
    """
    _device(device)
    if end is None:
        start, end = 0, start
    return _core._arange(start, end, step, dtype, requires_grad)


def randn(
    *size: Any, dtype: _dtype | None = None, device: Any = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """Standard normal numbers from the default generator (Philox4x32-10, Salmon et al. 2011; Box-Muller).

    >>> randn(2, 3).shape
    torch.Size([2, 3])
    """
    return _drawn("randn", size, True, dtype, device, requires_grad, kw)


def rand(*size: Any, dtype: _dtype | None = None, device: Any = None, requires_grad: bool = False, **kw: Any) -> Tensor:
    """Uniform numbers in [0, 1) from the default generator.

    >>> rand(3).shape
    torch.Size([3])
    """
    return _drawn("rand", size, False, dtype, device, requires_grad, kw)


def _drawn(
    name: str, size: tuple[Any, ...], normal: bool, dtype: Any, device: Any, requires_grad: bool, kw: dict[str, Any]
) -> Tensor:
    shape = _sizes(name, size, kw.pop("size", None))
    if kw:
        raise TypeError(
            f"{name}() got an unexpected keyword argument '{next(iter(kw))}'; it takes size, dtype, device, requires_grad"
        )
    _device(device)
    return _core._random(shape, normal, dtype, requires_grad)


def manual_seed(seed: int) -> None:
    """Restarts the default generator: the same numbers follow the same seed, at any thread count.

    >>> manual_seed(0)
    >>> first = randn(2).tolist()
    >>> manual_seed(0)
    >>> randn(2).tolist() == first
    True
    """
    _core._seed(seed % 2**64)


def initial_seed() -> int:
    """Seed of the default generator.

    >>> manual_seed(3)
    >>> initial_seed()
    3
    """
    return _core._random_state()[0]


__all__ = [
    "arange", "from_numpy", "full", "full_like", "initial_seed", "manual_seed", "ones", "ones_like", "rand", "randn",
    "tensor", "zeros", "zeros_like",
]  # fmt: skip
