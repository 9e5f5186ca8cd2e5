"""PyTorch's promotion of operands for NumPy's functions, and elementwise functions that state their own."""

import numpy as np

KIND = {"b": 0, "i": 1, "f": 2}


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
