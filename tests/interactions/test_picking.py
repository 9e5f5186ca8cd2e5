"""Indexing and ordering together with the rest: transforms, versions, views, threads, memory shared with NumPy."""

import numpy as np
import pytest

from backend import array, t64, torch, wengert_only


def whole(*values):
    return torch.tensor(list(values))


def test_the_index_of_a_gradient_is_that_of_the_forward_pass():
    """Writing into an index tensor afterwards changes nothing."""
    x, at = t64([1.0, 2.0, 3.0], requires_grad=True), whole(0, 2)
    y = x[at.clone()] + x.gather(0, at.clone())
    at.fill_(1)
    y.sum().backward()
    assert array(x.grad).tolist() == [2.0, 0.0, 2.0]


@wengert_only
def test_an_index_written_later_is_kept_by_version():
    x, at = t64([1.0, 2.0, 3.0], requires_grad=True), whole(0, 2)
    y = x[at] * 3
    z = x.gather(0, at)
    at.fill_(1)
    (y.sum() + z.sum()).backward()
    assert array(x.grad).tolist() == [4.0, 0.0, 4.0]


@wengert_only
def test_an_index_changed_through_numpy_is_an_error_and_no_wild_write():
    memory = np.array([0, 2])
    at = torch.from_numpy(memory)
    x = t64([1.0, 2.0, 3.0], requires_grad=True)
    results = [x[at], x.gather(0, at), x.index_select(0, at), (x * 1).index_put((at,), t64([1.0, 2.0]))]
    memory[:] = 10**9
    for y in results:
        with pytest.raises((IndexError, RuntimeError), match="out of bounds"):
            y.sum().backward(retain_graph=True)


def test_of_several_writes_the_last_stays():
    x = torch.zeros(3)
    x[whole(1, 1, 1)] = torch.tensor([1.0, 2.0, 3.0])
    assert x.tolist() == [0.0, 3.0, 0.0]
    assert torch.zeros(2).scatter(0, whole(0, 0), torch.tensor([4.0, 5.0])).tolist() == [5.0, 0.0]


def test_gradients_of_repeated_places():
    x = t64([1.0, 2.0, 3.0], requires_grad=True)
    x[whole(0, 0, 2)].sum().backward()
    assert array(x.grad).tolist() == [2.0, 0.0, 1.0]
    base, value = t64([1.0, 2.0], requires_grad=True), t64([3.0, 4.0], requires_grad=True)
    y = base.index_add(0, whole(1, 1), value, alpha=2)
    (y * t64([1.0, 10.0])).sum().backward()
    assert array(base.grad).tolist() == [1.0, 10.0]
    assert array(value.grad).tolist() == [20.0, 20.0]


@wengert_only
def test_a_number_filled_in_twice_counts_once():
    value = t64(5.0, requires_grad=True)
    torch.zeros(3, dtype=torch.float64).index_fill(0, whole(1, 1), value).sum().backward()
    assert value.grad.item() == 1.0


def test_writes_through_a_view_reach_its_base():
    base = t64([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    x = base * 1
    row = x[1]
    row.scatter_add_(0, whole(0, 0), t64([10.0, 20.0]))
    row[whole(2)] = t64([7.0])
    x.masked_fill_(x == 2.0, 0.0)
    assert x.tolist() == [[1.0, 0.0, 3.0], [34.0, 5.0, 7.0]]
    (x * x).sum().backward()
    assert array(base.grad).tolist() == [[2.0, 0.0, 6.0], [68.0, 10.0, 0.0]]


def test_writes_from_the_tensor_itself():
    x = t64([1.0, 2.0, 3.0])
    x[whole(0, 1, 2)] = x.flip(0) if hasattr(x, "flip") else x[whole(2, 1, 0)]
    assert x.tolist() == [3.0, 2.0, 1.0]
    x.index_copy_(0, whole(2, 1, 0), x)
    assert x.tolist() == [1.0, 2.0, 3.0]
    x.index_add_(0, whole(1, 2, 0), x)
    assert x.tolist() == [4.0, 3.0, 5.0]


def test_leaves_are_not_written():
    x = torch.zeros(3, requires_grad=True)
    for write in (
        lambda: x.scatter_(0, whole(0), torch.ones(1)),
        lambda: x.index_fill_(0, whole(0), 1.0),
        lambda: x.masked_fill_(x == 0, 1.0),
        lambda: x.index_put_((whole(0),), torch.tensor(1.0)),
    ):
        with pytest.raises(RuntimeError, match="leaf"):
            write()
    assert x.tolist() == [0.0, 0.0, 0.0]


def test_nothing_is_written_where_an_index_is_out_of_bounds():
    x = torch.zeros(3)
    for write in (
        lambda: x.scatter_(0, whole(0, 5), torch.ones(2)),
        lambda: x.scatter_add_(0, whole(0, -1), torch.ones(2)),
        lambda: x.index_put_((whole(0, 3),), torch.tensor(1.0)),
        lambda: x.put_(whole(0, 3), torch.ones(2)),
        lambda: x.__setitem__(whole(0, -4), 1.0),
        lambda: x.scatter_reduce_(0, whole(0, 3), torch.ones(2), "amax"),
    ):
        with pytest.raises((IndexError, RuntimeError), match="out of|bounds"):
            write()
    assert x.tolist() == [0.0, 0.0, 0.0]


# Transforms.


@pytest.mark.parametrize("in_dims", [(0, 0), (0, None), (None, 0)])
def test_reading_under_vmap(in_dims):
    x, at = t64(np.arange(12.0).reshape(2, 3, 2)), torch.tensor([[0, 2, 1], [1, 1, 0]])
    functions = (
        lambda x, i: x[i],
        lambda x, i: x[:, i[:2] * 0 + 1],
        lambda x, i: x.index_select(0, i),
        lambda x, i: torch.take(x, i),
        lambda x, i: x.gather(0, i.unsqueeze(1)),
        lambda x, i: x[i[0]],
    )
    for function in functions:
        got = torch.func.vmap(function, in_dims=in_dims)(
            x if in_dims[0] == 0 else x[0], at if in_dims[1] == 0 else at[0]
        )
        want = [
            array(function(x[b] if in_dims[0] == 0 else x[0], at[b] if in_dims[1] == 0 else at[0])) for b in range(2)
        ]
        assert np.array_equal(array(got), np.stack(want))


@wengert_only
@pytest.mark.parametrize("in_dims", [(0, 0, 0), (0, None, 0), (0, 0, None), (0, None, None)])
def test_writing_under_vmap(in_dims):
    x = t64(np.arange(18.0).reshape(2, 3, 3))
    at, value = torch.tensor([[0, 2], [1, 0]]), t64([[10.0, 20.0], [30.0, 40.0]])

    def rows(x, i, v):
        y = x * 1
        y[i] = v.unsqueeze(1)
        return y

    def columns(x, i, v):
        y = x * 1
        y[1:, i] = v
        return y

    def functional(x, i, v):
        return x.index_add(1, i, v.unsqueeze(0) * x[:, :2]) + x.scatter_add(1, i.unsqueeze(0), v.unsqueeze(0))

    for function in (rows, columns, functional):
        pick = lambda t, d, b: t[b] if d == 0 else t[0]  # noqa: E731
        given = [t if d == 0 else t[0] for t, d in zip((x, at, value), in_dims)]
        got = torch.func.vmap(function, in_dims=in_dims)(*given)
        want = [array(function(*(pick(t, d, b) for t, d in zip((x, at, value), in_dims)))) for b in range(2)]
        assert np.array_equal(array(got), np.stack(want))


def test_assignment_carries_tangents():
    def function(x):
        y = x * 1
        y[whole(0, 2)] = x[whole(1, 1)] ** 2
        y[torch.tensor([False, True, False])] = 0.0
        return y

    value, tangent = torch.func.jvp(function, (t64([1.0, 2.0, 3.0]),), (t64([1.0, 10.0, 100.0]),))
    assert value.tolist() == [4.0, 0.0, 4.0]
    assert tangent.tolist() == [40.0, 0.0, 40.0]


@wengert_only
def test_assignment_at_an_index_of_a_part_carries_tangents():
    def function(x):
        y = x * 1
        y[1:, whole(0, 2)] = x[0, 1] * x[0, 2]
        return y.sum()

    x = t64(np.arange(1.0, 7.0).reshape(2, 3))
    assert torch.func.grad(function)(x).tolist() == [[1.0, 1.0 + 2 * 3.0, 1.0 + 2 * 2.0], [0.0, 1.0, 0.0]]
    _, moved = torch.func.jvp(torch.func.grad(function), (x,), (torch.ones_like(x),))
    assert moved.tolist() == [[0.0, 2.0, 2.0], [0.0, 0.0, 0.0]]


def test_orders_under_transforms():
    x = t64([[3.0, 1.0, 2.0], [4.0, 6.0, 5.0]])
    values, indices = torch.func.vmap(lambda row: tuple(torch.sort(row)))(x)
    assert values.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]
    assert indices.tolist() == [[1, 2, 0], [0, 2, 1]]
    top = torch.func.vmap(lambda row: torch.topk(row, 2)[0])(x)
    assert top.tolist() == [[3.0, 2.0], [6.0, 5.0]]
    _, tangent = torch.func.jvp(lambda x: torch.sort(x, descending=True)[0], (x[0],), (t64([1.0, 10.0, 100.0]),))
    assert tangent.tolist() == [1.0, 100.0, 10.0]
    median = torch.func.vmap(torch.func.grad(lambda row: torch.kthvalue(row * row, 2)[0]))(x)
    assert median.tolist() == [[0.0, 0.0, 4.0], [0.0, 0.0, 10.0]]


# Orders.


def test_nan_is_the_largest():
    x = torch.tensor([float("nan"), 1.0, -1.0, float("inf")])
    assert torch.sort(x)[1].tolist() == [2, 1, 3, 0]
    assert torch.argsort(x, descending=True).tolist() == [0, 3, 1, 2]
    assert torch.topk(x, 2)[1].tolist() == [0, 3]
    assert torch.topk(x, 2, largest=False)[1].tolist() == [2, 1]
    assert torch.kthvalue(x, 3)[0].item() == float("inf")


@pytest.mark.parametrize("dtype", ["float32", "float64", "int64"])
def test_long_orders_are_stable(dtype):
    values = np.random.default_rng(3).integers(-300, 300, 20_000).astype(dtype)
    x = torch.tensor(values)
    assert np.array_equal(array(torch.sort(x, stable=True)[1]), np.argsort(values, kind="stable"))
    backwards = len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
    assert np.array_equal(array(torch.sort(x, descending=True, stable=True)[1]), backwards)
    distinct, inverse, counts = torch.unique(x, return_inverse=True, return_counts=True)
    want = np.unique(values, return_inverse=True, return_counts=True)
    for got, wanted in zip((distinct, inverse, counts), want):
        assert np.array_equal(array(got), wanted)


@wengert_only
def test_sums_are_the_same_bits_on_any_number_of_threads():
    random = np.random.default_rng(5)
    table, at = random.normal(size=(50, 96)).astype(np.float32), random.integers(0, 50, 4000)
    rows = random.normal(size=(4000, 96)).astype(np.float32)
    index = np.broadcast_to(at[:, None], rows.shape)
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            torch.set_num_threads(threads)
            x, i, s = torch.tensor(table), torch.tensor(at), torch.tensor(rows)
            found.append([array(x.index_add(0, i, s)), array(x.scatter_add(0, torch.tensor(index.copy()), s))])
            found[-1].append(array(torch.sort(s.reshape(8, -1))[1]))
    finally:
        torch.set_num_threads(before)
    for other in found[1:]:
        assert all(np.array_equal(a, b) for a, b in zip(found[0], other))


@wengert_only
def test_sizes_beside_a_zero_may_be_beyond_all_memory():
    x = torch.zeros(0, dtype=torch.float64).expand(2**40, 0)
    none = torch.tensor([], dtype=torch.int64)
    assert x.index_select(1, none).shape == (2**40, 0)
    assert x[:, none].shape == (2**40, 0)
    assert torch.unique_consecutive(x, dim=1).shape == (2**40, 0)
    assert x.index_add(1, none, x).shape == (2**40, 0)
