"""A graph as text: one line an entry, results first, lines beside them that lead to what each was made from; and in the
language of Graphviz. Depends on `_entries`.
"""

from __future__ import annotations

from collections.abc import Sequence

from wengert._see._entries import Entry

_MARKS = {"leaf": "◇", "const": "□", "op": "○", "result": "●", "beyond": "…", "unrecorded": "✕"}
# More lines beside each other than this are no picture: leaves then go without.
_WIDEST = 16


def _lines(entries: Sequence[Entry], with_leaves: bool) -> tuple[list[str], int]:
    """The rows, and how many lines ran beside each other at most."""
    lanes: list[int | None] = []
    rows: list[str] = []
    widest = 0

    def lane_for(number: int, after: int) -> int:
        for i in range(after, len(lanes)):
            if lanes[i] is None:
                lanes[i] = number
                return i
        lanes.append(number)
        return len(lanes) - 1

    for number in range(len(entries) - 1, -1, -1):
        entry = entries[number]
        quiet = not with_leaves and entry.kind in ("leaf", "const", "beyond")
        own = [i for i, target in enumerate(lanes) if target == number]
        if quiet:
            continue
        lane = own[0] if own else lane_for(number, 0)
        cells = []
        for i in range(len(lanes)):
            if i == lane:
                cells.append(_MARKS[entry.kind])
            elif i in own:
                cells.append("╯" if i == own[-1] else "┴")
            elif own and lane < i < own[-1]:
                cells.append("┼" if lanes[i] is not None else "─")
            else:
                cells.append("│" if lanes[i] is not None else " ")
        joined = "".join(c + ("─" if own and lane <= i < own[-1] else " ") for i, c in enumerate(cells))
        details = "  ".join(
            part
            for part in (
                entry.title,
                " ".join(x for x in (entry.shape, entry.dtype) if x),
                f"value {entry.value}" if entry.value else "",
                f"grad {entry.grad}" if entry.grad else "",
                f"saves {entry.saved}" if entry.saved else "",
                entry.where,
            )
            if part
        )
        rows.append((joined.rstrip() + " ", details))  # type: ignore[arg-type]
        for i in own or [lane]:
            lanes[i] = None
        wanted = [n for n, _ in entry.inputs if with_leaves or entries[n].kind not in ("leaf", "const", "beyond")]
        fresh = []
        for k, n in enumerate(sorted(wanted, reverse=True)):
            if k == 0:
                lanes[lane] = n
            else:
                fresh.append(lane_for(n, lane + 1))
        if fresh:
            cells = []
            for i in range(len(lanes)):
                if i == lane:
                    cells.append("├")
                elif i in fresh:
                    cells.append("╮" if i == max(fresh) else "┬")
                elif lane < i < max(fresh):
                    cells.append("┼" if lanes[i] is not None else "─")
                else:
                    cells.append("│" if lanes[i] is not None else " ")
            branch = "".join(c + ("─" if lane <= i < max(fresh) else " ") for i, c in enumerate(cells))
            rows.append((branch.rstrip(), ""))  # type: ignore[arg-type]
        widest = max(widest, len(lanes))
        while lanes and lanes[-1] is None:
            lanes.pop()
    width = max((len(row[0]) for row in rows if row[1]), default=0)
    return [(row[0].ljust(width) + row[1]).rstrip() for row in rows], widest


def text(entries: Sequence[Entry]) -> str:
    """The graph as text."""
    rows, widest = _lines(entries, True)
    if widest > _WIDEST:
        rows, _ = _lines(entries, False)
    return "\n".join(rows)


_SHAPES = {
    "leaf": 'shape=box style="rounded,filled" fillcolor="#dcebfb"',
    "const": 'shape=box style="dashed,filled" fillcolor="#eeeeee"',
    "op": 'shape=box style="rounded,filled" fillcolor="#ffffff"',
    "result": 'shape=box style="rounded,filled" fillcolor="#fdecc8"',
    "beyond": "shape=plaintext",
    "unrecorded": 'shape=box style="dashed,filled" fillcolor="#fbdcdc"',
}


def _quoted(x: str) -> str:
    return '"' + x.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def dot(entries: Sequence[Entry], labels: Sequence[Sequence[str]]) -> str:
    """The graph in the language of Graphviz."""
    out = ["digraph tape {", '  node [fontname="monospace" fontsize=10];']
    for number, entry in enumerate(entries):
        out.append(f"  n{number} [label={_quoted(chr(10).join(labels[number]))} {_SHAPES[entry.kind]}];")
    for number, entry in enumerate(entries):
        for source, flows in entry.inputs:
            out.append(f"  n{source} -> n{number}{'' if flows else ' [style=dashed color=gray]'};")
    return "\n".join([*out, "}"]) + "\n"
