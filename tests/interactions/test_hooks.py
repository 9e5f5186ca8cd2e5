"""Hooks on tensors: replacing gradients, raising, running another backward, being removed, and their order."""

import gc
import weakref

import pytest

from backend import assert_close, t64, torch, wengert_only


def test_a_hook_replaces_the_gradient():
    x = t64(2.0, requires_grad=True)
    y = x * 3
    y.register_hook(lambda grad: grad * 10)
    (y * y).backward()
    assert_close(x.grad, 2 * 6.0 * 10 * 3)


def test_a_hook_that_returns_none_only_looks():
    x, seen = t64(2.0, requires_grad=True), []
    x.register_hook(seen.append)
    (x * 3).backward()
    assert_close(seen[0], 3.0)
    assert_close(x.grad, 3.0)


def test_a_leaf_hook_sees_the_whole_gradient_once():
    x, seen = t64(2.0, requires_grad=True), []
    x.register_hook(lambda grad: seen.append(grad.item()) or grad * 0)
    (x * 3 + x * 4).backward()
    assert seen == [7.0]
    assert_close(x.grad, 0.0)


def test_hooks_run_in_the_order_of_registration():
    x = t64(2.0, requires_grad=True)
    x.register_hook(lambda grad: grad + 1)
    x.register_hook(lambda grad: grad * 10)
    (x * 3).backward()
    assert_close(x.grad, 40.0)


def test_a_handle_removes_its_hook():
    x = t64(2.0, requires_grad=True)
    handle = x.register_hook(lambda grad: grad * 10)
    keep = x.register_hook(lambda grad: grad + 1)
    handle.remove()
    handle.remove()
    (x * 3).backward()
    assert_close(x.grad, 4.0)
    x.grad = None
    with keep:
        pass
    (x * 3).backward()
    assert_close(x.grad, 3.0)


def test_a_hook_may_remove_itself():
    x = t64(2.0, requires_grad=True)

    def once(grad):
        handle.remove()
        return grad * 10

    handle = x.register_hook(once)
    (x * 3).backward()
    (x * 3).backward()
    assert_close(x.grad, 33.0)


def test_a_hook_follows_an_in_place_step():
    """A hook set before an in-place step keeps looking at the gradient of the value before it."""
    x, seen = t64(2.0, requires_grad=True), []
    y = x * 1
    y.register_hook(lambda grad: seen.append(grad.item()))
    y.mul_(5)
    y.backward()
    assert seen == [5.0]


def test_a_hook_on_what_has_no_gradient_is_refused():
    with pytest.raises(RuntimeError):
        t64(1.0).register_hook(print)


def test_a_hook_that_gives_the_wrong_thing():
    x = t64([1.0, 2.0], requires_grad=True)
    handle = x.register_hook(lambda grad: "no")
    with pytest.raises((TypeError, RuntimeError)):
        x.sum().backward()
    handle.remove()
    x.register_hook(lambda grad: grad[0])
    with pytest.raises(RuntimeError):
        x.sum().backward()
    assert x.grad is None


def raise_it(grad):
    raise KeyError("from the hook")


def test_an_exception_in_a_hook_comes_out_as_itself():
    x = t64(2.0, requires_grad=True)
    y = x * 3
    y.register_hook(raise_it)
    with pytest.raises(KeyError, match="from the hook"):
        (y * 2).backward()
    assert x.grad is None


@wengert_only
def test_a_hook_that_raises_leaves_every_grad_as_before():
    a, b, c = (t64(v, requires_grad=True) for v in (1.0, 2.0, 3.0))
    (a * b).backward()
    before = a.grad.item(), b.grad.item()
    middle = c * 2
    middle.register_hook(raise_it)
    with pytest.raises(KeyError):
        (middle + (a * a) + (b * b)).backward()
    assert (a.grad.item(), b.grad.item()) == before
    assert c.grad is None
    handle = a.register_hook(raise_it)
    with pytest.raises(KeyError):
        (a * a + b * b).backward()
    handle.remove()
    assert (a.grad.item(), b.grad.item()) == before
    (a * a).backward()
    assert a.grad.item() == before[0] + 2.0


@wengert_only
def test_an_interrupted_graph_is_spent_and_says_so():
    x = t64(2.0, requires_grad=True)
    y = x.exp()
    handle = y.register_hook(raise_it)
    z = y * y
    with pytest.raises(KeyError):
        z.backward()
    handle.remove()
    with pytest.raises(RuntimeError, match="retain_graph"):
        z.backward()
    assert x.grad is None


def test_a_hook_may_run_another_backward():
    x, other = t64(2.0, requires_grad=True), t64(5.0, requires_grad=True)
    y = x * 3

    def nested(grad):
        assert not torch.is_grad_enabled()  # hooks run unrecorded unless create_graph
        with torch.enable_grad():
            (other * other).backward()
        return grad * other.grad

    y.register_hook(nested)
    (y * 1).backward()
    assert_close(other.grad, 10.0)
    assert_close(x.grad, 30.0)


def test_a_hook_may_walk_the_graph_that_is_being_walked():
    x = t64(2.0, requires_grad=True)
    trunk = x * x
    y = trunk * 3
    found = []

    y.register_hook(lambda grad: found.append(torch.autograd.grad(trunk, x, retain_graph=True)[0].item()))
    (y * 1).backward(retain_graph=True)
    assert found == [4.0]
    assert_close(x.grad, 12.0)


def test_a_hook_may_record():
    """Under create_graph what a hook computes is differentiable."""

    x = t64(2.0, requires_grad=True)
    y = x * x
    y.register_hook(lambda grad: grad * x)
    (first,) = torch.autograd.grad(y * 1, x, create_graph=True)
    assert_close(first, 2 * 4.0)
    (second,) = torch.autograd.grad(first, x)
    assert_close(second, 8.0)


def test_post_accumulate_hook_runs_with_grad_in_place():
    x, seen = t64(2.0, requires_grad=True), []
    handle = x.register_post_accumulate_grad_hook(lambda leaf: seen.append((leaf is x, leaf.grad.item())))
    (x * 3 + x * 4).backward()
    assert seen == [(True, 7.0)]
    handle.remove()
    (x * 3).backward()
    assert len(seen) == 1
    with pytest.raises(RuntimeError):
        (x * 2).register_post_accumulate_grad_hook(print)


def test_a_post_accumulate_hook_may_clear_grad():
    x = t64(2.0, requires_grad=True)
    x.register_post_accumulate_grad_hook(lambda leaf: setattr(leaf, "grad", None))
    (x * 3).backward()
    assert x.grad is None


def test_retained_gradient_and_hook():
    x = t64(2.0, requires_grad=True)
    y = x * 3
    y.retain_grad()
    y.register_hook(lambda grad: grad * 2)
    (y * 5).backward()
    assert_close(y.grad, 10.0)


def test_a_removed_hook_lets_go_of_its_function():
    class Hook:
        def __call__(self, grad):
            return None

    x, hook = t64(2.0, requires_grad=True), Hook()
    seen = weakref.ref(hook)
    handle = x.register_hook(hook)
    handle.remove()
    del hook, handle
    gc.collect()
    assert seen() is None


def test_what_hooks_do_to_what_grad_returns():
    """As in PyTorch: a hook's gradient where the node is only asked for, the one before the hook where its rule runs too."""
    x = t64(1.0, requires_grad=True)
    x.register_hook(lambda g: g * 10)
    z = x * 2
    z.register_hook(lambda g: g * 10)
    w = z * 3
    assert torch.autograd.grad(w, [z], retain_graph=True)[0] == 30
    of_z, of_x = torch.autograd.grad(w, [z, x], retain_graph=True)
    assert of_z == 3 and of_x == 600
    assert torch.autograd.grad(w, [x])[0] == 600
    assert torch.autograd.grad(x * 3, [x])[0] == 30
