"""`python -m wengert chain-rule`: the vector chain rule on linear regression, intermediate variable by intermediate variable.

The mean squared error of the diabetes data is split into steps, the Jacobian of each written by hand and held against both
modes; their products, from either end, are the gradient.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from wengert.demo.check import Check, apart
from wengert.demo.regression import load

from . import chart
from .report import columns, finish

# Differences of float64 numbers that are computed in another order.
ROUNDING = 1e-12


@dataclass(frozen=True)
class Step:
    """One step of the computation: its value as a function of the one before, and the Jacobian by hand."""

    name: str
    before: str
    formula: str
    function: Callable[[Any], Any]
    jacobian: np.ndarray


@dataclass(frozen=True)
class Program:
    """The regression at one point: data, parameters, and the steps from weights to loss."""

    features: Any
    target: Any
    weights: Any
    bias: Any
    steps: list[Step]


def program(torch: ModuleType, patients: int) -> Program:
    """The loss of the first `patients` patients at weights and a bias drawn at random."""
    features, target = load()
    features, target = features[:patients], target[:patients]
    n, d = features.shape
    weights, bias = np.random.default_rng(0).normal(scale=10.0, size=d), 150.0
    residual = features @ weights + bias - target
    x, y = torch.from_numpy(features), torch.from_numpy(target)
    steps = [
        Step("u", "w", "X w", lambda w: x @ w, features),
        Step("v", "u", "u + b", lambda u: u + bias, np.eye(n)),
        Step("r", "v", "v - y", lambda v: v - y, np.eye(n)),
        Step("s", "r", "r^2", lambda r: r**2, np.diag(2 * residual)),
        Step("L", "s", "mean(s)", lambda s: s.mean(), np.full((1, n), 1 / n)),
    ]
    return Program(x, y, torch.tensor(weights), torch.tensor(bias, dtype=torch.float64), steps)


def jacobians(torch: ModuleType, at: Program) -> dict[str, tuple[Any, Any]]:
    """The Jacobian of each step by reverse and by forward mode."""
    func = importlib.import_module(f"{torch.__name__}.func")
    found, value = {}, at.weights
    for step in at.steps:
        shape = step.jacobian.shape
        found[step.name] = tuple(
            jacobian(step.function)(value).reshape(shape).numpy() for jacobian in (func.jacrev, func.jacfwd)
        )
        value = step.function(value)
    return found


def cotangents(at: Program) -> dict[str, np.ndarray]:
    """From the loss backwards: the row vector dL/dL = 1 times one Jacobian after the other."""
    row = np.ones((1, 1))
    found = {"L": row}
    for step in reversed(at.steps):
        row = row @ step.jacobian
        found[step.before] = row
    found["b"] = found["v"] @ np.ones((len(at.target), 1))  # v = u + b 1
    return found


def tangents(at: Program, direction: np.ndarray) -> dict[str, np.ndarray]:
    """From the weights forwards: one Jacobian after the other times the column vector of a direction."""
    column = direction
    found = {"w": column}
    for step in at.steps:
        column = step.jacobian @ column
        found[step.name] = column
    return found


def by_backward(torch: ModuleType, at: Program) -> dict[str, np.ndarray]:
    """What `backward` leaves at every variable."""
    w, b = at.weights.clone().requires_grad_(), at.bias.clone().requires_grad_()
    u = at.features @ w
    v = u + b
    r = v - at.target
    s = r**2
    loss = s.mean()
    variables = {"w": w, "b": b, "u": u, "v": v, "r": r, "s": s, "L": loss}
    for variable in variables.values():
        variable.retain_grad()
    loss.backward()
    return {name: variable.grad.numpy() for name, variable in variables.items()}


def by_jvp(torch: ModuleType, at: Program, direction: np.ndarray) -> dict[str, np.ndarray]:
    """The derivative of every variable along a direction of the weights, in one sweep of forward mode."""
    func = importlib.import_module(f"{torch.__name__}.func")

    def trace(w: Any) -> tuple[Any, ...]:
        values = [w]
        for step in at.steps:
            values.append(step.function(values[-1]))
        return tuple(values)

    moved = func.jvp(trace, (at.weights,), (torch.tensor(direction),))[1]
    return {name: tangent.numpy() for name, tangent in zip(["w", *(step.name for step in at.steps)], moved)}


def multiplications(shapes: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Of a product of matrices, from the left (the loss) and from the right (the weights)."""
    rows, size = shapes[0][0], shapes[-1][1]
    return sum(rows * a * b for a, b in shapes[1:]), sum(a * b * size for a, b in shapes[:-1])


def run(torch: ModuleType, out: Path | None = None, patients: int = 442) -> bool:
    """Show the steps and their Jacobians; True when every check passed."""
    at = program(torch, patients)
    by_mode, adjoint = jacobians(torch, at), cotangents(at)
    direction = np.random.default_rng(1).normal(size=len(at.weights))
    tangent = tangents(at, direction)
    left, moved = by_backward(torch, at), by_jvp(torch, at, direction)

    print(f"The mean squared error of {patients} patients, L = mean((X w + b - y)^2), in steps\n")
    rows = []
    for step in at.steps:
        differences = [f"{apart(found, step.jacobian):.1e}" for found in by_mode[step.name]]
        shape = "{} x {}".format(*step.jacobian.shape)
        rows.append([f"{step.name} = {step.formula}", f"d{step.name}/d{step.before}", shape, *differences])
    print(columns(["step", "Jacobian", "shape", "by hand - jacrev", "by hand - jacfwd"], rows))

    print(
        "\nFrom the loss backwards, and what backward() leaves; from the weights along a direction, and what jvp gives\n"
    )
    rows = []
    for name in ("L", "s", "r", "v", "u", "w", "b"):
        row = [name, norm(adjoint[name]), norm(left[name])]
        row += [norm(tangent[name]), norm(moved[name])] if name in tangent else ["", ""]
        rows.append(row)
    print(columns(["variable", "|dL/d.|", "|.grad|", "|d. along|", "|jvp|"], rows))

    back, forth = multiplications([step.jacobian.shape for step in reversed(at.steps)])
    names = " ".join(f"d{step.name}/d{step.before}" for step in reversed(at.steps))
    print(f"\ndL/dw = {names}\nmultiplications from the left, as reverse mode goes: {back:,}")
    print(f"multiplications from the right, as forward mode goes: {forth:,}")
    small = program(torch, min(patients, 12))  # the picture is of the product for these
    return finish(
        checks(at, by_mode, adjoint, left, tangent, moved), out, "chain-rule", lambda path: picture(path, small)
    )


def norm(x: np.ndarray) -> str:
    return f"{np.linalg.norm(x):.6g}"


def checks(
    at: Program,
    by_mode: dict[str, tuple[Any, Any]],
    adjoint: dict[str, np.ndarray],
    left: dict[str, np.ndarray],
    tangent: dict[str, np.ndarray],
    moved: dict[str, np.ndarray],
) -> list[Check]:
    """Relative differences between the product by hand and what the library computed."""
    x, y = at.features.numpy(), at.target.numpy()
    residual = x @ at.weights.numpy() + at.bias.item() - y
    formula = 2 * x.T @ residual / len(y)
    found = [
        Check(f"{mode} of each step", max(apart(by_mode[s.name][i], s.jacobian) for s in at.steps), ROUNDING)
        for i, mode in enumerate(("jacrev", "jacfwd"))
    ]
    return [
        *found,
        Check("backward at each variable", max(apart(left[name], adjoint[name]) for name in adjoint), ROUNDING),
        Check("jvp at each variable", max(apart(moved[name], tangent[name]) for name in tangent), ROUNDING),
        Check("dL/dw against 2 X' (X w + b - y) / n", apart(left["w"], formula), ROUNDING),
        Check("dL/db against 2 mean(X w + b - y)", apart(left["b"], 2 * residual.mean()), ROUNDING),
    ]


def picture(path: Path, at: Program) -> Path | None:
    """The Jacobians as coloured matrices, in the order in which they are multiplied."""
    matrices = [(f"d{s.name}/d{s.before}", s.jacobian) for s in reversed(at.steps)]
    matrices.append(("dL/dw", cotangents(at)["w"]))

    def paint(axes: Sequence[Any]) -> None:
        for i, (one, (name, matrix)) in enumerate(zip(axes, matrices)):
            bound = np.abs(matrix).max()
            one.imshow(matrix, cmap="RdBu", vmin=-bound, vmax=bound)
            one.set(title=("= " if i == len(matrices) - 1 else "") + name, xticks=[], yticks=[])

    return chart.save(path, len(matrices), paint, width=2.2, height=3.2)
