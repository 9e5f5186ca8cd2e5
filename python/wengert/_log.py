"""What the environment variable `WENGERT_LOG` asks to be told on standard error. Depends on `_core`.

Words, separated by commas: `ops` (a line for each operation and each rule of backward: operands, result, time, line of the
program), `graph` (each node as it is recorded: its key, name, shape, the keys of its inputs), `memory` (buffers that the cache
did not have, and what it gives back).
"""

from __future__ import annotations

import warnings

from wengert import _core

WORDS = ("ops", "graph", "memory")


def install(asked: str) -> None:
    """Has told what the words name; of others it warns."""
    words = [word.strip().lower() for word in asked.split(",") if word.strip()]
    if unknown := [word for word in words if word not in WORDS]:
        warnings.warn(
            f"WENGERT_LOG: got {', '.join(map(repr, unknown))}; wanted words among {', '.join(WORDS)}, separated by commas",
            stacklevel=3,
        )
    _core._set_log(*(word in words for word in WORDS))
