"""Hooks of modules: before and after forward, and around the backward of what forward computed. Depends on Function."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor, is_grad_enabled
from wengert.autograd.function import Function


class BackwardHook(Function):
    """Passes tensors on, and their gradients through a function that may replace them."""

    @staticmethod
    def forward(ctx: Any, seen: Callable[[tuple[Any, ...]], Any], *tensors: Tensor) -> tuple[Tensor, ...]:
        ctx.set_materialize_grads(False)
        ctx.seen = seen
        return tuple(t.view_as(t) for t in tensors)

    @staticmethod
    def backward(ctx: Any, *cotangents: Any) -> Any:
        return (None, *ctx.seen(cotangents))


def _passed(values: tuple[Any, ...], seen: Callable[[tuple[Any, ...]], Any]) -> tuple[tuple[Any, ...], list[int]]:
    """The values, with those that need gradients sent through one node; and where these stand."""
    places = [i for i, v in enumerate(values) if isinstance(v, Tensor) and v.requires_grad]
    if not places or not is_grad_enabled():
        return values, []
    through = iter(BackwardHook.apply(seen, *(values[i] for i in places)))
    return tuple(next(through) if i in places else v for i, v in enumerate(values)), places


def _merged(old: tuple[Any, ...], new: Any, name: str) -> tuple[Any, ...]:
    """What a hook returned in the place of gradients."""
    if new is None:
        return old
    new = new if isinstance(new, tuple) else (new,)
    if len(new) != len(old):
        raise RuntimeError(
            f"Backward hook returned an invalid number of grad in {name}, got {len(new)}, but expected {len(old)}"
        )
    return new


def watch_node(module: Any, result: Any, hooks: list[Any]) -> None:
    """Calls hooks of the older kind with the gradients of the operation that made the first output."""
    while not isinstance(result, Tensor):
        if isinstance(result, dict):
            result = next(v for v in result.values() if isinstance(v, Tensor))
        elif isinstance(result, (tuple, list)) and result:
            result = result[0]
        else:
            return
    node = result.grad_fn
    if node is not None:
        for hook in hooks:
            node.register_hook(functools.partial(hook, module))


class Around:
    """One call of a module with backward hooks: knows the cotangents of its outputs when those of its inputs are there."""

    def __init__(self, module: Any, before: list[Any], after: list[Any]) -> None:
        self.module, self.before, self.after = module, before, after
        self.of_outputs: tuple[Any, ...] | None = None
        self.kinds: list[tuple[list[int], Any] | None] = []
        self.inputs: list[int] = []
        self.outputs: list[int] = []
        self.sizes = (0, 0)

    def enter(self, args: tuple[Any, ...]) -> tuple[Any, ...]:
        """The inputs, watched."""
        self.kinds = [(list(a.shape), a.dtype) if isinstance(a, Tensor) else None for a in args]
        args, self.inputs = _passed(args, self._reached_inputs)
        self.sizes = (len(args), 0)
        return args

    def leave(self, result: Any) -> Any:
        """The output, watched: a tensor or a tuple of tensors; what is anything else is left alone."""
        values = result if isinstance(result, tuple) else (result,)
        self.sizes = (self.sizes[0], len(values))
        values, self.outputs = _passed(values, self._reached_outputs)
        if not isinstance(result, tuple):
            return values[0]
        return type(result)(*values) if hasattr(result, "_fields") else values

    @staticmethod
    def _spread(found: tuple[Any, ...], places: list[int], size: int) -> tuple[Any, ...]:
        full: list[Any] = [None] * size
        for place, value in zip(places, found, strict=True):
            full[place] = value
        return tuple(full)

    def _reached_outputs(self, cotangents: tuple[Any, ...]) -> tuple[Any, ...]:
        full = self._spread(cotangents, self.outputs, self.sizes[1])
        for hook in self.before:
            full = _merged(full, hook(self.module, full), "grad_output")
        if self.inputs:
            self.of_outputs = full
        else:
            if self.after:
                warnings.warn(
                    "Full backward hook is firing when gradients are computed with respect to module outputs since no inputs "
                    "require gradients.",
                    stacklevel=5,
                )
            for hook in self.after:
                if hook(self.module, (None,) * self.sizes[0], full) is not None:
                    raise RuntimeError(
                        "Backward hook for Modules where no input requires gradient should always return None or None "
                        "for all gradients."
                    )
        return tuple(full[i] for i in self.outputs)

    def _reached_inputs(self, cotangents: tuple[Any, ...]) -> tuple[Any, ...]:
        if self.of_outputs is None:
            # What came to an input by another way than the outputs, as in a second derivative, is not the module's.
            return cotangents
        found = self._spread(cotangents, self.inputs, self.sizes[0])
        # As PyTorch has it, a tensor that got no gradient has zeros; what is no tensor has None.
        full = tuple(
            _core._full(kind[0], 0, kind[1], False) if g is None and kind is not None else g
            for g, kind in zip(found, self.kinds, strict=True)
        )
        of_outputs, self.of_outputs = self.of_outputs, None
        for hook in self.after:
            full = _merged(full, hook(self.module, full, of_outputs), "grad_input")
        return tuple(full[i] for i in self.inputs)
