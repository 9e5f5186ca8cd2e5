"""Rows of a profile as text. Depends on nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple


class Column(NamedTuple):
    """A heading, the name to sort by, and what a cell says given a row and all of them."""

    heading: str
    name: str
    cell: Callable[[Any, Sequence[Any]], str]


def _time(us: float) -> str:
    if us >= 1e6:
        return f"{us / 1e6:.3f}s"
    return f"{us / 1e3:.3f}ms" if us >= 1e3 else f"{us:.3f}us"


def _size(count: int) -> str:
    for unit in ("b", "Kb", "Mb"):
        if abs(count) < 1024:
            return f"{count} {unit}" if unit == "b" else f"{count:.2f} {unit}"
        count /= 1024  # type: ignore[assignment]
    return f"{count:.2f} Gb"


def _share(name: str) -> Callable[[Any, Sequence[Any]], str]:
    def cell(row: Any, rows: Sequence[Any]) -> str:
        whole = sum(r.self_cpu_time_total for r in rows)
        return f"{100 * getattr(row, name) / whole:.2f}%" if whole else "--"

    return cell


def _of(name: str, show: Callable[[Any], str]) -> Callable[[Any, Sequence[Any]], str]:
    return lambda row, rows: show(getattr(row, name))


AVERAGES = (
    Column("Name", "key", _of("key", str)),
    Column("Calls", "count", _of("count", str)),
    Column("Self CPU %", "", _share("self_cpu_time_total")),
    Column("Self CPU", "self_cpu_time_total", _of("self_cpu_time_total", _time)),
    Column("CPU total", "cpu_time_total", _of("cpu_time_total", _time)),
    Column("CPU time avg", "cpu_time", _of("cpu_time", _time)),
    Column("Forward", "forward_time", _of("forward_time", _time)),
    Column("Backward", "backward_time", _of("backward_time", _time)),
    Column("CPU Mem", "cpu_memory_usage", _of("cpu_memory_usage", _size)),
)
LINES = (AVERAGES[0]._replace(heading="Line"), *AVERAGES[1:])


def text(
    rows: Sequence[Any],
    columns: tuple[Column, ...],
    sort_by: str | None,
    row_limit: int,
    width: int,
    header: str | None,
) -> str:
    """The rows in columns, with their sum of self time below."""
    if rows and not hasattr(rows[0], "count"):
        columns = tuple(c for c in columns if hasattr(rows[0], c.name))
    names = [c.name for c in columns if c.name not in ("", "key")]
    order = (sort_by or "").replace("self_cpu_memory_usage", "cpu_memory_usage")
    if sort_by is not None and order not in names:
        raise ValueError(f"table: got sort_by={sort_by!r}; wanted one of {', '.join(names)}")
    shown = sorted(rows, key=lambda row: -getattr(row, order)) if sort_by is not None else list(rows)
    if row_limit >= 0:
        shown = shown[:row_limit]
    cells = [[c.heading for c in columns], *([c.cell(row, rows) for c in columns] for row in shown)]
    for row in cells[1:]:
        if width >= 4 and len(row[0]) > width:
            row[0] = row[0][: width - 3] + "..."
    widths = [max(len(row[i]) for row in cells) for i in range(len(columns))]
    rule = "  ".join("-" * w for w in widths)
    lines = [
        "  ".join(
            cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in cells
    ]
    total = f"Self CPU time total: {_time(sum(row.self_cpu_time_total for row in rows))}"
    return "\n".join([*([header] if header else []), rule, lines[0], rule, *lines[1:], rule, total, ""])
