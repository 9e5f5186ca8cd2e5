"""What a recorded function reads of Python besides its arguments: options of optimisers, modes and tensors of modules.

While a graph is recorded, those who read such things note them here, as entries of dicts; a run finds whether they are
what they were. Depends on nothing.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable
from typing import Any

# A dict and a key of it, or a tensor and the name of an attribute, and what was there.
Entry = tuple[Any, Any, Any]

MISSING = object()
# In the place of a key: how many there are.
COUNT = object()


class _Noted(threading.local):
    entries: list[Entry] | None = None


NOTED = _Noted()


def note(held: dict[Any, Any], *keys: Any) -> None:
    """Notes entries of a dict, or that they are missing."""
    if NOTED.entries is not None:
        NOTED.entries += [(held, key, held.get(key, MISSING)) for key in keys]


def note_leaves(tensors: Iterable[Any]) -> None:
    """Notes whether tensors need gradients."""
    if NOTED.entries is not None:
        NOTED.entries += [(t, "requires_grad", t.requires_grad) for t in tensors if t is not None]


def holds(entries: list[Entry]) -> bool:
    """Whether all is as it was."""
    for held, key, before in entries:
        if key is COUNT:
            now: Any = len(held)
        else:
            now = held.get(key, MISSING) if isinstance(held, dict) else getattr(held, key)
        if now is before:
            continue
        plain = type(now) is type(before) and isinstance(now, (int, float, str, tuple, bool))
        if not plain or now != before:
            return False
    return True


def _module(module: Any, _: Any) -> None:
    note(module.__dict__, "training")
    for held in (module._parameters, module._buffers, module._modules):
        note(held, *held)
        if NOTED.entries is not None:
            NOTED.entries.append((held, COUNT, len(held)))
    note_leaves(module._parameters.values())


class Watch:
    """Has what is read noted, while it is entered; `entries` is what was."""

    def __enter__(self) -> Watch:
        self.entries: list[Entry] = []
        self._before = NOTED.entries
        NOTED.entries = self.entries
        hooks = sys.modules.get("wengert.nn.modules._global_hooks")
        self._hooks: dict[Any, Any] = {} if hooks is None else hooks.FORWARD_PRE_HOOKS
        self._hooks[id(self)] = (_module, False)
        return self

    def __exit__(self, *_: object) -> None:
        self._hooks.pop(id(self), None)
        NOTED.entries = self._before
