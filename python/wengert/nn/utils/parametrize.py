"""Parameters that are functions of others: each is computed anew when it is asked for. Names are
torch.nn.utils.parametrize's. Depends on Module.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wengert._core import Tensor
from wengert.autograd import no_grad
from wengert.nn.modules.container import ModuleDict, ModuleList
from wengert.nn.modules.module import Module
from wengert.nn.parameter import Buffer, Parameter

__all__ = [
    "ParametrizationList",
    "cached",
    "is_parametrized",
    "register_parametrization",
    "remove_parametrizations",
    "transfer_parametrizations_and_params",
    "type_before_parametrizations",
]

# How deep in `cached()`, and what was computed there by (module, name).
_depth = 0
_kept: dict[tuple[int, str], Any] = {}


@contextmanager
def cached() -> Iterator[None]:
    """Inside of it each parametrised tensor is computed once.

    >>> with cached():
    ...     pass
    """
    global _depth
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if not _depth:
            _kept.clear()


class ParametrizationList(ModuleList):
    """The functions of one tensor, the innermost first, and its original: `original`, or `original0`, `original1`, ...

    Where the innermost has `right_inverse`, originals are what that makes of the tensor; several if it returns a tuple.

    >>> import wengert
    >>> layer = wengert.nn.Linear(1, 1)
    >>> class Double(wengert.nn.Module):
    ...     def forward(self, x):
    ...         return 2 * x
    >>> _ = register_parametrization(layer, "weight", Double())
    >>> type(layer.parametrizations.weight).__name__
    'ParametrizationList'
    """

    original: Any
    ntensors: int

    def __init__(self, modules: list[Any], original: Any, unsafe: bool = False) -> None:
        if not modules:
            raise ValueError("ParametrizationList requires one or more modules.")
        super().__init__(modules)
        self.unsafe = unsafe
        self._told = (original.shape, original.dtype)
        with no_grad():
            value: Any = original
            for module in reversed(modules):
                if hasattr(module, "right_inverse"):
                    value = module.right_inverse(value)
        if not isinstance(value, Tensor) and not isinstance(value, (list, tuple)):
            raise ValueError(
                "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). "
                f"Got {type(value).__name__}"
            )
        self.is_tensor = isinstance(value, Tensor)
        if self.is_tensor:
            self._hold("original", original, value)
        else:
            for place, part in enumerate(value):
                if not isinstance(part, Tensor):
                    raise ValueError(
                        "'right_inverse' must return a Tensor or a Sequence of tensors (list, tuple...). Got element "
                        f"{place} of the sequence with type {type(part).__name__}."
                    )
                self._hold(f"original{place}", original, part)
        self.ntensors = 1 if self.is_tensor else len(value)
        if not unsafe:
            found = self()
            if not isinstance(found, Tensor):
                raise ValueError(f"A parametrization must return a tensor. Got {type(found).__name__}.")
            for what, got, wanted in (("dtype", found.dtype, self._told[1]), ("shape", found.shape, self._told[0])):
                if got != wanted:
                    raise ValueError(
                        f"Registering a parametrization may not change the {what} of the tensor, unless `unsafe` flag is "
                        f"enabled.\nparametrized {what}: {got}, original {what}: {wanted}"
                    )

    def _hold(self, name: str, original: Any, value: Any) -> None:
        """Keeps a tensor as a parameter if the original was one, else as a buffer."""
        if not isinstance(original, Parameter):
            self.register_buffer(name, value)
        elif value is original:
            self.register_parameter(name, original)
        else:
            if value.shape == original.shape and value.dtype is original.dtype and name == "original":
                # The parameter stays the object that optimisers know.
                with no_grad():
                    original.data = value
                self.register_parameter(name, original)
            else:
                self.register_parameter(name, Parameter(value, original.requires_grad))

    def _originals(self) -> list[Any]:
        return [self.original] if self.is_tensor else [getattr(self, f"original{i}") for i in range(self.ntensors)]

    def right_inverse(self, value: Tensor) -> None:
        """Sets the originals so that the tensor becomes `value`, by `right_inverse` of the functions.

        Raises RuntimeError where a function has none.
        """
        with no_grad():
            found: Any = value
            for module in reversed(list(self)):
                if not hasattr(module, "right_inverse"):
                    raise RuntimeError(f"parametrization {type(module).__name__} does not implement right_inverse.")
                found = module.right_inverse(found)
            parts = [found] if self.is_tensor else list(found)
            for original, part in zip(self._originals(), parts, strict=True):
                original.data = part.detach() if isinstance(part, Tensor) else part

    def forward(self) -> Any:
        first, *rest = list(self)
        value = first(*self._originals())
        for module in rest:
            value = module(value)
        return value


def is_parametrized(module: Module, tensor_name: str | None = None) -> bool:
    """Whether a module, or one tensor of it, is parametrised.

    >>> import wengert
    >>> is_parametrized(wengert.nn.Linear(1, 1))
    False
    """
    held = getattr(module, "parametrizations", None)
    if not isinstance(held, ModuleDict):
        return False
    return len(held) > 0 if tensor_name is None else tensor_name in held


def type_before_parametrizations(module: Module) -> type:
    """The class that a module had before it was parametrised.

    >>> import wengert
    >>> type_before_parametrizations(wengert.nn.Linear(1, 1)).__name__
    'Linear'
    """
    return type(module).__bases__[0] if is_parametrized(module) else type(module)


def _reader(name: str) -> property:
    """A property that computes a tensor, or sets the originals."""

    def get(self: Any) -> Any:
        if not _depth:
            return self.parametrizations[name]()
        key = (id(self), name)
        if key not in _kept:
            _kept[key] = self.parametrizations[name]()
        return _kept[key]

    def put(self: Any, value: Any) -> None:
        self.parametrizations[name].right_inverse(value)

    return property(get, put)


def _own_class(module: Module) -> None:
    """Gives a module a class of its own, on which properties can be set."""
    before = type(module)

    def __deepcopy__(self: Any, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            copied = self.__new__(type(self))
            memo[id(self)] = copied
            copied.__dict__ = copy.deepcopy(self.__dict__, memo)
        return memo[id(self)]

    def __getstate__(self: Any) -> None:
        raise RuntimeError(
            "Serialization of parametrized modules is only supported through state_dict(); try that, or "
            "remove_parametrizations"
        )

    made = type(
        f"Parametrized{before.__name__}",
        (before,),
        {"__getstate__": __getstate__, "__deepcopy__": __deepcopy__, "__module__": before.__module__},
    )
    module.__class__ = made
    module.parametrizations = ModuleDict()


def register_parametrization(
    module: Module, tensor_name: str, parametrization: Module, *, unsafe: bool = False
) -> Module:
    """Makes a parameter or buffer of a module a function of an original: `module.weight` is then `f(original)`.

    Several functions follow one another. Assignment goes through `right_inverse`, if there is one. Shape and dtype must
    stay, unless `unsafe`. Raises ValueError where they do not and for names of no tensor.

    >>> import wengert
    >>> class Symmetric(wengert.nn.Module):
    ...     def forward(self, x):
    ...         return (x + x.T) / 2
    >>> layer = register_parametrization(wengert.nn.Linear(3, 3), "weight", Symmetric())
    >>> wengert.equal(layer.weight, layer.weight.T)
    True
    """
    parametrization.train(module.training)
    if is_parametrized(module, tensor_name):
        held: Any = module.parametrizations[tensor_name]
        if not unsafe:
            before = getattr(module, tensor_name)
            found = parametrization(before)
            if found.shape != before.shape or found.dtype != before.dtype:
                raise ValueError(
                    "Registering a parametrization may not change the shape or dtype of the tensor, unless the `unsafe` flag "
                    f"is enabled.\nmodule.{tensor_name}.shape: {before.shape}, parametrized: {found.shape}"
                )
        held.append(parametrization)
        held.unsafe = held.unsafe or unsafe
    elif tensor_name in module._buffers or tensor_name in module._parameters:
        original = getattr(module, tensor_name)
        made = ParametrizationList([parametrization], original, unsafe)
        delattr(module, tensor_name)
        if not is_parametrized(module):
            _own_class(module)
        setattr(type(module), tensor_name, _reader(tensor_name))
        module.parametrizations[tensor_name] = made
    else:
        raise ValueError(
            f"Module '{type(module).__name__}' does not have a parameter, a buffer, or a parametrized element with name "
            f"'{tensor_name}'"
        )
    return module


def remove_parametrizations(module: Module, tensor_name: str, leave_parametrized: bool = True) -> Module:
    """Makes a tensor an ordinary one again: with the value it has, or its original if `leave_parametrized` is False.

    Raises ValueError where it is not parametrised, and where there are several originals and the value is not kept.

    >>> import wengert
    >>> class Zero(wengert.nn.Module):
    ...     def forward(self, x):
    ...         return wengert.zeros_like(x)
    >>> layer = register_parametrization(wengert.nn.Linear(1, 1), "bias", Zero())
    >>> remove_parametrizations(layer, "bias").bias.item()
    0.0
    """
    if not is_parametrized(module, tensor_name):
        raise ValueError(f"Module {module} does not have a parametrization on {tensor_name}")
    held: Any = module.parametrizations[tensor_name]
    if held.is_tensor:
        kept = held.original
        if leave_parametrized:
            with no_grad():
                value = getattr(module, tensor_name)
                kept.data = value.detach().clone()
    elif leave_parametrized:
        value = getattr(module, tensor_name).detach().clone()
        moving = any(original.requires_grad for original in held._originals())
        kept = Parameter(value) if moving else Buffer(value)
    else:
        raise ValueError(
            "Cannot leave unparametrized (`leave_parametrized=False`) a tensor that is parametrized in terms of a sequence of "
            "tensors."
        )
    delattr(type(module), tensor_name)
    del module.parametrizations[tensor_name]
    if isinstance(kept, Parameter):
        module.register_parameter(tensor_name, kept)
    else:
        module.register_buffer(tensor_name, kept)
    if not is_parametrized(module):
        del module.parametrizations
        module.__class__ = type(module).__bases__[0]
    return module


def transfer_parametrizations_and_params(
    from_module: Module, to_module: Module, tensor_name: str | None = None
) -> Module:
    """Gives a module the parametrisations of another one, with their originals; all, or those of one tensor.

    >>> import wengert
    >>> class Zero(wengert.nn.Module):
    ...     def forward(self, x):
    ...         return wengert.zeros_like(x)
    >>> first = register_parametrization(wengert.nn.Linear(1, 1), "bias", Zero())
    >>> transfer_parametrizations_and_params(first, wengert.nn.Linear(1, 1)).bias.item()
    0.0
    """
    if not is_parametrized(from_module):
        return to_module
    names = list(from_module.parametrizations) if tensor_name is None else [tensor_name]
    for name in names:
        source: Any = from_module.parametrizations[name]
        if not hasattr(to_module, name):
            setattr(to_module, name, Parameter(getattr(from_module, name).detach().clone()))
        for function in source:
            register_parametrization(to_module, name, function)
        target: Any = to_module.parametrizations[name]
        for mine, theirs in zip(target._originals(), source._originals(), strict=True):
            mine.data = theirs.detach()
    return to_module
