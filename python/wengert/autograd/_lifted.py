"""Custom Functions inside jvp and vmap: one transform taken off, the innermost first. Depends on `function`, `_vmapped` and
`_random`.
"""

from __future__ import annotations

from typing import Any

from wengert import _core, _random
from wengert._core import Tensor
from wengert._transforms.tree import flatten, map_tree
from wengert.autograd._vmapped import vmapped
from wengert.autograd.function import Function, FunctionCtx, VmapInfo


def apply_lifted(cls: type[Function], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """`cls.apply` on arguments of which some are duals or batches."""
    leaves = [a for a in flatten(args)[0] if isinstance(a, Tensor)]
    levels = [found for a in leaves if (found := _core._outermost_level(a)) is not None]
    if not levels:
        return cls._run(map_tree(lambda a: _core._settled(a) if isinstance(a, Tensor) else a, args), kwargs)[0]
    level, is_map = max(levels)
    return _mapped(cls, args, kwargs, level) if is_map else _dual(cls, args, kwargs, level)


def _dual(cls: type[Function], args: tuple[Any, ...], kwargs: dict[str, Any], level: int) -> Any:
    if cls.jvp is Function.jvp:
        raise NotImplementedError(
            f"You must implement the jvp function for custom autograd.Function to use it with forward mode AD. Got {cls.__name__}"
        )

    def primal(x: Any) -> Any:
        return _core._unpack_dual(x, level)[0] if isinstance(x, Tensor) else x

    # As everywhere, tensors inside of lists are constants to the derivative.
    pairs = [_core._unpack_dual(a, level) if isinstance(a, Tensor) else (map_tree(primal, a), None) for a in args]
    primals = tuple(p for p, _ in pairs)
    if cls.setup_context is Function.setup_context:
        if any(isinstance(p, Tensor) and p._is_lifted() for p in primals):
            raise RuntimeError(_needs_setup_context(cls, "nested transforms"))
        output, ctx, saved = cls._run(primals, kwargs)
    else:
        # The value comes from the transforms further out; what jvp sees of them is set up from their tensors.
        output = cls.apply(*primals, **kwargs)
        ctx = FunctionCtx(cls, tuple(isinstance(p, Tensor) and p.requires_grad for p in primals))
        cls.setup_context(ctx, primals, output)
        saved = ctx._to_save if ctx._to_forward is None else ctx._to_forward
    tangents = [
        _core._zeros_like(p)
        if t is None and ctx._materialize and isinstance(p, Tensor) and p.is_floating_point()
        # Where an input is overwritten its tangent may be: it is no other dual's.
        else (t.clone() if t is not None and id(p) in ctx._dirty else t)
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
        if constant and isinstance(t, Tensor) and isinstance(o, Tensor):
            raise RuntimeError(
                f"{cls.__name__}.jvp returned a tangent for output {i}, which is not differentiable. You should return None at"
                " that position instead."
            )
        if t is None or constant:
            results.append(o)
            continue
        if not isinstance(t, Tensor) or t.shape != o.shape:
            got = list(t.shape) if isinstance(t, Tensor) else type(t).__name__
            raise RuntimeError(
                f"{cls.__name__}.jvp returned an invalid tangent for output {i}: got {got}, wanted shape {list(o.shape)}"
            )
        dual = _core._make_dual(o, t, level)
        if id(o) in ctx._dirty:
            # The argument itself is what is returned: it takes value and tangent over.
            where = next(j for j, p in enumerate(primals) if p is o)
            dual = args[where].copy_(dual)
        results.append(dual)
    return tuple(results) if isinstance(output, tuple) else results[0]


def _needs_setup_context(cls: type[Function], where: str) -> str:
    return (
        f"In order to use an autograd.Function with {where} (vmap, grad, jvp, jacrev, ...), it must override the setup_context"
        f" staticmethod. Got {cls.__name__}"
    )


def _mapped(cls: type[Function], args: tuple[Any, ...], kwargs: dict[str, Any], level: int) -> Any:
    own = cls.vmap is not Function.vmap
    if own and cls.generate_vmap_rule:
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it has both generate_vmap_rule=True and an overridden vmap"
            " staticmethod. Please set generate_vmap_rule=False or delete the overridden vmap staticmethod to avoid ambiguity."
        )
    if cls.setup_context is Function.setup_context and not own:
        raise RuntimeError(_needs_setup_context(cls, "vmap"))
    if not own and not cls.generate_vmap_rule:
        raise RuntimeError(
            f"You tried to vmap over {cls.__name__}, but it does not have vmap support. Please override and implement the vmap"
            " staticmethod or set generate_vmap_rule=True."
        )
    leaves, spec = flatten(args)
    # A rule of its own gets the arguments of the map as they were given to it.
    places = _random.MAPS.places.get(level, {}) if own else {}
    dims = [places.get(id(a), 0) if isinstance(a, Tensor) and _core._is_batched(a, level) else None for a in leaves]
    values = [a if d is None else _core._unpack_batched(a, d, 0, level) for a, d in zip(leaves, dims, strict=True)]
    size = next(v.shape[d] for v, d in zip(values, dims, strict=True) if d is not None)
    maps = _random.MAPS.under_way
    randomness = next((how for at, _, how in maps if at == level), "error")
    # The rule itself runs outside of this map.
    _random.MAPS.under_way = [m for m in maps if m[0] != level]
    try:
        if not own:
            mapped = vmapped(cls, size, args, spec, dims, randomness)
            outs, form = flatten(mapped.apply(*values, **kwargs))
            return form.build([_core._make_batched(y, 0, level) if isinstance(y, Tensor) else y for y in outs])
        found = cls.vmap(VmapInfo(size, randomness), spec.build(dims), *spec.build(values), **kwargs)
    finally:
        _random.MAPS.under_way = maps
    if not isinstance(found, tuple) or len(found) != 2:
        raise RuntimeError(
            "Expected the vmap staticmethod to have two returns, an output and out_dims with pytree structure compatible with"
            f" the output. Got a {type(found)} instead"
        )
    output, out_dims = found
    outs, form = flatten(output)
    out_places = form.prefix(out_dims, lambda d: d is None or isinstance(d, int))
    if out_places is None:
        raise RuntimeError(
            f"The {cls.__name__} vmap staticmethod returned an incompatible (output, out_dims) tuple: got out_dims={out_dims}"
            f" and an output of the structure {form}; wanted out_dims to be a prefix of it"
        )
    return form.build(
        [y if d is None else _core._make_batched(y, d, level) for y, d in zip(outs, out_places, strict=True)]
    )
