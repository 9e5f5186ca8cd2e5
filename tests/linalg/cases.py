"""Functions of matrices with operands on which they are smooth, for the laws of test_linalg.py."""

import numpy as np

from backend import torch

L = torch.linalg


def draw(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


def regular(seed, *lead, n=3):
    return draw(seed, *lead, n, n) + 2 * np.eye(n)


def definite(seed, *lead, n=3):
    x = draw(seed, *lead, n, n)
    return x @ np.swapaxes(x, -2, -1) + np.eye(n)


def lower(seed, *lead, n=3):
    return np.tril(draw(seed, *lead, n, n)) + 3 * np.eye(n)


def low_rank(seed, rows=4, columns=3):
    """Of rank 2."""
    return draw(seed, rows, 2) @ draw(seed + 1, 2, columns)


def symmetric(f):
    """Of the symmetric part: what reads one triangle has no derivative of its own in the other."""
    return lambda a: f((a + a.mT) / 2)


def parts(f, *names):
    """Of results with names, those of the given ones."""
    return lambda *a: tuple(getattr(f(*a), n) for n in names)


def aligned(f):
    """Columns of Q, U or V with a sign that does not depend on the algorithm."""

    def run(*a):
        out = f(*a)
        return out * out.sum(-2, keepdim=True).detach().sign()

    return run


def projected_svd(a):
    """What does not depend on signs: values, and U times Vh."""
    u, s, vh = L.svd(a, full_matrices=False)
    k = min(2, s.shape[-1])
    return s, (u[..., :k] * s[..., None, :k] ** 2) @ vh[..., :k, :]


CASES = {
    "inv": (L.inv, [regular(1)]),
    "inv_batch": (L.inv, [regular(2, 2)]),
    "inv_ex": (lambda a: L.inv_ex(a).inverse, [regular(1)]),
    "solve": (L.solve, [regular(3), draw(4, 3, 2)]),
    "solve_vector": (L.solve, [regular(3), draw(4, 3)]),
    "solve_broadcast": (L.solve, [regular(3, 2, 1), draw(4, 2, 3, 1)]),
    "solve_right": (lambda a, b: L.solve(a, b, left=False), [regular(5), draw(6, 2, 3)]),
    "solve_triangular": (lambda a, b: L.solve_triangular(a, b, upper=False), [lower(7), draw(8, 3, 2)]),
    "solve_triangular_upper": (lambda a, b: L.solve_triangular(a, b, upper=True), [lower(7).T, draw(8, 3, 2)]),
    "solve_triangular_unit": (
        lambda a, b: L.solve_triangular(a, b, upper=False, left=False, unitriangular=True),
        [lower(9, 2), draw(8, 2, 2, 3)],
    ),
    "det": (L.det, [regular(10)]),
    "det_batch": (L.det, [regular(10, 2, n=2)]),
    "det_1": (L.det, [regular(10, n=1)]),
    "slogdet": (lambda a: L.slogdet(a).logabsdet, [regular(11, 2)]),
    "logdet": (torch.logdet, [definite(11)]),
    "cholesky": (symmetric(L.cholesky), [definite(12)]),
    "cholesky_batch": (symmetric(L.cholesky), [definite(12, 2)]),
    "cholesky_upper": (symmetric(lambda a: L.cholesky(a, upper=True)), [definite(12)]),
    "cholesky_solve": (lambda b, a: torch.cholesky_solve(b, a.tril()), [draw(13, 3, 2), lower(14)]),
    "cholesky_inverse": (lambda a: torch.cholesky_inverse(a.tril()), [lower(14)]),
    "qr": (parts(L.qr, "Q", "R"), [draw(15, 4, 3)]),
    "qr_square": (parts(L.qr, "Q", "R"), [regular(16, 2)]),
    "qr_wide": (parts(L.qr, "Q", "R"), [draw(17, 2, 4)]),
    "eigh": (symmetric(lambda a: L.eigh(a).eigenvectors ** 2), [definite(18)]),
    "eigh_values": (symmetric(lambda a: L.eigh(a).eigenvalues), [definite(19, 2)]),
    "eigvalsh": (symmetric(L.eigvalsh), [definite(19)]),
    "svd": (projected_svd, [draw(20, 3, 3)]),
    "svd_tall": (projected_svd, [draw(20, 2, 4, 2)]),
    "svd_wide": (projected_svd, [draw(21, 2, 4)]),
    "svdvals": (L.svdvals, [draw(22, 2, 3)]),
    "pinv": (L.pinv, [draw(23, 4, 3)]),
    "pinv_wide": (L.pinv, [draw(24, 2, 2, 3)]),
    "lstsq": (lambda a, b: L.lstsq(a, b).solution, [draw(26, 4, 3), draw(27, 4, 2)]),
    "lstsq_wide": (lambda a, b: L.lstsq(a, b).solution, [draw(28, 2, 3), draw(29, 2, 1)]),
    "matrix_exp": (L.matrix_exp, [draw(30, 3, 3)]),
    "matrix_exp_large": (L.matrix_exp, [4 * draw(31, 2, 2, 2)]),
    "cond": (L.cond, [regular(32)]),
    "cond_1": (lambda a: L.cond(a, 1), [regular(32)]),
    "norm_nuc": (lambda a: L.matrix_norm(a, "nuc"), [draw(33, 2, 3)]),
    "norm_2": (lambda a: L.matrix_norm(a, 2), [draw(33, 2, 3)]),
    "norm_1": (lambda a: L.matrix_norm(a, 1), [draw(33, 2, 3)]),
    "norm_fro": (lambda a: L.matrix_norm(a), [draw(33, 2, 2, 3)]),
    "tensorinv": (lambda a: L.tensorinv(a.reshape(2, 2, 4)), [regular(34, n=4)]),
    "tensorsolve": (lambda a, b: L.tensorsolve(a.reshape(2, 2, 4), b), [regular(34, n=4), draw(35, 2, 2)]),
    "vander": (L.vander, [draw(36, 2, 3)]),
    "vecdot": (L.vecdot, [draw(37, 2, 3), draw(38, 3)]),
    "matrix_power": (lambda a: L.matrix_power(a, -2), [regular(39)]),
    "lu_factor": (lambda a: L.lu_factor(a)[0], [regular(40)]),
    "lu_factor_tall": (lambda a: L.lu_factor(a)[0], [draw(43, 4, 2)]),
    "lu_factor_wide": (lambda a: L.lu_factor(a)[0], [draw(44, 2, 2, 4)]),
    "lu_tall": (lambda a: L.lu(a)[1:], [draw(45, 3, 2)]),
    "lu_solve": (lambda a, b: L.lu_solve(*L.lu_factor(a), b), [regular(41), draw(42, 3, 2)]),
    "lu_solve_adjoint": (lambda a, b: L.lu_solve(*L.lu_factor(a), b, adjoint=True), [regular(41), draw(42, 3, 2)]),
    "lu_solve_right": (lambda a, b: L.lu_solve(*L.lu_factor(a), b, left=False), [regular(41), draw(42, 2, 3)]),
}
