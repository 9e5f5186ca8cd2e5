"""autograd.Function: a user's own op with its own backward, in both styles, differentiated twice, misused."""

import numpy as np
import pytest

from backend import assert_close, t64, torch


class Cube(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x * x


class Power(torch.autograd.Function):
    """The other style: forward without ctx, and setup_context."""

    @staticmethod
    def forward(x, n):
        return x**n

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, ctx.n = inputs
        ctx.save_for_backward(x)

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * ctx.n * x ** (ctx.n - 1), None


class Affine(torch.autograd.Function):
    """Three tensors, of which only the wanted get a gradient."""

    asked = None

    @staticmethod
    def forward(ctx, a, x, b):
        ctx.save_for_backward(a, x)
        return a * x + b

    @staticmethod
    def backward(ctx, grad):
        a, x = ctx.saved_tensors
        Affine.asked = ctx.needs_input_grad
        wants_a, wants_x, wants_b = ctx.needs_input_grad
        return grad * x if wants_a else None, grad * a if wants_x else None, grad if wants_b else None


class Both(torch.autograd.Function):
    """Two outputs."""

    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.sin(), x.cos()

    @staticmethod
    def backward(ctx, one, other):
        (x,) = ctx.saved_tensors
        return one * x.cos() - other * x.sin()


def test_value_and_gradient():
    x = t64([1.0, 2.0], requires_grad=True)
    y = Cube.apply(x)
    assert y.requires_grad and type(y.grad_fn).__name__ == "CubeBackward"
    assert_close(y.detach(), [1.0, 8.0])
    y.sum().backward()
    assert_close(x.grad, [3.0, 12.0])


def test_forward_is_not_recorded():
    x = t64(2.0, requires_grad=True)
    modes = []

    class Look(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            modes.append(torch.is_grad_enabled())
            y = x * 2
            modes.append(y.requires_grad)
            return y

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    Look.apply(x).backward()
    assert modes == [False, False]
    assert not Look.apply(t64(2.0)).requires_grad
    with torch.no_grad():
        assert not Look.apply(x).requires_grad


def test_setup_context_style():
    x = t64([1.0, 2.0], requires_grad=True)
    Power.apply(x, 3).sum().backward()
    assert_close(x.grad, [3.0, 12.0])


def test_needs_input_grad():
    a, x, b = t64(2.0), t64(3.0, requires_grad=True), t64(4.0, requires_grad=True)
    Affine.apply(a, x, b).backward()
    assert tuple(Affine.asked) == (False, True, True)
    assert a.grad is None
    assert_close(x.grad, 2.0)
    assert_close(b.grad, 1.0)


def test_two_outputs():
    x = t64(0.7, requires_grad=True)
    sine, cosine = Both.apply(x)
    (sine * 2 + cosine * 3).backward()
    assert_close(x.grad, 2 * np.cos(0.7) - 3 * np.sin(0.7))
    x.grad = None
    sine, cosine = Both.apply(x)
    sine.backward()  # the other cotangent arrives as zeros
    assert_close(x.grad, np.cos(0.7))


def test_materialisation_can_be_switched_off():
    got = []

    class Loose(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 1, x * 2

        @staticmethod
        def backward(ctx, one, other):
            got.append((one is None, other is None))
            return one

    x = t64(1.0, requires_grad=True)
    Loose.apply(x)[0].backward()
    assert got == [(False, True)]


def test_double_backward():
    x = t64([1.0, 2.0], requires_grad=True)
    for function in (Cube.apply, lambda x: Power.apply(x, 3)):
        (first,) = torch.autograd.grad(function(x).sum(), x, create_graph=True)
        assert_close(first, [3.0, 12.0])
        (second,) = torch.autograd.grad(first.sum(), x)
        assert_close(second, [6.0, 12.0])


def test_once_differentiable():
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, grad):
            return grad * 2 * ctx.saved_tensors[0]

    x = t64(3.0, requires_grad=True)
    (first,) = torch.autograd.grad(Once.apply(x), x, create_graph=True)
    assert_close(first, 6.0)
    with pytest.raises(RuntimeError):
        first.backward()


def test_a_saved_output():
    class Exponential(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            (y,) = ctx.saved_tensors
            return grad * y

    x = t64(0.5, requires_grad=True)
    (first,) = torch.autograd.grad(Exponential.apply(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert_close(first, np.exp(0.5))
    assert_close(second, np.exp(0.5))


def returning(*results):
    class Wrong(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, y):
            return x * y

        @staticmethod
        def backward(ctx, grad):
            return results

    return Wrong


def test_wrong_number_of_gradients():
    x, y = t64(1.0, requires_grad=True), t64(2.0, requires_grad=True)
    for results in [(t64(1.0),), (t64(1.0), t64(1.0), t64(1.0))]:
        with pytest.raises(RuntimeError, match="(?i)number of gradients"):
            returning(*results).apply(x, y).backward()
    assert x.grad is None and y.grad is None


def test_surplus_nones_are_allowed():
    x, y = t64(1.0, requires_grad=True), t64(2.0, requires_grad=True)
    returning(t64(5.0), None, None).apply(x, y).backward()
    assert_close(x.grad, 5.0)
    assert y.grad is None


def test_wrong_shape_and_kind_of_gradient():
    x, y = t64([1.0, 2.0], requires_grad=True), t64([3.0, 4.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="(?i)shape"):
        returning(t64([1.0, 2.0, 3.0]), None).apply(x, y).sum().backward()
    with pytest.raises((RuntimeError, TypeError)):
        returning("one", None).apply(x, y).sum().backward()
    assert x.grad is None


def test_exceptions_pass_through():
    class Failing(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, late):
            if not late:
                raise KeyError("forward")
            return x * 1

        @staticmethod
        def backward(ctx, grad):
            raise KeyError("backward")

    x = t64(1.0, requires_grad=True)
    with pytest.raises(KeyError, match="forward"):
        Failing.apply(x, False)
    with pytest.raises(KeyError, match="backward"):
        Failing.apply(x, True).backward()
    assert x.grad is None
    (x * 2).backward()
    assert_close(x.grad, 2.0)


def test_saved_tensors_are_freed_with_the_graph():
    x = t64(2.0, requires_grad=True)
    y = Cube.apply(x)
    y.backward()
    with pytest.raises(RuntimeError, match="retain_graph"):
        y.backward()


def test_an_instance_is_not_called():
    with pytest.raises((RuntimeError, TypeError, NotImplementedError)):
        Cube()(t64(1.0, requires_grad=True))


def test_missing_backward():
    class Half(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x / 2

    with pytest.raises((RuntimeError, NotImplementedError)):
        Half.apply(t64(1.0, requires_grad=True)).backward()


def test_mark_non_differentiable():
    class Split(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            sign = x > 0
            ctx.mark_non_differentiable(sign)
            return x * 2, sign

        @staticmethod
        def backward(ctx, grad, _):
            return grad * 2

    value, sign = Split.apply(t64([1.0, -1.0], requires_grad=True))
    assert value.requires_grad and not sign.requires_grad


def test_in_a_larger_graph():
    x = t64([0.5, 1.5], requires_grad=True)
    y = Cube.apply(x.tanh())
    (y * x).sum().backward()
    tanh = np.tanh([0.5, 1.5])
    assert_close(x.grad, tanh**3 + np.array([0.5, 1.5]) * 3 * tanh**2 * (1 - tanh**2))
