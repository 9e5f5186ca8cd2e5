"""Module: the base of layers, losses and models. Depends on the registry, the walk, the state, the casts and the hooks."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, TypeVar

from wengert.nn.modules._casts import Casts
from wengert.nn.modules._global_hooks import (
    BACKWARD_HOOKS,
    BACKWARD_PRE_HOOKS,
    FORWARD_HOOKS,
    FORWARD_PRE_HOOKS,
    register_module_buffer_registration_hook as register_module_buffer_registration_hook,
    register_module_forward_hook as register_module_forward_hook,
    register_module_forward_pre_hook as register_module_forward_pre_hook,
    register_module_full_backward_hook as register_module_full_backward_hook,
    register_module_full_backward_pre_hook as register_module_full_backward_pre_hook,
    register_module_module_registration_hook as register_module_module_registration_hook,
    register_module_parameter_registration_hook as register_module_parameter_registration_hook,
)
from wengert.nn.modules._hooks import Around, watch_node
from wengert.utils.hooks import RemovableHandle as HookHandle, add_hook

Self = TypeVar("Self", bound="Module")
_CALLED = ("_forward_pre_hooks", "_forward_hooks", "_backward_pre_hooks", "_backward_hooks")
_OF_STATE = (
    "_state_dict_hooks",
    "_state_dict_pre_hooks",
    "_load_state_dict_pre_hooks",
    "_load_state_dict_post_hooks",
)


def indented(text: str, spaces: int) -> str:
    """A text whose lines after the first are moved to the right."""
    return text.replace("\n", "\n" + " " * spaces)


class Module(Casts):
    """Base of all layers and models: parameters, buffers and modules assigned to attributes belong to it.

    A subclass calls `super().__init__()` first, and says in `forward` what it computes.

    >>> import wengert
    >>> class Line(Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = wengert.nn.Parameter(wengert.tensor(2.0))
    ...     def forward(self, x):
    ...         return self.slope * x
    >>> line = Line()
    >>> line(wengert.tensor(3.0)).backward()
    >>> [(name, p.grad) for name, p in line.named_parameters()]
    [('slope', tensor(3.))]
    """

    _forward_pre_hooks: dict[int, Any]
    _forward_hooks: dict[int, Any]
    _backward_pre_hooks: dict[int, Any]
    _backward_hooks: dict[int, Any]
    # Whether backward hooks are full ones; None where there are none.
    _is_full_backward_hook: bool | None = None
    dump_patches = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if kwargs and not self.call_super_init:
            raise TypeError(
                f"{type(self).__name__}.__init__() got an unexpected keyword argument '{next(iter(kwargs))}'"
            )
        if args and not self.call_super_init:
            raise TypeError(
                f"{type(self).__name__}.__init__() takes 1 positional argument but {len(args) + 1} were given"
            )
        super().__init__(*args, **kwargs)
        for name in (*_CALLED, *_OF_STATE):
            object.__setattr__(self, name, {})

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; `module(...)` calls it, and the hooks around it.

        Raises NotImplementedError unless a subclass overrides it.
        """
        raise NotImplementedError(f'Module [{type(self).__name__}] is missing the required "forward" function')

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        held = self.__dict__
        if (
            held["_forward_hooks"]
            or held["_forward_pre_hooks"]
            or held["_backward_hooks"]
            or held["_backward_pre_hooks"]
            or FORWARD_HOOKS
            or FORWARD_PRE_HOOKS
            or BACKWARD_HOOKS
            or BACKWARD_PRE_HOOKS
        ):
            return self._call_with_hooks(args, kwargs)
        return self.forward(*args, **kwargs)

    def _call_with_hooks(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        # Those of all modules come before the module's own.
        for hook, with_kwargs in [*FORWARD_PRE_HOOKS.values(), *self._forward_pre_hooks.values()]:
            if with_kwargs:
                changed = hook(self, args, kwargs)
                if changed is not None:
                    if not (isinstance(changed, tuple) and len(changed) == 2):
                        raise RuntimeError(
                            f"forward pre-hook must return None or a tuple of (new_args, new_kwargs), but got {changed}."
                        )
                    args, kwargs = changed
            else:
                changed = hook(self, args)
                if changed is not None:
                    args = changed if isinstance(changed, tuple) else (changed,)
        full = self._is_full_backward_hook is not False
        before = [*BACKWARD_PRE_HOOKS.values(), *self._backward_pre_hooks.values()]
        after = [*BACKWARD_HOOKS.values(), *(self._backward_hooks.values() if full else ())]
        around = Around(self, before, after) if before or after else None
        if around is not None:
            args = around.enter(args)
        called: set[int] = set()
        result = None
        try:
            result = self.forward(*args, **kwargs)
            for number, (hook, with_kwargs, _) in [*FORWARD_HOOKS.items(), *self._forward_hooks.items()]:
                called.add(number)
                changed = hook(self, args, kwargs, result) if with_kwargs else hook(self, args, result)
                result = result if changed is None else changed
        except BaseException:
            for number, (hook, with_kwargs, always) in [*FORWARD_HOOKS.items(), *self._forward_hooks.items()]:
                if always and number not in called:
                    self._call_always(hook, args, kwargs if with_kwargs else None, result)
            raise
        if not full:
            watch_node(self, result, list(self._backward_hooks.values()))
        return result if around is None else around.leave(result)

    def _call_always(self, hook: Any, args: tuple[Any, ...], kwargs: dict[str, Any] | None, result: Any) -> None:
        """Calls a hook after forward failed: the error of forward is the one that is told."""
        try:
            hook(self, args, result) if kwargs is None else hook(self, args, kwargs, result)
        except Exception as error:
            warnings.warn(
                "module forward hook with ``always_call=True`` raised an exception that was silenced as another error "
                f"was raised in forward: {error}",
                stacklevel=4,
            )

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> HookHandle:
        """Calls `hook(module, args)` before forward; what it returns takes the place of the arguments.

        With `with_kwargs` it is `hook(module, args, kwargs)`, which returns None or both anew.
        """
        return add_hook(self._forward_pre_hooks, (hook, with_kwargs), prepend)

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> HookHandle:
        """Calls `hook(module, args, output)` after forward; what it returns takes the place of the output.

        With `with_kwargs` it is `hook(module, args, kwargs, output)`; with `always_call` it is also called where
        forward raises, with None as output.
        """
        return add_hook(self._forward_hooks, (hook, with_kwargs, always_call), prepend)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> HookHandle:
        """Calls `hook(module, grad_output)` when the gradients of the outputs are there; it may return others.

        Not inside `jvp` and `vmap`.
        """
        return add_hook(self._backward_pre_hooks, hook, prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> HookHandle:
        """Calls `hook(module, grad_input, grad_output)` when the gradients of the inputs are there; it may return others.

        Gradients are those of positional arguments: zeros for a tensor that has none, None for what is no tensor. Not inside `jvp` and `vmap`.
        """
        self._set_full(True)
        return add_hook(self._backward_hooks, hook, prepend)

    def register_backward_hook(self, hook: Callable[..., Any]) -> HookHandle:
        """The older kind: `hook(module, grad_input, grad_output)` sees the gradients of the last operation alone.

        Raises RuntimeError on a module that has full backward hooks.
        """
        self._set_full(False)
        return add_hook(self._backward_hooks, hook)

    def _set_full(self, full: bool) -> None:
        if self._is_full_backward_hook is (not full):
            raise RuntimeError(
                "Cannot use both regular backward hooks and full backward hooks on a single Module. Please use only one of "
                "them."
            )
        self.__dict__["_is_full_backward_hook"] = full

    def train(self: Self, mode: bool = True) -> Self:
        """Sets `training` in the whole tree, which layers such as Dropout look at.

        Raises ValueError unless `mode` is a bool.
        """
        if not isinstance(mode, bool):
            raise ValueError("training mode is expected to be boolean")
        self.training = mode
        for module in self.children():
            module.train(mode)
        return self

    def eval(self: Self) -> Self:
        """`train(False)`."""
        return self.train(False)

    def requires_grad_(self: Self, requires_grad: bool = True) -> Self:
        """Says for all parameters whether they need gradients."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drops the gradients of all parameters, or makes them zeros."""
        for parameter in self.parameters():
            drop_gradient(parameter, set_to_none)

    def apply(self: Self, fn: Callable[[Module], Any]) -> Self:
        """Calls `fn` on each module of the tree, this one last."""
        for module in self.children():
            module.apply(fn)
        fn(self)
        return self

    def extra_repr(self) -> str:
        """What stands between the parentheses of `repr`."""
        return ""

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        below = [f"({name}): {indented(repr(module), 2)}" for name, module in self._modules.items()]
        if len(lines) == 1 and not below:
            return f"{self._get_name()}({extra})"
        if not lines and not below:
            return f"{self._get_name()}()"
        inside = "\n  ".join(lines + below)
        return f"{self._get_name()}(\n  {inside}\n)"


def drop_gradient(parameter: Any, set_to_none: bool) -> None:
    """Forgets a gradient, or makes it zeros without history."""
    gradient = parameter.grad
    if gradient is None:
        return
    if set_to_none:
        parameter.grad = None
        return
    if gradient.requires_grad:
        # In place, as whoever holds the gradient expects; what a graph kept of it is set aside by the write.
        gradient.detach_()
        parameter.grad = gradient
    gradient.zero_()
