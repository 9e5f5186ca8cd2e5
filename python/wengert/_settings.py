"""Settings that programs make before they compute: defaults, determinism, precision. Depends on `_core` and `_kinds`.

Results here are the same bits on every run and on any number of threads, so that most of them have nothing to change.
"""

from __future__ import annotations

import warnings
from typing import Any

from wengert import _core
from wengert._core import dtype as _dtype
from wengert._kinds import _TYPES, _Typed

__all__ = [
    "are_deterministic_algorithms_enabled", "get_float32_matmul_precision", "is_deterministic_algorithms_warn_only_enabled",
    "set_default_tensor_type", "set_float32_matmul_precision", "set_flush_denormal", "use_deterministic_algorithms",
]  # fmt: skip


class _State:
    deterministic = False
    warn_only = False
    precision = "highest"


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Asks for operations that give the same bits every time: all do, whatever is asked.

    >>> use_deterministic_algorithms(True)
    >>> are_deterministic_algorithms_enabled()
    True
    >>> use_deterministic_algorithms(False)
    """
    if not isinstance(mode, bool):
        raise TypeError(f"use_deterministic_algorithms(): argument 'mode' must be bool, not {type(mode).__name__}")
    _State.deterministic, _State.warn_only = mode, bool(warn_only)


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was last given.

    >>> are_deterministic_algorithms_enabled()
    False
    """
    return _State.deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """The `warn_only` that `use_deterministic_algorithms` was last given.

    >>> is_deterministic_algorithms_warn_only_enabled()
    False
    """
    return _State.warn_only


def set_float32_matmul_precision(precision: str) -> None:
    """Asks for the precision of products of float32 matrices: 'highest', 'high' or 'medium'. They are computed in float32.

    Warns at another word, which sets nothing.

    >>> set_float32_matmul_precision("high")
    >>> get_float32_matmul_precision()
    'high'
    >>> set_float32_matmul_precision("highest")
    """
    if precision not in ("highest", "high", "medium"):
        warnings.warn(f"{precision} is not one of 'highest', 'high', or 'medium'; nothing was set", stacklevel=2)
        return
    _State.precision = precision


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was last given.

    >>> get_float32_matmul_precision()
    'highest'
    """
    return _State.precision


def set_flush_denormal(mode: bool) -> bool:
    """Asks for numbers too small to be normal to count as 0; returns whether that was done: it is not, they are kept.

    >>> set_flush_denormal(True)
    False
    """
    return False


def set_default_tensor_type(t: Any) -> None:
    """Sets the default dtype by a typed class or its name; `set_default_dtype` does it by the dtype.

    Raises TypeError for what names no floating-point type.

    >>> import wengert
    >>> set_default_tensor_type("torch.DoubleTensor")
    >>> wengert.ones(1).dtype
    torch.float64
    >>> set_default_tensor_type(wengert.FloatTensor)
    """
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
