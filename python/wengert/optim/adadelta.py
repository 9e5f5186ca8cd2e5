"""Steps scaled by what changed before. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import counted, decayed, refuse, refuse_differentiable, zero_step
from wengert.optim.optimizer import Optimizer, Params


class Adadelta(Optimizer):
    """p -= lr * d, for d = g sqrt(a + eps) / sqrt(v + eps), with running means v of g^2 and a of d^2, of factor `rho`.

    `weight_decay` adds weight_decay * p to g; `maximize` turns g round. `foreach` and `capturable` are taken and change
    nothing. (Zeiler, "ADADELTA: An Adaptive Learning Rate Method", 2012.) Raises ValueError for numbers out of range.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Adadelta([x]).step()
    >>> x
    tensor([0.9968], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        *,
        capturable: bool = False,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        refuse(lr=lr)
        if not 0.0 <= rho <= 1.0:
            raise ValueError(f"Invalid rho value: {rho}")
        refuse(epsilon=eps, weight_decay=weight_decay)
        refuse_differentiable("Adadelta", differentiable)
        defaults = {
            "lr": lr,
            "rho": rho,
            "eps": eps,
            "weight_decay": weight_decay,
            "maximize": maximize,
            "capturable": capturable,
            "foreach": foreach,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        rho, eps = group["rho"], group["eps"]
        if not state:
            state["step"] = zero_step()
            state["square_avg"], state["acc_delta"] = _core._zeros_like(param), _core._zeros_like(param)
        counted(state)
        grad = decayed(param, grad, group)
        square = state["square_avg"].mul_(rho).addcmul_(grad, grad, value=1 - rho)
        change = _core.sqrt(state["acc_delta"] + eps) / _core.sqrt(square + eps) * grad
        state["acc_delta"].mul_(rho).addcmul_(change, change, value=1 - rho)
        param.add_(change, alpha=-float(group["lr"]))
