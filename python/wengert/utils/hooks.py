"""Handles that take hooks away again. Names are torch.utils.hooks's. Depends on nothing."""

from __future__ import annotations

import itertools
from typing import Any

__all__ = ["RemovableHandle"]

_numbers = itertools.count()


class RemovableHandle:
    """What registering a hook in a dictionary returns: `remove()` takes it away, as does leaving it as a context.

    The hook is put into the dictionary under the handle's `id`, which no other handle has; `extra_dict` is a dictionary, or
    a list of them, from which that is taken as well.

    >>> hooks = {}
    >>> handle = RemovableHandle(hooks)
    >>> hooks[handle.id] = print
    >>> handle.remove()
    >>> hooks
    {}
    """

    def __init__(self, hooks_dict: Any, *, extra_dict: Any = None) -> None:
        self._hooks: list[Any] = [hooks_dict]
        if extra_dict is not None:
            self._hooks += extra_dict if isinstance(extra_dict, list) else [extra_dict]
        self.id = next(_numbers)

    def remove(self) -> None:
        """Takes the hook away; a second call does nothing."""
        while self._hooks:
            self._hooks.pop().pop(self.id, None)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def add_hook(hooks: dict[int, Any], hook: Any, prepend: bool = False) -> RemovableHandle:
    """Adds a hook, as the first one if `prepend`.

    >>> hooks = {}
    >>> add_hook(hooks, print).id in hooks
    True
    """
    handle = RemovableHandle(hooks)
    before = list(hooks.items()) if prepend else []
    if prepend:
        hooks.clear()
    hooks[handle.id] = hook
    hooks.update(before)
    return handle
