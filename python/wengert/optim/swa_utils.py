"""Averages of models over the steps of training. Names are torch.optim.swa_utils's. Depends on Module and schedules."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.autograd import no_grad
from wengert.nn.modules.module import Module
from wengert.optim._cycles import Values, spread as _spread
from wengert.optim._schedule import LRScheduler
from wengert.optim.optimizer import Optimizer

__all__ = [
    "AveragedModel",
    "SWALR",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average = Callable[[Tensor, Tensor, Any], Tensor]
AverageOfMany = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """The running mean of factor `decay`: decay * average + (1 - decay) * now.

    Raises ValueError unless 0 <= decay <= 1.

    >>> import wengert
    >>> get_ema_avg_fn(0.5)(wengert.tensor(1.0), wengert.tensor(3.0), 1)
    tensor(2.)
    """
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")

    def average(averaged: Tensor, now: Tensor, _: Any) -> Tensor:
        with no_grad():
            return decay * averaged + (1 - decay) * now

    return average


def get_swa_avg_fn() -> Average:
    """The plain mean of all steps.

    >>> import wengert
    >>> get_swa_avg_fn()(wengert.tensor(1.0), wengert.tensor(4.0), 2)
    tensor(2.)
    """

    def average(averaged: Tensor, now: Tensor, count: Any) -> Tensor:
        with no_grad():
            return averaged + (now - averaged) / (count + 1)

    return average


def _of_many(one: Average) -> AverageOfMany:
    def average(averaged: Sequence[Tensor], now: Sequence[Tensor], count: Any) -> None:
        with no_grad():
            for a, b in zip(averaged, now, strict=True):
                a.copy_(one(a, b, count))

    return average


def get_ema_multi_avg_fn(decay: float = 0.999) -> AverageOfMany:
    """`get_ema_avg_fn` of lists of tensors, in place.

    >>> import wengert
    >>> held = [wengert.tensor(1.0)]
    >>> get_ema_multi_avg_fn(0.5)(held, [wengert.tensor(3.0)], 1)
    >>> held
    [tensor(2.)]
    """
    return _of_many(get_ema_avg_fn(decay))


def get_swa_multi_avg_fn() -> AverageOfMany:
    """`get_swa_avg_fn` of lists of tensors, in place.

    >>> import wengert
    >>> held = [wengert.tensor(1.0)]
    >>> get_swa_multi_avg_fn()(held, [wengert.tensor(4.0)], 2)
    >>> held
    [tensor(2.)]
    """
    return _of_many(get_swa_avg_fn())


class AveragedModel(Module):
    """A copy of a model whose parameters are averages of those that `update_parameters(model)` was called with.

    The average is the plain mean, or `avg_fn(averaged, now, count)`, or `multi_avg_fn` of lists. Buffers are averaged as
    well if `use_buffers`, else copied. (Izmailov et al., "Averaging Weights Leads to Wider Optima and Better
    Generalization", 2018.) Raises AssertionError for both functions.

    >>> import wengert
    >>> model = wengert.nn.Linear(1, 1, bias=False)
    >>> averaged = AveragedModel(model)
    >>> for value in (1.0, 3.0):
    ...     _ = wengert.nn.init.constant_(model.weight, value)
    ...     averaged.update_parameters(model)
    >>> averaged(wengert.ones(1)).detach()
    tensor([2.])
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: Any = None,
        avg_fn: Average | None = None,
        multi_avg_fn: AverageOfMany | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module = copy.deepcopy(model).to(device)
        self.register_buffer("n_averaged", _core.tensor(0, dtype=_core.int64))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Takes the parameters of a model into the average; the first are copied."""

        def values(module: Module) -> list[Tensor]:
            found = itertools.chain(module.parameters(), module.buffers() if self.use_buffers else ())
            return [value.detach() for value in found]

        averaged, now = values(self.module), values(model)
        if int(self.n_averaged.item()) == 0:
            for a, b in zip(averaged, now):
                a.copy_(b)
        else:
            many = self.multi_avg_fn or _of_many(self.avg_fn or get_swa_avg_fn())
            many(averaged, now, self.n_averaged)
        if not self.use_buffers:
            for a, b in zip(self.module.buffers(), model.buffers(), strict=True):
                a.detach().copy_(b.detach())
        self.n_averaged += 1


def update_bn(loader: Iterable[Any], model: Module, device: Any = None) -> None:
    """Finds the running statistics of a model's BatchNorm layers anew, from one pass over batches of inputs.

    Of a batch that is a tuple or a list the first entry is the input.

    >>> import wengert
    >>> norm = wengert.nn.BatchNorm1d(1)
    >>> update_bn([wengert.tensor([[1.0], [3.0]])], norm)
    >>> norm.running_mean
    tensor([2.])
    """
    from wengert.nn.modules.batchnorm import _BatchNorm

    momenta: dict[Any, Any] = {}
    for module in model.modules():
        if isinstance(module, _BatchNorm):
            module.reset_running_stats()
            momenta[module] = module.momentum
    if not momenta:
        return
    was_training = model.training
    model.train()
    try:
        for module in momenta:
            module.momentum = None
        with no_grad():
            for batch in loader:
                model(batch[0] if isinstance(batch, (list, tuple)) else batch)
    finally:
        for module, momentum in momenta.items():
            module.momentum = momentum
        model.train(was_training)


class SWALR(LRScheduler):
    """The rate from what it is to `swa_lr` in `anneal_epochs` epochs, on a cosine or a line.

    Raises ValueError for another strategy or a negative number of epochs.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> SWALR(sgd, swa_lr=0.1).get_last_lr()
    [1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: Values,
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        for rate, group in zip(_spread("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _part(self, step: int) -> float:
        """How much of the way is done after a number of steps."""
        t = max(0.0, min(1.0, step / max(1, self.anneal_epochs)))
        return (1 - math.cos(math.pi * t)) / 2 if self._anneal_strategy == "cos" else t

    def get_lr(self) -> list[Any]:
        self._in_step()
        step = max(1, self._step_count - 1) if self.anneal_epochs == 0 else self._step_count - 1
        before, now = self._part(step - 1), self._part(step)
        found = []
        for group, rate in zip(self.optimizer.param_groups, self._rates(), strict=True):
            goal = group["swa_lr"]
            start = goal if before == 1 else (rate - before * goal) / (1 - before)
            found.append(goal * now + start * (1 - now))
        return found
