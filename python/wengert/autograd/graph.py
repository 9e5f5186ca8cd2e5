"""Nodes of the tape as Python sees them, and handles to remove what was registered. Depends on `_core`."""

from __future__ import annotations

from wengert._core import Node

__all__ = ["Node", "RemovableHandle"]


class RemovableHandle:
    """What registering a hook returns: `remove()` takes the hook away, as does leaving it as a context."""

    def __init__(self, node: Node | None, hook_id: int) -> None:
        self._node = node
        self.id = hook_id

    def remove(self) -> None:
        """Takes the hook away; a second call does nothing."""
        if self._node is not None:
            self._node._remove_hook(self.id)
            self._node = None

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()
