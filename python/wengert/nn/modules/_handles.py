"""Handles that take hooks away again. Depends on nothing."""

from __future__ import annotations

import itertools
from typing import Any

_numbers = itertools.count()


class HookHandle:
    """What registering a hook of a module returns: `remove()` takes the hook away, as does leaving it as a context."""

    def __init__(self, hooks: dict[int, Any]) -> None:
        self._hooks: dict[int, Any] | None = hooks
        self.id = next(_numbers)

    def remove(self) -> None:
        """Takes the hook away; a second call does nothing."""
        if self._hooks is not None:
            self._hooks.pop(self.id, None)
            self._hooks = None

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()


def add_hook(hooks: dict[int, Any], hook: Any, prepend: bool = False) -> HookHandle:
    """Adds a hook, as the first one if `prepend`."""
    handle = HookHandle(hooks)
    before = list(hooks.items()) if prepend else []
    if prepend:
        hooks.clear()
    hooks[handle.id] = hook
    hooks.update(before)
    return handle
