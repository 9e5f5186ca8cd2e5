"""Garbage collection: cycles through hooks, contexts, attributes and nodes go, and what is alive stays."""

import functools
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


class Anchor:
    """Something to hold a weak reference to."""


class Holder:
    """An object of the program's own."""


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


def hooked(tensor, *held):
    """A hook on `tensor` that refers to all of `held`."""
    tensor.register_hook(lambda grad: held and None)


# Each kind of cycle holds an Anchor that must be collected.


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


@wengert_only
def test_a_cycle_through_a_node_of_several_tensors():
    """y's node is held by y and by z's node, and both are in the cycle."""

    def make():
        anchor, x = Anchor(), t64([1.0], requires_grad=True)
        y = x * 2
        z, w = y + 1, y * y
        hooked(y, y, z, w, anchor)
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_through_a_tensor_that_depends_on_the_hooked_one():
    def make():
        anchor, y = Anchor(), t64([1.0], requires_grad=True) * 2
        z = (y + 1).exp()
        hooked(y, z, anchor)
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_of_two_graphs():
    """Each is kept by a hook of the other."""

    def make():
        anchor = Anchor()
        a, b = t64([1.0], requires_grad=True) * 2, t64([1.0], requires_grad=True) * 3
        hooked(a, b.exp(), anchor)
        hooked(b, a.sin())
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_with_a_grad_fn():
    def make():
        anchor, y = Anchor(), t64([1.0], requires_grad=True) * 2
        z = y + 1
        hooked(y, y.grad_fn, z.grad_fn.next_functions, anchor)
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_with_a_handle_of_its_hook():
    def make():
        anchor, held, y = Anchor(), [], t64([1.0], requires_grad=True) * 2
        held += [y.register_hook(lambda grad: (held, anchor) and None), y]
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_through_a_gradient_with_a_graph():
    """The graph of x.grad leads back to x."""

    def make():
        anchor, x = Anchor(), t64([1.0], requires_grad=True)
        (x**3).sum().backward(create_graph=True)
        hooked(x, x, x.grad, anchor)
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_with_views():
    """The views' group holds the base's node; the base itself is gone."""

    def make():
        anchor, x = Anchor(), t64([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
        base = x * 2
        view, other = base[0], base.t()
        view.mul_(2)
        hooked(other, view, other, anchor)
        del base
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_with_a_view_of_a_leaf():
    def make():
        anchor, x = Anchor(), t64([1.0, 2.0], requires_grad=True)
        view = x[0]
        hooked(x, x, view, anchor)
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_of_tensors_made_before_any_hook():
    """Reached through an object of the program's, and through a large dictionary."""

    def make():
        anchor, holder = Anchor(), Holder()
        x = t64([1.0], requires_grad=True)
        y = x * 2
        holder.tensors = {str(k): y * k for k in range(40)}
        holder.y = y
        hooked(y, holder, anchor)
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_ctx_cycle_with_saved_tensors():
    """The saved input keeps the node that made it, which is the second way to it."""

    def make():
        anchor, holder, x = Anchor(), [], t64([1.0], requires_grad=True)
        y = x * 2
        z = keeper(holder).apply(y)
        holder += [z, y, anchor]
        hooked(y, holder)
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_through_the_attributes_of_a_leaf_that_only_its_graph_keeps():
    def make():
        anchor, x = Anchor(), t64([1.0], requires_grad=True)
        x.anchor, x.result = anchor, (x * 2).exp()
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_cycle_that_only_a_tensor_can_break():
    """A partial and a tuple cannot be cleared."""

    def make():
        anchor, y = Anchor(), t64([1.0], requires_grad=True) * 2
        y.register_hook(functools.partial(print, (y, y.exp(), anchor)))
        return weakref.ref(anchor)

    assert dead(make)


@wengert_only
def test_a_long_graph_in_a_cycle():
    def make():
        anchor, y = Anchor(), t64([1.0], requires_grad=True) * 2
        z = y
        for _ in range(200_000):
            z = z + 1
        hooked(y, z, anchor)
        return weakref.ref(anchor)

    assert dead(make)


# What is alive stays, whoever else holds what leads to it.


def held_by_a_tensor(y, z):
    return z


def held_by_a_node(y, z):
    return z.grad_fn


def held_by_a_view(y, z):
    return z.reshape(1, -1)


def held_by_a_ctx(y, z):
    return keeper(None).apply(z)


def held_by_a_gradient(y, z):
    x = t64([1.0], requires_grad=True)
    x.grad = z
    return x


@pytest.mark.parametrize("hold", [held_by_a_tensor, held_by_a_node, held_by_a_view, held_by_a_ctx, held_by_a_gradient])
@pytest.mark.parametrize("old", [False, True], ids=["young", "old"])
@pytest.mark.parametrize("generation", [0, 1, 2])
def test_what_one_holder_keeps_is_not_collected(hold, old, generation):
    """The rest of the cycle is garbage, but one tensor, node or context is not, in whatever generation it lies."""
    called = []

    def make():
        x = t64([1.0], requires_grad=True)
        y = x * 2
        z = y * 3
        kept = hold(y, z)
        if old:
            gc.collect()
        rest = [y, z, y.exp()]

        def hook(grad):
            called.append(len(rest))

        y.register_hook(hook)
        rest.append(hook)
        return kept

    kept = make()
    gc.collect(generation)
    gc.collect(generation)
    gc.collect()
    leaf = kept if hold is held_by_a_gradient else None
    end = leaf.grad if leaf is not None else kept
    if hold is held_by_a_node:
        assert end.next_functions[0][0].name() == "MulBackward0"
        return
    end.sum().backward()
    assert called == [4]


def test_a_collection_within_a_backward():
    """The sweep holds nodes that no object does any more."""
    seen = []
    x = t64([1.0], requires_grad=True)
    y = x * 2
    y.register_hook(lambda grad: seen.append(gc.collect()))
    z = y.exp()
    z.register_hook(lambda grad: seen.append(gc.collect()))
    end = (z * y).sum()
    del y, z
    end.backward()
    assert len(seen) == 2
    assert_close(x.grad, [2 * np.exp(2.0) + 4 * np.exp(2.0)])


@wengert_only
def test_collections_that_are_not_announced():
    """Without its place in gc.callbacks less is found, and nothing that is alive is lost."""
    child.run("""
        x = torch.ones(2, requires_grad=True)
        y = x * 2
        called = []
        y.register_hook(lambda grad: called.append(y) and None)
        z = y + 1
        class Clears:
            def __del__(self):
                gc.callbacks.clear()
        for make in (lambda: None, Clears):
            thing = type('Thing', (), {})()
            thing.me, thing.last = thing, make()
            del thing
            gc.collect()
            z.sum().backward(retain_graph=True)
        gc.callbacks.clear()
        for _ in range(5):
            gc.collect()
            z.sum().backward(retain_graph=True)
        assert len(called) == 7
    """)


class Program:
    """A random program: graphs, hooks, contexts and attributes that refer to each other, collections in between."""

    def __init__(self, seed):
        self.random = np.random.default_rng(seed)
        self.calls, self.anchors, self.held = [], [], []
        self.tensors = [t64([1.0 + k], requires_grad=True) for k in range(2)]

    def any(self, count):
        return [self.tensors[i] for i in self.random.integers(0, len(self.tensors), count)]

    def hook(self, a):
        anchor = Anchor()
        seen = weakref.ref(anchor)
        mine, calls = [*self.any(2), self.held], self.calls
        a.register_hook(lambda grad: calls.append(len(mine) == 3 and seen() is anchor))
        self.anchors.append(seen)
        return a

    def attribute(self, a):
        a.extra = self.any(2)
        return a

    def step(self):
        a, b = self.any(2)
        steps = [
            lambda: a * b,
            lambda: a + 1,
            lambda: keeper(self.held).apply(a),
            lambda: a[0:1],
            lambda: (a * 1).mul_(b),
            lambda: self.hook(a),
            lambda: self.attribute(a),
        ]
        made = steps[self.random.integers(0, len(steps))]()
        self.tensors.append(made)
        if self.random.integers(0, 4) == 0:
            self.held.append(made.grad_fn if self.random.integers(0, 2) else made)
        if self.random.integers(0, 8) == 0:
            gc.collect(int(self.random.integers(0, 3)))

    def run(self):
        """Some of its tensors, its hooks' records, and weak references to what its hooks hold."""
        for _ in range(14):
            self.step()
        return self.any(3), self.calls, self.anchors


def test_random_holders_of_random_graphs():
    """Everything that is reachable from what is kept still differentiates; the rest goes when nothing is kept."""
    for seed in range(5 if ON_TORCH else 60):
        kept, calls, anchors = Program(seed).run()
        for generation in (0, 1, 2, 2):
            gc.collect(generation)
        for tensor in kept:
            tensor.sum().backward(retain_graph=True)
        assert all(calls)
        del kept, tensor
        gc.collect()
        assert ON_TORCH or all(anchor() is None for anchor in anchors), seed


def test_what_is_reachable_is_not_collected():
    x = t64([2.0], requires_grad=True)
    y = (x * x).exp()
    y.register_hook(lambda grad: grad * 2)
    gc.collect()
    y.sum().backward()
    assert_close(x.grad, [2 * 2 * 2.0 * np.exp(4.0)])
