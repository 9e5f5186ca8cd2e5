"""Names that a program has for its tensors: variables of a frame, parameters of modules, elements of what they hold.
Depends on `_core` only.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from types import FrameType
from typing import Any

from wengert import _core
from wengert._core import Tensor

# Elements of one container that are looked at.
_ELEMENTS = 64
# Letters of a name.
_LONGEST = 60
# Tensors that are looked at in all.
_MOST = 4096


def peel(x: Tensor) -> Tensor:
    """The plain tensor behind the wrappings of transforms."""
    while x._is_lifted():
        level = _core._outermost_level(x)
        if level is None:
            break
        number, mapped = level
        x = _core._unpack_batched(x, 0, 0, number) if mapped else _core._unpack_dual(x, number)[0]
    return x


def _module(value: Any) -> bool:
    return callable(getattr(type(value), "named_parameters", None))


def _inside(name: str, value: Any) -> Iterator[tuple[str, Tensor]]:
    """Tensors in a container, a module or the attributes of an object, one step down."""
    if _module(value):
        for inner, tensor in value.named_parameters():
            yield f"{name}.{inner}", tensor
        for inner, tensor in value.named_buffers():
            yield f"{name}.{inner}", tensor
        return
    pairs: Iterable[tuple[str, Any]]
    if isinstance(value, (list, tuple)):
        pairs = ((f"{name}[{i}]", x) for i, x in enumerate(value[:_ELEMENTS]))
    elif isinstance(value, dict):
        pairs = ((f"{name}[{key!r}]"[:_LONGEST], x) for key, x in itertools.islice(dict.items(value), _ELEMENTS))
    else:
        return
    for inner, x in pairs:
        if isinstance(x, Tensor):
            yield inner, x


def _of_self(value: Any) -> Iterator[tuple[str, Any]]:
    """Attributes of the object whose method runs."""
    attributes = getattr(value, "__dict__", None)
    if isinstance(attributes, dict) and not _module(value):
        for name, x in itertools.islice(attributes.items(), _ELEMENTS):
            if isinstance(name, str) and not name.startswith("__"):
                yield f"self.{name}", x


def of_frame(frame: FrameType | None) -> Iterator[tuple[str, Tensor]]:
    """Names in a frame, the plainest first: its variables, those of its module, then what is inside of them."""
    if frame is None:
        return
    scopes: list[Mapping[str, Any]] = [frame.f_locals]
    if frame.f_globals is not frame.f_locals:
        scopes.append(frame.f_globals)
    later: list[tuple[str, Any]] = []
    for scope in scopes:
        for name, value in list(scope.items()):
            if name.startswith("__"):
                continue
            if isinstance(value, Tensor):
                yield name, value
            elif isinstance(value, (list, tuple, dict)) or _module(value):
                later.append((name, value))
            elif name == "self":
                later += _of_self(value)
    for name, value in later:
        if isinstance(value, Tensor):
            yield name, value
            continue
        try:
            yield from list(_inside(name, value))
        except Exception:  # an object of the program that cannot be looked into has no names to give
            continue


def of_params(params: Any) -> Iterator[tuple[str, Tensor]]:
    """Names that were given: by a module, a mapping, or pairs."""
    if params is None:
        return
    if _module(params):
        yield from params.named_parameters()
        yield from params.named_buffers()
        return
    pairs = params.items() if isinstance(params, Mapping) else params
    for pair in pairs:
        name, value = pair if isinstance(pair, tuple) and len(pair) == 2 else (None, None)
        if not isinstance(name, str) or not isinstance(value, Tensor):
            raise TypeError(
                f"params: got {type(params).__name__}, wanted a module, a dict of tensors by name, or pairs (name, tensor)"
            )
        yield name, value


class Names:
    """Names by place in a tape, and by memory for what is on no tape; the tensors that have them."""

    def __init__(self, frame: FrameType | None, params: Any) -> None:
        self.tensors: list[tuple[str, Tensor]] = []
        seen = set()
        for name, x in itertools.islice(itertools.chain(of_params(params), of_frame(frame)), _MOST):
            if id(x) not in seen:
                seen.add(id(x))
                self.tensors.append((name, x))
        self._memory: dict[tuple[int, tuple[int, ...]], str] | None = None

    def constant(self, value: Tensor) -> str | None:
        """The name of a tensor that shows the same memory; of one that has a history it is the detached one."""
        if self._memory is None:
            self._memory = {}
            for name, x in self.tensors:
                x = peel(x)
                name += ".detach()" if x.requires_grad else ""
                self._memory.setdefault((x._storage_id(), tuple(x.shape)), name)
        return self._memory.get((value._storage_id(), tuple(value.shape)))

    def on(self, walk: _core.Walk) -> dict[int, list[tuple[int, str, Tensor]]]:
        """(output, name, tensor) of each place of a walk that has one."""
        found: dict[int, list[tuple[int, str, Tensor]]] = {}
        for name, x in self.tensors:
            x = peel(x)
            place = walk.place(x) if x._node is not None else None
            if place is not None:
                found.setdefault(place, []).append((x.output_nr, name, x))
        return found
