"""Evaluates sample strings such as "f(2, 3), dim=1" into NumPy arrays and plain arguments.

Tensors of a sample are NumPy arrays here; a Case (case.py) turns them into tensors of a given dtype and layout.
"""

import zlib
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from backend import DTYPES

KINK = 0.05  # no float sample lies nearer to zero than this, so that abs and relu can be differentiated numerically


@dataclass(frozen=True)
class Dtype:
    """A dtype named in a sample: torch.float64 for the library, np.float64 for the reference."""

    name: str


@dataclass(frozen=True)
class Sample:
    op: str
    text: str
    args: tuple
    kwargs: dict

    @property
    def leaves(self):
        """The arrays among the arguments, in order of appearance."""
        found = []
        convert((self.args, self.kwargs), lambda leaf: found.append(leaf), lambda dtype: dtype)
        return found

    def fill(self, leaves, dtype):
        """The arguments with the arrays replaced by `leaves` and every Dtype by `dtype(name)`."""
        supply = iter(leaves)
        return convert((self.args, self.kwargs), lambda _: next(supply), lambda found: dtype(found.name))


def convert(tree, leaf, dtype):
    """Map `leaf` over the arrays and `dtype` over the Dtypes of nested lists, tuples and dicts."""
    if isinstance(tree, np.ndarray):
        return leaf(tree)
    if isinstance(tree, Dtype):
        return dtype(tree)
    if isinstance(tree, (list, tuple)):
        return type(tree)(convert(item, leaf, dtype) for item in tree)
    if isinstance(tree, dict):
        return {key: convert(value, leaf, dtype) for key, value in tree.items()}
    return tree


class Uniform:
    """Draws a sample's values in general position: no ties, nothing near zero, exact in float32."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)

    def shape(self, shape):
        return shape

    def floats(self, shape, lo, hi):
        values = self.random.uniform(lo, hi, self.shape(shape))
        if lo < 0 < hi:
            values = np.where(np.abs(values) < KINK, np.copysign(KINK + np.abs(values), values), values)
        return np.asarray(values, np.float32).astype(np.float64)

    def integers(self, shape, lo, hi):
        return np.asarray(self.random.integers(lo, hi, self.shape(shape)), np.int64)

    def booleans(self, shape):
        return np.asarray(self.random.integers(0, 2, self.shape(shape)), np.bool_)


def evaluate(op, text, source=None):
    """The Sample that `text` denotes; `source` supplies its values (by default fixed ones, the same in every run)."""
    source = source or Uniform(zlib.crc32(f"{op}({text})".encode()))
    dtypes = {name: Dtype(name) for name in DTYPES}
    words = dict(
        dtypes,
        f=lambda *shape, lo=-2.0, hi=2.0: source.floats(shape, lo, hi),
        pos=lambda *shape: source.floats(shape, 0.3, 3.0),
        i=lambda *shape, lo=0, hi=5: source.integers(shape, lo, hi),
        b=lambda *shape: source.booleans(shape),
        inf=float("inf"),
        nan=float("nan"),
        torch=SimpleNamespace(**dtypes),
        call=lambda *args, **kwargs: (args, kwargs),
    )
    args, kwargs = eval(f"call({text})", words)
    return Sample(op, text, args, kwargs)
