"""What schedules of learning rates share. Depends on Optimizer."""

from __future__ import annotations

import warnings
from typing import Any

from wengert._core import Tensor
from wengert.optim.optimizer import Optimizer


def values_of(optimizer: Optimizer, key: str) -> list[Any]:
    """An option of every group; tensors are copies."""
    return [copied(group[key]) for group in optimizer.param_groups]


def copied(value: Any) -> Any:
    """A tensor's copy, a number as it is."""
    return value.detach().clone() if isinstance(value, Tensor) else value


def put(group: dict[str, Any], key: str, value: Any) -> None:
    """Sets an option of a group; a tensor stays the tensor that it is and gets the value."""
    if isinstance(group[key], Tensor):
        group[key].fill_(float(value))
    else:
        group[key] = value


class LRScheduler:
    """Base of schedulers: `step()` after each epoch sets the learning rate of every group of an optimiser.

    A subclass says in `get_lr` which rates hold in epoch `last_epoch`. Warns where `step` comes before that of the
    optimiser. Raises TypeError for what is no optimiser, KeyError where a `last_epoch` is given and no first rate known.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> schedule = wengert.optim.lr_scheduler.ExponentialLR(sgd, gamma=0.5)
    >>> sgd.step()
    >>> schedule.step()
    >>> schedule.get_last_lr()
    [0.5]
    """

    _get_lr_called_within_step = False
    _is_initial = False
    _step_count: int
    _last_lr: list[Any]

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        self.optimizer = optimizer
        for place, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{place}] when resuming scheduler with last_epoch "
                    ">= 0; try to load the optimizer's state first, or leave last_epoch out"
                )
        self.base_lrs = values_of(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        self._initial_step()

    def _initial_step(self) -> None:
        self._step_count = 0
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def _rates(self) -> list[Any]:
        """The rates that the groups have."""
        return values_of(self.optimizer, "lr")

    def _scaled(self, factor: float) -> list[Any]:
        """The rates that the groups have, times a factor."""
        return [rate * factor for rate in self._rates()]

    def _based(self, factor: float) -> list[Any]:
        """The first rates, times a factor."""
        return [base * factor for base in self.base_lrs]

    def _in_step(self) -> None:
        """Warns where `get_lr` is called by hand."""
        if not self._get_lr_called_within_step:
            warnings.warn(
                "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.", stacklevel=3
            )

    def get_lr(self) -> list[Any]:
        """The rates of epoch `last_epoch`, computed from those that hold; `get_last_lr` is what users ask."""
        raise NotImplementedError(f"{type(self).__name__} does not override get_lr")

    def get_last_lr(self) -> list[Any]:
        """The rates that hold."""
        return self._last_lr

    def _warn_of_order(self) -> None:
        if self._step_count != 1:
            return
        if not hasattr(self.optimizer.step, "hooked"):
            warnings.warn(
                "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. Please, "
                "make sure to call `optimizer.step()` before `lr_scheduler.step()`.",
                stacklevel=3,
            )
        elif not self.optimizer._opt_called:
            warnings.warn(
                "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, you should "
                "call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  Failure to do this "
                "will result in skipping the first value of the learning rate schedule.",
                stacklevel=3,
            )

    def step(self, epoch: int | None = None) -> None:
        """Goes on to the next epoch, or to the one that is given, which is an older spelling and warns."""
        self._warn_of_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(
                "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where possible. Please "
                "use `scheduler.step()` to step the scheduler.",
                stacklevel=2,
            )
        self._update_lr(epoch)

    def _update_lr(self, epoch: int | None = None) -> None:
        self._get_lr_called_within_step = True
        try:
            self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
            closed = None if epoch is None else getattr(self, "_get_closed_form_lr", None)
            rates = self.get_lr() if closed is None else closed()
        finally:
            self._get_lr_called_within_step = False
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            put(group, "lr", rate)
        self._last_lr = self._rates()

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimiser."""
        return {name: value for name, value in self.__dict__.items() if name != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes what `state_dict` gave."""
        self.__dict__.update(state_dict)


def state_of_functions(functions: list[Any]) -> list[Any]:
    """What a state keeps of functions: attributes of objects, nothing of what cannot be saved."""
    kinds = (type(state_of_functions), type(len), type(list.append))
    return [None if isinstance(f, kinds) or not hasattr(f, "__dict__") else dict(f.__dict__) for f in functions]


def load_functions(functions: list[Any], states: list[Any]) -> None:
    """Gives objects their attributes again."""
    for function, state in zip(functions, states):
        if state is not None:
            function.__dict__.update(state)
