"""Orthogonal polynomials of `special`, by their recurrences (NIST Digital Library of Mathematical Functions, table 18.9.1). Depends on
`_core`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._results import into

Next = Callable[[Any, int, Any, Any], Any]


def _polynomial(name: str, what: str, first: Callable[[Any], Any], after: Next, example: str) -> Callable[..., Tensor]:
    """A function of a place and a degree; `after(x, k, p, before)` is of degree k + 1."""

    def function(input: Any, n: Any, *, out: Tensor | None = None) -> Tensor:
        if not isinstance(input, Tensor) and not isinstance(n, Tensor):
            raise TypeError(
                f"{name}(): got {type(input).__name__} and {type(n).__name__}, wanted a Tensor among them; try tensor()"
            )
        kind = _core.result_type(input, n)
        kind = kind if kind.is_floating_point else _core.get_default_dtype()
        x = input.to(kind) if isinstance(input, Tensor) else _core._full([], float(input), kind, False)
        if not isinstance(n, Tensor):
            return into(name, out, _of_degree(x, int(n), first, after))
        return into(name, out, _of_degrees(x, n.detach(), first, after))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"""{what} of degree `n` at each element; 0 for a negative degree. Degrees are whole numbers, or a tensor
    that broadcasts with the input, without its fractions.

    >>> import wengert
    >>> {name}(wengert.tensor([0.5, 1.0]), 2)
    {example}
    """
    return function


def _of_degree(x: Tensor, n: int, first: Callable[[Any], Any], after: Next) -> Tensor:
    if n < 0:
        return _core._zeros_like(x)
    p, before = _core._zeros_like(x) + 1, _core._zeros_like(x)
    for k in range(n):
        p, before = first(x) if k == 0 else after(x, k, p, before), p
    return p


def _of_degrees(x: Tensor, n: Tensor, first: Callable[[Any], Any], after: Next) -> Tensor:
    """One recurrence for all, out of which each takes its degree."""
    from wengert._linalg.matrices import plain

    wanted = n.trunc() if n.is_floating_point() else n
    known = plain(wanted)
    largest = int(known.max(initial=-1, where=known == known)) if known.size else -1
    x, wanted = _core.broadcast_tensors(x, wanted)
    p, before = _core._zeros_like(x) + 1, _core._zeros_like(x)
    found = _core.where(wanted == 0, p, 0.0)
    for k in range(largest):
        p, before = first(x) if k == 0 else after(x, k, p, before), p
        found = _core.where(wanted == k + 1, p, found)
    return found


def _twice(x: Any, k: int, p: Any, before: Any) -> Any:
    return 2 * x * p - before


def _shifted(x: Any, k: int, p: Any, before: Any) -> Any:
    return (4 * x - 2) * p - before


def _chebyshev(letter: str, which: str, first: Callable[[Any], Any], values: str, shifted: str) -> tuple[Any, Any]:
    name = f"chebyshev_polynomial_{letter}"
    what = f"Chebyshev polynomial {letter.upper()} of the {which} kind"
    return (
        _polynomial(name, what, first, _twice, values),
        _polynomial(f"shifted_{name}", f"{what} at 2 x - 1,", lambda x: first(2 * x - 1), _shifted, shifted),
    )


chebyshev_polynomial_t, shifted_chebyshev_polynomial_t = _chebyshev(
    "t", "first", lambda x: x, "tensor([-0.5000,  1.0000])", "tensor([-1.,  1.])"
)
chebyshev_polynomial_u, shifted_chebyshev_polynomial_u = _chebyshev(
    "u", "second", lambda x: 2 * x, "tensor([0., 3.])", "tensor([-1.,  3.])"
)
chebyshev_polynomial_v, shifted_chebyshev_polynomial_v = _chebyshev(
    "v", "third", lambda x: 2 * x - 1, "tensor([-1.,  1.])", "tensor([-1.,  1.])"
)
chebyshev_polynomial_w, shifted_chebyshev_polynomial_w = _chebyshev(
    "w", "fourth", lambda x: 2 * x + 1, "tensor([1., 5.])", "tensor([-1.,  5.])"
)
hermite_polynomial_h = _polynomial(
    "hermite_polynomial_h",
    "Physicist's Hermite polynomial",
    lambda x: 2 * x,
    lambda x, k, p, before: 2 * (x * p - k * before),
    "tensor([-1.,  2.])",
)
hermite_polynomial_he = _polynomial(
    "hermite_polynomial_he",
    "Probabilist's Hermite polynomial",
    lambda x: x,
    lambda x, k, p, before: x * p - k * before,
    "tensor([-0.7500,  0.0000])",
)
laguerre_polynomial_l = _polynomial(
    "laguerre_polynomial_l",
    "Laguerre polynomial",
    lambda x: 1 - x,
    lambda x, k, p, before: ((2 * k + 1 - x) * p - k * before) / (k + 1),
    "tensor([ 0.1250, -0.5000])",
)
legendre_polynomial_p = _polynomial(
    "legendre_polynomial_p",
    "Legendre polynomial",
    lambda x: x,
    lambda x, k, p, before: ((2 * k + 1) * x * p - k * before) / (k + 1),
    "tensor([-0.1250,  1.0000])",
)

__all__ = [
    "chebyshev_polynomial_t", "chebyshev_polynomial_u", "chebyshev_polynomial_v", "chebyshev_polynomial_w", "hermite_polynomial_h",
    "hermite_polynomial_he", "laguerre_polynomial_l", "legendre_polynomial_p", "shifted_chebyshev_polynomial_t",
    "shifted_chebyshev_polynomial_u", "shifted_chebyshev_polynomial_v", "shifted_chebyshev_polynomial_w",
]  # fmt: skip
