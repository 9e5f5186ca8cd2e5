"""Single operations on one element: what a call costs when there is nothing to compute.
A discarded result is part of it, so freeing the tensor and its node is in the figure."""

from __future__ import annotations

from typing import Any

import numpy as np

from row import EAGER, Bound, Case, at_most, row, to_numpy, to_torch

WITH_NUMPY = (*EAGER, "numpy")
A, B, C = (np.array([v], np.float32) for v in (1.5, -2.25, 0.5))


def operands(lib: Any, grad: bool, **values: np.ndarray) -> dict[str, Any]:
    return {name: lib.array(value, grad) for name, value in values.items()}


@row("small/add", "a + b, not recorded", at_most(65), libs=WITH_NUMPY)
def add(lib: Any) -> Case:
    return Case("a + b", operands(lib, False, a=A, b=B))


@row("small/mul-recorded", "a * b, recorded (NumPy: its a + b)", at_most(90), to_numpy(0.35), libs=WITH_NUMPY)
def mul_recorded(lib: Any) -> Case:
    names = operands(lib, True, a=A, b=B)
    stmt = "a + b" if lib.name == "numpy" else "a * b"
    return Case(stmt, names, result=lambda: names["a"] * names["b"])


@row("small/mul-scalar-recorded", "a * 2.0, recorded", libs=EAGER)
def mul_scalar_recorded(lib: Any) -> Case:
    return Case("a * 2.0", operands(lib, True, a=A))


def _mul_add(name: str, title: str, bound: Bound, grad: bool) -> None:
    @row(name, title, bound, libs=WITH_NUMPY)
    def mul_add(lib: Any) -> Case:
        return Case("a * b + c", operands(lib, grad, a=A, b=B, c=C))


_mul_add("small/mul-add", "a * b + c, not recorded", to_torch(0.06), grad=False)
_mul_add("small/mul-add-recorded", "a * b + c, recorded", to_torch(0.05), grad=True)


@row("small/from-list", "tensor of a list of 4 floats", to_torch(0.08), libs=WITH_NUMPY)
def from_list(lib: Any) -> Case:
    data = [1.0, 2.0, 3.0, 4.0]
    # NumPy makes float64 of it, the others float32: the values are representable in both.
    return Case("make(data)", {"make": lib.constructor(), "data": data}, result=lambda: lib.from_list(data))
