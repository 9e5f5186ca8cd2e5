"""Adam with a rectified rate. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import moments, refuse_moments, zero_step
from wengert.optim.optimizer import Optimizer, Params


class RAdam(Optimizer):
    """Adam that takes plain steps of momentum until its running mean of squares can be trusted, then rectified ones.

    With `decoupled_weight_decay` the decay is apart from the gradient. `foreach` and `capturable` are taken and change
    nothing. (Liu et al., "On the Variance of the Adaptive Learning Rate and Beyond", 2019.) Raises ValueError for numbers
    out of range.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> RAdam([x], lr=0.25).step()
    >>> x
    tensor([0.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        refuse_moments("RAdam", lr, betas, eps, differentiable, weight_decay=weight_decay)
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "decoupled_weight_decay": decoupled_weight_decay,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, (beta1, beta2) = float(group["lr"]), group["betas"]
        if not state:
            state["step"] = zero_step()
            state["exp_avg"], state["exp_avg_sq"] = _core._zeros_like(param), _core._zeros_like(param)
        step, _, mean, square = moments(param, grad, state, group)
        # The length of the simple average that the running one stands for, now and in the end.
        end = 2 / (1 - beta2) - 1
        now = end - 2 * step * beta2**step / (1 - beta2**step)
        rate = -lr / (1 - beta1**step)
        if now <= 5.0:
            param.add_(mean, alpha=rate)
            return
        rectified = ((now - 4) * (now - 2) * end / ((end - 4) * (end - 2) * now)) ** 0.5
        size = _core.sqrt(square).add_(group["eps"])
        param.addcdiv_(mean, size, value=rate * rectified * (1 - beta2**step) ** 0.5)
