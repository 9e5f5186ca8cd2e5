"""The ops under test and the cases the laws run on: every op, every sample, every layout that makes a difference."""

from backend import ON_TORCH, torch

from .case import Case, is_float
from .layouts import LAYOUTS
from .reference import CONTIGUOUS, DISTINCT
from .samples import evaluate

if ON_TORCH:
    from .standin import OPS

    ALL_OPS = OPS
else:
    ALL_OPS = torch._core.ops()
    # Methods that only write (copy_, fill_, zero_) compute nothing of their input: interactions/ has their tests.
    # Answers that are no tensors (equal, allclose) have tests in test_predicates.py.
    OPS = [op for op in ALL_OPS if not op["writes"] and op["returns"] != "bool"]


def variants(op, text, dtype):
    """(layout name, case) for one sample; layouts that change nothing for it are left out."""
    yield from placements(op, evaluate(op["name"], text), dtype)


def placements(op, sample, dtype):
    """(layout name, case) for a sample, its operands placed in each layout and passed twice."""
    shapes = [leaf.shape for leaf in sample.leaves]
    seen = set()
    # `view` refuses what `reshape` copies: it has cases only where there is a view to make.
    layouts = LAYOUTS if op["name"] != "view" else {"contiguous": LAYOUTS["contiguous"]}
    for name, layout in layouts.items():
        placed = tuple(layout(shape) for shape in shapes)
        if placed not in seen and (name == "contiguous" or op["name"] not in CONTIGUOUS):
            seen.add(placed)
            yield name, Case(op, sample, layout, dtype)
    repeated = Case(op, sample, LAYOUTS["contiguous"], dtype, repeated=True)
    if repeated.repeats:
        yield "repeated", repeated


def every_case(dtype="float64", wanted=lambda case: True):
    """(id, case) for all ops, samples and layouts."""
    found = []
    for op in OPS:
        for text in op["samples"]:
            for name, case in variants(op, text, dtype):
                if wanted(case):
                    found.append((f"{op['name']}({text})-{name}-{dtype}", case))
    return found


def carries_derivatives(case):
    """The op has derivatives, this sample has a float operand, and does not sit on a kink (such as tied maxima)."""
    if case.op["name"] in DISTINCT and any(len(set(value.flat)) < value.size for value in case.values):
        return False
    floats = case.op["differentiable"] and bool(case.inputs) and any(is_float(out) for out in case.reference())
    return floats and case.is_smooth()


def takes_tangents(case):
    """PyTorch cannot push a tangent through a tensor with stride 0."""
    return not (ON_TORCH and any(any(layout.expanded) for layout in case.layouts))
