"""The steps a random program is made of. Each knows how to run on NumPy (the reference) and on the library.

The reference holds complex numbers x + i*1e-100*dx: NumPy's own views give the aliasing, and the imaginary part the
exact derivative, for every step is analytic or picks its branch by the real part (the complex-step method).
"""

import numpy as np

from backend import torch


class Unusable(Exception):
    """The value sits on or near a kink or has grown too large: rounding would decide the outcome."""


def guard(*values):
    """No value may be near zero without being zero, where a branch hangs on its sign."""
    for value in values:
        if np.any((np.abs(value.real) < 1e-6) & (value != 0)):
            raise Unusable
    return values[0]


def positive(x):
    return guard(x).real > 0


def magnitude(x):
    return np.sign(guard(x).real) * x


def whole_max(x):
    """Ties share the gradient evenly."""
    gap = x.real.max() - x.real
    if np.any((gap > 0) & (gap < 1e-6)):
        raise Unusable
    return x[gap == 0].mean()


def dim_max(x):
    ordered = np.sort(x.real, axis=-1)
    if x.shape[-1] > 1 and np.any(ordered[..., -1] - ordered[..., -2] < 1e-6):
        raise Unusable
    return np.take_along_axis(x, np.argmax(x.real, axis=-1)[..., None], -1)[..., 0]


def length(x):
    square = np.sum(x * x)
    if square.real < 1e-6:
        raise Unusable
    return np.sqrt(square)


# name: (on NumPy, on the library); both take the operands.

UNARY = {
    "neg": (lambda x: -x, lambda x: -x),
    "tanh": (np.tanh, torch.tanh),
    "sin": (np.sin, torch.sin),
    "cos": (np.cos, lambda x: x.cos()),
    "abs": (magnitude, abs),
    "relu": (lambda x: np.where(positive(x), x, 0), lambda x: x.relu()),
    "exp": (lambda x: np.exp(-(x * x)), lambda x: torch.exp(-(x * x))),
    "log": (lambda x: np.log(x * x + 1), lambda x: torch.log(x * x + 1)),
    "sqrt": (lambda x: np.sqrt(x * x + 0.5), lambda x: (x**2 + 0.5).sqrt()),
    "cube": (lambda x: x * x * x, lambda x: x**3),
    "half": (lambda x: x / 2, lambda x: x / 2),
    "from_one": (lambda x: 1 - x, lambda x: 1 - x),
    "clone": (np.copy, lambda x: x.clone()),
    "contiguous": (np.copy, lambda x: x.contiguous().clone()),
    "detached": (lambda x: x.real.astype(complex), lambda x: x.detach().clone()),
    "double": (np.copy, lambda x: x.double().clone()),
    "flat": (lambda x: x.reshape(-1).copy(), lambda x: x.reshape(-1).clone()),
    "sum": (np.sum, lambda x: x.sum()),
    "mean": (np.mean, lambda x: x.mean()),
    "max": (whole_max, lambda x: x.max()),
    "norm": (length, lambda x: x.norm()),
    "item": (
        lambda x: np.full((2,), x.real.sum(), complex),
        lambda x: torch.full((2,), x.detach().sum().item(), dtype=torch.float64),
    ),
}

WITH_DIMS = {
    "sum_last": (lambda x: x.sum(-1), lambda x: x.sum(-1)),
    "sum_first": (lambda x: x.sum(0, keepdims=True), lambda x: x.sum(dim=0, keepdim=True)),
    "mean_first": (lambda x: x.mean(0), lambda x: x.mean(dim=0)),
    "max_last": (dim_max, lambda x: x.max(dim=-1).values),
    "gather_rows": (lambda x: x[[0, -1, 0]], lambda x: x[torch.tensor([0, -1, 0])]),
    "mask": (lambda x: x[np.abs(guard(x).real) > 0], lambda x: x[x.abs() > 0]),
    "stack_up": (lambda x: np.concatenate([x, x]), lambda x: torch.cat([x, x])),
    "gram": (lambda x: x.T @ x if x.ndim == 2 else np.sum(x * x), lambda x: x.t() @ x if x.dim() == 2 else x.dot(x)),
}

BINARY = {
    "add": (lambda x, y: x + y, lambda x, y: x + y),
    "sub": (lambda x, y: x - y, lambda x, y: x - y),
    "mul": (lambda x, y: x * y, lambda x, y: x * y),
    "div": (lambda x, y: x / (y * y + 1), lambda x, y: x / (y * y + 1)),
    "where": (lambda x, y: np.where(positive(x - y), x, y * 2), lambda x, y: torch.where(x > y, x, y * 2)),
}

PRODUCT = {"matmul": (lambda x, y: x @ y, lambda x, y: x @ y)}

# Views: the result shares storage with the operand.

VIEWS = {
    "alias": (lambda x: x[...], lambda x: x[...]),
    "transpose": (lambda x: x.T, lambda x: x.permute(*range(x.dim() - 1, -1, -1))),
    "unsqueeze": (lambda x: x[None], lambda x: x.unsqueeze(0)),
    "squeeze": (np.squeeze, lambda x: x.squeeze()),
    "first": (lambda x: x[0, ...], lambda x: x[0]),
    "last": (lambda x: x[-1, ...], lambda x: x.select(0, -1)),
    "last_column": (lambda x: x[..., -1], lambda x: x[..., -1]),
    "tail": (lambda x: x[1:], lambda x: x[1:]),
    "even": (lambda x: x[::2], lambda x: x[::2]),
    "head_columns": (lambda x: x[..., :1], lambda x: x[..., :1]),
    "expand": (lambda x: np.broadcast_to(x, (2, *x.shape)), lambda x: x.expand(2, *x.shape)),
}


def real_times(x, factor):
    """A write that the gradient does not see."""
    x.real[...] *= factor


def unseen(x, factor):
    with torch.no_grad():
        x.mul_(factor)


# In-place steps: (on NumPy, on the library); the first operand is written to.


def numpy_write(function):
    def write(x, *others):
        x[...] = function(x, *others)

    return write


WRITES = {
    "tanh_": (numpy_write(np.tanh), lambda x: x.tanh_()),
    "sin_": (numpy_write(np.sin), lambda x: x.sin_()),
    "neg_": (numpy_write(np.negative), lambda x: x.neg_()),
    "relu_": (numpy_write(UNARY["relu"][0]), lambda x: x.relu_()),
    "halve_": (numpy_write(lambda x: x / 2), lambda x: x.div_(2)),
    "square_": (numpy_write(lambda x: x * x), lambda x: x.pow_(2)),
    "zero_": (numpy_write(np.zeros_like), lambda x: x.zero_()),
    "fill_": (numpy_write(lambda x: np.full_like(x, 0.75)), lambda x: x.fill_(0.75)),
    "first_set": (lambda x: x.__setitem__(0, 0.5), lambda x: x.__setitem__(0, 0.5)),
    "tail_halved": (lambda x: x[1:].__imul__(0.5), lambda x: x[1:].mul_(0.5)),
    "unseen_double": (lambda x: real_times(x, 2), lambda x: unseen(x, 2)),
}

WRITES_WITH = {
    "add_": (numpy_write(lambda x, y: x + y), lambda x, y: x.add_(y)),
    "sub_": (numpy_write(lambda x, y: x - y), lambda x, y: x.sub_(y)),
    "mul_": (numpy_write(lambda x, y: x * y), lambda x, y: x.mul_(y)),
    "copy_": (numpy_write(lambda x, y: y), lambda x, y: x.copy_(y)),
    "set_all": (numpy_write(lambda x, y: y), lambda x, y: x.__setitem__(slice(None), y)),
}
