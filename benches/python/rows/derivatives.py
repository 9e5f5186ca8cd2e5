"""Derivatives of functions: products with the Hessian, Jacobians, forward mode, maps over samples, checks, custom Functions."""

from __future__ import annotations

from typing import Any

import numpy as np

from row import EAGER, Bound, Case, row, to_torch

WITH_JAX = (*EAGER, "jax")


def rosenbrock(x: Any) -> Any:
    """Sum of 100 (x[i+1] - x[i]^2)^2 + (1 - x[i])^2 (Rosenbrock 1960, chained)."""
    return (100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2).sum()


def point(n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    return rng.uniform(-1, 1, n), rng.standard_normal(n)


def transforms(lib: Any) -> Any:
    return lib.top if lib.name == "jax" else lib.m.func


def _hvp(n: int, bound: Bound) -> None:
    @row(
        f"derivatives/hvp-{n:.0e}",
        f"Hessian-vector product of Rosenbrock's function, {n:.0e} variables",
        bound,
        libs=EAGER,
    )
    def hvp(lib: Any) -> Case:
        x, v = map(lib.array, point(n))
        return Case("hvp(f, x, v)[1]", {"hvp": lib.m.autograd.functional.hvp, "f": rosenbrock, "x": x, "v": v})

    @row(
        f"derivatives/jvp-of-grad-{n:.0e}",
        f"the same by forward mode over reverse mode, {n:.0e} variables",
        bound,
        libs=WITH_JAX,
    )
    def jvp_of_grad(lib: Any) -> Case:
        t = transforms(lib)
        x, v = map(lib.array, point(n))
        return Case("jvp(g, (x,), (v,))[1]", {"jvp": t.jvp, "g": t.grad(rosenbrock), "x": x, "v": v})


_hvp(1000, to_torch(0.15))
_hvp(100_000, to_torch(0.35))


@row("derivatives/hessian-100", "Hessian of Rosenbrock's function, 100 variables", to_torch(0.04), libs=EAGER)
def hessian(lib: Any) -> Case:
    return Case(
        "hessian(f, x)", {"hessian": lib.m.autograd.functional.hessian, "f": rosenbrock, "x": lib.array(point(100)[0])}
    )


@row("derivatives/func-hessian-100", "the same by func.hessian", libs=WITH_JAX)
def func_hessian(lib: Any) -> Case:
    return Case("h(x)", {"h": transforms(lib).hessian(rosenbrock), "x": lib.array(point(100)[0])})


def network(lib: Any, *sizes: int) -> tuple[Any, list[Any]]:
    """A net of tanh layers as a function of its input, and an input's size."""
    rng = np.random.default_rng(6)
    weights = [lib.array(rng.standard_normal((m, n)).astype(np.float32) / m**0.5) for m, n in zip(sizes, sizes[1:])]
    biases = [lib.array(np.zeros(n, np.float32)) for n in sizes[1:]]
    tanh = lib.m.tanh

    def net(x: Any) -> Any:
        for w, b in zip(weights[:-1], biases):
            x = tanh(x @ w + b)
        return x @ weights[-1] + biases[-1]

    return net, weights


def sample(lib: Any, *shape: int) -> Any:
    return lib.array(np.random.default_rng(7).standard_normal(shape).astype(np.float32))


@row("derivatives/jacrev-50", "Jacobian of a net 50-50-50 by reverse mode", to_torch(0.25), libs=WITH_JAX, tol=1e-4)
def jacrev(lib: Any) -> Case:
    return Case("j(x)", {"j": transforms(lib).jacrev(network(lib, 50, 50, 50)[0]), "x": sample(lib, 50)})


@row("derivatives/jacfwd-50", "the same by forward mode", libs=WITH_JAX, tol=1e-4)
def jacfwd(lib: Any) -> Case:
    return Case("j(x)", {"j": transforms(lib).jacfwd(network(lib, 50, 50, 50)[0]), "x": sample(lib, 50)})


@row("derivatives/jvp-50", "Jacobian-vector product of the net", to_torch(0.10), libs=WITH_JAX, tol=1e-4)
def jvp(lib: Any) -> Case:
    names = {
        "jvp": transforms(lib).jvp,
        "f": network(lib, 50, 50, 50)[0],
        "x": sample(lib, 50),
        "v": sample(lib, 50) * 0.5,
    }
    return Case("jvp(f, (x,), (v,))[1]", names)


@row(
    "derivatives/jvp-1e5",
    "Jacobian-vector product of Rosenbrock's function, 1e5 variables",
    to_torch(0.35),
    libs=WITH_JAX,
)
def jvp_rosenbrock(lib: Any) -> Case:
    x, v = map(lib.array, point(100_000))
    return Case("jvp(f, (x,), (v,))[1]", {"jvp": transforms(lib).jvp, "f": rosenbrock, "x": x, "v": v})


@row("derivatives/vmap-1000", "a net 32-64-64-10 mapped over 1000 samples", to_torch(0.7), libs=WITH_JAX, tol=1e-4)
def vmap(lib: Any) -> Case:
    return Case("f(x)", {"f": transforms(lib).vmap(network(lib, 32, 64, 64, 10)[0]), "x": sample(lib, 1000, 32)})


@row("derivatives/per-sample-grads", "gradient of each of 100 samples, a net 32-64-10", libs=WITH_JAX, tol=1e-4)
def per_sample(lib: Any) -> Case:
    t, tanh = transforms(lib), lib.m.tanh
    _, (w0, w1) = network(lib, 32, 64, 10)

    def loss(w0: Any, w1: Any, x: Any) -> Any:
        return ((tanh(x @ w0) @ w1) ** 2).sum()

    names = {"f": t.vmap(t.grad(loss, (0, 1)), (None, None, 0)), "w0": w0, "w1": w1, "x": sample(lib, 100, 32)}
    return Case("f(w0, w1, x)", names, result=lambda: list(eval("f(w0, w1, x)", names)))


TWENTY = (
    """add sub mul div neg exp log sin cos tanh sqrt abs pow sum mean prod cumsum matmul softmax logsumexp""".split()
)


def twenty(m: Any) -> list[Any]:
    """20 operations as functions of two positive 3 x 3 matrices."""
    two = {"add", "sub", "mul", "div", "pow", "matmul"}
    along = {"cumsum", "softmax", "logsumexp"}

    def of(name: str) -> Any:
        op = getattr(m, name)
        if name in two:
            return op
        return (lambda x, y: op(x * y, dim=1)) if name in along else (lambda x, y: op(x * y))

    return [of(name) for name in TWENTY]


@row("derivatives/gradcheck-20", "gradcheck of 20 operations on two 3 x 3 matrices", to_torch(0.2), libs=EAGER)
def gradcheck(lib: Any) -> Case:
    rng = np.random.default_rng(8)
    inputs = tuple(lib.array(rng.uniform(0.5, 1.5, (3, 3)), True) for _ in range(2))
    names = {"check": lib.m.autograd.gradcheck, "ops": twenty(lib.m), "xs": inputs}
    return Case(
        "[check(op, xs) for op in ops]", names, result=lambda: np.array(eval("[check(op, xs) for op in ops]", names))
    )


@row("derivatives/function", "a custom Function, forward and backward", to_torch(0.2), libs=EAGER)
def function(lib: Any) -> Case:
    base: Any = lib.m.autograd.Function

    class Square(base):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return 2.0 * x * g

    return lib.step(Square.apply, [np.array(1.5, np.float32)])
