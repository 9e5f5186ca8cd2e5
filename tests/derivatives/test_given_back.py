"""What transforms give back and what functions write: results that are inputs or the caller's tensors, writes into arguments,
tensors made, printed and unwrapped inside."""

import numpy as np
import pytest

from backend import array, assert_close, t64, torch, wengert_only

func = torch.func
vmap = torch.vmap

ONES = np.ones((2, 3))


def along(t):
    return t.detach() * 0 + 1


RESULTS = {
    "vjp": lambda t: func.vjp(lambda x: x, t)[0],
    "jvp": lambda t: func.jvp(lambda x: x, (t,), (along(t),))[0],
    "tangent": lambda t: func.jvp(lambda x: x, (along(t),), (t,))[1],
    "aux of jvp": lambda t: func.jvp(lambda x: (x * 2, x), (t,), (along(t),), has_aux=True)[2],
    "vmap": lambda t: vmap(lambda x: x)(t),
    "moved": lambda t: vmap(lambda x: x, 1, 0)(t).t(),
    "vmap of vmap": lambda t: vmap(vmap(lambda x: x))(t),
    "vmap of jvp": lambda t: vmap(lambda x: func.jvp(lambda y: y, (x,), (along(x),))[0])(t),
    "aux of grad": lambda t: func.grad(lambda x: (x.sum(), x), has_aux=True)(t)[1],
    "captured, vjp": lambda t: func.vjp(lambda x: t, t64([1.0]))[0],
    "captured, jvp": lambda t: func.jvp(lambda x: t, (t64([1.0]),), (t64([1.0]),))[0],
    "captured, grad": lambda t: func.grad(lambda x: (x.sum(), t), has_aux=True)(t64([1.0]))[1],
    "captured, jacrev": lambda t: func.jacrev(lambda x: (x, t), has_aux=True)(t64([1.0]))[1],
    "captured, vmap": lambda t: vmap(lambda x: t, out_dims=None)(t64([1.0])),
}


@pytest.mark.parametrize("result", RESULTS.values(), ids=list(RESULTS))
def test_histories_see_writes_into_results_that_share_memory(result):
    a = t64(ONES, requires_grad=True)
    t = a * 1
    result(t).mul_(2)
    assert_close(t.detach(), 2 * ONES)
    t.sum().backward()
    assert_close(a.grad, 2 * ONES)


class TestWritesIntoArguments:
    @pytest.mark.parametrize("nested", [False, True])
    def test_of_vmap(self, nested):
        x = t64(ONES)
        f = vmap(torch.Tensor.add_, in_dims=(0, None)) if nested else torch.Tensor.add_
        got = vmap(f, in_dims=(0, None))(x, t64(1.0))
        assert got is x
        assert_close(x, 2 * ONES)

    def test_through_a_view_and_another_dimension(self):
        x = t64(np.arange(6.0).reshape(2, 3))

        def f(column, y):
            column[0].copy_(y)
            return column.sum()

        got = vmap(f, in_dims=(1, 0))(x, t64([7.0, 8.0, 9.0]))
        assert_close(x, [[7.0, 8.0, 9.0], [3.0, 4.0, 5.0]])
        assert_close(got, [10.0, 12.0, 14.0])

    def test_of_jvp(self):
        x, y = t64([1.0, 2.0]), t64([3.0, 4.0])
        value, tangent = func.jvp(lambda x, y: x.copy_(y) * 2, (x, y), (t64([1.0, 1.0]), t64([5.0, 6.0])))
        assert_close(x, [3.0, 4.0])
        assert_close(value, [6.0, 8.0])
        assert_close(tangent, [10.0, 12.0])

    def test_of_vmap_of_jvp(self):
        x, y = t64(ONES), t64(3 * ONES)
        value, tangent = vmap(lambda x, y: func.jvp(lambda x, y: x.mul_(y), (x, y), (x * 2, y * 0)))(x, y)
        assert_close(x, 3 * ONES)
        assert_close(value, 3 * ONES)
        assert_close(tangent, 6 * ONES)

    def test_of_a_leaf_are_refused(self):
        x = t64(ONES, requires_grad=True)
        with pytest.raises(RuntimeError, match="leaf"):
            vmap(lambda row: row.add_(1))(x)
        assert_close(x.detach(), ONES)

    def test_reach_the_gradient(self):
        a = t64(ONES, requires_grad=True)
        t = a * 1
        vmap(lambda row: row.mul_(3))(t)
        t.sum().backward()
        assert_close(a.grad, 3 * ONES)


@pytest.mark.parametrize("make", ["new_zeros", "new_ones", "new_empty"])
def test_what_is_made_of_a_batch_can_hold_one(make):
    y = t64(np.arange(6.0).reshape(3, 2))

    def f(x, row):
        made = getattr(x, make)((2,))
        made.copy_(row)
        return made.sum()

    assert_close(vmap(f)(t64([1.0, 2.0, 3.0]), y), array(y).sum(1))
    assert_close(vmap(func.grad(f, argnums=1))(t64([1.0, 2.0, 3.0]), y), np.ones((3, 2)))
    both = vmap(vmap(lambda x, v: x.new_full((), 5.0).mul_(v)), in_dims=(0, 0))(y, y)
    assert_close(both, 5 * array(y))


def test_batches_are_printed_with_all_examples():
    seen = []
    vmap(lambda x: vmap(lambda y: seen.append(repr(y)) or y)(x))(torch.tensor([[1.0, 2.0], [3.0, 4.0]]))
    lines = [
        "BatchedTensor(lvl=2, bdim=0, value=",
        "    BatchedTensor(lvl=1, bdim=0, value=",
        "        tensor([[1., 2.],",
        "                [3., 4.]])",
        "    )",
        ")",
    ]
    assert seen == ["\n".join(lines)]


def test_duals_are_printed_with_their_tangents():
    fw = torch.autograd.forward_ad
    with fw.dual_level():
        x = fw.make_dual(torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0]))
        assert repr(x * 2) == "tensor([2., 4.], tangent=tensor([6., 8.]))"


@wengert_only
def test_a_dual_of_a_batch_is_printed():
    seen = []
    vmap(lambda x: func.jvp(lambda y: seen.append(str(y)) or y, (x,), (x,)))(torch.tensor([1.0, 2.0]))
    assert "BatchedTensor(" in seen[0] and "tangent=" in seen[0]


def test_debug_unwrap():
    seen = []
    x = t64(ONES)
    vmap(vmap(lambda y: seen.append(func.debug_unwrap(y)) or y))(x)
    assert seen[0].shape == x.shape and seen[0].data_ptr() == x.data_ptr()


def test_values_outside_no_grad_are_constants():
    def f(x):
        with torch.no_grad():
            _, value = func.grad_and_value(lambda y: y**3)(x)
        return x**3 - value

    x = t64(1.5, requires_grad=True)
    y = func.grad(f)(x)
    assert_close(y.detach(), 3 * 1.5**2)
    assert_close(torch.autograd.grad(y, x)[0], 6 * 1.5)
    with torch.no_grad():
        value, pull = func.vjp(lambda y: y**2, x)
    assert not value.requires_grad
    assert pull(t64(1.0))[0].requires_grad


def test_one_out_dim_in_a_tuple():
    assert_close(vmap(lambda x: x, out_dims=(1,))(t64(np.arange(6.0).reshape(2, 3))), np.arange(6.0).reshape(2, 3).T)


def test_lists_and_tuples_differ():
    x = t64([1.0, 2.0])
    with pytest.raises(ValueError, match="not compatible"):
        vmap(lambda z: z[0] + z[1], in_dims=((0, 0),))([x, x])


def test_rows_one_at_a_time_need_no_map():
    x = t64([1.0, 0.0, 2.0])

    class Counting(torch.autograd.Function):
        @staticmethod
        def forward(x):
            return x * 1

        @staticmethod
        def setup_context(ctx, inputs, output):
            pass

        @staticmethod
        def backward(ctx, g):
            return g * len(g.nonzero())

    assert_close(func.jacrev(Counting.apply, chunk_size=1)(x), np.eye(3))


@pytest.mark.parametrize("transform", ["jacrev", "jacfwd", "vjp", "jvp"])
def test_no_output(transform):
    x = t64([1.0])
    call = {"vjp": lambda f: func.vjp(f, x), "jvp": lambda f: func.jvp(f, (x,), (x,))}
    for nothing in (None, ()):
        with pytest.raises(RuntimeError, match="Expected f to be a function that has non-empty output"):
            call.get(transform, lambda f: getattr(func, transform)(f)(x))(lambda _, nothing=nothing: nothing)


@wengert_only
def test_auxiliary_output_may_be_anything():
    x = t64([1.0, 2.0])
    for jacobian in (func.jacrev, func.jacfwd):
        got, aux = jacobian(lambda x: (x * 2, {"n": 3, "x": x, "s": "text", "o": None}), has_aux=True)(x)
        assert_close(got, 2 * np.eye(2))
        assert_close(aux.pop("x"), [1.0, 2.0])
        assert aux == {"n": 3, "s": "text", "o": None}


def test_linearize_wants_the_dtype_of_the_primal():
    _, push = func.linearize(torch.sin, torch.tensor([1.0]))
    with pytest.raises(RuntimeError, match="doesn't match the dtype"):
        push(t64([1.0]))


@pytest.mark.parametrize("make", ["zeros_like", "ones_like", "empty_like"])
def test_what_is_made_like_a_batch_can_hold_one(make):
    x = t64(np.arange(6.0).reshape(2, 3))

    def f(row):
        made = getattr(torch, make)(row)
        made[0] = row[1]
        made[1:].copy_(row[:2])
        return made

    want = array(x)[:, [1, 0, 1]]
    assert_close(vmap(f)(x), want)
    assert_close(vmap(vmap(lambda v: torch.full_like(v, 2.0).mul_(v)))(x), 2 * array(x))
    assert_close(vmap(func.grad(lambda row: (f(row) ** 2).sum()))(x), array(x) * [2.0, 4.0, 0.0])


@pytest.mark.parametrize("transform", ["grad", "grad_and_value", "jacrev", "jacfwd", "hessian", "vmap"])
def test_transformed_functions_keep_their_names(transform):
    def function(x):
        """What it does."""

    transformed = getattr(func, transform)(function)
    assert transformed.__name__ == "function" and transformed.__doc__ == "What it does."


@pytest.mark.parametrize("result", [lambda x: x > 0, lambda x: (x, x.long())])
def test_outputs_to_pull_back_are_floats(result):
    for call in (lambda: func.vjp(result, t64([1.0])), lambda: func.jacrev(result)(t64([1.0]))):
        with pytest.raises(RuntimeError, match="must be floating-point"):
            call()
    with pytest.raises(RuntimeError, match="floating point"):
        func.vjp(lambda x: x * 2.0, torch.tensor([1, 2]))


@pytest.mark.parametrize("name", ["jacobian", "hessian", "vjp", "hvp", "vhp", "jvp"])
def test_constants_where_a_derivative_is_wanted_are_refused(name):
    function = getattr(torch.autograd.functional, name)

    def f(x):
        found = function(lambda y: y**3, x)
        return found[1] if isinstance(found, tuple) else found

    with pytest.raises(RuntimeError, match=r"torch.autograd.functional"):
        func.grad(f)(t64(2.0))
    assert_close(
        func.grad(lambda x: torch.autograd.functional.hessian(lambda y: y**3, x, create_graph=True))(t64(2.0)), 6
    )


def test_outputs_of_one_and_of_several_elements_share_what_was_computed():
    def f(x):
        z = x.exp()
        return z.sum(), z * z, z.prod()

    x = t64([0.0, 1.0])
    total, squares, product = func.jacrev(f)(x)
    e = np.e
    assert_close(total, [1.0, e])
    assert_close(squares, [[2.0, 0.0], [0.0, 2 * e * e]])
    assert_close(product, [e, e])
