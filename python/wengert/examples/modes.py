"""`python -m wengert modes`: forward and reverse mode side by side on one function, and what each costs on others.

First the Wengert list of y = log(x1) + x1 x2 - sin(x2), with what each mode computes beside it (the example of Baydin et al.,
"Automatic Differentiation in Machine Learning: a Survey", 2018). Then the sweeps and operations that Jacobians of functions
on the diabetes data take, counted by recording the sweeps themselves.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from wengert.demo.check import Check, apart
from wengert.demo.regression import load

from . import chart
from .count import operations
from .report import columns, finish

# The rows of the list: name, what it is, and its derivative by hand along x1, along x2, and of y by it, at (2, 5).
AT = (2.0, 5.0)
LIST = (
    ("v1", "log(x1)", 1 / 2, 0.0, 1.0),
    ("v2", "x1 * x2", 5.0, 2.0, 1.0),
    ("v3", "sin(x2)", 0.0, math.cos(5), -1.0),
    ("v4", "v1 + v2", 1 / 2 + 5, 2.0, 1.0),
    ("y", "v4 - v3", 1 / 2 + 5, 2 - math.cos(5), 1.0),
)


def wengert_list(torch: ModuleType, x1: Any, x2: Any) -> list[Any]:
    """The values of the rows, from the inputs on."""
    v1 = torch.log(x1)
    v2 = x1 * x2
    v3 = torch.sin(x2)
    v4 = v1 + v2
    return [x1, x2, v1, v2, v3, v4, v4 - v3]


@dataclass(frozen=True)
class Traced:
    """A row of the list with what the modes computed: tangents along each input, and the derivative of y by it."""

    name: str
    formula: str
    value: float
    along_x1: float
    along_x2: float
    adjoint: float


def trace(torch: ModuleType) -> list[Traced]:
    """Two sweeps of forward mode and one of reverse mode over the list."""
    func = importlib.import_module(f"{torch.__name__}.func")
    x1, x2 = (torch.tensor(x, dtype=torch.float64) for x in AT)
    zero, one = torch.zeros((), dtype=torch.float64), torch.ones((), dtype=torch.float64)

    def rows(x1: Any, x2: Any) -> tuple[Any, ...]:
        return tuple(wengert_list(torch, x1, x2))

    along_x1 = func.jvp(rows, (x1, x2), (one, zero))[1]
    along_x2 = func.jvp(rows, (x1, x2), (zero, one))[1]
    values = wengert_list(torch, x1.requires_grad_(), x2.requires_grad_())
    adjoints = torch.autograd.grad(values[-1], values)
    names = [("x1", ""), ("x2", ""), *((name, formula) for name, formula, *_ in LIST)]
    return [
        Traced(*name, *(number.item() for number in numbers))
        for name, *numbers in zip(names, values, along_x1, along_x2, adjoints)
    ]


@dataclass(frozen=True)
class Cost:
    """What the Jacobian of a function cost in one mode: sweeps, and recorded operations of one sweep and of all."""

    function: str
    inputs: int
    outputs: int
    mode: str
    value_operations: int
    sweeps: int
    sweep_operations: int
    all_operations: int
    jacobian: np.ndarray


def forward(torch: ModuleType, function: Callable[[Any], Any], x: Any) -> tuple[np.ndarray, list[int]]:
    """The Jacobian column by column, one sweep along each input; and the operations of each sweep, the value's included.

    Operands and tangents require gradients, so that all that a sweep computes is recorded, and can be counted.
    """
    func = importlib.import_module(f"{torch.__name__}.func")
    columns, counts = [], []
    for unit in torch.eye(len(x), dtype=torch.float64):
        tangent = unit.clone().requires_grad_()
        value, moved = func.jvp(function, (x.clone().requires_grad_(),), (tangent,))
        columns.append(moved.detach().numpy().reshape(-1))
        counts.append(operations(value, moved))
    return np.stack(columns, 1), counts


def reverse(torch: ModuleType, function: Callable[[Any], Any], x: Any) -> tuple[np.ndarray, list[int]]:
    """The Jacobian row by row, one sweep back from each output; and the operations of each sweep, the value's not included."""
    x = x.clone().requires_grad_()
    value = function(x)
    of_value = operations(value)
    rows, counts = [], []
    for unit in torch.eye(value.numel(), dtype=torch.float64):
        cotangent = unit.reshape(value.shape).clone().requires_grad_()
        (gradient,) = torch.autograd.grad(value, x, cotangent, create_graph=True)
        rows.append(gradient.detach().numpy())
        counts.append(operations(value, gradient) - of_value)
    return np.stack(rows), counts


def functions(torch: ModuleType, patients: int) -> list[tuple[str, Callable[[Any], Any], Any]]:
    """Of many inputs and one output, of many and more, of one and many: a model of the patients' disease on their data."""
    features, target = load()
    x, y = torch.from_numpy(features[:patients]), torch.from_numpy(target[:patients] / 100)
    weights = torch.tensor(np.random.default_rng(0).normal(size=features.shape[1]))

    def model(w: Any) -> Any:
        return 3 * torch.sigmoid(x @ w)

    return [
        ("loss", lambda w: ((model(w) - y) ** 2).mean(), weights),
        ("predictions", model, weights),
        ("along a line", lambda t: model(t * weights), torch.ones(1, dtype=torch.float64)),
    ]


def costs(torch: ModuleType, patients: int) -> list[Cost]:
    """Each function's Jacobian in both modes."""
    found = []
    for name, function, x in functions(torch, patients):
        value = function(x.clone().requires_grad_())
        of_value = operations(value)
        for mode, jacobian in (("forward", forward), ("reverse", reverse)):
            matrix, counts = jacobian(torch, function, x)
            # A forward sweep computes the value anew; reverse sweeps share the one value that they start from.
            every = sum(counts) if mode == "forward" else of_value + sum(counts)
            each = counts[0] - of_value if mode == "forward" else counts[0]
            found.append(Cost(name, len(x), value.numel(), mode, of_value, len(counts), each, every, matrix))
    return found


def run(torch: ModuleType, out: Path | None = None, patients: int = 442) -> bool:
    """Show the list and the costs; True when every check passed."""
    traced = trace(torch)
    print("y = log(x1) + x1 x2 - sin(x2) at (2, 5): each row of the list, and what the modes compute beside it")
    print("forward mode goes down, one sweep for each input; reverse mode goes up, one sweep for each output\n")
    rows = [
        [f"{row.name} = {row.formula}" if row.formula else row.name]
        + [f"{number:.6g}" for number in (row.value, row.along_x1, row.along_x2, row.adjoint)]
        for row in traced
    ]
    print(columns(["row", "value", "d row/dx1", "d row/dx2", "dy/d row"], rows))

    found = costs(torch, patients)
    print(f"\nJacobians of functions on the data of {patients} patients: operations on tensors, counted\n")
    rows = [
        [f"{cost.function}, {cost.mode}"]
        + [f"{n:,}" for n in (cost.inputs, cost.outputs, cost.value_operations)]
        + [f"{n:,}" for n in (cost.sweeps, cost.sweep_operations, cost.all_operations)]
        for cost in found
    ]
    print(columns(["function, mode", "inputs", "outputs", "value", "sweeps", "a sweep", "in all"], rows))
    print("\n" + bars(found))
    return finish(checks(traced, found), out, "modes", lambda path: picture(path, found))


def bars(found: Sequence[Cost], width: int = 48) -> str:
    """The operations in all as bars on a logarithmic scale."""
    most = max(math.log10(cost.all_operations) for cost in found)
    lines = []
    for cost in found:
        bar = "#" * round(math.log10(cost.all_operations) / most * width)
        lines.append(f"{cost.function + ', ' + cost.mode:22} {bar} {cost.all_operations:,}")
    return "\n".join(lines)


def checks(traced: Sequence[Traced], found: Sequence[Cost]) -> list[Check]:
    """The derivatives against those by hand, the modes against each other, and the number of sweeps."""
    by_hand = [(1.0, 0.0, 5.5), (0.0, 1.0, 2 - math.cos(5)), *(row[2:] for row in LIST)]
    wrong = max(
        abs(got - wanted)
        for row, hand in zip(traced, by_hand)
        for got, wanted in zip((row.along_x1, row.along_x2, row.adjoint), hand)
    )
    result = [Check("the list against derivatives by hand", wrong, 1e-14)]
    for ahead, back in zip(found[::2], found[1::2]):
        difference = apart(ahead.jacobian, back.jacobian)
        result.append(Check(f"{ahead.function}: forward against reverse", difference, 1e-12))
        sweeps = abs(ahead.sweeps - ahead.inputs) + abs(back.sweeps - back.outputs)
        result.append(Check(f"{ahead.function}: a sweep for each input, for each output", sweeps, 0))
        # Baur and Strassen: the gradient of a scalar takes a small multiple of its operations, however many inputs.
        most = max(cost.sweep_operations for cost in (ahead, back)) / ahead.value_operations
        result.append(Check(f"{ahead.function}: operations of a sweep in those of the value", most, 4))
    return result


def picture(path: Path, found: Sequence[Cost]) -> Path | None:
    """The operations in all, as bars on a logarithmic scale."""

    def paint(axes: Sequence[Any]) -> None:
        for shift, mode in ((-0.2, "forward"), (0.2, "reverse")):
            costs = [cost for cost in found if cost.mode == mode]
            bars = axes[0].bar(
                [i + shift for i in range(len(costs))], [c.all_operations for c in costs], 0.4, label=mode
            )
            axes[0].bar_label(bars, [f"{cost.sweeps} sweep{'s' * (cost.sweeps > 1)}" for cost in costs])
        labels = [f"{cost.function}\n{cost.inputs} to {cost.outputs}" for cost in found[::2]]
        axes[0].set_xticks(range(len(labels)), labels)
        axes[0].set(yscale="log", ylabel="operations", title="a Jacobian in forward and in reverse mode")
        axes[0].margins(y=0.15)
        axes[0].legend()

    return chart.save(path, 1, paint, width=7)
