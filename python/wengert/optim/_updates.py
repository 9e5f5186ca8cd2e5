"""What the steps of optimisers share: refusals of options, decay of weights, counts, running means. Depends on Tensor."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor


def refuse(**given: Any) -> None:
    """Refuses numbers that must not be negative, and learning rates that are several."""
    for what, value in given.items():
        if what == "lr" and isinstance(value, Tensor) and value.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        if not float(value) >= 0.0:
            told = "learning rate" if what == "lr" else f"{what} value"
            raise ValueError(f"Invalid {told}: {value}")


def refuse_betas(betas: tuple[float, float]) -> None:
    """Refuses factors of running means that are not below 1."""
    for place, beta in enumerate(betas):
        if not 0.0 <= float(beta) < 1.0:
            raise ValueError(f"Invalid beta parameter at index {place}: {beta}")


def decayed(param: Tensor, grad: Tensor, group: dict[str, Any]) -> Tensor:
    """The gradient with the decay of weights; a decay that is decoupled shrinks the parameter instead."""
    decay = group["weight_decay"]
    if decay == 0:
        return grad
    if group.get("decoupled_weight_decay"):
        param.mul_(1 - float(group["lr"]) * decay)
        return grad
    return grad.add(param, alpha=decay)


def refuse_differentiable(name: str, differentiable: bool) -> None:
    """A step is not recorded here."""
    if differentiable:
        raise NotImplementedError(f"{name}: differentiable=True is not supported; write the step with wengert.func")


def counted(state: dict[str, Any]) -> float:
    """Adds one to a parameter's count of steps, a 0-d float32 tensor as PyTorch keeps it."""
    state["step"] += 1
    return float(state["step"].item())


def zero_step() -> Tensor:
    """A count of steps."""
    return _core._full([], 0.0, _core.float32, False)


def refuse_moments(
    name: str, lr: float | Tensor, betas: tuple[float, float], eps: float, differentiable: bool, **more: float
) -> None:
    """Refuses options of Adam and its kin."""
    refuse(lr=lr, epsilon=eps)
    refuse_betas(betas)
    refuse(**more)
    refuse_differentiable(name, differentiable)


def moments(
    param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]
) -> tuple[float, Tensor, Tensor, Tensor]:
    """A step of Adam's running means: the count of steps, the gradient with the decay, its mean and that of its squares."""
    beta1, beta2 = group["betas"]
    step = counted(state)
    grad = decayed(param, grad, group)
    mean = state["exp_avg"].lerp_(grad, 1 - beta1)
    square = state["exp_avg_sq"].mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
    return step, grad, mean, square
