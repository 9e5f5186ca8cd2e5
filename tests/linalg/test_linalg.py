"""wengert.linalg: values are NumPy's, derivatives of every order and in both modes are right, maps are batches."""

import subprocess
import sys

import numpy as np
import pytest

from backend import ON_TORCH, array, assert_close, t64, torch, wengert_only
from linalg.cases import CASES, definite, draw, low_rank, regular

L = torch.linalg
# Where PyTorch's own derivatives fail: it writes to what it kept, or reads one triangle.
ONLY_OURS = {"cholesky_inverse", "cond_1"}


def operands(name, requires_grad=True):
    f, arrays = CASES[name]
    return f, [t64(a, requires_grad) for a in arrays]


@pytest.mark.parametrize("name", CASES)
def test_gradients(name):
    if ON_TORCH and name in ONLY_OURS:
        pytest.skip("PyTorch fails here")
    f, x = operands(name)
    assert torch.autograd.gradcheck(f, x, check_forward_ad=True)


@pytest.mark.parametrize("name", CASES)
def test_second_derivatives(name):
    if ON_TORCH and name in ONLY_OURS:
        pytest.skip("PyTorch fails here")
    f, x = operands(name)
    assert torch.autograd.gradgradcheck(f, x)


@wengert_only
@pytest.mark.parametrize("name", CASES)
def test_forward_over_reverse(name):
    """Hessian-vector products by both orders of the modes."""
    f, x = operands(name, False)

    def total(*a):
        found = f(*a)
        found = found if isinstance(found, tuple) else (found,)
        return sum((y * y * y).sum() for y in found)

    places = tuple(range(len(x)))
    t = tuple(t64(draw(90 + i, *a.shape)) for i, a in enumerate(x))
    _, forward = torch.func.jvp(torch.func.grad(total, places), tuple(x), t)
    leaves = [a.clone().requires_grad_() for a in x]
    grads = torch.autograd.grad(total(*leaves), leaves, create_graph=True)
    backward = torch.autograd.grad(sum((g * d).sum() for g, d in zip(grads, t, strict=True)), leaves)
    for a, b in zip(forward, backward, strict=True):
        assert_close(a, b, rtol=1e-7, atol=1e-7)


@pytest.mark.parametrize("name", CASES)
def test_maps(name):
    """Under vmap, and a gradient under vmap, as one by one."""
    f, x = operands(name, False)
    stacks = [torch.stack([a, a + 0.05 * t64(np.eye(*a.shape[-2:]) if a.dim() > 1 else np.ones(a.shape))]) for a in x]

    def flat(*a):
        found = f(*a)
        return torch.cat([y.reshape(-1) for y in (found if isinstance(found, tuple) else (found,))])

    def gradient(*a):
        return torch.func.grad(lambda *b: (flat(*b) ** 2).sum())(*a)

    for g in (flat, gradient):
        if ON_TORCH and name in {"solve_broadcast", "cond_1"}:
            # There a batch of columns is taken for a vector, and what was kept is written to.
            continue
        want = torch.stack([g(*(s[i] for s in stacks)) for i in range(2)])
        assert_close(torch.func.vmap(g)(*stacks), want, rtol=1e-7, atol=1e-9)
        first = torch.func.vmap(g, in_dims=(0,) + (None,) * (len(x) - 1))(stacks[0], *x[1:])
        assert_close(first, torch.stack([g(s, *x[1:]) for s in stacks[0]]), rtol=1e-7, atol=1e-9)


def test_norms_of_no_elements():
    for shape in ((0, 0), (0, 3), (3, 0)):
        assert L.matrix_norm(torch.zeros(shape), 2).item() == L.cond(torch.zeros(shape)).item() == 0
        assert L.matrix_norm(torch.zeros(2, *shape), "nuc").tolist() == [0, 0]
    assert L.matrix_norm(torch.zeros(3, 0), 1).item() == L.matrix_norm(torch.zeros(0, 3), float("inf")).item() == 0
    assert L.matrix_norm(torch.zeros(0, 3, 3), 1, (0, 2), True).shape == (1, 3, 1)
    for p in ("fro", "nuc", 1, -2, float("inf")):
        assert L.cond(torch.zeros(2, 0, 0), p).tolist() == [0, 0]
    with pytest.raises(IndexError, match="non-zero size"):
        L.matrix_norm(torch.zeros(0, 0), -1)


def test_float32_stays_what_it_is():
    x = torch.tensor(definite(1), dtype=torch.float32)
    for f in (L.inv, L.det, L.cholesky, L.svdvals, L.pinv, L.matrix_exp, lambda a: L.eigh(a)[1], lambda a: L.qr(a)[0]):
        assert f(x).dtype == torch.float32
    assert L.matrix_rank(x).dtype == torch.int64


VALUES = {
    "inv": (L.inv, np.linalg.inv, regular(1, 2)),
    "det": (L.det, np.linalg.det, regular(1, 2)),
    "pinv": (L.pinv, np.linalg.pinv, low_rank(3)),
    "cholesky": (L.cholesky, np.linalg.cholesky, definite(2, 2)),
    "svdvals": (L.svdvals, lambda x: np.linalg.svd(x, compute_uv=False), draw(5, 2, 3, 4)),
    "eigvalsh": (L.eigvalsh, np.linalg.eigvalsh, definite(6)),
    "matrix_rank": (L.matrix_rank, np.linalg.matrix_rank, low_rank(7)),
    "cond": (L.cond, np.linalg.cond, regular(8)),
    "cond_fro": (lambda x: L.cond(x, "fro"), lambda x: np.linalg.cond(x, "fro"), regular(8)),
    "matrix_power": (lambda x: L.matrix_power(x, -3), lambda x: np.linalg.matrix_power(x, -3), regular(9)),
    "vander": (lambda x: L.vander(x, N=4), lambda x: np.vander(x, 4, increasing=True), draw(9, 3)),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(name):
    ours, numpys, x = VALUES[name]
    assert_close(ours(t64(x)), numpys(x), rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("ord", ["fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf")])
def test_matrix_norms(ord):
    x = draw(10, 2, 3)
    assert_close(L.matrix_norm(t64(x), ord), np.linalg.norm(x, ord))
    assert_close(L.norm(t64(x), ord), np.linalg.norm(x, ord))
    assert_close(L.matrix_norm(t64(x), ord, keepdim=True), np.linalg.norm(x, ord, keepdims=True))
    y = draw(11, 3, 2, 4)
    assert_close(L.matrix_norm(t64(y), ord, dim=(2, 0)), np.linalg.norm(y, ord, axis=(2, 0)))
    assert L.matrix_norm(t64(y), ord, dim=(0, 2), keepdim=True).shape == (1, 2, 1)


@pytest.mark.parametrize("shape", [(3, 3), (4, 2), (2, 4), (2, 4, 3)])
def test_factors_multiply_to_the_matrix(shape):
    x = t64(draw(12, *shape))
    for full in (True, False):
        u, s, vh = L.svd(x, full_matrices=full)
        k = s.shape[-1]
        assert_close(u[..., :k] @ torch.diag_embed(s) @ vh[..., :k, :], x)
        assert u.shape[-1] == (shape[-2] if full else k) and vh.shape[-2] == (shape[-1] if full else k)
        assert_close(u.mT @ u, np.broadcast_to(np.eye(u.shape[-1]), (*shape[:-2], u.shape[-1], u.shape[-1])))
    for mode in ("reduced", "complete"):
        q, r = L.qr(x, mode)
        assert_close(q @ r, x)
    p, low, high = L.lu(x)
    assert_close(p @ low @ high, x)
    assert_close(L.qr(x, "r").R.abs(), L.qr(x).R.abs())


def test_the_determinant_of_a_singular_matrix_has_derivatives():
    x = t64([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [1.0, 0.0, 1.0]], True)
    (g,) = torch.autograd.grad(L.det(x), x)
    a = array(x)
    want = [[(-1) ** (i + j) * np.linalg.det(np.delete(np.delete(a, i, 0), j, 1)) for j in range(3)] for i in range(3)]
    assert_close(g, np.array(want), rtol=1e-7, atol=1e-7)


@wengert_only
@pytest.mark.parametrize("matrix", [[[1.0, 2.0], [2.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], [[0.0]]])
def test_the_determinant_of_a_singular_matrix_has_second_derivatives(matrix):
    x = t64(matrix, True)
    assert torch.autograd.gradcheck(L.det, [x], check_forward_ad=True)
    assert torch.autograd.gradgradcheck(L.det, [x])
    y = t64([[[1.0, 2.0, 0], [2, 4, 0], [1, 1, 1]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]]], True)
    assert torch.autograd.gradgradcheck(L.det, [y])


@wengert_only
def test_pinv_of_low_rank_moves_within_the_rank():
    """Along directions that keep the rank the tangent is the difference."""
    u, v = draw(1, 4, 2), draw(2, 2, 3)
    du, dv = draw(3, 4, 2), draw(4, 2, 3)

    def f(s):
        return L.pinv((t64(u) + s * t64(du)) @ (t64(v) + s * t64(dv)), rtol=1e-8)

    zero, h = t64(0.0), 1e-6
    _, tangent = torch.func.jvp(f, (zero,), (t64(1.0),))
    assert_close(tangent, (f(zero + h) - f(zero - h)) / (2 * h), rtol=1e-6, atol=1e-7)


def test_values_with_equal_neighbours_have_derivatives():
    x = t64(np.eye(3), True)
    for f in (L.eigvalsh, L.svdvals):
        (g,) = torch.autograd.grad(f(x).sum(), x)
        assert_close(g, np.eye(3))


SINGULAR = {
    "inv": (L.inv, [[1.0, 2.0], [2.0, 4.0]]),
    "solve": (lambda a: L.solve(a, torch.ones_like(a)), [[1.0, 2.0], [2.0, 4.0]]),
    "cholesky": (L.cholesky, [[1.0, 2.0], [2.0, 1.0]]),
    "cholesky_batch": (L.cholesky, [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 2.0], [2.0, 1.0]]]),
    "matrix_power": (lambda a: L.matrix_power(a, -1), [[0.0, 0.0], [0.0, 0.0]]),
    "svd": (L.svd, [[float("nan"), 0.0], [0.0, 0.0]]),
    "pinv": (L.pinv, [[float("nan"), 0.0], [0.0, 0.0]]),
}


@pytest.mark.parametrize("name", SINGULAR)
def test_matrices_without_a_result(name):
    f, matrix = SINGULAR[name]
    with pytest.raises(L.LinAlgError):
        f(t64(matrix))
    assert issubclass(L.LinAlgError, RuntimeError)


def test_what_failed_is_told_apart():
    a = t64([np.eye(2).tolist(), [[1.0, 2.0], [2.0, 4.0]]])
    inverse, info = L.inv_ex(a)
    assert info.tolist()[0] == 0 and info.tolist()[1] > 0 and info.dtype == torch.int32
    assert_close(inverse[0], np.eye(2))
    assert L.cholesky_ex(t64([[1.0, 2.0], [2.0, 1.0]])).info.item() == 2
    assert L.cond(t64([[1.0, 2.0], [2.0, 4.0]]), 1).item() == float("inf")


@pytest.mark.parametrize(
    "call",
    [
        lambda: L.inv(torch.ones(2)),
        lambda: L.inv(torch.ones(2, 3)),
        lambda: L.inv(torch.ones(2, 2, dtype=torch.int64)),
        lambda: L.solve(torch.eye(2), torch.ones(3)),
        lambda: L.solve(torch.eye(2), torch.ones(2, dtype=torch.float64)),
        lambda: L.solve_triangular(torch.eye(2), torch.ones(3, 1), upper=True),
        lambda: L.cholesky(torch.ones(2, 3)),
        lambda: L.qr(torch.ones(2, 2), "other"),
        lambda: L.eigh(torch.eye(2), "X"),
        lambda: L.svd(torch.eye(2), driver="gesvd"),
        lambda: L.lstsq(torch.eye(2), torch.ones(3, 1)),
        lambda: L.lstsq(torch.eye(2), torch.ones(2, 1), driver="best"),
        lambda: L.matrix_norm(torch.eye(2), 3),
        lambda: L.matrix_norm(torch.eye(2), dim=(0, 0)),
        lambda: L.norm(torch.ones(2, 2, 2), 2),
        lambda: L.tensorinv(torch.ones(2, 3)),
        lambda: L.vander(torch.ones(2), N=1),
        lambda: L.lu_factor(torch.zeros(2, 2)),
        lambda: L.qr(torch.ones(3, 2, requires_grad=True), "complete")[0].sum().backward(),
    ],
)
def test_what_does_not_fit_is_refused(call):
    with pytest.raises(RuntimeError):
        call()


@pytest.mark.parametrize("call", [lambda: L.inv([[1.0]]), lambda: L.svd(3), lambda: L.solve(torch.eye(2), 2.0)])
def test_what_is_no_tensor_is_refused(call):
    with pytest.raises(TypeError):
        call()


def test_results_have_names():
    x = t64(definite(1))
    assert L.svd(x)._fields == ("U", "S", "Vh") if not ON_TORCH else True
    assert L.eigh(x).eigenvalues.shape == (3,) and L.qr(x).R.shape == (3, 3) and L.slogdet(x).sign.item() == 1
    assert torch.slogdet(x).logabsdet.shape == ()


def test_functions_of_the_module_and_methods():
    x = t64(definite(1))
    b = t64(draw(2, 3, 2))
    assert_close(torch.inverse(x), L.inv(x))
    assert_close(x.inverse(), L.inv(x))
    assert_close(x.det(), L.det(x))
    assert_close(x.logdet(), torch.log(L.det(x)))
    assert torch.logdet(-x).isnan()
    assert_close(x.pinverse(), L.pinv(x))
    assert_close(torch.matrix_exp(x), L.matrix_exp(x))
    u, s, v = torch.svd(x)
    assert_close(u @ torch.diag(s) @ v.mT, x)
    assert_close(torch.cholesky_solve(b, L.cholesky(x)), L.solve(x, b))
    assert_close(torch.cholesky_inverse(L.cholesky(x)), L.inv(x))
    assert_close(torch.triangular_solve(b, x.triu()).solution, L.solve_triangular(x, b, upper=True))
    assert_close(torch.lu_solve(b, *L.lu_factor(x)), L.solve(x, b))
    assert_close(x.matrix_power(-1), L.inv(x))


def test_gradients_of_symmetric_functions_are_symmetric():
    x = t64(definite(1), True)
    for f in (L.cholesky, lambda a: L.eigh(a).eigenvectors ** 2):
        y = f(x)
        (g,) = torch.autograd.grad((y * t64(draw(2, 3, 3))).sum(), x)
        assert_close(g, array(g).T)


def test_names_of_nodes():
    x = t64(definite(1), True)
    assert L.inv(x).grad_fn.name() == "LinalgInvExBackward0"
    assert L.svd(x, full_matrices=False).S.grad_fn.name() == "LinalgSvdBackward0"
    assert L.solve(x, x).grad_fn.name() == "LinalgSolveExBackward0"


def test_a_graph_outlives_the_interpreter():
    """What is left at exit is let go of without a call into Python."""
    program = "import {} as torch\nx = torch.eye(2, requires_grad=True)\ny = torch.linalg.inv(x)"
    done = subprocess.run(
        [sys.executable, "-c", program.format(torch.__name__)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0 and "panicked" not in done.stderr, done.stderr


def test_nan_stays_nan():
    x = t64([[float("nan"), 0.0], [0.0, 1.0]])
    for f in (L.inv, L.det, L.matrix_exp, lambda a: L.eigh(a).eigenvalues):
        assert f(x).isnan().any()


@wengert_only
def test_older_names():
    """PyTorch had these."""
    x = t64(definite(1))
    assert_close(torch.cholesky(x), L.cholesky(x))
    assert_close(torch.qr(x).R, L.qr(x).R)


def test_out():
    x, out = t64(regular(1)), torch.empty(3, 3, dtype=torch.float64)
    assert L.inv(x, out=out) is out
    assert_close(out, np.linalg.inv(array(x)))
    q, r = torch.empty(0, dtype=torch.float64), torch.empty(0, dtype=torch.float64)
    found = L.qr(x, out=(q, r))
    assert found.Q is q and found.R is r
    assert_close(q @ r, x)
