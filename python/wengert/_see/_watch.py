"""`watch`: a record of all that a thread computes, whether the tape records it or not, with every value. Depends on `_core`.

It is what answers where a path was cut: what was detached or computed under `no_grad` leaves no trace on a tape.
"""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from typing import Any, NamedTuple

from wengert import _core
from wengert._core import Tensor
from wengert._see import _listing, _words
from wengert._see._names import peel


class Event(NamedTuple):
    """One thing that was done while somebody watched."""

    place: int
    #: "op"; "write" for an operation in place; "detach"; "left" for a value taken out by numpy(), item(), float() and so on;
    #: "made" for values from outside.
    kind: str
    name: str
    rule: str
    words: str
    #: Whether the operation has a derivative.
    differentiable: bool
    site: tuple[str, int] | None
    #: Whether operations were recorded on the tape then.
    recording: bool
    inputs: tuple[tuple[int, int, int], ...]
    output: tuple[int, int, int] | None
    form: tuple[list[int], Any] | None

    @property
    def recorded(self) -> bool:
        """Whether its result has a history."""
        return self.output is not None and self.output[2] != 0

    @property
    def where(self) -> str:
        """train.py:12."""
        return _listing.where(self.site)


def _event(place: int, told: Any) -> Event:
    kind, (name, rule, words), differentiable, site, recording, inputs, output, form = told
    return Event(place, kind, name, rule, words, differentiable, site, recording, tuple(inputs), output, form)


class Recording:
    """What was seen: a sequence of events."""

    def __init__(self, seen: _core.Recording) -> None:
        self._seen = seen
        self._edges: dict[int, int] | None = None
        self._origins: list[list[tuple[int, ...]]] | None = None

    def __len__(self) -> int:
        return len(self._seen)

    def __getitem__(self, place: int) -> Event:
        at = place + len(self) if place < 0 else place
        if not 0 <= at < len(self):
            raise IndexError(f"the recording has {len(self)} events; got {place}")
        return _event(at, self._seen.events(at, at + 1)[0])

    def __iter__(self) -> Iterator[Event]:
        for start in range(0, len(self), 1024):
            for i, told in enumerate(self._seen.events(start, start + 1024)):
                yield _event(start + i, told)

    def edges(self) -> dict[int, int]:
        """The event that recorded the node output of a key."""
        if self._edges is None:
            self._edges = dict(self._seen.recorded())
        return self._edges

    def value(self, place: int) -> Tensor | None:
        """The result of an event as it was then."""
        return self._seen.result(place)

    def input(self, place: int, k: int) -> Tensor | None:
        """Input `k` of an event; None where it was overwritten since."""
        return self._seen.input(place, k)

    def origins(self) -> list[list[tuple[int, ...]]]:
        """For each event, and each of its inputs, the events that it comes from: the one that made the tensor, and the last
        that wrote into its memory since.
        """
        if self._origins is None:
            latest: dict[int, int] = {}
            written: dict[int, int] = {}
            self._origins = []
            for event in self:
                found = []
                for array, storage, key in event.inputs:
                    made = latest.get(array, self.edges().get(key, -1) if key else -1)
                    made = made if made < event.place else -1
                    wrote = written.get(storage, -1)
                    found.append(tuple(at for at in (made, wrote if wrote > made else -1) if at >= 0))
                self._origins.append(found)
                if event.output is not None:
                    latest[event.output[0]] = event.place
                    if event.kind == "write":
                        written[event.output[1]] = event.place
        return self._origins

    def sources(self, place: int) -> tuple[int, ...]:
        """The events that the inputs of an event come from."""
        return tuple(dict.fromkeys(at for found in self.origins()[place] for at in found))

    def made_by(self, x: Tensor) -> int | None:
        """The last event that made a tensor what it is."""
        array, storage, key = _core._identity(peel(x))
        found = None
        for event in self:
            if event.output is not None and (
                event.output[0] == array
                or (key and event.output[2] == key)
                or (event.kind == "write" and event.output[1] == storage)
            ):
                found = event.place
        return found

    def __repr__(self) -> str:
        lines: list[_listing.Line | str] = []
        for event in list(self)[:30] if len(self) <= 30 else [self[i] for i in range(30)]:
            shape, dtype = event.form or ([], "")
            lines.append(
                _listing.Line(
                    "" if event.recorded else "(not on the tape)" if event.output else "",
                    event.name if event.kind in ("op", "write") else f"{event.name}()",
                    _words.shape(shape) if event.form else "",
                    _words.dtype(dtype) if event.form else "",
                    _words.value(self.value(event.place)),
                    "",
                    event.where,
                )
            )
        if len(self) > 30:
            lines.append(f"… {len(self) - 30:,} more")
        return f"recording of {len(self):,} events\n{_listing.table(lines)}"


_local = threading.local()
_alive: weakref.WeakSet[Recording] = weakref.WeakSet()


class watch:  # noqa: N801
    """Context in which everything this thread computes is noted: each operation, recorded on the tape or not, with its value
    and line, what was detached, what left for NumPy or became a number, what came from outside.

    `wengert.tape`, `graph`, `why_no_grad` and `explain` then know all values and where a path was cut. It takes memory:
    every value is kept while the recording is. `recording` is the record, there once the context has ended; the last one of
    a thread is kept until the next, or until `watch.forget()`. What other threads do is not seen.

    >>> import wengert
    >>> x = wengert.tensor([1.0, 2.0], requires_grad=True)
    >>> with wengert.watch() as seen:
    ...     y = (x * x + 1).detach()
    >>> [event.name for event in seen.recording]
    ['mul', 'add', 'detach']
    >>> seen.recording.value(1)
    tensor([2., 5.])
    """

    recording: Recording

    def __enter__(self) -> watch:
        _core._watch_begin()
        return self

    def __exit__(self, *_: object) -> None:
        self.recording = Recording(_core._watch_end())
        _alive.add(self.recording)
        _local.last = self.recording

    @staticmethod
    def forget() -> None:
        """Lets go of the last recording of this thread.

        >>> import wengert
        >>> wengert.watch.forget()
        """
        _local.last = None


def recordings() -> list[Recording]:
    """Those there are, the one under way first, then the latest."""
    found: list[Recording] = []
    try:
        found.append(Recording(_core._watch_so_far()))
    except RuntimeError:
        pass
    last = getattr(_local, "last", None)
    if last is not None:
        found.append(last)
    return found + [other for other in list(_alive) if other is not last]


def find(found: list[Recording], key: int) -> tuple[Recording, int] | None:
    """The event behind a key, and the recording that it is in."""
    for recording in found:
        place = recording.edges().get(key)
        if place is not None:
            return recording, place
    return None
