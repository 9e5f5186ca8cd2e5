"""Functions of the module and methods of Tensor that `wengert.linalg` has in another form. Depends on its parts, which are
imported when first called for.
"""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._results import into, named


def inverse(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inverses of square matrices; as `linalg.inv`.

    >>> import wengert
    >>> wengert.inverse(wengert.tensor([[4.0]]))
    tensor([[0.2500]])
    """
    from wengert._linalg import solving

    return solving.inv(input, out=out)


def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """Determinants of square matrices; singular ones have derivatives too. As `linalg.det`.

    >>> import wengert
    >>> wengert.det(wengert.tensor([[1.0, 2.0], [3.0, 5.0]]))
    tensor(-1.)
    """
    from wengert._linalg import solving

    return solving.det(A, out=out)


def slogdet(A: Tensor, *, out: Any = None) -> Any:  # noqa: N803
    """Signs of determinants, and logarithms of their absolute values (-inf of singular matrices). As `linalg.slogdet`.

    >>> import wengert
    >>> wengert.slogdet(wengert.eye(2)).logabsdet
    tensor(0.)
    """
    from wengert._linalg import solving

    return solving.slogdet(A, out=out)


def matrix_exp(A: Tensor) -> Tensor:  # noqa: N803
    """The exponentials of square matrices. As `linalg.matrix_exp`.

    >>> import wengert
    >>> wengert.matrix_exp(wengert.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    from wengert._linalg import solving

    return solving.matrix_exp(A)


def logdet(input: Tensor) -> Tensor:
    """Logarithms of determinants; NaN where one is negative, -inf where it is 0.

    >>> import wengert
    >>> wengert.logdet(wengert.eye(2))
    tensor(0.)
    """
    from wengert._linalg import matrices, solving

    sign, size = solving.slogdet(matrices.matrix("logdet", input, "input", square=True))
    return _core.where(sign < 0, _core._full([], float("nan"), input.dtype, False), size)


def cholesky(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """The lower triangular L with L L' = input, or L' with `upper`; as `linalg.cholesky`.

    >>> import wengert
    >>> wengert.cholesky(wengert.tensor([[4.0]]))
    tensor([[2.]])
    """
    from wengert._linalg import factoring

    return factoring.cholesky(input, upper=upper, out=out)


def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """X with L L' X = B, or U' U X = B with `upper`.

    >>> import wengert
    >>> wengert.cholesky_solve(wengert.ones(1, 1), wengert.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    from wengert._linalg import matrices, solving

    expect.tensors("cholesky_solve", B=B, L=L)
    first, last = (matrices.transposed(L), L) if upper else (L, matrices.transposed(L))
    half = solving.solve_triangular(first, B, upper=False)
    return into("cholesky_solve", out, solving.solve_triangular(last, half, upper=True))


def cholesky_inverse(L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """The inverse of L L', or of U' U with `upper`.

    >>> import wengert
    >>> wengert.cholesky_inverse(wengert.tensor([[2.0]]))
    tensor([[0.2500]])
    """
    from wengert._linalg import matrices

    matrices.matrix("cholesky_inverse", L, "L", square=True)
    return into("cholesky_inverse", out, cholesky_solve(_core._eye(L.shape[-1], L.shape[-1], L.dtype, False), L, upper))


def qr(input: Tensor, some: bool = True, *, out: Any = None) -> Any:
    """Q and R; as `linalg.qr`, in mode 'complete' without `some`.

    >>> import wengert
    >>> wengert.qr(wengert.tensor([[3.0], [4.0]])).R.abs()
    tensor([[5.]])
    """
    from wengert._linalg import factoring

    found = factoring.qr(input, "reduced" if some else "complete")
    return into("qr", out, named("qr", ("Q", "R"), found))


def svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> Any:
    """U, S and V (not its transpose) with input = U diag(S) V'; without `compute_uv` U and V are zeros.

    >>> import wengert
    >>> wengert.svd(wengert.tensor([[0.0, 3.0], [2.0, 0.0]])).S
    tensor([3., 2.])
    """
    from wengert._linalg import factoring, matrices

    matrices.matrix("svd", input, "input")
    if compute_uv:
        u, s, vh = factoring.svd(input, full_matrices=not some)
        return into("svd", out, named("svd", ("U", "S", "V"), (u, s, matrices.transposed(vh))))
    rows, columns = input.shape[-2:]
    u, v = (_core._full([*input.shape[:-2], n, n], 0, input.dtype, False) for n in (rows, columns))
    return into("svd", out, named("svd", ("U", "S", "V"), (u, factoring.svdvals(input), v)))


def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """Pseudoinverses: singular values up to `rcond` times the largest count as 0; as `linalg.pinv`.

    >>> import wengert
    >>> wengert.pinverse(wengert.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    from wengert._linalg import solving

    return solving.pinv(input, rtol=rcond)


def matrix_power(input: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """Square matrices to a whole power, by squaring; of their inverses if it is negative.

    >>> import wengert
    >>> wengert.matrix_power(wengert.tensor([[1.0, 1.0], [0.0, 1.0]]), 5).tolist()
    [[1.0, 5.0], [0.0, 1.0]]
    """
    from wengert._linalg import measures

    return measures.matrix_power(input, n, out=out)


def _power(self: Tensor, n: int) -> Tensor:
    """`wengert.matrix_power` of the tensor, which as a method takes no `out`."""
    from wengert._linalg import measures

    return measures.matrix_power(self, n)


_power.__name__ = "matrix_power"


def triangular_solve(
    b: Tensor,
    A: Tensor,  # noqa: N803
    upper: bool = True,
    transpose: bool = False,
    unitriangular: bool = False,
) -> Any:
    """X with A X = b, of whose A one triangle is read (A' X = b with `transpose`), and A.

    >>> import wengert
    >>> wengert.triangular_solve(wengert.ones(1, 1), wengert.tensor([[2.0]])).solution
    tensor([[0.5000]])
    """
    from wengert._linalg import matrices, solving

    expect.tensors("triangular_solve", b=b, A=A)
    matrices.one_dtype("triangular_solve", A, b)
    side, high = (matrices.transposed(A), not upper) if transpose else (A, upper)
    solution = solving.solve_triangular(side, b, upper=high, unitriangular=unitriangular)
    return named("triangular_solve", ("solution", "cloned_coefficient"), (solution, A.clone()))


def lu(A: Tensor, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:  # noqa: N803
    """L and U in one matrix, and pivots; with `get_infos` also 0 for each matrix, or the first step without a pivot.

    >>> import wengert
    >>> wengert.lu(wengert.tensor([[1.0, 2.0], [4.0, 4.0]]))[1]
    tensor([2, 2], dtype=torch.int32)
    """
    from wengert._linalg import factoring

    packed, pivots, info = factoring.lu_factor_ex(A, pivot=pivot)
    return into("lu", out, (packed, pivots, info) if get_infos else (packed, pivots))


def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """X with A X = b from `linalg.lu_factor` of A.

    >>> import wengert
    >>> wengert.lu_solve(wengert.ones(1, 1), *wengert.lu(wengert.tensor([[2.0]])))
    tensor([[0.5000]])
    """
    from wengert._linalg import factoring

    return factoring.lu_solve(LU_data, LU_pivots, b, out=out)


def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> Any:  # noqa: N803
    """P, L and U from `linalg.lu_factor`.

    >>> import wengert
    >>> p, l, u = wengert.lu_unpack(*wengert.linalg.lu_factor(wengert.tensor([[1.0, 2.0], [4.0, 4.0]])))
    >>> p @ l @ u
    tensor([[1., 2.],
            [4., 4.]])
    """
    from wengert._linalg import factoring

    return factoring.lu_unpack(LU_data, LU_pivots, unpack_data, unpack_pivots)


def svd_lowrank(A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None) -> Any:  # noqa: N803
    """U, S and V with A close to U diag(S) V', for the `q` largest singular values, of A - M where M is given: by `niter` powers of A on
    random vectors (Halko, Martinsson, Tropp, "Finding structure with randomness", 2009, algorithms 4.4 and 5.1).

    >>> import wengert
    >>> u, s, v = wengert.svd_lowrank(wengert.ones(4, 3), 1)
    >>> wengert.allclose(u * s @ v.t(), wengert.ones(4, 3), atol=1e-5)
    True
    """
    from wengert._linalg import factoring, matrices
    from wengert._random import randn

    a = matrices.matrix("svd_lowrank", A)
    if M is not None:
        expect.tensors("svd_lowrank", A=A, M=M)
        a = a - M
    wide = a.shape[-2] < a.shape[-1]
    a = matrices.transposed(a) if wide else a
    count = 6 if q is None else q
    if not 0 <= count <= a.shape[-1]:
        raise ValueError(f"q(={count}) must be non-negative integer and not greater than min(m, n)={a.shape[-1]}")
    at = matrices.transposed(a)
    basis = factoring.qr(a @ randn(a.shape[-1], count, dtype=a.dtype))[0]
    for _ in range(2 if niter is None else niter):
        basis = factoring.qr(a @ factoring.qr(at @ basis)[0])[0]
    u, s, vh = factoring.svd(matrices.transposed(basis) @ a, full_matrices=False)
    left, right = basis @ u, matrices.transposed(vh)
    return (right, s, left) if wide else (left, s, right)


def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> Any:  # noqa: N803
    """U, S and V of the `q` (6 unless given) principal components of the rows of A, less their mean if `center`; as `svd_lowrank`.

    Raises ValueError for more components than there are, or negative `niter`.

    >>> import wengert
    >>> wengert.pca_lowrank(wengert.ones(4, 3), 1)[1].item() < 1e-5
    True
    """
    from wengert._linalg import matrices

    matrices.matrix("pca_lowrank", A)
    most = min(A.shape[-2:])
    count = min(6, most) if q is None else q
    if not 0 <= count <= most:
        raise ValueError(f"q(={count}) must be non-negative integer and not greater than min(m, n)={most}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - A.mean(-2, True) if center else A, count, niter)


def geqrf(input: Tensor, *, out: Any = None) -> Any:
    """Q and R in one matrix: R in its upper triangle, below it the vectors of the reflections whose product is Q, and their factors
    tau; `linalg.householder_product` makes Q of them. Without derivatives, which `linalg.qr` has.

    >>> import wengert
    >>> a = wengert.tensor([[3.0, 1.0], [4.0, 2.0]])
    >>> found = wengert.geqrf(a)
    >>> wengert.allclose(wengert.orgqr(*found) @ found.a.triu(), a, atol=1e-6)
    True
    """
    from wengert._linalg import matrices, orthogonal

    found = orthogonal.Geqrf.apply(matrices.matrix("geqrf", input, "input"))
    return into("geqrf", out, named("geqrf", ("a", "tau"), found))


def orgqr(input: Tensor, tau: Tensor) -> Tensor:
    """The first columns of a product of reflections; as `linalg.householder_product`.

    >>> import wengert
    >>> wengert.orgqr(wengert.zeros(2, 1), wengert.tensor([2.0]))
    tensor([[-1.],
            [ 0.]])
    """
    from wengert._linalg import orthogonal

    return orthogonal.householder_product(input, tau)


def ormqr(
    input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """Q other, or other Q unless `left`, with the whole product Q of the reflections that `geqrf` returns, or Q' with `transpose`.

    Raises RuntimeError where shapes do not fit.

    >>> import wengert
    >>> wengert.ormqr(wengert.zeros(2, 1), wengert.tensor([2.0]), wengert.ones(2, 1))
    tensor([[-1.],
            [ 1.]])
    """
    from wengert._linalg import matrices, orthogonal

    vectors = orthogonal._reflectors("ormqr", input, tau)
    columns = matrices.matrix("ormqr", other, "other") if left else matrices.transposed(other)
    if columns.shape[-2] != input.shape[-2]:
        raise RuntimeError(
            f"ormqr: other.shape[{-2 if left else -1}] must be input.shape[-2]; got {list(other.shape)} and {list(input.shape)}"
        )
    found = orthogonal._reflected(columns, vectors, tau, left != transpose)
    return into("ormqr", out, found if left else matrices.transposed(found))


METHODS = [
    inverse, det, slogdet, logdet, cholesky, cholesky_solve, cholesky_inverse, qr, svd, pinverse, matrix_exp, _power,
    triangular_solve, lu, lu_solve, geqrf, orgqr, ormqr,
]  # fmt: skip

__all__ = [
    "cholesky", "cholesky_inverse", "cholesky_solve", "det", "geqrf", "inverse", "logdet", "lu", "lu_solve", "lu_unpack", "matrix_exp",
    "matrix_power", "orgqr", "ormqr", "pca_lowrank", "pinverse", "qr", "slogdet", "svd", "svd_lowrank", "triangular_solve",
]  # fmt: skip
