"""What a row of the benchmark is: a name, a recipe parametrised by the library, and the bounds it has to keep.
Depends on nothing but the standard library."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from fnmatch import fnmatch
from time import perf_counter_ns
from typing import Any, TypeVar

EAGER = ("wengert", "torch")  # libraries whose tape records single operations
FORWARD = ("wengert", "torch", "numpy", "jax")  # HIPS autograd computes values with NumPy
ALL = ("wengert", "torch", "numpy", "autograd", "jax")
GRADIENT = ("wengert", "torch", "autograd", "jax")


@dataclass
class Case:
    """What one library does in one row. Give `stmt` (timed in a compiled loop, so that no call is added to an operation
    of 50 ns) or `once` (takes one sample itself and returns it in the row's unit)."""

    stmt: str = ""
    names: dict[str, Any] = field(default_factory=dict)
    once: Callable[[], float] | None = None
    result: Callable[[], Any] | None = None  # what is compared between libraries; the default is the value of `stmt`
    rounds: int = 0  # 0: as many as the effort asks for and the budget allows

    def value(self) -> Any:
        if self.result is not None:
            return self.result()
        return eval(self.stmt, dict(self.names)) if self.stmt else None


@dataclass(frozen=True)
class Bound:
    """wengert's median is at most `limit`, in the row's unit, or times the median of the library `of`."""

    limit: float
    of: str = ""


def at_most(limit: float) -> Bound:
    return Bound(limit)


def to_torch(limit: float) -> Bound:
    return Bound(limit, "torch")


def to_numpy(limit: float) -> Bound:
    return Bound(limit, "numpy")


@dataclass
class Row:
    name: str
    title: str
    make: Callable[[Any], Case | None]  # None: nothing to measure
    bounds: tuple[Bound, ...] = ()
    libs: tuple[str, ...] = ALL
    unit: str = "ns"  # or "B"
    tol: float = 0.0  # 0: by the dtype of the result
    deep: bool = False  # only with --deep

    @property
    def family(self) -> str:
        return self.name.rsplit("/", 1)[0]


Make = TypeVar("Make", bound=Callable[[Any], "Case | None"])
ROWS: list[Row] = []


def row(name: str, title: str, *bounds: Bound, **options: Any) -> Callable[[Make], Make]:
    """Declares the row `name`; the function below it makes a library's Case."""

    def declare(make: Make) -> Make:
        assert all(r.name != name for r in ROWS), f"two rows are named {name}"
        ROWS.append(Row(name, title, make, bounds, **options))
        return make

    return declare


def timed(prepare: Callable[[], Any], run: Callable[[Any], Any], per: int = 1) -> Callable[[], float]:
    """A `once` that times `run(prepare())` without the preparation, in ns, divided by `per`."""

    def once() -> float:
        state = prepare()
        start = perf_counter_ns()
        kept = run(state)
        elapsed = perf_counter_ns() - start
        del state, kept
        return elapsed / per

    return once


def select(pattern: str, deep: bool) -> list[Row]:
    """Rows whose name matches one of the comma-separated wildcards, or contains one of them; families together."""
    wanted = [p for p in pattern.split(",") if p]

    def matches(name: str) -> bool:
        return not wanted or any(fnmatch(name, p) or p in name for p in wanted)

    families = list(dict.fromkeys(r.family for r in ROWS))
    found = [r for r in ROWS if matches(r.name) and (deep or not r.deep)]
    return sorted(found, key=lambda r: families.index(r.family))
