"""Adam with Nesterov's momentum. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import moments, refuse_moments, zero_step
from wengert.optim.optimizer import Optimizer, Params


class NAdam(Optimizer):
    """Adam that looks ahead, as Nesterov's momentum does: the step is of momentum's next value.

    mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2); p -= lr (mu_{t+1} m / (1 - prod mu) + (1 - mu_t) g / (1 - prod mu)) /
    (sqrt(v) + eps). With `decoupled_weight_decay` the decay is apart from the gradient. `foreach` and `capturable` are
    taken and change nothing. (Dozat, "Incorporating Nesterov Momentum into Adam", 2016.) Raises ValueError for numbers out
    of range.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> NAdam([x], lr=0.25).step()
    >>> x.item() < 1.0
    True
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 2e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum_decay: float = 4e-3,
        decoupled_weight_decay: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
    ) -> None:
        refuse_moments(
            "NAdam", lr, betas, eps, differentiable, weight_decay=weight_decay, momentum_decay=momentum_decay
        )
        defaults = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "momentum_decay": momentum_decay,
            "decoupled_weight_decay": decoupled_weight_decay,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, (beta1, beta2) = float(group["lr"]), group["betas"]
        if not state:
            state["step"], state["mu_product"] = zero_step(), zero_step() + 1
            state["exp_avg"], state["exp_avg_sq"] = _core._zeros_like(param), _core._zeros_like(param)
        step, grad, mean, square = moments(param, grad, state, group)
        now, then = (beta1 * (1.0 - 0.5 * 0.96 ** (t * group["momentum_decay"])) for t in (step, step + 1))
        state["mu_product"] *= now
        product = float(state["mu_product"].item())
        size = _core.sqrt(square / (1 - beta2**step)).add_(group["eps"])
        param.addcdiv_(grad, size, value=-lr * (1 - now) / (1 - product))
        param.addcdiv_(mean, size, value=-lr * then / (1 - product * then))
