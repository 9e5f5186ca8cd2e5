"""A picture of entries as SVG. Boxes are as wide as their text is by the metrics assumed here: a monospaced font's letters
are at most 0.61 of its size wide. Depends on `_entries` and `_layout`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape as _escape

from wengert._see import _layout
from wengert._see._entries import Entry

SIZE, LINE = 12.0, 16.0
LETTER = 0.61 * SIZE
PAD_X, PAD_Y = 10.0, 6.0
#: A leaf that is used in layers further apart than this is drawn again.
REACH = 2
_FILLS = {
    "leaf": ("#dcebfb", "#3b7dc4"), "const": ("#efefef", "#999999"), "op": ("#ffffff", "#8a8f98"), "result": ("#fdecc8", "#c98a1b"),
    "beyond": ("#f8f8f8", "#bbbbbb"), "unrecorded": ("#fde3e1", "#d0443c"),
}  # fmt: skip
_LEGEND = {
    "leaf": "leaf", "const": "constant", "op": "operation", "result": "result", "beyond": "more above", "unrecorded": "not recorded",
}  # fmt: skip
_DASHED = ("const", "beyond", "unrecorded")


def escape(text: str) -> str:
    """Text as it stands in SVG and HTML."""
    return _escape("".join(c if c >= " " else " " for c in text))


@dataclass
class Box:
    """A box: its entry, lines of text, and its middle and size."""

    entry: Entry
    lines: list[str]
    x: float
    y: float
    width: float
    height: float


@dataclass
class Arrow:
    """An arrow from one box to another through points; dashed where no derivative goes that way."""

    tail: int
    head: int
    flows: bool
    points: list[tuple[float, float]]


@dataclass
class Picture:
    """What is drawn, and how large it is."""

    boxes: list[Box]
    arrows: list[Arrow]
    width: float
    height: float


def width_of(text: str) -> float:
    """How wide a line is; letters of East Asian scripts and signs count double."""
    return sum(LETTER * (2 if ord(c) > 0x2E7F else 1) for c in text)


def _sources(entries: Sequence[Entry]) -> list[bool]:
    return [entry.kind in ("leaf", "const", "beyond") and not entry.inputs for entry in entries]


def _spread(entries: Sequence[Entry]) -> tuple[list[int], list[tuple[int, int, bool]], list[int]]:
    """Which entry each box shows (a source that is used far apart has several), arrows, and layers."""
    source = _sources(entries)
    arrows = [(tail, head, flows) for head, entry in enumerate(entries) for tail, flows in entry.inputs]
    layer = _layout.layers_of(len(entries), [(tail, head) for tail, head, _ in arrows], source)
    uses: dict[int, list[tuple[int, bool]]] = {}
    for tail, head, flows in arrows:
        if source[tail]:
            uses.setdefault(tail, []).append((head, flows))
    shown: list[int] = []
    layers: list[int] = []
    box_of: dict[int, int] = {}
    drawn: list[tuple[int, int, bool]] = []
    extra: list[tuple[int, int, bool]] = []
    for number in range(len(entries)):
        if not source[number] or number not in uses:
            box_of[number] = len(shown)
            shown.append(number)
            layers.append(layer[number])
            continue
        last = None
        for head, flows in sorted(uses[number], key=lambda use: layer[use[0]]):
            if last is None or layer[head] - 1 - last > REACH:
                last = layer[head] - 1
                shown.append(number)
                layers.append(last)
            extra.append((len(shown) - 1, head, flows))
    for tail, head, flows in arrows:
        if not source[tail]:
            drawn.append((box_of[tail], box_of[head], flows))
    drawn += [(box, box_of[head], flows) for box, head, flows in extra]
    low = min(layers, default=0)
    return shown, drawn, [at - low for at in layers]


def draw(entries: Sequence[Entry], labels: Sequence[list[str]]) -> Picture:
    """Places boxes and arrows."""
    shown, arrows, layers = _spread(entries)
    source = _sources(entries)
    sizes = []
    for number in shown:
        lines = labels[number]
        sizes.append((max(width_of(line) for line in lines) + 2 * PAD_X, len(lines) * LINE + 2 * PAD_Y))
    placed = _layout.arrange(sizes, [(tail, head) for tail, head, _ in arrows], layers, [source[n] for n in shown])
    boxes = [
        Box(entries[number], labels[number], x, y, *size) for number, (x, y), size in zip(shown, placed.centres, sizes)
    ]
    drawn = [Arrow(tail, head, flows, route) for (tail, head, flows), route in zip(arrows, placed.routes)]
    return Picture(boxes, drawn, placed.width, placed.height)


def _path(points: Sequence[tuple[float, float]]) -> str:
    """A line that leaves and arrives vertically, and turns smoothly; right angles between columns."""
    (x, y), *rest = points
    out = [f"M{x:.1f},{y:.1f}"]
    for px, py in rest:
        if px == x or py == y or py < y:
            out.append(f"L{px:.1f},{py:.1f}")
        else:
            middle = (y + py) / 2
            out.append(f"C{x:.1f},{middle:.1f} {px:.1f},{middle:.1f} {px:.1f},{py:.1f}")
        x, y = px, py
    return "".join(out)


def write(picture: Picture, title: str) -> str:
    """The picture as SVG."""
    kinds = [kind for kind in _LEGEND if any(box.entry.kind == kind for box in picture.boxes)]
    head = 30.0
    legend, at = [], 12.0
    for kind in kinds:
        fill, stroke = _FILLS[kind]
        dash = ' stroke-dasharray="4 3"' if kind in _DASHED else ""
        legend.append(
            f'<rect x="{at:.0f}" y="9" width="14" height="12" rx="3" fill="{fill}" stroke="{stroke}"{dash}/>'
            f'<text x="{at + 19:.0f}" y="19" fill="#555555">{_LEGEND[kind]}</text>'
        )
        at += 19 + width_of(_LEGEND[kind]) + 16
    width, height = max(picture.width, at), picture.height + head
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" '
        f'font-size="{SIZE:.0f}" role="img">',
        f"<title>{escape(title)}</title>",
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0,0L8,4L0,8z" fill="#6b7280"/></marker></defs>',
        f'<rect width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>',
        *legend,
        f'<g transform="translate(0 {head:.0f})">',
        '<g fill="none" stroke="#6b7280" stroke-width="1.2" marker-end="url(#tip)">',
    ]
    for arrow in picture.arrows:
        tail = picture.boxes[arrow.tail].entry.kind
        style = ""
        if not arrow.flows:
            color = "#d0443c" if tail not in ("const", "beyond") else "#b0b4ba"
            style = f' stroke="{color}" stroke-dasharray="5 4"'
        out.append(f'<path d="{_path(arrow.points)}"{style} marker-end="url(#tip)"/>')
    out.append("</g>")
    for box in picture.boxes:
        fill, stroke = _FILLS[box.entry.kind]
        dash = ' stroke-dasharray="4 3"' if box.entry.kind in _DASHED else ""
        left, top = box.x - box.width / 2, box.y - box.height / 2
        said = [box.entry.title, box.entry.rule, f"{box.entry.shape} {box.entry.dtype}".strip(), box.entry.where]
        tip = escape(" | ".join(part for part in said if part))
        out.append(
            f'<g><title>{tip}</title><rect x="{left:.1f}" y="{top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}" '
            f'rx="6" fill="{fill}" stroke="{stroke}"{dash}/>'
        )
        for i, line in enumerate(box.lines):
            y = top + PAD_Y + i * LINE + 12
            weight = ' font-weight="bold"' if i == 0 and box.entry.kind in ("leaf", "result") else ""
            color = "#111111" if i == 0 else "#666666"
            out.append(
                f'<text x="{box.x:.1f}" y="{y:.1f}" text-anchor="middle" fill="{color}"{weight}>{escape(line)}</text>'
            )
        out.append("</g>")
    return "\n".join([*out, "</g></svg>"]) + "\n"
