"""Elementwise kernels on 1e6 elements, forward, in float32 and float64. Every bound is PyTorch's own time."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

from row import FORWARD, Case, row, to_torch

SIZE = 1_000_000
DTYPES = ("f32", "f64")


@cache
def draw(dtype: str, low: float, high: float, *shape: int, seed: int = 0) -> np.ndarray:
    """Cached, for the cases are built anew in every round."""
    return np.random.default_rng(seed).uniform(low, high, shape or (SIZE,)).astype(dtype.replace("f", "float"))


# name, title, how to find the function in a library, range of each operand
TABLE: tuple[tuple[str, str, Callable[[Any], Callable[..., Any]], tuple[tuple[float, float], ...]], ...] = (
    ("add", "a + b", lambda lib: lambda a, b: a + b, ((-1, 1), (-1, 1))),
    ("mul", "a * b", lambda lib: lambda a, b: a * b, ((-1, 1), (-1, 1))),
    ("div", "a / b", lambda lib: lambda a, b: a / b, ((-1, 1), (0.5, 2))),
    ("less", "a < b", lambda lib: lambda a, b: a < b, ((-1, 1), (-1, 1))),
    ("exp", "exp(a)", lambda lib: lib.m.exp, ((-5, 5),)),
    ("log", "log(a)", lambda lib: lib.m.log, ((0.01, 10),)),
    ("tanh", "tanh(a)", lambda lib: lib.m.tanh, ((-4, 4),)),
    ("sin", "sin(a)", lambda lib: lib.m.sin, ((-6, 6),)),
    ("cos", "cos(a)", lambda lib: lib.m.cos, ((-6, 6),)),
    ("sqrt", "sqrt(a)", lambda lib: lib.m.sqrt, ((0, 10),)),
    ("abs", "abs(a)", lambda lib: lib.m.abs, ((-1, 1),)),
    ("relu", "relu(a)", lambda lib: lib.relu, ((-1, 1),)),
    ("pow", "a ** 2.0", lambda lib: lambda a: a**2.0, ((-2, 2),)),
)


def _declare(
    name: str,
    title: str,
    dtype: str,
    find: Callable[[Any], Callable[..., Any]],
    ranges: tuple[tuple[float, float], ...],
) -> None:
    @row(f"kernel/{dtype}/{name}", title, to_torch(1.0), libs=FORWARD)
    def kernel(lib: Any) -> Case:
        return lib.forward(find(lib), *(draw(dtype, *r, seed=i) for i, r in enumerate(ranges)))


def _declare_where(dtype: str) -> None:
    @row(f"kernel/{dtype}/where", "where(mask, a, b)", to_torch(1.0), libs=FORWARD)
    def where(lib: Any) -> Case:
        mask = draw(dtype, -1, 1, seed=2) > 0
        return lib.forward(lib.m.where, mask, draw(dtype, -1, 1), draw(dtype, -1, 1, seed=1))


for _dtype in DTYPES:
    for _name, _title, _find, _ranges in TABLE:
        _declare(_name, _title, _dtype, _find, _ranges)
    _declare_where(_dtype)
