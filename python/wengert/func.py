"""Function transforms: grad, value_and_grad, jvp, vmap, nesting in any order. Names are torch.func's.

Inputs and outputs may be nested tuples, lists and dicts of tensors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._functional_call import functional_call as functional_call, stack_module_state as stack_module_state

__all__ = ["grad", "grad_and_value", "jvp", "vmap"]


def _map(f: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """`f` on the leaves of a tree, and on those of others of the same form."""
    if isinstance(tree, dict):
        return {k: _map(f, v, *(o[k] for o in others)) for k, v in tree.items()}
    if isinstance(tree, (tuple, list)):
        parts = [_map(f, v, *(o[i] for o in others)) for i, v in enumerate(tree)]
        return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)
    return f(tree, *others)


def _leaves(tree: Any) -> list[Any]:
    found: list[Any] = []
    _map(lambda x: found.append(x), tree)
    return found


def grad_and_value(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Function that returns the gradient of a scalar function, and its value (with auxiliary output if `has_aux`).

    >>> import wengert
    >>> grad_and_value(lambda x: (x * x).sum())(wengert.ones(2))
    (tensor([2., 2.]), tensor(2.))
    """

    def transformed(*args: Any, **kwargs: Any) -> Any:
        positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        positions = tuple(p + len(args) if p < 0 else p for p in positions)
        if any(not 0 <= p < len(args) for p in positions):
            raise RuntimeError(f"grad: argnums {argnums} out of range for {len(args)} positional arguments")
        outer = _core.is_grad_enabled()
        tracked = list(args)
        for p in positions:
            tracked[p] = _map(_tracked, args[p])
        _core._set_grad_enabled(True)
        try:
            out = func(*tracked, **kwargs)
            aux = None
            if has_aux:
                if not (isinstance(out, tuple) and len(out) == 2):
                    raise RuntimeError("grad: has_aux=True wants a function that returns (output, aux)")
                out, aux = out
            if not isinstance(out, Tensor):
                raise RuntimeError(f"grad: expected the function to return a Tensor, got {type(out).__name__}")
            if out.dim() != 0:
                raise RuntimeError(
                    f"grad: expected the function to return a scalar (0-d) tensor, got shape {list(out.shape)}; try sum()"
                )
            flat = [x for p in positions for x in _leaves(tracked[p])]
            if out.requires_grad:
                found = _core._grad([out], flat, [None], False, None if outer else False)
            else:
                found = (None,) * len(flat)
        finally:
            _core._set_grad_enabled(outer)
        values = iter([_core._zeros_like(x) if g is None else g for g, x in zip(found, flat, strict=True)])
        grads = tuple(_map(lambda _: next(values), tracked[p]) for p in positions)
        result = grads[0] if isinstance(argnums, int) else grads
        value = _core._untrack(out, flat)
        if has_aux:
            return result, (value, _map(lambda x: _core._untrack(x, flat) if isinstance(x, Tensor) else x, aux))
        return result, value

    return transformed


def _tracked(x: Any) -> Tensor:
    if not isinstance(x, Tensor):
        raise RuntimeError(
            f"grad: expected arguments to differentiate to be Tensors, got {type(x).__name__}; try tensor()"
        )
    return _core._track(x)


def grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """Function that returns the gradient of a scalar function with respect to the arguments at `argnums`.

    Raises RuntimeError where the function's result is no 0-d tensor.

    >>> import wengert
    >>> grad(grad(lambda x: x**3))(wengert.tensor(2.0))
    tensor(12.)
    """
    both = grad_and_value(func, argnums, has_aux)

    def transformed(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return transformed


def jvp(func: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...], *, has_aux: bool = False) -> Any:
    """Value of `func(*primals)` and its directional derivative along `tangents`, by forward mode.

    >>> import wengert
    >>> jvp(lambda x: x * x, (wengert.tensor(3.0),), (wengert.tensor(1.0),))
    (tensor(9.), tensor(6.))
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple):
        raise RuntimeError("jvp: expected primals and tangents to be tuples")
    if len(primals) != len(tangents):
        raise RuntimeError(f"jvp: got {len(primals)} primals and {len(tangents)} tangents; wanted as many of each")
    level = _core._enter_level()
    try:
        duals = _map(lambda p, t: _core._make_dual(p, t, level), primals, tangents)
        out = func(*duals)
        aux = None
        if has_aux:
            out, aux = out
        pairs = _map(lambda y: _Pair(*_core._unpack_dual(_output(y, "jvp"), level)), out)
        value = _map(lambda p: p.primal, pairs)
        tangent = _map(lambda p: p.tangent, pairs)
        if has_aux:
            return value, tangent, _map(lambda y: _core._unpack_dual(y, level)[0] if isinstance(y, Tensor) else y, aux)
        return value, tangent
    finally:
        _core._leave_level(level)


class _Pair:
    """A primal and its tangent: a leaf of a tree."""

    def __init__(self, primal: Tensor, tangent: Tensor) -> None:
        self.primal, self.tangent = primal, tangent


def _output(y: Any, name: str) -> Tensor:
    if not isinstance(y, Tensor):
        raise RuntimeError(f"{name}: expected the function to return only Tensors, got {type(y).__name__}")
    return y


def vmap(
    func: Callable[..., Any], in_dims: Any = 0, out_dims: Any = 0, randomness: str = "error"
) -> Callable[..., Any]:
    """Function that maps `func` over a dimension of its inputs (None: the same for all) into one of its outputs.

    Raises ValueError where no input is mapped or mapped sizes differ.

    >>> import wengert
    >>> vmap(lambda a, b: (a * b).sum())(wengert.ones(3, 2), wengert.ones(3, 2))
    tensor([2., 2., 2.])
    """

    def transformed(*args: Any, **kwargs: Any) -> Any:
        dims = (in_dims,) * len(args) if isinstance(in_dims, int) or in_dims is None else tuple(in_dims)
        if len(dims) != len(args):
            raise ValueError(f"vmap: in_dims has {len(dims)} entries for {len(args)} arguments")
        spread = [_dims_of(a, d) for a, d in zip(args, dims, strict=True)]
        sizes = {s for a, d in zip(args, spread, strict=True) for s in _sizes(a, d)}
        if not sizes:
            raise ValueError("vmap: at least one input must be mapped over; got in_dims of None only")
        if len(sizes) > 1:
            raise ValueError(
                f"vmap: Expected all tensors to have the same size in the mapped dimension, got sizes {sorted(sizes)} for the mapped dimension"
            )
        size = sizes.pop()
        level = _core._enter_level(size)
        try:
            mapped = [
                _map(lambda x, d: x if d.at is None else _core._make_batched(x, d.at, level), a, d)
                for a, d in zip(args, spread, strict=True)
            ]
            out = func(*mapped, **kwargs)
            back = _dims_of(out, out_dims)
            return _map(lambda y, d: _core._unpack_batched(_output(y, "vmap"), d.at, size, level), out, back)
        finally:
            _core._leave_level(level)

    return transformed


class _Dim:
    """Which dimension of a leaf is mapped: a leaf itself, so that None can be one."""

    def __init__(self, at: int | None) -> None:
        self.at = at


def _dims_of(tree: Any, dims: Any) -> Any:
    """One `_Dim` for each leaf of a tree; an int or None stands for all leaves below."""
    if isinstance(dims, int) or dims is None:
        return _map(lambda x: _Dim(dims if isinstance(x, Tensor) else None), tree)
    if isinstance(tree, dict):
        return {k: _dims_of(v, dims[k]) for k, v in tree.items()}
    if len(tree) != len(dims):
        raise ValueError(f"vmap: dims {dims} do not fit a structure of {len(tree)} entries")
    parts = [_dims_of(v, d) for v, d in zip(tree, dims, strict=True)]
    return type(tree)(*parts) if hasattr(tree, "_fields") else type(tree)(parts)


def _sizes(tree: Any, dims: Any) -> list[int]:
    found: list[int] = []

    def look(x: Any, d: _Dim) -> None:
        if d.at is not None:
            if x.dim() == 0 or not -x.dim() <= d.at < x.dim():
                raise ValueError(f"vmap: in_dim {d.at} is out of range for a tensor of shape {list(x.shape)}")
            found.append(x.shape[d.at])

    _map(look, tree, dims)
    return found
