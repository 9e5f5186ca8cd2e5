"""The sweeps of a tape one step at a time. Reverse steps run the graph's own rules. A forward step is the transpose of a
reverse one: the rule is linear in its cotangent, so that its own derivative, applied to the tangents of the inputs, is the
tangent of the output. Depends on `_tape` and `autograd`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import wengert
from wengert import autograd
from wengert._core import Tensor
from wengert._see import _words
from wengert._see._names import peel

if TYPE_CHECKING:
    from wengert._see._tape import Variable, _Source


class Sent(NamedTuple):
    """What a rule has sent: a cotangent for output `out` of the variable at `place`, and how that is called."""

    place: int
    out: int
    name: str
    grad: Tensor


class ReverseStep(NamedTuple):
    """One step of the reverse sweep."""

    variable: Variable
    #: Name of the rule.
    rule: str
    #: The complete cotangent of each result of the variable; None where nothing came.
    incoming: tuple[Tensor | None, ...]
    #: What the rule sends to each input that needs it.
    outgoing: tuple[Sent, ...]

    @property
    def cotangent(self) -> Tensor | None:
        """The variable's cotangent; of several results that of the first."""
        return self.incoming[0]

    def __str__(self) -> str:
        came = ", ".join(_words.value(g) or "nothing" for g in self.incoming)
        if self.variable.is_leaf:
            return f"{self.variable.name}: {came} arrives"
        went = ", ".join(f"{_words.value(sent.grad)} for {sent.name}" for sent in self.outgoing) or "nothing"
        return f"{self.variable.name} = {self.variable.text}: {self.rule} turns {came} into {went}"


class ForwardStep(NamedTuple):
    """One step of forward mode."""

    variable: Variable
    #: Tangents of the inputs, None where one has none; of a leaf nothing.
    incoming: tuple[Tensor | None, ...]
    #: The tangent of each result; None where it has none.
    outgoing: tuple[Tensor | None, ...]

    @property
    def tangent(self) -> Tensor | None:
        """The variable's tangent; of several results that of the first."""
        return self.outgoing[0]

    def __str__(self) -> str:
        made = ", ".join(_words.value(t) or "none" for t in self.outgoing)
        return f"{self.variable.name}{'' if self.variable.is_leaf else f' = {self.variable.text}'}: tangent {made}"


def _starts(source: _Source, gradient: Any) -> dict[tuple[int, int], Tensor]:
    """The cotangents that the sweep begins with."""
    gradients = list(gradient) if isinstance(gradient, (list, tuple)) else [gradient] * len(source.roots)
    if len(gradients) != len(source.roots):
        raise ValueError(f"reverse: got {len(gradients)} gradients, wanted {len(source.roots)}, one for each result")
    found: dict[tuple[int, int], Tensor] = {}
    for key, g in zip(source.roots, gradients):
        shape, dtype = source.variable(key[0]).outputs[key[1]]
        if g is None:
            if wengert.Size(shape).numel() != 1:
                raise RuntimeError(
                    f"grad can be implicitly created only for scalar outputs: got shape {shape}; try reverse(gradient)"
                )
            g = wengert.ones(shape, dtype=dtype)
        if not isinstance(g, Tensor) or tuple(g.shape) != shape or g.dtype != dtype:
            got = f"shape {tuple(g.shape)} and {g.dtype}" if isinstance(g, Tensor) else type(g).__name__
            raise RuntimeError(f"reverse: the gradient does not fit: got {got}, wanted shape {shape} and {dtype}")
        found[key] = found[key] + g if key in found else g
    return found


def reverse(source: _Source, gradient: Any) -> Iterator[ReverseStep]:
    """Steps from the end; each rule runs when its step is asked for."""
    return _reverse(source, _starts(source, gradient))


def _reverse(source: _Source, waiting: dict[tuple[int, int], Tensor]) -> Iterator[ReverseStep]:
    for place in range(source.size - 1, -1, -1):
        variable = source.variable(place)
        incoming = tuple(waiting.pop((place, out), None) for out in range(len(variable.outputs)))
        if all(g is None for g in incoming):
            continue
        sent: list[Sent] = []
        if not variable.is_leaf:
            with wengert.no_grad():
                grads = variable.node(*incoming)
                for x, g in zip(variable.inputs, grads if isinstance(grads, tuple) else (grads,)):
                    if x.place is None or g is None:
                        continue
                    key = (x.place, x.out)
                    waiting[key] = waiting[key] + g if key in waiting else g
                    sent.append(Sent(x.place, x.out, x.name, g))
        yield ReverseStep(variable, variable.rule, incoming, tuple(sent))


def _given(source: _Source, tangents: Any) -> dict[int, Tensor]:
    """Tangents of leaves, by place."""
    found: dict[int, Tensor] = {}
    pairs = tangents.items() if isinstance(tangents, Mapping) else tangents
    for of, tangent in pairs:
        place = source.named(of) if isinstance(of, str) else None
        if isinstance(of, Tensor):
            place = source.walk.place(peel(of))
        if place is None or not source.variable(place).is_leaf:
            raise KeyError(f"forward: {of!r} is no leaf of the tape")
        wanted = source.variable(place)
        if not isinstance(tangent, Tensor) or tuple(tangent.shape) != wanted.shape or tangent.dtype != wanted.dtype:
            got = f"shape {tuple(tangent.shape)} and {tangent.dtype}" if isinstance(tangent, Tensor) else tangent
            raise RuntimeError(
                f"forward: the tangent of {wanted.name} does not fit: got {got}, wanted shape {wanted.shape} and {wanted.dtype}"
            )
        found[place] = tangent
    return found


def forward(source: _Source, tangents: Any) -> Iterator[ForwardStep]:
    """Steps from the leaves; each rule runs when its step is asked for."""
    return _forward(source, None if tangents is None else _given(source, tangents))


def _forward(source: _Source, given: dict[int, Tensor] | None) -> Iterator[ForwardStep]:
    known: dict[tuple[int, int], Tensor | None] = {}
    for place in range(source.size):
        variable = source.variable(place)
        if variable.is_leaf:
            ones = wengert.ones(variable.shape, dtype=variable.dtype) if given is None else given.get(place)
            known[place, 0] = ones
            yield ForwardStep(variable, (), (ones,))
            continue
        inputs = variable.inputs
        incoming = tuple(None if x.place is None else known[x.place, x.out] for x in inputs)
        outgoing = _pushed(variable, incoming)
        for out, t in enumerate(outgoing):
            known[place, out] = t
        yield ForwardStep(variable, incoming, outgoing)


def _pushed(variable: Variable, incoming: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
    """The tangents of a variable's results."""
    if all(t is None for t in incoming):
        return (None,) * len(variable.outputs)
    with wengert.enable_grad():
        cotangents = [wengert.ones(shape, dtype=dtype, requires_grad=True) for shape, dtype in variable.outputs]
        grads = variable.node(*cotangents)
        pairs = [
            (g, t)
            for g, t in zip(grads if isinstance(grads, tuple) else (grads,), incoming)
            if g is not None and t is not None and g.requires_grad
        ]
        if not pairs:
            return tuple(wengert.zeros(shape, dtype=dtype) for shape, dtype in variable.outputs)
        found = autograd.grad(
            [g for g, _ in pairs], cotangents, [t for _, t in pairs], allow_unused=True, retain_graph=True
        )
    return tuple(
        wengert.zeros(shape, dtype=dtype) if t is None else t.detach()
        for t, (shape, dtype) in zip(found, variable.outputs)
    )
