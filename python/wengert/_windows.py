"""Windows for signals: bartlett, blackman, hamming, hann, kaiser. Depends on `_create`."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor, dtype as _dtype
from wengert._create import options

__all__ = ["bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window"]


def _window(
    name: str,
    length: Any,
    periodic: bool,
    dtype: Any,
    requires_grad: bool,
    kw: dict[str, Any],
    value: Callable[[Tensor], Tensor],
) -> Tensor:
    """`value` of positions from 0 to 1: of `length` that include both ends, or of one more, without the last."""
    options(name, kw)
    if isinstance(length, bool) or not hasattr(length, "__index__"):
        raise TypeError(f"{name}(): argument 'window_length' (position 1) must be int, not {type(length).__name__}")
    kind = _core.get_default_dtype() if dtype is None else dtype
    if not isinstance(kind, _core.dtype):
        raise TypeError(f"{name}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    if not kind.is_floating_point:
        raise RuntimeError(f"{name} expects floating point dtypes, got: {kind}")
    count = length.__index__()
    if count < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={count}")
    if count < 2:
        return _core._full([count], 1, kind, requires_grad)
    last = count if periodic else count - 1
    positions = _core._arange(0, count, 1, _core.float64, False) / last
    made = _core._cast(value(positions), kind, False)
    return made.requires_grad_() if requires_grad else made


def _cosines(*weights: float) -> Callable[[Tensor], Tensor]:
    """A sum of cosines of whole periods with alternating signs."""

    def value(x: Tensor) -> Tensor:
        total = x * 0 + weights[0]
        for k, weight in enumerate(weights[1:], 1):
            total = total + (-1) ** k * weight * (2 * math.pi * k * x).cos()
        return total

    return value


def bartlett_window(
    window_length: int, periodic: bool = True, *, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """A triangle from 0 to 1 and back. `periodic` leaves out the last 0, as repeated windows want it.

    Raises RuntimeError for a negative length or a dtype that is not floating point.

    >>> bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    value = lambda x: 1 - (2 * x - 1).abs()  # noqa: E731
    return _window("bartlett_window", window_length, periodic, dtype, requires_grad, kw, value)


def blackman_window(
    window_length: int, periodic: bool = True, *, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """0.42 - 0.5 cos(2 pi x) + 0.08 cos(4 pi x). `periodic` leaves out the last value.

    Raises RuntimeError for a negative length or a dtype that is not floating point.

    >>> blackman_window(5, periodic=False)
    tensor([0.0000, 0.3400, 1.0000, 0.3400, 0.0000])
    """
    value = lambda x: _cosines(0.42, 0.5, 0.08)(x).clamp(min=0)  # noqa: E731 - ends that round below 0
    return _window("blackman_window", window_length, periodic, dtype, requires_grad, kw, value)


def hamming_window(
    window_length: int,
    periodic: bool = True,
    alpha: float = 0.54,
    beta: float = 0.46,
    *,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """alpha - beta cos(2 pi x). `periodic` leaves out the last value.

    Raises RuntimeError for a negative length or a dtype that is not floating point.

    >>> hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """
    return _window("hamming_window", window_length, periodic, dtype, requires_grad, kw, _cosines(alpha, beta))


def hann_window(
    window_length: int, periodic: bool = True, *, dtype: _dtype | None = None, requires_grad: bool = False, **kw: Any
) -> Tensor:
    """0.5 - 0.5 cos(2 pi x). `periodic` leaves out the last 0.

    Raises RuntimeError for a negative length or a dtype that is not floating point.

    >>> hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _window("hann_window", window_length, periodic, dtype, requires_grad, kw, _cosines(0.5, 0.5))


def kaiser_window(
    window_length: int,
    periodic: bool = True,
    beta: float = 12.0,
    *,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """I0(beta sqrt(1 - (2 x - 1)^2)) / I0(beta) (Kaiser 1974). `periodic` leaves out the last value.

    Raises RuntimeError for a negative length or a dtype that is not floating point.

    >>> kaiser_window(3, periodic=False, beta=2.0)
    tensor([0.4387, 1.0000, 0.4387])
    """

    def value(x: Tensor) -> Tensor:
        side = 2 * x - 1
        inside = (1 - side * side).clamp(min=0).sqrt()
        return _core.i0(inside * beta) / _core.i0(_core._full([], float(beta), _core.float64, False))

    return _window("kaiser_window", window_length, periodic, dtype, requires_grad, kw, value)
