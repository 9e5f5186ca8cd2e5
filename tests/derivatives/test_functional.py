"""autograd.functional, autograd.forward_ad, gradcheck, and what autograd.grad and backward take."""

import numpy as np
import pytest

from backend import ON_TORCH, assert_close, t64, torch, wengert_only

F = torch.autograd.functional
fwd = torch.autograd.forward_ad

X = [0.5, -1.0, 2.0]


def square(x):
    return x * x


def cube(x):
    return (x**3).sum()


JACOBIANS = [{}, {"vectorize": True}, {"vectorize": True, "strategy": "forward-mode"}]


@pytest.mark.parametrize("options", JACOBIANS)
def test_jacobian(options):
    x = t64(X)
    assert_close(F.jacobian(square, x, **options), np.diag(2 * np.array(X)))
    got = F.jacobian(lambda a, b: (a * b.sum(), b[:2]), (x, x), **options)
    assert ON_TORCH or (isinstance(got, tuple) and isinstance(got[0], tuple))
    assert_close(got[0][0], 1.5 * np.eye(3))
    assert_close(got[0][1], np.outer(X, np.ones(3)))
    assert_close(got[1][0], np.zeros((2, 3)))
    assert_close(got[1][1], np.eye(3)[:2])
    if not ON_TORCH:  # where forward mode leaves it on the tape
        assert not F.jacobian(square, x.clone().requires_grad_(), **options).requires_grad


def test_jacobian_can_be_differentiated():
    x = t64(X, requires_grad=True)
    for vectorize in (False, True):
        J = F.jacobian(lambda x: x**3, x, create_graph=True, vectorize=vectorize)
        (gradient,) = torch.autograd.grad(J.sum(), x)
        assert_close(gradient, 6 * np.array(X))


REFUSED = [
    (lambda x: 3.0, {}, TypeError, "outputs of the user-provided function"),
    (lambda x: t64([1.0]), {"strict": True}, RuntimeError, "does not require gradients"),
    (lambda x: 2 * x, {"strict": True, "create_graph": True}, RuntimeError, "independent of input 0"),
    (square, {"strategy": "sideways"}, AssertionError, "strategy"),
    (square, {"strategy": "forward-mode"}, NotImplementedError, "vectorize=True"),
    (square, {"strict": True, "vectorize": True}, RuntimeError, "strict"),
    (
        square,
        {"strategy": "forward-mode", "vectorize": True, "create_graph": True},
        NotImplementedError,
        "create_graph=True",
    ),
]


@pytest.mark.parametrize("f, options, error, text", REFUSED)
def test_jacobian_refuses(f, options, error, text):
    with pytest.raises(error, match=text):
        F.jacobian(f, t64(X), **options)


def test_strict_jacobian_of_an_unused_input():
    with pytest.raises(RuntimeError, match="Output 0 of the user-provided function is independent of input 1"):
        F.jacobian(lambda a, b: a * 1, (t64(X), t64(X)), strict=True)
    with pytest.raises(TypeError, match="inputs given to jacobian"):
        F.jacobian(square, 3.0)


@pytest.mark.parametrize(
    "options", [{}, {"vectorize": True}, {"vectorize": True, "outer_jacobian_strategy": "forward-mode"}]
)
def test_hessian(options):
    assert_close(F.hessian(cube, t64(X), **options), np.diag(6 * np.array(X)))
    (aa, ab), (ba, bb) = F.hessian(lambda a, b: (a * a * b).sum(), (t64([1.0, 2.0]), t64([3.0, 4.0])), **options)
    assert_close(aa, np.diag([6.0, 8.0]))
    assert_close(ab, np.diag([2.0, 4.0]))
    assert_close(ba, np.diag([2.0, 4.0]))
    assert_close(bb, np.zeros((2, 2)))
    with pytest.raises(RuntimeError, match="single element"):
        F.hessian(square, t64(X), **options)


def test_strict_second_derivatives_of_a_linear_function():
    for f in (
        F.hessian,
        lambda g, x, strict: F.hvp(g, x, x, strict=strict),
        lambda g, x, strict: F.vhp(g, x, x, strict=strict),
    ):
        with pytest.raises(RuntimeError, match="independent"):
            f(lambda x: (2 * x).sum(), t64(X), strict=True)
    assert_close(F.hvp(lambda x: (2 * x).sum(), t64(X), t64(X))[1], np.zeros(3))


def test_products():
    x, v = t64(X), t64([1.0, 2.0, 3.0])
    for f in (F.vjp, F.jvp):
        value, product = f(square, x, v)
        assert_close(value, np.square(X))
        assert_close(product, 2 * np.array(X) * [1, 2, 3])
    for f in (F.vhp, F.hvp):
        value, product = f(cube, x, v)
        assert_close(value, np.power(X, 3).sum())
        assert_close(product, 6 * np.array(X) * [1, 2, 3])
    value, products = F.hvp(lambda a, b: (a * b).sum(), (x, x), (v, 2 * v))
    assert_close(products[0], [2.0, 4.0, 6.0])
    assert_close(products[1], [1.0, 2.0, 3.0])


def test_the_vector_of_a_product():
    x = t64(X)
    assert_close(F.vjp(cube, x)[1], 3 * np.square(X))
    assert_close(F.jvp(square, x[:1])[1], [1.0])
    for f, g in ((F.vjp, square), (F.jvp, square), (F.hvp, cube), (F.vhp, cube)):
        with pytest.raises(RuntimeError, match="v can only be None"):
            f(g, x)
        with pytest.raises(RuntimeError, match="invalid size"):
            f(g, x, t64([1.0]))
    with pytest.raises(RuntimeError, match="invalid length"):
        F.vjp(lambda a: (a * 1, a * 2), x, x)


def test_products_can_be_differentiated():
    x = t64(X, requires_grad=True)
    for f in (F.vjp, F.jvp):
        _, product = f(lambda x: x**3, x, t64([1.0, 1.0, 1.0]), create_graph=True)
        assert_close(torch.autograd.grad(product.sum(), x)[0], 6 * np.array(X))
    for f in (F.vhp, F.hvp):
        _, product = f(cube, x, t64([1.0, 1.0, 1.0]), create_graph=True)
        assert_close(torch.autograd.grad(product.sum(), x)[0], [6.0] * 3)


# Forward mode on dual tensors.


def test_dual_tensors():
    with fwd.dual_level():
        x = fwd.make_dual(t64(X), t64([1.0, 0.0, 2.0]))
        out = x * x
        primal, tangent = fwd.unpack_dual(out)
        assert fwd.unpack_dual(t64(X)).tangent is None
        view = fwd.unpack_dual(x[1:])
        detached = fwd.unpack_dual(x.detach())
    assert_close(primal, np.square(X))
    assert_close(tangent, [1.0, 0.0, 8.0])
    assert_close(view.primal, X[1:])
    assert_close(view.tangent, [0.0, 2.0])
    assert detached.tangent is None
    after = fwd.unpack_dual(out)
    assert after.tangent is None and type(after).__name__ == "UnpackedDualTensor"
    assert_close(after.primal, np.square(X))
    assert_close(fwd.unpack_dual(out + 1).primal, np.square(X) + 1)


def test_dual_tensors_through_writes_and_views():
    with fwd.dual_level():
        x = fwd.make_dual(t64(X), t64([1.0, 0.0, 2.0]))
        b = t64([0.0, 0.0, 0.0])
        v = b[1:]
        b[1] = x[2] * 2
        v[1:] += x[:1] * 3
        whole, part = fwd.unpack_dual(b), fwd.unpack_dual(v)
    assert_close(whole.primal, [0.0, 4.0, 1.5])
    assert_close(whole.tangent, [0.0, 4.0, 3.0])
    assert_close(part.primal, [4.0, 1.5])
    assert_close(part.tangent, [4.0, 3.0])


def test_forward_over_reverse_with_duals():
    with fwd.dual_level():
        x = fwd.make_dual(t64(X, requires_grad=True), t64([1.0, 1.0, 1.0]))
        (gradient,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
        assert_close(fwd.unpack_dual(gradient).tangent.detach(), 6 * np.array(X))


def test_dual_errors():
    with pytest.raises(RuntimeError, match="no level exists"):
        fwd.make_dual(t64(X), t64(X))
    with pytest.raises(RuntimeError):
        fwd.exit_dual_level()
    with fwd.dual_level():
        x = fwd.make_dual(t64(X), t64(X))
        with pytest.raises(RuntimeError, match="already has a forward gradient"):
            fwd.make_dual(x, t64(X))
        with pytest.raises(RuntimeError, match="different size"):
            fwd.make_dual(t64(X), t64([1.0]))
        with pytest.raises(ValueError, match="floating point"):
            fwd.make_dual(torch.arange(3), torch.ones(3))
        with pytest.raises(RuntimeError, match="Nested"):
            fwd.enter_dual_level()
        assert x[0].item() == X[0]
        with pytest.raises(TypeError):
            fwd.unpack_dual(3.0)
    assert fwd.unpack_dual(t64(X)).tangent is None


def test_dual_tensors_show_their_tangents():
    x, t = torch.tensor([1.0, 2.0]), torch.tensor([0.5, 0.0])
    with fwd.dual_level():
        dual = fwd.make_dual(x, t)
        assert repr(dual) == "tensor([1., 2.], tangent=tensor([0.5000, 0.0000]))"
        assert str(dual[0]) == "tensor(1., tangent=0.5)"
        assert repr(x) == "tensor([1., 2.])" and "tangent" not in repr(dual.detach())
        with pytest.raises(RuntimeError, match="itself has a forward gradient at the same level"):
            fwd.make_dual(x, dual)
    assert repr(dual) == "tensor([1., 2.])"


# gradcheck.


class Wrong(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * x

    @staticmethod
    def backward(ctx, g):
        return 3 * g


def test_gradcheck():
    check, again = torch.autograd.gradcheck, torch.autograd.gradgradcheck
    x, y = t64(X, requires_grad=True), t64([[1.0], [2.0]], requires_grad=True)
    f = lambda x, y, k: ((x * y).sin() * k, x.exp())  # noqa: E731
    for options in ({}, {"fast_mode": True}, {"check_forward_ad": True}, {"check_batched_grad": True}):
        assert check(f, (x, y, 2.0), **options)
    assert check(f, (x, y, 2.0), check_forward_ad=True, check_batched_forward_grad=True)
    for options in ({}, {"fast_mode": True}, {"check_fwd_over_rev": True}):
        assert again(f, (x, y, 2.0), **options)
    assert_close(x.detach(), X)


def test_gradcheck_reports():
    from backend import BACKEND

    error = __import__(f"{BACKEND}.autograd.gradcheck", fromlist=["GradcheckError"]).GradcheckError
    x = t64([1.0, 2.0], requires_grad=True)
    for options in ({}, {"fast_mode": True}):
        with pytest.raises(error, match="Jacobian mismatch for output 0 with respect to input 0"):
            torch.autograd.gradcheck(Wrong.apply, (x,), **options)
        assert not torch.autograd.gradcheck(Wrong.apply, (x,), raise_exception=False, **options)
    with pytest.raises(error):
        torch.autograd.gradgradcheck(lambda x: x.detach() * x**2, (x,))
    with pytest.raises(ValueError, match="at least one input"):
        torch.autograd.gradcheck(square, (x.detach(),))


@wengert_only
def test_gradcheck_names_the_entry():
    x = t64([1.0, 3.0], requires_grad=True)
    with pytest.raises(RuntimeError, match=r"element \(1,\) of output 0 by element \(1,\) of input 0: numerical 6"):
        torch.autograd.gradcheck(Wrong.apply, (x,))


def test_gradcheck_finds_what_is_not_deterministic():
    calls = []

    class Flaky(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            calls.append(1)
            return g * (1 + 1e-7 * len(calls))

    x = t64([1.0], requires_grad=True)
    assert not torch.autograd.gradcheck(Flaky.apply, (x,), raise_exception=False)
    assert torch.autograd.gradcheck(Flaky.apply, (x,), nondet_tol=1e-3)


# grad and backward.


def test_what_hooks_change_of_inputs_on_the_way():
    x = t64(2.0, requires_grad=True)
    z = x * 3
    z.register_hook(lambda g: g * 10)
    w = z * z
    first = torch.autograd.grad(w, [z, x], retain_graph=True)
    assert_close(first[0], 12.0)  # as it comes, for z leads to x
    assert_close(first[1], 360.0)
    assert_close(torch.autograd.grad(w, z, retain_graph=True)[0], 120.0)
    z.retain_grad()
    w.backward(inputs=[z, x])
    assert_close(z.grad, 120.0)
    assert_close(x.grad, 360.0)


def test_cotangents_of_other_dtypes_are_cast():
    x = torch.ones(2, requires_grad=True)
    for g in (torch.ones(2, dtype=torch.float64), torch.ones(2, dtype=torch.int64)):
        (got,) = torch.autograd.grad(x * 2, x, g)
        assert got.dtype == torch.float32
    (x * 2).backward(torch.ones(2, dtype=torch.float64))
    assert x.grad.dtype == torch.float32


def test_batches_of_cotangents():
    x = t64(X, requires_grad=True)
    eye = t64(np.eye(3))
    (got,) = torch.autograd.grad(x**3, x, eye, is_grads_batched=True, create_graph=True)
    assert_close(got.detach(), np.diag(3 * np.square(X)))
    (second,) = torch.autograd.grad(got.sum(), x)
    assert_close(second, 6 * np.array(X))


def test_grad_words():
    x = t64(X, requires_grad=True)
    with pytest.raises(RuntimeError, match="index 1 appears to not have been used"):
        torch.autograd.grad(x.sum(), [x, t64([1.0], requires_grad=True)])
    unused = t64([1.0], requires_grad=True)
    assert torch.autograd.grad(x.sum(), [x, unused], allow_unused=True)[1] is None
    assert_close(torch.autograd.grad(x.sum(), [x, unused], materialize_grads=True)[1], [0.0])
    with pytest.raises(TypeError, match="gradients can be either Tensors or None"):
        torch.autograd.grad(x.sum(), x, "a")
    if not ON_TORCH:
        with pytest.raises(RuntimeError, match="as many of each"):
            torch.autograd.grad(x.sum(), x, (t64(1.0), t64(1.0)))


def test_hessian_of_what_does_not_depend_on_the_input_is_refused_by_its_jacobian():
    def f(x):
        return x.detach().clone().requires_grad_().sum()

    with pytest.raises(
        RuntimeError, match="jacobian of the user-provided function with respect to input 0 is independent"
    ):
        F.hessian(f, t64([1.0, 2.0]), strict=True)


def test_a_jacobian_may_be_written():
    jacobian = F.jacobian(lambda x, y: x.sum().expand(2), (t64([1.0, 2.0]), t64([3.0])))
    jacobian[0][0, 0] = 5.0
    assert_close(jacobian[0], [[5.0, 1.0], [1.0, 1.0]])
    assert_close(jacobian[1], [[0.0], [0.0]])
