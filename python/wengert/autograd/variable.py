"""Variable, what tensors that record were once wrapped in: a name that old programs use. Depends on `_core`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor


class _Engine:
    """What old programs ask for callbacks after a backward pass."""

    def queue_callback(self, callback: Callable[[], None]) -> None:
        """`graph.queue_callback`."""
        _core._queue_callback(callback)


class _Kind(type):
    def __instancecheck__(cls, other: Any) -> bool:
        return isinstance(other, Tensor)


class Variable(metaclass=_Kind):
    """`Variable(data, requires_grad)` is a tensor over the memory of `data`, off its tape; every tensor is an instance.

    Raises TypeError where `data` is no tensor.

    >>> import wengert
    >>> x = Variable(wengert.ones(2), requires_grad=True)
    >>> x
    tensor([1., 1.], requires_grad=True)
    >>> isinstance(x * 2, Variable)
    True
    """

    _execution_engine = _Engine()

    def __new__(cls, data: Tensor | None = None, requires_grad: bool = False, volatile: bool = False) -> Any:
        if volatile:
            warnings.warn("volatile was removed and now has no effect; try `with no_grad():`", stacklevel=2)
        if data is None:
            from wengert import empty

            data = empty(0)
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}; try tensor()")
        return data.detach().requires_grad_(requires_grad)
