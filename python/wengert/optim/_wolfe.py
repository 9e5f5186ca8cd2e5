"""A line search for the strong Wolfe conditions, by cubic interpolation (Nocedal, Wright, "Numerical Optimization",
algorithms 3.5 and 3.6, with the safeguards that PyTorch has). Depends on Tensor.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from wengert._core import Tensor

ARMIJO, CURVATURE = 1e-4, 0.9


class Point(NamedTuple):
    """A step along a direction: its length, the loss there, the gradient, and the slope along the direction."""

    t: float
    loss: float
    gradient: Tensor
    slope: float


def minimum_of_cubic(a: Point, b: Point, low: float, high: float) -> float:
    """Where the cubic through two points with their slopes is least, between bounds; their middle if it has no minimum."""
    if a.t > b.t:
        a, b = b, a
    if a.t == b.t:
        return min(max(a.t, low), high)
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    d2 = math.sqrt(square)
    bottom = b.slope - a.slope + 2 * d2
    if bottom == 0:
        return (low + high) / 2.0
    return min(max(b.t - (b.t - a.t) * ((b.slope + d2 - d1) / bottom), low), high)


def strong_wolfe(
    at: Callable[[float], Point], start: Point, t: float, length: float, tolerance: float, most: int
) -> tuple[Point, int]:
    """A point along a direction that fulfils the conditions, as well as `most` trials find one; and how many there were.

    `length` is the largest element of the direction: brackets that move no element by more than `tolerance` end the search.
    """

    def rises(p: Point) -> bool:
        return p.loss > start.loss + ARMIJO * p.t * start.slope

    def flat(p: Point) -> bool:
        return abs(p.slope) <= -CURVATURE * start.slope

    before, now = start, at(t)
    trials, place = 1, 0
    pair: list[Point] | None = None
    while place < most:
        if rises(now) or (place > 1 and now.loss >= before.loss):
            pair = [before, now]
            break
        if flat(now):
            return now, trials
        if now.slope >= 0:
            pair = [before, now]
            break
        t = minimum_of_cubic(before, now, now.t + 0.01 * (now.t - before.t), now.t * 10)
        before, now = now, at(t)
        trials, place = trials + 1, place + 1
    if pair is None:
        pair = [start, now]
    best = 0 if pair[0].loss <= pair[1].loss else 1
    stuck = False
    while place < most:
        low, high = sorted((pair[0].t, pair[1].t))
        if (high - low) * length < tolerance:
            break
        t = minimum_of_cubic(pair[0], pair[1], low, high)
        edge = 0.1 * (high - low)
        if min(high - t, t - low) < edge:
            # Close to an end twice, or at it: taken a tenth of the bracket inwards.
            if stuck or t >= high or t <= low:
                t = high - edge if abs(t - high) < abs(t - low) else low + edge
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        now = at(t)
        trials, place = trials + 1, place + 1
        if rises(now) or now.loss >= pair[best].loss:
            pair[1 - best] = now
            best = 0 if pair[0].loss <= pair[1].loss else 1
            continue
        if flat(now):
            return now, trials
        if now.slope * (pair[1 - best].t - pair[best].t) >= 0:
            pair[1 - best] = pair[best]
        pair[best] = now
    return pair[best], trials
