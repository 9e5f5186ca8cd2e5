"""Operations along lines of 1e6 elements: softmax and its kin, moments, scans, products. Every bound is PyTorch's own time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from row import Case, row, to_torch
from rows.elementwise import DTYPES, draw

LIBS = ("wengert", "torch")
VECTOR, MATRIX = (1_000_000,), (1000, 1000)
Find = Callable[[Any], Callable[..., Any]]

FORWARD: tuple[tuple[str, str, Find, tuple[int, ...]], ...] = (
    ("softmax-dim0", "softmax of 1000 x 1000 along 0", lambda lib: lambda a: a.softmax(0), MATRIX),
    ("softmax-dim1", "softmax of 1000 x 1000 along 1", lambda lib: lambda a: a.softmax(1), MATRIX),
    ("log_softmax-dim1", "log_softmax of 1000 x 1000 along 1", lambda lib: lambda a: a.log_softmax(1), MATRIX),
    ("logsumexp-dim1", "logsumexp of 1000 x 1000 along 1", lambda lib: lambda a: a.logsumexp(1), MATRIX),
    ("layer_norm", "layer_norm of 1000 rows of 1000", lambda lib: lambda a: lib.m.layer_norm(a, (1000,)), MATRIX),
    ("var", "variance of all", lambda lib: lambda a: a.var(), VECTOR),
    ("var-dim0", "variance of 1000 x 1000 along 0", lambda lib: lambda a: a.var(0), MATRIX),
    ("var-dim1", "variance of 1000 x 1000 along 1", lambda lib: lambda a: a.var(1), MATRIX),
    ("prod", "product of all", lambda lib: lambda a: a.prod(), VECTOR),
    ("cumsum", "running sum of all", lambda lib: lambda a: a.cumsum(0), VECTOR),
    ("cumsum-dim0", "running sum of 1000 x 1000 along 0", lambda lib: lambda a: a.cumsum(0), MATRIX),
    ("cumsum-dim1", "running sum of 1000 x 1000 along 1", lambda lib: lambda a: a.cumsum(1), MATRIX),
    ("cumprod-dim1", "running product of 1000 x 1000 along 1", lambda lib: lambda a: a.cumprod(1), MATRIX),
    ("any", "any of all", lambda lib: lambda a: a.any(), VECTOR),
    ("all-dim1", "all of 1000 x 1000 along 1", lambda lib: lambda a: a.all(1), MATRIX),
    ("amin-dim0", "smallest of 1000 x 1000 along 0", lambda lib: lambda a: a.amin(0), MATRIX),
    ("argmin-dim1", "index of the smallest of 1000 x 1000 along 1", lambda lib: lambda a: a.argmin(1), MATRIX),
)

GRADIENT: tuple[tuple[str, str, Find], ...] = (
    ("softmax-dim0", "softmax of 1000 x 1000 along 0", lambda lib: lambda a: a.softmax(0)),
    ("softmax-dim1", "softmax of 1000 x 1000 along 1", lambda lib: lambda a: a.softmax(1)),
    ("log_softmax-dim1", "log_softmax of 1000 x 1000 along 1", lambda lib: lambda a: a.log_softmax(1)),
    ("layer_norm", "layer_norm of 1000 rows of 1000", lambda lib: lambda a: lib.m.layer_norm(a, (1000,))),
    ("cumsum-dim1", "running sum of 1000 x 1000 along 1", lambda lib: lambda a: a.cumsum(1)),
)


def _forward(name: str, title: str, dtype: str, find: Find, shape: tuple[int, ...]) -> None:
    @row(f"kernel/{dtype}/{name}", title, to_torch(1.0), libs=LIBS)
    def kernel(lib: Any) -> Case:
        return lib.forward(find(lib), draw(dtype, 0.9, 1.1, *shape))


def _gradient(name: str, title: str, dtype: str, find: Find) -> None:
    @row(f"gradient/{dtype}/{name}", title, to_torch(1.0), libs=LIBS)
    def gradient(lib: Any) -> Case:
        return lib.step(find(lib), [draw(dtype, -1, 1, *MATRIX)], draw(dtype, -1, 1, *MATRIX, seed=9))


def _cross_entropy(dtype: str) -> None:
    @row(f"gradient/{dtype}/cross_entropy", "cross entropy of 1000 x 1000", to_torch(1.0), libs=LIBS)
    def gradient(lib: Any) -> Case:
        target = lib.array(np.random.default_rng(5).integers(0, 1000, 1000))
        loss = lib.m.nn.functional.cross_entropy
        return lib.step(lambda a: loss(a, target), [draw(dtype, -1, 1, *MATRIX)])


for _dtype in DTYPES:
    for _name, _title, _find, _shape in FORWARD:
        _forward(_name, _title, _dtype, _find, _shape)
    for _name, _title, _find in GRADIENT:
        _gradient(_name, _title, _dtype, _find)
    _cross_entropy(_dtype)
