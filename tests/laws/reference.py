"""NumPy's answer for each op: REFERENCE maps an op's name to a function of arrays and plain arguments.

NumPy differs from PyTorch in result dtypes; `promote` states PyTorch's rule. ELEMENTWISE ops take operands of any
broadcastable shapes, so the drawn laws may choose those freely. Of RANDOM ops only shape and dtype can be compared.
"""

import math

import numpy as np

from .arranged import ARRANGED

KIND = {"b": 0, "i": 1, "f": 2}
DISTINCT = {"median"}  # ops with a kink at equal values that left and right slopes do not show
CONTIGUOUS = {"view", "as_strided"}  # ops that may refuse other layouts, or show them
RANDOM = {"rand", "randn", "randint", "randperm", "empty"}


def category(operand):
    if isinstance(operand, (bool, np.bool_)):
        return 0
    if isinstance(operand, int):
        return 1
    return 2 if isinstance(operand, float) else KIND[operand.dtype.kind]


def promote(*operands, inexact=False):
    """PyTorch's result dtype: tensors with dimensions decide, then 0-d tensors, then Python scalars, each only by a
    higher category (bool, integer, float). With `inexact` integers and bools become float32."""
    tensors = [o for o in operands if isinstance(o, np.ndarray) or isinstance(o, np.generic)]
    ranks = [[o.dtype for o in tensors if o.ndim], [o.dtype for o in tensors if not o.ndim]]
    scalars = [o for o in operands if not isinstance(o, (np.ndarray, np.generic))]
    ranks.append([[np.dtype(bool), np.dtype(np.int64), np.dtype(np.float32)][category(o)] for o in scalars])
    result = None
    for dtypes in ranks:
        floats = [d for d in dtypes if d.kind == "f"] or dtypes
        for dtype in floats:
            if result is None or KIND[dtype.kind] > KIND[result.kind]:
                result = dtype
            elif dtype.kind == result.kind and dtypes is not ranks[2] and (dtypes is ranks[0] or not ranks[0]):
                result = np.promote_types(result, dtype)
    return np.dtype(np.float32) if inexact and result.kind != "f" else result


def elementwise(function, inexact=False):
    """Operands cast to their common dtype, then NumPy."""

    def reference(*operands):
        dtype = promote(*operands, inexact=inexact)
        return function(*(np.asarray(operand, dtype) for operand in operands))

    return reference


def compare(function):
    def reference(a, b):
        dtype = promote(a, b)
        return np.asarray(function(np.asarray(a, dtype), np.asarray(b, dtype)), bool)

    return reference


def scaled(function):
    """add and sub with their `alpha`."""

    def reference(a, b, alpha=1):
        dtype = promote(a, b)
        return function(np.asarray(a, dtype), np.asarray(alpha, dtype) * np.asarray(b, dtype))

    return reference


def divide(a, b, rounding_mode=None):
    if rounding_mode is None:
        return elementwise(np.divide, inexact=True)(a, b)
    if rounding_mode == "floor":
        return elementwise(np.floor_divide)(a, b)
    return elementwise(lambda a, b: np.trunc(a / b).astype(a.dtype))(a, b)


def where(condition, a, b):
    dtype = promote(a, b)
    return np.where(condition, np.asarray(a, dtype), np.asarray(b, dtype))


def axes(dim):
    return tuple(dim) if isinstance(dim, list) else dim


def total(x, dim=None, keepdim=False, dtype=None):
    return np.sum(x, axis=axes(dim), keepdims=keepdim, dtype=dtype or (x.dtype if x.dtype.kind == "f" else np.int64))


def mean(x, dim=None, keepdim=False, dtype=None):
    if not x.size:
        return total(x, dim, keepdim, dtype) * x.dtype.type(np.nan)
    return np.mean(x, axis=axes(dim), keepdims=keepdim, dtype=dtype or x.dtype)


def extreme(function, position, pairwise):
    def reference(x, dim=None, keepdim=False):
        if isinstance(dim, np.ndarray):
            return pairwise(x, dim)
        if dim is None:
            return function(x)
        if x.ndim == 0:
            return x, np.int64(0)
        return function(x, axis=dim, keepdims=keepdim), position(x, axis=dim, keepdims=keepdim)

    return reference


def norm(x, p=2, dim=None, keepdim=False, dtype=None):
    x = x.astype(dtype or x.dtype)
    p = 2 if p == "fro" else p
    axis, size = axes(dim), np.abs(x)
    if p == 0:
        return np.sum(x != 0, axis=axis, keepdims=keepdim).astype(x.dtype)
    if p in (float("inf"), float("-inf")):
        return (np.max if p > 0 else np.min)(size, axis=axis, keepdims=keepdim)
    return (np.sum(size**p, axis=axis, keepdims=keepdim) ** (1 / p)).astype(x.dtype)


def along(dim):
    """An axis or axes; no axis at all, or an empty tuple, means every one."""
    return None if dim is None or dim == () or dim == [] else axes(dim)


def extremes(function):
    def reference(x, dim=None, keepdim=False):
        return np.asarray(function(x, axis=along(dim) if x.ndim else None, keepdims=keepdim)).astype(x.dtype)

    return reference


def position(function):
    def reference(x, dim=None, keepdim=False):
        return np.int64(0) if not x.ndim else function(x, axis=dim, keepdims=keepdim)

    return reference


def whole(x):
    """Bools and integers as int64."""
    return x if x.dtype.kind == "f" else x.astype(np.int64)


def prod(x, dim=None, keepdim=False, dtype=None):
    x = whole(x)
    return np.prod(x, axis=along(dim) if x.ndim else None, keepdims=keepdim, dtype=dtype or x.dtype)


def truth(function):
    def reference(x, dim=None, keepdim=False):
        return np.asarray(function(x, axis=along(dim) if x.ndim else None, keepdims=keepdim))

    return reference


def scan(function):
    def reference(x, dim, dtype=None):
        x = whole(x)
        return function(x.reshape(-1) if not x.ndim else x, axis=dim).reshape(x.shape).astype(dtype or x.dtype)

    return reference


def cum_extreme(later):
    def reference(x, dim):
        lines = np.moveaxis(np.atleast_1d(x), dim, -1)
        values, places = np.empty_like(lines), np.empty(lines.shape, np.int64)
        for at in np.ndindex(*lines.shape[:-1]):
            best = 0
            for k, v in enumerate(lines[at]):
                known = lines[at][best]
                best = k if v != v or (known == known and later(v, known)) else best
                values[at][k], places[at][k] = lines[at][best], best
        return tuple(np.moveaxis(out, -1, dim).reshape(x.shape) for out in (values, places))

    return reference


def logsumexp(x, dim, keepdim=False):
    x = x if x.dtype.kind == "f" else x.astype(np.float32)
    axis = along(dim) if x.ndim else None
    if not x.size and np.prod([x.shape[d] for d in np.atleast_1d(axis)]) == 0:
        return np.full(np.sum(x, axis=axis, keepdims=keepdim).shape, -np.inf, x.dtype)
    m = np.max(x, axis=axis, keepdims=True)
    m = np.where(np.isfinite(m), m, 0) if x.size else m
    total = np.log(np.sum(np.exp(x - m), axis=axis, keepdims=True)) + m
    return np.asarray(total if keepdim else np.squeeze(total, axis)).astype(x.dtype)


def logcumsumexp(x, dim):
    lines = np.moveaxis(np.atleast_1d(x), dim, -1)
    out = np.logaddexp.accumulate(lines.astype(np.float64), axis=-1)
    return np.moveaxis(out, -1, dim).reshape(x.shape).astype(x.dtype)


def softmax(x, dim, dtype=None):
    x = x.astype(dtype or x.dtype)
    if not x.size:
        return x
    e = np.exp(x - np.max(x, axis=dim if x.ndim else None, keepdims=True))
    return e / np.sum(e, axis=dim if x.ndim else None, keepdims=True)


def log_softmax(x, dim, dtype=None):
    x = x.astype(dtype or x.dtype)
    if not x.size:
        return x
    axis = dim if x.ndim else None
    m = x - np.max(x, axis=axis, keepdims=True)
    return m - np.log(np.sum(np.exp(m), axis=axis, keepdims=True))


def variance(root, with_mean):
    def reference(x, dim=None, unbiased=None, keepdim=False, correction=None):
        if isinstance(dim, bool):
            dim, unbiased = None, dim
        by = correction if correction is not None else 1 if unbiased is None else int(unbiased)
        axis = along(dim)
        n = x.size if axis is None else int(np.prod([x.shape[d] for d in np.atleast_1d(axis)]))
        mean = np.mean(x, axis=axis, keepdims=True) if x.size else np.sum(x, axis=axis, keepdims=True) * np.nan
        squares = np.sum((x - mean) ** 2, axis=axis, keepdims=keepdim)
        value = np.asarray(squares / np.asarray(max(0, n - by), x.dtype)).astype(x.dtype)
        value = np.sqrt(value) if root else value
        return (value, np.asarray(mean if keepdim else np.squeeze(mean, axis))) if with_mean else value

    return reference


def ranked(place, all_of_it):
    """Values and indices along a dimension, of what `place` finds in a line."""

    def reference(x, dim=None if all_of_it else -1, keepdim=False):
        if dim is None:
            return x.reshape(-1)[place(x.reshape(-1))] if x.size else np.asarray(np.nan, x.dtype)
        if x.ndim and not x.shape[dim]:
            raise IndexError("an empty dimension")
        lines = np.moveaxis(np.atleast_1d(x), dim, -1)
        index = np.apply_along_axis(place, -1, lines) if lines.size else np.empty(lines.shape[:-1], np.int64)
        values = np.take_along_axis(lines, index[..., None], -1)
        if keepdim and x.ndim:
            return np.moveaxis(values, -1, dim), np.expand_dims(index, dim)
        return values[..., 0], index

    return reference


def middle(line):
    order = np.argsort(line, kind="stable")
    unknown = np.flatnonzero(line != line)
    return np.int64(unknown[0] if len(unknown) else order[(len(line) - 1) // 2])


def most_frequent(line):
    """The smallest of the most frequent values, at its last place; a NaN equals nothing."""
    order = np.argsort(line, kind="stable")
    best, most, run = 0, 0, 0
    for i, at in enumerate(order):
        run = run + 1 if i and line[at] == line[order[i - 1]] else 1
        if run > most:
            best, most = at, run
    return np.int64(best)


def known(x, dim=None, keepdim=False, dtype=None):
    x = x.astype(dtype or x.dtype)
    return np.where(x == x, x, np.zeros_like(x)), np.sum(x == x, axis=axes(dim), keepdims=keepdim)


def nansum(x, dim=None, keepdim=False, dtype=None):
    return total(known(x, dim, keepdim, dtype)[0], dim, keepdim, dtype)


def nanmean(x, dim=None, keepdim=False, dtype=None):
    values, count = known(x, dim, keepdim, dtype)
    return np.asarray(total(values, dim, keepdim) / count.astype(values.dtype))


def diff(x, n=1, dim=-1, prepend=None, append=None):
    joined = [part for part in (prepend, x, append) if part is not None]
    if any(x.shape[d] != part.shape[d] for part in joined for d in range(x.ndim) if d != dim % x.ndim):
        raise ValueError("diff: shapes differ")
    return np.diff(np.concatenate(joined, axis=dim), n=n, axis=dim)


def layer_norm(x, normalized_shape, weight=None, bias=None, eps=1e-5):
    shape = tuple(np.atleast_1d(normalized_shape))
    if x.shape[-len(shape) :] != shape or any(p is not None and p.shape != shape for p in (weight, bias)):
        raise ValueError("layer_norm: shapes differ")
    axis = tuple(range(-len(shape), 0))
    centered = x - np.mean(x, axis=axis, keepdims=True)
    y = centered / np.sqrt(np.mean(centered**2, axis=axis, keepdims=True) + np.asarray(eps, x.dtype))
    y = y if weight is None else y * weight
    return (y if bias is None else y + bias).astype(x.dtype)


def nll_loss(x, target, weight=None, ignore_index=-100, reduction="mean", smoothing=0.0):
    """Rows of log-probabilities at their targets; `smoothing` adds the mean over the classes."""
    classes = x.shape[-1] if x.ndim == 1 else x.shape[1]
    shape = x.shape[1:] if x.ndim == 1 else x.shape[:1] + x.shape[2:]
    if target.shape != shape or (weight is not None and weight.shape != (classes,)):
        raise ValueError("nll_loss: shapes differ")
    rows = np.moveaxis(np.atleast_2d(x), 1, -1).reshape(-1, classes)
    t, w = target.reshape(-1), np.ones(classes, x.dtype) if weight is None else weight
    counts = t != ignore_index
    if np.any(counts & ((t < 0) | (t >= classes))):
        raise IndexError("nll_loss: no such class")
    t = np.where(counts, t, 0)
    factors = np.where(counts, w[t], 0).astype(x.dtype)
    loss = -rows[np.arange(len(t)), t] * factors
    if smoothing:
        spread = -np.sum(rows * w, axis=-1) / classes * counts
        loss = ((1 - smoothing) * loss + smoothing * spread).astype(x.dtype)
    loss = np.where(counts, loss, 0).astype(x.dtype)
    if reduction == "none":
        return loss.reshape(shape)
    return np.sum(loss) if reduction == "sum" else np.asarray(np.sum(loss) / np.sum(factors), x.dtype)


def cross_entropy(x, target, weight=None, ignore_index=-100, reduction="mean", label_smoothing=0.0):
    dim = 0 if x.ndim == 1 else 1
    if target.dtype.kind != "f":
        return nll_loss(log_softmax(x, dim), target, weight, ignore_index, reduction, label_smoothing)
    classes = x.shape[dim]
    if target.shape != x.shape or (weight is not None and weight.shape != (classes,)):
        raise ValueError("cross_entropy: shapes differ")
    target = (target * (1 - label_smoothing) + label_smoothing / max(1, classes)).astype(x.dtype)
    w = np.ones(classes, x.dtype) if weight is None else weight
    loss = -np.sum(log_softmax(x, dim) * target * w.reshape(-1, *(1,) * (x.ndim - dim - 1)), axis=dim)
    if reduction == "none":
        return loss
    rows = x.size // max(1, classes)
    return np.sum(loss) if reduction == "sum" else np.asarray(np.sum(loss) / np.asarray(rows, x.dtype))


def sizes(given):
    return tuple(given[0]) if given and isinstance(given[0], (list, tuple)) else given


def named_sizes(shape, named):
    """Sizes given in a row, as one tuple, or under a name."""
    return sizes(shape or tuple(named.values()))


def expand(x, *shape, **named):
    shape = named_sizes(shape, named)
    lead = len(shape) - x.ndim
    full = [x.shape[d - lead] if size == -1 else size for d, size in enumerate(shape)]
    return np.broadcast_to(x, full)


def squeeze(x, dim=None):
    if dim is None:
        return np.squeeze(x)
    dims = dim if isinstance(dim, (tuple, list)) else (dim,)
    return np.squeeze(x, tuple(d for d in dims if x.ndim and x.shape[d] == 1))


def narrow(x, dim, start, length):
    if not 0 <= start <= start + length <= x.shape[dim]:
        raise IndexError("narrow: out of range")
    return dim_slice(x, dim, start, start + length)


def dim_slice(x, dim=0, start=None, end=None, step=1):
    place = [slice(None)] * x.ndim
    place[dim] = slice(start, end, step)
    return x[tuple(place)]


def plain(index):
    return tuple(plain(i) for i in index) if isinstance(index, (tuple, list)) else index


def index_put(x, indices, values, accumulate=False):
    out, place = x.copy(), tuple(indices)
    if accumulate:
        np.add.at(out, place, values)
    else:
        out[place] = np.broadcast_to(values, out[place].shape)
    return out


def along_index(x, dim, index):
    """Places of an index for each element, along one dimension."""
    if index.ndim != x.ndim or any(index.shape[d] > x.shape[d] for d in range(x.ndim) if d != dim % max(x.ndim, 1)):
        raise ValueError("an index larger than the input")
    places = list(np.indices(index.shape))
    if x.ndim:
        places[dim] = index
    if index.size and x.ndim and not 0 <= index.min() <= index.max() < x.shape[dim]:
        raise IndexError("out of bounds")
    return tuple(places)


def part(src, index):
    """The part of `src` that an index of that shape reaches."""
    if not isinstance(src, np.ndarray):
        return np.full(index.shape, src)
    if any(n > m for n, m in zip(index.shape, src.shape)):
        raise ValueError("an index larger than the source")
    return src[tuple(slice(n) for n in index.shape)]


def scatter(x, dim, index, src, reduce=None):
    out, src = np.array(x), part(src, index)
    if reduce is None:
        for place in np.ndindex(index.shape):
            out[tuple(axis[place] for axis in along_index(x, dim, index))] = src[place]
    else:
        {"add": np.add, "multiply": np.multiply}[reduce].at(out, along_index(x, dim, index), src)
    return out


def scatter_reduce(x, dim, index, src, reduce, include_self=True):
    ufunc = {"sum": np.add, "mean": np.add, "prod": np.multiply, "amax": np.maximum, "amin": np.minimum}[reduce]
    out, place, src = np.array(x), along_index(x, dim, index), part(src, index)
    count = np.full(x.shape, int(include_self))
    np.add.at(count, place, 1)
    if not include_self:
        out[place] = {"prod": 1, "amax": -np.inf, "amin": np.inf}.get(reduce, 0)
    ufunc.at(out, place, src)
    if reduce == "mean":
        count = np.maximum(count, 1).astype(x.dtype)
        out = out // count if x.dtype.kind == "i" else out / count
    return out


def slices(x, dim, index):
    """Where slices along one dimension lie."""
    if x.ndim and index.size and not -x.shape[dim] <= index.min() <= index.max() < x.shape[dim]:
        raise IndexError("out of bounds")
    return (slice(None),) * (dim % x.ndim) + (index,)


def index_write(ufunc):
    def reference(x, dim, index, source, alpha=1):
        out, place = x.copy(), slices(x, dim, index)
        if isinstance(source, np.ndarray) and source.ndim and source.shape != out[place].shape:
            raise ValueError("a source of another shape")
        if ufunc:
            ufunc.at(out, place, np.asarray(alpha, x.dtype) * source)
        else:
            out[place] = source
        return out

    return reference


def flat_places(x, index):
    if index.size and not -x.size <= index.min() <= index.max() < x.size:
        raise IndexError("out of bounds")
    return index.reshape(-1)


def put(x, index, source, accumulate=False):
    if source.size != index.size:
        raise ValueError("a source of another size")
    out = x.reshape(-1).copy()
    if accumulate:
        np.add.at(out, flat_places(x, index), source.reshape(-1))
    else:
        out[flat_places(x, index)] = source.reshape(-1)
    return out.reshape(x.shape)


def take_along_dim(x, indices, dim=None):
    if dim is None:
        return np.take_along_axis(x.reshape(-1), indices.reshape(-1), 0)
    return np.take_along_axis(x, indices, dim)


def nonzero(x, as_tuple=False):
    if as_tuple:
        return np.nonzero(np.atleast_1d(x))
    return np.argwhere(x).astype(np.int64)


def masked_scatter(x, mask, source):
    out = np.array(np.broadcast_to(x, np.broadcast_shapes(x.shape, mask.shape)))
    mask = np.broadcast_to(mask, out.shape)
    if source.size < mask.sum():
        raise ValueError("too few elements")
    out[mask] = source.reshape(-1)[: mask.sum()]
    return out


def masked_fill(x, mask, value):
    return np.where(mask, np.asarray(value, x.dtype), x)


def masked_select(x, mask):
    x, mask = np.broadcast_arrays(x, mask)
    return x[mask]


def replace(x, place, src):
    out = x.copy()
    if out[place].shape != src.shape:
        raise ValueError("a source of another shape")
    out[place] = src
    return out


def diagonal_scatter(x, src, offset=0, dim1=0, dim2=1):
    out = np.moveaxis(x, (dim1, dim2), (-2, -1)).copy()
    row, column = max(-offset, 0), max(offset, 0)
    length = max(min(out.shape[-2] - row, out.shape[-1] - column), 0)
    if src.shape != (*out.shape[:-2], length):
        raise ValueError("a source of another shape")
    at = np.arange(length)
    out[..., row + at, column + at] = src
    return np.moveaxis(out, (-2, -1), (dim1, dim2))


def where_or_nonzero(condition, *branches):
    return where(condition, *branches) if branches else np.nonzero(np.atleast_1d(condition))


def order(x, dim=-1, descending=False, stable=False):
    """Indices of a stable order in which NaN comes last, or first."""
    if not x.ndim:
        return np.zeros((), np.int64)
    if not descending:
        return np.argsort(x, axis=dim, kind="stable")
    turned = np.argsort(np.flip(x, dim), axis=dim, kind="stable")
    return x.shape[dim] - 1 - np.flip(turned, dim)


def pick(x, dim, indices):
    return (np.take_along_axis(x, indices, dim) if x.ndim else x), indices


def sort(x, dim=-1, descending=False, stable=False):
    return pick(x, dim, order(x, dim, descending))


def topk(x, k, dim=-1, largest=True, sorted=True):
    if k > (x.shape[dim] if x.ndim else 1):
        raise ValueError("too many")
    indices = order(x, dim, descending=largest)
    return pick(x, dim, np.take(indices, range(k), dim) if x.ndim else indices)


def kthvalue(x, k, dim=-1, keepdim=False):
    if k > (x.shape[dim] if x.ndim else 1):
        raise ValueError("too many")
    if not x.ndim:
        return x, np.int64(0)
    indices = np.take(order(x, dim), [k - 1], dim)
    found = pick(x, dim, indices)
    return found if keepdim else tuple(np.squeeze(part, dim) for part in found)


def searchsorted(sequence, values, right=False, side=None, sorter=None, out_int32=False):
    side = side or ("right" if right else "left")
    values = np.asarray(values)
    if isinstance(values, np.ndarray) and sequence.ndim > 1 and sequence.shape[:-1] != values.shape[:-1]:
        raise ValueError("other rows")

    def lower(row, value):
        low, high = 0, len(row)
        while low < high:  # the answer for what is not sorted, too, is PyTorch's
            middle = low + (high - low) // 2
            if row[middle] > value if side == "right" else row[middle] >= value:
                high = middle
            else:
                low = middle + 1
        return low

    out = np.zeros(values.shape, np.int64)
    for place in np.ndindex(values.shape):
        row = sequence if sequence.ndim == 1 else sequence[place[:-1]]
        out[place] = lower(row, values[place])
    return out


def histc(x, bins=100, min=0, max=0):
    finite = np.isfinite(x).all()
    low, high = (min, max) if min != max else (x.min(), x.max()) if x.size else (0, 0)
    if min == max and not finite:
        raise ValueError("not finite")
    low, high = (low - 1, high + 1) if low == high else (low, high)
    low, high = x.dtype.type(low), x.dtype.type(high)
    inside = x[(x >= low) & (x <= high)]
    place = ((inside - low) * x.dtype.type(bins) / (high - low)).astype(np.int64)
    return np.bincount(np.minimum(place, bins - 1), minlength=bins).astype(x.dtype)


def bincount(x, weights=None, minlength=0):
    out = np.bincount(x, weights, minlength)
    return out if weights is None else out.astype(weights.dtype)


def distinct(x, inverse, counts, dim, ordered):
    """unique, or unique_consecutive, by comparing slices one with the next."""
    rows = x.reshape(-1, 1) if dim is None else np.moveaxis(x, dim, 0).reshape(x.shape[dim], -1)
    if rows.shape[1] == 0:
        raise ValueError("slices of nothing")
    at = np.lexsort((np.arange(len(rows)), *rows.T[::-1])) if ordered else np.arange(len(rows))
    new = np.array([i == 0 or (rows[at[i]] != rows[at[i - 1]]).any() for i in range(len(at))], bool)
    run = np.cumsum(new) - 1
    back = np.zeros(len(rows), np.int64)
    back[at] = run
    firsts = at[new]
    found = [x.reshape(-1)[firsts] if dim is None else np.take(x, firsts, dim)]
    if inverse:
        found.append(back.reshape(x.shape) if dim is None else back)
    if counts:
        found.append(np.bincount(run, minlength=len(firsts)).astype(np.int64))
    return found if len(found) > 1 else found[0]


def unique(x, sorted=True, return_inverse=False, return_counts=False, dim=None):
    return distinct(x, return_inverse, return_counts, dim, True)


def unique_consecutive(x, return_inverse=False, return_counts=False, dim=None):
    return distinct(x, return_inverse, return_counts, dim, False)


def isin(elements, test_elements, assume_unique=False, invert=False):
    elements, test_elements = np.asarray(elements), np.asarray(test_elements).reshape(-1)
    if elements.size * test_elements.size > 1e6:  # all pairs would fill the memory
        found = np.isin(elements, test_elements)
    else:
        found = (elements[..., None] == test_elements).any(-1)
    return ~found if invert else found


def cast(dtype):
    return lambda x: x.astype(dtype)


def to(x, target, **_):
    return x.astype(target.dtype if isinstance(target, np.ndarray) else target)


def arange(*bounds, dtype=None, **named):
    start, end, step = (0, *bounds, 1) if len(bounds) == 1 else (*bounds, 1)[:3] if bounds else (0, 0, 1)
    start, end, step = named.get("start", start), named.get("end", end), named.get("step", step)
    whole = all(isinstance(bound, int) for bound in (start, end, step))
    return np.arange(start, end, step).astype(dtype or (np.int64 if whole else np.float32))


def full(size, fill_value, dtype=None):
    default = [np.bool_, np.int64, np.float32][category(fill_value)]
    return np.full(size, fill_value, dtype or default)


def filled(value):
    return lambda *shape, dtype=np.float32, **named: np.full(named_sizes(shape, named), value, dtype)


def permute(x, *dims, **named):
    return x.transpose(named_sizes(dims, named))


def reshape(x, *shape, **named):
    return x.reshape(named_sizes(shape, named))


def swap(x, a, b):
    return np.swapaxes(x, a, b)


def matmul(a, b):
    if a.shape[-1] != b.shape[max(-2, -b.ndim)]:
        raise ValueError("matmul: sizes differ")
    return np.asarray(np.matmul(a, b)) if a.shape[-1] else matmul_of_nothing(a, b)


def matmul_of_nothing(a, b):
    return np.matmul(np.zeros_like(a), b)


def relu(x):
    return np.maximum(x, np.zeros((), x.dtype))


def nan_to_num(x, nan=0.0, posinf=None, neginf=None):
    return np.nan_to_num(x, nan=nan, posinf=posinf, neginf=neginf)


def logit(x, eps=None):
    x = x if eps is None else np.clip(x, x.dtype.type(eps), x.dtype.type(1.0 - eps))
    return np.log(x / (1 - x))


def rounded(x, decimals=0):
    return np.round(x, decimals).astype(x.dtype)


UNARY = {
    "neg": elementwise(np.negative),
    "abs": elementwise(np.abs),
    "sign": elementwise(lambda x: np.where(x == x, np.sign(x), np.zeros_like(x))),
    "relu": elementwise(relu),
    **{
        name: elementwise(getattr(np, name), inexact=True)
        for name in "exp log tanh sin cos sqrt exp2 expm1 log2 log10 log1p tan sinh cosh reciprocal".split()
    },
    **{
        f"a{name}": elementwise(getattr(np, f"arc{name}"), inexact=True)
        for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")
    },
    "rsqrt": elementwise(lambda x: 1 / np.sqrt(x), inexact=True),
    "square": elementwise(np.square),
    "erf": elementwise(lambda x: np.vectorize(math.erf, otypes=[x.dtype])(x), inexact=True),
    "floor": elementwise(lambda x: np.floor(x).astype(x.dtype)),
    "ceil": elementwise(lambda x: np.ceil(x).astype(x.dtype)),
    "trunc": elementwise(lambda x: np.trunc(x).astype(x.dtype)),
    "round": rounded,
    "deg2rad": elementwise(np.deg2rad, inexact=True),
    "rad2deg": elementwise(np.rad2deg, inexact=True),
    "sinc": elementwise(lambda x: np.sinc(x).astype(x.dtype), inexact=True),
    "positive": elementwise(np.positive),
    "isposinf": lambda x: np.isposinf(x) if x.dtype != bool else np.zeros(x.shape, bool),
    "isneginf": lambda x: np.isneginf(x) if x.dtype != bool else np.zeros(x.shape, bool),
    "isreal": np.isreal,
    "signbit": lambda x: np.signbit(x) if x.dtype.kind == "f" else x < 0,
    "nan_to_num": nan_to_num,
    "logit": logit,
    "frac": elementwise(lambda x: x - np.trunc(x)),
    "bitwise_not": elementwise(np.invert),
    "logical_not": np.logical_not,
    "isnan": np.isnan,
    "isinf": np.isinf,
    "isfinite": np.isfinite,
    "sigmoid": elementwise(lambda x: 1 / (1 + np.exp(-x)), inexact=True),
    "silu": elementwise(lambda x: x / (1 + np.exp(-x)), inexact=True),
}

BINARY = {
    "add": scaled(np.add),
    "rsub": elementwise(lambda a, b: np.subtract(b, a)),
    "sub": scaled(np.subtract),
    "mul": elementwise(np.multiply),
    "div": divide,
    "pow": elementwise(np.power),
    "maximum": elementwise(np.maximum),
    "minimum": elementwise(np.minimum),
    "fmax": elementwise(np.fmax),
    "fmin": elementwise(np.fmin),
    "logaddexp2": elementwise(np.logaddexp2, inexact=True),
    "heaviside": elementwise(lambda x, v: np.heaviside(x, v).astype(x.dtype)),
    "atan2": elementwise(np.arctan2, inexact=True),
    "hypot": elementwise(np.hypot, inexact=True),
    "copysign": elementwise(np.copysign, inexact=True),
    "logaddexp": elementwise(np.logaddexp, inexact=True),
    "xlogy": elementwise(lambda a, b: np.where((a == 0) & (b == b), a * 0, a * np.log(b)), inexact=True),
    "fmod": elementwise(np.fmod),
    "remainder": elementwise(np.remainder),
    "floor_divide": elementwise(np.floor_divide),
    "bitwise_and": elementwise(np.bitwise_and),
    "bitwise_or": elementwise(np.bitwise_or),
    "bitwise_xor": elementwise(np.bitwise_xor),
    "bitwise_left_shift": elementwise(np.left_shift),
    "bitwise_right_shift": elementwise(np.right_shift),
    "logical_and": np.logical_and,
    "logical_or": np.logical_or,
    "logical_xor": np.logical_xor,
    "eq": compare(np.equal),
    "ne": compare(np.not_equal),
    "lt": compare(np.less),
    "le": compare(np.less_equal),
    "gt": compare(np.greater),
    "ge": compare(np.greater_equal),
}

ELEMENTWISE = {**UNARY, **BINARY, "where": where}


def clamp(x, min=None, max=None):
    dtype = promote(*(o for o in (x, min, max) if o is not None))
    x = np.asarray(x, dtype)
    x = x if min is None else np.maximum(x, np.asarray(min, dtype))
    return x if max is None else np.minimum(x, np.asarray(max, dtype))


def lerp(start, end, weight):
    weight = np.asarray(weight, start.dtype)
    return np.where(np.abs(weight) < 0.5, start + weight * (end - start), end - (end - start) * (1 - weight))


def addcmul(x, a, b, value=1):
    return x + np.asarray(value, (a * b).dtype) * (a * b)


def addcdiv(x, a, b, value=1):
    return x + np.asarray(value, (a / b).dtype) * (a / b)


def gelu(x, approximate="none"):
    if approximate == "tanh":
        return (0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))).astype(x.dtype)
    return (0.5 * x * (1 + UNARY["erf"](x / np.sqrt(2)))).astype(x.dtype)


def softplus(x, beta=1, threshold=20):
    soft = np.log1p(np.exp(np.minimum(x * beta, threshold))) / beta
    return np.where(x * beta > threshold, x, soft).astype(x.dtype)


def isclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    return np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan)


REFERENCE = {
    **ELEMENTWISE,
    "clamp": clamp,
    "clamp_min": clamp,
    "clamp_max": lambda x, max: clamp(x, max=max),
    "lerp": lerp,
    "addcmul": addcmul,
    "addcdiv": addcdiv,
    "gelu": gelu,
    "softplus": softplus,
    "isclose": isclose,
    "allclose": lambda a, b, **tolerances: bool(isclose(a, b, **tolerances).all()),
    "equal": np.array_equal,
    **ARRANGED,
    "where": where_or_nonzero,
    "index_put": index_put,
    "gather": lambda x, dim, index: x[along_index(x, dim, index)],
    "scatter": scatter,
    "scatter_add": lambda x, dim, index, src: scatter(x, dim, index, src, "add"),
    "scatter_reduce": scatter_reduce,
    "index_select": lambda x, dim, index: x[slices(x, dim, index)],
    "index_add": index_write(np.add),
    "index_copy": index_write(None),
    "index_fill": index_write(None),
    "take": lambda x, index: x.reshape(-1)[flat_places(x, index)].reshape(index.shape),
    "put": put,
    "take_along_dim": take_along_dim,
    "nonzero": nonzero,
    "argwhere": nonzero,
    "masked_fill": masked_fill,
    "masked_scatter": masked_scatter,
    "masked_select": masked_select,
    "select_scatter": lambda x, src, dim, index: replace(x, (slice(None),) * (dim % x.ndim) + (index,), src),
    "slice_scatter": lambda x, src, dim=0, start=None, end=None, step=1: replace(
        x, (slice(None),) * dim + (slice(start, end, step),), src
    ),
    "diagonal_scatter": diagonal_scatter,
    "sort": sort,
    "argsort": order,
    "msort": lambda x: np.sort(x, 0),
    "topk": topk,
    "kthvalue": kthvalue,
    "searchsorted": searchsorted,
    "bucketize": lambda x, boundaries, right=False, out_int32=False: searchsorted(boundaries, x, right),
    "isin": isin,
    "bincount": bincount,
    "histc": histc,
    "unique": unique,
    "unique_consecutive": unique_consecutive,
    "sum": total,
    "mean": mean,
    "max": extreme(np.max, np.argmax, BINARY["maximum"]),
    "min": extreme(np.min, np.argmin, BINARY["minimum"]),
    "norm": norm,
    "prod": prod,
    "amax": extremes(np.max),
    "amin": extremes(np.min),
    "aminmax": lambda x, dim=None, keepdim=False: (
        extremes(np.min)(x, dim, keepdim),
        extremes(np.max)(x, dim, keepdim),
    ),
    "argmax": position(np.argmax),
    "argmin": position(np.argmin),
    "any": truth(np.any),
    "all": truth(np.all),
    "count_nonzero": lambda x, dim=None: np.asarray(np.sum(x != 0, axis=along(dim)), np.int64),
    "var": variance(False, False),
    "std": variance(True, False),
    "var_mean": variance(False, True),
    "std_mean": variance(True, True),
    "median": ranked(middle, True),
    "mode": ranked(most_frequent, False),
    "nansum": nansum,
    "nanmean": nanmean,
    "cumsum": scan(np.cumsum),
    "cumprod": scan(np.cumprod),
    "logcumsumexp": logcumsumexp,
    "cummax": cum_extreme(lambda v, best: v >= best),
    "cummin": cum_extreme(lambda v, best: v <= best),
    "diff": diff,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "layer_norm": layer_norm,
    "nll_loss": nll_loss,
    "cross_entropy": cross_entropy,
    **dict.fromkeys(("dot", "mv", "mm", "bmm", "matmul"), matmul),
    "select": lambda x, dim, index: np.moveaxis(x, dim, 0)[index],
    "slice": dim_slice,
    "narrow": narrow,
    "reshape": reshape,
    "view": reshape,
    "transpose": swap,
    "t": np.transpose,
    "permute": permute,
    "expand": expand,
    "unsqueeze": lambda x, dim: np.expand_dims(x, dim),
    "squeeze": squeeze,
    "cat": lambda tensors, dim=0: np.concatenate(tensors, axis=dim),
    "stack": lambda tensors, dim=0: np.stack(tensors, axis=dim),
    "index": lambda x, index: x[plain(index)],
    "__getitem__": lambda x, index: x[plain(index)],
    "zero_": lambda x: np.zeros_like(x),
    "fill_": lambda x, value: np.full_like(x, value),
    "copy_": lambda x, source: np.broadcast_to(source, x.shape).astype(x.dtype),
    "to": to,
    "float": cast(np.float32),
    "double": cast(np.float64),
    "long": cast(np.int64),
    "int": cast(np.int32),
    "bool": cast(np.bool_),
    "contiguous": np.copy,
    "clone": np.copy,
    "detach": np.copy,
    "zeros": filled(0),
    "ones": filled(1),
    "full": full,
    "arange": arange,
    **{name: filled(0) for name in RANDOM},
}
