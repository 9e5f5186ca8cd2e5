"""Tensors and graphs among threads, after a fork, and at the interpreter's exit; where an error was recorded."""

import re
import threading

import numpy as np
import pytest

import child
from backend import assert_close, t64, torch, wengert_only


def together(count, work):
    """Run work(k) on `count` threads at once; what one raises, this raises."""
    barrier, problems = threading.Barrier(count), []

    def run(k):
        barrier.wait()
        try:
            work(k)
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=run, args=(k,)) for k in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]


def test_own_graphs_on_many_threads():
    results = {}

    def work(k):
        for _ in range(200):
            x = t64([1.0 + k, 2.0], requires_grad=True)
            y = x
            for _ in range(10):
                y = (y * 1.1).tanh()
            y.sum().backward()
        results[k] = x.grad.tolist()

    together(8, work)
    for k, got in results.items():
        x, slope = np.array([1.0 + k, 2.0]), np.ones(2)
        for _ in range(10):
            x = np.tanh(1.1 * x)
            slope *= 1.1 * (1 - x * x)
        np.testing.assert_allclose(got, slope, rtol=1e-7)


def test_a_shared_leaf():
    w = t64([1.0, 2.0], requires_grad=True)

    def work(k):
        for _ in range(100):
            (w * 2).sum().backward()

    (w * 2).sum().backward()
    together(8, work)
    assert_close(w.grad, [1602.0, 1602.0])


def test_a_shared_trunk():
    w = t64([0.5, 1.0], requires_grad=True)
    trunk = (w * w).exp()
    heads, found = [(trunk * (k + 1)).sum() for k in range(8)], {}

    def work(k):
        for _ in range(50):
            (found[k],) = torch.autograd.grad(heads[k], w, retain_graph=True)

    together(8, work)
    base = 2 * np.array([0.5, 1.0]) * np.exp(np.array([0.5, 1.0]) ** 2)
    for k in range(8):
        assert_close(found[k], (k + 1) * base)
    assert w.grad is None


def test_reading_while_another_thread_records():
    w = t64(2.0, requires_grad=True)
    trunk = w * w

    def work(k):
        for _ in range(300):
            y = trunk * k if k % 2 else trunk.detach() * k
            if k % 2:
                (g,) = torch.autograd.grad(y, w, retain_graph=True)
                assert g.item() == 4.0 * k
            else:
                assert y.item() == 4.0 * k

    together(6, work)


def test_a_thread_ends_before_its_graph_is_used():
    made = []

    def work():
        x = t64([1.0, 2.0], requires_grad=True)
        made.append((x, (x * x).exp().sum()))

    for _ in range(20):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    for x, y in made:
        y.backward()
        assert_close(x.grad, [2 * np.e, 4 * np.exp(4.0)])


def test_a_graph_begun_on_one_thread_and_finished_on_another():
    x, made = t64(0.5, requires_grad=True), []
    y = x.sin()
    for _ in range(5):
        thread = threading.Thread(target=lambda: made.append((made[-1] if made else y).sin()))
        thread.start()
        thread.join()
    made[-1].backward()
    value, slope = 0.5, 1.0
    for _ in range(6):
        slope *= np.cos(value)
        value = np.sin(value)
    assert_close(x.grad, slope)


def test_tensors_dropped_on_another_thread():
    child.run("""
        import queue
        parcels = queue.Queue(maxsize=50)
        def receive():
            while parcels.get() is not None:
                pass
        thread = threading.Thread(target=receive)
        thread.start()
        w = torch.ones(10_000, requires_grad=True)
        def send(n):
            for _ in range(n):
                parcels.put((w * 2).tanh())
        send(300)
        before = resident()
        send(3000)
        grown = resident() - before
        parcels.put(None)
        thread.join()
        assert grown < 60e6, grown  # leaking would take 240 MB
    """)


def test_grad_mode_belongs_to_the_thread():
    seen = []
    with torch.no_grad():
        thread = threading.Thread(target=lambda: seen.append(torch.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_levels_belong_to_the_thread():
    seen = []

    def f(x):
        thread = threading.Thread(target=lambda: seen.append(t64(2.0).item()))
        thread.start()
        thread.join()
        return x * x

    assert_close(torch.func.grad(f)(t64(3.0)), 6.0)
    assert seen == [2.0]


def test_a_threads_graph_after_many_threads():
    child.run("""
        w = torch.tensor(2.0, dtype=torch.float64, requires_grad=True)
        def work():
            for _ in range(50):
                (w * w).exp()
        def burst(n):
            for _ in range(n):
                thread = threading.Thread(target=work)
                thread.start()
                thread.join()
        burst(100)
        before = resident()
        burst(1000)
        grown = resident() - before
        assert grown < 30e6, grown
    """)


# Fork and exit.


FORK = """
    w = torch.ones({size}, requires_grad=True)
    y = (w * 2).exp().sum()
    {warm}
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            (gradient,) = torch.autograd.grad((w * 2).exp().sum() + y, w)
            status = 0 if abs(gradient[0].item() - 4 * np.exp(2)) < 1e-3 else 2
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, status
    y.backward()
    assert abs(w.grad[0].item() - 2 * np.exp(2)) < 1e-3
"""


def test_backward_after_a_fork():
    child.run(FORK.format(size=2, warm=""))


@wengert_only
@pytest.mark.parametrize("size", [2, 1_000_000])
@pytest.mark.parametrize("warm", ["", "y.backward(retain_graph=True); w.grad = None"], ids=["forward", "backward"])
def test_backward_after_a_fork_that_left_threads_behind(size, warm):
    """PyTorch refuses this or hangs: its threads do not survive the fork."""
    child.run(FORK.format(size=size, warm=warm))


def test_exit_with_live_graphs():
    child.run("""
        x = torch.tensor([1.0, 2.0], requires_grad=True)
        y = (x * x).exp()
        y.register_hook(lambda grad: print(y))
        x.me = y
        sys.keep = y
        class Global:
            def __del__(self):
                held.sum()
        held, last = y, Global()
        import atexit
        atexit.register(lambda: print(y.sum().item()))
    """)


@wengert_only
def test_exit_while_a_thread_computes():
    child.run("""
        def work():
            while True:
                x = torch.ones(1000, requires_grad=True)
                (x * x).sum().backward()
        threading.Thread(target=work, daemon=True).start()
        import time
        time.sleep(0.2)
    """)


# Where it was recorded.


@wengert_only
def test_an_error_in_backward_names_the_line_that_recorded_the_op():
    x = t64([1.0, 2.0], requires_grad=True)
    y = x.exp()  # the line to be named
    line = y_line() - 1
    (y * 1).sum().backward()
    with pytest.raises(RuntimeError) as caught:
        (y * 1).sum().backward()
    assert re.search(rf"test_threads_forks\.py\D{{1,12}}{line}\b", str(caught.value)), str(caught.value)
    assert "Exp" in str(caught.value)


def y_line():
    """The caller's line."""
    import sys

    return sys._getframe(1).f_lineno
