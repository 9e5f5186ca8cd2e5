"""Adam by the largest gradient. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import counted, decayed, refuse_moments, zero_step
from wengert.optim.optimizer import Optimizer, Params


class Adamax(Optimizer):
    """p -= lr / (1 - beta1^t) * m / u, for the running mean m of g and the largest, u = max(beta2 u, |g| + eps).

    `weight_decay` adds weight_decay * p to g; `maximize` turns g round. `foreach` and `capturable` are taken and change
    nothing. (Kingma, Ba, "Adam: A Method for Stochastic Optimization", 2014.) Raises ValueError for numbers out of range.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Adamax([x], lr=0.25).step()
    >>> x
    tensor([0.7500], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        refuse_moments("Adamax", lr, betas, eps, differentiable, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        beta1, beta2 = group["betas"]
        if not state:
            state["step"] = zero_step()
            state["exp_avg"], state["exp_inf"] = _core._zeros_like(param), _core._zeros_like(param)
        step = counted(state)
        grad = decayed(param, grad, group)
        mean = state["exp_avg"].lerp_(grad, 1 - beta1)
        largest = state["exp_inf"].mul_(beta2)
        largest.copy_(_core.maximum(largest, _core.abs(grad) + group["eps"]))
        param.addcdiv_(mean, largest, value=-float(group["lr"]) / (1 - beta1**step))
