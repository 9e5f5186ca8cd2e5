"""Adam with second moments of rows and columns alone. Depends on Optimizer and what its kinds share."""

from __future__ import annotations

import math
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.optim._updates import counted, zero_step
from wengert.optim.optimizer import Optimizer, Params


class Adafactor(Optimizer):
    """p -= a u / max(1, rms(u) / d), for u = g / sqrt(v), where v, the running mean of g^2, is kept as means of rows and of columns
    of the last two dimensions (as it is for vectors); a = max(eps2, rms(p)) min(lr, 1 / sqrt(t)).

    The running mean takes up t^beta2_decay of each step. `eps` is (eps1, eps2), with eps1 the dtype's machine epsilon where it is None:
    v is at least eps1^2. `weight_decay` shrinks p by lr * weight_decay first; `maximize` turns g round. `foreach` is taken and changes
    nothing. (Shazeer, Stern, "Adafactor: Adaptive Learning Rates with Sublinear Memory Cost", 2018.) Raises ValueError for numbers out
    of range.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> Adafactor([x], lr=0.25).step()
    >>> x
    tensor([0.7500], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-2,
        beta2_decay: float = -0.8,
        eps: tuple[float | None, float] = (None, 1e-3),
        d: float = 1.0,
        weight_decay: float = 0.0,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
    ) -> None:
        if isinstance(lr, Tensor) and lr.numel() != 1:
            raise ValueError("Tensor lr must be 1-element")
        least = {"Learning rate": lr, "epsilon1": eps[0], "epsilon2": eps[1], "weight_decay": weight_decay}
        for what, value in least.items():
            if value is not None and not float(value) >= 0.0:
                raise ValueError(f"{what} should be >= 0 but is: {value}")
        if not beta2_decay <= 0.0:
            raise ValueError(f"beta2_decay should be <= 0 but is: {beta2_decay}")
        if not d >= 1.0:
            raise ValueError(f"Clipping threshold d should be >= 1 but is: {d}")
        defaults = {
            "lr": lr,
            "beta2_decay": beta2_decay,
            "eps": eps,
            "d": d,
            "weight_decay": weight_decay,
            "foreach": foreach,
            "maximize": maximize,
        }
        super().__init__(params, defaults)

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        if not state:
            state["step"] = zero_step()
            if grad.dim() > 1:
                state["row_var"] = _core._zeros_like(grad[..., :1])
                state["col_var"] = _core._zeros_like(grad[..., :1, :])
            else:
                state["variance"] = _core._zeros_like(grad)
        step, lr = counted(state), float(group["lr"])
        eps1, eps2 = group["eps"]
        if eps1 is None:
            eps1 = 2.0**-52 if param.dtype is _core.float64 else 2.0**-23
        fresh = step ** group["beta2_decay"]
        rate = max(eps2, _root_mean_square(param)) * min(lr, 1 / math.sqrt(step))
        if group["weight_decay"] != 0:
            param.mul_(1 - lr * group["weight_decay"])
        square = grad * grad
        if grad.dim() > 1:
            rows = state["row_var"].lerp_(square.mean(-1, True), fresh)
            columns = state["col_var"].lerp_(square.mean(-2, True), fresh)
            variance = rows @ columns / rows.mean(-2, True).clamp_(min=eps1)
        else:
            variance = state["variance"].lerp_(square, fresh)
        update = variance.clamp(min=eps1 * eps1).rsqrt_().mul_(grad)
        param.add_(update, alpha=-rate / max(1.0, _root_mean_square(update) / group["d"]))


def _root_mean_square(x: Tensor) -> float:
    return float(_core.norm(x).item()) / math.sqrt(max(x.numel(), 1))
