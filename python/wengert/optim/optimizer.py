"""Optimizer: groups of parameters with options, the state of each, and hooks. Depends on Tensor, grad modes and handles."""

from __future__ import annotations

import copy
import functools
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._graph import watch
from wengert.autograd import enable_grad, no_grad
from wengert.nn.modules._registry import typename
from wengert.nn.modules.module import drop_gradient
from wengert.utils.hooks import RemovableHandle as HookHandle, add_hook

_HOOKS = (
    "_optimizer_step_pre_hooks",
    "_optimizer_step_post_hooks",
    "_optimizer_state_dict_pre_hooks",
    "_optimizer_state_dict_post_hooks",
    "_optimizer_load_state_dict_pre_hooks",
    "_optimizer_load_state_dict_post_hooks",
)
# Those of all optimisers.
_step_pre_hooks: dict[int, Any] = {}
_step_post_hooks: dict[int, Any] = {}


def register_optimizer_step_pre_hook(hook: Callable[..., Any]) -> HookHandle:
    """Calls `hook(optimizer, args, kwargs)` before the step of every optimiser; it may return both anew.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)])
    >>> with register_optimizer_step_pre_hook(lambda optimizer, args, kwargs: print("before")):
    ...     sgd.step()
    before
    """
    return add_hook(_step_pre_hooks, hook)


def register_optimizer_step_post_hook(hook: Callable[..., None]) -> HookHandle:
    """Calls `hook(optimizer, args, kwargs)` after the step of every optimiser.

    >>> import wengert
    >>> sgd = wengert.optim.SGD([wengert.ones(1, requires_grad=True)])
    >>> with register_optimizer_step_post_hook(lambda optimizer, args, kwargs: print("after")):
    ...     sgd.step()
    after
    """
    return add_hook(_step_post_hooks, hook)


def _hooked(step: Callable[..., Any]) -> Callable[..., Any]:
    """A step with the hooks around it; a step inside of a step, as by super(), has none of its own."""

    @functools.wraps(step)
    def run(self: Optimizer, *args: Any, **kwargs: Any) -> Any:
        if self.__dict__.get("_stepping"):
            return step(self, *args, **kwargs)
        self._stepping = self._opt_called = True
        args = (self, *args)  # as PyTorch gives them to hooks
        try:
            # A subclass that never calls super().__init__ has no hooks of its own.
            own = self.__dict__
            for hook in [*_step_pre_hooks.values(), *own.get("_optimizer_step_pre_hooks", {}).values()]:
                changed = hook(self, args, kwargs)
                if changed is not None:
                    if not (isinstance(changed, tuple) and len(changed) == 2):
                        raise RuntimeError(
                            f"{run} must return None or a tuple of (new_args, new_kwargs), but got {changed}."
                        )
                    args, kwargs = changed
            found = step(*args, **kwargs)
            for hook in [*own.get("_optimizer_step_post_hooks", {}).values(), *_step_post_hooks.values()]:
                hook(self, args, kwargs)
        finally:
            self._stepping = False
        return found

    run.hooked = True  # type: ignore[attr-defined]
    return run


class Optimizer:
    """Base of optimisers: `param_groups` are dictionaries of parameters and options, `state` is by parameter.

    A subclass says in `_update(param, grad, state, group)` how one step changes one parameter, or overrides `step`.
    Raises ValueError for no parameters, non-leaves and parameters in two groups, TypeError for what is no tensor.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> wengert.optim.SGD([x], lr=0.1).param_groups[0]["lr"]
    0.1
    """

    _opt_called = False
    _stepping: bool
    _optimizer_step_pre_hooks: dict[int, Any]
    _optimizer_step_post_hooks: dict[int, Any]
    _optimizer_state_dict_pre_hooks: dict[int, Any]
    _optimizer_state_dict_post_hooks: dict[int, Any]
    _optimizer_load_state_dict_pre_hooks: dict[int, Any]
    _optimizer_load_state_dict_post_hooks: dict[int, Any]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "step" in cls.__dict__:
            cls.step = _hooked(cls.step)  # type: ignore[method-assign]

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        for name in _HOOKS:
            setattr(self, name, {})
        self.defaults = defaults
        self.state: defaultdict[Any, Any] = defaultdict(dict)
        self.param_groups: list[dict[str, Any]] = []
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, but got "
                + typename(params)
            )
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        for group in groups:
            self.add_param_group(dict(group))

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Adds a group: a dictionary with 'params', and options in the place of the defaults."""
        if not isinstance(param_group, dict):
            raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
        params = param_group["params"]
        if isinstance(params, set):
            raise TypeError(
                "optimizer parameters need to be organized in ordered collections, but the ordering of tensors in sets "
                "will change between runs. Please use a list instead."
            )
        held = [params] if isinstance(params, Tensor) else list(params)
        if held and all(isinstance(p, tuple) for p in held):
            param_group["param_names"] = [name for name, _ in held]
            held = [p for _, p in held]
        for p in held:
            if not isinstance(p, Tensor):
                raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {typename(p)}")
            if not (p.is_leaf or p._retains_grad()):
                raise ValueError("can't optimize a non-leaf Tensor")
        if len({id(p) for p in held}) < len(held):
            warnings.warn(
                "optimizer contains a parameter group with duplicate parameters; in future, this will cause an error; give "
                "each parameter once",
                stacklevel=3,
            )
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if known & {id(p) for p in held}:
            raise ValueError("some parameters appear in more than one parameter group")
        if self.param_groups and ("param_names" in param_group) != ("param_names" in self.param_groups[0]):
            raise ValueError("all optimizer param groups should be with/without names.")
        param_group["params"] = held
        for name, default in self.defaults.items():
            if default is required and name not in param_group:
                raise ValueError(f"parameter group didn't specify a value of required optimization parameter {name}")
            param_group.setdefault(name, default)
        self.param_groups.append(param_group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drops the gradients of all parameters, or makes them zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                drop_gradient(p, set_to_none)

    @_hooked
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Changes the parameters that have gradients; a closure computes the loss and the gradients anew before that.

        Returns what the closure returned.
        """
        if type(self)._update is Optimizer._update:
            raise NotImplementedError(f"{type(self).__name__} overrides neither step nor _update")
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                if _core._is_recording_graph():
                    watch.note(group, *group)
                    watch.note_leaves(group["params"])
                for p in group["params"]:
                    if p.grad is not None:
                        gradient = -p.grad if group.get("maximize") else p.grad
                        state = self.state.get(p, {})
                        fresh = not state
                        self._update(p, gradient, state, group)
                        if state:
                            if fresh and _core._is_recording_graph():
                                raise RuntimeError(
                                    f"record: the first step of {type(self).__name__} makes its state, which later steps do "
                                    "not; try to take one step before recording"
                                )
                            self.state[p] = state
        return loss

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        raise NotImplementedError(f"{type(self).__name__} overrides neither step nor _update")

    def state_dict(self) -> dict[str, Any]:
        """Options and state, with numbers in the place of parameters."""
        for before in list(self._optimizer_state_dict_pre_hooks.values()):
            before(self)
        order = [p for group in self.param_groups for p in group["params"]]
        number = {id(p): i for i, p in enumerate(order)}
        groups = [
            {
                **{k: v for k, v in group.items() if k != "params"},
                "params": [number[id(p)] for p in group["params"]],
            }
            for group in self.param_groups
        ]
        state = {(number[id(k)] if isinstance(k, Tensor) else k): v for k, v in self.state.items()}
        made: dict[str, Any] = {"state": state, "param_groups": groups}
        for after in list(self._optimizer_state_dict_post_hooks.values()):
            changed = after(self, made)
            made = made if changed is None else changed
        return made

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes copies of options and state; state of float dtypes is cast to the parameter's, but for counts of steps.

        Raises ValueError where numbers of groups or of parameters differ.
        """
        state_dict = state_dict.copy()
        for before in list(self._optimizer_load_state_dict_pre_hooks.values()):
            changed = before(self, state_dict)
            state_dict = state_dict if changed is None else changed
        saved = state_dict["param_groups"]
        if len(saved) != len(self.param_groups):
            raise ValueError("loaded state dict has a different number of parameter groups")
        if any(len(a["params"]) != len(b["params"]) for a, b in zip(saved, self.param_groups, strict=True)):
            raise ValueError(
                "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
            )
        order = [p for group in self.param_groups for p in group["params"]]
        numbers = [n for group in saved for n in group["params"]]
        by_number = dict(zip(numbers, order, strict=True))
        fresh: defaultdict[Any, Any] = defaultdict(dict)
        for key, value in state_dict["state"].items():
            p = by_number.get(key)
            fresh[key if p is None else p] = copy.deepcopy(value) if p is None else _cast(p, value)
        groups = [
            {
                **({"param_names": b["param_names"]} if "param_names" in b else {}),
                **{k: copy.deepcopy(v) for k, v in a.items() if k != "params"},
                "params": b["params"],
            }
            for a, b in zip(saved, self.param_groups, strict=True)
        ]
        self.state, self.param_groups = fresh, groups
        for after in list(self._optimizer_load_state_dict_post_hooks.values()):
            after(self)

    def register_step_pre_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """Calls `hook(optimizer, args, kwargs)` before each step; it may return arguments anew, as a tuple of both."""
        return add_hook(self._optimizer_step_pre_hooks, hook)

    def register_step_post_hook(self, hook: Callable[..., None]) -> HookHandle:
        """Calls `hook(optimizer, args, kwargs)` after each step."""
        return add_hook(self._optimizer_step_post_hooks, hook)

    def register_state_dict_pre_hook(self, hook: Callable[..., None], prepend: bool = False) -> HookHandle:
        """Calls `hook(optimizer)` before `state_dict` is made."""
        return add_hook(self._optimizer_state_dict_pre_hooks, hook, prepend)

    def register_state_dict_post_hook(self, hook: Callable[..., Any], prepend: bool = False) -> HookHandle:
        """Calls `hook(optimizer, state_dict)` after `state_dict` was made; what it returns takes its place."""
        return add_hook(self._optimizer_state_dict_post_hooks, hook, prepend)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> HookHandle:
        """Calls `hook(optimizer, state_dict)` before one is loaded; what it returns takes its place."""
        return add_hook(self._optimizer_load_state_dict_pre_hooks, hook, prepend)

    def register_load_state_dict_post_hook(self, hook: Callable[..., None], prepend: bool = False) -> HookHandle:
        """Calls `hook(optimizer)` after a state was loaded."""
        return add_hook(self._optimizer_load_state_dict_post_hooks, hook, prepend)

    def __repr__(self) -> str:
        lines = [f"{type(self).__name__} ("]
        for place, group in enumerate(self.param_groups):
            lines.append(f"Parameter Group {place}")
            lines += [f"    {key}: {group[key]}" for key in sorted(group) if key != "params"]
        return "\n".join([*lines, ")"])


def _cast(param: Tensor, value: Any, key: str = "") -> Any:
    """A copy of a parameter's state in the dtype of the parameter."""
    if isinstance(value, Tensor):
        made = value.detach().clone()
        return made.to(param.dtype) if key != "step" and param.is_floating_point() else made
    if isinstance(value, dict):
        return {k: _cast(param, v, k) for k, v in value.items()}
    return copy.deepcopy(value)


class _Required:
    """What older optimisers give as the default of an option that has none."""

    def __repr__(self) -> str:
        return "<required parameter>"


required = _Required()
Params = Iterable[Any]
