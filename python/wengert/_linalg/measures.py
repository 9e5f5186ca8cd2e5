"""Norms, condition numbers, ranks and small products: the functions of `wengert.linalg`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._linalg.factoring import eigvalsh, svdvals
from wengert._linalg.matrices import matrix, word
from wengert._linalg.solving import inv, inv_ex
from wengert._results import into

INF = float("inf")


def vector_norm(
    x: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None, out: Tensor | None = None
) -> Tensor:
    """Vector norm (sum |x|^ord)^(1/ord) over `dim`, all dimensions when None; the derivative at 0 is 0.

    Raises RuntimeError for infinite and negative orders of no elements.

    >>> import wengert
    >>> vector_norm(wengert.tensor([3.0, 4.0]))
    tensor(5.)
    """
    if isinstance(x, Tensor) and x.numel() == 0 and not isinstance(ord, str) and (ord < 0 or ord == INF):
        return into("vector_norm", out, _extreme_of_none(x, ord, dim, keepdim, dtype))
    return into("vector_norm", out, _core.norm(x, ord, dim, keepdim, dtype))


def _extreme_of_none(x: Tensor, ord: float, dim: Any, keepdim: bool, dtype: Any) -> Tensor:
    """Norms that no elements have; there may be none to find, where another dimension is empty."""
    dims = list(range(x.dim())) if dim is None else [dim] if isinstance(dim, int) else list(dim)
    dims = [expect.place(x, d) for d in dims] or list(range(x.dim()))
    if any(x.shape[d] == 0 for d in dims):
        whole = "" if dim is None else f" along dimensions {dims}"
        raise RuntimeError(
            f"linalg.vector_norm cannot compute the {ord} norm on an empty tensor{whole} because the operation does not have an"
            " identity; wanted at least one element"
        )
    return (x if dtype is None else x.to(dtype)).abs().amax(tuple(dims), keepdim)


def matrix_norm(
    A: Tensor,  # noqa: N803
    ord: Any = "fro",
    dim: Any = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """Norms of the matrices in two dimensions: 'fro', 'nuc' (sum of singular values), 2 and -2 (largest and smallest singular value),
    1 and -1 (largest and smallest column sum of absolute values), inf and -inf (row sum).

    Raises RuntimeError for another `ord`.

    >>> import wengert
    >>> matrix_norm(wengert.tensor([[1.0, -2.0], [3.0, 4.0]]), 1)
    tensor(6.)
    """
    name = "linalg.matrix_norm"
    matrix(name, A)
    dims = [dim] if isinstance(dim, int) else list(dim)
    if len(dims) != 2:
        raise RuntimeError(f"{name}: dim must be a 2-tuple. Got {dims}")
    rows, columns = (expect.place(A, d) for d in dims)
    if rows == columns:
        raise RuntimeError(f"{name}: dims must be different. Got ({dims[0]}, {dims[1]})")
    x = A if dtype is None else A.to(dtype)
    if ord == "fro" or (ord in (1, -1, INF, -INF) and not isinstance(ord, str)):
        if ord == "fro":
            return into("matrix_norm", out, _core.norm(x, 2, (rows, columns), keepdim))
        summed, left = (rows, columns) if abs(ord) == 1 else (columns, rows)
        sums = x.abs().sum(summed, True)
        found = _largest(sums, left) if ord > 0 else sums.amin(left, True)
    elif ord in ("nuc", 2, -2):
        s = svdvals(x.permute([d for d in range(x.dim()) if d not in (rows, columns)] + [rows, columns]))
        found = s.sum(-1, True) if ord == "nuc" else _largest(s, -1) if ord == 2 else s.amin(-1, True)
        found = found.squeeze(-1)
        for d in sorted((rows, columns)):
            found = found.unsqueeze(d)
    else:
        kind = f"'{ord}'" if isinstance(ord, str) else ord
        raise RuntimeError(f"{name}: Order {kind} not supported; wanted 'fro', 'nuc', inf, -inf, 1, -1, 2 or -2")
    return into("matrix_norm", out, found if keepdim else found.squeeze((rows, columns)))


def _largest(x: Tensor, dim: int) -> Tensor:
    """The largest along a dimension, which stays; 0 of none."""
    return x.amax(dim, True) if x.shape[dim] else x.sum(dim, True)


def norm(
    A: Tensor,  # noqa: N803
    ord: Any = None,
    dim: Any = None,
    keepdim: bool = False,
    *,
    dtype: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """A vector norm over one dimension, a matrix norm over two; over all elements the 2-norm.

    >>> import wengert
    >>> norm(wengert.ones(2, 2))
    tensor(2.)
    """
    expect.tensors("norm", A=A)
    if ord is not None and (dim is not None or not isinstance(ord, str)):
        count = A.dim() if dim is None else 1 if isinstance(dim, int) else len(dim)
        if count not in (1, 2):
            raise RuntimeError(
                f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.dim()}D."
                if dim is None
                else f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {dim}"
            )
        if count == 2 and not (dim is None and A.dim() == 1):
            return matrix_norm(A, ord, (0, 1) if dim is None else dim, keepdim, dtype=dtype, out=out)
        if isinstance(ord, str):
            raise RuntimeError(f"linalg.norm: Order '{ord}' is of matrices; got one dimension, wanted two")
    elif isinstance(ord, str):
        if A.dim() != 2:
            raise RuntimeError(f"linalg.norm: If ord is '{ord}' and dim is None, the input must be 2D. Got {A.dim()}D")
        return matrix_norm(A, ord, (0, 1), keepdim, dtype=dtype, out=out)
    return into("norm", out, _core.norm(A, 2 if ord is None else ord, dim, keepdim, dtype))


def cond(A: Tensor, p: Any = None, *, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """Condition numbers |A| |A^-1| in the norm `p` of `matrix_norm`: by singular values for None, 2 and -2; inf of singular matrices.

    >>> import wengert
    >>> cond(wengert.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor(2.)
    """
    if p is None or p in (2, -2):
        s = svdvals(matrix("linalg.cond", A))
        if s.shape[-1] == 0:
            return into("cond", out, s.sum(-1))
        found = s[..., 0] / s[..., -1] if p != -2 else s[..., -1] / s[..., 0]
        return into("cond", out, found)
    matrix("linalg.cond", A, square=True)
    if A.shape[-1] == 0:
        return into("cond", out, A.sum((-2, -1)))
    inverse, info = inv_ex(A)
    found = matrix_norm(A, p) * matrix_norm(_core.where((info != 0)[..., None, None], 0.0, inverse), p)
    return into("cond", out, _core.where(info != 0, _core._full([], INF, A.dtype, False), found))


def matrix_rank(A: Tensor, tol: Any = None, hermitian: bool = False, *, atol: Any = None, rtol: Any = None) -> Tensor:  # noqa: N803
    """Number of singular values above max(atol, rtol * largest); rtol is max(m, n) eps unless given. int64.

    >>> import wengert
    >>> matrix_rank(wengert.ones(2, 2))
    tensor(1)
    """
    matrix("linalg.matrix_rank", A, square=hermitian)
    x = A.detach()
    s = eigvalsh(x).abs() if hermitian else svdvals(x)
    if s.shape[-1] == 0:
        return _core._full(list(A.shape[:-2]), 0, _core.int64, False)
    low = _tolerance(A, atol if tol is None else tol, 0.0)
    eps = 2.0**-23 if A.dtype is _core.float32 else 2.0**-52
    usual = _core.where(low > 0, _core._full([], 0.0, A.dtype, False), max(A.shape[-2:]) * eps)
    relative = usual if rtol is None else _tolerance(A, rtol, 0.0)
    least = _core.maximum(low[..., None], relative[..., None] * s.amax(-1, True))
    return (s > least).sum(-1)


def _tolerance(A: Tensor, given: Any, usual: float) -> Tensor:  # noqa: N803
    if isinstance(given, Tensor):
        return given.detach().to(A.dtype)
    return _core.tensor(usual if given is None else float(given), dtype=A.dtype)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """Dot products of vectors along `dim`; the others broadcast.

    >>> import wengert
    >>> vecdot(wengert.ones(2, 3), wengert.arange(3.0))
    tensor([3., 3.])
    """
    expect.tensors("linalg.vecdot", x=x, y=y)
    if not x.is_floating_point():
        raise NotImplementedError(
            f"linalg.vecdot: Expected a floating point or complex tensor as input. Got {word(x)}; try (x * y).sum()"
        )
    return into("vecdot", out, (x * y).sum(dim))


def vander(x: Tensor, N: int | None = None) -> Tensor:  # noqa: N803
    """Rows 1, x, x^2, ... x^(N-1) of each element; N is the size of the last dimension unless given.

    >>> import wengert
    >>> vander(wengert.tensor([1, 2, 3]))
    tensor([[1, 1, 1],
            [1, 2, 4],
            [1, 3, 9]])
    """
    expect.tensors("linalg.vander", x=x)
    if x.dim() < 1:
        raise RuntimeError("linalg.vander: expected at least 1 dimension; got a 0-d tensor")
    n = x.shape[-1] if N is None else N
    if n <= 1:
        raise RuntimeError(f"N must be greater than 1; got {n}")
    powers = x.unsqueeze(-1).expand(*x.shape, n - 1).cumprod(-1)
    ones = _core._full([*x.shape, 1], 1, x.dtype, False)
    return _core.cat([ones, powers], -1)


def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Product of two or more matrices in the order that takes the fewest multiplications; the first and the last may be
    vectors.

    Raises RuntimeError where shapes do not chain.

    >>> import wengert
    >>> multi_dot([wengert.ones(2), wengert.ones(2, 3), wengert.ones(3)])
    tensor(6.)
    """
    return into("multi_dot", out, _core._multi_dot(tensors))


def matrix_power(A: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """Square matrices to a whole power, by squaring; of their inverses if it is negative.

    Raises LinAlgError for a negative power of a singular matrix.

    >>> import wengert
    >>> matrix_power(wengert.tensor([[1.0, 1.0], [0.0, 1.0]]), 3).tolist()
    [[1.0, 3.0], [0.0, 1.0]]
    """
    expect.tensors("linalg.matrix_power", A=A)
    if isinstance(n, int) and not isinstance(n, bool) and n < 0:
        return into("matrix_power", out, _core.matrix_power(inv(A), -n))
    return into("matrix_power", out, _core.matrix_power(A, n))


def cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """Vector product along `dim`, which has size 3.

    >>> import wengert
    >>> cross(wengert.tensor([1, 0, 0]), wengert.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    return into("cross", out, _core.cross(input, other, dim))


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:  # noqa: N803
    """View of the diagonal of two dimensions, by default the last two.

    >>> import wengert
    >>> diagonal(wengert.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return _core.diagonal(A, offset, dim1, dim2)
