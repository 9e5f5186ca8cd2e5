"""Changes of all tensors of a tree of modules: dtype, place, memory. Depends on the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from wengert import _core
from wengert._core import Tensor, dtype as _dtype
from wengert._device import check_device, device as _device
from wengert.autograd import no_grad
from wengert.nn.modules._state import State
from wengert.nn.parameter import is_lazy

Self = TypeVar("Self", bound="Casts")


class Casts(State):
    """`to` and its relatives."""

    def _apply(self: Self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Puts `fn` of each parameter, gradient and buffer in its place; parameters stay the objects they are."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for parameter in self._parameters.values():
            if parameter is None or is_lazy(parameter):
                continue
            gradient = parameter.grad
            with no_grad():
                value, cast = fn(parameter.detach()), None if gradient is None else fn(gradient)
            parameter.grad = None
            parameter.data = value
            parameter.grad = cast
        for name, buffer in self._buffers.items():
            if buffer is not None and not is_lazy(buffer):
                self._buffers[name] = fn(buffer)
        return self

    def to(self: Self, *args: Any, **kwargs: Any) -> Self:
        """Casts parameters and buffers of float dtypes, in place: `to(dtype)`, `to("cpu", dtype)`, `to(tensor)`.

        Raises TypeError for a dtype that is no float, RuntimeError for a device that is not the CPU.
        """
        unknown = set(kwargs) - {"device", "dtype", "non_blocking", "memory_format", "tensor"}
        if unknown:
            raise TypeError(f"to() got an unexpected keyword argument {sorted(unknown)[0]!r}")
        wanted: _dtype | None = kwargs.get("dtype")
        check_device(kwargs.get("device"), "to")
        for arg in (*args, kwargs.get("tensor")):
            if isinstance(arg, Tensor):
                wanted = arg.dtype
            elif isinstance(arg, _dtype):
                wanted = arg
            elif isinstance(arg, (str, _device)):
                check_device(arg, "to")
            elif arg is not None and not isinstance(arg, bool):
                raise TypeError(f"to() received an invalid argument {arg!r}; wanted a dtype, a device or a tensor")
        if wanted is None:
            return self
        if not wanted.is_floating_point:
            raise TypeError(
                f"nn.Module.to only accepts floating point or complex dtypes, but got desired dtype={wanted}"
            )
        return self._apply(lambda t: t.to(wanted) if t.is_floating_point() else t)

    def float(self: Self) -> Self:
        """Casts parameters and buffers of float dtypes to float32, in place."""
        return self.to(_core.float32)

    def double(self: Self) -> Self:
        """Casts parameters and buffers of float dtypes to float64, in place."""
        return self.to(_core.float64)

    def type(self: Self, dst_type: Any) -> Self:
        """Casts all parameters and buffers to a dtype, in place."""
        return self._apply(lambda t: t.type(dst_type))

    def cpu(self: Self) -> Self:
        """The module itself: it is on the CPU."""
        return self

    def to_empty(self: Self, *, device: Any, recurse: bool = True) -> Self:
        """The same parameters and buffers with values that are not set; `device` must be the CPU."""
        check_device(device, "to_empty")
        return self._apply(_core._zeros_like, recurse)

    def cuda(self: Self, device: Any = None) -> Self:
        """Raises RuntimeError: there is no GPU here."""
        check_device("cuda" if device is None else f"cuda:{device}" if isinstance(device, int) else device, "cuda")
        return self

    def half(self: Self) -> Self:
        """Raises TypeError: float16 is not a dtype here."""
        raise TypeError("half: float16 is not supported; try float() or double()")

    def bfloat16(self: Self) -> Self:
        """Raises TypeError: bfloat16 is not a dtype here."""
        raise TypeError("bfloat16: bfloat16 is not supported; try float() or double()")
