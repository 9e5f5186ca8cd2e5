"""Custom Functions inside jvp and vmap: one transform taken off, the innermost first. Depends on `function` and `_random`."""

from __future__ import annotations

from typing import Any

from wengert import _core, _random
from wengert._core import Tensor
from wengert._transforms.tree import flatten
from wengert.autograd.function import Function, FunctionCtx, VmapInfo


def apply_lifted(cls: type[Function], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`cls.apply` on arguments of which some are duals or batches."""
    levels = [found for a in args if isinstance(a, Tensor) and (found := _core._outermost_level(a)) is not None]
    if not levels:
        return cls._run(tuple(_core._settled(a) if isinstance(a, Tensor) else a for a in args), kwargs)[0]
    level, is_map = max(levels)
    return _mapped(cls, args, kwargs, level) if is_map else _dual(cls, args, kwargs, level)


def _dual(cls: type[Function], args: tuple[Any, ...], kwargs: dict[str, Any], level: int) -> Any:
    if cls.jvp is Function.jvp:
        raise NotImplementedError(
            f"You must implement the jvp function for custom autograd.Function to use it with forward mode AD. Got {cls.__name__}"
        )
    pairs = [_core._unpack_dual(a, level) if isinstance(a, Tensor) else (a, None) for a in args]
    primals = tuple(p for p, _ in pairs)
    if cls.setup_context is Function.setup_context:
        if any(isinstance(p, Tensor) and p._is_lifted() for p in primals):
            raise RuntimeError(
                f"{cls.__name__}: In order to use an autograd.Function with nested transforms (vmap, grad, jvp, jacrev, ...), it"
                " must override the setup_context staticmethod."
            )
        output, ctx, saved = cls._run(primals, kwargs)
    else:
        # The value comes from the transforms further out; what jvp sees of them is set up from their tensors.
        output = cls.apply(*primals, **kwargs)
        ctx = FunctionCtx(cls, tuple(isinstance(p, Tensor) and p.requires_grad for p in primals))
        cls.setup_context(ctx, primals, output)
        saved = ctx._to_save if ctx._to_forward is None else ctx._to_forward
    if ctx._dirty:
        raise NotImplementedError(
            f"{cls.__name__}: mark_dirty is not supported in forward mode; return a new tensor instead"
        )
    tangents = [
        _core._zeros_like(p)
        if t is None and ctx._materialize and isinstance(p, Tensor) and p.is_floating_point()
        else t
        for p, t in pairs
    ]
    ctx._shown = saved
    try:
        found = cls.jvp(ctx, *tangents)
    finally:
        ctx._shown = None
    outputs = output if isinstance(output, tuple) else (output,)
    moved = found if isinstance(found, tuple) else (found,)
    if len(moved) != len(outputs):
        raise RuntimeError(
            f"{cls.__name__}.jvp returned an incorrect number of tangents (expected {len(outputs)}, got {len(moved)})"
        )
    results = []
    for i, (o, t) in enumerate(zip(outputs, moved, strict=True)):
        constant = not isinstance(o, Tensor) or not o.is_floating_point() or id(o) in ctx._non_differentiable
        if t is None or constant:
            results.append(o)
            continue
        if not isinstance(t, Tensor) or t.shape != o.shape:
            got = list(t.shape) if isinstance(t, Tensor) else type(t).__name__
            raise RuntimeError(
                f"{cls.__name__}.jvp returned an invalid tangent for output {i}: got {got}, wanted shape {list(o.shape)}"
            )
        results.append(_core._make_dual(o, t, level))
    return tuple(results) if isinstance(output, tuple) else results[0]


def _mapped(cls: type[Function], args: tuple[Any, ...], kwargs: dict[str, Any], level: int) -> Any:
    own = cls.vmap is not Function.vmap
    if own and cls.generate_vmap_rule:
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it has both generate_vmap_rule=True and an overridden vmap"
            " staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity."
        )
    if not own and not cls.generate_vmap_rule:
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it does not have vmap support. Please override and implement the vmap"
            " staticmethod or set generate_vmap_rule=True."
        )
    in_dims = tuple(0 if isinstance(a, Tensor) and _core._is_batched(a, level) else None for a in args)
    values = [a if d is None else _core._unpack_batched(a, 0, 0, level) for a, d in zip(args, in_dims, strict=True)]
    size = next(v.shape[0] for v, d in zip(values, in_dims, strict=True) if d is not None)
    maps = _random.MAPS.under_way
    randomness = next((how for at, _, how in maps if at == level), "error")
    # The rule itself runs outside of this map.
    _random.MAPS.under_way = [m for m in maps if m[0] != level]
    try:
        if not own:
            return _one_by_one(cls, values, in_dims, size, kwargs, level)
        found = cls.vmap(VmapInfo(size, randomness), in_dims, *values, **kwargs)
    finally:
        _random.MAPS.under_way = maps
    if not isinstance(found, tuple) or len(found) != 2:
        raise RuntimeError(
            "Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure compatible with"
            f" the output. Got a {type(found)} instead"
        )
    output, out_dims = found
    outs, form = flatten(output)
    places = form.prefix(out_dims, lambda d: d is None or isinstance(d, int))
    if places is None:
        raise RuntimeError(f"{cls.__name__}.vmap: out_dims {out_dims} do not fit an output of the form {form}")
    return form.build([y if d is None else _core._make_batched(y, d, level) for y, d in zip(outs, places, strict=True)])


def _one_by_one(
    cls: type[Function], values: list[Any], in_dims: tuple[Any, ...], size: int, kwargs: dict[str, Any], level: int
) -> Any:
    """`generate_vmap_rule`: the Function on each example."""
    if size == 0:
        raise RuntimeError(
            f"{cls.__name__}: generate_vmap_rule cannot map over a dimension of size 0; try a vmap staticmethod"
        )
    columns: list[list[Any]] = []
    for i in range(size):
        one = [v if d is None else v[i] for v, d in zip(values, in_dims, strict=True)]
        outs, form = flatten(cls.apply(*one, **kwargs))
        columns = columns or [[] for _ in outs]
        for column, y in zip(columns, outs, strict=True):
            column.append(y)
    merged = [_core._make_batched(_core.stack(c), 0, level) if isinstance(c[0], Tensor) else c[0] for c in columns]
    return form.build(merged)
