"""`why_no_grad`: where the way from a result to a tensor ends, or where the gradient on it becomes zero. Depends on `_tape`,
`_steps` and `_watch`.

What is detached leaves no trace on a tape: only a recording made under `watch()` shows it. Zeros are found by running the
graph's own rules.
"""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._see import _listing, _watch, _words
from wengert._see._names import Names, peel
from wengert._see._tape import Variable, _Source

_WATCH = "compute it again under `with wengert.watch():` and ask once more: then the line is known"


class Answer:
    """An answer: `reason` in a word, the place it is about (`file`, `line`), the whole of it as text.

    Reasons: "connected" (there is a gradient), "no_history", "no_path", "detached", "no_grad", "integer", "no_derivative",
    "left" (through numpy(), item(), float() and their like), "not_requested" (a tensor that needs no gradient), "later" (needed
    one only after it was used), "zero", "spent".
    """

    def __init__(self, reason: str, text: str, site: tuple[str, int] | None = None, more: tuple[str, ...] = ()) -> None:
        self.reason, self.site, self.more = reason, site, more
        self._text = text

    @property
    def file(self) -> str | None:
        """The file of the line."""
        return self.site[0] if self.site else None

    @property
    def line(self) -> int | None:
        """The line where it happened."""
        return self.site[1] if self.site else None

    def __str__(self) -> str:
        lines = [self._text]
        source = _listing.source_line(self.site)
        if self.site is not None and source:
            lines.append(f"    {_listing.where(self.site)}: {source}")
        return "\n".join([*lines, *self.more])

    __repr__ = __str__


def _called(x: Tensor, names: Names, default: str) -> str:
    return next((name for name, other in names.tensors if other is x), default)


def _at(site: tuple[str, int] | None) -> str:
    return f" at {_listing.where(site)}" if site else ""


def _cut(event: _watch.Event) -> tuple[str, str]:
    """Why an event has no history though what went in had one: a reason, and it in words."""
    if event.kind == "detach":
        return "detached", "detach() (or .data, or numpy()) gave a tensor without history"
    if not event.recording:
        return (
            "no_grad",
            f"{event.name} ran where nothing is recorded: under no_grad(), set_grad_enabled(False) or in inference mode",
        )
    if event.form is not None and not event.form[1].is_floating_point:
        return "integer", f"{event.name} gave {_words.dtype(event.form[1])}: only floats have derivatives"
    if not event.differentiable:
        return "no_derivative", f"{event.name} has no derivative"
    return "detached", f"{event.name} gave a tensor without history"


def _seen(loss: Tensor, x: Tensor, recording: _watch.Recording, called: tuple[str, str]) -> Answer | None:
    """What a recording says of the way from `x` to `loss`; None where it has seen neither."""
    last = recording.made_by(loss)
    if last is None:
        return None
    of_loss, of_x = called
    array, storage, key = _core._identity(peel(x))
    start = recording.made_by(x)
    sources = recording.sources
    needed = {last}
    for place in range(last, -1, -1):
        if place in needed:
            needed.update(sources(place))
    events = list(recording)
    touched = set() if start is None else {start}
    direct: dict[int, bool] = {}
    for event in events:
        for other, memory, edge in event.inputs:
            if (
                other == array
                or (key and edge == key)
                or (start is None and memory == storage and event.kind != "write")
            ):
                touched.add(event.place)
                direct[event.place] = direct.get(event.place, False) or edge != 0
        if any(source in touched for source in sources(event.place)) and event.place != start:
            touched.add(event.place)
    way = sorted(touched & needed)
    if start in way and not direct and start != last:
        way.remove(start)
    if not way:
        return _left(events, touched, needed, called) or _ended(recording, events, touched, direct, called)
    found: list[tuple[str, str, tuple[str, int] | None]] = []
    for place in way:
        event = events[place]
        if event.recorded or place == start:
            continue
        carried = direct.get(place, False) or any(events[s].recorded for s in sources(place) if s in touched)
        if carried:
            found.append((*_cut(event), event.site))
        elif place in direct and not found:
            found.append(("later", f"{of_x} needed no gradient yet when {event.name} used it", event.site))
    if not found:
        return None
    reason, words, site = found[0]
    more = tuple(f"also{_at(at)}: {text}" for _, text, at in found[1:6])
    return Answer(reason, f"The way from {of_x} to {of_loss} is cut{_at(site)}: {words}.", site, more)


def _left(events: list[_watch.Event], touched: set[int], needed: set[int], called: tuple[str, str]) -> Answer | None:
    """Where values left the library, and where values from outside came in."""
    of_loss, of_x = called
    out = [e for e in events if e.kind == "left" and e.place in touched]
    made = [e for e in events if e.kind == "made" and e.place in needed]
    if not out:
        return None
    first = out[0]
    back = [e for e in made if e.place > first.place]
    text = f"What depends on {of_x} leaves the library{_at(first.site)}: {first.name}() gives values, which have no history."
    more: tuple[str, ...] = ()
    if back:
        more = (f"{of_loss} is computed from values that came in by {back[0].name}(){_at(back[0].site)}.",)
    else:
        more = (f"{of_loss} was not seen to use it in another way.",)
    return Answer("left", text, first.site, more)


def _ended(
    recording: _watch.Recording,
    events: list[_watch.Event],
    touched: set[int],
    direct: dict[int, bool],
    called: tuple[str, str],
) -> Answer | None:
    """Where what depends on the tensor lost its history, though the result was not seen to use it."""
    for place in sorted(touched):
        event = events[place]
        carried = direct.get(place, False) or any(events[s].recorded for s in recording.sources(place) if s in touched)
        if carried and event.output is not None and not event.recorded:
            reason, words = _cut(event)
            text = f"What depends on {called[1]} has no history from{_at(event.site)[3:]} on: {words}."
            return Answer(reason, text, event.site, (f"{called[0]} was not seen to use it as a tensor.",))
    return None


def _constants(source: _Source, x: Tensor, of_x: str) -> list[str]:
    """Operands on no tape, and whether one of them is the memory of `x`."""
    lines: list[str] = []
    for place in range(max(0, source.size - 2000), source.size):
        variable = source.variable(place)
        for k, operand in enumerate(variable._inputs):
            if operand[0] is not None or variable.op in ("where",) and k == 0:
                continue
            value = source.walk.operand(place, k)
            if value is not None and value._storage_id() == peel(x)._storage_id():
                lines.insert(
                    0, f"the memory of {of_x} is used{_at(variable.site)} without its history: by detach() or .data"
                )
            elif value is None or value.dim() > 0:
                lines.append(f"{variable.name} = {variable.text}{_at(variable.site)} has an operand that is on no tape")
    return lines


def _flat_norm(g: Tensor) -> float:
    flat = peel(g).detach().double().reshape(-1)
    return float((flat * flat).sum().sqrt().item()) if flat.numel() else 0.0


def _zeroed(variable: Variable) -> str:
    """What makes a rule give zero."""
    of = variable.inputs[0].name if variable.inputs else "its input"
    if variable.op in ("relu", "threshold"):
        return f"no element of {of} is positive"
    if variable.op.startswith("clamp") or variable.op in ("clip", "hardtanh"):
        return f"every element of {of} lies beyond the bounds"
    if variable.op in ("tanh", "sigmoid", "softmax", "log_softmax", "erf"):
        return f"it is saturated: its slope at {of} rounds to zero"
    if variable.op in ("where", "maximum", "minimum", "max", "min", "amax", "amin", "masked_fill"):
        return "what is chosen does not come from there"
    if variable.op in ("sign", "floor", "ceil", "round", "trunc", "fix", "heaviside"):
        return "it is constant between its steps"
    if variable.op in ("mul", "mm", "mv", "matmul", "dot", "bmm"):
        return "the other factor is zero"
    return "its derivative there is zero"


def _zero(source: _Source, place: int, called: tuple[str, str]) -> Answer:
    """Runs the rules from the end and looks where nothing is left."""
    of_loss, of_x = called
    on_way = {place}
    for at, row in enumerate(source.walk.rows(0, source.size)):
        if any(i in on_way for i, _ in row[2] if i is not None):
            on_way.add(at)
    ones = []
    import wengert

    for root, out in source.roots:
        shape, dtype = source.variable(root).outputs[out]
        ones.append(wengert.ones(shape, dtype=dtype))
    killers: list[Variable] = []
    arrived: float | None = None
    from wengert._see._steps import reverse

    try:
        for step in reverse(source, ones):
            if step.variable.place not in on_way:
                continue
            came = sum(_flat_norm(g) for g in step.incoming if g is not None)
            if step.variable.place == place:
                arrived = came
                break
            went = sum(_flat_norm(sent.grad) for sent in step.outgoing if sent.place in on_way)
            if came > 0 and went == 0:
                killers.append(step.variable)
    except RuntimeError as error:
        if "second time" not in str(error):
            raise
        return Answer(
            "spent", f"The graph of {of_loss} was spent by a backward: ask before it, or use retain_graph=True."
        )
    if arrived:
        return Answer(
            "connected",
            f"{of_loss} depends on {of_x}, and the gradient is not zero: its norm is {_words.number(arrived)}.",
        )
    if not killers:
        text = f"{of_loss} depends on {of_x}, but the rules send nothing to it: the gradient is zero."
        return Answer("zero", text, source.variable(place).site)
    first = killers[0]
    text = (
        f"{of_loss} depends on {of_x}, but the gradient is zero: {first.rule} of {first.name} = {first.text}"
        f"{_at(first.site)} sends zeros on, for {_zeroed(first)}."
    )
    more = tuple(f"also zero from {v.name} = {v.text}{_at(v.site)}: {_zeroed(v)}" for v in killers[1:4])
    return Answer("zero", text, first.site, more)


def why_no_grad(loss: Tensor, x: Tensor, *, params: Any = None) -> Answer:
    """Says why `x` gets no gradient from `loss`, or zeros: the line where the way between them was cut (detach, `no_grad`,
    numpy() and item(), an integer type, an operation without derivative), or the operation that makes the gradient zero
    (relu, clamp, where, saturation), or that there is a gradient.

    A cut is found in a recording: have the computation run under `with wengert.watch():`. Without one the answer is what the
    tape alone tells, and how to know more. Zeros are found by running the rules of the graph with ones for a cotangent, which
    neither spends it nor changes a `.grad`. `params` gives names, as for `wengert.tape`.

    Returns an Answer: its text, `reason`, `file` and `line`. TypeError for what is no tensor.

    >>> import wengert
    >>> x = wengert.tensor([-1.0, -2.0], requires_grad=True)
    >>> loss = x.relu().sum()
    >>> wengert.why_no_grad(loss, x).reason
    'zero'
    >>> with wengert.watch():
    ...     loss = (x * 2).detach().sum()
    >>> wengert.why_no_grad(loss, x).reason
    'detached'
    """
    for name, value in (("loss", loss), ("x", x)):
        if not isinstance(value, Tensor):
            raise TypeError(f"why_no_grad: {name} must be a tensor, got {type(value).__name__}")
    return _answer(loss, x, params, sys._getframe(1))


def _answer(loss: Tensor, x: Tensor, params: Any, frame: FrameType) -> Answer:
    names = Names(frame, params)
    called = (_called(loss, names, "the result"), _called(x, names, "the tensor"))
    of_loss, of_x = called
    plain, target = peel(loss), peel(x)
    if plain._node is not None and target._node is not None:
        source = _Source([plain], names, False)
        place = source.walk.place(target)
        if place is not None:
            answer = _zero(source, place, called)
            if answer.reason == "connected" and not target.is_leaf and not target.retains_grad:
                answer.more += (
                    f"{of_x} is no leaf, so that backward leaves its .grad empty: call retain_grad() before it.",
                )
            return answer
    if target._node is None:
        if not target.dtype.is_floating_point:
            return Answer(
                "integer", f"{of_x} is {_words.dtype(target.dtype)}: only floats have gradients; try {of_x}.float()."
            )
        made = next(
            ((r, at) for r in _watch.recordings() if (at := r.made_by(x)) is not None and r[at].kind != "made"), None
        )
        more = ""
        if made is not None:
            event = made[0][made[1]]
            more = f" It was made{_at(event.site)}: {_cut(event)[1]}."
        return Answer(
            "not_requested",
            f"{of_x} needs no gradient: its requires_grad is False; try requires_grad_() before it is used.{more}",
        )
    for recording in _watch.recordings():
        if (seen_answer := _seen(loss, x, recording, called)) is not None:
            return seen_answer
    if plain._node is None:
        kind = "" if plain.dtype.is_floating_point else f", and is {_words.dtype(plain.dtype)}, which has no derivative"
        mode = "" if _core.is_grad_enabled() else " Recording is turned off right now: under no_grad()."
        text = f"{of_loss} has no history{kind}: it was detached, computed under no_grad(), or from nothing that needs a gradient.{mode}"
        return Answer("no_history", text, None, (f"{_WATCH}.",))
    source = _Source([plain], names, False)
    leaves = [v.name for v in source.leaves(8)]
    text = f"{of_loss} has a history, but {of_x} is not in it; its leaves are {', '.join(leaves) or 'none'}."
    seen = _constants(source, x, of_x)
    shared = bool(seen) and seen[0].startswith("the memory of")
    return Answer("detached" if shared else "no_path", text, None, (*dict.fromkeys(seen[:4]), f"{_WATCH}."))
