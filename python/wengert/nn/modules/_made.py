"""Parameters and buffers that layers make when they are made. Depends on Parameter."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._device import check_device
from wengert.nn.parameter import Parameter


def zeros_of(*shape: int, device: Any = None, dtype: Any = None) -> Tensor:
    """A tensor of zeros."""
    check_device(device)
    return _core._full(list(shape), 0.0, dtype, False)


def parameter_of(*shape: int, device: Any = None, dtype: Any = None) -> Parameter:
    """A parameter to be filled."""
    return Parameter(zeros_of(*shape, device=device, dtype=dtype))
