"""Steps scaled by a running mean of squares. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import counted, decayed, refuse, refuse_differentiable, zero_step
from wengert.optim.optimizer import Optimizer, Params


class RMSprop(Optimizer):
    """p -= lr * g / (sqrt(v) + eps), for the running mean v of g^2, of factor `alpha`; `centered` takes off g's mean.

    With momentum: b = momentum * b + g / (sqrt(v) + eps), p -= lr * b. `weight_decay` adds weight_decay * p to g;
    `maximize` turns g round. `foreach` and `capturable` are taken and change nothing. (Hinton's lectures, 2012;
    Graves 2013.) Raises ValueError for negative numbers.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> RMSprop([x], lr=0.01).step()
    >>> x
    tensor([0.9000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        refuse(lr=lr, epsilon=eps, momentum=momentum, weight_decay=weight_decay, alpha=alpha)
        refuse_differentiable("RMSprop", differentiable)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, alpha = float(group["lr"]), group["alpha"]
        if not state:
            state["step"], state["square_avg"] = zero_step(), _core._zeros_like(param)
            if group["momentum"] > 0:
                state["momentum_buffer"] = _core._zeros_like(param)
            if group["centered"]:
                state["grad_avg"] = _core._zeros_like(param)
        counted(state)
        grad = decayed(param, grad, group)
        square = state["square_avg"].mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        if group["centered"]:
            mean = state["grad_avg"].lerp_(grad, 1 - alpha)
            square = square.addcmul(mean, mean, value=-1)
        size = _core.sqrt(square).add_(group["eps"])
        if group["momentum"] > 0:
            buffer = state["momentum_buffer"].mul_(group["momentum"]).addcdiv_(grad, size)
            param.add_(buffer, alpha=-lr)
        else:
            param.addcdiv_(grad, size, value=-lr)
