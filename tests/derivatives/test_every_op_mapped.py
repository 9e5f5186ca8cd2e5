"""For every op and sample: vmap, and vmap of vmap, over drawn dimensions are loops; so are maps of derivatives and derivatives
of maps; Jacobians are the same in both modes."""

import zlib

import numpy as np
import pytest

from backend import assert_close, operation, torch, wengert_only
from laws.case import is_float, listed
from laws.samples import Uniform, evaluate
from laws.table import OPS

pytestmark = wengert_only

func = torch.func
vmap = func.vmap

# Results whose shape hangs on values have no map; the last five take an operand's values for themselves.
MAY_REFUSE = {
    *("nonzero", "argwhere", "masked_select", "unique", "unique_consecutive", "where", "repeat_interleave"),
    *("bincount", "histc", "masked_scatter", "cross_entropy", "nll_loss"),
}
# What these do hangs on strides: their first dimension is mapped, so that each example lies as it would alone.
BY_STRIDES = {"view", "as_strided"}

CASES = [op for op in OPS if any(evaluate(op["name"], text).leaves for text in op["samples"])]
SMOOTH = [op for op in CASES if op["differentiable"]]


class Mapped:
    """An op with one sample's plain arguments, as a function of its tensors to a list; draws examples of these."""

    def __init__(self, op, text):
        self.op, self.name, self.text = op, op["name"], text
        self.sample = evaluate(self.name, text)
        self.random = np.random.default_rng(zlib.crc32(f"{self.name}({text})".encode()))
        self.count = len(self.sample.leaves)
        self.floats = tuple(i for i, leaf in enumerate(self.sample.leaves) if is_float(leaf) and leaf.size)

    def __call__(self, *tensors):
        args, kwargs = self.sample.fill(tensors, lambda name: getattr(torch, name))
        if self.name.endswith("_"):
            return listed(getattr(args[0].clone(), self.name)(*args[1:], **kwargs))
        if self.op["function"]:
            return listed(operation(self.name)(*args, **kwargs))
        return listed(getattr(args[0], self.name)(*args[1:], **kwargs))

    def drawn(self):
        return evaluate(self.name, self.text, Uniform(int(self.random.integers(2**31)))).leaves

    def chosen(self):
        """Which operands are mapped: one at least, and one that is written."""
        mapped = self.random.random(self.count) < 0.6
        mapped[0 if self.name.endswith("_") else self.random.integers(self.count)] = True
        return mapped

    def dims(self, mapped, ranks):
        ends = [0 if self.name in BY_STRIDES else rank for rank in ranks]
        return tuple(int(self.random.integers(end + 1)) if m else None for m, end in zip(mapped, ends))


class Maps:
    """Examples of an op's operands, one by one and together."""

    def __init__(self, f, size):
        self.mapped = f.chosen()
        self.in_dims = f.dims(self.mapped, [leaf.ndim for leaf in f.sample.leaves])
        self.examples, self.tensors = self.drawn(f, size)

    def drawn(self, f, size):
        draws = [f.drawn() for _ in range(size)]
        examples = [[e[i] if m else draws[0][i] for i, m in enumerate(self.mapped)] for e in draws]
        return examples, [torch.tensor(stacked(list(c), d)) for c, d in zip(zip(*examples), self.in_dims)]

    def loop(self, g):
        """What `g` gives for each example, output by output."""
        return together([g(*map(torch.tensor, example)) for example in self.examples])


def stacked(arrays, dim):
    """Examples along a dimension; the one for all where there is none."""
    return np.array(arrays[0]) if dim is None else np.stack(arrays, dim)


def together(rows):
    return [torch.stack(list(column)) for column in zip(*rows)]


def agree(got, want, rtol=1e-9):
    assert len(got) == len(want)
    for a, b in zip(got, want):
        assert a.dtype == b.dtype
        assert_close(a, b, rtol=rtol, atol=1e-10)


def possible(f, compute):
    """What is computed, or None where the op refuses it."""
    try:
        return compute()
    except Exception:  # noqa: BLE001
        return None


@pytest.mark.parametrize("op", CASES, ids=lambda op: op["name"])
def test_maps_are_loops(op):
    for text in op["samples"]:
        f = Mapped(op, text)
        if not f.count:
            continue
        maps = Maps(f, int(f.random.integers(1, 4)))
        want = possible(f, lambda f=f, maps=maps: maps.loop(f))
        if want is None:
            continue
        out_dims = [int(f.random.integers(-w.dim(), w.dim())) for w in want]
        try:
            got = vmap(f, in_dims=maps.in_dims, out_dims=out_dims)(*maps.tensors)
            agree(got, [w.movedim(0, d) for w, d in zip(want, out_dims)])
            a_map_in_a_map(f, maps)
        except RuntimeError as error:
            if op["name"] not in MAY_REFUSE or "no single value" not in str(error):
                raise


def a_map_in_a_map(f, maps):
    first, second = maps.tensors, maps.drawn(f, len(maps.examples))[1]
    outer = f.chosen()
    dims = f.dims(outer, [t.dim() for t in first])
    pairs = [[a.numpy(), b.numpy()] for a, b in zip(first, second)]
    inner = vmap(f, in_dims=maps.in_dims)
    rows = [first, [b if m else a for a, b, m in zip(first, second, outer)]]
    want = possible(f, lambda: together([inner(*row) for row in rows]))
    if want is not None:
        agree(vmap(inner, in_dims=dims)(*[torch.tensor(stacked(p, d)) for p, d in zip(pairs, dims)]), want)


def weighted(f, outs):
    """The sum of an op's float outputs with drawn weights, as a function."""
    weights = [torch.tensor(f.random.normal(size=tuple(y.shape)), dtype=y.dtype) for y in outs]

    def loss(*tensors):
        ys = [y for y in f(*tensors) if y.is_floating_point()]
        return sum((y * w).sum() for y, w in zip(ys, weights))

    return loss


def pushed(g, tensors, floats, tangents):
    """The directional derivative of `g` along tangents of its float operands."""

    def of_floats(*xs):
        at = dict(zip(floats, xs))
        return g(*[at.get(i, t) for i, t in enumerate(tensors)])

    return func.jvp(of_floats, tuple(tensors[i] for i in floats), tuple(tangents))[1]


@pytest.mark.parametrize("op", SMOOTH, ids=lambda op: op["name"])
def test_derivatives_and_maps_commute(op):
    for text in op["samples"]:
        f = Mapped(op, text)
        if not f.floats:
            continue
        maps = Maps(f, 2)
        # What cannot be computed or has no map is the matter of the test above.
        outs = possible(f, lambda f=f, maps=maps: (vmap(f, in_dims=maps.in_dims)(*maps.tensors), maps.loop(f))[1])
        outs = [y[0] for y in outs or () if y.is_floating_point()]
        if outs:
            commute(f, maps, weighted(f, outs))


def commute(f, maps, loss):
    gradient, dims = func.grad(loss, f.floats), [maps.in_dims[i] for i in f.floats]
    mapped = vmap(loss, in_dims=maps.in_dims)

    want = maps.loop(gradient)
    agree(vmap(gradient, in_dims=maps.in_dims)(*maps.tensors), want, 1e-8)
    total = func.grad(lambda *tensors: mapped(*tensors).sum(), f.floats)(*maps.tensors)
    agree(total, [w.sum(0) if d is None else w.movedim(0, d) for w, d in zip(want, dims)], 1e-8)

    tangents = [torch.tensor(f.random.normal(size=tuple(maps.tensors[i].shape))) for i in f.floats]
    alone = [[t if d is None else t.select(d, k) for t, d in zip(tangents, dims)] for k in range(2)]
    rows = [list(map(torch.tensor, example)) for example in maps.examples]
    want = torch.stack([pushed(loss, row, f.floats, moved) for row, moved in zip(rows, alone)])
    both = vmap(lambda tensors, moved: pushed(loss, tensors, f.floats, moved), in_dims=(list(maps.in_dims), dims))
    assert_close(both(maps.tensors, tangents), want, rtol=1e-8, atol=1e-10)
    assert_close(pushed(mapped, maps.tensors, f.floats, tangents), want, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("op", SMOOTH, ids=lambda op: op["name"])
def test_jacobians_agree(op):
    for text in op["samples"]:
        f = Mapped(op, text)
        floats = tuple(i for i in f.floats if f.sample.leaves[i].size <= 30)
        tensors = [torch.tensor(leaf) for leaf in f.sample.leaves]
        if not floats or not any(y.is_floating_point() for y in f(*tensors)):
            continue

        def g(*ts, f=f):
            return [y for y in f(*ts) if y.is_floating_point()]

        forward, reverse = func.jacfwd(g, floats)(*tensors), func.jacrev(g, floats)(*tensors)
        for a, b in zip(forward, reverse):
            agree(a, b, 1e-8)
