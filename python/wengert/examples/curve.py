"""`python -m wengert curve`: a curve through real data by `scipy.optimize`, with the derivatives of `wengert.scipy`.

How far diabetes had progressed after a year, against the logarithm of serum triglycerides a year before: the logistic curve
with four parameters, fitted by several methods, with gradients and Hessians of wengert and with SciPy's own differences.
Needs SciPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import wengert
from wengert.demo.check import Check, apart
from wengert.demo.regression import DATA
from wengert.scipy import minimize_args, root_args

from . import chart
from .report import columns, finish

# Progression at the low end, rise from there to the high end, the middle of the rise, and how slowly it rises.
NAMES = ("lowest", "rise", "middle", "width")
START = np.array([80.0, 200.0, 4.5, 0.5])


@dataclass(frozen=True)
class Fit:
    """What one method found, and how often it asked for values, gradients and Hessians (or their products)."""

    method: str
    at: np.ndarray
    loss: float
    values: int
    gradients: int
    hessians: int


def load() -> tuple[np.ndarray, np.ndarray]:
    """Logarithm of triglycerides (the column `s5`) and progression of the 442 patients."""
    table = np.loadtxt(DATA, delimiter=",", skiprows=1)
    return table[:, 8].copy(), table[:, -1].copy()


def model(parameters: Any, x: Any) -> Any:
    """The logistic curve at `x`."""
    lowest, rise, middle, width = parameters
    return lowest + rise * wengert.sigmoid((x - middle) / width)


def counting(function: Any) -> tuple[Any, list[int]]:
    """The function, and how often it was called."""
    calls = [0]

    def counted(*args: Any) -> Any:
        calls[0] += 1
        return function(*args)

    return counted, calls


def fits(x: np.ndarray, y: np.ndarray) -> list[Fit]:
    """The methods: with all derivatives, with fewer, without."""
    from scipy.optimize import least_squares, minimize

    data, target = wengert.from_numpy(x), wengert.from_numpy(y)
    args = minimize_args(lambda p: ((model(p, data) - target) ** 2).mean())
    found = []
    for method, given in [
        ("trust-exact", ("jac", "hess")),
        ("trust-ncg", ("jac", "hessp")),
        ("BFGS", ("jac",)),
        ("BFGS, differences", ()),
    ]:
        functions = {name: counting(getattr(args, name)) for name in ("fun", *given)}
        fun, values = functions.pop("fun")
        options = {"gtol": 1e-6 if given else 1e-4}
        derivatives = {name: function for name, (function, _) in functions.items()}
        result = minimize(fun, START, method=method.partition(",")[0], options=options, **derivatives)
        calls = {name: count[0] for name, (_, count) in functions.items()}
        seconds = calls.get("hess", calls.get("hessp", 0))
        found.append(Fit(method, result.x, result.fun, values[0], calls.get("jac", 0), seconds))
    for method, gives in [("least squares", True), ("least squares, differences", False)]:
        residual, jacobian = root_args(lambda p: model(p, data) - target)
        (fun, values), (jac, slopes) = counting(residual), counting(jacobian)
        result = least_squares(fun, START, jac=jac if gives else "2-point", xtol=1e-12, ftol=1e-12, gtol=1e-10)
        found.append(Fit(method, result.x, float((result.fun**2).mean()), values[0], slopes[0], 0))
    return found


def spread(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Standard errors of the parameters, from the Jacobian at the solution: sqrt(diag(s^2 (J'J)^-1))."""
    data, target = wengert.from_numpy(x), wengert.from_numpy(y)
    residual, jacobian = root_args(lambda p: model(p, data) - target)
    slopes, rest = jacobian(at), residual(at)
    variance = float(rest @ rest) / (len(rest) - len(at))
    return np.sqrt(np.diag(variance * np.linalg.inv(slopes.T @ slopes)))


def run(out: Path | None = None) -> bool:
    """Fit, show and judge; True when every check passed. Raises ModuleNotFoundError where SciPy is not installed."""
    try:
        import scipy
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            "the curve is fitted by SciPy, which is not installed; try: pip install scipy"
        ) from error
    x, y = load()
    found = fits(x, y)
    best = found[0]
    print(f"Progression of diabetes in {len(x)} patients against triglycerides, fitted by SciPy {scipy.__version__}:")
    print("lowest + rise / (1 + exp(-(s5 - middle) / width)), from " + named(START) + "\n")
    rows = [
        [fit.method, f"{fit.loss:.6f}", str(fit.values), str(fit.gradients), str(fit.hessians)]
        + [f"{value:.4f}" for value in fit.at]
        for fit in found
    ]
    print(columns(["method", "mean square", "values", "gradients", "Hessians", *NAMES], rows))
    errors = spread(x, y, best.at)
    print("\n" + "   ".join(f"{name} {a:.2f} +- {e:.2f}" for name, a, e in zip(NAMES, best.at, errors)))
    return finish(checks(x, y, found), out, "curve", lambda path: picture(path, x, y, found))


def named(parameters: np.ndarray) -> str:
    return ", ".join(f"{name} {value:g}" for name, value in zip(NAMES, parameters))


def checks(x: np.ndarray, y: np.ndarray, found: Sequence[Fit]) -> list[Check]:
    """That the methods agree, and that the derivatives are those of SciPy's differences and of the formula."""
    from scipy.optimize import approx_fprime

    data, target = wengert.from_numpy(x), wengert.from_numpy(y)
    args = minimize_args(lambda p: ((model(p, data) - target) ** 2).mean())
    at, best = found[0].at, found[0].loss
    slopes = approx_fprime(START, args.fun, 1e-6)
    curvature = np.stack([approx_fprime(START, lambda p, i=i: args.jac(p)[i], 1e-6) for i in range(len(START))])
    hessian = args.hess(START)
    direction = np.arange(1.0, 5.0)
    return [
        Check("gradient against SciPy's differences", apart(args.jac(START), slopes), 1e-5),
        Check("Hessian against differences of gradients", apart(hessian, curvature), 1e-5),
        Check("Hessian's product against the Hessian", apart(args.hessp(START, direction), hessian @ direction), 1e-12),
        Check("gradient at the solution", float(np.abs(args.jac(at)).max()), 1e-5),
        Check("a minimum: least curvature is above 0", float(np.linalg.eigvalsh(args.hess(at))[0] <= 0), 0),
        Check("mean square of all methods", max(abs(fit.loss / best - 1) for fit in found), 1e-8),
        Check("mean square against a constant's", best / float(np.var(y)), 0.7),
    ]


def picture(path: Path, x: np.ndarray, y: np.ndarray, found: Sequence[Fit]) -> Path | None:
    """The patients, the curve, and the curve that the search began with."""
    places = np.linspace(x.min(), x.max(), 200)

    def paint(axes: Sequence[Any]) -> None:
        axes[0].scatter(x, y, s=8, alpha=0.4, label="patients")
        for name, at, style in (("start", START, ":"), ("fitted", found[0].at, "-")):
            values = model(wengert.tensor(at), wengert.from_numpy(places))
            axes[0].plot(places, values.numpy(), style, color="black", label=name)
        axes[0].set(
            xlabel="logarithm of serum triglycerides",
            ylabel="progression after a year",
            title="a logistic curve by trust-exact",
        )
        axes[0].legend()

    return chart.save(path, 1, paint, width=7)
