"""Parameter and Buffer: tensors that models own. Those without a shape yet are materialised later. Depends on Tensor."""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect
from wengert._core import Tensor
from wengert._device import check_device as _check_device


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
        _expect.tensors("Buffer", data=data)
        made: Buffer = _core._make_subclass(cls, data.detach(), data.requires_grad)
        made.persistent = persistent
        return made


class _Later:
    """What tensors share that have neither shape nor values yet."""

    __dict__: dict[str, Any]

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Gives the tensor a shape, and its class the name it has from now on; values are zeros until they are set."""
        _check_device(device, "materialize")
        this: Any = self
        this.data = _core._full(list(shape), 0.0, this.dtype if dtype is None else dtype, False)
        this.__class__ = this.cls_to_become

    @property
    def shape(self) -> Any:
        """Raises RuntimeError: there is none."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` to "
            "initialize the parameters before accessing their attributes."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        this: Any = self
        if id(self) not in memo:
            memo[id(self)] = type(this)(requires_grad=this.requires_grad, dtype=this.dtype)
        return memo[id(self)]

    def __reduce_ex__(self, protocol: Any) -> Any:
        this: Any = self
        return (_rebuild_later, (type(this), this.requires_grad, this.dtype))


def _rebuild_later(cls: Any, requires_grad: bool, dtype: Any) -> Any:
    return cls(requires_grad=requires_grad, dtype=dtype)


class UninitializedParameter(_Later, Parameter):
    """A parameter whose shape is found out when the module is first called, as in `LazyLinear`.

    >>> p = UninitializedParameter()
    >>> p
    <UninitializedParameter>
    >>> p.materialize((2, 3))
    >>> type(p).__name__, p.shape
    ('Parameter', torch.Size([2, 3]))
    """

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> UninitializedParameter:
        _check_device(device)
        return _core._make_subclass(cls, _core._full([0], 0.0, dtype, False), requires_grad)


class UninitializedBuffer(_Later, Tensor):
    """A buffer whose shape is found out when the module is first called, as in `LazyBatchNorm1d`.

    >>> b = UninitializedBuffer()
    >>> b.materialize((2,))
    >>> b.shape
    torch.Size([2])
    """

    cls_to_become = Buffer
    persistent = True

    def __new__(
        cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> UninitializedBuffer:
        _check_device(device)
        made: UninitializedBuffer = _core._make_subclass(cls, _core._full([0], 0.0, dtype, False), requires_grad)
        made.persistent = persistent
        return made


def is_lazy(param: Any) -> bool:
    """Whether a parameter or buffer has no shape yet.

    >>> is_lazy(UninitializedParameter())
    True
    """
    return isinstance(param, _Later)
