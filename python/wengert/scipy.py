"""Functions for `scipy.optimize` from one function of a tensor: value, gradient, Hessian and its products.

Depends on `func`; SciPy itself is not imported.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from wengert import _core, func

__all__ = ["MinimizeArgs", "minimize_args", "root_args"]


class MinimizeArgs(NamedTuple):
    """What `scipy.optimize.minimize` takes, all from float64 arrays of one dimension to floats and arrays."""

    fun: Callable[..., float]
    jac: Callable[..., Any]
    hess: Callable[..., Any]
    hessp: Callable[..., Any]


def _point(x: Any) -> Any:
    return _core.tensor(x, dtype=_core.float64)


def minimize_args(f: Callable[..., Any]) -> MinimizeArgs:
    """`fun`, `jac`, `hess` and `hessp` of a scalar function of a float64 vector, for `scipy.optimize.minimize`.

    `f` gets a tensor (and the further arguments that `args=` of `minimize` passes) and returns a 0-d tensor. `fun` and `jac`
    of the same point share one evaluation. Raises RuntimeError where `f` returns anything else.

    >>> m = minimize_args(lambda x: (x**3).sum())
    >>> m.fun(np.array([1.0, 2.0])), m.jac(np.array([1.0, 2.0])).tolist()
    (9.0, [3.0, 12.0])
    >>> m.hess(np.array([1.0, 2.0])).tolist()
    [[6.0, 0.0], [0.0, 12.0]]
    >>> m.hessp(np.array([1.0, 2.0]), np.array([1.0, 1.0])).tolist()
    [6.0, 12.0]

    With SciPy: `minimize(m.fun, x0, jac=m.jac, hessp=m.hessp, method="trust-ncg")`.
    """
    both = func.grad_and_value(f)
    last: tuple[Any, Any, float] | None = None

    def evaluate(x: Any, args: tuple[Any, ...]) -> tuple[Any, float]:
        nonlocal last
        point = _point(x)
        if last is not None and not args and _core.equal(last[0], point):
            return last[1:]
        found, value = both(point, *args)
        gradient = found.detach().numpy()
        # Further arguments may change inside from call to call: what they gave is not kept.
        last = None if args else (point.clone(), gradient, value.item())
        return gradient, value.item()

    def fun(x: Any, *args: Any) -> float:
        return evaluate(x, args)[1]

    def jac(x: Any, *args: Any) -> Any:
        return evaluate(x, args)[0].copy()

    def hess(x: Any, *args: Any) -> Any:
        return func.hessian(f)(_point(x), *args).detach().numpy()

    def hessp(x: Any, p: Any, *args: Any) -> Any:
        return func.hvp(lambda y: f(y, *args), (_point(x),), (_point(p),))[1].detach().numpy()

    return MinimizeArgs(fun, jac, hess, hessp)


def root_args(f: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """`fun` and `jac` of a function from a float64 vector to a vector, for `scipy.optimize.root` and `least_squares`.

    The Jacobian is by forward mode where there are more results than variables, as in most of least squares, else by reverse
    mode.

    >>> fun, jac = root_args(lambda x: x * x - 2)
    >>> fun(np.array([1.0, 2.0])).tolist(), jac(np.array([1.0, 2.0])).tolist()
    ([-1.0, 2.0], [[2.0, 0.0], [0.0, 4.0]])
    """
    results: int | None = None

    def fun(x: Any, *args: Any) -> Any:
        nonlocal results
        value = f(_point(x), *args).detach()
        results = value.numel()
        return value.numpy()

    def jac(x: Any, *args: Any) -> Any:
        if results is None:
            fun(x, *args)
        point = _point(x)
        by_mode = func.jacfwd if (results or 0) > point.numel() else func.jacrev
        return by_mode(f)(point, *args).detach().numpy()

    return fun, jac
