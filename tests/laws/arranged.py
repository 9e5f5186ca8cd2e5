"""NumPy's answer for views, arrangements and products of many tensors: ARRANGED, a part of `reference.REFERENCE`.

ValueError and IndexError say that the arguments do not suit the sizes: the drawn laws then look for others.
"""

import itertools

import numpy as np


def need(condition, what):
    if not condition:
        raise ValueError(what)


def given(numbers):
    """Numbers given in a row or as one sequence."""
    return tuple(numbers[0]) if numbers and isinstance(numbers[0], (list, tuple)) else numbers


def diag_embed(x, offset=0, dim1=-2, dim2=-1):
    n = x.shape[-1] + abs(offset)
    out = np.zeros((*x.shape[:-1], n, n), x.dtype)
    row, column = max(-offset, 0), max(offset, 0)
    for i in range(x.shape[-1]):
        out[..., row + i, column + i] = x[..., i]
    rank = out.ndim
    if dim1 % rank > dim2 % rank:
        out = out.swapaxes(-1, -2)
    low, high = sorted((dim1 % rank, dim2 % rank))
    return np.moveaxis(np.moveaxis(out, -2, low), -1, high)


def as_strided(x, size, stride, storage_offset=None):
    """On the elements in row-major order: the samples are run on contiguous tensors."""
    start = storage_offset or 0
    place = np.full(tuple(size), start)
    for dim, step in enumerate(stride):
        shape = [1] * len(size)
        shape[dim] = size[dim]
        place = place + np.arange(size[dim]).reshape(shape) * step
    need(not place.size or place.max() < x.size, "as_strided: out of bounds")
    return x.reshape(-1)[place] if x.size else np.zeros(tuple(size), x.dtype)


def unfold(x, dimension, size, step):
    if x.ndim == 0:
        return x.reshape(1)[:size]
    dim = dimension % x.ndim
    need(size <= x.shape[dim], "unfold: too long")
    starts = range(0, x.shape[dim] - size + 1, step)
    windows = [np.moveaxis(np.take(x, range(s, s + size), axis=dim), dim, -1) for s in starts]
    return np.stack(windows, axis=dim)


def cut(x, dim, sizes):
    return tuple(np.split(x, np.cumsum(sizes)[:-1], axis=dim))


def split(x, size, dim=0):
    n = x.shape[dim]
    if isinstance(size, int):
        return cut(x, dim, [min(size, n - i) for i in range(0, n, size)] or [0])
    need(sum(size) == n, "split: sizes")
    return cut(x, dim, size)


def chunk(x, chunks, dim=0):
    n = x.shape[dim]
    return split(x, -(-n // chunks), dim) if n else (x,) * chunks


def tensor_split(x, places, dim=0):
    n = x.shape[dim]
    if isinstance(places, int):
        return tuple(np.array_split(x, places, axis=dim))
    ends = [min(max(p + n if p < 0 else p, 0), n) for p in places]
    bounds = zip([0, *ends], [*ends, n])
    return tuple(np.take(x, range(a, max(a, b)), axis=dim) for a, b in bounds)


def unbind(x, dim=0):
    return tuple(np.moveaxis(x, dim, 0))


def flatten(x, start_dim=0, end_dim=-1):
    if x.ndim == 0:
        return x.reshape(1)
    start, end = start_dim % x.ndim, end_dim % x.ndim
    return x.reshape(*x.shape[:start], int(np.prod(x.shape[start : end + 1])), *x.shape[end + 1 :])


def unflatten(x, dim, sizes):
    dim = dim % x.ndim
    need(not (-1 in sizes and x.shape[dim] == 0) or 0 not in sizes, "unflatten: ambiguous")
    inner = np.zeros(x.shape[dim]).reshape(sizes).shape
    return x.reshape(*x.shape[:dim], *inner, *x.shape[dim + 1 :])


def movedim(x, source, destination):
    return x if x.ndim == 0 else np.moveaxis(x, source, destination)


def several(function):
    def reference(*tensors):
        parts = tuple(function(t) for t in tensors)
        return parts[0] if len(parts) == 1 else parts

    return reference


def broadcast_to(x, *size):
    return np.broadcast_to(x, given(size))


def repeat(x, *repeats):
    counts = given(repeats)
    need(len(counts) >= x.ndim, "repeat: counts")
    return np.tile(x, counts)


def roll(x, shifts, dims=None):
    return np.roll(x, shifts, dims) if x.size else x


def flip(x, *dims):
    return np.flip(x, given(dims)) if given(dims) else x


def rot90(x, k=1, dims=(0, 1)):
    return np.rot90(x, k, dims)


def repeat_interleave(x, repeats=None, dim=None, output_size=None):
    if repeats is None:
        return np.repeat(np.arange(x.size), x)
    if dim is not None and isinstance(repeats, np.ndarray) and repeats.size not in (1, x.shape[dim]):
        raise ValueError("repeat_interleave: counts")
    return np.repeat(x, repeats, axis=dim)


def meshgrid(*tensors, indexing=None):
    return tuple(np.meshgrid(*tensors, indexing=indexing or "ij"))


def cartesian_prod(*tensors):
    if len(tensors) == 1:
        return tensors[0]
    return np.stack([g.reshape(-1) for g in np.meshgrid(*tensors, indexing="ij")], axis=1)


def combinations(x, r=2, with_replacement=False):
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    places = np.array(list(choose(range(x.size), r)), np.int64).reshape(-1, r)
    return x[places]


def block_diag(*tensors):
    blocks = [np.atleast_2d(t) for t in tensors]
    out = np.zeros(np.sum([b.shape for b in blocks], axis=0), np.result_type(*blocks))
    row = column = 0
    for b in blocks:
        out[row : row + b.shape[0], column : column + b.shape[1]] = b
        row, column = row + b.shape[0], column + b.shape[1]
    return out


def column_stack(tensors):
    return np.concatenate([t.reshape(t.size, 1) if t.ndim < 2 else t for t in tensors], axis=1)


def triangle_indices(function):
    def reference(row, col, offset=0, dtype=np.int64, device=None):
        return np.stack(function(row, offset, col)).astype(dtype)

    return reference


def einsum(*args):
    if isinstance(args[0], str):
        args = (args[0].replace(" ", ""), *args[1:])
    result = np.asarray(np.einsum(*args))
    return result.astype(np.result_type(*(a for a in args if isinstance(a, np.ndarray))))


def added(product):
    def reference(input, a, b, beta=1, alpha=1):
        p = np.asarray(product(a, b))
        scaled = (alpha * p).astype(p.dtype)
        need(np.broadcast_shapes(input.shape, p.shape) == p.shape, "input is larger than the product")
        return scaled if beta == 0 else scaled + (beta * input).astype(p.dtype)

    return reference


def same(first, second, what):
    need(first == second, what)


def batches(a, b):
    same(a.shape[0], b.shape[0], "batches")
    return np.matmul(a, b)


def linear(x, w, bias=None):
    y = np.matmul(x, w.T)
    return np.asarray(y if bias is None else y + bias)


def bilinear(a, b, w, bias=None):
    y = np.einsum("...i,oij,...j->...o", a, w, b)
    return y if bias is None else y + bias


def tensordot(a, b, dims=2):
    return np.asarray(np.tensordot(a, b, dims))


def cross(a, b, dim=None):
    dim = a.shape.index(3) if dim is None else dim
    need(a.shape[dim] == 3 == b.shape[dim], "cross: size")
    return np.cross(a, b, axis=dim)


def kron(a, b):
    n = max(a.ndim, b.ndim)
    a, b = (x.reshape((1,) * (n - x.ndim) + x.shape) for x in (a, b))
    return (
        np.asarray(np.kron(a, b)) if a.size and b.size else np.zeros([p * q for p, q in zip(a.shape, b.shape)], a.dtype)
    )


def multi_dot(tensors):
    out = tensors[0]
    for t in tensors[1:]:
        out = np.matmul(out, t)
    return np.asarray(out)


def cdist(a, b, p=2.0, compute_mode=None):
    return np.sum(np.abs(a[..., :, None, :] - b[..., None, :, :]) ** p, axis=-1) ** (1 / p)


def whole_trace(x):
    return np.asarray(np.trace(x), x.dtype if x.dtype.kind == "f" else np.int64)


ARRANGED = {
    "einsum": einsum,
    "outer": np.outer,
    "inner": lambda a, b: np.asarray(np.inner(a, b)),
    "tensordot": tensordot,
    "kron": kron,
    "vdot": lambda a, b: np.asarray(np.vdot(a, b)),
    "chain_matmul": lambda *matrices: multi_dot(matrices),
    "_multi_dot": multi_dot,
    "matrix_power": np.linalg.matrix_power,
    "trace": whole_trace,
    "cross": cross,
    "_linear": linear,
    "_bilinear": bilinear,
    "cdist": cdist,
    "addmm": added(np.matmul),
    "addmv": added(np.matmul),
    "addbmm": added(lambda a, b: batches(a, b).sum(0)),
    "baddbmm": added(batches),
    "addr": added(np.outer),
    "diagonal": lambda x, offset=0, dim1=0, dim2=1: np.diagonal(x, offset, dim1, dim2),
    "diag": lambda x, diagonal=0: np.diag(x, diagonal),
    "diagflat": lambda x, offset=0: np.diagflat(x, offset),
    "diag_embed": diag_embed,
    "as_strided": as_strided,
    "unfold": unfold,
    "split": split,
    "chunk": chunk,
    "unbind": unbind,
    "tensor_split": tensor_split,
    "hsplit": lambda x, places: tuple(np.hsplit(x, places)),
    "vsplit": lambda x, places: tuple(np.vsplit(x, places)),
    "dsplit": lambda x, places: tuple(np.dsplit(x, places)),
    "movedim": movedim,
    "flatten": flatten,
    "unflatten": unflatten,
    "ravel": np.ravel,
    "broadcast_to": broadcast_to,
    "adjoint": lambda x: np.swapaxes(x, -1, -2),
    "atleast_1d": several(np.atleast_1d),
    "atleast_2d": several(np.atleast_2d),
    "atleast_3d": several(np.atleast_3d),
    "broadcast_tensors": lambda *tensors: tuple(np.broadcast_arrays(*tensors)),
    "flip": flip,
    "fliplr": np.fliplr,
    "flipud": np.flipud,
    "rot90": rot90,
    "roll": roll,
    "repeat": repeat,
    "tile": lambda x, *dims: np.tile(x, given(dims)),
    "tril": lambda x, diagonal=0: np.tril(x, diagonal),
    "triu": lambda x, diagonal=0: np.triu(x, diagonal),
    "tril_indices": triangle_indices(np.tril_indices),
    "triu_indices": triangle_indices(np.triu_indices),
    "hstack": np.hstack,
    "vstack": np.vstack,
    "dstack": np.dstack,
    "column_stack": column_stack,
    "block_diag": block_diag,
    "meshgrid": meshgrid,
    "cartesian_prod": cartesian_prod,
    "combinations": combinations,
    "repeat_interleave": repeat_interleave,
}
