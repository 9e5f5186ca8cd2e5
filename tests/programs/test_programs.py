"""Random whole programs: values, gradients and second derivatives of the library are those of the reference."""

import numpy as np
from hypothesis import assume, given, note, settings

from backend import ON_TORCH, array, t64, torch

from .program import gradients_on_numpy, loss_on_library, loss_on_numpy, programs
from .steps import Unusable

many = settings(max_examples=8 * settings.default.max_examples)


def leaves(program):
    return [t64(value, requires_grad=True) for value in program.inputs]


def gradients_on_library(program, inputs, create_graph=False):
    """PyTorch refuses a program that overwrites a saved value; wengert must get it right."""
    total, _ = loss_on_library(program, inputs)
    try:
        return torch.autograd.grad(total, inputs, create_graph=create_graph, allow_unused=True, materialize_grads=True)
    except RuntimeError as error:
        assume(not (ON_TORCH and "modified by an inplace operation" in str(error)))
        raise


def slopes(program, inputs):
    """The reference's gradients; a program with a tie or kink at its inputs is no test."""
    try:
        return gradients_on_numpy(program, inputs)
    except Unusable:
        assume(False)


def close(got, want, tolerance):
    scale = max(1.0, np.abs(want).max(initial=0.0))
    np.testing.assert_allclose(got, want, rtol=tolerance, atol=tolerance * scale)


@many
@given(programs())
def test_values(program):
    note(repr(program))
    _, want = loss_on_numpy(program, program.inputs)
    _, got = loss_on_library(program, leaves(program))
    for one, other in zip(got, want, strict=True):
        close(array(one), other.real, 1e-9)


@many
@given(programs())
def test_gradients(program):
    note(repr(program))
    inputs = leaves(program)
    got = gradients_on_library(program, inputs)
    for one, other in zip(got, slopes(program, program.inputs), strict=True):
        close(array(one), other, 1e-8)
    for tensor, value in zip(inputs, program.inputs):
        assert np.array_equal(array(tensor), value), "a program must not write to its inputs"


@many
@given(programs(longest=8, unseen=False))
def test_recorded_gradients(program):
    """With create_graph the gradients are the same, and their own derivative is that of the reference."""
    note(repr(program))
    inputs = leaves(program)
    found = gradients_on_library(program, inputs, create_graph=True)
    plain = slopes(program, program.inputs)
    directions = [np.sin(np.arange(1, g.size + 1)).reshape(g.shape) for g in plain]
    total = sum((t64(d) * g).sum() for d, g in zip(directions, found))
    for one, other in zip(found, plain, strict=True):
        close(array(one), other, 1e-8)

    step = 1e-5
    high = slopes(program, [x + step * d for x, d in zip(program.inputs, directions)])
    low = slopes(program, [x - step * d for x, d in zip(program.inputs, directions)])
    want = [(b - a) / (2 * step) for a, b in zip(low, high)]
    assume(all(np.allclose(a, b, atol=1e-2) for a, b in zip(low, high)))  # the same branches were taken
    if total.requires_grad:
        got = torch.autograd.grad(total, inputs, allow_unused=True, materialize_grads=True)
        for one, other in zip(got, want, strict=True):
            close(array(one), other, 1e-5)
    else:
        close(np.zeros(1), max(np.abs(w).max(initial=0.0) for w in want), 1e-5)


def test_the_reference_itself():
    """x*y + tanh through an in-place write, by hand."""
    from .program import Program, Step

    program = Program([np.array([0.5, -1.0])], [Step("clone", (0,)), Step("tanh_", (1,)), Step("mul", (0, 1))])
    x = program.inputs[0]
    w = np.cos([1.0, 2.0])
    slope = 1 - np.tanh(x) ** 2
    close(gradients_on_numpy(program, [x])[0], w * (1 + slope + np.tanh(x) + x * slope), 1e-12)
