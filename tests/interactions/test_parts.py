"""Parts of a tensor that share a node, dimensions changed in place, views of overlapping elements."""

import numpy as np
import pytest

from backend import assert_close, t64, torch, wengert_only


def matrix():
    return t64(np.arange(12.0).reshape(3, 4), requires_grad=True)


PARTS = {
    "split": lambda y: y.split(2), "sizes": lambda y: y.split([1, 2]), "chunk": lambda y: y.chunk(2, 1), "unbind": lambda y: y.unbind(),
    "unbind columns": lambda y: y.unbind(1), "iteration": lambda y: tuple(y),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTS)
def test_parts_share_a_node(name):
    parts = PARTS[name](matrix() * 1)
    assert [p.output_nr for p in parts] == list(range(len(parts)))
    assert len({p.grad_fn for p in parts}) == 1
    assert parts[0].grad_fn.name() == {
        "sizes": "SplitWithSizesBackward0",
        "split": "SplitBackward0",
        "chunk": "SplitBackward0",
    }.get(name, "UnbindBackward0")


@pytest.mark.parametrize("name", PARTS)
def test_gradients_of_some_parts(name):
    """Parts that do not matter have a gradient of zeros; second derivatives pass."""
    x = matrix()
    last = PARTS[name](x * 1)[-1]
    (first,) = torch.autograd.grad((last**3).sum(), x, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), x)
    touched = np.isin(x.detach().numpy(), last.detach().numpy())
    assert_close(first, np.where(touched, 3 * x.detach().numpy() ** 2, 0))
    assert_close(second, np.where(touched, 6 * x.detach().numpy(), 0))


@pytest.mark.parametrize("name", PARTS)
def test_parts_are_not_to_be_written_to(name):
    y = matrix() * 1
    part = PARTS[name](y)[0]
    writes = [lambda: part.mul_(2), lambda: part.zero_(), lambda: part.copy_(part * 2), lambda: part[:1].add_(1)]
    for write in writes:
        with pytest.raises(RuntimeError, match="is a view and is being modified inplace.*multiple views"):
            write()
    assert_close(y.detach(), np.arange(12.0).reshape(3, 4))
    with torch.no_grad():
        part.mul_(2)
    assert y.detach().flatten()[1].item() == 2.0 or name == "unbind columns"


@pytest.mark.parametrize("name", PARTS)
def test_parts_of_constants_may_be_written_to(name):
    y = matrix().detach()
    for part in PARTS[name](y):
        part.add_(1)
    assert_close(y, np.arange(12.0).reshape(3, 4) + 1)


@pytest.mark.parametrize("name", PARTS)
def test_stale_parts_see_a_write_to_their_base(name):
    x = matrix()
    y = x * 1
    parts = PARTS[name](y)
    y.mul_(10)
    sum((k + 1) * p.sum() for k, p in enumerate(parts)).backward()
    got, x.grad = x.grad, None
    sum((k + 1) * p.sum() for k, p in enumerate(PARTS[name](x * 10))).backward()
    assert_close(got, x.grad)


def test_parts_under_transforms():
    x = matrix().detach()

    def loss(x):
        a, b, c = x.unbind()
        return (a * b).sum() + (c * c.chunk(2)[0].sum()).sum()

    gradient = torch.func.grad(loss)(x)
    _, moved = torch.func.jvp(loss, (x,), (torch.ones_like(x),))
    assert_close(moved, gradient.sum())
    stack = torch.stack([x, 2 * x])
    mapped = torch.func.vmap(torch.func.grad(loss))(stack)
    assert_close(mapped[0], gradient)
    assert_close(mapped[1], torch.func.grad(loss)(2 * x))


@wengert_only
def test_a_loop_over_rows_has_one_node_for_all_rows():
    """A node a row would make a gradient of the whole matrix of each: time in the square of the rows."""
    x = torch.zeros(100, 8, requires_grad=True)
    rows = list(x)
    assert all(row.grad_fn is rows[0].grad_fn for row in rows)
    sum(row.sum() for row in rows).backward()
    assert x.grad.sum() == 800


@wengert_only
def test_more_parts_than_a_node_can_number():
    x = torch.zeros(70_000, dtype=torch.float64, requires_grad=True)
    parts = x.unbind()
    assert len(parts) == 70_000
    (parts[0] + 2 * parts[-1]).backward()
    assert x.grad[0] == 1 and x.grad[-1] == 2 and x.grad.sum() == 3


CHANGES = {
    "t_": lambda y: y.t_(), "transpose_": lambda y: y.transpose_(0, 1), "swapaxes_": lambda y: y.swapaxes_(-1, 0), "unsqueeze_": lambda y: y.unsqueeze_(1),
    "squeeze_": lambda y: y.unsqueeze_(0).squeeze_(), "squeeze_ dim": lambda y: y.unsqueeze_(0).squeeze_(0),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_dimensions_changed_in_place(name):
    x = matrix()
    y = x * 1
    row = y[0]
    assert CHANGES[name](y) is y
    assert y.shape == CHANGES[name](x.detach().clone()).shape
    y.mul_(2)
    assert_close(row.detach(), 2 * x.detach()[0])
    (row.sum() + (y * y).sum()).backward()
    want = 8 * x.detach().numpy()
    want[0] += 2
    assert_close(x.grad, want)


def test_dimensions_of_a_leaf():
    x = matrix()
    with pytest.raises(RuntimeError, match="leaf"):
        x.t_()
    with torch.no_grad():
        x.t_()
    assert x.shape == (4, 3) and x.is_leaf and x.requires_grad
    (x * 2).sum().backward()
    assert_close(x.grad, np.full((4, 3), 2.0))


def test_triangles_in_place():
    x = matrix()
    y = x * 1
    y.tril_()
    y[:, 1:].triu_(1)
    (y * y).sum().backward()
    kept = np.tril(np.ones((3, 4)))
    kept[:, 1:] = np.triu(kept[:, 1:], 1)
    assert_close(x.grad, 2 * x.detach().numpy() * kept)


def test_as_strided_is_relative_to_the_storage():
    base = t64(np.arange(6.0))
    part = base[2:]
    assert part.as_strided((2,), (1,)).tolist() == [2.0, 3.0]
    assert part.as_strided((2,), (1,), 0).tolist() == [0.0, 1.0]
    assert part.as_strided((3,), (2,), 1).tolist() == [1.0, 3.0, 5.0]
    with pytest.raises(RuntimeError, match="out of bounds"):
        part.as_strided((3,), (2,), 2)


def test_gradients_of_as_strided():
    x = t64(np.arange(6.0), requires_grad=True)
    y = x * 1
    # What lies in the storage but not in the tensor has no gradient through it.
    (y[2:].as_strided((3,), (2,), 1) ** 2).sum().backward()
    assert_close(x.grad, [0, 0, 0, 6, 0, 10])
    x.grad, y = None, x * 1
    (y.as_strided((3, 2), (1, 1)) * t64([[1.0, 10.0], [100.0, 1000.0], [1e4, 1e5]])).sum().backward()
    assert_close(x.grad, [1, 110, 11000, 100000, 0, 0])
    # An element seen several times by the input counts by its share.
    row = t64([3.0], requires_grad=True)
    (row * 1).expand(4).as_strided((2,), (0,)).sum().backward()
    assert_close(row.grad, [2.0])


def test_as_strided_of_another_order_of_elements():
    x = matrix()
    y = (x * 1).t()
    assert_close(y.as_strided((2, 2), (1, 4)).detach(), [[0, 4], [1, 5]])
    y.as_strided((3,), (5,)).sum().backward()
    assert_close(x.grad, [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]])


def test_a_write_through_as_strided_after_other_uses():
    """The cotangent of the base may lie otherwise than the base."""
    x = matrix()
    y = x * 1
    y.as_strided((3,), (5,)).mul_(10)
    factor = np.ones((3, 4))
    factor[[0, 1, 2], [0, 1, 2]] = 10
    (y.t() * t64(np.arange(12.0).reshape(4, 3))).sum().backward()
    assert_close(x.grad, np.arange(12.0).reshape(4, 3).T * factor)


@wengert_only
def test_writes_to_elements_seen_twice_are_refused():
    for view in (lambda y: y.as_strided((3, 2), (1, 1)), lambda y: y.unfold(0, 2, 1)):
        y = t64(np.arange(6.0))
        with pytest.raises(RuntimeError, match="single memory location"):
            view(y).mul_(2)
        assert y.tolist() == list(range(6))
    y = t64(np.arange(12.0))
    y.as_strided((2, 3), (3, 2)).zero_()  # 0 2 4 and 3 5 7: interleaved, but apart
    assert y.tolist() == [0, 1, 0, 0, 0, 0, 6, 0, 8, 9, 10, 11]


def test_as_strided_under_transforms():
    x = matrix().detach()

    def windows(row):
        return (row.as_strided((3, 2), (1, 1)) ** 2).sum()

    _, moved = torch.func.jvp(windows, (x[0],), (torch.ones_like(x[0]),))
    assert_close(moved, 2 * (0 + 1 + 1 + 2 + 2 + 3))
    mapped = torch.func.vmap(torch.func.grad(windows))(x)
    for row, got in zip(x, mapped, strict=True):
        assert_close(got, 2 * row * t64([1.0, 2.0, 2.0, 1.0]))
