"""Chains: y = y * w again and again. Short ones show the cost of a call, long ones the cost of a node, its memory,
and whether depth is a limit."""

from __future__ import annotations

from typing import Any

import numpy as np

import probe
from row import ALL, EAGER, GRADIENT, Bound, Case, at_most, row, timed, to_torch


def _ten(name: str, size: int, bound: Bound) -> None:
    @row(name, f"10 operations, forward and backward, size {size}", bound, libs=GRADIENT)
    def ten(lib: Any) -> Case:
        tanh, sin, exp = lib.m.tanh, lib.m.sin, lib.m.exp

        def f(x: Any, w: Any, b: Any) -> Any:
            y = x * w
            y = y + b
            y = tanh(y)
            y = y * w
            y = y - b
            y = sin(y)
            y = y * y
            y = y + b
            y = exp(y)
            return y / w

        x, w, b = (np.linspace(low, low + 0.5, size, dtype=np.float32) for low in (0.3, 0.8, -0.4))
        return lib.step(f, [x, w, b], None if size == 1 else np.ones(size, np.float32))


_ten("chain/10-ops-size-1", 1, to_torch(0.03))
_ten("chain/10-ops-size-16", 16, to_torch(0.05))


def gradient_of(lib: Any, nodes: int) -> list[Any]:
    """What a chain of `nodes` gives: d/dx, compared between libraries at a length that each of them bears."""
    return [lib.numpy(probe.reverse(lib.m, nodes))]


@row("chain/reverse-step", "backward of a chain of 1e5, a node", at_most(60), libs=EAGER, tol=1e-3)
def reverse_step(lib: Any) -> Case:
    nodes = 100_000
    once = timed(lambda: probe.chain(lib.m, nodes), lambda state: state[-1].backward(), per=nodes)
    return Case(once=once, result=lambda: gradient_of(lib, nodes))


@row("chain/1e6", "1e6 operations: forward, backward, free", to_torch(0.03), libs=EAGER, tol=1e-3)
def million(lib: Any) -> Case:
    def whole(_: None) -> None:
        x, w, y = probe.chain(lib.m, 1_000_000)
        y.backward()
        del x, w, y

    return Case(once=timed(lambda: None, whole), result=lambda: gradient_of(lib, 10_000))


@row("chain/1e6-free", "freeing 1e6 operations never gone back", at_most(50e6), libs=EAGER)
def million_free(lib: Any) -> Case:
    # list.clear() drops the last reference to the chain's end, and returns when all of it is freed.
    return Case(once=timed(lambda: [[probe.chain(lib.m, 1_000_000)[2]]], lambda box: box[0].clear()))


@row("chain/memory", "bytes a node that keeps its value", at_most(176), libs=EAGER, unit="B")
def memory(lib: Any) -> Case:
    return Case(once=lambda: probe.ask("memory", lib, 1_000_000)["value"], rounds=3)


@row("chain/1e7-small-stack", "1e7 operations on a 256 KiB stack", libs=ALL[:1], deep=True)
def deep(lib: Any) -> Case:
    return Case(once=lambda: probe.ask("deep", lib, 10_000_000)["value"], rounds=1)
