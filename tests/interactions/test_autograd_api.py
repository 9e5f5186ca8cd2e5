"""The face of autograd on a tensor: requires_grad, is_leaf, grad, grad_fn, backward, autograd.grad, grad modes, errors."""

import pytest

from backend import array, assert_close, t64, torch, wengert_only


def test_a_leaf_before_and_after_backward():
    w = t64([1.0, 2.0], requires_grad=True)
    assert w.requires_grad and w.is_leaf and w.grad is None and w.grad_fn is None
    y = (w * w).sum()
    assert y.requires_grad and not y.is_leaf and y.grad_fn is not None
    assert y.backward() is None
    assert_close(w.grad, [2.0, 4.0])
    assert w.grad is w.grad
    assert not w.grad.requires_grad and w.grad.is_leaf


def test_plain_tensors():
    x = t64([1.0])
    assert not x.requires_grad and x.is_leaf and x.grad is None and x.grad_fn is None
    assert not (x * 2).requires_grad and (x * 2).is_leaf
    assert x.requires_grad_() is x and x.requires_grad
    assert x.requires_grad_(False) is x and not x.requires_grad
    x.requires_grad = True
    assert (x * 2).requires_grad


def test_gradients_accumulate_in_the_same_tensor():
    w = t64([1.0, 2.0], requires_grad=True)
    (w * 3).sum().backward()
    first, place = w.grad, w.grad.data_ptr()
    (w * w).sum().backward()
    assert w.grad is first and w.grad.data_ptr() == place
    assert_close(w.grad, [5.0, 7.0])
    first.zero_()
    assert_close(w.grad, [0.0, 0.0])
    (w * 3).sum().backward()
    assert w.grad is first and w.grad.data_ptr() == place
    assert_close(first, [3.0, 3.0])


def test_grad_can_be_assigned_and_removed():
    w = t64([1.0, 2.0], requires_grad=True)
    mine = t64([10.0, 20.0])
    w.grad = mine
    assert w.grad is mine
    (w * 1).sum().backward()
    assert_close(mine, [11.0, 21.0])
    w.grad = None
    assert w.grad is None
    for wrong in (t64([1.0]), torch.tensor([1.0, 2.0]), 1.0):
        with pytest.raises((RuntimeError, TypeError)):
            w.grad = wrong
    assert w.grad is None


def test_the_callers_gradient_is_not_kept():
    w = t64([1.0, 2.0], requires_grad=True)
    given = t64([1.0, 1.0])
    w.clone().backward(given)
    assert w.grad is not given and w.grad.data_ptr() != given.data_ptr()
    w.grad.zero_()
    assert_close(given, [1.0, 1.0])
    w.grad = None
    w.backward(given)
    w.grad.zero_()
    assert_close(given, [1.0, 1.0])


def test_two_leaves_do_not_share_a_gradient():
    a, b = t64([1.0], requires_grad=True), t64([2.0], requires_grad=True)
    (a + b).sum().backward()
    assert a.grad.data_ptr() != b.grad.data_ptr()
    a.grad.zero_()
    assert_close(b.grad, [1.0])


def test_gradient_of_an_expanded_leaf_owns_its_storage():
    w = t64(2.0, requires_grad=True)
    v = t64([1.0, 2.0, 3.0], requires_grad=True)
    (w.expand(3).sum() + v.sum()).backward()
    assert_close(w.grad, 3.0)
    v.grad[0] = 5.0
    assert_close(v.grad, [5.0, 1.0, 1.0])


def test_a_leaf_is_its_own_output():
    w = t64(3.0, requires_grad=True)
    w.backward()
    assert_close(w.grad, 1.0)


def test_backward_with_a_gradient():
    w = t64([1.0, 2.0], requires_grad=True)
    (w * w).backward(gradient=t64([1.0, 10.0]))
    assert_close(w.grad, [2.0, 40.0])
    (w * 2).backward(t64([1.0, 1.0]))
    assert_close(w.grad, [4.0, 42.0])


def test_retain_graph():
    w = t64(3.0, requires_grad=True)
    y = w * w
    y.backward(retain_graph=True)
    y.backward()
    assert_close(w.grad, 12.0)
    with pytest.raises(RuntimeError, match="retain_graph"):
        y.backward()
    assert_close(w.grad, 12.0)


def test_a_graph_without_saved_values_may_be_walked_again():
    w = t64([3.0], requires_grad=True)
    y = (w + 1).sum()
    y.backward()
    y.backward()
    assert_close(w.grad, [2.0])


@wengert_only
def test_a_freed_trunk_is_noticed_before_any_gradient_is_touched():
    w, v = t64(3.0, requires_grad=True), t64(4.0, requires_grad=True)
    trunk = w * w
    (trunk * 1).backward()
    before = array(w.grad)
    with pytest.raises(RuntimeError, match="retain_graph"):
        (v * v + trunk * 2).backward()
    assert_close(w.grad, before)
    assert v.grad is None


@wengert_only
def test_a_second_backward_names_the_op_and_where_it_was_recorded():
    w = t64(3.0, requires_grad=True)
    y = w.tanh()  # recorded here
    y.backward()
    with pytest.raises(RuntimeError, match=r"(?s)(?=.*Tanh)(?=.*test_autograd_api\.py)(?=.*retain_graph)"):
        y.backward()


def test_create_graph():
    x = t64([0.5, 2.0], requires_grad=True)
    (first,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    assert first.requires_grad and first.grad_fn is not None
    (second,) = torch.autograd.grad(first.sum(), x, create_graph=True)
    (third,) = torch.autograd.grad(second.sum(), x)
    assert_close(first, [0.75, 12.0])
    assert_close(second, [3.0, 12.0])
    assert_close(third, [6.0, 6.0])
    assert not third.requires_grad


def test_backward_with_create_graph_leaves_a_recorded_grad():
    x = t64(2.0, requires_grad=True)
    (x**3).backward(create_graph=True)
    first = x.grad
    assert first.requires_grad
    x.grad = None
    first.backward()
    assert_close(x.grad, 12.0)


def test_inputs_argument():
    a, b = t64(2.0, requires_grad=True), t64(3.0, requires_grad=True)
    (a * b).backward(inputs=[a])
    assert_close(a.grad, 3.0)
    assert b.grad is None
    with pytest.raises((RuntimeError, ValueError)):
        (a * b).backward(inputs=[])
    middle = a * 2
    (middle * b).backward(inputs=[b])
    assert_close(b.grad, 4.0)


def test_autograd_grad_leaves_grad_alone():
    x = t64([1.0, 2.0], requires_grad=True)
    result = torch.autograd.grad((x * x).sum(), x)
    assert isinstance(result, tuple) and len(result) == 1
    assert_close(result[0], [2.0, 4.0])
    assert x.grad is None


def test_autograd_grad_of_intermediates():
    x = t64(2.0, requires_grad=True)
    y = x * x
    z = y * y
    dy, dx = torch.autograd.grad(z, [y, x])
    assert_close(dy, 8.0)
    assert_close(dx, 32.0)
    (itself,) = torch.autograd.grad(y, y)
    assert_close(itself, 1.0)


def test_autograd_grad_outputs():
    x = t64([1.0, 2.0], requires_grad=True)
    (got,) = torch.autograd.grad([x * x, x * 3], x, grad_outputs=[t64([1.0, 1.0]), t64([0.0, 10.0])])
    assert_close(got, [2.0, 34.0])


def test_unused_inputs():
    x, unused = t64(2.0, requires_grad=True), t64([1.0, 1.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="allow_unused"):
        torch.autograd.grad(x * x, [x, unused])
    got = torch.autograd.grad(x * x, [x, unused], allow_unused=True)
    assert_close(got[0], 4.0)
    assert got[1] is None
    got = torch.autograd.grad(x * x, [x, unused], allow_unused=True, materialize_grads=True)
    assert_close(got[1], [0.0, 0.0])


def test_torch_autograd_backward():
    x = t64(2.0, requires_grad=True)
    torch.autograd.backward([x * x, x * 3])
    assert_close(x.grad, 7.0)


def test_retain_grad():
    x = t64(2.0, requires_grad=True)
    y = x * x
    y.retain_grad()
    assert y.retains_grad and not x.retains_grad
    (y * 3).backward()
    assert_close(y.grad, 3.0)
    x.retain_grad()  # does nothing on a leaf
    with pytest.raises(RuntimeError):
        t64(1.0).retain_grad()


def test_detach_and_clone():
    x = t64([1.0, 2.0], requires_grad=True)
    cut = x.detach()
    assert not cut.requires_grad and cut.is_leaf and cut.data_ptr() == x.data_ptr()
    copy = x.clone()
    assert copy.requires_grad and copy.data_ptr() != x.data_ptr()
    (copy * cut).sum().backward()
    assert_close(x.grad, [1.0, 2.0])
    y = x * 2
    assert y.detach_() is y and not y.requires_grad and y.grad_fn is None


def test_grad_modes_as_contexts():
    x = t64(2.0, requires_grad=True)
    assert torch.is_grad_enabled()
    with torch.no_grad():
        assert not torch.is_grad_enabled()
        assert not (x * x).requires_grad
        with torch.enable_grad():
            assert (x * x).requires_grad
        assert not torch.is_grad_enabled()
        fresh = t64(1.0, requires_grad=True)
        assert fresh.requires_grad
    assert torch.is_grad_enabled()
    with torch.set_grad_enabled(False):
        assert not (x * x).requires_grad
    assert (x * x).requires_grad
    torch.set_grad_enabled(False)
    assert not (x * x).requires_grad
    torch.set_grad_enabled(True)
    with pytest.raises(ZeroDivisionError), torch.no_grad():
        1 / 0  # noqa: B018
    assert torch.is_grad_enabled()


def test_grad_modes_as_decorators():
    x = t64(2.0, requires_grad=True)

    @torch.no_grad()
    def silent(a, *, b):
        """Doc."""
        return a * b

    @torch.enable_grad()
    def loud(a):
        return a * a

    assert silent.__name__ == "silent" and silent.__doc__ == "Doc."
    assert not silent(x, b=x).requires_grad
    with torch.no_grad():
        assert loud(x).requires_grad
    assert torch.is_grad_enabled()

    @torch.no_grad()
    def steps():
        yield (x * x).requires_grad
        yield (x * x).requires_grad

    running = steps()
    assert next(running) is False
    assert torch.is_grad_enabled()
    assert next(running) is False


def test_leaves_in_no_grad_may_be_updated():
    w = t64([1.0, 2.0], requires_grad=True)
    (w * w).sum().backward()
    with torch.no_grad():
        w -= 0.1 * w.grad
    assert w.requires_grad and w.is_leaf
    assert_close(w, [0.8, 1.6])
    w.data.zero_()
    assert_close(w, [0.0, 0.0])


# Errors.


def test_backward_of_what_has_no_graph():
    with pytest.raises(RuntimeError, match="does not require grad"):
        t64(1.0).backward()
    with pytest.raises(RuntimeError, match="does not require grad"):
        torch.autograd.grad(t64(1.0), t64(2.0, requires_grad=True))


def test_backward_of_a_non_scalar():
    x = t64([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="scalar"):
        (x * x).backward()
    with pytest.raises(RuntimeError, match="scalar"):
        torch.autograd.grad(x * x, x)
    assert x.grad is None


def test_gradient_of_the_wrong_shape():
    x = t64([1.0, 2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="shape"):
        (x * x).backward(t64([1.0, 2.0, 3.0]))
    assert x.grad is None


def test_in_place_on_a_leaf():
    w = t64([1.0, 2.0], requires_grad=True)
    for write in (lambda: w.add_(1), lambda: w.__setitem__(0, 1.0), lambda: w[0].mul_(2), lambda: w.zero_()):
        with pytest.raises(RuntimeError, match="leaf"):
            write()
    assert_close(w, [1.0, 2.0])


def test_numpy_of_a_tensor_that_requires_grad():
    with pytest.raises(RuntimeError, match="detach"):
        t64([1.0], requires_grad=True).numpy()


def test_only_floats_require_grad():
    with pytest.raises(RuntimeError, match="(?i)float"):
        torch.tensor([1, 2], requires_grad=True)
    with pytest.raises(RuntimeError, match="(?i)float"):
        torch.tensor([1, 2]).requires_grad_()
    with pytest.raises(RuntimeError):
        (t64(1.0, requires_grad=True) * 2).requires_grad_(False)


@pytest.mark.parametrize("n", [1, 7, 70_000])
def test_cotangents_computed_in_place_are_nobody_elses(n):
    """A sweep may compute a gradient in the buffer of its cotangent; whoever else holds that must not notice."""
    x = torch.linspace(0.5, 1.5, n, dtype=torch.float64) if hasattr(torch, "linspace") else t64([0.5] * n)
    x.requires_grad_()
    given = torch.ones(n, dtype=torch.float64) * 3
    seen = []
    a = x.sin()
    a.retain_grad()
    b = a * 2.0
    b.register_hook(lambda g: seen.append(g))
    y = (b + b).exp()
    y.backward(given, retain_graph=True)
    outer = 3 * y.detach()
    assert_close(given, array(torch.ones(n, dtype=torch.float64) * 3))
    assert_close(seen[0], array(2 * outer))
    assert_close(a.grad, array(4 * outer))
    assert_close(x.grad, array(4 * outer * x.detach().cos()))
    first = array(x.grad).copy()
    y.backward(given)
    assert_close(x.grad, 2 * first)
    assert_close(a.grad, array(8 * outer))
