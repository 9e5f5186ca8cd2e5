"""Adam. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import moments, refuse_moments, zero_step
from wengert.optim.optimizer import Optimizer, Params


class Adam(Optimizer):
    """p -= lr * m / (sqrt(v) + eps), for running means m of g and v of g^2 that are corrected for their start at 0.

    `weight_decay` adds weight_decay * p to g; with `amsgrad` v is the largest so far; `maximize` turns g round.
    `foreach`, `fused` and `capturable` are taken and change nothing. (Kingma, Ba, "Adam: A Method for Stochastic
    Optimization", 2014; Reddi et al., "On the Convergence of Adam and Beyond", 2018.) Raises ValueError for numbers
    out of range.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Adam([x], lr=0.25).step()
    >>> x
    tensor([0.7500], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        refuse_moments(type(self).__name__, lr, betas, eps, differentiable, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, (beta1, beta2) = float(group["lr"]), group["betas"]
        if not state:
            state["step"] = zero_step()
            state["exp_avg"], state["exp_avg_sq"] = _core._zeros_like(param), _core._zeros_like(param)
            if group["amsgrad"]:
                state["max_exp_avg_sq"] = _core._zeros_like(param)
        step, _, mean, square = moments(param, grad, state, group)
        if group["amsgrad"]:
            square = state["max_exp_avg_sq"] = _core.maximum(state["max_exp_avg_sq"], square)
        size = (_core.sqrt(square) / (1 - beta2**step) ** 0.5).add_(group["eps"])
        param.addcdiv_(mean, size, value=-lr / (1 - beta1**step))
