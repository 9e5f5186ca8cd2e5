"""Nested tuples, lists and dicts of values, taken apart and put together again. Depends on `_core`."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from wengert import _core
from wengert._core import Tensor


class Spec:
    """The form of a tree; a leaf has no kind."""

    __slots__ = ("children", "keys", "kind", "sample")

    def __init__(self, tree: Any) -> None:
        self.kind: Any = None
        self.children: list[Spec] = []
        self.keys: list[Any] = []
        self.sample: Any = None
        if isinstance(tree, dict):
            self.kind, self.sample, self.keys = type(tree), copy.copy(tree), list(tree)
            # The form is kept, not the values.
            self.sample.clear()
        elif isinstance(tree, (tuple, list)):
            self.kind = type(tree)

    def __repr__(self) -> str:
        if self.kind is None:
            return "*"
        if issubclass(self.kind, dict):
            return "{" + ", ".join(f"{k!r}: {c}" for k, c in zip(self.keys, self.children, strict=True)) + "}"
        inside = ", ".join(map(repr, self.children))
        return f"[{inside}]" if issubclass(self.kind, list) else f"({inside})"

    def count(self) -> int:
        """How many leaves there are."""
        return 1 if self.kind is None else sum(c.count() for c in self.children)

    def match(self, tree: Any) -> list[Any] | None:
        """The leaves of a tree of this form, in this order; None for one of another form."""
        found: list[Any] = []
        return found if self._match(tree, found) else None

    def _match(self, tree: Any, found: list[Any]) -> bool:
        if self.kind is None:
            found.append(tree)
            return not isinstance(tree, (dict, tuple, list))
        if not isinstance(tree, (dict, tuple, list)) or isinstance(tree, dict) != issubclass(self.kind, dict):
            return False
        if isinstance(tree, dict):
            same = set(tree) == set(self.keys)
            return same and all(c._match(tree[k], found) for k, c in zip(self.keys, self.children, strict=True))
        same = type(tree) is self.kind and len(tree) == len(self.children)
        return same and all(c._match(x, found) for c, x in zip(self.children, tree, strict=True))

    def prefix(self, tree: Any, leaf: Callable[[Any], bool]) -> list[Any] | None:
        """One entry of a coarser tree for each leaf of this form; None where it does not fit. `leaf` tells its entries."""
        if leaf(tree):
            return [tree] * self.count()
        if self.kind is None or isinstance(tree, dict) != issubclass(self.kind, dict):
            return None
        if isinstance(tree, dict):
            parts = [tree[k] for k in self.keys] if set(tree) == set(self.keys) else None
        else:
            fits = isinstance(tree, (tuple, list)) and isinstance(tree, list) == issubclass(self.kind, list)
            fits = fits and len(tree) == len(self.children)
            parts = list(tree) if fits else None
        if parts is None:
            return None
        found = []
        for child, part in zip(self.children, parts, strict=True):
            below = child.prefix(part, leaf)
            if below is None:
                return None
            found += below
        return found

    def build(self, leaves: Iterator[Any] | list[Any]) -> Any:
        """A tree of this form with other leaves."""
        leaves = iter(leaves)
        if self.kind is None:
            return next(leaves)
        parts = [c.build(leaves) for c in self.children]
        if issubclass(self.kind, dict):
            out = copy.copy(self.sample)
            out.update(zip(self.keys, parts, strict=True))
            return out
        return self.kind(*parts) if hasattr(self.kind, "_fields") else self.kind(parts)


def flatten(tree: Any) -> tuple[list[Any], Spec]:
    """Leaves and form."""
    leaves: list[Any] = []
    return leaves, _flatten(tree, leaves)


def _flatten(tree: Any, leaves: list[Any]) -> Spec:
    spec = Spec(tree)
    if spec.kind is None:
        leaves.append(tree)
    elif isinstance(tree, dict):
        spec.children = [_flatten(tree[k], leaves) for k in spec.keys]
    else:
        spec.children = [_flatten(x, leaves) for x in tree]
    return spec


def map_tree(f: Callable[[Any], Any], tree: Any) -> Any:
    """`f` on each leaf."""
    leaves, spec = flatten(tree)
    return spec.build([f(x) for x in leaves])


def is_number(x: Any) -> bool:
    """What is taken as a tensor where one is wanted: a float, or an array or number of NumPy."""
    return isinstance(x, float) or (type(x).__module__ == "numpy" and hasattr(x, "dtype") and hasattr(x, "shape"))


def as_input(x: Any) -> Any:
    """A float or an array as a tensor of its own; anything else as it is.

    An array keeps its dtype; a float gets the default dtype, as `tensor()` gives it.
    """
    return _core.tensor(x) if not isinstance(x, Tensor) and is_number(x) else x


def named_like(transformed: Any, func: Any) -> Any:
    """A transformed function, with the name and docstring of the one it was made of."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        with_name = getattr(func, name, None)
        if with_name is not None:
            setattr(transformed, name, with_name)
    transformed.__wrapped__ = func
    return transformed


def name_of(func: Any) -> str:
    """What to call a function in messages."""
    return getattr(func, "__name__", None) or repr(func)


def split_aux(out: Any, has_aux: bool, who: str) -> tuple[Any, Any]:
    """Output and auxiliary output."""
    if not has_aux:
        return out, None
    if not (isinstance(out, tuple) and len(out) == 2):
        raise RuntimeError(f"{who}: output of function f should be a tuple: (output, aux) if has_aux is True")
    return out


def output_leaves(out: Any, who: str) -> tuple[list[Tensor], Spec]:
    """The tensors that a function returned."""
    leaves, spec = flatten(out)
    if not leaves or out is None:
        raise RuntimeError(f"{who}: Expected f to be a function that has non-empty output (got output = {out!r})")
    for y in leaves:
        if not isinstance(y, Tensor):
            raise RuntimeError(f"{who}: expected f(*primals) to return only tensors, got unsupported type {type(y)}")
    return leaves, spec


def float_leaves(out: Any, who: str) -> tuple[list[Tensor], Spec]:
    """The tensors that a function returned, to be pulled back: floating-point ones."""
    leaves, spec = output_leaves(out, who)
    for y in leaves:
        if not y.is_floating_point():
            raise RuntimeError(
                f"vjp(f, ...): All outputs of f must be floating-point or complex Tensors, got Tensor with dtype {y.dtype};"
                " try has_aux=True for what is not to be differentiated"
            )
    return leaves, spec


def positions(argnums: Any, count: int) -> tuple[int, ...]:
    """Positions of arguments, none of them negative."""
    if isinstance(argnums, bool) or not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnums must be int or Tuple[int, ...], got: {type(argnums)}")
    wanted = (argnums,) if isinstance(argnums, int) else argnums
    if not wanted:
        raise RuntimeError("argnums must be non-empty")
    found = []
    for n in wanted:
        if isinstance(n, bool) or not isinstance(n, int):
            raise RuntimeError(f"argnums must be int or Tuple[int, ...], got an entry of {type(n)}")
        if not -count <= n < count:
            raise RuntimeError(f"Got argnum={n}, but only {count} positional inputs")
        found.append(n % count)
    if len(set(found)) != len(found):
        raise RuntimeError(f"argnums elements must be unique, got {argnums}")
    return tuple(found)
