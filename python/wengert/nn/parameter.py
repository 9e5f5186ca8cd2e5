"""Parameter: a tensor that models own and optimisers update. Depends on Tensor."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor


class Parameter(Tensor):
    """A leaf tensor that requires grad; operations on it give ordinary tensors.

    >>> import wengert
    >>> Parameter(wengert.ones(2))
    Parameter containing:
    tensor([1., 1.], requires_grad=True)
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Parameter:
        if data is None:
            data = _core._full([0], 0.0, None, False)
        if not isinstance(data, Tensor):
            data = _core.tensor(data)
        return _core._make_subclass(cls, data, requires_grad)

    def __repr__(self) -> str:
        from wengert._tensor_str import format_tensor

        return format_tensor(self, heading="Parameter containing:")

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.detach().clone(), self.requires_grad)
        return memo[id(self)]


class Buffer(Tensor):
    """A tensor that, assigned to an attribute of a module, becomes a buffer; `persistent` ones are in `state_dict`.

    >>> import wengert
    >>> Buffer(wengert.ones(2), persistent=False).persistent
    False
    """

    persistent: bool

    def __new__(cls, data: Any = None, *, persistent: bool = True) -> Buffer:
        if data is None:
            data = _core._full([0], 0.0, None, False)
        made: Buffer = _core._make_subclass(cls, data.detach(), data.requires_grad)
        made.persistent = persistent
        return made
