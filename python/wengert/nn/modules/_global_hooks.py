"""Hooks of all modules: called before those of each, and when something is registered. Depends on nothing but handles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert.utils.hooks import RemovableHandle as HookHandle, add_hook

FORWARD_PRE_HOOKS: dict[int, Any] = {}
FORWARD_HOOKS: dict[int, Any] = {}
BACKWARD_PRE_HOOKS: dict[int, Any] = {}
BACKWARD_HOOKS: dict[int, Any] = {}
BUFFER_HOOKS: dict[int, Any] = {}
MODULE_HOOKS: dict[int, Any] = {}
PARAMETER_HOOKS: dict[int, Any] = {}


def registered(hooks: dict[int, Any], module: Any, name: str, value: Any) -> Any:
    """What hooks make of a value that a module is about to hold."""
    for hook in list(hooks.values()) if hooks else ():
        changed = hook(module, name, value)
        value = value if changed is None else changed
    return value


def register_module_forward_pre_hook(hook: Callable[..., Any]) -> HookHandle:
    """Calls `hook(module, args)` before the forward of every module; what it returns takes the place of the arguments.

    >>> import wengert
    >>> seen = []
    >>> with register_module_forward_pre_hook(lambda module, args: seen.append(type(module).__name__)):
    ...     _ = wengert.nn.Sequential(wengert.nn.ReLU())(wengert.ones(1))
    >>> seen
    ['Sequential', 'ReLU']
    """
    return add_hook(FORWARD_PRE_HOOKS, (hook, False))


def register_module_forward_hook(
    hook: Callable[..., Any], *, with_kwargs: bool = False, always_call: bool = False
) -> HookHandle:
    """Calls `hook(module, args, output)` after the forward of every module; what it returns replaces the output.

    `with_kwargs` and `always_call` are those of `Module.register_forward_hook`.

    >>> import wengert
    >>> with register_module_forward_hook(lambda module, args, output: output + 1):
    ...     wengert.nn.ReLU()(wengert.ones(1))
    tensor([2.])
    """
    return add_hook(FORWARD_HOOKS, (hook, with_kwargs, always_call))


def register_module_full_backward_pre_hook(hook: Callable[..., Any]) -> HookHandle:
    """Calls `hook(module, grad_output)` for every module, as `Module.register_full_backward_pre_hook` does for one.

    >>> import wengert
    >>> x = wengert.ones(1, requires_grad=True)
    >>> with register_module_full_backward_pre_hook(lambda module, grads: (grads[0] * 2,)):
    ...     wengert.nn.ReLU()(x).backward()
    >>> x.grad
    tensor([2.])
    """
    return add_hook(BACKWARD_PRE_HOOKS, hook)


def register_module_full_backward_hook(hook: Callable[..., Any]) -> HookHandle:
    """Calls `hook(module, grad_input, grad_output)` for every module, as `Module.register_full_backward_hook` for one.

    >>> import wengert
    >>> x = wengert.ones(1, requires_grad=True)
    >>> with register_module_full_backward_hook(lambda module, ins, outs: print(ins, outs)):
    ...     wengert.nn.ReLU()(x).backward()
    (tensor([1.]),) (tensor([1.]),)
    """
    return add_hook(BACKWARD_HOOKS, hook)


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> HookHandle:
    """Calls `hook(module, name, buffer)` when any module gets a buffer; what it returns takes the buffer's place.

    >>> import wengert
    >>> with register_module_buffer_registration_hook(lambda module, name, buffer: print(name)):
    ...     wengert.nn.Module().register_buffer("shift", wengert.ones(1))
    shift
    """
    return add_hook(BUFFER_HOOKS, hook)


def register_module_module_registration_hook(hook: Callable[..., Any]) -> HookHandle:
    """Calls `hook(module, name, submodule)` when any module gets a module; what it returns takes its place.

    >>> import wengert
    >>> with register_module_module_registration_hook(lambda module, name, below: print(name, below)):
    ...     _ = wengert.nn.Sequential(wengert.nn.ReLU())
    0 ReLU()
    """
    return add_hook(MODULE_HOOKS, hook)


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> HookHandle:
    """Calls `hook(module, name, parameter)` when any module gets a parameter; what it returns takes its place.

    >>> import wengert
    >>> with register_module_parameter_registration_hook(lambda module, name, parameter: print(name)):
    ...     _ = wengert.nn.Linear(1, 1)
    weight
    bias
    """
    return add_hook(PARAMETER_HOOKS, hook)
