"""Lines on logarithmic axes: as plain text, and as a PNG where matplotlib is installed."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARKS = "o+x#*@"


@dataclass(frozen=True)
class Line:
    """Positive numbers `y` at positive places `x`."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True)
class Panel:
    """Lines that share two logarithmic axes."""

    title: str
    xlabel: str
    ylabel: str
    lines: Sequence[Line]


def draw(panel: Panel, width: int = 56, height: int = 12) -> str:
    """The panel in text. Where lines meet the later one is seen."""
    xs = [math.log(x) for line in panel.lines for x in line.x]
    ys = [math.log(y) for line in panel.lines for y in line.y]
    rows = [[" "] * width for _ in range(height)]
    for mark, line in zip(MARKS, panel.lines):
        for x, y in zip(line.x, line.y):
            row = _place(math.log(y), min(ys), max(ys), height)
            rows[height - 1 - row][_place(math.log(x), min(xs), max(xs), width)] = mark
    top, bottom = f"{math.exp(max(ys)):.3g}", f"{math.exp(min(ys)):.3g}"
    sides = [top, *[""] * (height - 2), bottom]
    lines = [panel.title, f"{panel.ylabel}, both axes logarithmic"]
    lines += [f"{side:>9} |{''.join(row).rstrip()}" for side, row in zip(sides, rows)]
    lines.append(" " * 10 + "+" + "-" * width)
    first, last = f"{math.exp(min(xs)):.3g}", f"{panel.xlabel} {math.exp(max(xs)):.3g}"
    lines.append(" " * 11 + first + last.rjust(width - len(first)))
    lines.append(" " * 11 + "   ".join(f"{mark} {line.name}" for mark, line in zip(MARKS, panel.lines)))
    return "\n".join(lines)


def _place(value: float, low: float, high: float, size: int) -> int:
    return round((value - low) / (high - low) * (size - 1)) if high > low else 0


def fill(axes: Any, panel: Panel) -> None:
    """The panel on axes of matplotlib."""
    for line in panel.lines:
        axes.loglog(line.x, line.y, marker="o", markersize=4, label=line.name)
    places = sorted({x for line in panel.lines for x in line.x})
    axes.set_xticks(places, [f"{x:g}" for x in places])
    axes.set_xticks([], minor=True)
    axes.set(title=panel.title, xlabel=panel.xlabel, ylabel=panel.ylabel)
    axes.grid(alpha=0.3, which="both")
    axes.legend()


def save(
    path: Path, count: int, paint: Callable[[Sequence[Any]], None], width: float = 5.5, height: float = 4
) -> Path | None:
    """A picture of `count` axes side by side that `paint` fills; None when matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(width * count, height), layout="constrained")
    paint(figure.subplots(1, count, squeeze=False)[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    return path


def save_panels(path: Path, panels: Sequence[Panel]) -> Path | None:
    """A picture of panels side by side; None when matplotlib is not installed."""

    def paint(axes: Sequence[Any]) -> None:
        for one, panel in zip(axes, panels):
            fill(one, panel)

    return save(path, len(panels), paint)
