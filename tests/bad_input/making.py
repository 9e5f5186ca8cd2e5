"""Operands for the rows. Each one is remembered as it was made, so that a test can tell whether a failing call changed it."""

import numpy as np

from backend import ON_TORCH, t64 as _t64, torch

if ON_TORCH:
    import torch.nn.functional as functional
else:
    import wengert.nn.functional as functional

IndexOrRuntime = (IndexError, RuntimeError)
TypeOrRuntime = (TypeError, RuntimeError)
ValueOrRuntime = (ValueError, RuntimeError)
# A whole number of more than 64 bits: PyTorch has one class where it is unpacked, another where it is converted.
TooBig = (OverflowError, ValueError, TypeError, RuntimeError, IndexError)
# PyTorch has a RuntimeError where memory ends.
NoMemory = (MemoryError, RuntimeError)

_made = []


def state(x):
    """What a failing call must leave as it is: values, shape, version, gradient."""
    grad = x.grad.numpy(force=True).tobytes() if x.is_leaf and x.grad is not None else None
    return x.numpy(force=True).tobytes(), tuple(x.shape), x.stride(), x.dtype, x.requires_grad, x._version, grad


def kept(x):
    """The tensor, which is to stay as it is from now on."""
    _made[:] = [pair for pair in _made if pair[0] is not x]
    _made.append((x, state(x)))
    return x


def forget():
    _made.clear()


def changed():
    """What is no longer as it was: pairs of states."""
    return [(before, state(x)) for x, before in _made if state(x) != before]


def f(*shape):
    return kept(torch.ones(*shape, dtype=torch.float64))


def t64(values, requires_grad=False):
    return kept(_t64(values, requires_grad))


def leaf(*shape):
    return kept(torch.ones(*shape, dtype=torch.float64).requires_grad_())


def whole(*values, dtype=None):
    return kept(torch.tensor(list(values), dtype=dtype))


def truth(*values):
    return kept(torch.tensor(list(values)))


def put(x, index, value):
    x[index] = value


def attempt(statement, **names):
    """Runs a statement, for what is no expression."""
    exec(statement, {"torch": torch, "np": np}, names)


def unpack(x):
    a, b = x
    return a, b


def loop():
    """A list that holds itself."""
    items = []
    items.append(items)
    return items


def spent():
    """A scalar whose graph a backward has used up."""
    x = leaf(2)
    y = (x * x).sum()
    y.backward()
    kept(x)
    return y


__all__ = [
    "IndexOrRuntime", "NoMemory", "TooBig", "TypeOrRuntime", "ValueOrRuntime", "attempt", "f", "functional", "kept", "leaf",
    "loop", "np", "put", "spent", "t64", "torch", "truth", "unpack", "whole",
]  # fmt: skip
