"""Moving elements without computing: joining, transposing, picking. Every bound is PyTorch's own time."""

from __future__ import annotations

from typing import Any

import numpy as np

from row import FORWARD, Case, row, to_torch
from rows.elementwise import DTYPES, SIZE, draw


def _declare(dtype: str) -> None:
    @row(f"kernel/{dtype}/cat", "cat of two halves", to_torch(1.0), libs=FORWARD)
    def cat(lib: Any) -> Case:
        join = lib.cat
        return lib.forward(
            lambda a, b: join([a, b]), draw(dtype, -1, 1, SIZE // 2), draw(dtype, -1, 1, SIZE // 2, seed=1)
        )

    @row(
        f"kernel/{dtype}/transposed-copy",
        "contiguous copy of the transpose of 1000 x 1000",
        to_torch(1.0),
        libs=FORWARD,
    )
    def transposed_copy(lib: Any) -> Case:
        return lib.forward(lib.transposed_copy, draw(dtype, -1, 1, 1000, 1000))

    @row(f"kernel/{dtype}/index", "1e5 of 1e6 by an integer tensor", to_torch(1.0), libs=FORWARD)
    def index(lib: Any) -> Case:
        at = np.random.default_rng(5).integers(0, SIZE, 100_000)
        return lib.forward(lambda a, i: a[i], draw(dtype, -1, 1), at)

    @row(f"kernel/{dtype}/mask", "half of 1e6 by a boolean tensor", to_torch(1.0), libs=FORWARD)
    def mask(lib: Any) -> Case:
        return lib.forward(lambda a, m: a[m], draw(dtype, -1, 1), draw(dtype, -1, 1, seed=2) > 0)


for _dtype in DTYPES:
    _declare(_dtype)
