"""`graph`: the computational graph as a picture (SVG), as text, and for Graphviz. Depends on `_tape`, `_entries`, `_layout`,
`_svg` and `_text`.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from wengert._core import Tensor
from wengert._see import _entries, _listing, _svg, _text
from wengert._see._entries import Entry
from wengert._see._tape import Tape, source

# Letters of a line in a box.
_LETTERS = 46


class Graph:
    """A picture of a computational graph: `to_svg()` and `save()` draw it, `str()` writes it, `to_dot()` is for Graphviz."""

    def __init__(self, entries: Sequence[Entry], title: str, shapes: bool) -> None:
        self.entries, self.title, self._shapes = list(entries), title, shapes
        self._picture: _svg.Picture | None = None

    def __len__(self) -> int:
        return len(self.entries)

    def _labels(self, entry: Entry) -> list[str]:
        lines = [_listing.clip(entry.title, _LETTERS)]
        if self._shapes and (entry.shape or entry.dtype):
            lines.append(_listing.clip(f"{entry.shape} {entry.dtype}".strip(), _LETTERS))
        for word, text in (("value", entry.value), ("grad", entry.grad), ("saves", entry.saved)):
            if text:
                lines.append(_listing.clip(f"{word} {text}", _LETTERS))
        return lines

    @property
    def picture(self) -> _svg.Picture:
        """Boxes and arrows with their places."""
        if self._picture is None:
            self._picture = _svg.draw(self.entries, [self._labels(entry) for entry in self.entries])
        return self._picture

    def to_svg(self) -> str:
        """The picture as SVG, a string: made here, without Graphviz or a browser."""
        return _svg.write(self.picture, self.title)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the picture to a file: SVG, or by the file's ending .dot (Graphviz), .txt (text) or .html.

        Raises ValueError for another ending.

        >>> import os, tempfile
        >>> import wengert
        >>> x = wengert.ones(2, requires_grad=True)
        >>> path = os.path.join(tempfile.mkdtemp(), "graph.svg")
        >>> wengert.graph((x * 2).sum()).save(path)
        >>> os.path.getsize(path) > 500
        True
        """
        ending = os.path.splitext(os.fspath(path))[1].lower()
        if ending == ".svg":
            text = self.to_svg()
        elif ending in (".dot", ".gv"):
            text = self.to_dot()
        elif ending == ".txt":
            text = str(self) + "\n"
        elif ending in (".html", ".htm"):
            text = f'<!doctype html><meta charset="utf-8"><title>{_svg.escape(self.title)}</title>{self.to_svg()}'
        else:
            raise ValueError(f"save: got a file that ends in {ending!r}, wanted .svg, .dot, .txt or .html")
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)

    def to_dot(self) -> str:
        """The graph in the language of Graphviz.

        >>> import wengert
        >>> x = wengert.ones(2, requires_grad=True)
        >>> print(wengert.graph(x * x, shapes=False).to_dot().splitlines()[-2])
          n0 -> n1;
        """
        return _text.dot(self.entries, [self._labels(entry) for entry in self.entries])

    def __str__(self) -> str:
        return _text.text(self.entries)

    def __repr__(self) -> str:
        edges = sum(len(entry.inputs) for entry in self.entries)
        return (
            f"<{self.title}: {len(self):,} boxes, {edges:,} arrows; str() is the graph as text, save('x.svg') draws it>"
        )

    def _repr_svg_(self) -> str:
        return self.to_svg()


def graph(
    y: Any,
    *,
    params: Any = None,
    shapes: bool = True,
    values: bool = False,
    grads: bool = False,
    saved: bool = False,
    most: int = 2000,
) -> Graph:
    """A picture of the computational graph of `y`, a tensor or several: what it was computed from, leaves at the top, results
    at the bottom; drawn as SVG by the library itself (`save("graph.svg")`), or as text (`print`), or for Graphviz.

    Boxes have the names of the program's variables where it has some, as in `wengert.tape`; leaves are blue, constants
    grey, results yellow. `shapes`, `values`, `grads` (adjoints, and gradients of leaves) and `saved` (what the rule keeps)
    say what else stands in a box. Of a graph with more than `most` operations the last ones are drawn. A leaf that is used
    at far away places is drawn at each. A tape that was taken before a backward can be drawn with its adjoints:
    `wengert.graph(tape, grads=True)`; and so can what `wengert.record` has made.

    Raises TypeError for what is no tensor, RuntimeError for a tensor without a history.

    >>> import wengert
    >>> x = wengert.tensor(2.0, requires_grad=True)
    >>> y = x * x + x.sin()
    >>> print(wengert.graph(y, shapes=False))  # doctest: +ELLIPSIS
    ●   y = v1 + v2...
    ├─╮
    ○ │ v2 = sin(x)...
    │ ○ v1 = x * x...
    ◇─╯ x...
    """
    instructions = getattr(y, "instructions", None)
    if instructions is None and hasattr(y, "outputs") and not isinstance(y, (Tensor, Tape)):
        instructions = y
    if instructions is not None:
        results = [str(getattr(x, "name", x)) for x in getattr(y, "outputs", ())]
        return Graph(_entries.of_instructions(list(instructions), results), "graph", shapes)
    if most < 1:
        raise ValueError(f"graph: most counts operations; got {most}")
    if isinstance(y, Tape):
        found, title = y._source, y._title.replace("tape", "graph", 1)
    else:
        found, title = source("graph", y, params, sys._getframe(1), False)
    return Graph(_entries.of_tape(found, values, grads, saved, most), title, shapes)
