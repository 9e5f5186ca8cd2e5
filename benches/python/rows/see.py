"""Looking at the tape: the first page of a long list, a picture, and what it costs to have been able to watch."""

from __future__ import annotations

import random
from typing import Any

from row import Case, at_most, row, timed


@row("see/first-page-1e6", "repr(tape(y)), a chain of 1e6 nodes", at_most(50e6), libs=("wengert",))
def first_page(lib: Any) -> Case:
    y = lib.m.ones((), requires_grad=True)
    for _ in range(1_000_000):
        y = y * 1.0
    return Case(once=timed(lambda: None, lambda _: repr(lib.m.tape(y))), rounds=7)


def _tangle(m: Any, count: int) -> Any:
    """Operations that take what was made a while before."""
    draw = random.Random(3)
    made = [m.tensor(float(i), requires_grad=True) for i in range(10)]
    for _ in range(count):
        a, b = draw.choice(made[-40:]), draw.choice(made[-40:])
        made.append(a * b if draw.random() < 0.6 else (a + b).tanh())
    return sum(made[-40:])


@row("see/draw-1000", "graph(y).to_svg(), 1,000 operations", at_most(1e9), libs=("wengert",))
def draw_picture(lib: Any) -> Case:
    y = _tangle(lib.m, 800)
    return Case(once=timed(lambda: None, lambda _: lib.m.graph(y).to_svg()), rounds=5)


@row("see/watched-1e4", "x * 1.0, watched, per operation of 1e4", libs=("wengert",))
def watched(lib: Any) -> Case:
    x = lib.m.ones(4)

    def run(_: Any) -> Any:
        with lib.m.watch() as seen:
            y = x
            for _ in range(10_000):
                y = y * 1.0
        return seen

    return Case(once=timed(lambda: None, run, per=10_000), rounds=5)
