"""Steps scaled by the sum of squares. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import counted, decayed, refuse, refuse_differentiable, zero_step
from wengert.optim.optimizer import Optimizer, Params


class Adagrad(Optimizer):
    """p -= lr * g / (sqrt(s) + eps), for the sum s of all g^2; lr falls as 1 / (1 + lr_decay * steps before).

    `weight_decay` adds weight_decay * p to g; `maximize` turns g round. `foreach` and `fused` are taken and change
    nothing. (Duchi et al., "Adaptive Subgradient Methods", 2011.) Raises ValueError for negative numbers.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Adagrad([x], lr=0.25).step()
    >>> x
    tensor([0.7500], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        refuse(lr=lr, lr_decay=lr_decay, weight_decay=weight_decay)
        refuse(initial_accumulator_value=initial_accumulator_value, epsilon=eps)
        refuse_differentiable("Adagrad", differentiable)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        for p in group["params"]:
            self.state[p] = {
                "step": zero_step(),
                "sum": _core._full(list(p.shape), group["initial_accumulator_value"], p.dtype, False),
            }

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        step = counted(state)
        grad = decayed(param, grad, group)
        total = state["sum"].addcmul_(grad, grad, value=1)
        lr = float(group["lr"]) / (1 + (step - 1) * group["lr_decay"])
        param.addcdiv_(grad, _core.sqrt(total).add_(group["eps"]), value=-lr)
