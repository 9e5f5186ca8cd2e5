"""`generate_vmap_rule`: a Function whose forward, backward and jvp are those of another, mapped. Depends on `function`,
`_random` and trees.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from wengert import _core, _random
from wengert._core import Tensor
from wengert._transforms.tree import flatten
from wengert.autograd.function import Function, FunctionCtx


@contextmanager
def _map(size: int, randomness: str) -> Iterator[int]:
    """A map of its own around a rule."""
    level = _core._enter_level(size)
    maps = _random.MAPS.under_way
    maps.append((level, size, randomness))
    try:
        yield level
    finally:
        maps.pop()
        _core._leave_level(level)


class _Shelf:
    """Values of a map that outlive it: what is mapped lies here as one tensor of all examples."""

    def __init__(self, values: Any, level: int) -> None:
        self.mapped = [isinstance(x, Tensor) and _core._is_batched(x, level) for x in values]
        self.values = [
            _core._unpack_batched(x, 0, 0, level) if on else x for x, on in zip(values, self.mapped, strict=True)
        ]

    def wrapped(self, level: int, values: Any = None) -> tuple[Any, ...]:
        """The values again, in another map."""
        given = self.values if values is None else values
        return tuple(_core._make_batched(x, 0, level) if on else x for x, on in zip(given, self.mapped, strict=True))


def _as_cotangent(g: Any, level: int) -> Any:
    return _core._make_batched(g, 0, level) if isinstance(g, Tensor) else g


def vmapped(
    cls: type[Function], size: int, inputs: tuple[Any, ...], spec: Any, in_dims: list[Any], randomness: str
) -> type[Function]:
    """A Function on the leaves of `inputs` (by `spec`), which hold all examples along `in_dims`; its outputs hold them along
    dimension 0."""
    state: dict[str, Any] = {}
    # Where each input has its leaf; None for lists, whose tensors are constants to the derivative.
    at: list[int | None] = []
    for x in inputs:
        at.append(state.get("n", 0) if isinstance(x, Tensor) else None)
        state["n"] = state.get("n", 0) + len(flatten(x)[0])
    count = state.get("n", 0)

    def of_inputs(leaves: Any, other: Any) -> tuple[Any, ...]:
        return tuple(other if i is None else leaves[i] for i in at)

    def under(ctx: Any, level: int) -> FunctionCtx:
        """The context of the function itself, its tensors in the map at `level`."""
        inner: FunctionCtx = ctx.inner
        inner._shown = ctx.saved_shelf.wrapped(level, ctx.saved_tensors)
        for (key, _), value in zip(ctx.attributes, ctx.shelf.wrapped(level), strict=True):
            setattr(inner, key, value)
        return inner

    class Vmapped(Function):
        generate_vmap_rule = True

        @staticmethod
        def forward(*args: Any, **kwargs: Any) -> Any:
            inner = FunctionCtx(cls, of_inputs([isinstance(a, Tensor) and a.requires_grad for a in args], False))
            with _map(size, randomness) as level:
                given = [
                    _core._make_batched(a, d, level) if d is not None else a for a, d in zip(args, in_dims, strict=True)
                ]
                output = cls._forward(inner, tuple(spec.build(given)), kwargs)
                if inner._dirty:
                    raise RuntimeError(
                        f"{cls.__name__}: generate_vmap_rule=True does not support mark_dirty; try a vmap staticmethod"
                    )
                outs, form = flatten(output)
                state["constant"] = [id(y) in inner._non_differentiable for y in outs]
                state["shapes"] = [tuple(a.shape) if isinstance(a, Tensor) else None for a in given]
                state["inner"] = inner
                state["saved"] = _Shelf(inner._to_save, level)
                state["moving"] = None if inner._to_forward is None else _Shelf(inner._to_forward, level)
                state["attributes"] = [(k, v) for k, v in vars(inner).items() if not k.startswith("_")]
                state["shelf"] = _Shelf([v for _, v in state["attributes"]], level)
                return form.build(
                    [_core._unpack_batched(y, 0, size, level) if isinstance(y, Tensor) else y for y in outs]
                )

        @staticmethod
        def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> None:
            ctx.inner, ctx.attributes, ctx.shelf = state["inner"], state["attributes"], state["shelf"]
            ctx.shapes, ctx.saved_shelf = state["shapes"], state["saved"]
            ctx.save_for_backward(*state["saved"].values)
            if state["moving"] is not None:
                ctx.moving_shelf = state["moving"]
                ctx.save_for_forward(*state["moving"].values)
            ctx.set_materialize_grads(ctx.inner._materialize)
            ctx._materialize_non_diff_grads = ctx.inner._materialize_non_diff_grads
            outs = flatten(output)[0]
            ctx.mark_non_differentiable(*[y for y, on in zip(outs, state["constant"], strict=True) if on])
            ctx.inner.needs_input_grad = of_inputs(ctx.needs_input_grad, False)

        @staticmethod
        def backward(ctx: Any, *cotangents: Any) -> Any:
            with _map(size, randomness) as level:
                inner = under(ctx, level)
                try:
                    found = cls._rule()(inner, *[_as_cotangent(g, level) for g in cotangents])
                finally:
                    inner._shown = None
                grads = found if isinstance(found, tuple) else (found,)
                if len(grads) != len(at):
                    raise RuntimeError(
                        f"function {cls.__name__}Backward returned an incorrect number of gradients (expected {len(at)}, got"
                        f" {len(grads)})"
                    )
                leaves: list[Any] = [None] * count
                for g, place in zip(grads, at, strict=True):
                    if place is not None:
                        leaves[place] = _gathered(g, in_dims[place], ctx.shapes[place], size, level)
                return tuple(leaves)

        @staticmethod
        def jvp(ctx: Any, *tangents: Any) -> Any:
            with _map(size, randomness) as level:
                shelf = getattr(ctx, "moving_shelf", ctx.saved_shelf)
                inner: FunctionCtx = ctx.inner
                inner._shown = shelf.wrapped(level, ctx.saved_tensors)
                for (key, _), value in zip(ctx.attributes, ctx.shelf.wrapped(level), strict=True):
                    setattr(inner, key, value)
                moved = [
                    _core._make_batched(t, d, level) if isinstance(t, Tensor) and d is not None else t
                    for t, d in zip(tangents, in_dims, strict=True)
                ]
                try:
                    found = cls.jvp(inner, *of_inputs(moved, None))
                finally:
                    inner._shown = None
                outs = found if isinstance(found, tuple) else (found,)
                return tuple(_core._unpack_batched(t, 0, size, level) if isinstance(t, Tensor) else t for t in outs)

    if cls.jvp is Function.jvp:
        Vmapped.jvp = Function.jvp  # type: ignore[method-assign]
    Vmapped.__name__ = f"Vmapped{cls.__name__}"
    return Vmapped


def _gathered(g: Any, dim: Any, shape: Any, size: int, level: int) -> Any:
    """A gradient as the input holds it: that of all examples, or their sum where the input is the same for all."""
    if not isinstance(g, Tensor):
        return g
    if shape is not None and tuple(g.shape) != shape:
        g = _summed(g, shape)
    if dim is not None:
        return _core._unpack_batched(g, dim, size, level)
    every = _core._unpack_batched(g, 0, size, level)
    return every.sum(0)


def _summed(g: Tensor, shape: tuple[int, ...]) -> Tensor:
    """A gradient of a broadcast shape, brought back to `shape`."""
    lead = g.dim() - len(shape)
    dims = (*range(lead), *(lead + i for i, n in enumerate(shape) if n == 1 and g.shape[lead + i] != 1))
    return (g.sum(dims) if dims else g).reshape(list(shape))
