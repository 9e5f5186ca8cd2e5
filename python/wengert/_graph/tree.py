"""Arguments and results as tensors and the form that holds them. Depends on `_core`."""

from __future__ import annotations

import math
from typing import Any

from wengert._core import Tensor


class Constant:
    """What is no tensor: it is the same where type and value are (numbers, text), else where it is the same object."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return hash(type(self.value))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Constant):
            return False
        a, b = self.value, other.value
        if a is b:
            return True
        if type(a) is not type(b):
            return False
        if isinstance(a, float):
            return (a == b and math.copysign(1, a) == math.copysign(1, b)) or (math.isnan(a) and math.isnan(b))
        return isinstance(a, (bool, int, str, bytes)) and a == b


class Leaf:
    """The place of a tensor."""


LEAF = Leaf()


def flatten(tree: Any, leaves: list[Tensor]) -> Any:
    """The form of a tree, hashable; its tensors are added to `leaves`."""
    if isinstance(tree, Tensor):
        leaves.append(tree)
        return LEAF
    kind = type(tree)
    if isinstance(tree, (tuple, list)):
        return (kind, None, tuple(flatten(part, leaves) for part in tree))
    if isinstance(tree, dict):
        # Keys as constants: 1, 1.0 and True are three.
        keys = tuple(Constant(key) for key in tree)
        return (kind, keys, tuple(flatten(part, leaves) for part in tree.values()))
    return Constant(tree)


def build(form: Any, leaves: Any) -> Any:
    """A tree of a form, with the tensors that an iterator gives."""
    if form is LEAF:
        return next(leaves)
    if isinstance(form, Constant):
        return form.value
    kind, keys, parts = form
    made = [build(part, leaves) for part in parts]
    if keys is not None:
        found = dict(zip((key.value for key in keys), made, strict=True))
        return found if kind is dict else kind(found)
    if hasattr(kind, "_make"):
        return kind._make(made)
    return kind(made)
