"""Forward and backward of large operations, gradients from None each time. Every bound is PyTorch's own time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from row import GRADIENT, Case, row, to_torch
from rows.elementwise import DTYPES, SIZE, draw

VECTOR, SQUARE = (SIZE,), (256, 256)

# name, title, function, shapes of the operands, shape of the cotangent (None: the result is a scalar)
TABLE: tuple[
    tuple[str, str, Callable[[Any], Callable[..., Any]], tuple[tuple[int, ...], ...], tuple[int, ...] | None], ...
] = (
    ("mul", "a * b", lambda lib: lambda a, b: a * b, (VECTOR, VECTOR), VECTOR),
    ("exp", "exp(a)", lambda lib: lib.m.exp, (VECTOR,), VECTOR),
    ("tanh", "tanh(a)", lambda lib: lib.m.tanh, (VECTOR,), VECTOR),
    ("sum", "sum of all", lambda lib: lambda a: a.sum(), (VECTOR,), None),
    ("matmul-256", "256 x 256 @ 256 x 256", lambda lib: lambda a, b: a @ b, (SQUARE, SQUARE), SQUARE),
)


def _declare(
    name: str,
    title: str,
    dtype: str,
    find: Callable[[Any], Callable[..., Any]],
    shapes: tuple[tuple[int, ...], ...],
    cotangent: tuple[int, ...] | None,
) -> None:
    @row(f"gradient/{dtype}/{name}", title, to_torch(1.0), libs=GRADIENT)
    def gradient(lib: Any) -> Case:
        inputs = [draw(dtype, -1, 1, *shape, seed=i) for i, shape in enumerate(shapes)]
        seed: np.ndarray | None = None if cotangent is None else draw(dtype, -1, 1, *cotangent, seed=9)
        return lib.step(find(lib), inputs, seed)


for _dtype in DTYPES:
    for _name, _title, _find, _shapes, _cotangent in TABLE:
        _declare(_name, _title, _dtype, _find, _shapes, _cotangent)
