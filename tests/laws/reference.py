"""NumPy's answer for each op: REFERENCE maps an op's name to a function of arrays and plain arguments.

NumPy differs from PyTorch in result dtypes; `promote` states PyTorch's rule. ELEMENTWISE ops take operands of any
broadcastable shapes, so the drawn laws may choose those freely. Of RANDOM ops only shape and dtype can be compared.
"""

import math

import numpy as np

KIND = {"b": 0, "i": 1, "f": 2}
CONTIGUOUS = {"view"}  # ops that may refuse other layouts
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


def assign(x, index, value):
    out = x.copy()
    out[plain(index)] = value
    return out


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
    "div": elementwise(np.divide, inexact=True),
    "pow": elementwise(np.power),
    "maximum": elementwise(np.maximum),
    "minimum": elementwise(np.minimum),
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
    "sum": total,
    "mean": mean,
    "max": extreme(np.max, np.argmax, BINARY["maximum"]),
    "min": extreme(np.min, np.argmin, BINARY["minimum"]),
    "norm": norm,
    **dict.fromkeys(("dot", "mv", "mm", "bmm", "matmul"), matmul),
    "select": lambda x, dim, index: np.moveaxis(x, dim, 0)[index],
    "slice": dim_slice,
    "narrow": narrow,
    "reshape": reshape,
    "view": reshape,
    "flatten": lambda x: x.reshape(-1),
    "transpose": swap,
    "t": np.transpose,
    "permute": permute,
    "expand": expand,
    "unsqueeze": lambda x, dim: np.expand_dims(x, dim),
    "squeeze": squeeze,
    "cat": lambda tensors, dim=0: np.concatenate(tensors, axis=dim),
    "stack": lambda tensors, dim=0: np.stack(tensors, axis=dim),
    "index": lambda x, index: x[plain(index)],
    "index_put": assign,
    "masked_select": lambda x, mask: x[mask],
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
