"""The state of a tree of modules: state_dict and load_state_dict, with the hooks around them. Depends on the walk."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from wengert._core import Tensor
from wengert.autograd import no_grad
from wengert.nn.modules._walk import Walk
from wengert.nn.parameter import Parameter, is_lazy
from wengert.utils.hooks import RemovableHandle as HookHandle, add_hook

EXTRA = "_extra_state"
ASSIGN = "assign_to_params_buffers"


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

    __str__ = __repr__


class StateDict(OrderedDict[str, Any]):
    """What `state_dict` returns: names and values, and in `_metadata` the version of each module."""

    _metadata: OrderedDict[str, dict[str, Any]]


class State(Walk):
    """Saving and loading. `_version` is the number of the layout of a class's state, kept in `_metadata`."""

    _version = 1
    _state_dict_hooks: dict[int, Any]
    _state_dict_pre_hooks: dict[int, Any]
    _load_state_dict_pre_hooks: dict[int, Any]
    _load_state_dict_post_hooks: dict[int, Any]

    def get_extra_state(self) -> Any:
        """More to keep in `state_dict`; a module that overrides this also overrides `set_extra_state`."""
        raise RuntimeError("get_extra_state: this module has no extra state; override it in a subclass")

    def set_extra_state(self, state: Any) -> None:
        """Takes what `get_extra_state` gave, from `load_state_dict`."""
        raise RuntimeError("set_extra_state: this module has no extra state; override it in a subclass")

    def _own_state(self) -> list[tuple[str, Tensor]]:
        """Parameters and persistent buffers of this module alone."""
        own: list[tuple[str, Tensor]] = [(k, v) for k, v in self._parameters.items() if v is not None]
        buffers = self._buffers.items()
        return own + [(k, v) for k, v in buffers if v is not None and k not in self._non_persistent_buffers_set]

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        """Puts the state of this module alone into a dictionary; subclasses may override it."""
        for name, value in self._own_state():
            destination[prefix + name] = value if keep_vars else value.detach()
        if type(self).get_extra_state is not State.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def state_dict(
        self, *args: Any, destination: dict[str, Any] | None = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """Names and values of parameters and persistent buffers of the whole tree.

        The tensors share memory with the module's and have no history, or are the module's own if `keep_vars`.
        """
        if args:
            warnings.warn(
                "Positional args are being deprecated, use kwargs instead: destination=, prefix=, keep_vars=.",
                FutureWarning,
                stacklevel=2,
            )
            given = dict(zip(("destination", "prefix", "keep_vars"), args))
            destination = given.get("destination") if destination is None else destination
            prefix, keep_vars = prefix or given.get("prefix", ""), keep_vars or given.get("keep_vars", False)
        if destination is None:
            destination = StateDict()
            destination._metadata = OrderedDict()
        local = {"version": self._version}
        if hasattr(destination, "_metadata"):
            destination._metadata[prefix[:-1]] = local
        for hook in list(self._state_dict_pre_hooks.values()):
            hook(self, prefix, keep_vars)
        self._save_to_state_dict(destination, prefix, keep_vars)
        for name, module in self._modules.items():
            if module is not None:
                module.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in list(self._state_dict_hooks.values()):
            found = hook(self, destination, prefix, local)
            if found is not None:
                if getattr(hook, "_from_public_api", False):
                    raise RuntimeError("state_dict post-hook must return None")
                destination = found
        return destination

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copies values by name into parameters and buffers; with `assign` the tensors themselves are taken.

        Returns missing and unexpected names. Raises RuntimeError for wrong shapes, and where `strict` for wrong names;
        TypeError for what is no mapping.
        """
        if not isinstance(state_dict, Mapping):
            raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")
        metadata = getattr(state_dict, "_metadata", None)
        missing: list[str] = []
        unexpected: list[str] = []
        errors: list[str] = []

        def load(module: Any, state: dict[str, Any], prefix: str) -> None:
            local = {} if metadata is None else dict(metadata.get(prefix[:-1], {}))
            if assign:
                local[ASSIGN] = True
            module._load_from_state_dict(state, prefix, local, True, missing, unexpected, errors)
            for name, child in module._modules.items():
                if child is not None:
                    below = f"{prefix}{name}."
                    load(child, {k: v for k, v in state.items() if k.startswith(below)}, below)
            found = IncompatibleKeys(missing, unexpected)
            for hook in list(module._load_state_dict_post_hooks.values()):
                if hook(module, found) is not None:
                    raise AssertionError(
                        "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return new "
                        "values, if incompatible_keys need to be modified, it should be done inplace."
                    )

        load(self, OrderedDict(state_dict), "")
        if strict:
            for what, keys in (("Unexpected", unexpected), ("Missing", missing)):
                if keys:
                    listed = ", ".join(f'"{key}"' for key in keys)
                    errors.insert(0, f"{what} key(s) in state_dict: {listed}. ")
        if errors:
            told = "\n\t".join(errors)
            raise RuntimeError(f"Error(s) in loading state_dict for {self._get_name()}:\n\t{told}")
        return IncompatibleKeys(missing, unexpected)

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Takes the state of this module alone from a dictionary; subclasses may override it."""
        for hook in list(self._load_state_dict_pre_hooks.values()):
            hook(state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        own = dict(self._own_state())
        for name, value in own.items():
            key = prefix + name
            if key in state_dict:
                told = self._take(name, key, value, state_dict[key], local_metadata.get(ASSIGN, False))
                if told:
                    error_msgs.append(told)
            elif strict:
                missing_keys.append(key)
        extra = prefix + EXTRA
        if type(self).set_extra_state is not State.set_extra_state:
            if extra in state_dict:
                self.set_extra_state(state_dict[extra])
            elif strict:
                missing_keys.append(extra)
        elif strict and extra in state_dict:
            unexpected_keys.append(extra)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != extra:
                    name, dot, _ = key[len(prefix) :].partition(".")
                    if (name not in self._modules) if dot else (name not in own):
                        unexpected_keys.append(key)

    def _take(self, name: str, key: str, value: Tensor, given: Any, assign: bool) -> str:
        """Gives one parameter or buffer another value; returns what is wrong with it."""
        if not isinstance(given, Tensor):
            return (
                f'While copying the parameter named "{key}", expected torch.Tensor or Tensor-like object from '
                f"checkpoint but received {type(given)}"
            )
        lazy = is_lazy(value)
        if not lazy and value.dim() == 0 and tuple(given.shape) == (1,):
            given = given[0]
        if not lazy and given.shape != value.shape:
            return (
                f"size mismatch for {key}: copying a param with shape {given.shape} from checkpoint, "
                f"the shape in current model is {value.shape}."
            )
        try:
            if not assign:
                with no_grad():
                    value.copy_(given)
                return ""
            if isinstance(value, Parameter):
                if isinstance(given, Parameter):
                    given.requires_grad_(value.requires_grad)
                else:
                    given = Parameter(given, requires_grad=value.requires_grad)
            setattr(self, name, given)
        except Exception as error:
            return (
                f'While copying the parameter named "{key}", whose dimensions in the model are {value.size()} and whose '
                f"dimensions in the checkpoint are {given.size()}, an exception occurred : {error.args}."
            )
        return ""

    def _register_state_dict_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """Calls `hook(module, state_dict, prefix, local_metadata)` after `state_dict`; what it returns replaces it."""
        if getattr(hook, "_from_public_api", False):
            raise RuntimeError(
                "Cannot register the same function as the state dict post hook that was previously registered via "
                "register_state_dict_post_hook"
            )
        return add_hook(self._state_dict_hooks, hook)

    def register_state_dict_post_hook(self, hook: Callable[..., None]) -> HookHandle:
        """Calls `hook(module, state_dict, prefix, local_metadata)` after `state_dict` has gathered this module's.

        The hook may change the dictionary and must return None.
        """
        hook._from_public_api = True  # type: ignore[attr-defined]
        return add_hook(self._state_dict_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., None]) -> HookHandle:
        """Calls `hook(module, prefix, keep_vars)` before `state_dict` gathers this module's values."""
        return add_hook(self._state_dict_pre_hooks, hook)

    def _register_load_state_dict_pre_hook(self, hook: Callable[..., None], with_module: bool = False) -> HookHandle:
        """As `register_load_state_dict_pre_hook`, without the module unless `with_module`."""
        return add_hook(self._load_state_dict_pre_hooks, _Bound(hook, self) if with_module else hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., None]) -> HookHandle:
        """Calls a hook before `load_state_dict` gives this module its values; it may change all of what it gets:

        `hook(module, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)`.
        """
        return self._register_load_state_dict_pre_hook(hook, with_module=True)

    def register_load_state_dict_post_hook(self, hook: Callable[..., None]) -> HookHandle:
        """Calls `hook(module, incompatible_keys)` after values were loaded; it may change the two lists in place."""
        return add_hook(self._load_state_dict_post_hooks, hook)


class _Bound:
    """A hook with its module as first argument, which copies of the module take along."""

    def __init__(self, hook: Callable[..., None], module: Any) -> None:
        self.hook, self.module = hook, module

    def __call__(self, *args: Any) -> None:
        self.hook(self.module, *args)
