"""A falling curve on a logarithmic scale: as plain text, and as a PNG where matplotlib is installed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

# Differences of numbers around 3000 in float64 are noise below this; it also keeps the logarithm defined.
FLOOR = 1e-11


def draw(values: Sequence[float], title: str, xlabel: str, width: int = 64) -> str:
    """The curve in text, a line for each power of ten; a column shows the mean of the logarithms that fall into it."""
    heights = [math.log10(max(value, FLOOR)) for value in values]
    width = min(width, len(heights))
    columns = []
    for column in range(width):
        part = heights[column * len(heights) // width : (column + 1) * len(heights) // width]
        columns.append(round(sum(part) / len(part)))
    lines = [title]
    for power in range(max(columns), min(columns) - 1, -1):
        marks = "".join("*" if at == power else " " for at in columns)
        lines.append(f"{f'1e{power}':>6} |{marks.rstrip()}")
    lines.append(" " * 7 + "+" + "-" * width)
    lines.append(" " * 8 + "0" + f"{xlabel} {len(heights)}".rjust(width - 1))
    return "\n".join(lines)


def save_png(values: Sequence[float], path: Path, title: str, xlabel: str) -> Path | None:
    """The curve as a picture; None when matplotlib is not installed."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return None
    figure = Figure(figsize=(7, 4), layout="constrained")
    axes = figure.subplots()
    axes.semilogy([max(value, FLOOR) for value in values])
    axes.set(title=title, xlabel=xlabel)
    axes.grid(alpha=0.3)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    return path
