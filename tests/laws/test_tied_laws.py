"""Where derivatives are a matter of choice the choice is one: on values full of ties, zeros and ends of ranges forward mode,
recorded and mapped derivatives are those of reverse mode. Which choice it is has its tests in tests/test_kinks.py.
"""

import zlib

import numpy as np
import pytest

from backend import ON_TORCH, array, torch, wengert_only

from .case import Case
from .layouts import LAYOUTS
from .samples import Uniform, evaluate
from .table import OPS

pytestmark = wengert_only

DRAWS = 3


class Tied(Uniform):
    """Few different values, zeros of both signs among them."""

    VALUES = np.array([-2.0, -1.0, -0.0, 0.0, 1.0, 1.0, 2.0])

    def floats(self, shape, lo, hi):
        inside = self.VALUES[(self.VALUES >= lo) & (self.VALUES <= hi)]
        inside = inside if inside.size else np.array([(lo + hi) / 2])
        return np.asarray(self.random.choice(inside, self.shape(shape)), np.float64)


def cases(op):
    for text in op["samples"]:
        for draw in range(DRAWS):
            name = f"{op['name']}({text}) {draw}"
            sample = evaluate(op["name"], text, Tied(zlib.crc32(name.encode())))
            case = Case(op, sample, LAYOUTS["contiguous"])
            if case.inputs:
                yield name, case


def function_of(case, operands):
    """The op as a function of its float operands, and these."""

    def function(*floats):
        placed = list(operands)
        for k, x in zip(case.inputs, floats):
            placed[k] = x
        return tuple(case.outputs(placed))

    return function, [operands[k] for k in case.inputs]


def drawn(name, shapes):
    random = np.random.default_rng(zlib.crc32(name.encode()))
    return [torch.tensor(random.choice([1.0, 2.0, 3.0], tuple(shape))) for shape in shapes]


def check(name, what, got, wanted):
    for x, y in zip(got, wanted, strict=True):
        np.testing.assert_allclose(array(x), array(y), rtol=1e-9, atol=1e-9, err_msg=f"{name}: {what}")


DIFFERENTIABLE = [pytest.param(op, id=op["name"]) for op in (() if ON_TORCH else OPS) if op["differentiable"]]


@pytest.mark.parametrize("op", DIFFERENTIABLE)
def test_all_derivatives_are_one(op):
    func, grad = torch.func, torch.autograd.grad
    for name, case in cases(op):
        operands = case.tensors()
        try:
            outputs = case.outputs(operands)
        except (RuntimeError, ValueError):  # such as a whole quotient by 0
            continue
        function, floats = function_of(case, operands)
        count = len(floats)
        us, vs = drawn(name, [y.shape for y in outputs]), drawn(name, [x.shape for x in floats])

        leaves = [x.clone().requires_grad_() for x in floats]
        pairs = [(y, u) for y, u in zip(function(*leaves), us) if y.requires_grad]
        if not pairs:
            continue
        ys, starts = zip(*pairs)
        keep = {"allow_unused": True, "materialize_grads": True}
        pulled = grad(ys, leaves, starts, retain_graph=True, **keep)
        check(name, "recorded", grad(ys, leaves, starts, create_graph=True, **keep), pulled)

        pushed = func.jvp(function, tuple(floats), tuple(vs))[1]
        forward = sum(array(t * u).sum() for t, u in zip(pushed, us))
        reverse = sum(array(g * v).sum() for g, v in zip(pulled, vs))
        assert np.isfinite(forward) == np.isfinite(reverse), f"{name}: forward {forward}, reverse {reverse}"
        if np.isfinite(forward):
            np.testing.assert_allclose(forward, reverse, rtol=1e-9, atol=1e-9, err_msg=f"{name}: forward mode")

        def pull(*given, function=function, count=count):
            return func.vjp(function, *given[:count])[1](tuple(given[count:]))

        def push(*given, function=function, count=count):
            return func.jvp(function, given[:count], given[count:])[1]

        def mapped(f, *given):
            return [g[1] for g in func.vmap(f)(*(torch.stack([x, x]) for x in given))]

        check(name, "mapped reverse", mapped(pull, *floats, *us), pulled)
        check(name, "mapped forward", mapped(push, *floats, *vs), pushed)
