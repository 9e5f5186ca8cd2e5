"""Memory of graphs: dropped without backward, very deep, in loops that go on and on, and what outlives what."""

import gc

import child
from backend import assert_close, t64, torch, wengert_only

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


# What outlives what.


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
    assert leaf.is_leaf and leaf.requires_grad
    assert_close(leaf, [3.0])


def leaf_of(y):
    return y.grad_fn.next_functions[0][0].variable


def test_a_kept_leaf_gets_its_gradient():
    """Through a variable that the program has no handle of any more."""
    y = t64([1.0, 2.0], requires_grad=True) * 2
    y.sum().backward(retain_graph=True)
    assert_close(leaf_of(y).grad, [2.0, 2.0])
    y.sum().backward()
    assert_close(leaf_of(y).grad, [4.0, 4.0])
    leaf = leaf_of(y)
    assert leaf_of(y) is leaf
    assert_close(torch.autograd.grad((leaf * y.detach()).sum(), leaf)[0], [2.0, 4.0])
    del leaf
    gc.collect()
    assert_close(leaf_of(y).grad, [4.0, 4.0])


def test_a_kept_leaf_is_of_its_class():
    y = torch.nn.Parameter(t64([1.0, 2.0])) * 2
    gc.collect()
    assert isinstance(leaf_of(y), torch.nn.Parameter)


def test_a_kept_leaf_has_its_latest_value():
    x = t64([1.0, 2.0], requires_grad=True)
    y = x * 2
    x.data = t64([5.0, 6.0])
    with torch.no_grad():
        x.add_(1)
    del x
    assert_close(leaf_of(y), [6.0, 7.0])


@wengert_only
def test_a_kept_leaf_does_not_keep_its_graph():
    """A recorded gradient leads back to its leaf: it goes with the last handle, before or after the sweep."""
    child.run("""
        def before():
            y = torch.ones(100_000, requires_grad=True) * 2
            (y * y).sum().backward(create_graph=True)
        def after():
            x = torch.ones(100_000, requires_grad=True)
            (x * x * x).sum().backward(create_graph=True)
        for work in (before, after):
            for _ in range(20):
                work()
            settled = resident()
            for _ in range(200):
                work()
            grown = resident() - settled
            assert grown < 30e6, grown  # leaking would take 80 MB and more
    """)


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

    class Keep(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, what):
            ctx.kept = what
            return x * 2

    x = t64(1.0, requires_grad=True)
    y = Keep.apply(x, Last())
    del y
    gc.collect()
    assert found == [6.0]
    assert_close(torch.autograd.grad(x * 5, x)[0], 5.0)
