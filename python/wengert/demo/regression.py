"""Linear regression on the diabetes data by gradient descent, held against least squares and finite differences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from .check import Check, apart

DATA = Path(__file__).parent.parent / "data" / "diabetes.csv"
CURVE = "mean squared error above the best possible"

# Near the best choice for gradient descent with momentum on this problem: curvatures lie between 0.017 and 8.
RATE, MOMENTUM, STEPS = 0.45, 0.85, 300


@dataclass(frozen=True)
class Fit:
    """The data, what gradient descent found, and the loss of every step above that of least squares."""

    features: np.ndarray
    target: np.ndarray
    weights: np.ndarray
    bias: float
    excess: list[float]


def load() -> tuple[np.ndarray, np.ndarray]:
    """Features with mean 0 and variance 1, and the target as it is."""
    table = np.loadtxt(DATA, delimiter=",", skiprows=1)
    features, target = table[:, :-1], table[:, -1]
    return (features - features.mean(axis=0)) / features.std(axis=0), target


def loss_of(torch: ModuleType, features: np.ndarray, target: np.ndarray) -> Callable[[Any, Any], Any]:
    """The mean squared error as a function of weights and bias."""
    x, y = torch.from_numpy(features), torch.from_numpy(target)
    return lambda weights, bias: ((x @ weights + bias - y) ** 2).mean()


def fit(torch: ModuleType) -> Fit:
    """Gradient descent with momentum from zero."""
    features, target = load()
    loss = loss_of(torch, features, target)
    best_loss = float(((_design(features) @ least_squares(features, target) - target) ** 2).mean())
    weights = torch.zeros(features.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros((), dtype=torch.float64, requires_grad=True)
    parameters = [weights, bias]
    speeds = [torch.zeros_like(parameter) for parameter in parameters]
    excess = []
    for _ in range(STEPS):
        value = loss(weights, bias)
        value.backward()
        with torch.no_grad():
            for parameter, speed in zip(parameters, speeds, strict=True):
                speed.mul_(MOMENTUM).sub_(RATE * parameter.grad)
                parameter.add_(speed)
                parameter.grad.zero_()
        excess.append(value.item() - best_loss)
    return Fit(features, target, weights.detach().numpy(), bias.item(), excess)


def least_squares(features: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The closed form: weights, and after them the bias."""
    return np.linalg.lstsq(_design(features), target, rcond=None)[0]


def _design(features: np.ndarray) -> np.ndarray:
    return np.column_stack([features, np.ones(len(features))])


def gradient(torch: ModuleType, features: np.ndarray, target: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The gradient by reverse mode at weights and bias `at`."""
    weights = torch.tensor(at[:-1], dtype=torch.float64, requires_grad=True)
    bias = torch.tensor(float(at[-1]), dtype=torch.float64, requires_grad=True)
    loss_of(torch, features, target)(weights, bias).backward()
    return np.append(weights.grad.numpy(), bias.grad.item())


def finite_differences(torch: ModuleType, features: np.ndarray, target: np.ndarray, at: np.ndarray) -> np.ndarray:
    """The gradient by central differences: the loss is quadratic, so only rounding separates it from the truth."""
    loss = loss_of(torch, features, target)
    step = 1e-2
    slopes = []
    for shift in step * np.eye(len(at)):
        up, down = (
            loss(torch.tensor(p[:-1], dtype=torch.float64), torch.tensor(float(p[-1]), dtype=torch.float64)).item()
            for p in (at + shift, at - shift)
        )
        slopes.append((up - down) / (2 * step))
    return np.array(slopes)


def checks(torch: ModuleType, fit: Fit) -> list[Check]:
    """Relative differences between what wengert computed and what NumPy knows."""
    x, y = fit.features, fit.target
    best, found = least_squares(x, y), np.append(fit.weights, fit.bias)
    result = [
        Check("weights and bias against least squares", apart(found, best), 1e-8),
        Check("loss against least squares", abs(fit.excess[-1]) / float(np.var(y)), 1e-12),
        Check("gradient at the solution", float(np.abs(gradient(torch, x, y, found)).max()), 1e-6),
    ]
    for name, at in [
        ("start", np.zeros_like(best)),
        ("a random point", np.random.default_rng(0).normal(size=best.shape)),
    ]:
        ours = gradient(torch, x, y, at)
        exact = 2 * _design(x).T @ (_design(x) @ at - y) / len(y)
        result.append(Check(f"gradient at {name} against its formula", apart(ours, exact), 1e-12))
        slopes = finite_differences(torch, x, y, at)
        result.append(Check(f"gradient at {name} against finite differences", apart(ours, slopes), 1e-8))
    return result
