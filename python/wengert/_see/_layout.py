"""Where the boxes of a picture stand: layers, an order in each that crosses few arrows, places that keep arrows straight, and
columns where a picture would be much taller than wide. Knows nothing of tapes; plain Python, near linear in what is drawn.
(Sugiyama's scheme; places by least squares under the order, which pooling adjacent violators solves exactly.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

GAP_X, GAP_Y = 26.0, 34.0
#: Between columns, and room for one line that goes from a column to the next.
COLUMN_GAP, TRACK = 60.0, 7.0
MARGIN = 24.0
# What sources weigh when boxes are placed: they stand beside a line of operations and do not bend it.
_LIGHT = 0.002
# Sweeps of ordering and of placing.
_ORDERINGS, _PLACINGS = 6, 6


@dataclass
class Placed:
    """A layout: the middle of each box, the points that each arrow goes through, and the size of it all."""

    centres: list[tuple[float, float]]
    routes: list[list[tuple[float, float]]]
    width: float
    height: float
    layers: list[int] = field(default_factory=list)


def layers_of(count: int, arrows: Sequence[tuple[int, int]], sources: Sequence[bool]) -> list[int]:
    """The layer of each box: below all that point to it, and near what it points to where that makes arrows no longer; a
    source stands just above the first it points to. Arrows go from lower numbers to higher ones.
    """
    layer = [0] * count
    into: list[list[int]] = [[] for _ in range(count)]
    out_of: list[list[int]] = [[] for _ in range(count)]
    for tail, head in arrows:
        into[head].append(tail)
        out_of[tail].append(head)
    for box in range(count):
        layer[box] = max((layer[tail] + 1 for tail in into[box]), default=0)
    for box in range(count - 1, -1, -1):
        held = sum(not sources[tail] for tail in into[box])
        if out_of[box] and held <= len(out_of[box]):
            layer[box] = min(layer[head] for head in out_of[box]) - 1
    return layer


class _Grid:
    """Boxes and the bends of arrows that pass layers, each with its neighbours above and below."""

    def __init__(
        self,
        sizes: Sequence[tuple[float, float]],
        arrows: Sequence[tuple[int, int]],
        layer: list[int],
        sources: Sequence[bool],
    ) -> None:
        self.weight = _weights(arrows, sources)
        self.width = [w for w, _ in sizes]
        self.layer = list(layer)
        self.above: list[list[int]] = [[] for _ in sizes]
        self.below: list[list[int]] = [[] for _ in sizes]
        self.chains: list[list[int]] = []
        for tail, head in arrows:
            chain = [tail]
            for between in range(layer[tail] + 1, layer[head]):
                chain.append(len(self.width))
                self.width.append(2.0)
                self.weight.append(self.weight[tail])
                self.layer.append(between)
                self.above.append([])
                self.below.append([])
            chain.append(head)
            for upper, lower in zip(chain, chain[1:]):
                self.below[upper].append(lower)
                self.above[lower].append(upper)
            self.chains.append(chain)
        self.rows: list[list[int]] = [[] for _ in range(max(self.layer, default=-1) + 1)]
        for at, row in enumerate(self.layer):
            self.rows[row].append(at)
        self._follow()

    def _follow(self) -> None:
        """The first order: depth first from the bottom, which keeps what belongs together."""
        rank = [-1] * len(self.width)
        count = 0
        for start in sorted(
            (at for at in range(len(self.width)) if not self.below[at]), key=lambda at: -self.layer[at]
        ):
            stack = [start]
            while stack:
                at = stack.pop()
                if rank[at] >= 0:
                    continue
                rank[at] = count
                count += 1
                stack.extend(reversed(self.above[at]))
        for row in self.rows:
            row.sort(key=lambda at: rank[at])

    def crossings(self) -> int:
        """How many pairs of arrows cross between neighbouring layers."""
        total = 0
        for upper, lower in zip(self.rows, self.rows[1:]):
            place = {at: i for i, at in enumerate(lower)}
            ends = [place[low] for at in upper for low in sorted(self.below[at], key=place.__getitem__)]
            tree = [0] * (len(lower) + 1)
            for seen, end in enumerate(ends):
                i, before = end + 1, 0
                while i:
                    before += tree[i]
                    i -= i & -i
                total += seen - before
                i = end + 1
                while i < len(tree):
                    tree[i] += 1
                    i += i & -i
        return total

    def order(self) -> None:
        """Puts each layer in the order of the middles of its neighbours, down and up, and keeps the best that was met."""
        best, fewest = [list(row) for row in self.rows], self.crossings()
        for sweep in range(_ORDERINGS):
            if fewest == 0:
                return
            down = sweep % 2 == 0
            beside = self.above if down else self.below
            rows = range(1, len(self.rows)) if down else range(len(self.rows) - 2, -1, -1)
            for r in rows:
                place = {at: i for i, at in enumerate(self.rows[r - 1 if down else r + 1])}
                own = {at: i for i, at in enumerate(self.rows[r])}
                key = {
                    at: sum(place[n] for n in beside[at]) / len(beside[at]) if beside[at] else float(own[at])
                    for at in self.rows[r]
                }
                self.rows[r].sort(key=lambda at, key=key, own=own: (key[at], own[at]))  # type: ignore[misc]
            met = self.crossings()
            if met < fewest:
                best, fewest = [list(row) for row in self.rows], met
        self.rows = best

    def place(self) -> list[float]:
        """Where each stands from left to right: near its neighbours, in the order, without overlaps."""
        x = [0.0] * len(self.width)
        for row in self.rows:
            at = 0.0
            for b in row:
                x[b] = at + self.width[b] / 2
                at += self.width[b] + GAP_X
            for b in row:
                x[b] -= at / 2
        for sweep in range(_PLACINGS):
            down = sweep % 2 == 0
            for r in range(len(self.rows)) if down else range(len(self.rows) - 1, -1, -1):
                row = self.rows[r]
                wanted = []
                for b in row:
                    first, second = (self.above[b], self.below[b]) if down else (self.below[b], self.above[b])
                    near = first or second if sweep < _PLACINGS - 2 else first + second
                    heavy = sum(self.weight[n] for n in near)
                    wanted.append(sum(x[n] * self.weight[n] for n in near) / heavy if near else x[b])
                widths, weights = [self.width[b] for b in row], [self.weight[b] for b in row]
                for b, at in zip(row, _apart(wanted, widths, weights)):
                    x[b] = at
        return x


def _weights(arrows: Sequence[tuple[int, int]], sources: Sequence[bool]) -> list[float]:
    """What boxes weigh when they are placed: the more the longer the line of operations that ends in them, so that a line
    stays straight and what joins it stands beside it.
    """
    depth = [0] * len(sources)
    for tail, head in sorted(arrows, key=lambda arrow: arrow[1]):
        if not sources[tail]:
            depth[head] = max(depth[head], depth[tail] + 1)
    return [_LIGHT if light else (1.0 + d) ** 2 for light, d in zip(sources, depth)]


def _apart(wanted: list[float], widths: list[float], weights: list[float]) -> list[float]:
    """The places nearest to the wanted ones (in weighted squares) at which neighbours do not overlap."""
    shift = [0.0]
    for left, right in zip(widths, widths[1:]):
        shift.append(shift[-1] + (left + right) / 2 + GAP_X)
    groups: list[tuple[float, float, int]] = []  # weighted sum, weight, how many
    for w, s, weight in zip(wanted, shift, weights):
        group = ((w - s) * weight, weight, 1)
        while groups and groups[-1][0] * group[1] > group[0] * groups[-1][1]:
            total, heavy, count = groups.pop()
            group = (group[0] + total, group[1] + heavy, group[2] + count)
        groups.append(group)
    out: list[float] = []
    for total, heavy, count in groups:
        out.extend([total / heavy] * count)
    return [at + s for at, s in zip(out, shift)]


def _columns(heights: list[float], widths: list[float]) -> list[int]:
    """The first layer of each column: one column, unless the picture would be much taller than wide."""
    total = sum(h + GAP_Y for h in heights)
    wide = max(widths, default=1.0) + COLUMN_GAP
    count = max(1, round((total / wide / 1.3) ** 0.5)) if total > 3 * wide and total > 2000 else 1
    starts, filled = [0], 0.0
    for r, h in enumerate(heights):
        if filled > total / count and r > starts[-1]:
            starts.append(r)
            filled = 0.0
        filled += h + GAP_Y
    return starts


def arrange(
    sizes: Sequence[tuple[float, float]], arrows: Sequence[tuple[int, int]], layer: list[int], sources: Sequence[bool]
) -> Placed:
    """Places boxes of these sizes; arrows go from lower layers to higher ones, which is downwards."""
    if not sizes:
        return Placed([], [], 2 * MARGIN, 2 * MARGIN)
    grid = _Grid(sizes, arrows, layer, sources)
    grid.order()
    x = grid.place()
    heights = [max((sizes[b][1] for b in row if b < len(sizes)), default=0.0) for row in grid.rows]
    left = [min(x[b] - grid.width[b] / 2 for b in row) for row in grid.rows]
    right = [max(x[b] + grid.width[b] / 2 for b in row) for row in grid.rows]
    starts = _columns(heights, [high - low for low, high in zip(left, right)])
    column = [0] * len(grid.rows)
    for c, start in enumerate(starts):
        end = starts[c + 1] if c + 1 < len(starts) else len(grid.rows)
        column[start:end] = [c] * (end - start)
    # Lines that go from one column to the next, each on a track of its own.
    passing: list[list[tuple[int, int]]] = [[] for _ in starts]
    for chain in grid.chains:
        for upper, lower in zip(chain, chain[1:]):
            if column[grid.layer[upper]] != column[grid.layer[lower]]:
                passing[column[grid.layer[upper]]].append((upper, lower))
    track: dict[tuple[int, int], int] = {}
    for found in passing:
        for i, pair in enumerate(sorted(set(found), key=lambda p: x[p[0]])):
            track[pair] = i
    most = max((len(set(found)) for found in passing), default=0)
    head_room = MARGIN + (most + 1) * TRACK if len(starts) > 1 else MARGIN
    shift, top, at = [0.0] * len(starts), [0.0] * len(grid.rows), MARGIN
    bottom = 0.0
    channel = [0.0] * len(starts)
    for c in range(len(starts)):
        rows = [r for r in range(len(grid.rows)) if column[r] == c]
        low, high = min(left[r] for r in rows), max(right[r] for r in rows)
        shift[c] = at - low
        at += high - low
        channel[c] = at + COLUMN_GAP / 2
        at += COLUMN_GAP + len(set(passing[c])) * TRACK if c + 1 < len(starts) else 0.0
        y = head_room
        for r in rows:
            top[r] = y
            y += heights[r] + GAP_Y
        bottom = max(bottom, y - GAP_Y)

    def passing_by(b: int) -> list[tuple[float, float]]:
        """Straight down through the layer of `b`, between its boxes: turns are for the room between layers."""
        r = grid.layer[b]
        across = x[b] + shift[column[r]]
        return [(across, top[r]), (across, top[r] + heights[r])]

    def middle(b: int) -> tuple[float, float]:
        r = grid.layer[b]
        return x[b] + shift[column[r]], top[r] + heights[r] / 2

    routes = []
    for chain in grid.chains:
        tail, head = chain[0], chain[-1]
        (x0, y0), (x1, y1) = middle(tail), middle(head)
        route = [(x0, y0 + sizes[tail][1] / 2), passing_by(tail)[1]]
        for upper, lower in zip(chain, chain[1:]):
            if (upper, lower) in track:
                k = track[upper, lower] + 1
                line = channel[column[grid.layer[upper]]] + k * TRACK
                floor, roof = bottom + k * TRACK, head_room - k * TRACK
                route += [(route[-1][0], floor), (line, floor), (line, roof), (middle(lower)[0], roof)]
            route += passing_by(lower) if lower != head else passing_by(head)[:1]
        route.append((x1, y1 - sizes[head][1] / 2))
        routes.append([at for i, at in enumerate(route) if i == 0 or at != route[i - 1]])
    height = bottom + MARGIN + ((most + 1) * TRACK if len(starts) > 1 else 0.0)
    return Placed([middle(b) for b in range(len(sizes))], routes, at + MARGIN, height, list(layer))
