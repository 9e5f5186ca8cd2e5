"""NumPy's answers for indexing, scattering, orders, counts and sets. Depends on `reduced`."""

import numpy as np

from .promotion import where


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
