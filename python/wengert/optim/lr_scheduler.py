"""Learning rates that change from epoch to epoch. Names are torch.optim.lr_scheduler's. Depends on Optimizer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from wengert.optim.optimizer import Optimizer

__all__ = ["CosineAnnealingLR", "ExponentialLR", "LRScheduler", "LambdaLR", "MultiStepLR", "StepLR"]


class LRScheduler:
    """Base of schedulers: `step()` after each epoch sets the learning rate of every group of an optimiser.

    A subclass says in `get_lr` which rates hold in epoch `last_epoch`. Raises TypeError for what is no optimiser.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> schedule = ExponentialLR(sgd, gamma=0.5)
    >>> sgd.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for place, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{place}] when resuming an optimizer"
                )
        self.base_lrs = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self.step()

    def _rates(self) -> list[Any]:
        return [group["lr"] for group in self.optimizer.param_groups]

    def get_lr(self) -> list[Any]:
        """The rates of epoch `last_epoch`, computed from those that hold."""
        raise NotImplementedError(f"{type(self).__name__} does not override get_lr")

    def get_last_lr(self) -> list[Any]:
        """The rates that hold."""
        return self._last_lr

    def step(self) -> None:
        """Goes on to the next epoch."""
        self.last_epoch += 1
        for group, rate in zip(self.optimizer.param_groups, self.get_lr(), strict=True):
            group["lr"] = rate
        self._last_lr = self._rates()

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimiser."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes what `state_dict` gave."""
        self.__dict__.update(state_dict)


class LambdaLR(LRScheduler):
    """The first rate times a function of the epoch, or one function for each group.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> LambdaLR(sgd, lambda epoch: 0.5 / (1 + epoch)).get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        many = len(optimizer.param_groups)
        self.lr_lambdas = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * many
        if len(self.lr_lambdas) != many:
            raise ValueError(f"Expected {many} lr_lambdas, but got {len(self.lr_lambdas)}")
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        return [base * f(self.last_epoch) for base, f in zip(self.base_lrs, self.lr_lambdas, strict=True)]  # type: ignore[operator]

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimiser and the functions."""
        return {name: value for name, value in super().state_dict().items() if name != "lr_lambdas"}


class StepLR(LRScheduler):
    """The rate times `gamma` after every `step_size` epochs.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> StepLR(sgd, step_size=2).get_last_lr()
    [1.0]
    """

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return self._rates()
        return [rate * self.gamma for rate in self._rates()]


class MultiStepLR(LRScheduler):
    """The rate times `gamma` at each epoch of `milestones`.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> MultiStepLR(sgd, [2, 4]).get_last_lr()
    [1.0]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = list(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        return [rate * self.gamma ** self.milestones.count(self.last_epoch) for rate in self._rates()]


class ExponentialLR(LRScheduler):
    """The rate times `gamma` after every epoch.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> ExponentialLR(sgd, 0.5).get_last_lr()
    [1.0]
    """

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        return self._rates() if self.last_epoch == 0 else [rate * self.gamma for rate in self._rates()]


class CosineAnnealingLR(LRScheduler):
    """The rate on half a cosine from the first one down to `eta_min` in `T_max` epochs, and up again.

    (Loshchilov, Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", 2016.)

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> CosineAnnealingLR(sgd, T_max=10).get_last_lr()
    [1.0]
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1) -> None:
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        now, half, low = self.last_epoch, self.T_max, self.eta_min
        if now == 0:
            return self._rates()
        if (now - 1 - half) % (2 * half) == 0:
            rise = (1 - math.cos(math.pi / half)) / 2
            return [rate + (base - low) * rise for rate, base in zip(self._rates(), self.base_lrs, strict=True)]
        factor = (1 + math.cos(math.pi * now / half)) / (1 + math.cos(math.pi * (now - 1) / half))
        return [factor * (rate - low) + low for rate in self._rates()]
