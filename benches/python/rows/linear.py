"""Products of matrices and vectors, forward. Every bound is PyTorch's own time."""

from __future__ import annotations

from typing import Any

from row import FORWARD, Case, row, to_torch
from rows.elementwise import DTYPES, draw

TABLE: tuple[tuple[str, str, tuple[int, ...], tuple[int, ...]], ...] = (
    ("matmul-64", "64 x 64 @ 64 x 64", (64, 64), (64, 64)),
    ("matmul-256", "256 x 256 @ 256 x 256", (256, 256), (256, 256)),
    ("matmul-512", "512 x 512 @ 512 x 512", (512, 512), (512, 512)),
    ("mv-1024", "1024 x 1024 @ 1024", (1024, 1024), (1024,)),
    ("bmm-64", "64 of 64 x 64 @ 64 x 64", (64, 64, 64), (64, 64, 64)),
)


def _declare(name: str, title: str, dtype: str, left: tuple[int, ...], right: tuple[int, ...]) -> None:
    @row(f"kernel/{dtype}/{name}", title, to_torch(1.0), libs=FORWARD)
    def product(lib: Any) -> Case:
        return lib.forward(lambda a, b: a @ b, draw(dtype, -1, 1, *left), draw(dtype, -1, 1, *right, seed=1))


for _dtype in DTYPES:
    for _name, _title, _left, _right in TABLE:
        _declare(_name, _title, _dtype, _left, _right)
