"""Nested transformations: grad, jvp and vmap inside one another, each seeing only its own perturbation."""

import numpy as np
import pytest

from backend import array, assert_close, t64, torch

func = torch.func

X = [0.3, -0.7, 1.2]


def energy(x):
    """A scalar function whose Hessian is full."""
    return (x.sin() * x.sum() + x * x * x).sum()


def numeric_gradient(function, x, step=1e-6):
    x = np.asarray(x, float)
    return np.array([(function(x + step * e) - function(x - step * e)) / (2 * step) for e in np.eye(x.size)])


def energy_gradient(x):
    return array(func.grad(energy)(t64(x)))


def energy_hessian():
    """By differences of the gradient, which is itself held against differences of the value below."""
    return numeric_gradient(energy_gradient, X)


# One level.


def test_grad():
    assert_close(func.grad(energy)(t64(X)), numeric_gradient(lambda x: energy(t64(x)).item(), X), rtol=1e-7)
    x = t64(X)
    assert not func.grad(energy)(x).requires_grad and x.grad is None and not x.requires_grad


def test_grad_argnums_and_aux():
    def f(a, b):
        return a * a * b, (a + b).detach()

    (da, db), aux = func.grad(f, argnums=(0, 1), has_aux=True)(t64(2.0), t64(3.0))
    assert_close(da, 12.0)
    assert_close(db, 4.0)
    assert_close(aux, 5.0)
    assert_close(func.grad(lambda a, b: a * a * b, argnums=1)(t64(2.0), t64(3.0)), 4.0)


def test_grad_leaves_outer_leaves_alone():
    w = t64(2.0, requires_grad=True)
    inner = func.grad(lambda x: w * x * x)(t64(3.0))
    assert_close(inner.detach(), 12.0)
    assert w.grad is None
    inner.backward()
    assert_close(w.grad, 6.0)


def test_jvp():
    value, tangent = func.jvp(lambda a, b: (a * b, a.sin()), (t64(2.0), t64(3.0)), (t64(1.0), t64(10.0)))
    assert_close(value[0], 6.0)
    assert_close(tangent[0], 23.0)
    assert_close(tangent[1], np.cos(2.0))


def test_jvp_of_a_constant():
    value, tangent = func.jvp(lambda x: t64(5.0) * 1, (t64(2.0),), (t64(1.0),))
    assert_close(value, 5.0)
    assert array(tangent) == 0.0


def test_jvp_through_in_place_and_views():
    def f(x):
        y = x.clone()
        y.mul_(x)
        y[1:] = y[1:] * x[:2]
        y[0] = y[2] * 2
        return y.sum()

    direction = [1.0, 2.0, 3.0]
    _, tangent = func.jvp(f, (t64(X),), (t64(direction),))
    assert_close(tangent, numeric_gradient(lambda x: f(t64(x)).item(), X) @ direction, rtol=1e-7)
    assert_close(func.grad(f)(t64(X)), numeric_gradient(lambda x: f(t64(x)).item(), X), rtol=1e-7)


def test_writes_and_views_see_each_other_under_jvp():
    def f(x):
        y = x.clone()
        y[1:].mul_(2)
        return y.sum()

    def stale(x):
        y = x.clone()
        view = y[1:]
        y.mul_(2)
        return view.sum()

    assert_close(func.jvp(f, (t64(X),), (t64([1.0, 10.0, 100.0]),))[1], 221.0)
    assert_close(func.jvp(stale, (t64(X),), (t64([1.0, 10.0, 100.0]),))[1], 220.0)


# Several levels.


def test_grad_of_grad():
    third = func.grad(func.grad(func.grad(lambda x: x**5)))
    assert_close(third(t64(2.0)), 60 * 4.0)
    assert_close(func.grad(lambda x: func.grad(energy)(x).sum())(t64(X)), energy_hessian().sum(0), rtol=1e-7)


def test_jvp_of_jvp():
    def along(f):
        return lambda x: func.jvp(f, (x,), (torch.ones_like(x),))[1]

    assert_close(along(along(along(lambda x: x**5)))(t64(2.0)), 60 * 4.0)
    assert_close(along(along(torch.sin))(t64(0.5)), -np.sin(0.5))


@pytest.mark.parametrize(
    "order", ["jvp in grad", "grad in jvp", "grad in grad", "backward in backward", "jvp in backward"]
)
def test_hessian_vector_product_in_every_order(order):
    direction = t64([1.0, -2.0, 0.5])
    want = energy_hessian() @ array(direction)
    x = t64(X)
    if order == "jvp in grad":
        got = func.grad(lambda x: func.jvp(energy, (x,), (direction,))[1])(x)
    elif order == "grad in jvp":
        got = func.jvp(func.grad(energy), (x,), (direction,))[1]
    elif order == "grad in grad":
        got = func.grad(lambda x: (func.grad(energy)(x) * direction).sum())(x)
    elif order == "backward in backward":
        x = x.requires_grad_()
        (first,) = torch.autograd.grad(energy(x), x, create_graph=True)
        (got,) = torch.autograd.grad(first, x, direction)
    else:
        x = x.requires_grad_()
        func.jvp(energy, (x,), (direction,))[1].backward()
        got = x.grad
    assert_close(got.detach(), want, rtol=1e-6, atol=1e-7)


# Perturbation confusion (Siskind and Pearlmutter 2005, "Perturbation Confusion and Referential Transparency").


def derivative(f, x):
    return func.jvp(f, (x,), (torch.ones_like(x),))[1]


@pytest.mark.parametrize("outer", [derivative, lambda f, x: func.grad(f)(x)], ids=["jvp", "grad"])
@pytest.mark.parametrize("inner", [derivative, lambda f, x: func.grad(f)(x)], ids=["jvp", "grad"])
class TestPerturbationConfusion:
    def test_constant_inside(self, outer, inner):
        """D x . x * (D y . x + y)(1) at 1 is 1, not 2."""
        got = outer(lambda x: x * inner(lambda y: x + y, t64(1.0)), t64(1.0))
        assert_close(got.detach(), 1.0)

    def test_product_inside(self, outer, inner):
        """D x . x * (D y . x * y)(2) = D x . x * x."""
        got = outer(lambda x: x * inner(lambda y: x * y, t64(2.0)), t64(3.0))
        assert_close(got.detach(), 6.0)

    def test_outer_variable_raised_inside(self, outer, inner):
        """D x . (D y . x**3 * y**2)(x) = D x . 2 x**4."""
        got = outer(lambda x: inner(lambda y: x**3 * y**2, x), t64(1.5))
        assert_close(got.detach(), 8 * 1.5**3)

    def test_a_closure_that_leaks_the_perturbation(self, outer, inner):
        """Manzyuk et al. 2019: D of a function that returns a function; the two uses must not see each other."""

        def shift(offset):
            return lambda g: lambda x: g(x + offset)

        def twice(f):
            return inner(f, t64(0.5))

        got = outer(
            lambda offset: shift(offset)(lambda y: y * y * offset)(t64(1.0)) + twice(lambda z: z * offset), t64(2.0)
        )
        # d/dh [(1 + h)**2 h + h] = (1 + h)**2 + 2 h (1 + h) + 1
        assert_close(got.detach(), 9.0 + 12.0 + 1.0)

    def test_derivative_with_respect_to_something_else(self, outer, inner):
        """The inner derivative of what only the outer variable enters is zero."""
        got = outer(lambda x: inner(lambda y: x * x + 0 * y, t64(1.0)) + x, t64(2.0))
        assert_close(got.detach(), 1.0)


def test_detach_cuts_the_tangent_too():
    _, tangent = func.jvp(lambda x: x.detach() * x, (t64(3.0),), (t64(1.0),))
    assert_close(tangent, 3.0)


def test_no_grad_inside_grad():
    def f(x):
        with torch.no_grad():
            c = x * x
        return c * x

    assert_close(func.grad(f)(t64(3.0)), 9.0)
    with torch.no_grad():
        assert_close(func.grad(lambda x: x * x)(t64(3.0)), 6.0)


# vmap.


def test_vmap_elementwise():
    x = t64([[1.0, 2.0], [3.0, 4.0]])
    assert_close(func.vmap(lambda row: row.sin() * 2 + row)(x), array(x.sin() * 2 + x))


def test_vmap_sees_one_row():
    x = t64([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    shapes = []

    def f(row):
        shapes.append(tuple(row.shape))
        return row.sum()

    assert_close(func.vmap(f)(x), [6.0, 15.0])
    assert shapes == [(3,)]


def test_vmap_dims():
    x = t64(np.arange(6.0).reshape(2, 3))
    assert_close(func.vmap(lambda c: c.sum(), in_dims=1)(x), array(x).sum(0))
    assert_close(func.vmap(lambda c: c * 2, in_dims=1, out_dims=1)(x), array(x) * 2)
    y = t64([1.0, 2.0])
    assert_close(func.vmap(lambda r, s: r * s, in_dims=(0, None))(x, t64(3.0)), array(x) * 3)
    assert_close(func.vmap(lambda r, s: r * s)(x, y), array(x) * array(y)[:, None])


def test_vmap_reductions_and_products():
    random = np.random.default_rng(0)
    a, b, v = random.normal(size=(4, 2, 3)), random.normal(size=(4, 3, 2)), random.normal(size=(4, 3))
    assert_close(func.vmap(torch.mm)(t64(a), t64(b)), a @ b)
    assert_close(func.vmap(torch.mv)(t64(a), t64(v)), np.einsum("nij,nj->ni", a, v))
    assert_close(func.vmap(torch.dot)(t64(v), t64(v)), (v * v).sum(-1))
    assert_close(func.vmap(torch.matmul, in_dims=(0, None))(t64(a), t64(b[0])), a @ b[0])
    assert_close(func.vmap(lambda x: x.sum(dim=0))(t64(a)), a.sum(1))
    assert_close(func.vmap(lambda x: x.mean(dim=-1, keepdim=True))(t64(a)), a.mean(-1, keepdims=True))
    assert_close(func.vmap(lambda x: x.max(dim=1).values)(t64(a)), a.max(2))
    assert_close(func.vmap(lambda x: x.norm())(t64(a)), np.sqrt((a * a).sum((1, 2))))


def test_vmap_views():
    a = np.random.default_rng(0).normal(size=(4, 2, 3))
    for f, g in [
        (lambda x: x.t(), lambda x: x.T), (lambda x: x[0], lambda x: x[0]), (lambda x: x[:, 1:], lambda x: x[:, 1:]),
        (lambda x: x.reshape(6), lambda x: x.reshape(6)), (lambda x: x.unsqueeze(-1), lambda x: x[..., None]),
        (lambda x: x.permute(1, 0), lambda x: x.T), (lambda x: torch.cat([x, x]), lambda x: np.concatenate([x, x])),
        (lambda x: x.expand(5, 2, 3), lambda x: np.broadcast_to(x, (5, 2, 3))),
        (lambda x: torch.where(x > 0, x, 0.0), lambda x: np.where(x > 0, x, 0.0)),
    ]:  # fmt: skip
        assert_close(func.vmap(f)(t64(a)), np.stack([g(x) for x in a]))


def test_vmap_of_grad():
    x = t64([X, [0.1, 0.2, 0.3]])
    assert_close(func.vmap(func.grad(energy))(x), [energy_gradient(row) for row in array(x)])


def test_grad_of_vmap():
    x = t64([X, [0.1, 0.2, 0.3]])
    assert_close(func.grad(lambda x: func.vmap(energy)(x).sum())(x), [energy_gradient(row) for row in array(x)])


def test_jvp_of_vmap_and_vmap_of_jvp():
    x, directions = t64([X, [0.1, 0.2, 0.3]]), t64([[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]])
    want = [energy_gradient(row) @ d for row, d in zip(array(x), array(directions))]
    assert_close(func.jvp(func.vmap(energy), (x,), (directions,))[1], want)
    assert_close(func.vmap(lambda r, d: func.jvp(energy, (r,), (d,))[1])(x, directions), want)


def test_hessian_by_vmap():
    eye = t64(np.eye(3))
    hessian = func.vmap(lambda v: func.jvp(func.grad(energy), (t64(X),), (v,))[1])(eye)
    assert_close(hessian, energy_hessian(), rtol=1e-6, atol=1e-7)


def test_vmap_of_vmap():
    a, b = t64([1.0, 2.0, 3.0]), t64([10.0, 20.0])
    table = func.vmap(lambda x: func.vmap(lambda y: x * y + y)(b))(a)
    assert_close(table, np.array([[20.0, 40.0], [30.0, 60.0], [40.0, 80.0]]))


def test_vmap_with_an_outer_leaf():
    w = t64([2.0, 3.0], requires_grad=True)
    func.vmap(lambda x: (x * w).sum())(t64([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    assert_close(w.grad, [4.0, 6.0])


def test_vmap_refuses():
    with pytest.raises(ValueError):
        func.vmap(lambda a, b: a + b)(t64([1.0, 2.0]), t64([1.0, 2.0, 3.0]))
    with pytest.raises(RuntimeError):
        func.vmap(lambda x: x.item())(t64([1.0, 2.0]))
    assert_close(func.vmap(lambda x: x * 2)(t64([1.0, 2.0])), [2.0, 4.0])


def test_levels_are_left_after_an_exception():
    def fail(x):
        raise KeyError("inside")

    for transform in (func.grad(fail), func.vmap(fail), lambda x: func.jvp(fail, (x,), (x,))):
        with pytest.raises(KeyError):
            transform(t64([1.0]))
    assert_close(func.grad(lambda x: (x * x).sum())(t64([3.0])), [6.0])
    x = t64([3.0], requires_grad=True)
    (x * x).sum().backward()
    assert_close(x.grad, [6.0])


def test_grad_refuses_what_is_not_a_scalar():
    with pytest.raises(RuntimeError, match="(?i)scalar"):
        func.grad(lambda x: x * x)(t64([1.0, 2.0]))


def test_jvp_refuses_mismatched_tangents():
    with pytest.raises((RuntimeError, ValueError)):
        func.jvp(torch.sin, (t64([1.0, 2.0]),), (t64([1.0]),))
    with pytest.raises((RuntimeError, ValueError)):
        func.jvp(torch.sin, (t64([1.0, 2.0]),), ())
