"""What pictures are drawn of: entries with names, texts and what they were made from, of a tape or of a recorded program.
Depends on `_words` and `_listing`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from wengert._see import _listing, _words

if TYPE_CHECKING:
    from wengert._see._tape import _Source

#: Kinds of entries: a leaf, a value that is on no tape, an operation, a result, what lies beyond the picture, and an
#: operation that was not recorded.
KINDS = ("leaf", "const", "op", "result", "beyond", "unrecorded")


@dataclass
class Entry:
    """One box: entries that it was made from have smaller numbers."""

    name: str
    text: str
    kind: str
    #: Numbers of entries, and whether a derivative goes that way.
    inputs: list[tuple[int, bool]] = field(default_factory=list)
    shape: str = ""
    dtype: str = ""
    value: str = ""
    grad: str = ""
    saved: str = ""
    where: str = ""
    rule: str = ""

    @property
    def title(self) -> str:
        """`h = tanh(v1)`, or the name alone."""
        return self.name if self.kind in ("leaf", "const", "beyond") or not self.text else f"{self.name} = {self.text}"


def _saved_of(variable: Any) -> str:
    """Which values the rule keeps."""
    kept = [x.name for k, x in enumerate(variable.inputs[:7]) if variable._keeps & 1 << k]
    if variable._keeps & 128:
        kept.append(variable.name)
    return ", ".join(kept)


def of_tape(source: _Source, values: bool, grads: bool, saved: bool, most: int) -> list[Entry]:
    """Entries of a tape: of a long one of its end, with what came before as entries beyond the picture."""
    entries: list[Entry] = []
    at: dict[Any, int] = {}
    results = {place for place, _ in source.roots}
    first = max(0, source.size - most)

    def beyond(place: int, out: int) -> int:
        key = ("beyond", place, out)
        if key not in at:
            at[key] = len(entries)
            entries.append(Entry(source.name(place, out), "", "leaf" if source.walk.number(place)[0] else "beyond"))
        return at[key]

    def constant(place: int, k: int, name: str) -> int | None:
        """An entry of its own for a tensor; numbers and what is unknown stay in the text."""
        if name == _words.UNKNOWN or name[:1].isdigit() or name[:1] == "-" or name in ("nan", "inf", "True", "False"):
            return None
        value = source.operand(place, k)
        key = ("const", name if value is None else value._storage_id(), name)
        if key not in at:
            at[key] = len(entries)
            entry = Entry(name, "", "const")
            if value is not None:
                entry.shape, entry.dtype = _words.shape(value.shape), _words.dtype(value.dtype)
                entry.value = _words.value(value) if values else ""
            entries.append(entry)
        return at[key]

    unseen = _Unseen(source, entries, at, first) if source.recordings else None
    for place in range(first, source.size):
        v = source.variable(place)
        inputs = []
        for k, x in enumerate(v.inputs):
            if x.place is None:
                cut = None if unseen is None else unseen.behind(place, k)
                number = constant(place, k, x.name) if cut is None else cut
            elif x.place < first:
                number = beyond(x.place, x.out)
            else:
                number = at[x.place]
            if number is not None and (number, x.place is not None) not in inputs:
                inputs.append((number, x.place is not None))
        at[place] = len(entries)
        entries.append(
            Entry(
                v.name,
                v.text,
                "leaf" if v.is_leaf else "result" if place in results else "op",
                inputs,
                " ".join(_words.shape(shape) for shape, _ in v.outputs[:3]),
                _words.dtype(v.dtype),
                _words.value(v.value) if values else "",
                _words.value(_grad(v)) if grads else "",
                _saved_of(v) if saved and not v.is_leaf else "",
                _listing.where(v.site),
                v.rule,
            )
        )
    if unseen is None:
        return entries
    unseen.join()
    return _sorted(entries)


class _Unseen:
    """Operations that the tape did not record, though what went in is on it: entries that a recording gives."""

    def __init__(self, source: _Source, entries: list[Entry], at: dict[Any, int], first: int) -> None:
        self._source, self._entries, self._at = source, entries, at
        self._keys = {source.walk.node(place)._key(): place for place in range(first, source.size)}
        self._later: list[tuple[int, int]] = []
        self._leads: dict[tuple[int, int], bool] = {}

    def _led(self, recording: Any, place: int) -> bool:
        """Whether an event without history comes from something with one."""
        key = (id(recording), place)
        stack = [place]
        seen = set()
        while stack and key not in self._leads:
            at = stack.pop()
            if at in seen:
                continue
            seen.add(at)
            if any(edge for _, _, edge in recording[at].inputs):
                self._leads[key] = True
            stack.extend(recording.sources(at))
        return self._leads.setdefault(key, False)

    def behind(self, place: int, k: int) -> int | None:
        """The entry of what made operand `k` of the node at a place, where that was cut off the tape."""
        seen = self._source.seen(place)
        if seen is None:
            return None
        recording, event = seen
        origins = recording.origins()[event]
        if k >= len(origins) or not origins[k]:
            return None
        start = origins[k][-1]
        if recording[start].recorded or not self._led(recording, start):
            return None
        return self._entry(recording, start)

    def _entry(self, recording: Any, start: int) -> int:
        stack = [start]
        while stack:
            place = stack[-1]
            key = ("event", id(recording), place)
            if key in self._at:
                stack.pop()
                continue
            event = recording[place]
            made = [
                (key, found[-1] if found else None)
                for (_, _, key), found in zip(event.inputs, recording.origins()[place])
            ]
            open_ones = [
                at
                for _, at in made
                if at is not None
                and not recording[at].recorded
                and ("event", id(recording), at) not in self._at
                and self._led(recording, at)
            ]
            if open_ones:
                stack.extend(open_ones)
                continue
            stack.pop()
            self._at[key] = len(self._entries)
            inputs: list[tuple[int, bool]] = []
            words = []
            entry = Entry("", "", "unrecorded", inputs, where=event.where, rule="not recorded")
            self._entries.append(entry)
            for k, (edge, at) in enumerate(made):
                if edge and edge in self._keys:
                    self._later.append((self._at[key], self._keys[edge]))
                    words.append(self._source.name(self._keys[edge]))
                elif at is not None and ("event", id(recording), at) in self._at:
                    inputs.append((self._at["event", id(recording), at], False))
                    words.append(self._entries[inputs[-1][0]].name)
                elif edge:
                    words.append(self._outside(inputs, edge, recording, at))
                else:
                    words.append(self._constant(recording, place, k))
            entry.name = _words.expression(event.name, event.words, words)
            if event.form is not None:
                entry.shape, entry.dtype = _words.shape(event.form[0]), _words.dtype(event.form[1])
        return self._at["event", id(recording), start]

    def _constant(self, recording: Any, place: int, k: int) -> str:
        """An operand without history: its name, or its value if it is a number."""
        value = recording.input(place, k)
        if value is None:
            return _words.UNKNOWN
        name = self._source.known.constant(value)
        return name or (_words.number(value.item()) if value.dim() == 0 else f"const{list(value.shape)}")

    def _outside(self, inputs: list[tuple[int, bool]], edge: int, recording: Any, at: int | None) -> str:
        """What has a history that the picture does not show: the way to it was cut."""
        key = ("outside", edge)
        if key not in self._at:
            name = next(
                (name for name, x in self._source.known.tensors if x._node is not None and x._node._key() == edge), None
            )
            self._at[key] = len(self._entries)
            self._entries.append(
                Entry(name or (recording[at].name if at is not None else _words.UNKNOWN), "", "beyond")
            )
        inputs.append((self._at[key], False))
        return self._entries[self._at[key]].name

    def join(self) -> None:
        """Leads arrows from the tape to what was cut off, once all of it has its entries."""
        for number, place in self._later:
            if (self._at[place], False) not in self._entries[number].inputs:
                self._entries[number].inputs.append((self._at[place], False))


def _sorted(entries: list[Entry]) -> list[Entry]:
    """The same in an order in which each comes after what it was made from."""
    order: list[int] = []
    place: dict[int, int] = {}
    opened: set[int] = set()
    for root in range(len(entries)):
        stack = [root]
        while stack:
            number = stack[-1]
            if number in place:
                stack.pop()
                continue
            waiting = [n for n, _ in entries[number].inputs if n not in place and n not in opened]
            if waiting and number not in opened:
                opened.add(number)
                stack.extend(reversed(waiting))
                continue
            opened.add(number)
            stack.pop()
            place[number] = len(order)
            order.append(number)
    for entry in entries:
        entry.inputs = [(place[n], flows) for n, flows in entry.inputs]
    return [entries[number] for number in order]


def _grad(variable: Any) -> Any:
    """The adjoint that was noted, or a leaf's gradient."""
    if variable.adjoint is not None or not variable.is_leaf:
        return variable.adjoint
    leaf = variable.node.variable
    return None if leaf is None else leaf.grad


def of_instructions(instructions: Sequence[Any], results: Sequence[str] = ()) -> list[Entry]:
    """Entries of a recorded program: instructions with `name`, `inputs` and `outputs` (names of variables), `shape`, `dtype`,
    and `file` and `line`, or `line` as a pair of both. What no instruction makes is a leaf, or a constant where it is called
    c1, c2 and so on.
    """
    entries: list[Entry] = []
    at: dict[str, int] = {}
    for i in instructions:
        words = [str(getattr(x, "name", x)) for x in getattr(i, "inputs", ())]
        for word in words:
            if word not in at:
                at[word] = len(entries)
                constant = word[:1] == "c" and word[1:].isdigit()
                entries.append(Entry(word, "", "const" if constant else "leaf"))
        outputs = [str(getattr(x, "name", x)) for x in getattr(i, "outputs", ()) or (i.name,)]
        file, line = getattr(i, "file", None), getattr(i, "line", None)
        site = line if isinstance(line, tuple) else (file, line) if file is not None and line is not None else None
        shape = getattr(i, "shape", None)
        entry = Entry(
            ", ".join(outputs),
            _words.expression(i.name, "", words),
            "result" if any(name in results for name in outputs) else "op",
            [(number, True) for number in dict.fromkeys(at[word] for word in words)],
            "" if shape is None else _words.shape(shape),
            _words.dtype(getattr(i, "dtype", "")),
            where=_listing.where(site) if site is not None else "" if line is None else f"line {line}",
            rule=str(i.name),
        )
        for name in outputs:
            at[name] = len(entries)
        entries.append(entry)
    return entries
