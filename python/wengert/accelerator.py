"""Accelerators of any kind: there are none. Names are torch.accelerator's. Depends on nothing."""

from __future__ import annotations

from typing import Any

__all__ = ["current_accelerator", "device_count", "is_available"]


def is_available() -> bool:
    """Whether there is an accelerator to compute on: no.

    >>> is_available()
    False
    """
    return False


def device_count() -> int:
    """Number of accelerators: 0.

    >>> device_count()
    0
    """
    return 0


def current_accelerator(check_available: bool = False) -> Any:
    """The accelerator that tensors would be moved to: None.

    >>> current_accelerator() is None
    True
    """
    return None
