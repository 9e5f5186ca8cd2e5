"""Jacobians and Hessians over vjp and jvp. Depends on `reverse`, `forward`, `maps` and `_core`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._transforms.forward import jvp
from wengert._transforms.maps import vmap
from wengert._transforms.reverse import Traced, grad_and_value
from wengert._transforms.tree import as_input, flatten, float_leaves, named_like, positions, split_aux


def jacrev(
    func: Callable[..., Any],
    argnums: int | tuple[int, ...] = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """Function that returns the Jacobian of `func` with respect to the arguments at `argnums`, by reverse mode.

    The Jacobian of an output of shape S by an input of shape T has the shape S + T; trees of outputs give trees of trees of
    inputs. With `has_aux` it comes as (Jacobian, aux). `chunk_size` is how many rows are computed at a time.

    Raises RuntimeError where `func` does not return floating-point tensors; ValueError for a chunk size below 1.

    >>> import wengert
    >>> jacrev(lambda x: x * x)(wengert.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    with_value = _with_value(func, argnums, has_aux, chunk_size, "jacrev")

    def transformed(*args: Any, **kwargs: Any) -> Any:
        value, jacobian = with_value(*args, **kwargs)
        return (jacobian, value[1]) if has_aux else jacobian

    return named_like(transformed, func)


def value_and_jacobian(
    func: Callable[..., Any],
    argnums: int | tuple[int, ...] = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """Function that returns the value of `func` (with auxiliary output if `has_aux`) and its Jacobian as `jacrev` gives it,
    from one forward pass.

    >>> import wengert
    >>> value_and_jacobian(lambda x: x * x)(wengert.tensor([1.0, 2.0]))
    (tensor([1., 4.]), tensor([[2., 0.],
            [0., 4.]]))
    """
    return named_like(_with_value(func, argnums, has_aux, chunk_size, "value_and_jacobian"), func)


def _with_value(
    func: Callable[..., Any], argnums: int | tuple[int, ...], has_aux: bool, chunk_size: int | None, caller: str
) -> Callable[..., Any]:
    if chunk_size is not None and not (isinstance(chunk_size, int) and chunk_size > 0):
        raise ValueError(f"{caller}: `chunk_size` should be greater than 0.")

    def transformed(*args: Any, **kwargs: Any) -> Any:
        who = "vjp(f, *primals)"
        run = Traced(func, args, kwargs, positions(argnums, len(args)))
        out, aux = split_aux(run.out, has_aux, who)
        outs, form = float_leaves(out, who)
        jacobians = []
        for y in outs:
            parts = run.arrange(rows(run, y, chunk_size))
            jacobians.append(parts[0] if isinstance(argnums, int) else parts)
        value = form.build([run.value(y) for y in outs])
        return (value, run.aux(aux)) if has_aux else value, form.build(jacobians)

    return transformed


def rows(run: Traced, y: Tensor, chunk_size: int | None) -> list[Tensor]:
    """Jacobians of one output by every input: a reverse pass with each unit vector, `chunk_size` of them at a time."""
    count, create = y.numel(), None if run.outer else False
    if not y.requires_grad or count == 0:
        return [_core._zeros_like(x).expand(*y.shape, *x.shape).clone() for x in run.inputs]
    step = count if chunk_size is None else min(chunk_size, count)
    if step == 1:
        # Without a map, whose restrictions do not hold then.
        each = [run.pull([y], [u.reshape(y.shape)], True, create) for u in _units(count, 0, count, y).unbind()]
        return [
            _core.stack(column).reshape(*y.shape, *x.shape)
            for column, x in zip(zip(*each, strict=True), run.inputs, strict=True)
        ]
    found: list[list[Tensor]] = [[] for _ in run.inputs]
    for start in range(0, count, step):
        size = min(step, count - start)
        level = _core._enter_level(size)
        try:
            basis = _units(count, start, size, y).reshape(size, *y.shape)
            grads = run.pull([y], [_core._make_batched(basis, 0, level)], True, create)
            for i, g in enumerate(grads):
                found[i].append(_core._unpack_batched(g, 0, size, level))
        finally:
            _core._leave_level(level)
    whole = [_core.cat(parts) if len(parts) > 1 else parts[0] for parts in found]
    return [w.reshape(*y.shape, *x.shape) for w, x in zip(whole, run.inputs, strict=True)]


def _units(count: int, start: int, size: int, like: Tensor) -> Tensor:
    """Rows `start` and following of the identity."""
    unit = _core._full([size, count], 0, like.dtype, False)
    unit.diagonal(start).fill_(1)
    return unit


def jacfwd(
    func: Callable[..., Any],
    argnums: int | tuple[int, ...] = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
) -> Callable[..., Any]:
    """Function that returns the Jacobian of `func` with respect to the arguments at `argnums`, by forward mode.

    Forms and shapes are those of `jacrev`; forward mode is the cheaper one where there are fewer inputs than outputs.
    `randomness` is what `vmap` does about random operations.

    >>> import wengert
    >>> jacfwd(lambda x: x * x)(wengert.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """

    def transformed(*args: Any, **kwargs: Any) -> Any:
        at = positions(argnums, len(args))
        primals, spec = flatten(tuple(args[p] for p in at))
        primals = [as_input(x) for x in primals]
        for x in primals:
            if not isinstance(x, Tensor):
                raise RuntimeError(f"jacfwd: Expected all inputs to be Tensors, got {type(x)}")
        if not primals:
            raise RuntimeError("jacfwd: Expected at least one input to differentiate, got an empty tree")
        sizes = [x.numel() for x in primals]
        total = sum(sizes)

        def along(*tangents: Any) -> Any:
            if randomness != "different" and total:
                # The map is over directions alone: what `func` computes is the same for all, and may be looked at.
                _core._mark_same()

            def partial(*leaves: Any) -> Any:
                given = list(args)
                for p, x in zip(at, spec.build(list(leaves)), strict=True):
                    given[p] = x
                return func(*given, **kwargs)

            if not has_aux:
                return jvp(partial, tuple(primals), tangents)[1]
            _, tangent, aux = jvp(partial, tuple(primals), tangents, has_aux=True)
            # Only tensors pass through the map.
            leaves, spec_of_aux = flatten(aux)
            last[:] = [spec_of_aux, leaves]
            return tangent, [x for x in leaves if isinstance(x, Tensor)]

        last: list[Any] = []

        def auxiliary(tensors: list[Tensor]) -> Any:
            each = iter(tensors)
            return last[0].build([next(each) if isinstance(x, Tensor) else x for x in last[1]])

        if total == 0:
            found = along(*(_core._zeros_like(x) for x in primals))
            flat, form = flatten(found[0] if has_aux else found)
            columns = [_core._zeros_like(t).reshape(*t.shape, 1).expand(*t.shape, 0).movedim(-1, 0) for t in flat]
            aux = auxiliary(found[1]) if has_aux else None
        else:
            found = vmap(along, randomness=randomness)(*_bases(primals, sizes))
            columns, form = flatten(found[0] if has_aux else found)
            aux = auxiliary([x[0] for x in found[1]]) if has_aux else None
        jacobians = []
        for column in columns:
            shape = list(column.shape[1:])
            parts = column.split(sizes, 0)
            each = [p.movedim(0, -1).reshape(*shape, *x.shape) for p, x in zip(parts, primals, strict=True)]
            by_argument = spec.build(each)
            jacobians.append(by_argument[0] if isinstance(argnums, int) else by_argument)
        result = form.build(jacobians)
        return (result, aux) if has_aux else result

    return named_like(transformed, func)


def _bases(primals: list[Tensor], sizes: list[int]) -> list[Tensor]:
    """For each input the part of all unit vectors that moves it."""
    total, start, found = sum(sizes), 0, []
    for x, n in zip(primals, sizes, strict=True):
        basis = _core._full([total, n], 0, x.dtype, False)
        basis.narrow(0, start, n).diagonal().fill_(1)
        found.append(basis.reshape(total, *x.shape))
        start += n
    return found


def hessian(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Function that returns the Hessian of `func` with respect to the arguments at `argnums`: reverse over reverse, so that
    `func` itself runs on plain values, once. `jacfwd(jacrev(func))` is forward over reverse.

    The Hessian of an output of shape S by inputs of shapes T and U has the shape S + T + U.

    >>> import wengert
    >>> hessian(lambda x: (x**3).sum())(wengert.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    return jacrev(jacrev(func, argnums), argnums)


def hvp(func: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> Any:
    """Value of a scalar function at `primals`, and the product of its Hessian there with `tangents`: forward over reverse.

    The product is a tuple of as many as there are primals, one alone as itself. Raises RuntimeError where the function's
    result is no 0-d tensor, or tangents have another form or other shapes than the primals.

    >>> import wengert
    >>> hvp(lambda x: (x**3).sum(), (wengert.tensor([1.0, 2.0]),), (wengert.tensor([1.0, 1.0]),))
    (tensor(9.), tensor([ 6., 12.]))
    """
    if not isinstance(primals, tuple):
        raise RuntimeError(f"hvp(f, primals, tangents): Expected primals to be a tuple, got {type(primals)}")
    both = grad_and_value(func, tuple(range(len(primals))))
    (_, value), (product, _) = jvp(both, primals, tangents)
    return value, product[0] if len(product) == 1 else product
