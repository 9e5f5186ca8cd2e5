"""Stochastic gradient descent. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.optim._updates import decayed, refuse, refuse_differentiable
from wengert.optim.optimizer import Optimizer, Params


class SGD(Optimizer):
    """p -= lr * g, or with momentum: b = momentum * b + (1 - dampening) * g (the first b is g), p -= lr * b.

    With `nesterov` the step is g + momentum * b. `weight_decay` adds weight_decay * p to g; `maximize` turns g round.
    `foreach` and `fused` are taken and change nothing. (Sutskever et al., "On the importance of initialization and
    momentum in deep learning", 2013.) Raises ValueError for negative numbers.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> SGD([x], lr=0.25).step()
    >>> x
    tensor([0.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        momentum: float = 0,
        dampening: float = 0,
        weight_decay: float = 0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        refuse(lr=lr, momentum=momentum, weight_decay=weight_decay)
        refuse_differentiable("SGD", differentiable)
        if nesterov and (momentum <= 0 or dampening != 0):
            raise ValueError("Nesterov momentum requires a momentum and zero dampening")
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "dampening": dampening,
            "weight_decay": weight_decay,
            "nesterov": nesterov,
            "maximize": maximize,
            "foreach": foreach,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        momentum = group["momentum"]
        grad = decayed(param, grad, group)
        if momentum != 0:
            buffer = state.get("momentum_buffer")
            if buffer is None:
                buffer = state["momentum_buffer"] = grad.detach().clone()
            else:
                buffer.mul_(momentum).add_(grad, alpha=1 - group["dampening"])
            grad = grad.add(buffer, alpha=momentum) if group["nesterov"] else buffer
        param.add_(grad, alpha=-float(group["lr"]))
