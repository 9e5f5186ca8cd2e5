"""Derivatives of a function at a point: jacobian, hessian, vjp, jvp, vhp, hvp. Names are torch.autograd.functional's.

Depends on `autograd.grad` and, where asked to vectorise, on `func`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._transforms.reverse import HERE
from wengert.autograd import enable_grad, grad

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]


def _as_tuple(x: Any, what: str, who: str) -> tuple[bool, tuple[Any, ...]]:
    """Whether a tuple was given, and the tensors in it."""
    is_tuple = isinstance(x, tuple)
    many = x if is_tuple else (x,)
    for i, t in enumerate(many):
        if not isinstance(t, Tensor):
            where = f" at index {i}" if is_tuple else ""
            kind = "values" if is_tuple else ""
            raise TypeError(
                f"The {what} given to {who} must be either a Tensor or a tuple of Tensors but the {kind + ' of the ' if kind else 'given '}"
                f"{what}{where} has type {type(t)}."
            )
    return is_tuple, many


def _inputs(inputs: Any, create_graph: bool, who: str) -> tuple[bool, tuple[Tensor, ...]]:
    """Aliases of the inputs to differentiate by; with `create_graph` connected to the inputs' own history."""
    is_tuple, many = _as_tuple(inputs, "inputs", who)
    _not_constant(create_graph, who)

    def prepared(x: Tensor) -> Tensor:
        # A view that is no view to in-place operations: writes inside the function are to leave the caller's alone.
        return x.clone() if create_graph and x.requires_grad else x.detach().clone().requires_grad_()

    return is_tuple, tuple(prepared(x) for x in many)


def _not_constant(create_graph: bool, who: str) -> None:
    """Refuses what would be without derivative, without saying so, where a transform is to have it."""
    if HERE.depth and not create_graph:
        raise RuntimeError(
            "You are attempting to call Tensor.requires_grad_() (or perhaps using torch.autograd.functional.* APIs) inside of a"
            f" function being transformed by a function transform. autograd.functional.{who} without create_graph=True gives"
            " constants there; try the transforms of func (grad, vjp, jvp, jacrev, jacfwd, hessian) or create_graph=True."
        )


def _outputs(out: Any, strict: bool, who: str) -> tuple[bool, tuple[Tensor, ...]]:
    is_tuple, outs = _as_tuple(out, "outputs of the user-provided function", who)
    if strict:
        for i, y in enumerate(outs):
            if not y.requires_grad:
                raise RuntimeError(
                    f"Output {i} of the user-provided function does not require gradients. The outputs must be computed in a"
                    " differentiable manner from the input when running in strict mode."
                )
    return is_tuple, outs


def _vector(v: Any, like: tuple[Tensor, ...], is_tuple: bool, missing: str, who: str) -> tuple[Tensor, ...]:
    """A vector argument with the form and sizes of `like`; 1 where there is but one element."""
    if v is None:
        if len(like) != 1 or like[0].numel() != 1:
            raise RuntimeError(missing)
        return (_core._full(list(like[0].shape), 1, like[0].dtype, False),)
    _, given = _as_tuple(v, "v", who)
    given = tuple(x.detach() if not _core.is_grad_enabled() else x for x in given)
    if len(given) != len(like):
        if is_tuple:
            raise RuntimeError(f"v is a tuple of invalid length: should be {len(like)} but got {len(given)}.")
        raise RuntimeError("The given v should contain a single Tensor.")
    for i, (x, y) in enumerate(zip(given, like, strict=True)):
        if x.shape != y.shape:
            prefix = f"Entry {i} in " if is_tuple else ""
            raise RuntimeError(f"{prefix}v has invalid size: should be {y.shape} but got {x.shape}.")
    return given


_NO_OUTPUT = (
    "The vector v can only be None if the user-provided function returns a single Tensor with a single element."
)
_NO_INPUT = (
    "The vector v can only be None if the input to the user-provided function is a single Tensor with a single element."
)


def _pull(
    outs: tuple[Tensor, ...], ins: tuple[Any, ...], cotangents: tuple[Any, ...] | None, create_graph: bool
) -> tuple[Any, ...]:
    """Gradients, None where there are none; the graph stays."""
    pairs = [(y, None if cotangents is None else cotangents[i]) for i, y in enumerate(outs) if y.requires_grad]
    if not pairs:
        return (None,) * len(ins)
    return grad(
        [y for y, _ in pairs],
        ins,
        [c for _, c in pairs],
        retain_graph=True,
        create_graph=create_graph,
        allow_unused=True,
    )


def _filled(
    grads: tuple[Any, ...], like: tuple[Tensor, ...], strict: bool, create_graph: bool, stage: str
) -> tuple[Tensor, ...]:
    """Zeros for what is missing, which `strict` refuses."""
    found = []
    for i, (g, x) in enumerate(zip(grads, like, strict=True)):
        if g is None:
            if strict:
                raise RuntimeError(_independent(stage, i))
            g = _core._zeros_like(x)
        elif strict and create_graph and not g.requires_grad:
            raise RuntimeError(_twice_independent(stage, i))
        found.append(g)
    return tuple(found)


def _independent(stage: str, i: int) -> str:
    return {
        "back": f"The output of the user-provided function is independent of input {i}. This is not allowed in strict mode.",
        "double_back": (
            f"The jacobian of the user-provided function is independent of input {i}. This is not allowed in strict mode."
        ),
        "hessian": (
            "While computing the hessian, found that the jacobian of the user-provided function with respect to input"
            f" {i} is independent of the input. This is not allowed in strict mode. You should ensure that your function is"
            " twice differentiable and that the jacobian depends on the inputs (this would be violated by a linear function"
            " for example)."
        ),
    }[stage]


def _twice_independent(stage: str, i: int) -> str:
    what = "hessian" if stage == "hessian" else "jacobian"
    return (
        f"The {what} of the user-provided function is independent of input {i}. This is not allowed in strict mode when"
        " create_graph=True."
    )


def _formed(is_tuple: bool, values: tuple[Any, ...], create_graph: bool) -> Any:
    if not create_graph:
        values = tuple(v.detach() for v in values)
    return values if is_tuple else values[0]


def vjp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Outputs of `func(*inputs)`, and the product of `v` with its Jacobian: one tensor for each input.

    `v` has the form of the outputs; None means 1 for one element. With `create_graph` both are differentiable. An input that
    the outputs do not depend on gives zeros, or is a RuntimeError if `strict`. Raises TypeError for what are no tensors,
    RuntimeError where `v` does not fit.

    >>> import wengert
    >>> vjp(lambda x: x * x, wengert.tensor([1.0, 2.0]), wengert.ones(2))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        is_tuple, ins = _inputs(inputs, create_graph, "vjp")
        out_tuple, outs = _outputs(func(*ins), strict, "vjp")
        vs = _vector(v, outs, out_tuple, _NO_OUTPUT, "vjp")
    grads = _filled(_pull(outs, ins, vs, create_graph), ins, strict, create_graph, "back")
    return _formed(out_tuple, outs, create_graph), _formed(is_tuple, grads, create_graph)


def jvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Outputs of `func(*inputs)`, and the product of its Jacobian with `v`: one tensor for each output.

    `v` has the form of the inputs; None means 1 for one element. It is computed as the derivative of a reverse pass by its
    cotangents; `func.jvp` is forward mode proper. Raises as `vjp` does.

    >>> import wengert
    >>> jvp(lambda x: x * x, wengert.tensor([1.0, 2.0]), wengert.ones(2))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    with enable_grad():
        _, ins = _inputs(inputs, create_graph, "jvp")
        vs = _vector(v, ins, isinstance(inputs, tuple), _NO_INPUT, "jvp")
        out_tuple, outs = _outputs(func(*ins), strict, "jvp")
        starts = tuple(_core._zeros_like(y).requires_grad_() for y in outs)
        grads = (
            _filled(_pull(outs, ins, starts, True), ins, strict, True, "back")
            if strict
            else _pull(outs, ins, starts, True)
        )
        pairs = [(g, u) for g, u in zip(grads, vs, strict=True) if g is not None and g.requires_grad]
        found: tuple[Any, ...] = (None,) * len(outs)
        if pairs:
            found = _pull(tuple(g for g, _ in pairs), starts, tuple(u for _, u in pairs), create_graph)
    tangents = _filled(found, outs, strict, create_graph, "double_back")
    return _formed(out_tuple, outs, create_graph), _formed(out_tuple, tangents, create_graph)


def _stacked(rows: list[Tensor], y: Tensor, x: Tensor) -> Tensor:
    if not rows:
        return _core._full([*y.shape, *x.shape], 0, x.dtype, False)
    return _core.stack(rows).reshape(*y.shape, *x.shape)


def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """Jacobian of `func` at `inputs`: for an output of shape S and an input of shape T a tensor of shape S + T.

    Tuples of inputs give a tuple over inputs, tuples of outputs a tuple of these over outputs. `vectorize` computes the rows
    together, as `func.jacrev` does; `strategy="forward-mode"` wants it and is `func.jacfwd`. With `create_graph` the result
    is differentiable; with `strict` an output that is independent of an input is a RuntimeError.

    >>> import wengert
    >>> jacobian(lambda x: x * x, wengert.tensor([1.0, 2.0]))
    tensor([[2., 0.],
            [0., 4.]])
    """
    if strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError(
            'Expected strategy to be either "forward-mode" or "reverse-mode". Hint: If your function has more outputs than'
            ' inputs, "forward-mode" tends to be more performant. Otherwise, prefer to use "reverse-mode".'
        )
    if strategy == "forward-mode":
        if create_graph:
            raise NotImplementedError(
                'torch.autograd.functional.jacobian: `create_graph=True` and `strategy="forward-mode"` are not supported'
                ' together (yet). Please either set `create_graph=False` or `strategy="reverse-mode"`.'
            )
        if not vectorize:
            raise NotImplementedError(
                "Computing Jacobian using forward-AD or forward-over-reverse Hessian is only implemented for"
                " `vectorize=True`."
            )
    if strict and vectorize:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported together. Please either"
            " set `strict=False` or `vectorize=False`."
        )
    if vectorize:
        return _jacobian_of_maps(func, inputs, create_graph, strategy)
    with enable_grad():
        is_tuple, ins = _inputs(inputs, create_graph, "jacobian")
        out_tuple, outs = _outputs(func(*ins), strict, "jacobian")
        table = []
        for i, y in enumerate(outs):
            if not strict and (rows := _rows_together(y, ins, create_graph)) is not None:
                table.append(rows)
                continue
            columns: list[list[Tensor]] = [[] for _ in ins]
            for entry in y.reshape(-1).unbind() if y.requires_grad else ():
                for j, (g, x) in enumerate(zip(_pull((entry,), ins, None, create_graph), ins, strict=True)):
                    if g is None:
                        if strict:
                            raise RuntimeError(
                                f"Output {i} of the user-provided function is independent of input {j}. This is not allowed in"
                                " strict mode."
                            )
                        g = _core._zeros_like(x)
                    elif strict and create_graph and not g.requires_grad:
                        raise RuntimeError(
                            f"The jacobian of the user-provided function is independent of input {j}. This is not allowed in"
                            " strict mode when create_graph=True."
                        )
                    columns[j].append(g)
            table.append(tuple(_stacked(c, y, x) for c, x in zip(columns, ins, strict=True)))
    return _table(table, out_tuple, is_tuple, create_graph)


# Numbers that the sweeps of several rows may fill at a time, in an input and the output.
_AT_A_TIME = 1 << 20


def _rows_together(y: Tensor, ins: tuple[Tensor, ...], create_graph: bool) -> tuple[Tensor, ...] | None:
    """The rows of the Jacobian by batches of cotangents; None where a sweep runs code that expects single ones."""
    n = y.numel()
    if n < 2 or not y.requires_grad or HERE.depth or _core._calls_back(y):
        return None
    chunk = max(1, _AT_A_TIME // max(n, *(x.numel() for x in ins)))
    parts = []
    for start in range(0, n, chunk):
        size = min(chunk, n - start)
        units = _core._zeros_like(y).new_zeros((size, n))
        units.diagonal(start).fill_(1)
        together = grad(
            y,
            ins,
            units.reshape(size, *y.shape),
            retain_graph=True,
            create_graph=create_graph,
            allow_unused=True,
            is_grads_batched=True,
        )
        parts.append(
            [_core._full([size, *x.shape], 0, x.dtype, False) if g is None else g for g, x in zip(together, ins)]
        )
    # Memory of its own for each entry: a Jacobian may be written.
    rows = [column[0].contiguous() if len(column) == 1 else _core.cat(column) for column in zip(*parts)]
    return tuple(row.reshape(*y.shape, *x.shape) for row, x in zip(rows, ins))


def _table(table: list[tuple[Any, ...]], out_tuple: bool, is_tuple: bool, create_graph: bool) -> Any:
    formed = tuple(_formed(is_tuple, row, create_graph) for row in table)
    return formed if out_tuple else formed[0]


def _jacobian_of_maps(func: Callable[..., Any], inputs: Any, create_graph: bool, strategy: str) -> Any:
    from wengert.func import jacfwd, jacrev

    is_tuple, ins = _as_tuple(inputs, "inputs", "jacobian")
    _not_constant(create_graph, "jacobian")
    if not create_graph:
        ins = tuple(x.detach() for x in ins)
    seen: list[bool] = []

    def checked(*args: Tensor) -> Any:
        out_tuple, outs = _outputs(func(*args), False, "jacobian")
        seen.append(out_tuple)
        return outs

    transform = jacrev if strategy == "reverse-mode" else jacfwd
    with enable_grad():
        table = transform(checked, tuple(range(len(ins))))(*ins)
    return _table(list(table), seen[0], is_tuple, create_graph)


def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """Hessian of a scalar function at `inputs`: a tensor of shape T + T, or for tuples of inputs a tuple of tuples.

    The Jacobian of the gradient; `vectorize` and `outer_jacobian_strategy` are those of `jacobian`. Raises RuntimeError where
    the function returns more than one element, and where `strict` finds an input without influence.

    >>> import wengert
    >>> hessian(lambda x: (x**3).sum(), wengert.tensor([1.0, 2.0]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    is_tuple, ins = _as_tuple(inputs, "inputs", "hessian")
    if outer_jacobian_strategy not in ("forward-mode", "reverse-mode"):
        raise AssertionError('Expected strategy to be either "forward-mode" or "reverse-mode".')

    def checked(*args: Tensor) -> Tensor:
        out_tuple, outs = _outputs(func(*args), strict, "hessian")
        _single(out_tuple, outs, "hessian")
        return outs[0].reshape(())

    if outer_jacobian_strategy == "forward-mode":
        if create_graph or not vectorize:
            # The same refusals as for a Jacobian.
            return jacobian(checked, inputs, create_graph, strict, vectorize, outer_jacobian_strategy)
        from wengert.func import grad as gradient

        table = jacobian(gradient(checked, tuple(range(len(ins)))), ins, False, strict, True, outer_jacobian_strategy)
        return table if is_tuple else table[0][0]

    def gradients(*args: Tensor) -> tuple[Tensor, ...]:
        y = checked(*args)
        found = _filled(_pull((y,), args, None, True), args, False, False, "back")
        for i, g in enumerate(found):
            if strict and not g.requires_grad:
                raise RuntimeError(_independent("hessian", i))
        return found

    table = jacobian(gradients, ins, create_graph, strict, vectorize, "reverse-mode")
    return table if is_tuple else table[0][0]


def _single(out_tuple: bool, outs: tuple[Tensor, ...], who: str) -> None:
    if out_tuple:
        raise RuntimeError(f"The function given to {who} should return a single Tensor")
    if outs[0].numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {who} should contain a single element")


def vhp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Output of a scalar function at `inputs`, and the product of `v` with its Hessian: a reverse pass over the reverse pass.

    `v` has the form of the inputs; None means 1 for one element. Raises as `hvp` does, of which it is the cheaper form.

    >>> import wengert
    >>> vhp(lambda x: (x**3).sum(), wengert.tensor([1.0, 2.0]), wengert.ones(2))
    (tensor(9.), tensor([ 6., 12.]))
    """
    return _second(func, inputs, v, create_graph, strict, "vhp")


def hvp(
    func: Callable[..., Any], inputs: Any, v: Any = None, create_graph: bool = False, strict: bool = False
) -> tuple[Any, Any]:
    """Output of a scalar function at `inputs`, and the product of its Hessian with `v`.

    `v` has the form of the inputs; None means 1 for one element. Hessians are symmetric where second derivatives are
    continuous, and it is computed as a derivative of the reverse pass by its direction, so that it is right elsewhere too.
    Raises TypeError for what are no tensors, RuntimeError where the function returns more than one element or `v` does not
    fit, and where `strict` finds an input without influence.

    >>> import wengert
    >>> hvp(lambda x: (x**3).sum(), wengert.tensor([1.0, 2.0]), wengert.ones(2))
    (tensor(9.), tensor([ 6., 12.]))
    """
    return _second(func, inputs, v, create_graph, strict, "hvp")


def _second(
    func: Callable[..., Any], inputs: Any, v: Any, create_graph: bool, strict: bool, who: str
) -> tuple[Any, Any]:
    with enable_grad():
        is_tuple, ins = _inputs(inputs, create_graph, who)
        vs = _vector(v, ins, is_tuple, _NO_INPUT, who)
        out_tuple, outs = _outputs(func(*ins), strict, who)
        _single(out_tuple, outs, who)
        first = _filled(_pull(outs, ins, None, True), ins, strict, False, "back")
        for i, g in enumerate(first):
            if strict and not g.requires_grad:
                raise RuntimeError(_independent("hessian", i))
        if who == "vhp":
            found = _pull(first, ins, vs, create_graph)
        else:
            starts = tuple(_core._zeros_like(g).requires_grad_() for g in first)
            turned = _pull(first, ins, starts, True)
            pairs = [(g, u) for g, u in zip(turned, vs, strict=True) if g is not None and g.requires_grad]
            found = (None,) * len(ins)
            if pairs:
                found = _pull(tuple(g for g, _ in pairs), starts, tuple(u for _, u in pairs), create_graph)
    products = _filled(found, ins, strict, create_graph, "hessian")
    return _formed(False, outs, create_graph), _formed(is_tuple, products, create_graph)
