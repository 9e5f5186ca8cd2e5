"""Do the libraries compute the same thing? Asked of every row before it is timed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

TOLERANCE = {"float32": 1e-4, "float64": 1e-9}  # of the largest element; sums of a million elements differ in order


def flatten(lib: Any, value: Any) -> list[np.ndarray]:
    if isinstance(value, (list, tuple)):
        return [x for v in value for x in flatten(lib, v)]
    if isinstance(value, (int, float, bool, np.ndarray, np.generic)):
        return [np.asarray(value)]
    return [lib.numpy(value)]


def difference(got: Sequence[np.ndarray], wanted: Sequence[np.ndarray], tol: float, dtypes: bool) -> str:
    """The first difference in words, or nothing."""
    if len(got) != len(wanted):
        return f"{len(got)} results, expected {len(wanted)}"
    for i, (a, b) in enumerate(zip(got, wanted)):
        if a.shape != b.shape:
            return f"result {i} has shape {a.shape}, expected {b.shape}"
        if dtypes and a.dtype != b.dtype:
            return f"result {i} is {a.dtype}, expected {b.dtype}"
        if a.dtype.kind in "bi" and b.dtype.kind in "bi":
            if not np.array_equal(a, b):
                return f"result {i} differs in {int((a != b).sum())} of {a.size} elements"
            continue
        limit = tol or max(TOLERANCE.get(str(x.dtype), 1e-9) for x in (a, b))
        x, y = a.astype(np.float64), b.astype(np.float64)
        if not np.array_equal(np.isnan(x), np.isnan(y)):
            return f"result {i} has NaN in other places"
        scale = float(np.nanmax(np.abs(y), initial=0.0))
        worst = float(np.nanmax(np.abs(x - y), initial=0.0))
        if worst > limit * max(scale, 1e-30):
            return f"result {i} is off by {worst:.2g}, where the largest element is {scale:.2g}"
    return ""


def disagreements(values: dict[str, list[np.ndarray]], tol: float) -> dict[str, str]:
    """Against the first of PyTorch, NumPy, any other that has a value; dtypes only between wengert and PyTorch."""
    reference = next((n for n in ("torch", "numpy", *values) if n in values and n != "wengert"), "")
    out = {}
    for name, value in values.items():
        if reference and name != reference:
            dtypes = name == "wengert" and reference == "torch"
            if text := difference(value, values[reference], tol, dtypes):
                out[name] = f"disagrees with {reference}: {text}"
    return out
