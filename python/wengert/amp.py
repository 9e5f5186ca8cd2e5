"""Automatic mixed precision, as programs ask for it: operations stay in the dtypes they have, since there are no floats of 16
bits. `GradScaler` scales losses against underflow in any dtype. Depends on `_core`.
"""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]


class autocast:
    """Where operations would run in floats of 16 bits: nowhere here. A context, and a decorator.

    Raises RuntimeError where it is asked for on the CPU and enabled; for a GPU, which is not there, it warns that it is off.

    >>> with autocast("cuda", enabled=False):
    ...     wengert.ones(2).dtype
    torch.float32
    """

    def __init__(
        self, device_type: str, dtype: Any = None, enabled: bool = True, cache_enabled: bool | None = None
    ) -> None:
        if not isinstance(device_type, str):
            raise ValueError(f"Expected `device_type` of type `str`, got: `{type(device_type).__name__}`")
        self.device = device_type
        self._enabled = False
        if not enabled:
            return
        if device_type != "cpu":
            warnings.warn(f"{device_type.upper()} is not available. Disabling autocast.", stacklevel=2)
        elif isinstance(dtype, _core.dtype):
            warnings.warn(
                f"In CPU autocast, but the target dtype is not supported: got {dtype}. Disabling autocast.",
                stacklevel=2,
            )
        else:
            raise RuntimeError(
                "autocast: got device_type 'cpu' and enabled=True, which asks for floats of 16 bits; wengert computes in float32"
                " and float64: pass enabled=False"
            )

    def __enter__(self) -> autocast:
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __call__(self, function: Callable[..., Any]) -> Callable[..., Any]:
        return function


def is_autocast_available(device_type: str) -> bool:
    """Whether operations of a device can be run in floats of 16 bits: no.

    >>> is_autocast_available("cpu")
    False
    """
    return False


def is_autocast_enabled(device_type: str | None = None) -> bool:
    """Whether operations run in floats of 16 bits: no.

    >>> is_autocast_enabled()
    False
    """
    return False


def custom_fwd(fwd: Any = None, *, device_type: str = "cuda", cast_inputs: Any = None) -> Any:
    """Decorator of `forward` of a Function that casts under autocast: never, so that it is the function itself.

    >>> custom_fwd(abs) is abs and custom_fwd(device_type="cuda")(abs) is abs
    True
    """
    if fwd is None:
        return functools.partial(custom_fwd, device_type=device_type, cast_inputs=cast_inputs)
    return fwd


def custom_bwd(bwd: Any = None, *, device_type: str = "cuda") -> Any:
    """Decorator of `backward` of a Function whose `forward` has `custom_fwd`: the function itself.

    >>> custom_bwd(abs) is abs
    True
    """
    if bwd is None:
        return functools.partial(custom_bwd, device_type=device_type)
    return bwd


class GradScaler:
    """Scales a loss so that its gradients do not underflow, and the gradients back before a step. Steps whose gradients are not
    finite are left out and halve the scale; `growth_interval` good ones in a row double it.

    Warns that it is off where the device is a GPU, which is not there.

    >>> p = wengert.tensor([1.0], requires_grad=True)
    >>> sgd, scaler = wengert.optim.SGD([p], lr=0.5), GradScaler("cpu", init_scale=4.0)
    >>> scaler.scale(p.sum()).backward()
    >>> p.grad
    tensor([4.])
    >>> scaler.step(sgd), scaler.update()
    (None, None)
    >>> p
    tensor([0.5000], requires_grad=True)
    """

    def __init__(
        self,
        device: str = "cuda",
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
        enabled: bool = True,
    ) -> None:
        if enabled and device != "cpu":
            warnings.warn(f"GradScaler is enabled, but {device.upper()} is not available.  Disabling.", stacklevel=2)
            enabled = False
        if enabled and growth_factor <= 1:
            raise ValueError(f"The growth factor must be > 1.0; got {growth_factor}")
        if enabled and backoff_factor >= 1:
            raise ValueError(f"The backoff factor must be < 1.0; got {backoff_factor}")
        self._device, self._enabled = device, enabled
        self._scale, self._growth, self._backoff, self._interval = (
            float(init_scale),
            growth_factor,
            backoff_factor,
            growth_interval,
        )
        self._good = 0
        self._unscaled: dict[int, bool] = {}  # by optimizer, whether its gradients are finite
        self._stepped: set[int] = set()

    def is_enabled(self) -> bool:
        """Whether it scales."""
        return self._enabled

    def get_scale(self) -> float:
        """What losses are multiplied with."""
        return self._scale if self._enabled else 1.0

    def get_growth_factor(self) -> float:
        """What the scale is multiplied with after enough good steps."""
        return self._growth

    def set_growth_factor(self, new_factor: float) -> None:
        """Changes what the scale is multiplied with after enough good steps."""
        self._growth = new_factor

    def get_backoff_factor(self) -> float:
        """What the scale is multiplied with after a step that was left out."""
        return self._backoff

    def set_backoff_factor(self, new_factor: float) -> None:
        """Changes what the scale is multiplied with after a step that was left out."""
        self._backoff = new_factor

    def get_growth_interval(self) -> int:
        """Good steps in a row that make the scale grow."""
        return self._interval

    def set_growth_interval(self, new_interval: int) -> None:
        """Changes how many good steps in a row make the scale grow."""
        self._interval = new_interval

    def scale(self, outputs: Any) -> Any:
        """A tensor, or each of a list or tuple, times the scale."""
        if not self._enabled:
            return outputs
        if isinstance(outputs, Tensor):
            return outputs * self._scale
        if isinstance(outputs, list | tuple):
            return type(outputs)(self.scale(y) for y in outputs)
        raise ValueError(f"outputs must be a Tensor or an iterable of Tensors; got {type(outputs).__name__}")

    def unscale_(self, optimizer: Any) -> None:
        """Divides the gradients of an optimizer's parameters by the scale, for what is done to them before the step.

        Raises RuntimeError where that was done since the last `update`.
        """
        if not self._enabled:
            return
        if id(optimizer) in self._stepped:
            raise RuntimeError("unscale_() is being called after step(); call it before, once for each update()")
        if id(optimizer) in self._unscaled:
            raise RuntimeError("unscale_() has already been called on this optimizer since the last update().")
        finite = True
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    grad = p.grad.detach()
                    grad.mul_(1 / self._scale)
                    finite = finite and bool(grad.isfinite().all())
        self._unscaled[id(optimizer)] = finite

    def step(self, optimizer: Any, *args: Any, **kwargs: Any) -> Any:
        """The optimizer's step with gradients scaled back; none where one of them is not finite.

        Raises RuntimeError where there was one since the last `update`, or for a closure.
        """
        if not self._enabled:
            return optimizer.step(*args, **kwargs)
        if "closure" in kwargs or args:
            raise RuntimeError("Closure use is not currently supported if GradScaler is enabled.")
        if id(optimizer) in self._stepped:
            raise RuntimeError("step() has already been called since the last update().")
        if id(optimizer) not in self._unscaled:
            self.unscale_(optimizer)
        self._stepped.add(id(optimizer))
        return optimizer.step(**kwargs) if self._unscaled[id(optimizer)] else None

    def update(self, new_scale: float | Tensor | None = None) -> None:
        """Changes the scale by what became of the steps since the last call, or to `new_scale`.

        Raises AssertionError where there was no step.
        """
        if not self._enabled:
            return
        if new_scale is not None:
            self._scale = float(new_scale)
        elif not self._unscaled:
            raise AssertionError("No inf checks were recorded prior to update.")
        elif not all(self._unscaled.values()):
            self._scale, self._good = self._scale * self._backoff, 0
        else:
            self._good += 1
            if self._good >= self._interval:
                self._scale, self._good = self._scale * self._growth, 0
        self._unscaled.clear()
        self._stepped.clear()

    def state_dict(self) -> dict[str, Any]:
        """What `load_state_dict` needs to go on; empty where it is off."""
        if not self._enabled:
            return {}
        return {
            "scale": self._scale,
            "growth_factor": self._growth,
            "backoff_factor": self._backoff,
            "growth_interval": self._interval,
            "_growth_tracker": self._good,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Goes on where `state_dict` was called.

        Raises RuntimeError for a state of one that was off.
        """
        if not self._enabled:
            return
        if not state_dict:
            raise RuntimeError(
                "The source state dict is empty, possibly because it was saved from a disabled instance of GradScaler."
            )
        self._scale, self._growth = float(state_dict["scale"]), state_dict["growth_factor"]
        self._backoff, self._interval = state_dict["backoff_factor"], state_dict["growth_interval"]
        self._good = state_dict["_growth_tracker"]
