"""func's transforms: values against finite differences and closed forms, forms of results, every nesting, errors."""

import collections
import itertools

import numpy as np
import pytest

from backend import ON_TORCH, array, assert_close, t64, torch, wengert_only

func = torch.func

X = [0.3, -0.7, 1.2]


def smooth(x):
    """From a vector to a vector of another length; every entry of its second derivative is at work."""
    s = x.sum()
    return torch.stack([(x.sin() * s).sum(), (x * x).sum() * x[0], x[1].exp() * x[2], s.tanh()])


def energy(x):
    return (x.sin() * x.sum() + x * x * x).sum()


def differences(f, x, step=1e-6):
    x = np.asarray(x, float)
    units = np.eye(x.size).reshape(x.size, *x.shape)
    return np.stack([(array(f(t64(x + step * e))) - array(f(t64(x - step * e)))) / (2 * step) for e in units], -1)


def hessian_of_energy():
    return differences(func.grad(energy), X)


# vjp.


def test_vjp():
    value, pull = func.vjp(smooth, t64(X))
    assert_close(value, smooth(t64(X)))
    cotangent = t64([1.0, -2.0, 0.5, 3.0])
    want = array(cotangent) @ differences(smooth, X)
    assert_close(pull(cotangent)[0], want, rtol=1e-7)
    assert_close(pull(cotangent)[0], want, rtol=1e-7)  # twice: the graph stays
    assert not pull(cotangent)[0].requires_grad


def test_vjp_of_trees_and_several_primals():
    def f(a, b):
        return {"sum": a["x"] + b, "pair": (a["y"] * b, b)}

    a = {"x": t64([1.0, 2.0]), "y": t64([3.0, 4.0])}
    value, pull = func.vjp(f, a, t64([5.0, 6.0]))
    assert set(value) == {"sum", "pair"} and isinstance(value["pair"], tuple)
    da, db = pull({"sum": t64([2.0, 2.0]), "pair": (t64([1.0, 1.0]), t64([10.0, 10.0]))})
    assert_close(da["x"], [2.0, 2.0])
    assert_close(da["y"], [5.0, 6.0])
    assert_close(db, [2.0 + 3.0 + 10.0, 2.0 + 4.0 + 10.0])


def test_vjp_with_aux_and_unused():
    value, pull, aux = func.vjp(lambda a, b: (a * 2, a * 3), t64([1.0]), t64([5.0]), has_aux=True)
    assert_close(aux, [3.0])
    assert not aux.requires_grad and not value.requires_grad
    da, db = pull(t64([1.0]))
    assert_close(da, [2.0])
    assert_close(db, [0.0])


def test_vjp_refuses():
    with pytest.raises(RuntimeError, match="only tensors"):
        func.vjp(lambda x: 3.0, t64(X))
    with pytest.raises(RuntimeError, match="structure"):
        func.vjp(lambda x: (x, x), t64(X))[1](t64(X))
    with pytest.raises(RuntimeError, match="shape"):
        func.vjp(lambda x: x, t64(X))[1](t64([1.0]))
    with pytest.raises(RuntimeError, match="non-empty"):
        func.vjp(lambda x: (), t64(X))
    with pytest.raises(RuntimeError, match="aux"):
        func.vjp(lambda x: x, t64(X), has_aux=True)


def test_vjp_under_vmap_over_cotangents():
    _, pull = func.vjp(smooth, t64(X))
    assert_close(func.vmap(pull)(t64(np.eye(4)))[0], differences(smooth, X), rtol=1e-7)


def test_vjp_is_differentiable_by_its_cotangent_and_primal():
    def through(c):
        _, pull = func.vjp(smooth, t64(X))
        return (pull(c)[0] ** 2).sum()

    c = t64([1.0, -2.0, 0.5, 3.0])
    assert_close(func.grad(through)(c), differences(through, array(c)), rtol=1e-6)

    def at(x):
        return (func.vjp(smooth, x)[1](c)[0] ** 2).sum()

    assert_close(func.grad(at)(t64(X)), differences(at, X), rtol=1e-6)


# Jacobians and Hessians.


@pytest.mark.parametrize("jacobian", ["jacrev", "jacfwd"])
class TestJacobian:
    def test_values(self, jacobian):
        assert_close(getattr(func, jacobian)(smooth)(t64(X)), differences(smooth, X), rtol=1e-7)

    def test_shapes(self, jacobian):
        x = t64(np.arange(6.0).reshape(2, 3))
        got = getattr(func, jacobian)(lambda x: x.sin().t()[:, None])(x)
        assert tuple(got.shape) == (3, 1, 2, 2, 3)
        scalar = getattr(func, jacobian)(lambda x: x * x)(t64(3.0))
        assert_close(scalar, 6.0)

    def test_argnums(self, jacobian):
        a, b = t64([1.0, 2.0]), t64([3.0, 4.0])
        both = getattr(func, jacobian)(lambda a, b: a * b, argnums=(0, 1))(a, b)
        assert isinstance(both, tuple)
        assert_close(both[0], np.diag([3.0, 4.0]))
        assert_close(both[1], np.diag([1.0, 2.0]))
        if not (ON_TORCH and jacobian == "jacfwd"):  # zeros there
            assert_close(getattr(func, jacobian)(lambda a, b: a * b, argnums=-1)(a, b), np.diag([1.0, 2.0]))
        one = getattr(func, jacobian)(lambda a, b: a * b, argnums=(1,))(a, b)
        assert isinstance(one, tuple) and len(one) == 1

    def test_trees(self, jacobian):
        point = {"a": t64([1.0, 2.0]), "b": t64([3.0])}
        got = getattr(func, jacobian)(lambda d: (d["a"] * d["b"], [d["b"] * 2]))(point)
        assert isinstance(got, tuple) and isinstance(got[1], list)
        assert_close(got[0]["a"], 3 * np.eye(2))
        assert_close(got[0]["b"], [[1.0], [2.0]])
        assert_close(got[1][0]["a"], [[0.0, 0.0]])
        assert_close(got[1][0]["b"], [[2.0]])

    def test_aux(self, jacobian):
        got, aux = getattr(func, jacobian)(lambda x: (x * x, x + 1), has_aux=True)(t64([1.0, 2.0]))
        assert_close(got, np.diag([2.0, 4.0]))
        assert_close(aux, [2.0, 3.0])

    def test_constant_and_empty(self, jacobian):
        assert_close(getattr(func, jacobian)(lambda x: t64([1.0, 2.0]) + 0)(t64(X)), np.zeros((2, 3)))
        assert tuple(getattr(func, jacobian)(lambda x: x[:0])(t64(X)).shape) == (0, 3)
        if not ON_TORCH:
            empty = getattr(func, jacobian)(lambda x: x.sum() + t64([1.0, 2.0]))(t64(np.zeros(0)))
            assert tuple(empty.shape) == (2, 0)

    def test_of_something_outside(self, jacobian):
        w = t64([2.0, 3.0], requires_grad=True)
        got = getattr(func, jacobian)(lambda x: x * x * w)(t64([1.0, 2.0]))
        got.sum().backward()
        assert_close(w.grad, [2.0, 4.0])

    def test_refuses(self, jacobian):
        with pytest.raises(RuntimeError, match="only tensors"):
            getattr(func, jacobian)(lambda x: 3.0)(t64(X))
        with pytest.raises(RuntimeError, match="argnum"):
            getattr(func, jacobian)(smooth, argnums=1)(t64(X))


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_chunks_of_a_jacobian(size):
    assert_close(func.jacrev(smooth, chunk_size=size)(t64(X)), differences(smooth, X), rtol=1e-7)


def test_chunk_size_is_positive():
    for size in (0, -1):
        with pytest.raises(ValueError, match="chunk_size"):
            func.jacrev(smooth, chunk_size=size)(t64(X))
        with pytest.raises(ValueError, match="chunk_size"):
            func.vmap(smooth, chunk_size=size)(t64([X]))


def test_hessian():
    assert_close(func.hessian(energy)(t64(X)), hessian_of_energy(), rtol=1e-6, atol=1e-8)
    second = func.hessian(smooth)(t64(X))
    want = np.stack([differences(func.grad(lambda x, k=k: smooth(x)[k]), X) for k in range(4)])
    assert_close(second, want, rtol=1e-6, atol=1e-8)
    (aa, ab), (ba, bb) = func.hessian(lambda a, b: (a * a * b).sum(), argnums=(0, 1))(t64([1.0, 2.0]), t64([3.0, 4.0]))
    assert_close(aa, np.diag([6.0, 8.0]))
    assert_close(ab, np.diag([2.0, 4.0]))
    assert_close(ba, np.diag([2.0, 4.0]))
    assert_close(bb, np.zeros((2, 2)))


JACOBIANS = {
    "jacrev": lambda f: func.jacrev(f),
    "jacfwd": lambda f: func.jacfwd(f),
    "chunks": lambda f: func.jacrev(f, chunk_size=2),
    "vmap of vjp": lambda f: lambda x: func.vmap(func.vjp(f, x)[1])(torch.eye(f(x).numel(), dtype=torch.float64))[0],
    "vmap of jvp": lambda f: (
        lambda x: func.vmap(lambda v: func.jvp(f, (x,), (v,))[1], out_dims=-1)(
            torch.eye(x.numel(), dtype=torch.float64)
        )
    ),
    "linearize": lambda f: (
        lambda x: func.vmap(func.linearize(f, x)[1], out_dims=-1)(torch.eye(x.numel(), dtype=torch.float64))
    ),
}


@pytest.mark.parametrize("outer, inner", list(itertools.product(JACOBIANS, JACOBIANS)))
def test_second_derivatives_in_every_order(outer, inner):
    if ON_TORCH and "linearize" in (outer, inner):
        pytest.skip("traces anew, and refuses to nest")

    def gradient(x):
        return JACOBIANS[inner](lambda y: energy(y).reshape(1))(x).reshape(-1)

    assert_close(JACOBIANS[outer](gradient)(t64(X)), hessian_of_energy(), rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("outer, inner", list(itertools.product(JACOBIANS, JACOBIANS)))
def test_maps_of_second_derivatives(outer, inner):
    """vmap of (Jacobian of the gradient), each row its own point."""
    if ON_TORCH and "linearize" in (outer, inner):
        pytest.skip("traces anew, and refuses to nest")
    points = t64([X, [0.1, 0.2, 0.3]])

    def second(x):
        return JACOBIANS[outer](lambda y: JACOBIANS[inner](lambda z: energy(z).reshape(1))(y).reshape(-1))(x)

    want = np.stack([differences(func.grad(energy), row) for row in array(points)])
    assert_close(func.vmap(second)(points), want, rtol=1e-6, atol=1e-8)


def derivative(kind):
    return {
        "grad": func.grad,
        "jvp": lambda f: lambda x: func.jvp(f, (x,), (torch.ones_like(x),))[1],
        "jacrev": func.jacrev,
        "jacfwd": func.jacfwd,
        "vjp": lambda f: lambda x: func.vjp(f, x)[1](torch.ones_like(x))[0],
    }[kind]


KINDS = ["grad", "jvp", "jacrev", "jacfwd", "vjp"]


@pytest.mark.parametrize("outer, inner", list(itertools.product(KINDS, KINDS)))
class TestPerturbationConfusion:
    """Siskind and Pearlmutter 2005; Manzyuk et al. 2019."""

    def test_sum(self, outer, inner):
        """D x . x * (D y . x + y)(1) at 1 is 1."""
        d, e = derivative(outer), derivative(inner)
        assert_close(d(lambda x: x * e(lambda y: x + y)(t64(1.0)))(t64(1.0)), 1.0)

    def test_product(self, outer, inner):
        d, e = derivative(outer), derivative(inner)
        assert_close(d(lambda x: x * e(lambda y: x * y)(t64(2.0)))(t64(3.0)), 6.0)

    def test_power(self, outer, inner):
        """D x . (D y . x**3 y**2)(x) = D x . 2 x**4."""
        d, e = derivative(outer), derivative(inner)
        assert_close(d(lambda x: e(lambda y: x**3 * y**2)(x))(t64(1.5)), 8 * 1.5**3)

    def test_three_deep(self, outer, inner):
        """D x . x * (D y . y * (D z . x y z)(y))(x) = D x . x * (D y . x y**2)(x) = D x . 2 x**3."""
        d, e = derivative(outer), derivative(inner)
        got = d(lambda x: x * e(lambda y: y * d(lambda z: x * y * z)(y))(x))(t64(1.5))
        assert_close(got, 6 * 1.5**2)

    def test_curried(self, outer, inner):
        """The derivative of a shift: both uses of it see their own perturbation."""
        d, e = derivative(outer), derivative(inner)

        def shift(h):
            return lambda f: lambda x: f(x + h)

        got = d(lambda h: e(shift(h)(lambda y: y**3 * h))(t64(1.0)))(t64(2.0))
        # (1 + h)**3 h differentiated by x at 1: 3 (1 + h)**2 h; by h: 6 (1 + h) h + 3 (1 + h)**2.
        assert_close(got, 6 * 3 * 2.0 + 3 * 9.0)


# jvp, linearize, hvp.


def test_jvp_of_trees():
    value, tangent = func.jvp(
        lambda d, b: {"y": d["a"] * b}, ({"a": t64([2.0])}, t64([3.0])), ({"a": t64([1.0])}, t64([10.0]))
    )
    assert_close(value["y"], [6.0])
    assert_close(tangent["y"], [23.0])


def test_jvp_strict():
    with pytest.raises(RuntimeError, match="independent"):
        func.jvp(lambda x: t64([1.0]), (t64(X),), (t64(X),), strict=True)
    assert_close(func.jvp(lambda x: t64([1.0]), (t64(X),), (t64(X),))[1], [0.0])


def test_jvp_refuses():
    for primals, tangents in [
        ([t64(X)], [t64(X)]),
        ((t64(X),), (t64(X), t64(X))),
        ((), ()),
        ((t64(X),), (t64([1.0]),)),
    ]:
        with pytest.raises(RuntimeError):
            func.jvp(torch.sin, primals, tangents)
    with pytest.raises(RuntimeError, match="only tensors"):
        func.jvp(lambda x: 3.0, (t64(X),), (t64(X),))
    with pytest.raises(ValueError, match="floating"):
        func.jvp(lambda x: x, (torch.arange(3),), (torch.arange(3),))


def test_linearize():
    value, push = func.linearize(smooth, t64(X))
    assert_close(value, smooth(t64(X)))
    for direction in ([1.0, 0.0, 0.0], [1.0, -2.0, 0.5]):
        assert_close(push(t64(direction)), differences(smooth, X) @ direction, rtol=1e-7)
    with pytest.raises(RuntimeError):
        push(t64([1.0]))
    with pytest.raises(RuntimeError):
        push(t64(X), t64(X))


@wengert_only
def test_linearize_runs_the_function_once_and_nests():
    calls = []

    def counted(x):
        calls.append(1)
        return smooth(x)

    _, push = func.linearize(counted, t64(X))
    push(t64(X))
    push(t64(X))
    assert len(calls) == 1

    def along(x):
        return (func.linearize(smooth, x)[1](t64([1.0, 2.0, 3.0])) ** 2).sum()

    assert_close(func.grad(along)(t64(X)), differences(along, X), rtol=1e-6)
    assert_close(func.jacfwd(along)(t64(X)), differences(along, X), rtol=1e-6)


@wengert_only
def test_hvp_value_and_jacobian_value_and_grad():
    direction = [1.0, -2.0, 0.5]
    value, product = func.hvp(energy, (t64(X),), (t64(direction),))
    assert_close(value, energy(t64(X)))
    assert_close(product, hessian_of_energy() @ direction, rtol=1e-6, atol=1e-8)
    value, jacobian = func.value_and_jacobian(smooth)(t64(X))
    assert_close(value, smooth(t64(X)))
    assert_close(jacobian, differences(smooth, X), rtol=1e-7)
    value, gradient = func.value_and_grad(energy)(t64(X))
    assert_close(value, energy(t64(X)))
    assert_close(gradient, func.grad(energy)(t64(X)))


@wengert_only
def test_arrays_and_floats_as_they_are():
    x = np.array(X)
    gradient = func.grad(energy)(x)
    assert gradient.dtype == torch.float64
    assert_close(gradient, func.grad(energy)(t64(X)))
    assert_close(func.grad(lambda x: x * x)(3.0), 6.0)
    assert func.grad(lambda x: x * x)(3.0).dtype == torch.get_default_dtype()
    assert_close(func.jacrev(smooth)(x), differences(smooth, X), rtol=1e-7)
    assert_close(func.jacfwd(smooth)(x), differences(smooth, X), rtol=1e-7)
    assert_close(func.hessian(energy)(x), hessian_of_energy(), rtol=1e-6, atol=1e-8)
    assert_close(func.jvp(energy, (x,), (x,))[1], array(gradient) @ x)
    assert_close(func.vjp(smooth, x)[1](np.ones(4))[0], differences(smooth, X).sum(0), rtol=1e-7)
    assert_close(func.vmap(lambda r: r.sum())(np.ones((2, 3))), [3.0, 3.0])
    assert x.tolist() == X


# Trees.


class Point(collections.namedtuple("Point", "x y")):
    pass


def test_grad_of_trees():
    tree = {"p": Point(t64(2.0), t64(3.0)), "l": [t64(4.0), (t64(5.0),)]}
    got = func.grad(lambda t: t["p"].x * t["p"].y + t["l"][0] * t["l"][1][0])(tree)
    assert isinstance(got["p"], Point) and isinstance(got["l"], list) and isinstance(got["l"][1], tuple)
    assert [g.item() for g in (got["p"].x, got["p"].y, got["l"][0], got["l"][1][0])] == [3.0, 2.0, 5.0, 4.0]


def test_argnums_are_checked():
    f = func.grad
    for argnums in (2, (0, 0), "a", (), (0, 5)):
        with pytest.raises(RuntimeError, match="(?i)argnum"):
            f(lambda a: a.sum(), argnums=argnums)(t64(X))
    with pytest.raises((ValueError, RuntimeError)):
        f(lambda a: a)("text")


def test_grad_with_aux():
    gradient, aux = func.grad(lambda x: (x.sum(), {"x": x * 2}), has_aux=True)(t64(X))
    assert_close(gradient, np.ones(3))
    assert not aux["x"].requires_grad
    (g, (value, aux)) = func.grad_and_value(lambda x: (x.sum(), x), has_aux=True)(t64(X))
    assert_close(value, sum(X))
    with pytest.raises(RuntimeError, match="aux"):
        func.grad(lambda x: x.sum(), has_aux=True)(t64(X))


# Writes inside.


def recurrence(c):
    buffer = torch.zeros(4, dtype=torch.float64)
    buffer[0] = 1.0
    for i in range(3):
        buffer[i + 1] = buffer[i] * c[i]
    return buffer[3]


def with_views(x):
    y = x.clone()
    tail = y[1:]
    tail.mul_(x[0])
    y[0] = tail.sum()
    whole = y.view(3)
    whole[2:] += y[:1]
    return (tail * y[0]).sum() + whole.sum()


def masked(x):
    y = torch.zeros_like(x)
    y[x > 0] = x[x > 0] * 2
    z = y.t() if y.dim() > 1 else y
    z += x
    return (y * y).sum()


def plain_then_dual(x):
    y = torch.zeros(3, dtype=torch.float64)
    early = y[:2]
    y[0] = x[1] * x[2]
    early[1] = y[0] * x[0]
    y.add_(x)
    return (early**2).sum() + y.sum()


@pytest.mark.parametrize("f", [recurrence, with_views, masked, plain_then_dual])
@pytest.mark.parametrize("kind", ["grad", "jacrev", "jacfwd", "jvp of unit vectors", "hessian", "linearize"])
def test_writes_inside(f, kind):
    if ON_TORCH and (
        kind == "linearize" or (f in (recurrence, plain_then_dual) and kind != "jacfwd" and "jvp" not in kind)
    ):
        pytest.skip("refuses writes, or to go backward after them")
    x = t64(X)
    if kind == "hessian":
        assert_close(func.hessian(f)(x), differences(func.grad(f), X), rtol=1e-6, atol=1e-8)
        return
    if kind == "jvp of unit vectors":
        got = torch.stack([func.jvp(f, (x,), (e,))[1] for e in t64(np.eye(3))])
    elif kind == "linearize":
        push = func.linearize(f, x)[1]
        got = torch.stack([push(e) for e in t64(np.eye(3))])
    else:
        got = getattr(func, kind)(f)(x)
    assert_close(got, differences(f, X), rtol=1e-7)
    assert_close(x, X)


def test_item_and_branches_inside_jvp():
    def f(x):
        return x * x.item() if x > 0 and float(x) > 1 else x

    assert_close(func.jvp(f, (t64(3.0),), (t64(1.0),))[1], 3.0)


@wengert_only
def test_a_dual_that_leaves_its_transform_is_an_error():
    kept = []
    func.jvp(lambda x: kept.append(x) or x, (t64(X),), (t64(X),))
    with pytest.raises(RuntimeError, match="ended"):
        kept[0] * 2


@wengert_only
@pytest.mark.parametrize("make", [lambda: torch.zeros(1).expand(3), lambda: torch.zeros(3).unbind()[0].expand(3)])
def test_writes_into_memory_that_is_seen_more_than_once_are_refused(make):
    def f(x):
        y = make()
        y[0] = x[0]
        return y

    with pytest.raises(RuntimeError, match="single memory location"):
        func.jvp(f, (torch.ones(3),), (torch.ones(3),))


def test_writes_into_what_needs_a_gradient_are_refused():
    leaf = torch.ones(3, requires_grad=True)

    def f(x):
        leaf[0] = x[0]
        return leaf

    with pytest.raises(RuntimeError):
        func.jvp(f, (torch.ones(3),), (torch.ones(3),))
    assert leaf.tolist() == [1.0, 1.0, 1.0]
