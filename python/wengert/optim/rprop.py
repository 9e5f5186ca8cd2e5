"""Steps by the sign of the gradient. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import counted, refuse, refuse_differentiable, zero_step
from wengert.optim.optimizer import Optimizer, Params


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
