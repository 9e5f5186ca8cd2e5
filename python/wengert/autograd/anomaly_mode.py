"""Looking for NaN in backward passes. Names are torch.autograd.anomaly_mode's. Depends on `_core`."""

from __future__ import annotations

import warnings
from typing import Any

from wengert import _core

__all__ = [
    "detect_anomaly",
    "is_anomaly_check_nan_enabled",
    "is_anomaly_enabled",
    "set_anomaly_enabled",
    "set_detect_anomaly",
]


class _State:
    enabled = False
    check_nan = True


def _set(enabled: bool, check_nan: bool) -> tuple[bool, bool]:
    before = _State.enabled, _State.check_nan
    _State.enabled, _State.check_nan = bool(enabled), bool(check_nan)
    _core._set_check_nan(_State.enabled and _State.check_nan)
    return before


class detect_anomaly:  # noqa: N801
    """Context in which a backward pass that computes NaN is a RuntimeError that names the operation and the line that
    recorded it. Lines are recorded anyway, so that the mode costs nothing but the look at every gradient. Warns that it is on.

    >>> import wengert
    >>> x = wengert.zeros(1, requires_grad=True)
    >>> with detect_anomaly():
    ...     (x.sqrt() * 0).backward()
    Traceback (most recent call last):
    RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output...
    """

    def __init__(self, check_nan: bool = True) -> None:
        warnings.warn(
            "Anomaly Detection has been enabled. This mode looks at every gradient, which takes time, and is meant for"
            " debugging.",
            stacklevel=2,
        )
        self.check_nan = check_nan
        self._before: list[tuple[bool, bool]] = []

    def __enter__(self) -> None:
        self._before.append(_set(True, self.check_nan))

    def __exit__(self, *_: Any) -> None:
        _set(*self._before.pop())


class set_detect_anomaly:  # noqa: N801
    """Turns the mode on or off: as a function at once, as a context until it ends.

    >>> with set_detect_anomaly(True):
    ...     is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self._before = _set(mode, check_nan)

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: Any) -> None:
        _set(*self._before)


def is_anomaly_enabled() -> bool:
    """Whether backward passes look for NaN, or would.

    >>> is_anomaly_enabled()
    False
    """
    return _State.enabled


def is_anomaly_check_nan_enabled() -> bool:
    """Whether backward passes look for NaN where the mode is on: what `check_nan` was.

    >>> is_anomaly_check_nan_enabled()
    True
    """
    return _State.check_nan


def set_anomaly_enabled(mode: bool, check_nan: bool = True) -> None:
    """Turns the mode on or off.

    >>> set_anomaly_enabled(True, check_nan=False)
    >>> is_anomaly_enabled(), is_anomaly_check_nan_enabled()
    (True, False)
    >>> set_anomaly_enabled(False)
    """
    _set(mode, check_nan)
