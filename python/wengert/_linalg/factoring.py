"""Decompositions: the functions of `wengert.linalg`."""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._linalg import factors, spectra
from wengert._linalg.inverse import LinalgSolveTriangular
from wengert._linalg.matrices import LinAlgError, batches, eye, matrix, one_dtype, plain, together, transposed, values
from wengert._results import into, named


def cholesky(A: Tensor, *, upper: bool = False, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """The lower triangular L with A = L L' of symmetric positive-definite matrices; L' with `upper`. The lower triangle is read.

    Raises LinAlgError for a matrix that is not positive-definite.

    >>> import wengert
    >>> cholesky(wengert.tensor([[4.0, 2.0], [2.0, 5.0]]))
    tensor([[2., 0.],
            [1., 2.]])
    """
    low = factors.LinalgCholeskyEx.apply(matrix("linalg.cholesky", A, square=True))
    return into("cholesky", out, transposed(low) if upper else low)


def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False) -> Any:  # noqa: N803
    """As `cholesky`, and for each matrix 0, or the order of the first leading minor that is not positive-definite.

    >>> import wengert
    >>> cholesky_ex(-wengert.eye(2)).info
    tensor(1, dtype=torch.int32)
    """
    import numpy as np

    matrix("linalg.cholesky_ex", A, square=True)
    info = np.zeros(tuple(A.shape[:-2]), np.int32)
    if not check_errors and not A._is_lifted():
        array = values(A.detach())
        for place in batches(array.shape):
            for order in range(1, array.shape[-1] + 1) if not _definite(array[place]) else ():
                if not _definite(array[place][:order, :order]):
                    info[place] = order
                    break
    flags = _core.from_numpy(info)
    sound = A if not info.any() else _core.where((flags != 0)[..., None, None], eye(A.shape[-1], A), A)
    low = cholesky(sound, upper=upper)
    return named("linalg_cholesky_ex", ("L", "info"), (low, flags))


def _definite(array: Any) -> bool:
    import numpy as np

    try:
        np.linalg.cholesky(array)
    except np.linalg.LinAlgError:
        return False
    return True


def qr(A: Tensor, mode: str = "reduced", *, out: Any = None) -> Any:  # noqa: N803
    """Q with orthonormal columns and the upper triangular R with A = Q R. Modes: 'reduced', 'complete' (Q square), 'r' (Q empty).

    Raises RuntimeError for derivatives in mode 'r', and in mode 'complete' of matrices with more rows than columns.

    >>> import wengert
    >>> qr(wengert.tensor([[3.0], [4.0]])).R.abs()
    tensor([[5.]])
    """
    matrix("linalg.qr", A)
    if mode not in {"reduced", "complete", "r"}:
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    if mode == "reduced" or (mode == "complete" and A.shape[-2] <= A.shape[-1]):
        return into("qr", out, named("linalg_qr", ("Q", "R"), factors.LinalgQr.apply(A)))
    if A.requires_grad or A._is_lifted():
        raise RuntimeError(
            "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use linalg.qr(A,"
            " mode='reduced') if you are going to require gradients."
            if mode == "r"
            else "The QR decomposition is not differentiable when mode='complete' and nrows > ncols; try mode='reduced'"
        )
    if mode == "r":
        q, r = _core._full([0], 0, A.dtype, False), factors.LinalgQr.apply(A)[1]
    else:
        q, r = factors.complete(A)
    return into("qr", out, named("linalg_qr", ("Q", "R"), (q, r)))


def eigh(A: Tensor, UPLO: str = "L", *, out: Any = None) -> Any:  # noqa: N803
    """Eigenvalues in ascending order and eigenvectors (columns) of symmetric matrices, of which one triangle is read.

    Where eigenvalues are equal the derivative of the vectors is infinite or NaN; a matrix with infinities or NaN has NaN.

    >>> import wengert
    >>> eigh(wengert.tensor([[2.0, 0.0], [0.0, 1.0]])).eigenvalues
    tensor([1., 2.])
    """
    return into("eigh", out, named("linalg_eigh", ("eigenvalues", "eigenvectors"), _eigh("linalg.eigh", A, UPLO)))


def _eigh(name: str, a: Tensor, uplo: str) -> Any:
    matrix(name, a, square=True)
    if not isinstance(uplo, str) or uplo.upper() not in {"L", "U"}:
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {uplo}")
    return spectra.LinalgEigh.apply(a, uplo.upper())


def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """Eigenvalues of symmetric matrices in ascending order.

    >>> import wengert
    >>> eigvalsh(wengert.tensor([[2.0, 0.0], [0.0, 1.0]]))
    tensor([1., 2.])
    """
    return into("eigvalsh", out, _eigh("linalg.eigvalsh", A, UPLO)[0])


def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None, out: Any = None) -> Any:  # noqa: N803
    """U, S and Vh with A = U diag(S) Vh, singular values in descending order; without `full_matrices` U and Vh are no larger than S.

    Where singular values are equal or 0 the derivative of U and Vh is infinite or NaN; vectors beyond min(m, n) have none.
    Raises LinAlgError for infinities and NaN, RuntimeError for a `driver`, which only CUDA knows.

    >>> import wengert
    >>> svd(wengert.tensor([[0.0, 3.0], [2.0, 0.0]])).S
    tensor([3., 2.])
    """
    _no_driver("svd", driver)
    matrix("linalg.svd", A)
    found = spectra.full(A) if full_matrices else spectra.LinalgSvd.apply(A)
    return into("svd", out, named("linalg_svd", ("U", "S", "Vh"), found))


def _no_driver(name: str, driver: Any) -> None:
    if driver is not None:
        raise RuntimeError(f"linalg.{name}: keyword argument `driver=` is only supported on CUDA inputs; wanted None")


def svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """Singular values in descending order.

    >>> import wengert
    >>> svdvals(wengert.tensor([[0.0, 3.0], [2.0, 0.0]]))
    tensor([3., 2.])
    """
    _no_driver("svdvals", driver)
    return into("svdvals", out, spectra.LinalgSvd.apply(matrix("linalg.svdvals", A))[1])


def lu_factor(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:  # noqa: N803
    """L (below its diagonal of ones) and U in one matrix, and pivots, which count from 1: what `lu_solve` takes.

    Raises LinAlgError for a singular matrix, RuntimeError for `pivot=False`.

    >>> import wengert
    >>> lu_factor(wengert.tensor([[1.0, 2.0], [4.0, 4.0]])).LU
    tensor([[4.0000, 4.0000],
            [0.2500, 1.0000]])
    """
    found = lu_factor_ex(A, pivot=pivot, check_errors=True)
    return into("lu_factor", out, named("linalg_lu_factor", ("LU", "pivots"), found[:2]))


def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False) -> Any:  # noqa: N803
    """As `lu_factor`, and for each matrix 0, or the first step without a pivot.

    >>> import wengert
    >>> lu_factor_ex(wengert.zeros(2, 2)).info
    tensor(1, dtype=torch.int32)
    """
    matrix("linalg.lu_factor", A)
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    packed, pivots, info = factors.LinalgLuFactorEx.apply(A)
    if check_errors and (failed := plain(info)).any():
        place = failed.max() - 1
        raise LinAlgError(
            f"linalg.lu_factor: U[{place},{place}] is zero and using it would divide by 0; try lu_factor_ex()"
        )
    return named("linalg_lu_factor_ex", ("LU", "pivots", "info"), (packed, pivots, info))


def lu(A: Tensor, *, pivot: bool = True, out: Any = None) -> Any:  # noqa: N803
    """P, L and U with A = P L U: a permutation, a lower triangle with ones on its diagonal, an upper triangle.

    >>> import wengert
    >>> lu(wengert.tensor([[1.0, 2.0], [4.0, 4.0]])).L
    tensor([[1.0000, 0.0000],
            [0.2500, 1.0000]])
    """
    packed, pivots, _ = lu_factor_ex(A, pivot=pivot)
    rows, columns = A.shape[-2:]
    k = min(rows, columns)
    low = packed[..., :k].tril(-1) + _core._eye(rows, k, A.dtype, False)
    order = factors.Permutation.apply(pivots, rows, A.dtype)
    return into("lu", out, named("linalg_lu", ("P", "L", "U"), (order, low, packed[..., :k, :].triu())))


def lu_solve(
    LU: Tensor,  # noqa: N803
    pivots: Tensor,
    B: Tensor,  # noqa: N803
    *,
    left: bool = True,
    adjoint: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """X with A X = B from `lu_factor` of A; with `adjoint` A' X = B, with `left=False` X A = B.

    >>> import wengert
    >>> a = wengert.tensor([[1.0, 2.0], [4.0, 4.0]])
    >>> lu_solve(*lu_factor(a), wengert.tensor([[3.0], [8.0]]))
    tensor([[1.],
            [1.]])
    """
    name = "linalg.lu_solve"
    expect.tensors(name, LU=LU, pivots=pivots, B=B)
    matrix(name, LU, square=True)
    one_dtype(name, LU, B)
    if not left:
        turned = lu_solve(LU, pivots, transposed(B), adjoint=not adjoint)
        return into("lu_solve", out, transposed(turned))
    low, high = factors.unpacked(LU)
    order = factors.Permutation.apply(pivots, LU.shape[-1], LU.dtype)
    if adjoint:
        a, b = together(name, transposed(high), B)
        half = LinalgSolveTriangular.apply(a, b, False, False)
        a, half = together(name, transposed(low), half)
        return into("lu_solve", out, order @ LinalgSolveTriangular.apply(a, half, True, True))
    a, b = together(name, low, transposed(order) @ B)
    half = LinalgSolveTriangular.apply(a, b, False, True)
    a, half = together(name, high, half)
    return into("lu_solve", out, LinalgSolveTriangular.apply(a, half, True, False))


def lu_unpack(LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True) -> Any:  # noqa: N803
    """P, L and U from `lu_factor`.

    >>> import wengert
    >>> p, l, u = lu_unpack(*lu_factor(wengert.tensor([[1.0, 2.0], [4.0, 4.0]])))
    >>> p @ l @ u
    tensor([[1., 2.],
            [4., 4.]])
    """
    expect.tensors("lu_unpack", LU_data=LU_data, LU_pivots=LU_pivots)
    rows, k = LU_data.shape[-2], min(LU_data.shape[-2:])
    none = _core._full([0], 0, LU_data.dtype, False)
    order = factors.Permutation.apply(LU_pivots, rows, LU_data.dtype) if unpack_pivots else none
    low = LU_data[..., :k].tril(-1) + _core._eye(rows, k, LU_data.dtype, False) if unpack_data else none
    return named("lu_unpack", ("P", "L", "U"), (order, low, LU_data[..., :k, :].triu() if unpack_data else none))
