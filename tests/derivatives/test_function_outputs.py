"""What a custom Function's outputs are: objects, histories, views, dirty inputs, and the gradients it is given."""

import warnings

import pytest

from backend import ON_TORCH, assert_close, t64, torch

Function = torch.autograd.Function


def function(forward, backward=lambda ctx, *g: g[0]):
    return type("Made", (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


def leaf():
    return t64([1.0, 2.0, 3.0], requires_grad=True)


def test_outputs_have_no_history_where_no_input_needs_a_gradient():
    w = leaf()
    # PyTorch takes the history off the tensor from outside itself.
    if not ON_TORCH:
        assert not function(lambda ctx, x: w).apply(t64([1.0, 2.0, 3.0])).requires_grad
        assert w.requires_grad and w.is_leaf
    x = t64([1.0, 2.0, 3.0])
    same = function(lambda ctx, x: x).apply(x)
    assert same is not x and not same.requires_grad
    with torch.no_grad():
        same = function(lambda ctx, x: x).apply(w)
    assert same is not w and not same.requires_grad


def test_an_output_is_the_object_that_forward_made():
    made = []

    def forward(ctx, x):
        y = x * 2
        y.mine = 1
        made.append(y)
        return y

    y = function(forward).apply(leaf())
    assert y is made[0] and y.mine == 1 and y.requires_grad


def test_inputs_and_views_of_them_cannot_be_written_to():
    for forward in (lambda ctx, x: x, lambda ctx, x: x.view(3), lambda ctx, x: x[:2]):
        f = function(forward)
        y = f.apply(leaf().clone())
        with pytest.raises(
            RuntimeError, match="is a view and is being modified inplace. This view was created inside a custom"
        ):
            y.mul_(2)
        with pytest.raises(RuntimeError, match="is a view and is being modified inplace"):
            y[0] = 1.0
        base = leaf().clone()
        y = f.apply(base)
        base.mul_(2)
        with pytest.raises(RuntimeError, match="its base or another view of its base has been modified inplace"):
            y + 1
    y, z = function(lambda ctx, x: (x.view(3), x * 2), lambda ctx, g, h: g + 2 * h).apply(leaf().clone())
    with pytest.raises(RuntimeError, match="returns multiple views"):
        y.mul_(2)
    z.mul_(2)


def test_outputs_that_are_no_tensors():
    given = []

    def backward(ctx, *g):
        given.extend(g)
        return g[0] + 3 * g[4]

    def forward(ctx, x):
        i = torch.tensor([1])
        ctx.mark_non_differentiable(i)
        return x * 1, 3.0, None, i, x * 3

    x = leaf()
    y, number, nothing, i, z = function(forward, backward).apply(x)
    assert (number, nothing, i.tolist()) == (3.0, None, [1]) and z.grad_fn is y.grad_fn
    z.sum().backward()
    assert [g is None for g in given] == [False, True, True, False, False]
    assert given[3].dtype == torch.int64
    assert_close(x.grad, [3.0, 3.0, 3.0])


def test_an_output_returned_twice():
    given = []

    def backward(ctx, *g):
        given.append([t.tolist() for t in g])
        return g[0] + g[1]

    def forward(ctx, x):
        y = x * 1
        return y, y

    x = leaf()
    a, b = function(forward, backward).apply(x)
    assert a is b
    (a + 10 * b).sum().backward()
    assert given == [[[0.0] * 3, [11.0] * 3]]
    assert_close(x.grad, [11.0] * 3)
    a, b = function(lambda ctx, x: (x, x), backward).apply(x)
    assert a is not b
    (g,) = torch.autograd.grad((a + 10 * b).sum(), x)
    assert given[1] == [[1.0] * 3, [10.0] * 3]


def dirty(*more):
    def forward(ctx, x):
        ctx.mark_dirty(x)
        x.mul_(2)
        return (x, *(f(x) for f in more)) if more else x

    return function(forward, lambda ctx, *g: 2 * sum(g))


def test_dirty_inputs():
    x = leaf()
    y = x.clone()
    z = dirty().apply(y)
    assert z is y
    z.sum().backward()
    assert_close(x.grad, [2.0] * 3)
    with pytest.raises(RuntimeError, match="a leaf Variable that requires grad has been used in an in-place operation"):
        dirty().apply(leaf())
    x = leaf()
    base = x.clone()
    part = base[:2]
    dirty().apply(part)
    base.sum().backward()
    assert_close(x.grad, [2.0, 2.0, 1.0])
    with pytest.raises(RuntimeError, match="cannot return more than one Tensor"):
        dirty(lambda x: x * 1).apply(leaf().clone()[:2])
    a, b = dirty(lambda x: x).apply(leaf().clone())
    assert a is b

    def missing(ctx, x):
        ctx.mark_dirty(x)
        return x * 1

    with pytest.raises(RuntimeError, match="not returned as output"):
        function(missing).apply(leaf().clone())

    def other(ctx, x):
        y = x * 2
        ctx.mark_dirty(y)
        return y

    with pytest.warns(UserWarning, match="a tensor that was not an input"):
        function(other).apply(leaf())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (lambda g: (g, g), r"MadeBackward returned an incorrect number of gradients \(expected 1, got 2\)"),
        (lambda g: "a", "expected Variable or None"),
        (lambda g: g[:2], "MadeBackward returned an invalid gradient at index 0.*expected shape compatible with"),
    ],
)
def test_gradients_that_do_not_fit(given, words):
    f = function(lambda ctx, x: x * 2, lambda ctx, g: given(g))
    with pytest.raises(RuntimeError, match=words):
        f.apply(leaf()).sum().backward()


def test_gradients_that_are_made_to_fit():
    for given, want in ((lambda g: g.float(), 1.0), (lambda g: g.long(), 1.0), (lambda g: g.expand(4, 3), 4.0)):
        f = function(lambda ctx, x: x * 2, lambda ctx, g, given=given: given(g))
        (got,) = torch.autograd.grad(f.apply(leaf()).sum(), leaf_of := leaf(), allow_unused=True)
        assert got is None
        (got,) = torch.autograd.grad(f.apply(leaf_of).sum(), leaf_of)
        assert_close(got, [want] * 3)


def test_saved_tensors_outside_of_a_backward_pass():
    contexts = []

    def forward(ctx, x):
        y = x * 2
        ctx.save_for_backward(x, y)
        ctx.word = "kept"
        return y

    def backward(ctx, g):
        contexts.append(ctx)
        return g

    x = leaf()
    y = function(forward, backward).apply(x)
    saved = y.grad_fn.saved_tensors
    assert saved[0] is x and saved[1].grad_fn is y.grad_fn
    assert y.grad_fn.word == "kept" and y.grad_fn.needs_input_grad == (True,)
    y.sum().backward(retain_graph=True)
    assert_close(contexts[0].saved_tensors[0], x)
    y.sum().backward()
    for who in (contexts[0], y.grad_fn):
        with pytest.raises(RuntimeError, match="after they have already been freed"):
            who.saved_tensors  # noqa: B018


def test_old_ways_are_refused_or_warned_of():
    f = function(lambda ctx, x: x)
    with pytest.warns(DeprecationWarning, match="should not be instantiated"):
        made = f()
    with pytest.raises(RuntimeError, match="Legacy autograd function with non-static forward"):
        made(leaf())

    def backward(ctx, g):
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            assert ctx.saved_variables == ()
        assert "deprecated" in str(seen[0].message)
        return g

    function(lambda ctx, x: x * 1, backward).apply(leaf()).sum().backward()


def test_vjp_is_another_name_of_backward():
    class Double(Function):
        @staticmethod
        def forward(ctx, x):
            return 2 * x

        @staticmethod
        def vjp(ctx, g):
            return 2 * g

    x = leaf()
    Double.apply(x).sum().backward()
    assert_close(x.grad, [2.0] * 3)

    class Both(Double):
        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(RuntimeError, match="Implementing both 'backward' and 'vjp'"):
        Both.apply(x).sum().backward()


def test_missing_cotangents_of_constants_can_be_none():
    given = []

    def forward(ctx, x):
        c = x.detach() * 2
        ctx.mark_non_differentiable(c)
        ctx._materialize_non_diff_grads = False
        return x * 1, c

    def backward(ctx, g, none):
        given.append(none)
        return g

    y, c = function(forward, backward).apply(leaf())
    assert not c.requires_grad
    y.sum().backward()
    assert given == [None]


class Rule(Function):
    """x * y * k by a rule of its own; counts how often forward and backward run."""

    generate_vmap_rule = True
    runs = [0, 0]

    @staticmethod
    def forward(x, y, k):
        Rule.runs[0] += 1
        return x * y * k, (x + y).sum()

    @staticmethod
    def setup_context(ctx, inputs, output):
        x, y, k = inputs
        ctx.save_for_backward(x, y)
        ctx.save_for_forward(x, y)
        ctx.k = k

    @staticmethod
    def backward(ctx, g, h):
        Rule.runs[1] += 1
        x, y = ctx.saved_tensors
        return g * y * ctx.k + h, g * x * ctx.k + h, None

    @staticmethod
    def jvp(ctx, tx, ty, _):
        x, y = ctx.saved_tensors
        return (tx * y + x * ty) * ctx.k, (tx + ty).sum()


def plain(x, y, k):
    return x * y * k, (x + y).sum()


def test_generated_vmap_rules_run_once_for_all_examples():
    func = torch.func
    x, y = t64([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), t64([0.5, -1.0])
    Rule.runs[:] = [0, 0]
    got, want = (func.vmap(f, (0, None, None))(x, y, 3.0) for f in (Rule.apply, plain))
    assert Rule.runs[0] == 1
    for a, b in zip(got, want, strict=True):
        assert_close(a, b)

    def loss(f):
        return lambda x, y: sum((o * o).sum() for o in f(x, y, 3.0))

    rows = t64([[0.5, -1.0]] * 3)
    for transform, second in (
        (lambda f: func.vmap(func.grad(f, (0, 1)), (0, None)), y),
        (lambda f: func.vmap(func.grad(f, (0, 1)), (0, 0), -1), rows),
        (lambda f: func.grad(lambda x, y: func.vmap(f, (0, None))(x, y).sum(), (0, 1)), y),
        (lambda f: func.vmap(func.hessian(f), (0, None)), y),
        (lambda f: func.jacrev(func.vmap(f, (0, None)), 1), y),
        (lambda f: func.jacfwd(func.vmap(f, (0, None))), y),
        (lambda f: func.vmap(func.vmap(f, (None, 0)), (0, None)), rows),
    ):
        got, want = (transform(loss(f))(x, second) for f in (Rule.apply, plain))
        for a, b in zip(*((v if isinstance(v, tuple) else (v,)) for v in (got, want)), strict=True):
            assert_close(a, b)
    empty = func.vmap(Rule.apply, (0, None, None))(t64([[1.0, 2.0]])[:0], y, 3.0)
    assert empty[0].shape == (0, 2)


def test_nodes_of_a_function_have_a_class():
    f = function(lambda ctx, x: x * 2)
    y = f.apply(leaf())
    assert type(y.grad_fn) is f._backward_cls and type(y.grad_fn).__name__ == "MadeBackward"


def test_constants_have_no_tangents():
    class Constant(Function):
        @staticmethod
        def forward(x):
            return x * 2, (x > 0).long()

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.mark_non_differentiable(output[1])

        @staticmethod
        def jvp(ctx, t):
            return t * 2, t

    x = t64([1.0, 2.0])
    with pytest.raises(RuntimeError, match="You should return None at that position instead"):
        torch.func.jvp(lambda x: Constant.apply(x)[0], (x,), (x,))
