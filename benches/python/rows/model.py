"""Small programs as people write them: an ODE solver to differentiate through, and a training step by hand."""

from __future__ import annotations

from typing import Any

import numpy as np

from row import Case, row, to_torch


@row(
    "model/rk4",
    "RK4 of a 2-vector, 1000 steps, and its gradient",
    to_torch(0.06),
    libs=("wengert", "torch", "autograd"),
    tol=1e-6,
)
def rk4(lib: Any) -> Case:
    """y' = A sin y; the gradient of sum(y(10)) with respect to A and y(0), in float64."""
    sin = lib.m.sin
    h = 0.01

    def solve(a: Any, y: Any) -> Any:
        for _ in range(1000):
            k1 = a @ sin(y)
            k2 = a @ sin(y + (h / 2) * k1)
            k3 = a @ sin(y + (h / 2) * k2)
            k4 = a @ sin(y + h * k3)
            y = y + (h / 6) * (k1 + 2 * k2 + 2 * k3 + k4)
        return y.sum()

    return lib.step(solve, [np.array([[-0.1, 1.0], [-1.0, -0.1]]), np.array([1.0, 0.5])])


@row(
    "model/linear-regression",
    "training step by hand, 64 x 10 (NumPy: gradient on paper)",
    to_torch(0.12),
    libs=("wengert", "torch", "numpy", "autograd"),
    tol=1e-4,
)
def linear_regression(lib: Any) -> Case:
    """pred = X w + b; mse; backward; update in place; gradients to zero."""
    rng = np.random.default_rng(3)
    features = rng.standard_normal((64, 10)).astype(np.float32)
    targets = (features @ rng.standard_normal((10, 1)) + 4.2).astype(np.float32)
    start_w = (0.01 * rng.standard_normal((10, 1))).astype(np.float32)
    start_b = np.zeros(1, np.float32)
    rate = 0.03
    X, y = lib.array(features), lib.array(targets)
    kind = {"numpy": on_paper, "autograd": functional}.get(lib.name, eager)

    def trained() -> list[Any]:
        w, b = lib.array(start_w, True), lib.array(start_b, True)
        step = kind(lib, X, y, w, b, rate)
        for _ in range(20):
            step()
        return [w, b]

    return Case(
        "step()", {"step": kind(lib, X, y, lib.array(start_w, True), lib.array(start_b, True), rate)}, result=trained
    )


def eager(lib: Any, X: Any, y: Any, w: Any, b: Any, rate: float) -> Any:
    no_grad = lib.m.no_grad

    def step() -> None:
        pred = X @ w + b
        loss = ((pred - y) ** 2).mean()
        loss.backward()
        with no_grad():
            w.sub_(rate * w.grad)
            b.sub_(rate * b.grad)
            w.grad.zero_()
            b.grad.zero_()

    return step


def on_paper(lib: Any, X: Any, y: Any, w: Any, b: Any, rate: float) -> Any:
    def step() -> None:
        error = (X @ w + b - y) * (2 / len(X))
        w[:] -= rate * (X.T @ error)
        b[:] -= rate * error.sum(0)

    return step


def functional(lib: Any, X: Any, y: Any, w: Any, b: Any, rate: float) -> Any:
    def loss(w: Any, b: Any) -> Any:
        return ((X @ w + b - y) ** 2).mean()

    def step() -> None:
        value, pullback = lib.vjp(loss, [w, b])
        dw, db = pullback(lib.m.ones_like(value))
        w[:] -= rate * dw
        b[:] -= rate * db

    return step
