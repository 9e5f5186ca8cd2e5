"""Adadelta, ASGD and Rprop: steps of a size that is found on the way. Depends on Optimizer."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim.optimizer import (
    Optimizer,
    Params,
    counted,
    decayed,
    refuse,
    refuse_differentiable,
    zero_step,
)


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


class Rprop(Optimizer):
    """p -= s * sign(g), for a step s of each element that grows while the sign of g stays and shrinks when it changes.

    `etas` are the factors of shrinking and growing, `step_sizes` the bounds of s, which begins at `lr`. Where the sign has
    changed, no step is taken. `maximize` turns g round. `foreach` and `capturable` are taken and change nothing.
    (Riedmiller, Braun, "A Direct Adaptive Method for Faster Backpropagation Learning: The RPROP Algorithm", 1993.) Raises
    ValueError for factors that are not below and above 1.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Rprop([x], lr=0.25).step()
    >>> x
    tensor([0.7500], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        etas: tuple[float, float] = (0.5, 1.2),
        step_sizes: tuple[float, float] = (1e-6, 50),
        *,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        refuse(lr=lr)
        if not 0.0 < etas[0] < 1.0 < etas[1]:
            raise ValueError(f"Invalid eta values: {etas[0]}, {etas[1]}")
        refuse_differentiable("Rprop", differentiable)
        defaults = {
            "lr": lr,
            "etas": etas,
            "step_sizes": step_sizes,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "capturable": capturable,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        (shrinks, grows), (least, most) = group["etas"], group["step_sizes"]
        if not state:
            state["step"], state["prev"] = zero_step(), _core._zeros_like(param)
            state["step_size"] = _core._full(list(param.shape), float(group["lr"]), param.dtype, False)
        counted(state)
        signs = _core.sign(grad * state["prev"])
        size = state["step_size"]
        size.copy_(_core.where(signs > 0, size * grows, _core.where(signs < 0, size * shrinks, size)))
        size.clamp_(least, most)
        grad = _core.where(signs < 0, _core._zeros_like(grad), grad)
        param.addcmul_(_core.sign(grad), size, value=-1)
        state["prev"].copy_(grad)
