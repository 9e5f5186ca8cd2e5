"""autograd.Function inside transforms, writes in place, forward mode, and its errors."""

import numpy as np
import pytest

from backend import ON_TORCH, assert_close, t64, torch, wengert_only

Function = torch.autograd.Function


class Cube(Function):
    """Everything by hand, in the style that transforms want."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x):
        return x**3, x * 2

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx, g, h):
        (x,) = ctx.saved_tensors
        return 3 * x * x * g + 2 * h

    @staticmethod
    def jvp(ctx, t):
        (x,) = ctx.saved_tensors
        return 3 * x * x * t, 2 * t


class Sine(Function):
    @staticmethod
    def forward(x, k):
        return (x * k).sin()

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, ctx.k = inputs
        ctx.save_for_backward(x)
        ctx.save_for_forward(x)

    @staticmethod
    def backward(ctx, g):
        return g * ctx.k * (ctx.saved_tensors[0] * ctx.k).cos(), None

    @staticmethod
    def jvp(ctx, t, _):
        return t * ctx.k * (ctx.saved_tensors[0] * ctx.k).cos()

    @staticmethod
    def vmap(info, in_dims, x, k):
        assert info.batch_size in (2, 3) and in_dims[1] is None
        return Sine.apply(x, k), in_dims[0]


X = [0.3, -0.7, 1.2]


def f(x):
    cube, twice = Cube.apply(x)
    return (cube * twice + Sine.apply(x, 2.0)).sum()


def plain(x):
    return (x**3 * (x * 2) + (x * 2.0).sin()).sum()


@pytest.mark.parametrize("name", ["grad", "jacrev", "jacfwd", "hessian"])
def test_in_transforms(name):
    transform = getattr(torch.func, name)
    assert_close(transform(f)(t64(X)), transform(plain)(t64(X)))


def test_in_jvp_and_nested():
    func = torch.func

    def along(g):
        return lambda x: func.jvp(g, (x,), (torch.ones_like(x),))[1]

    orders = [lambda g: func.grad(along(g)), lambda g: lambda x: along(func.grad(g))(x).sum()]
    if not ON_TORCH:  # another number there
        orders.append(lambda g: along(along(g)))
    for nested in orders:
        assert_close(nested(f)(t64(X)), nested(plain)(t64(X)))


def test_in_vmap():
    func = torch.func
    rows = t64([X, [0.1, 0.2, 0.3]])
    assert_close(func.vmap(f)(rows), func.vmap(plain)(rows))
    assert_close(func.vmap(func.grad(f))(rows), func.vmap(func.grad(plain))(rows))
    assert_close(func.vmap(func.hessian(f))(rows), func.vmap(func.hessian(plain))(rows))


def test_transforms_need_a_rule():
    class Bare(Function):
        @staticmethod
        def forward(x):
            return x * 2

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def backward(ctx, g):
            return g * 2

    with pytest.raises(RuntimeError, match="vmap support"):
        torch.func.vmap(Bare.apply)(t64(X))
    with pytest.raises(NotImplementedError, match="jvp"):
        torch.func.jvp(Bare.apply, (t64(X),), (t64(X),))
    assert_close(torch.func.grad(lambda x: Bare.apply(x).sum())(t64(X)), [2.0] * 3)

    class Both(Bare):
        generate_vmap_rule = True

        @staticmethod
        def vmap(info, in_dims, x):
            return x * 2, in_dims[0]

    with pytest.raises(RuntimeError, match="both"):
        torch.func.vmap(Both.apply)(t64(X))

    class Half(Bare):
        @staticmethod
        def vmap(info, in_dims, x):
            return x * 2

    with pytest.raises(RuntimeError, match="two returns"):
        torch.func.vmap(Half.apply)(t64(X))


def test_missing_tangents_arrive_as_zeros():
    seen = []

    class Product(Function):
        @staticmethod
        def forward(ctx, x, y, k):
            ctx.save_for_forward(x, y)
            return x * y * k

        @staticmethod
        def jvp(ctx, tx, ty, tk):
            seen.append((ty is not None, tk))
            x, y = ctx.saved_tensors
            return tx * y + x * ty

        @staticmethod
        def backward(ctx, g):
            return g, g, None

    fwd = torch.autograd.forward_ad
    with fwd.dual_level():
        x = fwd.make_dual(t64([1.0, 2.0]), t64([1.0, 1.0]))
        value, tangent = fwd.unpack_dual(Product.apply(x, t64([3.0, 4.0]), 1))
    assert seen == [(True, None)]
    assert_close(value, [3.0, 8.0])
    assert_close(tangent, [3.0, 4.0])


class Double(Function):
    @staticmethod
    def forward(ctx, x):
        x.mul_(2)
        ctx.mark_dirty(x)
        return x

    @staticmethod
    def backward(ctx, g):
        return g * 2


def test_mark_dirty():
    x = t64(X, requires_grad=True)
    y = x * 1
    before = y * y  # its kept value stays
    z = Double.apply(y)
    assert z is y and "Double" in type(y.grad_fn).__name__
    assert_close(y.detach(), 2 * np.array(X))
    if not ON_TORCH:
        (before + y).sum().backward()
        assert_close(x.grad, 2 * np.array(X) + 2)


def test_mark_dirty_on_a_view_and_a_leaf():
    x = t64(X, requires_grad=True)
    y = x * 1
    part = y[:1]
    assert Double.apply(part) is part
    (gradient,) = torch.autograd.grad((y * t64([1.0, 2.0, 3.0])).sum(), x)
    assert_close(gradient, [2.0, 2.0, 3.0])
    with pytest.raises(RuntimeError, match="leaf"):
        Double.apply(x)

    class Lost(Double):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x)
            return x * 1

    with pytest.raises(RuntimeError, match="dirty"):
        Lost.apply(x * 1)


def test_a_second_backward_where_nothing_was_saved():
    class Twice(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return g * 2

    x = t64(1.0, requires_grad=True)
    y = Twice.apply(x)
    y.backward()
    y.backward()
    assert_close(x.grad, 4.0)
    assert Twice.apply(3.0) == 6.0


def test_saving_what_is_no_tensor():
    class Saves(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(3.0)
            return x

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(TypeError, match="save_for_backward can only save variables, but argument 0 is of type float"):
        Saves.apply(t64(1.0, requires_grad=True))


@pytest.mark.parametrize(
    "results, text",
    [
        ((), "function WrongBackward returned an incorrect number of gradients"),
        ((t64([1.0] * 5),), "Function WrongBackward returned an invalid gradient at index 0"),
        (("a",), "expected Variable or None"),
    ],
)
def test_errors_name_the_function(results, text):
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return results

    x = t64(X, requires_grad=True)
    with pytest.raises(RuntimeError, match=text):
        Wrong.apply(x).sum().backward()
    assert x.grad is None


@wengert_only
def test_jvp_results_are_checked():
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def jvp(ctx, t):
            return t[:1]

    with pytest.raises(RuntimeError, match="Wrong.jvp"):
        torch.func.jvp(Wrong.apply, (t64(X),), (t64(X),))


class Power(torch.autograd.Function):
    """x ** n; `n` has a default."""

    @staticmethod
    def forward(x, n=2):
        return x**n

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0])
        ctx.n = inputs[1]

    @staticmethod
    def backward(ctx, g):
        (x,) = ctx.saved_tensors
        return g * ctx.n * x ** (ctx.n - 1), None


@pytest.mark.parametrize(("given", "n"), [({}, 2), ({"n": 3}, 3)])
def test_defaults_and_keywords_are_inputs(given, n):
    x = t64(3.0, requires_grad=True)
    Power.apply(x, **given).backward()
    assert_close(x.grad, n * 3.0 ** (n - 1))
    assert_close(torch.func.grad(lambda x: Power.apply(x, **given))(t64(3.0)), n * 3.0 ** (n - 1))


class Doubled(torch.autograd.Function):
    """Doubles its argument in place."""

    @staticmethod
    def forward(x):
        return x.mul_(2)

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.mark_dirty(inputs[0])

    @staticmethod
    def backward(ctx, g):
        return 2 * g

    @staticmethod
    def jvp(ctx, t):
        return t.mul_(2)


def test_dirty_inputs_in_forward_mode():
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        x = fw.make_dual(t64([1.0, 2.0]), t64([3.0, 4.0]))
        y = Doubled.apply(x)
        assert y is x
        assert_close(fw.unpack_dual(y * 1).primal, [2.0, 4.0])
        assert_close(fw.unpack_dual(y * 1).tangent, [6.0, 8.0])
    value, tangent = torch.func.jvp(lambda x: Doubled.apply(x.clone()) * x, (t64([3.0]),), (t64([1.0]),))
    assert_close(value, [18.0])
    assert_close(tangent, [12.0])


class Swapped(torch.autograd.Function):
    """Takes a list; its vmap rule sees the dimensions in the same form."""

    @staticmethod
    def forward(x, pair):
        raise AssertionError("mapped by its own rule")

    @staticmethod
    def setup_context(ctx, inputs, output):
        pass

    @staticmethod
    def vmap(info, in_dims, x, pair):
        assert in_dims == (0, [0, None])
        return (pair[0] * x, x), 0


def test_lists_of_batches():
    x, y = t64([1.0, 2.0]), t64([3.0, 4.0])
    a, b = torch.vmap(lambda x, y: Swapped.apply(x, [y, t64(1.0)]))(x, y)
    assert_close(a, [3.0, 8.0])
    assert_close(b, [1.0, 2.0])


def test_vmap_rules_with_dimensions_that_do_not_fit():
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x.clone()

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vmap(info, in_dims, x):
            return x.clone(), (None,)

    with pytest.raises(RuntimeError, match="returned an incompatible"):
        torch.vmap(Wrong.apply)(t64([1.0, 2.0]))


def test_vmap_wants_setup_context():
    class Plain(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

    with pytest.raises(RuntimeError, match="must override the setup_context"):
        torch.vmap(Plain.apply)(t64([1.0, 2.0]))


@pytest.mark.parametrize("in_dims", [1, (1,), -1])
def test_vmap_rules_see_the_dimension_that_is_mapped(in_dims):
    class Seen(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x.clone()

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vmap(info, in_dims, x):
            assert in_dims == (1,) and tuple(x.shape) == (2, 3) and info.batch_size == 3
            return x * 2, 1

    x = t64([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert_close(torch.vmap(Seen.apply, in_dims=in_dims, out_dims=1)(x), [[2.0, 4.0, 6.0], [8.0, 10.0, 12.0]])


def test_vmap_rules_see_computed_batches_by_their_first_dimension():
    class Sum(torch.autograd.Function):
        @staticmethod
        def forward(x, y):
            return x + y

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def vmap(info, in_dims, x, y):
            return x.movedim(in_dims[0], 0) + y.movedim(in_dims[1], 0), 0

    x, y = t64([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), t64([[1.0, 10.0, 100.0], [0.0, 1.0, 2.0]])
    got = torch.vmap(lambda a, b: Sum.apply(a * 2, b), in_dims=(0, 1))(x, y)
    assert_close(got, [[3.0, 4.0], [16.0, 9.0], [110.0, 14.0]])
