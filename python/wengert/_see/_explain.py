"""`explain`: how a gradient grows or vanishes on its way. Depends on `_tape` and `_steps`."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from typing import NamedTuple

import wengert
from wengert._core import Tensor
from wengert._see import _listing, _words
from wengert._see._names import Names, peel
from wengert._see._steps import reverse
from wengert._see._tape import Variable, _Source
from wengert._see._why import _called, _flat_norm

# A rule that changes the norm by such a factor is marked.
_MUCH = 100.0
# Lines that are shown.
_MOST = 60


class Passage(NamedTuple):
    """One variable on the way: the norm of its cotangent, and that of what its rule sent on, relative to it."""

    variable: Variable
    norm: float
    #: Norm of what went on towards the tensor, divided by the norm that came; None at the tensor itself.
    factor: float | None

    @property
    def remark(self) -> str:
        """What is remarkable."""
        if math.isnan(self.norm):
            return "nan"
        if math.isinf(self.norm):
            return "inf"
        if self.factor is None or self.norm == 0:
            return ""
        if self.factor == 0:
            return "becomes zero"
        if self.factor * _MUCH <= 1:
            return "shrinks"
        return "grows" if self.factor >= _MUCH else ""


class Explanation:
    """The way of a gradient: a sequence of passages from the result to the tensor; `str()` is a table."""

    def __init__(self, passages: list[Passage], title: str) -> None:
        self._passages, self._title = passages, title

    def __len__(self) -> int:
        return len(self._passages)

    def __iter__(self) -> Iterator[Passage]:
        return iter(self._passages)

    def __getitem__(self, place: int) -> Passage:
        return self._passages[place]

    def __str__(self) -> str:
        shown = self._passages if len(self) <= _MOST else self._passages[: _MOST // 2] + self._passages[-_MOST // 2 :]
        finite = [p.norm for p in shown if 0 < p.norm < math.inf]
        low, high = (math.log10(min(finite)), math.log10(max(finite))) if finite else (0.0, 0.0)
        rows = []
        for p in shown:
            length = 0
            if 0 < p.norm < math.inf:
                length = 1 + round(15 * (math.log10(p.norm) - low) / (high - low)) if high > low else 8
            title = p.variable.name if p.variable.is_leaf else f"{p.variable.name} = {p.variable.text}"
            rows.append(
                (
                    _listing.clip(title, 40),
                    _words.number(p.norm),
                    "" if p.factor is None else f"x {_words.number(p.factor)}",
                    "▇" * length,
                    _listing.where(p.variable.site),
                    p.remark,
                )
            )
        heads = ("cotangent of", "norm", "factor", "", "line", "")
        widths = [max(len(head), *(len(row[i]) for row in rows)) if rows else 0 for i, head in enumerate(heads)]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in (heads, *rows)]
        if len(self) > _MOST:
            lines.insert(_MOST // 2 + 1, f"… {len(self) - _MOST:,} more …")
        return "\n".join([self._title, *(f"  {line}" for line in lines)])

    __repr__ = __str__


def explain(loss: Tensor, x: Tensor, gradient: Tensor | None = None) -> Explanation:
    """How the gradient of `loss` grows or vanishes on its way to `x`: the norm of the cotangent of each variable between
    them, from the result on, and by which factor each rule changes it. `gradient` is the cotangent of `loss`, ones without.

    The rules of the graph run; it is not spent, no `.grad` changes and no hooks run. Raises TypeError for what is no tensor,
    RuntimeError where `loss` does not depend on `x` (see `wengert.why_no_grad`) or the graph is spent.

    >>> import wengert
    >>> x = wengert.tensor(2.0, requires_grad=True)
    >>> way = wengert.explain((x * x * 1000).sigmoid(), x)
    >>> [(passage.variable.op, passage.remark) for passage in way][0]
    ('sigmoid', 'becomes zero')
    """
    for name, value in (("loss", loss), ("x", x)):
        if not isinstance(value, Tensor):
            raise TypeError(f"explain: {name} must be a tensor, got {type(value).__name__}")
    names = Names(sys._getframe(1), None)
    called = _called(loss, names, "the result"), _called(x, names, "the tensor")
    plain, target = peel(loss), peel(x)
    source = _Source([plain], names, False) if plain._node is not None else None
    place = source.walk.place(target) if source is not None and target._node is not None else None
    if source is None or place is None:
        raise RuntimeError(f"explain: {called[0]} does not depend on {called[1]}; see wengert.why_no_grad")
    on_way = {place}
    for at, row in enumerate(source.walk.rows(0, source.size)):
        if any(i in on_way for i, _ in row[2] if i is not None):
            on_way.add(at)
    start = wengert.ones(plain.shape, dtype=plain.dtype) if gradient is None else gradient
    passages = []
    for step in reverse(source, [start]):
        if step.variable.place not in on_way:
            continue
        norm = math.hypot(*(_flat_norm(g) for g in step.incoming if g is not None))
        if step.variable.place == place:
            passages.append(Passage(step.variable, norm, None))
            break
        went = math.hypot(*(_flat_norm(sent.grad) for sent in step.outgoing if sent.place in on_way))
        passages.append(Passage(step.variable, norm, went / norm if norm else None))
    return Explanation(passages, f"gradient of {called[0]} on its way to {called[1]}")
