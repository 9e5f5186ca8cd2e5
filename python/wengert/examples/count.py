"""Counting what a derivative costs: the operations of a recorded computation, by walking its graph."""

from __future__ import annotations

from typing import Any


def operations(*tensors: Any) -> int:
    """How many recorded operations the tensors were computed by, each counted once; leaves are not operations."""
    found = set()
    waiting = [tensor.grad_fn for tensor in tensors if tensor.grad_fn is not None]
    while waiting:
        node = waiting.pop()
        if node in found or not node.next_functions:
            continue
        found.add(node)
        waiting += [before for before, _ in node.next_functions if before is not None]
    return len(found)
