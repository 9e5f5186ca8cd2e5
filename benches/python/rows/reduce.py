"""Reductions of 1e6 elements, as a vector and along either side of 1000 x 1000. Every bound is PyTorch's own time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from row import FORWARD, Case, row, to_torch
from rows.elementwise import DTYPES, draw

VECTOR, MATRIX = (1_000_000,), (1000, 1000)

TABLE: tuple[tuple[str, str, Callable[[Any], Callable[..., Any]], tuple[int, ...]], ...] = (
    ("sum", "sum of all", lambda lib: lambda a: a.sum(), VECTOR),
    ("sum-dim0", "sum of 1000 x 1000 along 0", lambda lib: lambda a: a.sum(0), MATRIX),
    ("sum-dim1", "sum of 1000 x 1000 along 1", lambda lib: lambda a: a.sum(1), MATRIX),
    ("max", "largest of all", lambda lib: lambda a: a.max(), VECTOR),
    ("max-dim0", "largest of 1000 x 1000 along 0", lambda lib: lambda a: lib.amax(a, 0), MATRIX),
    ("max-dim1", "largest of 1000 x 1000 along 1", lambda lib: lambda a: lib.amax(a, 1), MATRIX),
    ("mean", "mean of all", lambda lib: lambda a: a.mean(), VECTOR),
    ("norm", "linalg.norm", lambda lib: lib.norm, VECTOR),
)


def _declare(
    name: str, title: str, dtype: str, find: Callable[[Any], Callable[..., Any]], shape: tuple[int, ...]
) -> None:
    @row(f"kernel/{dtype}/{name}", title, to_torch(1.0), libs=FORWARD)
    def kernel(lib: Any) -> Case:
        return lib.forward(find(lib), draw(dtype, 0, 1, *shape))


for _dtype in DTYPES:
    for _name, _title, _find, _shape in TABLE:
        _declare(_name, _title, _dtype, _find, _shape)
