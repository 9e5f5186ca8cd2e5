"""Recorded graphs: wengert runs a recording, PyTorch its eager program; forward, reverse and update each time.

Every bound is PyTorch's own time: runs of elementwise steps are not made one yet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from row import EAGER, Bound, Case, row, to_torch


def replay(lib: Any, f: Callable[..., Any], inputs: Sequence[Any]) -> Case:
    """`f` by itself, or, where the library can, as a recorded graph."""
    given = [lib.array(x) for x in inputs]
    run = lib.m.record(f, *given) if hasattr(lib.m, "record") else f
    names = {f"x{i}": x for i, x in enumerate(given)}

    def result() -> list[np.ndarray]:
        found = run(*given)
        return [lib.numpy(x) for x in (found if isinstance(found, tuple) else (found,))]

    return Case(f"run({', '.join(names)})", {"run": run, **names}, result=result)


def with_gradient(lib: Any, f: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, Any]]:
    """A function's value and gradient."""
    grad = lib.m.autograd.grad

    def both(x: Any) -> tuple[Any, Any]:
        x = x.detach().requires_grad_()
        y = f(x)
        return y.detach(), grad(y, x)[0]

    return both


def _composite(name: str, size: int, bound: Bound) -> None:
    @row(name, f"10 elementwise operations on {size} elements, with gradient", bound, libs=EAGER)
    def ten(lib: Any) -> Case:
        tanh, sin, exp = lib.m.tanh, lib.m.sin, lib.m.exp

        def f(x: Any) -> Any:
            y = tanh(x * 0.9 + 0.1)
            y = sin(y * 1.1 - 0.3)
            y = exp(y * y) / 1.7
            return y if size == 1 else y.sum()

        x = np.linspace(0.1, 0.9, size, dtype=np.float32)
        return replay(lib, with_gradient(lib, f), [x if size > 1 else x.reshape(())])


_composite("replay/10-ops-size-1", 1, to_torch(1.0))
_composite("replay/10-ops-size-1e6", 1_000_000, to_torch(1.0))
_composite("replay/10-ops-size-1e7", 10_000_000, to_torch(1.0))


@row("replay/rk4-1000", "1000 steps of Runge and Kutta, with gradient", to_torch(1.0), libs=EAGER)
def rk4(lib: Any) -> Case:
    def f(x: Any) -> Any:
        def slope(y: Any) -> Any:
            return y * (1.0 - y)

        y, h = x, 0.01
        for _ in range(1000):
            a = slope(y)
            b = slope(y + a * (h / 2))
            c = slope(y + b * (h / 2))
            d = slope(y + c * h)
            y = y + (a + b * 2.0 + c * 2.0 + d) * (h / 6)
        return y

    return replay(lib, with_gradient(lib, f), [np.float32(0.1)])


def training(lib: Any, sizes: tuple[int, ...], rows: int) -> Case:
    """A step of gradient descent on a small network, its parameters written in place."""
    rng = np.random.default_rng(0)
    pairs = list(zip(sizes, sizes[1:], strict=False))
    layers = [
        tuple(lib.array(rng.normal(size=shape).astype(np.float32) * 0.1, grad=True) for shape in ((n, m), (m,)))
        for n, m in pairs
    ]
    parameters = [p for layer in layers for p in layer]
    grad, no_grad = lib.m.autograd.grad, lib.m.no_grad

    def step(x: Any, target: Any) -> Any:
        y = x
        for i, (w, b) in enumerate(layers):
            y = y @ w + b
            if i + 1 < len(layers):
                y = y.tanh()
        d = y - target
        loss = (d * d).mean()
        grads = grad(loss, parameters)
        with no_grad():
            for p, g in zip(parameters, grads, strict=True):
                p.sub_(g * 1e-3)
        return loss.detach()

    x, target = (rng.normal(size=(rows, n)).astype(np.float32) for n in (sizes[0], sizes[-1]))
    case = replay(lib, step, [x, target])
    case.result = lambda: []
    return case


@row("replay/linear-regression", "a step of linear regression, 32 rows of 8", to_torch(1.0), libs=EAGER)
def regression(lib: Any) -> Case:
    return training(lib, (8, 1), 32)


@row("replay/mlp", "a step of a network of two layers, 64 rows, 64 wide", to_torch(1.0), libs=EAGER)
def network(lib: Any) -> Case:
    return training(lib, (64, 64, 10), 64)
