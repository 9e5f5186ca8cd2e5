"""Square roots, polar factors and products of reflections: what they must satisfy, and derivatives."""

import numpy as np
import pytest

from backend import array, assert_close, t64, torch

L = torch.linalg
RNG = np.random.default_rng(3)
SQUARE = RNG.standard_normal((2, 3, 3))
DEFINITE = SQUARE @ SQUARE.swapaxes(-1, -2) + np.eye(3)
TALL = RNG.standard_normal((2, 4, 3))
TAU = RNG.standard_normal((2, 3))

FUNCTIONS = {
    "matrix_sqrth": (lambda a: L.matrix_sqrth((a + a.mT) / 2), [DEFINITE]),
    "polar": (lambda a: tuple(L.polar(a)), [SQUARE]),
    "polar tall": (lambda a: tuple(L.polar(a)), [TALL]),
    "householder_product": (L.householder_product, [TALL, TAU]),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_derivatives(name):
    function, operands = FUNCTIONS[name]
    given = [t64(x, True) for x in operands]
    torch.autograd.gradcheck(function, given, check_forward_ad=True)
    torch.autograd.gradgradcheck(function, given)
    torch.autograd.gradgradcheck(function, given, check_fwd_over_rev=True)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_mapped(name):
    function, operands = FUNCTIONS[name]
    mapped, whole = torch.func.vmap(function)(*map(t64, operands)), function(*map(t64, operands))
    for got, wanted in zip(mapped, whole, strict=True) if isinstance(whole, tuple) else [(mapped, whole)]:
        assert_close(got, wanted)


def test_roots_square_to_the_matrix():
    root = L.matrix_sqrth(t64(DEFINITE))
    assert_close(root @ root, DEFINITE)
    assert_close(root.mT, root)
    below = t64(np.tril(DEFINITE))
    assert_close(L.matrix_sqrth(below), root)
    assert_close(L.matrix_sqrth(t64([[-1.0, 0.0], [0.0, 4.0]])), [[0.0, 0.0], [0.0, 2.0]])


def test_polar_factors():
    u, h = L.polar(t64(TALL))
    assert_close(u @ h, TALL)
    assert_close(u.mT @ u, np.broadcast_to(np.eye(3), (2, 3, 3)))
    assert_close(h.mT, h)
    assert (L.eigvalsh(h) > 0).all()
    with pytest.raises(RuntimeError, match="at least as many rows as columns"):
        L.polar(torch.ones(2, 3))


def test_reflections_of_geqrf_make_q():
    a, tau = torch.geqrf(t64(TALL))
    q, r = torch.orgqr(a, tau), a.triu()[..., :3, :]
    assert_close(q @ r, TALL)
    assert_close(q.mT @ q, np.broadcast_to(np.eye(3), (2, 3, 3)))
    other = t64(RNG.standard_normal((2, 4, 4)))
    whole = array(torch.ormqr(a, tau, torch.eye(4, dtype=torch.float64).expand(2, 4, 4)))
    assert_close(whole[..., :3], q)
    wanted = {
        (True, False): whole @ array(other),
        (True, True): whole.swapaxes(-1, -2) @ array(other),
        (False, False): array(other) @ whole,
        (False, True): array(other) @ whole.swapaxes(-1, -2),
    }
    for (left, transpose), product in wanted.items():
        assert_close(torch.ormqr(a, tau, other, left, transpose), product)


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(RuntimeError, match="greater than or equal to input.shape"):
        L.householder_product(torch.ones(2, 3), torch.ones(3))
    with pytest.raises(RuntimeError, match="greater than or equal to tau.shape"):
        L.householder_product(torch.ones(3, 2), torch.ones(3))
