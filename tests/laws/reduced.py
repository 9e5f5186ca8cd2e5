"""NumPy's answers for reductions, scans, norms, softmax and losses. Depends on `promotion`."""

import numpy as np


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
        found = np.asarray(function(x, axis=along(dim) if x.ndim else None, keepdims=keepdim))
        return found.astype(np.uint8) if x.dtype == np.uint8 else found

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
