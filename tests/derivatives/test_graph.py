"""Checkpoints, hooks on nodes and on several tensors, NaN detection, and functions for SciPy."""

import importlib

import numpy as np
import pytest

from backend import BACKEND, assert_close, t64, torch, wengert_only

checkpoints = importlib.import_module(f"{BACKEND}.utils.checkpoint")
checkpoint = checkpoints.checkpoint

X = [0.5, -1.0, 2.0]


def body(x, w):
    return (x.sin() * w).exp() + x * w


def test_checkpoint_gives_the_same():
    x, w = t64(X, requires_grad=True), t64(X, requires_grad=True)
    want = torch.autograd.grad((body(x, w) ** 2).sum(), [x, w])
    got = torch.autograd.grad((checkpoint(body, x, w, use_reentrant=False) ** 2).sum(), [x, w])
    for a, b in zip(got, want):
        assert_close(a, b)
    (checkpoint(body, x, w=w, use_reentrant=False) ** 2).sum().backward()
    assert_close(x.grad, want[0])
    assert_close(w.grad, want[1])


def test_checkpoint_runs_again_in_the_backward_pass():
    calls = []

    def counted(x):
        calls.append(torch.is_grad_enabled())
        return x * x

    x = t64(X, requires_grad=True)
    y = checkpoint(counted, x, use_reentrant=False)
    assert len(calls) == 1
    y.sum().backward()
    assert calls == [True, True]
    with torch.no_grad():
        assert not checkpoint(counted, x, use_reentrant=False).requires_grad
    assert not checkpoint(counted, t64(X), use_reentrant=False).requires_grad


def test_checkpoint_of_what_comes_from_outside():
    """Leaves and computed tensors that the function finds for itself, of which one leads to the other and to an argument."""
    x, w = t64(X, requires_grad=True), t64([1.0, 2.0, 3.0], requires_grad=True)

    def run(call):
        h = w.exp() * x
        k = h * w
        y = call(lambda x: (x * h * w + k).sin() * k, h + x)
        return (y * h * w).sum()

    plain = run(lambda f, x: f(x))
    kept = run(lambda f, x: checkpoint(f, x, use_reentrant=False))
    assert_close(kept.detach(), plain.detach())
    want = torch.autograd.grad(plain, [x, w], create_graph=True)
    got = torch.autograd.grad(kept, [x, w], create_graph=True)
    for a, b in zip(got, want):
        assert_close(a.detach(), b.detach())
    again = torch.autograd.grad(sum((g**2).sum() for g in got), [x, w])
    wanted = torch.autograd.grad(sum((g**2).sum() for g in want), [x, w])
    for a, b in zip(again, wanted):
        assert_close(a, b)


def test_checkpoint_inside_checkpoint():
    x = t64(X, requires_grad=True)

    def inner(x):
        return x.sin() * x

    def outer(x):
        return checkpoint(inner, x.exp(), use_reentrant=False) * x

    want = torch.autograd.grad((inner(x.exp()) * x).sum(), x)[0]
    assert_close(torch.autograd.grad(checkpoint(outer, x, use_reentrant=False).sum(), x)[0], want)


def test_checkpoint_of_trees_and_what_is_no_tensor():
    x = t64(X, requires_grad=True)
    out = checkpoint(lambda d, k: (d["x"] * k, k, d["x"].detach()), {"x": x}, 3.0, use_reentrant=False)
    assert out[1] == 3.0 and not out[2].requires_grad
    out[0].sum().backward()
    assert_close(x.grad, [3.0] * 3)


def test_checkpoint_draws_the_same_numbers():
    x = t64(np.ones(50), requires_grad=True)
    torch.manual_seed(3)
    y = checkpoint(lambda x: torch.nn.functional.dropout(x, 0.5), x, use_reentrant=False)
    torch.rand(7)
    state = torch.get_rng_state()
    y.sum().backward()
    assert_close(x.grad, y.detach())
    assert (torch.get_rng_state() == state).all()


def test_checkpoint_keeps_arguments_as_they_were():
    x, w = t64(X, requires_grad=True), t64([1.0, 2.0, 3.0])
    y = checkpoint(lambda x, w: x * w * x, x, w, use_reentrant=False)
    if BACKEND == "wengert":
        w.zero_()
    y.sum().backward()
    assert_close(x.grad, 2 * np.array(X) * [1, 2, 3])


def test_checkpoint_tells_of_another_second_run():
    sizes = iter([3, 2])
    x = t64(X, requires_grad=True)
    y = checkpoint(lambda x: x[: next(sizes)] ** 2, x, use_reentrant=False)
    with pytest.raises(checkpoints.CheckpointError):
        y.sum().backward()


def test_checkpoint_sequential():
    x = t64(X, requires_grad=True)
    steps = [torch.sin, torch.exp, torch.cos, torch.tanh, lambda x: x * x]
    want = torch.autograd.grad(torch.tanh(torch.cos(torch.exp(torch.sin(x)))).square().sum(), x)[0]
    for segments in (1, 2, 3, 5):
        y = checkpoints.checkpoint_sequential(steps, segments, x, use_reentrant=False)
        assert_close(torch.autograd.grad(y.sum(), x)[0], want)


@wengert_only
def test_checkpoint_inside_transforms():
    want = torch.func.grad(lambda x: (body(x, x) ** 2).sum())(t64(X))

    def f(x):
        return (checkpoint(lambda y: body(y, x), x) ** 2).sum()

    assert_close(torch.func.grad(f)(t64(X)), want)
    assert_close(torch.func.jacfwd(f)(t64(X)), want)
    assert_close(torch.func.hessian(f)(t64(X)), torch.func.hessian(lambda x: (body(x, x) ** 2).sum())(t64(X)))
    assert_close(torch.func.jacrev(lambda x: checkpoint(torch.sin, x))(t64(X)), np.diag(np.cos(X)))


# Hooks.


def test_hooks_on_nodes():
    x = t64(X, requires_grad=True)
    y = x * 2
    seen = []
    before = y.grad_fn.register_prehook(lambda outs: seen.append("before") or (outs[0] * 10,))
    after = y.grad_fn.register_hook(lambda ins, outs: seen.append((len(ins), len(outs))) or (ins[0] + 1, *ins[1:]))
    y.sum().backward(retain_graph=True)
    assert seen[0] == "before" and seen[1][1] == 1
    assert_close(x.grad, [21.0] * 3)
    before.remove()
    after.remove()
    x.grad = None
    y.sum().backward()
    assert_close(x.grad, [2.0] * 3)


def test_hooks_on_nodes_are_checked():
    x = t64(X, requires_grad=True)
    y = x * 2
    y.grad_fn.register_hook(lambda ins, outs: (t64([1.0, 2.0]), *ins[1:]))
    with pytest.raises(RuntimeError):
        y.sum().backward()
    assert x.grad is None


def test_hooks_on_several_tensors():
    register = torch.autograd.graph.register_multi_grad_hook
    a, b, c = (t64([1.0, 2.0], requires_grad=True) for _ in range(3))
    seen = []
    handle = register((a, b, c), lambda grads: seen.append([g is not None for g in grads]))
    (a * b * 2).sum().backward()
    (a * b * c).sum().backward()
    if BACKEND == "wengert":
        torch.autograd.grad((a * b * c).sum(), [a])
        assert seen.pop() == [True, False, False]
    handle.remove()
    (a * b * c).sum().backward()
    assert seen == [[True, True, False], [True, True, True]]
    seen.clear()
    with register((a, b, c), lambda grad: seen.append(1), mode="any"):
        (a * b).sum().backward()
        (a * b * c).sum().backward()
    assert seen == [1, 1]
    with pytest.raises(ValueError):
        register((a,), print, mode="none")


def test_nan_is_found():
    x = t64([0.0, 1.0], requires_grad=True)
    with torch.autograd.detect_anomaly():
        with pytest.raises(RuntimeError, match="SqrtBackward0' returned nan values in its 0th output"):
            (x.sqrt() * 0).sum().backward()
        with torch.autograd.set_detect_anomaly(False):
            (x.sqrt() * 0).sum().backward()
        (x * 2).sum().backward()
    assert np.isnan(x.grad[0].item())


# SciPy.


@wengert_only
def test_functions_for_scipy():
    from wengert.scipy import minimize_args, root_args

    calls = []

    def rosenbrock(x):
        calls.append(1)
        return ((1 - x[:-1]) ** 2 + 100 * (x[1:] - x[:-1] ** 2) ** 2).sum()

    m = minimize_args(rosenbrock)
    x = np.array([-1.2, 1.0, 0.7])
    assert isinstance(m.fun(x), float)
    step = 1e-6
    difference = [(m.fun(x + step * e) - m.fun(x - step * e)) / (2 * step) for e in np.eye(3)]
    np.testing.assert_allclose(m.jac(x), difference, rtol=1e-5)
    second = np.stack([(m.jac(x + step * e) - m.jac(x - step * e)) / (2 * step) for e in np.eye(3)])
    np.testing.assert_allclose(m.hess(x), second, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(m.hessp(x, np.array([1.0, 2.0, 3.0])), m.hess(x) @ [1, 2, 3])
    calls.clear()
    m.fun(x), m.jac(x)
    assert len(calls) == 1
    gradient = m.jac(x)
    gradient[:] = 0  # SciPy may write into what it is given
    np.testing.assert_allclose(m.jac(x), difference, rtol=1e-5)
    for _ in range(100):  # Newton's method
        x = x - np.linalg.solve(m.hess(x), m.jac(x))
    assert np.abs(m.jac(x)).max() < 1e-8
    with_args = minimize_args(lambda x, k: (x * k).sum())
    assert with_args.jac(x, 2.0).tolist() == [2.0] * 3 and with_args.jac(x, 3.0).tolist() == [3.0] * 3
    fun, jac = root_args(lambda x: x * x)
    np.testing.assert_allclose(jac(x), np.diag(2 * x))
    assert type(fun(x)) is np.ndarray


@wengert_only
def test_jacobians_of_many_residuals_take_forward_mode():
    from wengert.scipy import root_args

    calls = []

    def residuals(x):
        calls.append(1)
        return (x[:, None] * torch.arange(20.0, dtype=torch.float64)).sin().reshape(-1)

    fun, jac = root_args(residuals)
    x, k = np.array([0.3, 0.7]), np.arange(20.0)
    wanted = np.zeros((40, 2))
    wanted[:20, 0], wanted[20:, 1] = k * np.cos(0.3 * k), k * np.cos(0.7 * k)
    np.testing.assert_allclose(jac(x), wanted, atol=1e-14)
    np.testing.assert_allclose(fun(x), np.sin(np.outer(x, k)).reshape(-1))
    calls.clear()
    jac(x)
    assert len(calls) == 1
    summed = root_args(lambda x: x.sum().reshape(1))[1]
    assert summed(np.ones(3)).tolist() == [[1.0, 1.0, 1.0]]
