"""Adam with decoupled weight decay. Depends on Optimizer."""

from __future__ import annotations

from wengert._core import Tensor
from wengert.optim.adam import Adam
from wengert.optim.optimizer import Params


class AdamW(Adam):
    """Adam whose weight decay is apart from the gradient: p *= 1 - lr * weight_decay, before each step.

    (Loshchilov, Hutter, "Decoupled Weight Decay Regularization", 2017.)

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> (x * x).sum().backward()
    >>> AdamW([x], lr=0.25).step()
    >>> x
    tensor([0.7475], requires_grad=True)
    """

    def __init__(
        self,
        params: Params,
        lr: float | Tensor = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
        foreach: bool | None = None,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        super().__init__(
            params,
            lr,
            betas,
            eps,
            weight_decay,
            amsgrad,
            foreach=foreach,
            maximize=maximize,
            capturable=capturable,
            differentiable=differentiable,
            fused=fused,
            decoupled_weight_decay=True,
        )
