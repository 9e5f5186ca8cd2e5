"""Schedules that go up and down again: CyclicLR, OneCycleLR, CosineAnnealingWarmRestarts. Depends on the schedules' base."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Sequence
from typing import Any

from wengert.optim._schedule import LRScheduler, copied, load_functions, put, state_of_functions
from wengert.optim.optimizer import Optimizer

Values = float | Sequence[float]


def spread(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """One value for each group."""
    many = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [copied(value) for _ in range(many)]
    if len(value) != many:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} values, param_groups has "
            f"{many}."
        )
    return [copied(v) for v in value]


class _WithMomentum(LRScheduler):
    """A schedule that also moves momentum, or the first beta, the other way."""

    cycle_momentum: bool
    use_beta1: bool

    def _momentums(self, optimizer: Any, base: Values, top: Values, last_epoch: int) -> tuple[list[Any], list[Any]]:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        if not self.cycle_momentum:
            return [], []
        if not {"momentum", "betas"} & set(optimizer.defaults):
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        self.use_beta1 = "betas" in optimizer.defaults
        bases, tops = spread("base_momentum", optimizer, base), spread("max_momentum", optimizer, top)
        if last_epoch == -1:
            for group, low, high in zip(optimizer.param_groups, bases, tops, strict=True):
                self._put_momentum(group, high)
                group["max_momentum"], group["base_momentum"] = high, low
        return bases, tops

    def _put_momentum(self, group: dict[str, Any], value: Any) -> None:
        if self.use_beta1:
            group["betas"] = (value, *group["betas"][1:])
        else:
            group["momentum"] = value


class CyclicLR(_WithMomentum):
    """The rate from `base_lr` to `max_lr` in `step_size_up` steps and back in `step_size_down`, over and over.

    The height is scaled by a `mode`: 'triangular' (not), 'triangular2' (halved each cycle), 'exp_range'
    (gamma^step), or by `scale_fn` of the cycle or of the step, as `scale_mode` says. Momentum goes the other way unless
    `cycle_momentum` is False. (Smith, "Cyclical Learning Rates", 2015.) Raises ValueError for an unknown mode, and where
    the optimiser has no momentum.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> CyclicLR(sgd, base_lr=0.1, max_lr=0.5, step_size_up=4).get_last_lr()
    [0.1]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: Values,
        max_lr: Values,
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: Values = 0.8,
        max_momentum: Values = 0.9,
        last_epoch: int = -1,
    ) -> None:
        self.cycle_momentum = cycle_momentum
        if mode not in ("triangular", "triangular2", "exp_range") and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        self.base_momentums, self.max_momentums = self._momentums(optimizer, base_momentum, max_momentum, last_epoch)
        bases = spread("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for rate, group in zip(bases, optimizer.param_groups, strict=True):
                put(group, "lr", rate)
        self.max_lrs = spread("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        self.total_size = up + down
        self.step_ratio = up / self.total_size
        self.mode = mode
        self.gamma = gamma
        self._scale_fn_custom = scale_fn
        self.scale_mode = scale_mode if scale_fn is not None else "iterations" if mode == "exp_range" else "cycle"
        super().__init__(optimizer, last_epoch)
        self.base_lrs = bases

    def scale_fn(self, x: float) -> float:
        """How high a cycle, or a step, reaches of the full height."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "triangular":
            return 1.0
        return 1 / 2.0 ** (x - 1) if self.mode == "triangular2" else self.gamma**x

    def get_lr(self) -> list[Any]:
        """The rates of epoch `last_epoch`; sets momentum as well."""
        self._in_step()
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        part = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        part *= self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            ends = zip(self.optimizer.param_groups, self.base_momentums, self.max_momentums, strict=True)
            for group, low, high in ends:
                self._put_momentum(group, high - (high - low) * part)
        return [low + (high - low) * part for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimiser; of `scale_fn` its attributes, if it is an object."""
        return {**super().state_dict(), "_scale_fn_custom": state_of_functions([self._scale_fn_custom])[0]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes what `state_dict` gave."""
        held = self._scale_fn_custom
        super().load_state_dict(state_dict)
        self._scale_fn_custom = held
        load_functions([held], [state_dict["_scale_fn_custom"]])


class OneCycleLR(_WithMomentum):
    """One cycle: from max_lr / div_factor up to `max_lr` in `pct_start` of the steps, then far below the start.

    The last rate is the first over `final_div_factor`. The way is a cosine or 'linear'; with `three_phase` the rate first
    comes back to its start. The number of steps is `total_steps`, or `epochs` times `steps_per_epoch`. Momentum goes the
    other way unless `cycle_momentum` is False. (Smith, Topin, "Super-Convergence", 2017.) Raises ValueError for numbers out
    of range, for steps after the last, and where the optimiser has no momentum.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0, momentum=0.9)
    >>> OneCycleLR(sgd, max_lr=1.0, total_steps=10, div_factor=2.0).get_last_lr()
    [0.5]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: Values,
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: Values = 0.85,
        max_momentum: Values = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
        if total_steps is None and (epochs is None or steps_per_epoch is None):
            raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
        counts = (
            {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
            if total_steps is None
            else {"total_steps": total_steps}
        )
        for name, count in counts.items():
            if not isinstance(count, int) or count <= 0:
                raise ValueError(f"Expected positive integer {name}, but got {count}")
        self.total_steps = math.prod(n for n in counts.values() if n is not None)
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}")
        self._anneal_func_type = anneal_strategy
        self._schedule_phases = self._phases(float(pct_start * self.total_steps), three_phase)
        tops = spread("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, top in zip(optimizer.param_groups, tops, strict=True):
                group["initial_lr"] = top / div_factor
                group["max_lr"] = top
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        self._momentums(optimizer, base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def _phases(self, rise: float, three: bool) -> list[tuple[float, str, str, str, str]]:
        """Last step, rates at the start and the end, momentum at the start and the end, of each part."""
        high, low = "max_momentum", "base_momentum"
        up = (rise - 1, "initial_lr", "max_lr", high, low)
        if not three:
            return [up, (self.total_steps - 1, "max_lr", "min_lr", low, high)]
        down = (2 * rise - 2, "max_lr", "initial_lr", low, high)
        return [up, down, (self.total_steps - 1, "initial_lr", "min_lr", high, high)]

    def _between(self, start: Any, end: Any, part: float) -> Any:
        if self._anneal_func_type == "linear":
            return (end - start) * part + start
        return end + (start - end) / 2.0 * (math.cos(math.pi * part) + 1)

    def get_lr(self) -> list[Any]:
        """The rates of epoch `last_epoch`; sets momentum as well."""
        self._in_step()
        now = self.last_epoch
        if now > self.total_steps:
            raise ValueError(f"Tried to step {now} times. The specified number of total steps is {self.total_steps}")
        ends = [end for end, *_ in self._schedule_phases]
        place = min(bisect.bisect_left(ends, now), len(ends) - 1)
        start = ends[place - 1] if place else 0.0
        part = (now - start) / (ends[place] - start)
        names = self._schedule_phases[place][1:]
        if self.cycle_momentum:
            for group in self.optimizer.param_groups:
                self._put_momentum(group, self._between(group[names[2]], group[names[3]], part))
        return [self._between(group[names[0]], group[names[1]], part) for group in self.optimizer.param_groups]


class CosineAnnealingWarmRestarts(LRScheduler):
    """The rate on half a cosine from the first one down to `eta_min` in `T_0` epochs, and from the start again.

    Each time it takes `T_mult` times as long. `step(epoch)` may be given fractions of epochs. (Loshchilov, Hutter, "SGDR:
    Stochastic Gradient Descent with Warm Restarts", 2016.) Raises ValueError for numbers out of range.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)], lr=1.0)
    >>> CosineAnnealingWarmRestarts(sgd, T_0=5).get_last_lr()
    [1.0]
    """

    def __init__(
        self, optimizer: Optimizer, T_0: int, T_mult: int = 1, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if not isinstance(T_0, int) or T_0 <= 0:
            raise ValueError(f"Expected positive integer T_0, but got {T_0}")
        if not isinstance(T_mult, int) or T_mult < 1:
            raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
        if not isinstance(eta_min, (float, int)):
            raise ValueError(f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}")
        self.T_0 = T_0
        self.T_i = T_0
        self.T_mult = T_mult
        self.eta_min = eta_min
        self.T_cur: float = last_epoch
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[Any]:
        self._in_step()
        height = (1 + math.cos(math.pi * self.T_cur / self.T_i)) / 2
        return [self.eta_min + (base - self.eta_min) * height for base in self.base_lrs]

    def step(self, epoch: float | None = None) -> None:
        """Goes on to the next epoch, or to the one that is given, which may be a fraction."""
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur %= self.T_i
                self.T_i *= self.T_mult
        else:
            if epoch < 0:
                raise ValueError(f"Expected non-negative epoch, but got {epoch}")
            # The sum of the lengths of n cosines is T_0 (T_mult^n - 1) / (T_mult - 1).
            times, before = 0, epoch - epoch % self.T_0
            if self.T_mult > 1:
                times = int(math.log(epoch / self.T_0 * (self.T_mult - 1) + 1, self.T_mult))
                before = self.T_0 * (self.T_mult**times - 1) / (self.T_mult - 1)
            self.T_i = self.T_0 * self.T_mult**times
            self.T_cur = epoch - before
        self._update_lr(math.floor(epoch))
