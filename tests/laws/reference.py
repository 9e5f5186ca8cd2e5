"""NumPy's answer for each op: REFERENCE maps an op's name to a function of arrays and plain arguments.

NumPy differs from PyTorch in result dtypes; `promote` states PyTorch's rule. ELEMENTWISE ops take operands of any
broadcastable shapes, so the drawn laws may choose those freely. Of RANDOM ops only shape and dtype can be compared.
"""

import math

import numpy as np

from .arranged import ARRANGED
from .indexed import (
    along_index,
    bincount,
    diagonal_scatter,
    flat_places,
    histc,
    index_put,
    index_write,
    isin,
    kthvalue,
    masked_fill,
    masked_scatter,
    masked_select,
    nonzero,
    order,
    plain,
    put,
    replace,
    scatter,
    scatter_reduce,
    searchsorted,
    slices,
    sort,
    take_along_dim,
    topk,
    unique,
    unique_consecutive,
    where_or_nonzero,
)
from .promotion import category, compare, divide, elementwise, promote, scaled, where
from .reduced import (
    along,
    cross_entropy,
    cum_extreme,
    diff,
    extreme,
    extremes,
    layer_norm,
    log_softmax,
    logcumsumexp,
    logsumexp,
    mean,
    middle,
    most_frequent,
    nanmean,
    nansum,
    nll_loss,
    norm,
    position,
    prod,
    ranked,
    scan,
    softmax,
    total,
    truth,
    variance,
)
from .special import SPECIAL

DISTINCT = {"median", "_nanmedian"}  # ops with a kink at equal values that left and right slopes do not show


CONTIGUOUS = {"view", "as_strided"}  # ops that may refuse other layouts, or show them


RANDOM = {"rand", "randn", "randint", "randperm", "empty"}


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
    "spherical_bessel_j0": elementwise(
        lambda x: np.where(np.isinf(x), 0, np.sinc(x / np.pi)).astype(x.dtype), inexact=True
    ),
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
    **SPECIAL,
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
    "_nanmedian": lambda x: ranked(middle, True)(np.asarray(x).reshape(-1)[np.asarray(x == x).reshape(-1)]),
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
