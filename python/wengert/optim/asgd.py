"""Gradient descent whose steps are averaged. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import counted, decayed, refuse, refuse_differentiable, zero_step
from wengert.optim.optimizer import Optimizer, Params


class ASGD(Optimizer):
    """Stochastic gradient descent whose steps shrink as lr / (1 + lambd lr t)^alpha; `state[p]["ax"]` is p averaged.

    The average begins after `t0` steps. `weight_decay` adds weight_decay * p to g; `maximize` turns g round. `foreach` and
    `capturable` are taken and change nothing. (Polyak, Juditsky, "Acceleration of Stochastic Approximation by Averaging",
    1992.) Raises ValueError for negative numbers.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> ASGD([x], lr=0.25).step()
    >>> x.item() < 0.6
    True
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        lambd: float = 1e-4,
        alpha: float = 0.75,
        t0: float = 1e6,
        weight_decay: float = 0,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
        capturable: bool = False,
    ) -> None:
        refuse(lr=lr, weight_decay=weight_decay)
        refuse_differentiable("ASGD", differentiable)
        defaults = {
            "lr": lr,
            "lambd": lambd,
            "alpha": alpha,
            "t0": t0,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        lr, lambd = float(group["lr"]), group["lambd"]
        if not state:
            state["step"], state["mu"] = zero_step(), zero_step() + 1
            state["eta"] = _core._full([], lr, _core.float32, False)
            state["ax"] = _core._zeros_like(param)
        step = counted(state)
        grad = decayed(param, grad, group)
        eta, mu = float(state["eta"].item()), float(state["mu"].item())
        param.mul_(1 - lambd * eta).add_(grad, alpha=-eta)
        average = state["ax"]
        if mu != 1:
            average.add_(param - average, alpha=mu)
        else:
            average.copy_(param)
        # Kept as float32, also where a loaded state has the dtype of the parameter.
        state["eta"].copy_(_core.tensor(lr / (1 + lambd * lr * step) ** group["alpha"], dtype=_core.float32))
        state["mu"].copy_(_core.tensor(1 / max(1.0, step - group["t0"]), dtype=_core.float32))
