"""What arguments must be, said the same way everywhere. Depends on `_core`."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor


def tensors(name: str, **given: Any) -> None:
    """Refuses arguments that are no tensors, in PyTorch's words."""
    for position, (argument, value) in enumerate(given.items(), 1):
        if not isinstance(value, Tensor):
            raise TypeError(
                f"{name}(): argument '{argument}' (position {position}) must be Tensor, not {type(value).__name__}; try tensor()"
            )


def tensors_or_none(name: str, **given: Any) -> None:
    """The same of arguments that may be left out."""
    tensors(name, **{argument: value for argument, value in given.items() if value is not None})


def place(x: Tensor, dim: int) -> int:
    """A dimension counted from the front; IndexError for one that the tensor does not have, in PyTorch's words."""
    n = x.dim()
    if n == 0:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    if not -n <= dim < n:
        raise IndexError(f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {dim})")
    return dim % n
