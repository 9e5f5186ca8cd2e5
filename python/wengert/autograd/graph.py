"""Nodes of the tape as Python sees them, hooks on several tensors, and handles to remove what was registered.
Depends on `_core`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wengert import _core
from wengert._core import Node, Tensor

__all__ = ["Node", "RemovableHandle", "register_multi_grad_hook", "save_on_cpu"]


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


class _Handles(RemovableHandle):
    """Several handles as one."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        super().__init__(None, 0)
        self._handles = list(handles)

    def remove(self) -> None:
        while self._handles:
            self._handles.pop().remove()


def register_multi_grad_hook(
    tensors: Sequence[Tensor], fn: Callable[..., Any], *, mode: str = "all"
) -> RemovableHandle:
    """Calls `fn` once in every backward pass that reaches one of `tensors`.

    In mode "all" it is called when each that is reached has its gradient, with a list of them, None for the others; in mode
    "any" with the first gradient there is. What it returns changes nothing. Of a backward pass that is run inside another
    one, as in a hook, only mode "any" knows which tensors are reached. Raises ValueError for another mode.

    >>> import wengert
    >>> a, b = wengert.ones(1, requires_grad=True), wengert.ones(1, requires_grad=True)
    >>> handle = register_multi_grad_hook([a, b], print)
    >>> (a * b * 2).backward()
    [tensor([2.]), tensor([2.])]
    """
    if mode not in ("all", "any"):
        raise ValueError(f"register_multi_grad_hook: Expects mode to be one of ('all', 'any') but got {mode}")
    watched = list(tensors)
    for t in watched:
        if not t.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    nodes = [node for t in watched if (node := t._node) is not None]
    sweep = -1
    grads: list[Tensor | None] = []
    missing = 0

    def hook_of(i: int) -> Callable[[Tensor], None]:
        def hook(grad: Tensor) -> None:
            nonlocal sweep, grads, missing
            now = _core._sweeps()
            fresh = now != sweep
            if mode == "any":
                sweep = now
                if fresh:
                    fn(grad)
                return
            if fresh:
                sweep, grads = now, [None] * len(watched)
                missing = 1 + sum(k != i and node._is_awaited() for k, node in enumerate(nodes))
            grads[i] = grad
            missing -= 1
            if missing == 0:
                fn(grads)

        return hook

    return _Handles([t.register_hook(hook_of(i)) for i, t in enumerate(watched)])


class save_on_cpu:  # noqa: N801
    """Context in which what a graph keeps lies on the CPU: it always does, and nothing changes.

    >>> with save_on_cpu():
    ...     y = wengert.ones(2) * 2
    """

    def __init__(self, pin_memory: bool = False, device_type: str = "cpu") -> None:
        if pin_memory:
            raise NotImplementedError("save_on_cpu: there is no pinned memory without another device")

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: Any) -> None:
        return None
