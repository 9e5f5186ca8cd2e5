"""Hypothesis strategies for the laws: other sizes, ranks, layouts and values than a sample's own.

Every distinct size in a sample is renamed consistently, so "f(2, 3), f(3, 4)" stays a valid matrix product; operands of
elementwise ops get freely drawn shapes that broadcast. What the reference then rejects is not a case.
"""

import numpy as np
from hypothesis import assume, strategies as st
from hypothesis.extra import numpy as hnp

from .case import Case
from .layouts import Layout, contiguous
from .reference import CONTIGUOUS, ELEMENTWISE
from .samples import Uniform, evaluate

SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, 2.0, float("inf"), float("-inf"), float("nan"), 1e-30]
HUGE = [1e30, -1e30, 3e38, 1e4]  # not for sums, whose result would then hang on their order


# Several factors in a row: which of infinity, zero and nan comes out hangs on the order in which they are multiplied.
REORDERED = {"chain_matmul", "_multi_dot", "_bilinear", "einsum", "matrix_power"}


class Drawn(Uniform):
    """Values for a sample of another shape: in general position for derivatives, anything at all for values."""

    def __init__(self, draw, shapes=None, special=()):
        super().__init__(draw(st.integers(0, 2**32 - 1)))
        self.draw, self.special = draw, list(special)
        self.shapes = None if shapes is None else iter(shapes)
        self.sizes = {1: 1}

    def shape(self, shape):
        if self.shapes is not None:
            return next(self.shapes)
        for size in shape:
            if size not in self.sizes:
                self.sizes[size] = self.draw(st.sampled_from([size, size, 0, 1, 2, 3, 4, 5]))
        return tuple(self.sizes[size] for size in shape)

    def floats(self, shape, lo, hi):
        values = super().floats(shape, lo, hi)
        if self.special and lo < 0:
            which = st.integers(-1, len(self.special) - 1)
            chosen = self.draw(hnp.arrays(np.int8, values.shape, elements=which, fill=st.just(-1)))
            values = np.where(chosen >= 0, np.take([*self.special, 0.0], chosen), values)
        return np.asarray(values, np.float32).astype(np.float64)


def layouts(draw):
    """A function from a shape to a freely drawn Layout."""

    def layout(shape):
        rank = len(shape)
        order = tuple(draw(st.permutations(range(rank))))
        steps = tuple(draw(st.integers(1, 3)) for _ in range(rank))
        offsets = tuple(draw(st.integers(0, 2)) for _ in range(rank))
        expanded = tuple(size > 1 and draw(st.integers(0, 5)) == 0 for size in shape)
        return Layout(order, steps, offsets, expanded)

    return layout


def tensor_count(text):
    """How many tensors a sample has."""
    return len(evaluate("count", text).leaves)


@st.composite
def cases(draw, op, dtype="float64", anything=False):
    text = draw(st.sampled_from(op["samples"]))
    shapes = None
    if op["name"] in ELEMENTWISE and tensor_count(text):
        drawn = hnp.mutually_broadcastable_shapes(num_shapes=tensor_count(text), max_dims=3, max_side=5, min_side=0)
        shapes = draw(drawn).input_shapes
    anything = anything and op["name"] not in REORDERED
    special = (SPECIAL + HUGE if op["name"] in ELEMENTWISE else SPECIAL) if anything else ()
    source = Drawn(draw, shapes, special)
    try:
        sample = evaluate(op["name"], text, source)
        layout = contiguous if op["name"] in CONTIGUOUS else layouts(draw)
        case = Case(op, sample, layout, dtype, repeated=draw(st.booleans()))
        case.reference()
    except (ValueError, IndexError):  # the sample's other arguments do not suit these sizes
        assume(False)
    assume(sum(value.size for value in case.values) <= 60 or anything)
    return case
