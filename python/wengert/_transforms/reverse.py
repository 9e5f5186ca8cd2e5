"""Reverse mode as transforms: grad, vjp, linearize. Depends on `tree` and `_core`.

Inputs are tracked: a fresh alias of each, so that a derivative with respect to it sees this differentiation only.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._transforms.tree import (
    Spec,
    as_input,
    flatten,
    float_leaves,
    map_tree,
    named_like,
    output_leaves,
    positions,
    split_aux,
)


class _Here(threading.local):
    """How many functions this thread is in that are differentiated by a transform."""

    depth: int = 0


HERE = _Here()


class Traced:
    """One run of a function whose inputs were tracked."""

    def __init__(self, func: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], at: tuple[int, ...]):
        self.outer = _core.is_grad_enabled()
        self.specs: list[Spec] = []
        self.inputs: list[Tensor] = []
        given = list(args)
        for p in at:
            leaves, spec = flatten(args[p])
            tracked = [tracked_input(x) for x in leaves]
            self.specs.append(spec)
            self.inputs += tracked
            given[p] = spec.build(tracked)
        _core._set_grad_enabled(True)
        HERE.depth += 1
        try:
            self.out = func(*given, **kwargs)
        finally:
            HERE.depth -= 1
            _core._set_grad_enabled(self.outer)

    def value(self, y: Tensor) -> Tensor:
        """An output as it is outside: without history where nothing is recorded there."""
        found = _core._untrack(y, self.inputs)
        if self.outer and found.requires_grad == y.requires_grad and not y._is_lifted():
            # The very tensor, which may be the caller's: another handle to its memory would not see writes through this one.
            return y
        if self.outer or not found.requires_grad:
            return found
        # Tangents of a transform further out stay.
        return found.clone() if found._is_lifted() else found.detach()

    def aux(self, aux: Any) -> Any:
        """Auxiliary output as it is outside."""
        return map_tree(lambda x: self.value(x) if isinstance(x, Tensor) else x, aux)

    def pull(self, outs: list[Tensor], cotangents: list[Any], retain: bool, create: bool | None) -> list[Tensor]:
        """Gradients of the inputs; zeros where none of the outputs depends on one."""
        on = [i for i, y in enumerate(outs) if y.requires_grad]
        if on:
            found = _core._grad([outs[i] for i in on], self.inputs, [cotangents[i] for i in on], retain, create)
        else:
            found = (None,) * len(self.inputs)
        return [_core._zeros_like(x) if g is None else g for g, x in zip(found, self.inputs, strict=True)]

    def arrange(self, grads: list[Any]) -> tuple[Any, ...]:
        """Gradients in the form of the differentiated arguments."""
        each = iter(grads)
        return tuple(spec.build(each) for spec in self.specs)


def tracked_input(x: Any) -> Tensor:
    """A fresh alias of an input."""
    x = as_input(x)
    if not isinstance(x, Tensor):
        raise ValueError(
            f"Thing passed to transform API must be Tensor, got {type(x)}; a float or a NumPy array will do as well"
        )
    if not x.is_floating_point():
        raise RuntimeError(
            f"only Tensors of floating point dtype can require gradients; got {x.dtype}; try to(float32)"
        )
    return _core._track(x)


def _both(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """What `grad_and_value` returns, without the name of `func`."""

    def transformed(*args: Any, **kwargs: Any) -> Any:
        who = "grad_and_value(f)(*args)"
        run = Traced(func, args, kwargs, positions(argnums, len(args)))
        out, aux = split_aux(run.out, has_aux, who)
        if not isinstance(out, Tensor):
            raise RuntimeError(f"{who}: Expected f(*args) to return a Tensor, got {type(out)}")
        if out.dim() != 0:
            raise RuntimeError(
                f"{who}: Expected f(*args) to return a scalar Tensor, got tensor with {out.dim()} dims."
                " Maybe you wanted to use the vjp or jacrev APIs instead?"
            )
        grads = run.arrange(run.pull([out], [None], False, None if run.outer else False))
        result = grads[0] if isinstance(argnums, int) else grads
        value = run.value(out)
        return (result, (value, run.aux(aux))) if has_aux else (result, value)

    return transformed


def grad_and_value(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """Function that returns the gradient of a scalar function, and its value (with auxiliary output if `has_aux`).

    Arguments to differentiate may be trees of tensors, floats (of the default dtype) and NumPy arrays; a gradient has the
    form of its argument. Raises RuntimeError where the function's result is no 0-d tensor, or `argnums` names no argument;
    ValueError where an argument to differentiate is neither tensor nor float nor array.

    >>> import wengert
    >>> grad_and_value(lambda x: (x * x).sum())(wengert.ones(2))
    (tensor([2., 2.]), tensor(2.))
    """

    return named_like(_both(func, argnums, has_aux), func)


def grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False) -> Callable[..., Any]:
    """Function that returns the gradient of a scalar function with respect to the arguments at `argnums`.

    Arguments to differentiate may be trees of tensors, floats (of the default dtype) and NumPy arrays. With `has_aux` the
    function returns (output, aux), and the gradient comes as (gradient, aux). Raises RuntimeError where the function's
    result is no 0-d tensor.

    >>> import wengert
    >>> grad(grad(lambda x: x**3))(wengert.tensor(2.0))
    tensor(12.)
    >>> grad(lambda x: (x**2).sum())(np.array([1.0, 2.0]))
    tensor([2., 4.], dtype=torch.float64)
    """
    both = _both(func, argnums, has_aux)

    def transformed(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return (gradient, value[1]) if has_aux else gradient

    return named_like(transformed, func)


def value_and_grad(
    func: Callable[..., Any], argnums: int | tuple[int, ...] = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """`grad_and_value` the other way round: the value (with auxiliary output if `has_aux`) comes first.

    >>> import wengert
    >>> value_and_grad(lambda x: x * x)(wengert.tensor(3.0))
    (tensor(9.), tensor(6.))
    """
    both = _both(func, argnums, has_aux)

    def transformed(*args: Any, **kwargs: Any) -> Any:
        gradient, value = both(*args, **kwargs)
        return value, gradient

    return named_like(transformed, func)


def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> Any:
    """Value of `func(*primals)`, and the function from cotangents to gradients; with `has_aux` the auxiliary output third.

    Cotangents have the form and shapes of the output. Gradients come as a tuple of as many as there are primals; zeros where
    the output does not depend on one. Raises RuntimeError where the output is not made of floating-point tensors, or cotangents
    have another form or other shapes, TypeError for cotangents that are no tensors.

    >>> import wengert
    >>> value, pull = vjp(lambda x: x.sin(), wengert.zeros(2))
    >>> pull(wengert.tensor([1.0, 2.0]))
    (tensor([1., 2.]),)
    """
    who = "vjp(f, *primals)"
    run = Traced(func, primals, {}, tuple(range(len(primals))))
    out, aux = split_aux(run.out, has_aux, who)
    outs, spec = float_leaves(out, who)

    def vjp_fn(cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        given = spec.match(cotangents)
        if given is None:
            raise RuntimeError(
                "Expected pytree structure of cotangents to be the same as pytree structure of outputs to the function. "
                f"cotangents: {flatten(cotangents)[1]}, primal output: {spec}"
            )
        given = [as_input(c) for c in given]
        for i, (c, y) in enumerate(zip(given, outs, strict=True)):
            if not isinstance(c, Tensor):
                raise TypeError(f"vjp: expected cotangents to be tensors, got {type(c)} for output {i}")
            if c.shape != y.shape:
                raise RuntimeError(
                    f"Mismatch in shape: grad_output[{i}] has a shape of {c.shape} and output[{i}] has a shape of {y.shape}."
                )
        create = create_graph
        if create is None and not _core.is_grad_enabled():
            create = False
        return run.arrange(run.pull(outs, given, retain_graph, create))

    value = spec.build([run.value(y) for y in outs])
    return (value, vjp_fn, run.aux(aux)) if has_aux else (value, vjp_fn)


def linearize(func: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[..., Any]]:
    """Value of `func(*primals)`, and the function from tangents to the directional derivative there.

    `func` runs once, so that many derivatives at one point cost less than as many calls of `jvp`: what is kept is the
    transpose of the reverse pass (Radul et al. 2022), and a custom Function must be twice differentiable. Raises
    RuntimeError where tangents have another form or other shapes than the primals.

    >>> import wengert
    >>> value, push = linearize(lambda x: x * x, wengert.tensor([1.0, 2.0]))
    >>> push(wengert.tensor([1.0, 1.0]))
    tensor([2., 4.])
    """
    who = "linearize(f, *primals)"
    run = Traced(func, primals, {}, tuple(range(len(primals))))
    outs, spec = output_leaves(run.out, who)
    on = [i for i, y in enumerate(outs) if y.requires_grad]
    # The gradients are linear in cotangents; their derivative by these is the transposed of the transposed map.
    starts = [_core._track(_core._zeros_like(outs[i])) for i in on]
    grads: tuple[Any, ...] = ()
    if on:
        grads = _core._grad([outs[i] for i in on], run.inputs, starts, True, True)
    used = [i for i, g in enumerate(grads) if g is not None and g.requires_grad]
    form = flatten(primals)[1]

    def jvp_fn(*tangents: Any) -> Any:
        given = form.match(tangents)
        if given is None:
            raise RuntimeError(
                f"Expected the tangents {flatten(tangents)[1]} to have the same argspec as the primals {form}"
            )
        given = [as_input(t) for t in given]
        for i, (t, x) in enumerate(zip(given, run.inputs, strict=True)):
            if not isinstance(t, Tensor) or t.shape != x.shape:
                got = t.shape if isinstance(t, Tensor) else type(t)
                raise RuntimeError(
                    f"tangent:{i} with shape {got} in flattened pytree doesn't match the shape {x.shape} of the"
                    " corresponding primal."
                )
            if t.dtype != x.dtype:
                raise RuntimeError(
                    f"tangent:{i} with dtype {t.dtype} in flattened pytree doesn't match the dtype {x.dtype} of the"
                    f" corresponding primal; try to({x.dtype})."
                )
        found: tuple[Any, ...] = (None,) * len(starts)
        if used:
            create = None if _core.is_grad_enabled() else False
            found = _core._grad([grads[i] for i in used], starts, [given[i] for i in used], True, create)
        moving = {
            i: None if g is None else _core._untrack(g, [*run.inputs, *starts]) for i, g in zip(on, found, strict=True)
        }
        zero = {i: _core._zeros_like(y) for i, y in enumerate(outs) if moving.get(i) is None}
        return spec.build([zero[i] if i in zero else moving[i] for i in range(len(outs))])

    return spec.build([run.value(y) for y in outs]), jvp_fn
