"""Lines of a Wengert list as text: names, expressions, shapes, values, adjoints, places in the program. Knows no tape:
whatever has lines of this kind can be listed.
"""

from __future__ import annotations

import linecache
import os
from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple

# Longest text of a column.
_WIDEST = (24, 44, 16, 8, 26, 26, 40)
HEADS = ("", "", "shape", "dtype", "value", "adjoint", "line")


class Line(NamedTuple):
    """One line: all of it text, empty where nothing is known."""

    name: str
    text: str
    shape: str = ""
    dtype: str = ""
    value: str = ""
    adjoint: str = ""
    where: str = ""


def where(site: tuple[str, int] | None) -> str:
    """train.py:12."""
    if site is None:
        return ""
    file = site[0]
    return f"{file if file.startswith('<') else os.path.basename(file)}:{site[1]}"


def source_line(site: tuple[str, int] | None) -> str:
    """The text of a line of the program, where it can be had."""
    return "" if site is None else linecache.getline(*site).strip()


def clip(text: str, most: int) -> str:
    """A text of at most so many letters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def table(lines: Sequence[Line | str], indent: str = "  ") -> str:
    """Lines under each other in columns; a bare string is a line by itself."""
    cells = [[clip(c, most) for c, most in zip(x, _WIDEST)] for x in lines if isinstance(x, Line)]
    used = [i for i in range(len(HEADS)) if any(row[i] for row in cells)]
    heads = [HEADS[i] for i in used]
    widths = [max(len(head), *(len(row[i]) for row in cells)) for head, i in zip(heads, used)] if cells else []
    out = []
    if any(heads):
        between = ["   " if i == 1 else "  " for i in used]
        out.append(indent + "".join(f"{head:<{w}}{gap}" for head, w, gap in zip(heads, widths, between)).rstrip())
    rows = iter(cells)
    for x in lines:
        if isinstance(x, str):
            out.append(indent + x)
            continue
        row = next(rows)
        parts = []
        for i, w in zip(used, widths):
            gap = " = " if i == 0 else "  "
            parts.append(f"{row[i]:<{w}}{gap}")
        out.append(indent + "".join(parts).rstrip())
    return "\n".join(out)


_STYLE = "font-family:monospace;border-collapse:collapse;text-align:left"


def html(title: str, lines: Iterable[Line | str]) -> str:
    """The same as a table of HTML."""
    lines = list(lines)
    used = [i for i in range(len(HEADS)) if any(isinstance(x, Line) and x[i] for x in lines)]
    cell = '<td style="text-align:left;white-space:nowrap">'
    rows = []
    for x in lines:
        if isinstance(x, str):
            rows.append(f'<tr><td colspan="{max(len(used), 1)}" style="text-align:left">{escape(x)}</td></tr>')
        else:
            texts = [("= " if i == 1 else "") + x[i] for i in used]
            rows.append("<tr>" + "".join(f"{cell}{escape(text)}</td>" for text in texts) + "</tr>")
    head = "".join(f'<th style="text-align:left">{HEADS[i]}</th>' for i in used)
    return f'<div><b>{escape(title)}</b><table style="{_STYLE}"><tr>{head}</tr>{"".join(rows)}</table></div>'
