"""Forward mode as a transform: jvp. Depends on `tree` and `_core`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._transforms.tree import as_input, flatten, map_tree, output_leaves, split_aux


def jvp(
    func: Callable[..., Any],
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    *,
    strict: bool = False,
    has_aux: bool = False,
) -> Any:
    """Value of `func(*primals)` and its directional derivative along `tangents`, by forward mode.

    Primals and tangents are tuples of trees of tensors, floats and NumPy arrays; with `has_aux` the auxiliary output comes
    third. An output that does not depend on the primals has zeros for tangent, or is a RuntimeError if `strict`. What `func`
    writes into a primal is written into the caller's tensor. Raises RuntimeError where tangents have another form or other
    shapes than the primals, or the output is not made of tensors.

    >>> import wengert
    >>> jvp(lambda x: x * x, (wengert.tensor(3.0),), (wengert.tensor(1.0),))
    (tensor(9.), tensor(6.))
    """
    who = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise RuntimeError(
            f"{who}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals). Got {type(primals)}"
        )
    points, spec = flatten(primals)
    directions = spec.match(tangents)
    if directions is None:
        raise RuntimeError(
            f"{who}: Expected primals and tangents to have the same python structure. For example, if primals is a tuple of"
            f" 3 tensors, tangents also must be. Got primals with structure {spec} and tangents with structure"
            f" {flatten(tangents)[1]}"
        )
    if not points:
        raise RuntimeError(f"{who}: Expected primals to contain at least one Tensor.")
    given = {"primals": points, "tangents": directions}
    points, directions = [as_input(x) for x in points], [as_input(x) for x in directions]
    for what, leaves in (("primals", points), ("tangents", directions)):
        for x in leaves:
            if not isinstance(x, Tensor):
                raise RuntimeError(f"{who}: Expected {what} to only contain Tensors, got {type(x)}")
    level = _core._enter_level()
    try:
        try:
            duals = [_core._make_dual(p, t, level) for p, t in zip(points, directions, strict=True)]
        except RuntimeError:
            _not_of_numbers(given, points, directions, who)
            raise
        out, aux = split_aux(func(*spec.build(duals)), has_aux, who)
        outs, form = output_leaves(out, who)
        for point, dual in zip(points, duals, strict=True):
            if dual.data_ptr() != point.data_ptr():
                # The function wrote into its argument, which is the caller's tensor.
                point.copy_(_parts(dual, level)[0])
        given_back = {id(d): (p, t) for d, p, t in zip(duals, points, directions, strict=True)}
        pairs = [_parts(y, level, *given_back.get(id(y), ())) for y in outs]
        if strict and any(t is None for _, t in pairs):
            raise RuntimeError(
                "jvp(f, primals, tangents, strict=True): The output of f is independent of the inputs. This is not allowed"
                " with strict=True."
            )
        value = form.build([p for p, _ in pairs])
        tangent = form.build([_core._zeros_like(p) if t is None else t for p, t in pairs])
        if not has_aux:
            return value, tangent
        plain = map_tree(lambda y: _parts(y, level, *given_back.get(id(y), ()))[0] if isinstance(y, Tensor) else y, aux)
        return value, tangent, plain
    finally:
        _core._leave_level(level)


def _not_of_numbers(given: dict[str, list[Any]], points: list[Tensor], directions: list[Tensor], who: str) -> None:
    """Says of numbers and arrays among tensors of other shapes that tensors are expected."""
    for what, leaves in given.items():
        for x, p, t in zip(leaves, points, directions, strict=True):
            if p.shape != t.shape and not isinstance(x, Tensor):
                raise RuntimeError(
                    f"{who}: Expected {what} to only contain Tensors, or numbers and arrays of the same shape; got {type(x)}"
                    f" where primal and tangent have the shapes {p.shape} and {t.shape}"
                )


def _parts(
    y: Tensor, level: int, point: Tensor | None = None, direction: Tensor | None = None
) -> tuple[Tensor, Tensor | None]:
    """Value and tangent of a result. Of a result that is an input they are views of what the caller gave, and what is no dual
    is itself the value: a second handle to the memory of a tensor would not see writes through the first."""
    primal, tangent = _core._unpack_dual(y, level)
    if point is not None and direction is not None:
        if tangent is not None and tangent.data_ptr() == direction.data_ptr():
            tangent = direction.view(direction.shape)
        return point.view(point.shape), tangent
    return (y if tangent is None and not y._is_lifted() else primal), tangent
