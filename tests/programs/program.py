"""A random program: steps over numbered registers, drawn by Hypothesis and run on the reference and on the library."""

from dataclasses import dataclass

import numpy as np
from hypothesis import assume, strategies as st

from backend import ON_TORCH, t64

from . import steps
from .steps import Unusable

MAKES = {**steps.UNARY, **steps.WITH_DIMS, **steps.BINARY, **steps.PRODUCT, **steps.VIEWS}
CHANGES = {**steps.WRITES, **steps.WRITES_WITH}
SHAPES = [(), (1,), (2,), (3,), (2, 3), (3, 2), (3, 1)]
LARGEST = 50.0
IMAGINARY = 1e-100


@dataclass(frozen=True)
class Step:
    """`name(*operands)`: a made value goes to the next register, a change is in place. A branch chooses by a value."""

    name: str
    operands: tuple
    otherwise: str = ""  # the step taken instead when the register `chooser` sums to a negative number
    chooser: int = -1

    def __repr__(self):
        words = f"{self.name}({', '.join(f'r{k}' for k in self.operands)})"
        return words + (f" if r{self.chooser}.sum() > 0 else {self.otherwise}" if self.otherwise else "")


@dataclass
class Program:
    inputs: list  # NumPy arrays: the first registers
    steps: list

    def __repr__(self):
        made = len(self.inputs)
        lines = [f"r{k} = tensor({value.tolist()}, requires_grad=True)" for k, value in enumerate(self.inputs)]
        for step in self.steps:
            if step.name in MAKES:
                lines.append(f"r{made} = {step}")
                made += 1
            else:
                lines.append(str(step))
        return "\n".join(["", *lines, "loss = sum of (register * weight)"])


class OnNumPy:
    """Runs steps on complex arrays; views are NumPy's."""

    def __init__(self, inputs):
        self.registers = [np.array(value, complex) for value in inputs]

    def chooses_first(self, step):
        if not step.otherwise:
            return True
        total = self.registers[step.chooser].real.sum()
        if abs(total) < 1e-6:
            raise Unusable
        return total > 0

    def run(self, step):
        name = step.name if self.chooses_first(step) else step.otherwise
        operands = [self.registers[k] for k in step.operands]
        if name in CHANGES:
            target, *others = operands
            CHANGES[name][0](target, *(other.copy() for other in others))
        else:
            self.registers.append(np.asarray(MAKES[name][0](*operands)))
        if any(np.any(~(np.abs(r) < LARGEST)) for r in self.registers):
            raise Unusable


class OnLibrary:
    """Runs steps on tensors."""

    def __init__(self, inputs):
        self.registers = list(inputs)

    def run(self, step):
        first = not step.otherwise or self.registers[step.chooser].sum() > 0
        name = step.name if first else step.otherwise
        operands = [self.registers[k] for k in step.operands]
        if name in CHANGES:
            target, *others = operands
            if ON_TORCH:  # PyTorch refuses or garbles operands that overlap what is written
                others = [other.clone() for other in others]
            CHANGES[name][1](target, *others)
        else:
            self.registers.append(MAKES[name][1](*operands))


def weights(register):
    """What the loss multiplies a register's elements with."""
    return np.cos(np.arange(1, register.size + 1)).reshape(register.shape)


def loss_on_numpy(program, inputs):
    machine = OnNumPy(inputs)
    for step in program.steps:
        machine.run(step)
    return sum(np.sum(weights(r) * r) for r in machine.registers), machine.registers


def loss_on_library(program, inputs):
    machine = OnLibrary(inputs)
    for step in program.steps:
        machine.run(step)
    total = 0.0
    for register in machine.registers:
        total = total + (t64(weights(np.empty(tuple(register.shape)))) * register).sum()
    return total, machine.registers


def gradients_on_numpy(program, inputs):
    """Exact to rounding: one run with an imaginary step for each element of the inputs."""
    found = []
    for k, value in enumerate(inputs):
        gradient = np.zeros(value.shape)
        for index in np.ndindex(*value.shape):
            moved = [np.array(other, complex) for other in inputs]
            moved[k][index] += 1j * IMAGINARY
            gradient[index] = loss_on_numpy(program, moved)[0].imag / IMAGINARY
        found.append(gradient)
    return found


# Drawing.


def broadcasts(machine, a, b, into=False):
    """Whether two registers have shapes that broadcast; `into` the first one's shape."""
    try:
        shape = np.broadcast_shapes(machine.registers[a].shape, machine.registers[b].shape)
    except ValueError:
        return False
    return not into or shape == machine.registers[a].shape


def multiply(machine, a, b):
    x, y = machine.registers[a], machine.registers[b]
    return x.ndim and y.ndim and x.shape[-1] == y.shape[max(-2, -y.ndim)]


UNSEEN = {"detached", "item", "unseen_double"}  # values that depend on the inputs without the gradient knowing


@st.composite
def programs(draw, longest=16, unseen=True):
    """A program that the reference can run; without `unseen`, one whose gradients are the slopes of its values."""
    elements = st.integers(-12, 11)  # of eighths, off the grid: never zero, never tied
    count = draw(st.integers(1, 3))
    inputs = []
    for _ in range(count):
        shape = draw(st.sampled_from(SHAPES))
        size = int(np.prod(shape))
        flat = draw(st.lists(elements, min_size=size, max_size=size, unique=True))
        inputs.append((np.array(flat).reshape(shape) + 0.37 + 0.1 * len(inputs)) / 8)
    machine, chosen = OnNumPy(inputs), []
    roots = list(range(count))  # the register whose storage each register lies in
    for _ in range(draw(st.integers(1, longest))):
        step = draw_step(draw, machine, roots, count)
        if step is None or (step.name in UNSEEN and not unseen):
            continue
        before = len(machine.registers)
        try:
            machine.run(step)
        except Unusable:
            assume(False)
        if len(machine.registers) > before:
            if step.name in steps.VIEWS:
                roots.append(roots[step.operands[0]])
            else:
                roots.append(before)
                machine.registers[-1] = np.array(machine.registers[-1])
        chosen.append(step)
    assume(chosen)
    return Program(inputs, chosen)


def draw_step(draw, machine, roots, count):
    registers = machine.registers
    every = range(len(registers))
    some = draw(st.sampled_from(every))
    dims, size = registers[some].ndim, registers[some].size
    writable = [k for k in every if roots[k] >= count and registers[k].flags.writeable]
    kind = draw(
        st.sampled_from(
            ["unary", "binary", "binary", "view", "write", "write", "write_with", "dims", "branch", "product"]
        )
    )
    if kind == "unary":
        return Step(draw(st.sampled_from(sorted(steps.UNARY))), (some,)) if size else None
    if kind == "dims":
        return Step(draw(st.sampled_from(sorted(steps.WITH_DIMS))), (some,)) if size and dims in (1, 2) else None
    if kind == "view":
        if not dims or 0 in registers[some].shape:
            return Step("unsqueeze", (some,))
        return Step(draw(st.sampled_from(sorted(steps.VIEWS))), (some,)) if dims < 4 else Step("first", (some,))
    if kind in ("binary", "branch"):
        other = draw(st.sampled_from([k for k in every if broadcasts(machine, some, k)]))
        name = draw(st.sampled_from(sorted(steps.BINARY)))
        if kind == "binary":
            return Step(name, (some, other))
        return Step(name, (some, other), draw(st.sampled_from(sorted(steps.BINARY))), draw(st.sampled_from(every)))
    if kind == "product":
        fitting = [k for k in every if multiply(machine, some, k)]
        return Step("matmul", (some, draw(st.sampled_from(fitting)))) if fitting else None
    if not writable:
        return Step("clone", (some,))
    target = draw(st.sampled_from(writable))
    if kind == "write":
        usable = (
            sorted(steps.WRITES) if registers[target].ndim and len(registers[target]) else ["tanh_", "neg_", "halve_"]
        )
        return Step(draw(st.sampled_from(usable)), (target,))
    others = [k for k in every if broadcasts(machine, target, k, into=True)]
    usable = sorted(steps.WRITES_WITH) if registers[target].ndim else ["add_", "mul_", "copy_"]
    return Step(draw(st.sampled_from(usable)), (target, draw(st.sampled_from(others))))
