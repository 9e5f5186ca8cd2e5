"""The state of a tree of modules: state_dict, load_state_dict, and changes of dtype. Depends on the walk."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from wengert import _core
from wengert._core import Tensor, dtype as _dtype
from wengert._device import check_device, device as _device
from wengert.autograd import no_grad
from wengert.nn.modules._walk import Walk
from wengert.nn.parameter import Parameter

Self = TypeVar("Self", bound="State")
EXTRA = "_extra_state"


class _Keys(NamedTuple):
    missing_keys: list[str]
    unexpected_keys: list[str]


class IncompatibleKeys(_Keys):
    """What a `load_state_dict` that is not strict found amiss."""

    __slots__ = ()

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys!r}, unexpected_keys={self.unexpected_keys!r})"


class State(Walk):
    """Saving, loading and casting."""

    def get_extra_state(self) -> Any:
        """More to keep in `state_dict`; a module that overrides this also overrides `set_extra_state`."""
        raise RuntimeError("get_extra_state: this module has no extra state; override it in a subclass")

    def set_extra_state(self, state: Any) -> None:
        """Takes what `get_extra_state` gave, from `load_state_dict`."""
        raise RuntimeError("set_extra_state: this module has no extra state; override it in a subclass")

    def _own_state(self) -> list[tuple[str, Tensor]]:
        """Parameters and persistent buffers of this module alone."""
        named = [*self._parameters.items(), *self._buffers.items()]
        return [(k, v) for k, v in named if v is not None and k not in self._non_persistent_buffers_set]

    def state_dict(
        self, *, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """Names and values of parameters and persistent buffers of the whole tree.

        The tensors share memory with the module's and have no history, or are the module's own if `keep_vars`.
        """
        found: dict[str, Any] = OrderedDict() if destination is None else destination
        for name, value in self._own_state():
            found[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not State.get_extra_state:
            found[prefix + EXTRA] = self.get_extra_state()
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=found, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        return found

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copies values by name into parameters and buffers; with `assign` the tensors themselves are taken.

        Returns missing and unexpected names. Raises RuntimeError for wrong shapes, and where `strict` for wrong names;
        TypeError for what is no mapping.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        missing: list[str] = []
        errors: list[str] = []
        expected: set[str] = set()
        self._load(state_dict, "", assign, missing, expected, errors)
        unexpected = [key for key in state_dict if key not in expected]
        if strict:
            for what, keys in (("Unexpected", unexpected), ("Missing", missing)):
                if keys:
                    listed = ", ".join(f'"{key}"' for key in keys)
                    errors.insert(0, f"{what} key(s) in state_dict: {listed}. ")
        if errors:
            told = "\n\t".join(errors)
            raise RuntimeError(f"Error(s) in loading state_dict for {self._get_name()}:\n\t{told}")
        return IncompatibleKeys(missing, unexpected)

    def _load(
        self,
        state: Mapping[str, Any],
        prefix: str,
        assign: bool,
        missing: list[str],
        expected: set[str],
        errors: list[str],
    ) -> None:
        for name, value in self._own_state():
            key = prefix + name
            expected.add(key)
            if key not in state:
                missing.append(key)
                continue
            given = state[key]
            if not isinstance(given, Tensor):
                errors.append(
                    f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                    f"checkpoint but received {type(given)}"
                )
            elif given.shape != value.shape:
                errors.append(
                    f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, "
                    f"the shape in current model is {value.shape}."
                )
            elif assign:
                if isinstance(value, Parameter) and not isinstance(given, Parameter):
                    given = Parameter(given, requires_grad=value.requires_grad)
                setattr(self, name, given)
            else:
                with no_grad():
                    value.copy_(given)
        if type(self).set_extra_state is not State.set_extra_state:
            expected.add(prefix + EXTRA)
            if prefix + EXTRA in state:
                self.set_extra_state(state[prefix + EXTRA])
            else:
                missing.append(prefix + EXTRA)
        for name, module in self._modules.items():
            if module is not None:
                module._load(state, f"{prefix}{name}.", assign, missing, expected, errors)

    def _apply(self: Self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Puts `fn` of each parameter, gradient and buffer in its place; parameters stay the objects they are."""
        if recurse:
            for module in self.children():
                module._apply(fn)
        for parameter in self._parameters.values():
            if parameter is None:
                continue
            gradient = parameter.grad
            with no_grad():
                value, cast = fn(parameter.detach()), None if gradient is None else fn(gradient)
            parameter.grad = None
            parameter.data = value
            parameter.grad = cast
        for name, buffer in self._buffers.items():
            if buffer is not None:
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
