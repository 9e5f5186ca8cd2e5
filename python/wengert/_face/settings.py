"""Settings that PyTorch has: kept where they mean nothing here, refused where they would promise what is not there."""

from __future__ import annotations

import warnings
from typing import Any

_NOW: dict[str, Any] = {
    "precision": "highest",
    "deterministic": False,
    "warn_only": False,
    "interop": 1,
    "always": False,
}


def get_num_interop_threads() -> int:
    """What `set_num_interop_threads` was told; operations run one after the other.

    >>> import wengert
    >>> wengert.get_num_interop_threads()
    1
    """
    return _NOW["interop"]


def set_num_interop_threads(n: int) -> None:
    """Kept for `get_num_interop_threads` only: operations run one after the other.

    Raises RuntimeError unless it is positive.

    >>> import wengert
    >>> wengert.set_num_interop_threads(1)
    """
    if isinstance(n, bool) or not isinstance(n, int):
        raise TypeError(f"set_num_interop_threads expects an int, but got {type(n).__name__}")
    if n < 1:
        raise RuntimeError(f"expected positive number of threads; got {n}")
    _NOW["interop"] = n


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was told.

    >>> import wengert
    >>> wengert.get_float32_matmul_precision()
    'highest'
    """
    return _NOW["precision"]


def set_float32_matmul_precision(precision: str) -> None:
    """Allows products of float32 matrices to be less precise: 'highest', 'high' or 'medium'. They are in float32 always.

    Any other word changes nothing, with a warning.

    >>> import wengert
    >>> wengert.set_float32_matmul_precision("highest")
    """
    if precision not in ("highest", "high", "medium"):
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current call has no effect.", stacklevel=2
        )
        return
    _NOW["precision"] = precision


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was told.

    >>> import wengert
    >>> wengert.are_deterministic_algorithms_enabled()
    False
    """
    return _NOW["deterministic"]


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What `use_deterministic_algorithms` was told of `warn_only`.

    >>> import wengert
    >>> wengert.is_deterministic_algorithms_warn_only_enabled()
    False
    """
    return _NOW["warn_only"]


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Asks for results that are the same in every run: all are, on any number of threads.

    >>> import wengert
    >>> wengert.use_deterministic_algorithms(False)
    """
    if not isinstance(mode, bool):
        raise TypeError(f"use_deterministic_algorithms(): argument 'mode' must be bool, not {type(mode).__name__}")
    _NOW["deterministic"], _NOW["warn_only"] = mode, bool(warn_only) and mode


def set_flush_denormal(mode: bool) -> bool:
    """Whether denormal numbers can be set to be taken for 0: they cannot, which False says (PyTorch returns so on some CPUs).

    >>> import wengert
    >>> wengert.set_flush_denormal(True)
    False
    """
    if not isinstance(mode, bool):
        raise TypeError(f"set_flush_denormal expects a bool, but got {type(mode).__name__}")
    return False


def is_warn_always_enabled() -> bool:
    """What `set_warn_always` was told.

    >>> import wengert
    >>> wengert.is_warn_always_enabled()
    False
    """
    return _NOW["always"]


def set_warn_always(b: bool) -> None:
    """Whether warnings are to appear each time; Python's `warnings` filters decide which are shown.

    >>> import wengert
    >>> wengert.set_warn_always(False)
    """
    if not isinstance(b, bool):
        raise TypeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _NOW["always"] = b
    if b:
        warnings.filterwarnings("always", module="wengert")


__all__ = [
    "are_deterministic_algorithms_enabled", "get_float32_matmul_precision", "get_num_interop_threads",
    "is_deterministic_algorithms_warn_only_enabled", "is_warn_always_enabled", "set_float32_matmul_precision",
    "set_flush_denormal", "set_num_interop_threads", "set_warn_always", "use_deterministic_algorithms",
]  # fmt: skip
