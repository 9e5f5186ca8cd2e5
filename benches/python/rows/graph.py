"""Graphs of scalars: 0-d tensors, one operation a node, as in a book on autodiff."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import numpy as np

from row import GRADIENT, Bound, Case, row, to_torch


def _scalar_graph(name: str, nodes: int, libs: tuple[str, ...], bound: Bound) -> None:
    @row(
        name, f"{nodes:.0e} nodes over 100 leaves, forward and backward".replace("e+0", "e"), bound, libs=libs, tol=1e-3
    )
    def graph(lib: Any) -> Case:
        """total += tanh(p * q + r), four nodes at a time: a long spine with short branches."""
        draw = random.Random(7)
        plan = [tuple(draw.randrange(100) for _ in range(3)) for _ in range(nodes // 4)]
        leaves = [np.float32(v) for v in np.random.default_rng(7).uniform(-1, 1, 100)]
        tanh = lib.m.tanh

        def f(*x: Any) -> Any:
            total = x[0]
            for p, q, r in plan:
                total = total + tanh(x[p] * x[q] + x[r])
            return total

        return lib.step(f, leaves)


_scalar_graph("graph/scalars-1e4", 10_000, ("wengert", "torch", "autograd"), to_torch(0.03))
_scalar_graph("graph/scalars-1e5", 100_000, ("wengert", "torch"), to_torch(0.03))


@row("graph/scalar-mlp", "MLP of scalars, 2-16-16-1, 16 points: 1e4 nodes", to_torch(0.04), libs=GRADIENT[:3], tol=1e-3)
def scalar_mlp(lib: Any) -> Case:
    sizes = (2, 16, 16, 1)
    rng = np.random.default_rng(11)
    count = sum((n + 1) * m for n, m in pairwise(sizes))
    weights = [np.float32(v) for v in rng.uniform(-0.5, 0.5, count)]
    points = [[lib.array(np.float32(v)) for v in rng.uniform(-1, 1, sizes[0])] for _ in range(16)]
    targets = [lib.array(np.float32(v)) for v in rng.uniform(-1, 1, 16)]
    tanh = lib.m.tanh

    def predict(parameters: Any, values: list[Any]) -> Any:
        for _inputs, outputs in pairwise(sizes):
            layer = []
            for _ in range(outputs):
                total = next(parameters)
                for value in values:
                    total = total + next(parameters) * value
                layer.append(tanh(total))
            values = layer
        return values[0]

    def loss(*parameters: Any) -> Any:
        total = 0.0
        for point, target in zip(points, targets):
            error = predict(iter(parameters), point) - target
            total = total + error * error
        return total

    return lib.step(loss, weights)
