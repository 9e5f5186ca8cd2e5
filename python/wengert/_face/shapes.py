"""`atleast_1d` and its like, which tell one tensor from a list of one. Depends on `_core`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _core


def _told(one: Callable[..., Any], tensors: tuple[Any, ...]) -> Any:
    found = one(*tensors)
    listed = len(tensors) == 1 and isinstance(tensors[0], (list, tuple))
    return (found,) if listed and not isinstance(found, tuple) else found


def atleast_1d(*tensors: Any) -> Any:
    """View with 1 dimension or more; of several tensors, or of a list, a tuple of these.

    >>> import wengert
    >>> wengert.atleast_1d(wengert.tensor(1.0)).dim()
    1
    """
    return _told(_core.atleast_1d, tensors)


def atleast_2d(*tensors: Any) -> Any:
    """View with 2 dimensions or more; of several tensors, or of a list, a tuple of these.

    >>> import wengert
    >>> wengert.atleast_2d(wengert.tensor(1.0)).dim()
    2
    """
    return _told(_core.atleast_2d, tensors)


def atleast_3d(*tensors: Any) -> Any:
    """View with 3 dimensions or more; of several tensors, or of a list, a tuple of these.

    >>> import wengert
    >>> wengert.atleast_3d(wengert.tensor(1.0)).dim()
    3
    """
    return _told(_core.atleast_3d, tensors)


__all__ = ["atleast_1d", "atleast_2d", "atleast_3d"]
