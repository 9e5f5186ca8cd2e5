"""Memory of graphs: dropped without backward, held in cycles, very deep, in loops that go on and on."""

import gc
import weakref

import numpy as np
import pytest

import child
from backend import ON_TORCH, assert_close, t64, torch, wengert_only


def dead(make):
    """Whether what `make` returns a weak reference to is gone after a collection."""
    seen = make()
    gc.collect()
    return seen() is None


# Bounded memory. Bounds are several times what is needed and a small part of what a leak would take.


def test_graphs_dropped_without_backward():
    child.run("""
        w = torch.ones(10_000, requires_grad=True)
        def forward():
            x = w
            for _ in range(10):
                x = (x * 1.01).tanh()
            return x.sum()
        for _ in range(20):
            forward()
        before = resident()
        for _ in range(500):
            forward()
        grown = resident() - before
        assert grown < 40e6, grown  # leaking would take 400 MB
    """)


def test_half_of_a_graph_dropped():
    child.run("""
        w = torch.ones(10_000, requires_grad=True)
        def step():
            trunk = w.exp()
            branches = [(trunk * k).tanh() for k in range(10)]
            return branches[3].sum()
        for _ in range(20):
            step().backward()
        before = resident()
        for _ in range(300):
            step().backward()
        grown = resident() - before
        assert grown < 40e6, grown
    """)


@wengert_only
def test_a_running_total_of_losses():
    child.run("""
        w = torch.tensor(1.5, dtype=torch.float64, requires_grad=True)
        total = torch.tensor(0.0, dtype=torch.float64)
        for _ in range(1000):
            total += w * w
        before = resident()
        n = 100_000
        for _ in range(n):
            total += w * w
        grown = resident() - before
        assert grown < 1000 * n, grown
        total.backward()
        assert abs(w.grad.item() - 3.0 * (n + 1000)) < 1e-3
        del total
        gc.collect()
        settled = resident()
        for _ in range(3):
            again = torch.tensor(0.0, dtype=torch.float64)
            for _ in range(n):
                again += w * w
            del again
        assert resident() - settled < 1500 * n, resident() - settled
    """)


def test_a_detached_total_holds_nothing():
    child.run("""
        w = torch.ones(1000, requires_grad=True)
        total = 0.0
        for k in range(20_000):
            total = total + (w * w).sum().detach()
            if k == 1000:
                before = resident()
        grown = resident() - before
        assert grown < 20e6, grown  # leaking would take 80 MB and more
    """)


def test_a_training_loop():
    child.run("""
        torch.manual_seed(0)
        x, y = torch.randn(64, 100), torch.randn(64, 1)
        w = (torch.randn(100, 1) * 0.1).requires_grad_()
        def step():
            error = x @ w - y
            (error * error).mean().backward()
            with torch.no_grad():
                w.sub_(0.01 * w.grad)
            w.grad.zero_()
        for _ in range(500):
            step()
        before = resident()
        for _ in range(5000):
            step()
        grown = resident() - before
        assert grown < 20e6, grown
    """)


def test_backward_with_create_graph_in_a_loop():
    child.run("""
        x = torch.ones(10_000, dtype=torch.float64, requires_grad=True)
        def step():
            (g,) = torch.autograd.grad((x ** 3).sum(), x, create_graph=True)
            torch.autograd.grad((g * g).sum(), x)
        for _ in range(20):
            step()
        before = resident()
        for _ in range(500):
            step()
        grown = resident() - before
        assert grown < 40e6, grown
    """)


# Depth.


def test_a_deep_graph_on_the_main_thread():
    child.run("""
        x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
        y = x
        for _ in range(1_000_000):
            y = y + 1
        y.backward()
        assert x.grad.item() == 1.0
        del y
        gc.collect()
    """)


def test_a_deep_graph_on_a_small_stack():
    child.run("""
        threading.stack_size(256 * 1024)
        outcome = []
        def work():
            x = torch.tensor(1.0, dtype=torch.float64, requires_grad=True)
            y = x
            for _ in range(1_000_000):
                y = y * 1.0
            y.backward()
            outcome.append(x.grad.item())
            z = x
            for _ in range(1_000_000):
                z = z * 1.0
            del z  # without backward
            outcome.append('dropped')
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert outcome == [1.0, 'dropped'], outcome
    """)


@wengert_only
def test_a_deep_graph_of_views_and_writes():
    child.run("""
        threading.stack_size(256 * 1024)
        outcome = []
        def work():
            x = torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True)
            y = x * 1
            for _ in range(100_000):
                y[0].mul_(1.0)
            y.sum().backward()
            outcome.append(x.grad.tolist())
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        assert outcome == [[1.0, 1.0]], outcome
    """)


# Cycles. Each holds an Anchor that must be collected.


class Anchor:
    """Something to hold a weak reference to."""


def test_an_attribute_cycle():
    def make():
        x = t64([1.0], requires_grad=True)
        x.me, x.anchor = x, Anchor()
        return weakref.ref(x.anchor)

    assert dead(make)


@wengert_only
def test_an_attribute_cycle_through_the_graph():
    def make():
        x = t64([1.0], requires_grad=True)
        y = x * 2
        x.result, x.anchor = y, Anchor()
        return weakref.ref(x.anchor)

    assert dead(make)


def test_a_hook_cycle_on_a_leaf():
    def make():
        x, anchor = t64([1.0], requires_grad=True), Anchor()
        x.register_hook(lambda grad: (x, anchor) and None)
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_hook_cycle_on_an_inner_tensor():
    def make():
        x, anchor = t64([1.0], requires_grad=True), Anchor()
        y = x * 2
        y.register_hook(lambda grad: (y, anchor) and None)
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_post_accumulate_hook_cycle():
    def make():
        x, anchor = t64([1.0], requires_grad=True), Anchor()
        x.register_post_accumulate_grad_hook(lambda leaf: (x, anchor) and None)
        return weakref.ref(anchor)

    assert dead(make)


def keeper(what):
    class Keep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.kept = what
            ctx.save_for_backward(x)
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    return Keep


@wengert_only
def test_a_ctx_cycle():
    """The ctx holds the output, whose graph holds the ctx."""

    def make():
        holder, anchor = [], Anchor()
        holder.append(anchor)
        x = t64([1.0], requires_grad=True)
        holder.append(keeper(holder).apply(x))
        return weakref.ref(anchor)

    assert dead(make)


def test_a_ctx_goes_with_its_graph():
    def make():
        anchor = Anchor()
        keeper(anchor).apply(t64([1.0], requires_grad=True))
        return weakref.ref(anchor)

    assert dead(make)


@pytest.mark.filterwarnings("ignore:Using backward")
def test_a_grad_cycle_can_be_broken():
    def make():
        x = t64([2.0], requires_grad=True)
        x.anchor = Anchor()
        (x**3).sum().backward(create_graph=True)
        x.grad = None
        return weakref.ref(x.anchor)

    assert dead(make)


@wengert_only
def test_a_grad_cycle():
    """With create_graph the leaf's grad has a graph that ends in the leaf."""

    def make():
        x = t64([2.0], requires_grad=True)
        x.anchor = Anchor()
        (x**3).sum().backward(create_graph=True)
        assert x.grad.requires_grad
        return weakref.ref(x.anchor)

    assert dead(make)


def test_a_tensor_is_not_its_own_grad():
    x = t64([2.0], requires_grad=True)
    with pytest.raises(RuntimeError):
        x.grad = x
    assert x.grad is None


def test_what_is_reachable_is_not_collected():
    x = t64([2.0], requires_grad=True)
    y = (x * x).exp()
    y.register_hook(lambda grad: grad * 2)
    gc.collect()
    y.sum().backward()
    assert_close(x.grad, [2 * 2 * 2.0 * np.exp(4.0)])


@pytest.mark.skipif(not ON_TORCH, reason="wengert's graph knows a leaf's tensor only weakly: a dropped leaf is gone")
def test_a_graph_keeps_its_leaf():
    def make():
        x = t64([3.0], requires_grad=True)
        x.tag = "mine"
        return x * x

    y = make()
    gc.collect()
    leaf = y.grad_fn.next_functions[0][0].variable
    assert leaf.tag == "mine"
    y.sum().backward()
    assert_close(leaf.grad, [6.0])


def test_grad_outlives_its_leaf():
    x = t64([3.0], requires_grad=True)
    (x * x).sum().backward()
    grad = x.grad
    del x
    gc.collect()
    assert_close(grad, [6.0])


def test_a_view_keeps_its_storage():
    view = t64([1.0, 2.0, 3.0])[1:]
    seen = view.numpy()
    del view
    gc.collect()
    assert seen.tolist() == [2.0, 3.0]


def test_dropping_runs_python_code_that_uses_tensors():
    """A finaliser may itself compute and differentiate."""
    found = []

    class Last:
        def __del__(self):
            x = t64(3.0, requires_grad=True)
            (x * x).backward()
            found.append(x.grad.item())

    x = t64(1.0, requires_grad=True)
    y = keeper(Last()).apply(x)
    del y
    gc.collect()
    assert found == [6.0]
    assert_close(torch.autograd.grad(x * 5, x)[0], 5.0)
