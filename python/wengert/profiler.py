"""Where the time of a program goes: operations, rules of backward, and lines. Depends on `_core`.

>>> import wengert
>>> x = wengert.ones(100, 100, requires_grad=True)
>>> with wengert.profiler.profile() as p:
...     (x @ x).sum().backward()
>>> [row.key for row in p.key_averages() if row.key in ("mm", "MmBackward0")]
['mm', 'MmBackward0']
>>> print(p.key_averages().table(sort_by="self_cpu_time_total", row_limit=3))  # doctest: +SKIP

Spans lie in each other: the time of an operation that is made of others has theirs in it, its self time has not. Names are
those of `wengert`'s operations, and of nodes for what backward does. What a program calls otherwise is not seen, unless
`record_function` names it. While no profile is under way an operation pays one test.
"""

from __future__ import annotations

import enum
import functools
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from wengert import _core, _profile_table
from wengert._profile_table import AVERAGES, LINES, Column

__all__ = [
    "EventList", "FunctionEvent", "FunctionEventAvg", "LineAvg", "ProfilerAction", "ProfilerActivity", "profile",
    "record_function", "schedule", "tensorboard_trace_handler",
]  # fmt: skip


class ProfilerActivity(enum.Enum):
    """What is looked at. Only what the CPU does is here."""

    CPU = 0
    CUDA = 2


class ProfilerAction(enum.Enum):
    """What a step of a schedule does."""

    NONE = 0
    WARMUP = 1
    RECORD = 2
    RECORD_AND_SAVE = 3


@dataclass(frozen=True)
class FunctionEvent:
    """One span: times in microseconds, `start` from the start of the profile.

    `phase` is 'forward', 'backward' (a rule, or what it called) or 'named' (`record_function`). `memory` is the bytes of an
    operation's result unless that is a view; of other spans those of the buffers of 1 KiB and more taken meanwhile.
    `place` is the file and the line that called, for a rule those of its operation.
    """

    name: str
    phase: str
    start: float
    cpu_time_total: float
    self_cpu_time_total: float
    memory: int
    place: tuple[str, int] | None
    thread: int
    depth: int

    @property
    def key(self) -> str:
        """Its name."""
        return self.name


class _Sum:
    """Counts and times of several spans."""

    def __init__(self) -> None:
        self.count = 0
        self.cpu_time_total = self.self_cpu_time_total = 0.0
        self.forward_time = self.backward_time = 0.0
        self.cpu_memory_usage = 0

    def _add(self, event: FunctionEvent) -> None:
        self.count += 1
        self.cpu_time_total += event.cpu_time_total
        self.self_cpu_time_total += event.self_cpu_time_total
        if event.phase == "backward":
            self.backward_time += event.self_cpu_time_total
        else:
            self.forward_time += event.self_cpu_time_total
        if event.phase != "named":
            self.cpu_memory_usage += event.memory

    @property
    def cpu_time(self) -> float:
        """Microseconds that one of them took, on average."""
        return self.cpu_time_total / self.count if self.count else 0.0


class FunctionEventAvg(_Sum):
    """What the spans of one name took together: `count`, times in microseconds, bytes.

    `forward_time` and `backward_time` are the self time outside backward, and in it.
    """

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key

    def __repr__(self) -> str:
        return (
            f"<FunctionEventAvg key={self.key} count={self.count} self_cpu_time={self.self_cpu_time_total:.3f}us "
            f"cpu_time={self.cpu_time_total:.3f}us cpu_memory_usage={self.cpu_memory_usage}>"
        )


class LineAvg(_Sum):
    """What the operations called on one line took, and their rules: as `FunctionEventAvg`."""

    def __init__(self, place: tuple[str, int] | None) -> None:
        super().__init__()
        self.place = place

    @property
    def key(self) -> str:
        """File and line."""
        return f"{os.path.relpath(self.place[0])}:{self.place[1]}" if self.place else "(unknown)"


class EventList(list[Any]):
    """Spans, or sums of them; `table` shows them."""

    def __init__(self, rows: Iterable[Any], columns: tuple[Column, ...]) -> None:
        super().__init__(rows)
        self._columns = columns

    def table(
        self,
        sort_by: str | None = None,
        row_limit: int = 100,
        max_name_column_width: int = 55,
        header: str | None = None,
    ) -> str:
        """The rows as text, largest `sort_by` first: 'self_cpu_time_total', 'cpu_time_total', 'cpu_time', 'count',
        'cpu_memory_usage', 'forward_time' or 'backward_time'. `row_limit=-1` shows all.

        Raises ValueError for another `sort_by`.

        >>> import wengert
        >>> with wengert.profiler.profile() as p:
        ...     y = wengert.ones(3).exp()
        >>> print(p.key_averages().table(sort_by="count").splitlines()[1].split()[:4])
        ['Name', 'Calls', 'Self', 'CPU']
        """
        return _profile_table.text(self, self._columns, sort_by, row_limit, max_name_column_width, header)

    def __str__(self) -> str:
        return self.table()


def schedule(
    *, wait: int, warmup: int, active: int, repeat: int = 0, skip_first: int = 0
) -> Callable[[int], ProfilerAction]:
    """A schedule for `profile(schedule=...)`: of each cycle of steps, `wait` are passed over, `warmup` too, and `active`
    are looked at; after `repeat` cycles no more (0: without end). `skip_first` steps come before all that.

    Raises ValueError for negative numbers and where `active` is 0.

    >>> import wengert
    >>> plan = wengert.profiler.schedule(wait=1, warmup=0, active=2, repeat=1)
    >>> [plan(step).name for step in range(4)]
    ['NONE', 'RECORD', 'RECORD_AND_SAVE', 'NONE']
    """
    if min(wait, warmup, repeat, skip_first) < 0 or active < 1:
        raise ValueError(
            f"schedule: wanted wait, warmup, repeat, skip_first >= 0 and active >= 1; got {wait}, {warmup}, {repeat}, "
            f"{skip_first}, {active}"
        )
    cycle = wait + warmup + active

    def plan(step: int) -> ProfilerAction:
        step -= skip_first
        if step < 0 or (repeat and step >= repeat * cycle) or step % cycle < wait:
            return ProfilerAction.NONE
        if step % cycle < wait + warmup:
            return ProfilerAction.WARMUP
        return ProfilerAction.RECORD_AND_SAVE if step % cycle == cycle - 1 else ProfilerAction.RECORD

    return plan


def tensorboard_trace_handler(dir_name: str, worker_name: str | None = None) -> Callable[[profile], None]:
    """For `profile(on_trace_ready=...)`: writes each trace into a folder, in the format of `export_chrome_trace`.

    >>> import tempfile, wengert
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with wengert.profiler.profile(on_trace_ready=wengert.profiler.tensorboard_trace_handler(folder)):
    ...         y = wengert.ones(3).exp()
    ...     len(os.listdir(folder))
    1
    """

    def write(p: profile) -> None:
        os.makedirs(dir_name, exist_ok=True)
        p.export_chrome_trace(os.path.join(dir_name, f"{worker_name or os.getpid()}.{p.step_num}.pt.trace.json"))

    return write


class profile:
    """Looks at what runs inside a `with` block, on all threads: `key_averages()`, `by_line()`, `events()`.

    `activities` may name `ProfilerActivity.CPU` only. `schedule` says which steps are looked at, `step()` where one ends, and
    `on_trace_ready` is called with the profile when something is to be seen. Places and bytes are noted always, so
    `record_shapes`, `profile_memory`, `with_stack`, `with_flops` and `with_modules` change nothing. One profile at a time.

    Raises ValueError for hardware that is not used, RuntimeError for a profile inside another.

    >>> import wengert
    >>> with wengert.profiler.profile() as p:
    ...     y = wengert.ones(3).exp().sum()
    >>> [(row.key, row.count) for row in p.key_averages() if row.key in ("exp", "sum")]
    [('exp', 1), ('sum', 1)]
    """

    def __init__(
        self,
        activities: Iterable[ProfilerActivity] | None = None,
        schedule: Callable[[int], ProfilerAction] | None = None,
        on_trace_ready: Callable[[profile], Any] | None = None,
        record_shapes: bool = False,
        profile_memory: bool = False,
        with_stack: bool = False,
        with_flops: bool = False,
        with_modules: bool = False,
        **kw: Any,
    ) -> None:
        for activity in activities or ():
            if activity is not ProfilerActivity.CPU:
                raise ValueError(f"profile: got activity {activity}, wanted ProfilerActivity.CPU: nothing else is used")
        self._schedule = schedule
        self._ready = on_trace_ready
        self._events: list[FunctionEvent] = []
        self._running = False
        self.step_num = 0

    def _begin(self) -> None:
        if not _core._profile_start():
            raise RuntimeError("profile: one is under way already; try one `with` block around all that is of interest")
        self._running, self._events = True, []

    def _end(self, save: bool) -> None:
        if self._running:
            self._running = False
            self._events = [
                FunctionEvent(name, phase, start / 1e3, total / 1e3, own / 1e3, size, place, thread, depth)
                for name, phase, start, total, own, size, place, thread, depth in _core._profile_stop()
            ]
            if save and self._ready is not None:
                self._ready(self)

    def _action(self) -> ProfilerAction:
        return self._schedule(self.step_num) if self._schedule else ProfilerAction.RECORD

    def start(self) -> None:
        """Starts looking, as entering the `with` block does."""
        if self._action() in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE):
            self._begin()

    def stop(self) -> None:
        """Ends it, as leaving the block does."""
        self._end(save=True)

    def step(self) -> None:
        """Says that a step of the program ends here, for `schedule`."""
        save = self._action() is ProfilerAction.RECORD_AND_SAVE
        self.step_num += 1
        if self._schedule is None:
            return
        wanted = self._action() in (ProfilerAction.RECORD, ProfilerAction.RECORD_AND_SAVE)
        if self._running and (save or not wanted):
            self._end(save)
        if wanted and not self._running:
            self._begin()

    def __enter__(self) -> profile:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def events(self) -> EventList:
        """Every span, in the order of their ends."""
        return EventList(self._events, AVERAGES)

    def key_averages(self, group_by_input_shape: bool = False, group_by_stack_n: int = 0) -> EventList:
        """Sums by name. The arguments are PyTorch's and change nothing: `by_line` groups by place."""
        return EventList(_grouped(self._events, lambda e: e.name, FunctionEventAvg), AVERAGES)

    def by_line(self) -> EventList:
        """Sums by the line of the program that called; what backward does counts to the line of its operation.

        A line's total counts what lies in another span of the same line once.
        """
        return EventList(_lines(self._events), LINES)

    def table(self, sort_by: str | None = "self_cpu_time_total", row_limit: int = 100, **kw: Any) -> str:
        """`key_averages().table(...)`."""
        return self.key_averages().table(sort_by, row_limit, **kw)

    @property
    def self_cpu_time_total(self) -> float:
        """Microseconds in all spans together."""
        return sum(e.self_cpu_time_total for e in self._events)

    def total_average(self) -> FunctionEventAvg:
        """One sum of all."""
        total = FunctionEventAvg("Total")
        for event in self._events:
            total._add(event)
        return total

    def export_chrome_trace(self, path: str | os.PathLike[str]) -> None:
        """Writes the spans for `chrome://tracing` and its like (the Trace Event Format, as JSON)."""
        process = os.getpid()
        spans = [
            {
                "ph": "X",
                "cat": "user_annotation" if e.phase == "named" else "cpu_op",
                "name": e.name,
                "pid": process,
                "tid": e.thread,
                "ts": e.start,
                "dur": e.cpu_time_total,
                "args": {"phase": e.phase, "bytes": e.memory, "line": f"{e.place[0]}:{e.place[1]}" if e.place else ""},
            }
            for e in self._events
        ]
        with open(path, "w") as file:
            json.dump({"schemaVersion": 1, "displayTimeUnit": "ms", "traceEvents": spans}, file)

    def __str__(self) -> str:
        return self.table()


def _grouped(events: list[FunctionEvent], key: Callable[[FunctionEvent], Any], group: type[Any]) -> Iterator[Any]:
    found: dict[Any, Any] = {}
    for event in events:
        found.setdefault(key(event), group(key(event)))._add(event)
    return iter(found.values())


def _lines(events: list[FunctionEvent]) -> Iterator[LineAvg]:
    found: dict[tuple[str, int] | None, LineAvg] = {}
    # Outer spans end later, so from the end on each comes after what it lies in.
    open_spans: dict[int, list[FunctionEvent]] = {}
    for event in reversed(events):
        outer = open_spans.setdefault(event.thread, [])
        while outer and outer[-1].depth >= event.depth:
            outer.pop()
        if event.phase == "named":
            continue
        line = found.setdefault(event.place, LineAvg(event.place))
        line._add(event)
        if any(o.place == event.place for o in outer):
            line.count -= 1
            line.cpu_time_total -= event.cpu_time_total
            line.cpu_memory_usage -= event.memory
        outer.append(event)
    return reversed(found.values())


class record_function:
    """Names what runs inside a `with` block, or inside a function that it decorates, for a profile.

    >>> import wengert
    >>> with wengert.profiler.profile() as p:
    ...     with wengert.profiler.record_function("forward pass"):
    ...         y = wengert.ones(3).exp()
    >>> [(row.key, row.count) for row in p.key_averages() if " " in row.key]
    [('forward pass', 1)]
    """

    def __init__(self, name: str, args: str | None = None) -> None:
        self.name = name
        self._keys: list[int] = []

    def __enter__(self) -> record_function:
        self._keys.append(_core._span_open(self.name))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _core._span_close(self._keys.pop())

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def named(*args: Any, **kw: Any) -> Any:
            with record_function(self.name):
                return function(*args, **kw)

        return named
