"""What the engine does around its rules: deep nesting, callbacks at the end, retained gradients, anomalies, layouts."""

import sys
import warnings

import pytest

from backend import assert_close, t64, torch, wengert_only

func = torch.func


def test_backward_inside_backward_a_thousand_times():
    left = [1000]

    class Nested(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            if left[0]:
                left[0] -= 1
                with torch.enable_grad():
                    Nested.apply(torch.ones(1, requires_grad=True)).backward()
            return g

    before = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)
    try:
        x = torch.ones(1, requires_grad=True)
        Nested.apply(x).backward()
        assert left == [0] and x.grad.tolist() == [1.0]
        left[0] = 1000

        def hook(g):
            if left[0]:
                left[0] -= 1
                with torch.enable_grad():
                    y = torch.ones(1, requires_grad=True) * 2
                y.register_hook(hook)
                y.backward()

        x.register_hook(hook)
        x.grad = None
        (x * 2).backward()
        assert left == [0] and x.grad.tolist() == [2.0]
    finally:
        sys.setrecursionlimit(before)


@wengert_only
def test_nesting_without_end_is_an_error():
    class Endless(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, g):
            with torch.enable_grad():
                Endless.apply(torch.ones(1, requires_grad=True)).backward()
            return g

    with pytest.raises(RecursionError):
        Endless.apply(torch.ones(1, requires_grad=True)).backward()
    x = torch.ones(1, requires_grad=True)
    (x * 3).backward()
    assert x.grad.tolist() == [3.0]


def test_callbacks_run_at_the_end_of_their_backward():
    queue = torch.autograd.graph.queue_callback
    calls = []
    x = t64([1.0, 2.0], requires_grad=True)
    inner = t64([1.0], requires_grad=True)
    inner.register_hook(lambda g: queue(lambda: calls.append(("inner", inner.grad is not None))))

    def hook(g):
        queue(lambda: calls.append(("first", x.grad is not None)))
        with torch.enable_grad():
            (inner * 2).backward()
        queue(lambda: calls.append(("second", True)))

    x.register_hook(hook)
    (x * 3).sum().backward()
    assert calls == [("inner", True), ("first", True), ("second", True)]
    with pytest.raises(RuntimeError, match="during backward pass"):
        queue(lambda: None)

    def failing(g):
        queue(lambda: calls.append("never"))
        raise KeyError("mine")

    y = t64([1.0], requires_grad=True)
    y.register_hook(failing)
    with pytest.raises(KeyError):
        (y * 2).backward()
    assert "never" not in calls

    def raising():
        raise ValueError("at the end")

    z = t64([1.0], requires_grad=True)
    z.register_hook(lambda g: queue(raising))
    with pytest.raises(ValueError, match="at the end"):
        (z * 2).backward()
    assert_close(z.grad, [2.0])


def test_retained_gradients_follow_writes():
    a = t64([1.0], requires_grad=True).clone()
    a.retain_grad()
    a += 2
    a.retain_grad()
    a.sum().backward()
    assert_close(a.grad, [1.0])
    leaf = t64([1.0, 2.0], requires_grad=True)
    base = leaf.clone()
    v, w = base[:], base[:]
    v.retain_grad()
    w.retain_grad()
    v.mul_(2)
    (v + 3 * w).sum().backward()
    assert_close(w.grad, [3.0, 3.0])
    assert_close(leaf.grad, [8.0, 8.0])


def test_gradients_of_computed_tensors_are_asked_for_with_a_warning():
    x = t64([1.0], requires_grad=True)
    y = x * 2
    with pytest.warns(UserWarning, match="not a leaf Tensor is being accessed"):
        assert y.grad is None
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert x.grad is None and x.detach().grad is None
        y.retain_grad()
        assert y.grad is None


def test_hooks_of_a_leafs_node_come_after_its_own():
    x = t64([1.0], requires_grad=True)
    node = torch.autograd.graph.get_gradient_edge(x).node
    order = []
    x.register_hook(lambda g: order.append("tensor"))
    node.register_prehook(lambda g: order.append("before"))
    x.register_post_accumulate_grad_hook(lambda t: order.append(("accumulated", t.grad.item())))
    node.register_hook(lambda gi, go: order.append(("after", x.grad.item())))
    (x * 2).backward()
    assert order == ["tensor", "before", ("accumulated", 2.0), ("after", 2.0)]


def test_gradients_lie_in_memory_as_their_leaves_do():
    x = torch.ones(2, 3, 4, dtype=torch.float64).permute(2, 0, 1).contiguous().permute(1, 2, 0).requires_grad_()
    (x * 2).sum().backward()
    assert x.grad.stride() == x.stride()
    (x.sum(0) * torch.arange(12.0).reshape(3, 4)).sum().backward()
    assert x.grad.stride() == x.stride()
    assert_close(x.grad, 2 + torch.arange(12.0, dtype=torch.float64).reshape(3, 4).expand(2, 3, 4))


def test_anomalies_are_warned_of_with_the_line_of_the_operation():
    x = torch.zeros(1, requires_grad=True)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with torch.autograd.detect_anomaly():
            y = x.sqrt() * 0
            with pytest.raises(RuntimeError, match="Function 'SqrtBackward0' returned nan values in its 0th output"):
                y.backward()
    said = [str(w.message) for w in seen if "Error detected in SqrtBackward0" in str(w.message)]
    assert len(said) == 1 and "test_engine.py" in said[0] and "Traceback of forward call" in said[0]


def test_names_of_writes():
    x = t64([1.0, 2.0], requires_grad=True)
    assert x.clone().fill_(1).grad_fn.name() == "FillBackward2"
    assert x.clone().zero_().grad_fn.name() == "ZeroBackward0"
    y = x.clone()
    y[:1].zero_()
    y.sum().backward()
    assert_close(x.grad, [0.0, 1.0])


def test_detach_takes_the_tangent_along():
    fwd = torch.autograd.forward_ad
    with fwd.dual_level():
        d = fwd.make_dual(torch.ones(2), torch.ones(2)).clone()
        d.detach_()
        assert fwd.unpack_dual(d * 2).tangent is None
        dual = fwd.make_dual(torch.ones(2), torch.ones(2))
        with pytest.raises(RuntimeError):
            torch.add(dual, 1, out=torch.zeros(2))


@wengert_only
def test_forward_over_reverse_goes_through_masks():
    x = t64([1.0, -2.0, 3.0])

    def assigned(x):
        y = x.clone()
        y[x < 0] = 0
        return (y**3).sum()

    for f in (
        lambda x: (x[x > 0] ** 3).sum(),
        assigned,
        lambda x: x.masked_select(x > 0).pow(3).sum(),
        lambda x: (x[torch.nonzero(x > 0)[:, 0]] ** 3).sum(),
        lambda x: (x**3).relu().sum() if x.sum() > 0 else x.sum(),
        lambda x: (x.relu() ** 3).sum() + 0 * x[0].item(),
    ):
        want = [[6.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 18.0]]
        assert_close(func.jacfwd(func.grad(f))(x), want)
        assert_close(func.jacfwd(func.jacrev(f))(x), want)
        assert_close(func.jacfwd(func.jacfwd(f))(x), want)
        # A map over examples beside that over directions: an error, unless masks alone decide.
        try:
            got = func.vmap(func.jacfwd(func.grad(f)))(torch.stack([x, -x]))
        except RuntimeError:
            continue
        assert_close(got, [want, [[0.0, 0.0, 0.0], [0.0, 12.0, 0.0], [0.0, 0.0, 0.0]]])
    with pytest.raises(RuntimeError, match="vmap"):
        func.vmap(lambda x: x[x > 0].sum())(torch.ones(2, 3))


@wengert_only
def test_checkpoints_can_tell_what_they_did():
    checkpoints = torch.utils.checkpoint
    runs = []

    def f(x):
        runs.append(0)
        y = x.exp()
        return y[:1] if len(runs) > 1 else y

    x = t64([1.0, 2.0], requires_grad=True)
    with pytest.raises(
        checkpoints.CheckpointError, match="(?s)first run.*ExpBackward0 at .*second run.*SliceBackward0"
    ):
        checkpoints.checkpoint(f, x, use_reentrant=False, debug=True).sum().backward()
    runs.clear()
    with checkpoints.set_checkpoint_debug_enabled(False), checkpoints.set_checkpoint_early_stop(False):
        out = checkpoints.checkpoint(f, x, use_reentrant=False, debug=True)
    with pytest.raises(checkpoints.CheckpointError, match="try debug=True"):
        out.sum().backward()
