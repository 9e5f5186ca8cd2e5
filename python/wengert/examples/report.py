"""How an example ends: its checks, where its picture lies, and whether all is well. Depends on the demo's checks."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from wengert.demo.check import Check, table


def columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in text: the first column to the left, the others to the right."""
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = []
    for row in [head, *rows]:
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def finish(checks: Sequence[Check], out: Path | None, name: str, save: Callable[[Path], Path | None]) -> bool:
    """Print the checks and where the picture is; True when every check passed.

    `save` writes the picture to the path that it is given; `out` is its folder, by default a temporary one.
    """
    print("\n" + table(list(checks)))
    folder = Path(tempfile.mkdtemp(prefix="wengert-")) if out is None else out
    picture = save(folder / f"{name}.png")
    print(f"\nThe picture: {picture}" if picture else "\nNo picture: matplotlib is not installed.")
    failed = [check.name for check in checks if not check.passed]
    print("FAILED: " + ", ".join(failed) if failed else f"All {len(checks)} checks passed.")
    return not failed
