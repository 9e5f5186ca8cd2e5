"""Optimizer: groups of parameters with options, and the state of each parameter. Depends on Tensor and grad modes."""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.autograd import enable_grad, no_grad
from wengert.nn.modules._registry import typename
from wengert.nn.modules.module import drop_gradient


class Optimizer:
    """Base of optimisers: `param_groups` are dictionaries of parameters and options, `state` is by parameter.

    A subclass says in `_update(param, grad, state, group)` how one step changes one parameter, or overrides `step`.
    Raises ValueError for no parameters, non-leaves and parameters in two groups, TypeError for what is no tensor.

    >>> import wengert
    >>> x = wengert.tensor([1.0], requires_grad=True)
    >>> wengert.optim.SGD([x], lr=0.1).param_groups[0]["lr"]
    0.1
    """

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
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
        known = {id(p) for group in self.param_groups for p in group["params"]}
        if len({id(p) for p in held}) < len(held) or known & {id(p) for p in held}:
            raise ValueError("some parameters appear in more than one parameter group")
        if self.param_groups and ("param_names" in param_group) != ("param_names" in self.param_groups[0]):
            raise ValueError("all optimizer param groups should be with/without names.")
        param_group["params"] = held
        for name, default in self.defaults.items():
            param_group.setdefault(name, default)
        self.param_groups.append(param_group)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drops the gradients of all parameters, or makes them zeros."""
        for group in self.param_groups:
            for p in group["params"]:
                drop_gradient(p, set_to_none)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Changes the parameters that have gradients; a closure computes the loss and the gradients anew before that.

        Returns what the closure returned.
        """
        loss = None
        if closure is not None:
            with enable_grad():
                loss = closure()
        with no_grad():
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        gradient = -p.grad if group.get("maximize") else p.grad
                        self._update(p, gradient, self.state[p], group)
        return loss

    def _update(self, param: Tensor, grad: Tensor, state: dict[str, Any], group: dict[str, Any]) -> None:
        raise NotImplementedError(f"{type(self).__name__} overrides neither step nor _update")

    def state_dict(self) -> dict[str, Any]:
        """Options and state, with numbers in the place of parameters."""
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
        return {"state": state, "param_groups": groups}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes copies of options and state; state of float dtypes is cast to the parameter's, but for counts of steps.

        Raises ValueError where numbers of groups or of parameters differ.
        """
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
            {**{k: copy.deepcopy(v) for k, v in a.items() if k != "params"}, "params": b["params"]}
            for a, b in zip(saved, self.param_groups, strict=True)
        ]
        self.state, self.param_groups = fresh, groups

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


def refuse(**given: Any) -> None:
    """Refuses numbers that must not be negative."""
    for what, value in given.items():
        if not float(value) >= 0.0:
            told = "learning rate" if what == "lr" else f"{what} value"
            raise ValueError(f"Invalid {told}: {value}")


def refuse_differentiable(name: str, differentiable: bool) -> None:
    """A step is not recorded here."""
    if differentiable:
        raise NotImplementedError(f"{name}: differentiable=True is not supported; write the step with wengert.func")


def counted(state: dict[str, Any]) -> float:
    """Adds one to a parameter's count of steps, a 0-d float32 tensor as PyTorch keeps it."""
    state["step"] += 1
    return float(state["step"].item())


def zero_step() -> Tensor:
    """A count of steps."""
    return _core._full([], 0.0, _core.float32, False)


Params = Iterable[Any]
