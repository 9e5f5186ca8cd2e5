"""Moving elements without computing: joining, transposing, picking. Every bound is PyTorch's own time."""

from __future__ import annotations

from typing import Any

import numpy as np

from row import EAGER, FORWARD, Case, row, to_torch
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

    @row(f"kernel/{dtype}/sort", "sort of 1e6", to_torch(1.0), libs=EAGER)
    def sort(lib: Any) -> Case:
        return lib.forward(lambda a: a.sort()[0], draw(dtype, -1, 1))

    @row(f"kernel/{dtype}/argsort", "argsort of 1e6", to_torch(1.0), libs=EAGER)
    def argsort(lib: Any) -> Case:
        # Distinct values: the order of equal ones is nobody's promise but wengert's.
        values = np.random.default_rng(9).permutation(SIZE).astype(dtype.replace("f", "float"))
        return lib.forward(lambda a: a.argsort(), values)

    @row(f"kernel/{dtype}/topk", "the 100 largest of 1e6", to_torch(1.0), libs=EAGER)
    def topk(lib: Any) -> Case:
        return lib.forward(lambda a: a.topk(100)[0], draw(dtype, -1, 1))

    @row(f"kernel/{dtype}/masked-fill", "masked_fill of 1e6, half of it", to_torch(1.0), libs=EAGER)
    def masked_fill(lib: Any) -> Case:
        return lib.forward(lambda a, m: a.masked_fill(m, 0.0), draw(dtype, -1, 1), draw(dtype, -1, 1, seed=2) > 0)

    @row(f"kernel/{dtype}/rows", "1e4 rows of 1e4 x 100, index_select", to_torch(1.0), libs=EAGER)
    def rows(lib: Any) -> Case:
        at = np.random.default_rng(6).integers(0, 10_000, 10_000)
        return lib.forward(lambda a, i: a.index_select(0, i), draw(dtype, -1, 1, 10_000, 100), at)

    @row(f"kernel/{dtype}/gather", "gather of 1e4 x 100 along the last dimension", to_torch(1.0), libs=EAGER)
    def gather(lib: Any) -> Case:
        at = np.random.default_rng(7).integers(0, 100, (10_000, 100))
        return lib.forward(lambda a, i: a.gather(1, i), draw(dtype, -1, 1, 10_000, 100), at)

    @row(f"kernel/{dtype}/scatter-add", "scatter_add of 1e6 into 1e6", to_torch(1.1), libs=EAGER)
    def scatter_add(lib: Any) -> Case:
        at = np.random.default_rng(8).integers(0, SIZE, SIZE)
        return lib.forward(lambda a, i, s: a.scatter_add(0, i, s), draw(dtype, -1, 1), at, draw(dtype, -1, 1, seed=1))

    @row(
        f"kernel/{dtype}/index-add", "1e4 rows added into 1e4 x 100: an embedding's gradient", to_torch(1.1), libs=EAGER
    )
    def index_add(lib: Any) -> Case:
        at = np.random.default_rng(6).integers(0, 10_000, 10_000)
        source = draw(dtype, -1, 1, 10_000, 100, seed=1)
        return lib.forward(lambda a, i, s: a.index_add(0, i, s), draw(dtype, -1, 1, 10_000, 100), at, source)


for _dtype in DTYPES:
    _declare(_dtype)


@row("kernel/int64/unique", "distinct numbers among 1e6 below 1000", to_torch(1.0), libs=EAGER)
def unique(lib: Any) -> Case:
    return lib.forward(lambda a: a.unique(), np.random.default_rng(9).integers(0, 1000, SIZE))


@row("kernel/int64/sort", "sort of 1e6 integers", to_torch(1.1), libs=EAGER)
def sort_integers(lib: Any) -> Case:
    return lib.forward(lambda a: a.sort()[0], np.random.default_rng(9).integers(0, SIZE, SIZE))
