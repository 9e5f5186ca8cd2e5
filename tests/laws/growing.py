"""Samples grown until kernels split them among threads.

Every distinct size of a sample is renamed to a large one, so "f(2, 3), f(3, 4)" stays a valid matrix product. Where other
arguments depend on the sizes (a shape to reshape to), LARGE states an argument list instead.
"""

import math

import numpy as np

from .case import listed
from .reference import REFERENCE
from .samples import Uniform, evaluate

CHUNK = 32 * 1024  # elements that one thread takes at a time
ENOUGH = 3 * CHUNK
BASES = (12, 45, 310, 3000, 100_000)  # sizes start here: at the first that makes an operand or a result large
LARGEST = {0: 12, 1: 100_000, 2: 310, 3: 45, 4: 12}  # of these, by the largest rank among the operands

LARGE = {
    "reshape": ["f(330, 300), (300, 330)", "f(330, 300), (-1,)"],
    "view": ["f(330, 300), (300, 330)", "f(330, 300), (-1,)"],
    "expand": ["f(1, 300), (330, 300)", "f(330, 1), (330, 300)", "f(300), (330, 300)"],
    "copy_": ["f(330, 300), f(330, 300)", "f(330, 300), f(300)", "f(330, 300), f(330, 1)"],
    "fill_": ["f(330, 300), 1.5", "f(330, 300), f()"],
    "zero_": ["f(330, 300)"],
    "tril_": ["f(330, 300)"],
    "triu_": ["f(330, 300)"],
    "layer_norm": ["f(330, 300), (300,), f(300), f(300)"],
    "cross": ["f(40000, 3), f(40000, 3)"],
    "cdist": ["f(340, 3), f(300, 3)", "f(340, 3), f(300, 3), p=1.0"],
    "combinations": ["f(450)"],
}


class Grown(Uniform):
    """Values for a sample whose sizes are large."""

    def __init__(self, base):
        super().__init__(base)
        self.base = base

    def shape(self, shape):
        return tuple(size if size < 2 else self.base + 7 * size for size in shape)


def is_large(sample):
    """Some operand or result of it is cut into several chunks; a sample whose other arguments refuse its sizes is not."""
    try:
        args, kwargs = sample.fill(sample.leaves, np.dtype)
        results = listed(REFERENCE[sample.op](*args, **kwargs))
    except (ValueError, IndexError):
        return False
    # Python takes parts one at a time: a hundred thousand of them show nothing that a few hundred do not.
    return len(results) <= 1000 and max(math.prod(a.shape) for a in [*sample.leaves, *results]) >= ENOUGH


def grown(op):
    """(text, Sample) of those samples of an op that can be grown, and those that LARGE states."""
    found = []
    # All pairs of rows as long as the rows are many would take minutes: these are grown as LARGE says only.
    for text in [] if op["name"] in ("cdist", "combinations") else op["samples"]:
        ranks = [leaf.ndim for leaf in evaluate(op["name"], text).leaves]
        # Upwards, so that a product of all pairs of elements does not fill the memory.
        for base in (base for base in BASES if base <= LARGEST[max(ranks, default=0)]):
            sample = evaluate(op["name"], text, Grown(base))
            if is_large(sample):
                found.append((f"{text} grown", sample))
                break
    return found + [(text, evaluate(op["name"], text)) for text in LARGE.get(op["name"], [])]
