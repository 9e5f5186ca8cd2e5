"""autograd.graph beside hooks on nodes: hooks on saved tensors, gradient edges, versions told from outside."""

import gc
import threading
import weakref

import pytest

from backend import assert_close, t64, torch, wengert_only

graph = torch.autograd.graph
saved_tensors_hooks = graph.saved_tensors_hooks


def counting():
    calls = {"pack": 0, "unpack": 0}

    def pack(x):
        calls["pack"] += 1
        return x.detach().numpy().copy()

    def unpack(x):
        calls["unpack"] += 1
        return torch.from_numpy(x)

    return calls, pack, unpack


def test_what_is_packed_is_what_the_derivative_gets():
    x = t64([1.0, 2.0, 3.0], requires_grad=True)
    with saved_tensors_hooks(lambda t: 2 * t.detach(), lambda t: t):
        y = x * x
    y.sum().backward()
    assert_close(x.grad, 4 * x.detach())


def test_inputs_and_outputs_are_packed_once_each_and_unpacked_by_each_backward():
    calls, pack, unpack = counting()
    x = t64([1.0, 2.0, 3.0], requires_grad=True)
    with saved_tensors_hooks(pack, unpack):
        y = x.exp()
        z = (y * x).sum()
    assert calls == {"pack": 3, "unpack": 0}
    z.backward(retain_graph=True)
    assert calls == {"pack": 3, "unpack": 3}
    z.backward()
    assert calls == {"pack": 3, "unpack": 6}
    assert_close(x.grad, 2 * ((x + 1) * x.exp()).detach())


def test_operations_of_every_shape():
    calls, pack, unpack = counting()
    x, w = t64([[0.3, -0.2], [0.1, 0.4]], True), t64([[0.5, 0.6], [0.7, -0.8]], True)

    def f():
        h = torch.tanh(x @ w)
        h = torch.where(h > 0, h, 0.1 * h) / (1 + h * h)
        h = torch.softmax(h, 1) ** 2 + h[0] * h.max(1)[0]
        return h.std() + h.prod() + torch.logsumexp(h, 0).sum() + torch.nn.functional.layer_norm(h, (2,)).pow(3).sum()

    want = torch.autograd.grad(f(), (x, w))
    with saved_tensors_hooks(pack, unpack):
        out = f()
    assert calls["pack"] > 10
    got = torch.autograd.grad(out, (x, w))
    assert calls["unpack"] > 10
    for a, b in zip(got, want, strict=True):
        assert_close(a, b)


def test_second_derivatives_go_through_packed_tensors():
    calls, pack, unpack = counting()
    x = t64([0.5, 2.0], requires_grad=True)
    with saved_tensors_hooks(pack, unpack):
        y = (x**3).sum()
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    assert_close(g, 3 * x**2)
    (h,) = torch.autograd.grad(g.sum(), x)
    assert_close(h, 6 * x)
    with saved_tensors_hooks(pack, unpack):
        (g,) = torch.autograd.grad((x**3).sum(), x, create_graph=True)
    assert_close(torch.autograd.grad(g.sum(), x)[0], 6 * x)


def test_the_innermost_pair_holds():
    x = t64([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(lambda t: 3 * t.detach(), lambda t: t):
        with saved_tensors_hooks(lambda t: 5 * t.detach(), lambda t: t):
            y = x * x
        z = x * x
    with graph.save_on_cpu():
        w = x * x
    for out, factor in ((y, 5), (z, 3), (w, 1)):
        assert_close(torch.autograd.grad(out.sum(), x)[0], factor * 2 * x)
    with saved_tensors_hooks(lambda t: 3 * t.detach(), lambda t: t), graph.save_on_cpu():
        y = x * x
    assert_close(torch.autograd.grad(y.sum(), x)[0], 2 * x)


def test_hooks_hold_for_one_thread():
    x = t64([1.0, 2.0], requires_grad=True)
    found = []
    with saved_tensors_hooks(lambda t: 3 * t.detach(), lambda t: t):
        thread = threading.Thread(target=lambda: found.append(x * x))
        thread.start()
        thread.join()
    assert_close(torch.autograd.grad(found[0].sum(), x)[0], 2 * x)


def test_numbers_are_not_packed():
    def never(_):
        raise AssertionError("called")

    x = t64([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(never, never):
        y = (x * 3).sum() - (2 + x).sum()
    assert_close(torch.autograd.grad(y, x)[0], [2.0, 2.0])


def test_recording_is_off_in_a_pack_hook():
    seen = []

    def pack(t):
        seen.append(torch.is_grad_enabled())
        return (t * 1).requires_grad, t.detach()

    x = t64([1.0], requires_grad=True)
    with saved_tensors_hooks(pack, lambda p: p[1]):
        y = x * x
    assert seen == [False, False]
    y.backward()
    assert_close(x.grad, [2.0])


def test_a_leaf_comes_as_the_object_that_it_is():
    seen = []
    w = torch.nn.Parameter(torch.ones(2))
    with saved_tensors_hooks(lambda t: seen.append(t), lambda t: w):
        w * torch.ones(2, requires_grad=True)
    assert any(t is w for t in seen)


@pytest.mark.parametrize(
    ("pack", "unpack", "error", "words"),
    [
        (lambda t: t.detach(), lambda t: 3, TypeError, "expected to be a Tensor but got result of type int"),
        (lambda t: t.detach(), lambda t: t[:2], RuntimeError, "size|shape"),
        (lambda t: t.detach(), lambda t: 1 / 0, ZeroDivisionError, "division"),
    ],
)
def test_unpack_hooks_that_fail(pack, unpack, error, words):
    x = t64([1.0, 2.0, 3.0], requires_grad=True)
    with saved_tensors_hooks(pack, unpack):
        y = (x * x).sum()
    with pytest.raises(error, match=words):
        y.backward()
    assert x.grad is None


def test_pack_hooks_that_fail():
    x = t64([1.0, 2.0], requires_grad=True)

    def raising(_):
        raise KeyError("mine")

    with saved_tensors_hooks(raising, raising), pytest.raises(KeyError, match="mine"):
        x * x
    for write in (lambda t: t.mul_(2), lambda t: t.detach().zero_()):
        with saved_tensors_hooks(write, lambda t: t), pytest.raises(RuntimeError, match="modifying its input in place"):
            x.clone() * x.clone()
    with pytest.raises(TypeError), saved_tensors_hooks(1, 2):
        pass
    # None of it is left over.
    y = x.exp().sum()
    (g,) = torch.autograd.grad(y, x)
    assert_close(g, x.exp())


def test_functions_pack_what_they_save():
    class Cube(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x**3
            ctx.save_for_backward(x, None, y)
            return y

        @staticmethod
        def backward(ctx, g):
            x, nothing, y = ctx.saved_tensors
            assert nothing is None
            return 3 * y / x * g

    calls, pack, unpack = counting()
    x = t64([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(pack, unpack):
        y = Cube.apply(x)
    assert calls["pack"] == 2
    y.sum().backward()
    assert calls["unpack"] == 2
    assert_close(x.grad, 3 * x.detach() ** 2)


def test_writes_after_packing_change_nothing():
    x = t64([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(lambda t: t.detach().clone(), lambda t: t):
        a = x.clone()
        y = a * a
        with torch.no_grad():
            a.zero_()
    y.sum().backward()
    assert_close(x.grad, 2 * x.detach())


def test_hooks_can_be_disabled():
    with graph.disable_saved_tensors_hooks("not now"):
        with pytest.raises(RuntimeError, match="not now"), saved_tensors_hooks(id, id):
            pass
        with pytest.raises(RuntimeError, match="not now"), graph.save_on_cpu():
            pass
        with (
            graph.disable_saved_tensors_hooks("inner"),
            pytest.raises(RuntimeError, match="inner"),
            graph.save_on_cpu(),
        ):
            pass
        with pytest.raises(RuntimeError, match="not now"), graph.save_on_cpu():
            pass
    with graph.save_on_cpu():
        pass
    with saved_tensors_hooks(id, id), pytest.raises(RuntimeError, match="nested"):
        with graph.disable_saved_tensors_hooks("nested"):
            pass


def test_mutation_of_saved_tensors_is_allowed():
    x = t64([1.0, 2.0], requires_grad=True)
    with graph.allow_mutation_on_saved_tensors():
        y = x.clone()
        z = (y**2).sum()
        y.sin_()
        z.backward()
        with pytest.raises(RuntimeError, match="nested"), graph.allow_mutation_on_saved_tensors():
            pass
    assert_close(x.grad, 2 * x.detach())


@wengert_only
def test_what_hooks_keep_is_collected_with_the_graph():
    class Box:
        def __init__(self, tensor):
            self.tensor = tensor

    boxes = []

    def pack(t):
        box = Box(t)
        boxes.append(weakref.ref(box))
        return box

    x = t64([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(pack, lambda box: box.tensor):
        y = (x.exp() * x).tanh()
    assert all(ref() is not None for ref in boxes)
    y.sum().backward()
    assert all(ref() is None for ref in boxes)
    with saved_tensors_hooks(pack, lambda box: box.tensor):
        y = (x.exp() * x).tanh()
    boxes[-1]().graph = y
    del y
    gc.collect()
    assert all(ref() is None for ref in boxes)


def test_gradient_edges_stand_for_tensors():
    x = t64([1.0, 2.0], requires_grad=True)
    y = x * x
    z = (y * y).sum()
    edge = graph.get_gradient_edge(y)
    assert edge.output_nr == 0 and edge.node is y.grad_fn
    assert_close(torch.autograd.grad(z, edge, retain_graph=True)[0], 2 * y)
    assert_close(torch.autograd.grad(z, graph.get_gradient_edge(x), retain_graph=True)[0], 4 * x**3)
    both = torch.autograd.grad(z, [edge, x], retain_graph=True)
    assert_close(both[1], 4 * x**3)
    (g,) = torch.autograd.grad(edge, x, grad_outputs=torch.ones(2, dtype=torch.float64), retain_graph=True)
    assert_close(g, 2 * x)
    torch.autograd.backward(graph.get_gradient_edge(z), inputs=[x])
    assert_close(x.grad, 4 * x.detach() ** 3)
    with pytest.raises(RuntimeError, match="does not require gradients"):
        graph.get_gradient_edge(torch.ones(2))
    a, b = x.unbind(0)
    assert graph.get_gradient_edge(b).output_nr == 1


def test_versions_told_from_outside():
    x = t64([1.0, 2.0], requires_grad=True)
    y = x.clone()
    before = y._version
    z = (y * y).sum()
    graph.increment_version(y)
    assert y._version == before + 1
    with pytest.raises(RuntimeError, match="has been modified by an inplace operation"):
        z.backward()
    graph.increment_version([y, y])
    assert y._version == before + 3


def test_nodes_show_what_they_saved():
    x, y = t64([1.0, 2.0], True), t64([3.0, 4.0], True)
    product = x * y
    assert isinstance(product.grad_fn, graph.Node)
    assert product.grad_fn._saved_self is x and product.grad_fn._saved_other is y
    assert_close(x.exp().grad_fn._saved_result, x.exp())
    power = x**3
    assert power.grad_fn._saved_exponent == 3 and power.grad_fn._saved_self is x
    total = torch.ones(2, 3, requires_grad=True).sum(1, keepdim=True)
    assert total.grad_fn._saved_dim == (1,) and total.grad_fn._saved_keepdim is True
    assert tuple(total.grad_fn._saved_self_sym_sizes) == (2, 3)
    assert "_saved_self" in dir(product.grad_fn)
    with pytest.raises(AttributeError, match="_saved_nothing"):
        product.grad_fn._saved_nothing  # noqa: B018
    product.sum().backward()
    with pytest.raises(RuntimeError, match="after they have already been freed"):
        product.grad_fn._saved_self  # noqa: B018


def test_one_saved_tensor_can_have_hooks():
    x = t64([1.0, 2.0], requires_grad=True)
    y = x.clone()
    z = y * 2 * y
    z.grad_fn._raw_saved_other.register_hooks(lambda t: 3 * t.detach(), lambda t: t)
    with pytest.raises(RuntimeError, match="already been set"):
        z.grad_fn._raw_saved_other.register_hooks(lambda t: t, lambda t: t)
    z.sum().backward()
    assert_close(x.grad, 2 * y.detach() + 3 * 2 * y.detach())
    with pytest.raises(RuntimeError, match="freed"):
        z.grad_fn._raw_saved_self.register_hooks(lambda t: t, lambda t: t)


def test_nodes_have_metadata_and_can_be_called():
    x = t64([1.0, 2.0], requires_grad=True)
    y = x * 3
    y.grad_fn.metadata["mine"] = 1
    assert y.grad_fn.metadata == {"mine": 1}
    (only,) = y.grad_fn._input_metadata
    assert tuple(only.shape) == (2,) and only.dtype == torch.float64
    found = (x * y).grad_fn(torch.ones(2, dtype=torch.float64))
    assert_close(found[0], y) and assert_close(found[1], x)
    assert_close(x.exp().grad_fn(torch.ones(2, dtype=torch.float64)), x.exp())
    with pytest.raises(TypeError, match="expected 1 arguments, got 2"):
        y.grad_fn(x, x)
