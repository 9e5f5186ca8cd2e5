"""The older names of the profiler: `wengert.profiler` has it all."""

from __future__ import annotations

from typing import Any

from wengert import profiler
from wengert.profiler import EventList, FunctionEvent, FunctionEventAvg, record_function as record_function

__all__ = ["EventList", "FunctionEvent", "FunctionEventAvg", "profile", "record_function"]


class profile(profiler.profile):
    """`wengert.profiler.profile` with the older arguments. With `enabled=False` it looks at nothing.

    >>> import wengert
    >>> with wengert.autograd.profiler.profile() as p:
    ...     y = wengert.ones(3).exp()
    >>> [row.count for row in p.key_averages() if row.key == "exp"]
    [1]
    """

    def __init__(self, enabled: bool = True, *, use_cpu: bool = True, **kw: Any) -> None:
        for name in ("use_cuda", "use_device"):
            if kw.pop(name, None):
                raise ValueError(f"profile: got {name}, but nothing but the CPU is used")
        super().__init__(**kw)
        self._enabled = enabled and use_cpu

    def start(self) -> None:
        """Starts looking, if enabled."""
        if self._enabled:
            super().start()
