"""Learning rates that change from epoch to epoch. Names are torch.optim.lr_scheduler's. Depends on the schedules' base."""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wengert.optim._combined import ChainedScheduler, ReduceLROnPlateau, SequentialLR
from wengert.optim._cycles import CosineAnnealingWarmRestarts, CyclicLR, OneCycleLR
from wengert.optim._schedule import (
    LRScheduler,
    load_functions as _load_functions,
    state_of_functions as _state_of_functions,
)
from wengert.optim.optimizer import Optimizer

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]

Factors = Callable[[int], float] | Sequence[Callable[[int], float]]


class _LRScheduler(LRScheduler):
    """The older name of LRScheduler."""


class _OfFunctions(LRScheduler):
    """A schedule told by a function of the epoch, or by one for each group."""

    def __init__(self, optimizer: Optimizer, lr_lambda: Factors, last_epoch: int = -1) -> None:
        many = len(optimizer.param_groups)
        self.lr_lambdas: list[Any] = list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * many
        if len(self.lr_lambdas) != many:
            raise ValueError(f"Expected {many} lr_lambdas, but got {len(self.lr_lambdas)}")
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimiser; of functions nothing is kept, of callable objects their attributes."""
        return {**super().state_dict(), "lr_lambdas": _state_of_functions(self.lr_lambdas)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes what `state_dict` gave."""
        held = self.lr_lambdas
        super().load_state_dict(state_dict)
        self.lr_lambdas = held
        _load_functions(held, state_dict["lr_lambdas"])


class LambdaLR(_OfFunctions):
    """The first rate times a function of the epoch, or one function for each group.

    Raises ValueError for another number of functions than groups.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> LambdaLR(sgd, lambda epoch: 0.5 / (1 + epoch)).get_last_lr()
    [0.5]
    """

    def get_lr(self) -> list[Any]:
        self._in_step()
        return [base * f(self.last_epoch) for base, f in zip(self.base_lrs, self.lr_lambdas, strict=True)]


class MultiplicativeLR(_OfFunctions):
    """The rate times a function of the epoch, after every epoch.

    Raises ValueError for another number of functions than groups, TypeError for what is no function.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> MultiplicativeLR(sgd, lambda epoch: 0.5).get_last_lr()
    [1.0]
    """

    def __init__(self, optimizer: Optimizer, lr_lambda: Factors, last_epoch: int = -1) -> None:
        for f in lr_lambda if isinstance(lr_lambda, (list, tuple)) else [lr_lambda]:
            if not callable(f):
                raise TypeError(f"lr_lambda should be a function, but got {type(f).__name__}")
        super().__init__(optimizer, lr_lambda, last_epoch)

    def get_lr(self) -> list[Any]:
        self._in_step()
        if self._is_initial:
            return self._rates()
        return [rate * f(self.last_epoch) for rate, f in zip(self._rates(), self.lr_lambdas, strict=True)]


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
        self._in_step()
        falls = self.last_epoch != 0 and self.last_epoch % self.step_size == 0
        return self._scaled(self.gamma) if falls else self._rates()

    def _get_closed_form_lr(self) -> list[Any]:
        return self._based(self.gamma ** (self.last_epoch // self.step_size))


class MultiStepLR(LRScheduler):
    """The rate times `gamma` at each epoch of `milestones`.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> MultiStepLR(sgd, [2, 4]).get_last_lr()
    [1.0]
    """

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._in_step()
        if self.last_epoch not in self.milestones:
            return self._rates()
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])

    def _get_closed_form_lr(self) -> list[Any]:
        return self._based(self.gamma ** bisect.bisect_right(sorted(self.milestones.elements()), self.last_epoch))


class ConstantLR(LRScheduler):
    """The rate times `factor` for the first `total_iters` epochs, then as it was.

    Raises ValueError for a factor that is not between 0 and 1.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> ConstantLR(sgd, factor=0.5).get_last_lr()
    [0.5]
    """

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if factor > 1.0 or factor < 0:
            raise ValueError("Constant multiplicative factor expected to be between 0 and 1.")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._in_step()
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        return self._scaled(1.0 / self.factor) if self.last_epoch == self.total_iters else self._rates()

    def _get_closed_form_lr(self) -> list[Any]:
        return self._based(1.0 if self.last_epoch >= self.total_iters else self.factor)


class LinearLR(LRScheduler):
    """The rate times a factor that goes from `start_factor` to `end_factor` on a line, in `total_iters` epochs.

    Raises ValueError for factors that are not between 0 and 1, and for a first one of 0.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> LinearLR(sgd, start_factor=0.5, total_iters=4).get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError("Starting multiplicative factor expected to be greater than 0 and less or equal to 1.")
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError("Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def _factor(self, epoch: int) -> float:
        rise = self.end_factor - self.start_factor
        return self.start_factor + rise * min(self.total_iters, epoch) / self.total_iters

    def get_lr(self) -> list[Any]:
        self._in_step()
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._rates()
        # From what holds, so that schedules can be chained.
        return self._scaled(self._factor(self.last_epoch) / self._factor(self.last_epoch - 1))

    def _get_closed_form_lr(self) -> list[Any]:
        return self._based(self._factor(self.last_epoch))


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
        self._in_step()
        return self._rates() if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> list[Any]:
        return self._based(self.gamma**self.last_epoch)


class PolynomialLR(LRScheduler):
    """The first rate times (1 - epoch / total_iters)^power, and 0 from then on.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> PolynomialLR(sgd, total_iters=4).get_last_lr()
    [1.0]
    """

    def __init__(self, optimizer: Optimizer, total_iters: int = 5, power: float = 1.0, last_epoch: int = -1) -> None:
        self.total_iters = total_iters
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._in_step()
        if self._is_initial or self.last_epoch > self.total_iters:
            return self._rates()
        left = 1.0 - self.last_epoch / self.total_iters
        return self._scaled((left / (1.0 - (self.last_epoch - 1) / self.total_iters)) ** self.power)

    def _get_closed_form_lr(self) -> list[Any]:
        return self._based((1.0 - min(self.total_iters, self.last_epoch) / self.total_iters) ** self.power)


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
        self._in_step()
        now, half, low = self.last_epoch, self.T_max, self.eta_min
        if self._is_initial:
            return self._rates()
        if self._step_count == 1 and now > 0:
            return self._get_closed_form_lr()
        if (now - 1 - half) % (2 * half) == 0:
            # The rate before was eta_min, of which no factor leads up.
            rise = (1 - math.cos(math.pi / half)) / 2
            return [rate + (base - low) * rise for rate, base in zip(self._rates(), self.base_lrs, strict=True)]
        factor = (1 + math.cos(math.pi * now / half)) / (1 + math.cos(math.pi * (now - 1) / half))
        return [factor * (rate - low) + low for rate in self._rates()]

    def _get_closed_form_lr(self) -> list[Any]:
        height = (1 + math.cos(math.pi * self.last_epoch / self.T_max)) / 2
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]
