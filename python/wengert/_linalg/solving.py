"""Inverses, systems of equations, least squares, determinants: the functions of `wengert.linalg`."""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._linalg import inverse as rules, least, spectra
from wengert._linalg.matrices import matrix, one_dtype, plain, together, transposed, values
from wengert._results import into, named


def inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """Inverses of square matrices.

    Raises LinAlgError for a singular matrix, RuntimeError for what is not square or not floating-point.

    >>> import wengert
    >>> inv(wengert.tensor([[2.0, 0.0], [0.0, 4.0]]))
    tensor([[0.5000, 0.0000],
            [0.0000, 0.2500]])
    """
    return into("inv", out, rules.LinalgInvEx.apply(matrix("linalg.inv", A, square=True), "linalg.inv"))


def inv_ex(A: Tensor, *, check_errors: bool = False, out: Any = None) -> Any:  # noqa: N803
    """Inverses, and for each matrix 0, or a positive number where it is singular (its "inverse" is infinite).

    >>> import wengert
    >>> inv_ex(wengert.ones(2, 2)).info
    tensor(2, dtype=torch.int32)
    """
    matrix("linalg.inv_ex", A, square=True)
    found = (inv(A), None) if check_errors else rules.inverse_of(A, "linalg.inv_ex")
    info = found[1] if found[1] is not None else _core._full(list(A.shape[:-2]), 0, _core.int32, False)
    return into("inv_ex", out, named("linalg_inv_ex", ("inverse", "info"), (found[0], info)))


def _is_vector(a: Tensor, b: Tensor) -> bool:
    return b.dim() == 1 or (a.dim() - 1 == b.dim() and b.shape == a.shape[:-1])


def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """X with A X = B, for square matrices A and a vector, a matrix or batches of them; with `left=False` X A = B.

    Raises LinAlgError for a singular A, RuntimeError where shapes or dtypes do not fit.

    >>> import wengert
    >>> solve(wengert.tensor([[2.0, 0.0], [0.0, 4.0]]), wengert.tensor([2.0, 2.0]))
    tensor([1.0000, 0.5000])
    """
    name = "linalg.solve"
    expect.tensors(name, A=A, B=B)
    matrix(name, A, square=True)
    one_dtype(name, A, B)
    vector = _is_vector(A, B)
    if vector and not left:
        raise RuntimeError("linalg.solve: Vector broadcasting of the left hand side is not supported for left=False")
    right = B.unsqueeze(-1) if vector else B
    _fits(name, A, right, left)
    a, b = together(name, A, right) if left else together(name, transposed(A), transposed(right))
    x = rules.LinalgSolveEx.apply(a, b)
    return into("solve", out, x.squeeze(-1) if vector else x if left else transposed(x))


def _fits(name: str, a: Tensor, b: Tensor, left: bool) -> None:
    if b.dim() < 2:
        raise RuntimeError(f"{name}: The input tensor B must have at least 2 dimensions; got shape {list(b.shape)}")
    if a.shape[-1] != b.shape[-2 if left else -1]:
        sides = ("AX", "rows", -2) if left else ("XA", "columns", -1)
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation {sides[0]} = B ({a.shape[-2]}x{a.shape[-1]} and"
            f" {b.shape[-2]}x{b.shape[-1]}); wanted {a.shape[-1]} {sides[1]} of B"
        )


def solve_ex(A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False) -> Any:  # noqa: N803
    """As `solve`, and for each matrix 0, or a positive number where it is singular (its result is infinite or NaN).

    >>> import wengert
    >>> solve_ex(wengert.eye(2), wengert.ones(2)).info
    tensor(0, dtype=torch.int32)
    """
    expect.tensors("linalg.solve_ex", A=A, B=B)
    inverse, info = inv_ex(A)
    if check_errors or not plain(info).any():
        return named("linalg_solve_ex", ("result", "info"), (solve(A, B, left=left), info))
    vector = _is_vector(A, B)
    right = B.unsqueeze(-1) if vector else B
    found = inverse @ right if left else right @ inverse
    return named("linalg_solve_ex", ("result", "info"), (found.squeeze(-1) if vector else found, info))


def solve_triangular(
    A: Tensor,  # noqa: N803
    B: Tensor,  # noqa: N803
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
    out: Tensor | None = None,
) -> Tensor:
    """X with A X = B (X A = B with `left=False`), of whose A only one triangle is read; its diagonal is 1 if `unitriangular`.

    A singular A gives infinities and NaN. Raises RuntimeError where shapes or dtypes do not fit.

    >>> import wengert
    >>> solve_triangular(wengert.tensor([[2.0, 1.0], [0.0, 4.0]]), wengert.tensor([[3.0], [4.0]]), upper=True)
    tensor([[1.],
            [1.]])
    """
    name = "linalg.solve_triangular"
    expect.tensors(name, A=A, B=B)
    matrix(name, A, square=True)
    one_dtype(name, A, B)
    _fits(name, A, B, left)
    upper, unit = bool(upper), bool(unitriangular)
    if left:
        return into("solve_triangular", out, rules.LinalgSolveTriangular.apply(*together(name, A, B), upper, unit))
    a, b = together(name, transposed(A), transposed(B))
    return into("solve_triangular", out, transposed(rules.LinalgSolveTriangular.apply(a, b, not upper, unit)))


def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:  # noqa: N803
    """Determinants of square matrices; singular ones have derivatives too.

    >>> import wengert
    >>> det(wengert.tensor([[1.0, 2.0], [3.0, 5.0]]))
    tensor(-1.)
    """
    return into("det", out, rules.LinalgDet.apply(matrix("linalg.det", A, square=True)))


def slogdet(A: Tensor, *, out: Any = None) -> Any:  # noqa: N803
    """Signs of determinants, and logarithms of their absolute values (-inf of singular matrices).

    >>> import wengert
    >>> slogdet(wengert.eye(2)).logabsdet
    tensor(0.)
    """
    found = rules.LinalgSlogdet.apply(matrix("linalg.slogdet", A, square=True))
    return into("slogdet", out, named("linalg_slogdet", ("sign", "logabsdet"), found))


def _tolerances(name: str, A: Tensor, atol: Any, rtol: Any) -> tuple[Any, Any]:  # noqa: N803
    """As arrays or numbers: PyTorch's defaults are max(m, n) eps, and 0 beside an `atol` above 0."""
    import numpy as np

    def number(x: Any) -> Any:
        return values(x.detach()) if isinstance(x, Tensor) else float(x)

    absolute = 0.0 if atol is None else number(atol)
    if rtol is None:
        eps = np.finfo(np.float32 if A.dtype == _core.float32 else np.float64).eps
        relative = np.where(np.asarray(absolute) > 0, 0.0, max(A.shape[-2:]) * eps)
        return absolute, relative if relative.ndim else float(relative)
    return absolute, number(rtol)


def pinv(
    A: Tensor,  # noqa: N803
    rcond: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """Pseudoinverses (Moore-Penrose): singular values up to max(atol, rtol * largest) count as 0. rtol is max(m, n) eps unless given.

    >>> import wengert
    >>> pinv(wengert.tensor([[2.0], [0.0]]))
    tensor([[0.5000, 0.0000]])
    """
    matrix("linalg.pinv", A, square=hermitian)
    low, relative = _tolerances("linalg.pinv", A, atol, rcond if rtol is None else rtol)
    return into("pinv", out, least.LinalgPinv.apply(A, low, relative))


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> Any:  # noqa: N803
    """X that minimises the Frobenius norm of A X - B, with residuals, ranks and singular values, as `torch.linalg.lstsq`.

    `driver` is 'gelsy' (default), 'gels', 'gelsd' or 'gelss': the residuals and singular values that are returned depend on it, the
    solution is the shortest one by singular values. Only the solution has derivatives.

    >>> import wengert
    >>> lstsq(wengert.tensor([[1.0], [1.0]]), wengert.tensor([[1.0], [3.0]])).solution
    tensor([[2.]])
    """
    import numpy as np

    name = "linalg.lstsq"
    expect.tensors(name, A=A, B=B)
    matrix(name, A)
    one_dtype(name, A, B)
    driver = "gelsy" if driver is None else driver
    if driver not in {"gels", "gelsy", "gelsd", "gelss"}:
        raise RuntimeError(f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss); got {driver!r}")
    vector = A.dim() > 1 and A.dim() - 1 == B.dim() and B.shape == A.shape[:-1]
    right = B.unsqueeze(-1) if vector else B
    if right.dim() < 2 or right.shape[-2] != A.shape[-2]:
        raise RuntimeError(
            f"{name}: input.size(-2) should match other.size(-2); got {list(A.shape)} and {list(B.shape)}"
        )
    a, b = together(name, A, right)
    if rcond is None:
        eps = np.finfo(np.float32 if A.dtype == _core.float32 else np.float64).eps
        rcond = float(eps * max(A.shape[-2:]))
    solution = least.LinalgLstsq.apply(a, b, float(rcond))
    empty = _core._full([0], 0, A.dtype, False)
    rank, singular, residuals = _core._full([0], 0, _core.int64, False), empty, empty
    s = spectra.LinalgSvd.apply(A.detach())[1]
    if driver != "gels":
        largest = s.amax(-1, True) if s.shape[-1] else s.sum(-1, True)
        rank = (s > rcond * largest).sum(-1)
    if driver in {"gelsd", "gelss"}:
        singular = s
    # Whether there are residuals depends on the ranks, of which a map has several.
    if not A._is_lifted() and A.shape[-2] > A.shape[-1] and driver != "gelsy":
        if driver == "gels" or bool((rank == A.shape[-1]).all()):
            gap = (a @ solution - b).detach()
            residuals = (gap * gap).sum(-2)
            residuals = residuals.squeeze(-1) if vector else residuals
    found = (solution.squeeze(-1) if vector else solution, residuals, rank, singular)
    return named("linalg_lstsq", ("solution", "residuals", "rank", "singular_values"), found)


def matrix_exp(A: Tensor) -> Tensor:  # noqa: N803
    """The exponentials of square matrices.

    >>> import wengert
    >>> matrix_exp(wengert.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    return least.LinalgMatrixExp.apply(matrix("linalg.matrix_exp", A, square=True))


def tensorinv(A: Tensor, ind: int = 2) -> Tensor:  # noqa: N803
    """The inverse with respect to `tensordot` over `ind` dimensions; the product of the first `ind` sizes is that of the others.

    >>> import wengert
    >>> tensorinv(wengert.eye(6).reshape(2, 3, 6), ind=2).shape
    torch.Size([6, 2, 3])
    """
    expect.tensors("linalg.tensorinv", A=A)
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    shape = list(A.shape)
    rows, columns = _product(shape[:ind]), _product(shape[ind:])
    if rows != columns:
        raise RuntimeError(
            f"Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {columns} != {rows}"
        )
    return inv(A.reshape(rows, columns)).reshape(shape[ind:] + shape[:ind])


def _product(sizes: Any) -> int:
    total = 1
    for n in sizes:
        total *= n
    return total


def tensorsolve(A: Tensor, B: Tensor, dims: Any = None) -> Tensor:  # noqa: N803
    """X with tensordot(A, X, X.dim()) = B; `dims` of A are moved to its end before.

    >>> import wengert
    >>> tensorsolve(wengert.eye(6).reshape(2, 3, 6), wengert.ones(2, 3)).shape
    torch.Size([6])
    """
    expect.tensors("linalg.tensorsolve", A=A, B=B)
    if dims is not None:
        dims = [d % A.dim() for d in dims]
        A = A.permute([d for d in range(A.dim()) if d not in dims] + list(dims))  # noqa: N806
    rest = list(A.shape[B.dim() :])
    if _product(rest) != B.numel():
        raise RuntimeError(
            f"Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got"
            f" {_product(rest)} != {_product(list(A.shape[: B.dim()]))}"
        )
    return solve(A.reshape(B.numel(), B.numel()), B.reshape(-1)).reshape(rest)
