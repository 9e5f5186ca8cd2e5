"""Views share storage and history; writes through them are seen by the base, by other views, and by the gradient."""

import numpy as np
import pytest

import child
from backend import ON_TORCH, assert_close, t64, torch, wengert_only


def leaf(*values):
    return t64(list(values), requires_grad=True)


def test_a_write_through_a_view_is_seen_by_its_base():
    x = leaf(1.0, 2.0, 3.0)
    y = x * 1
    y[1:].mul_(10)
    assert_close(y.detach(), [1.0, 20.0, 30.0])
    y.sum().backward()
    assert_close(x.grad, [1.0, 10.0, 10.0])


def test_a_write_through_a_view_of_a_view():
    x = t64([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    y = x * 1
    y.t()[0][1:].mul_(5)  # the element at [1, 0]
    assert_close(y.detach(), [[1.0, 2.0], [15.0, 4.0]])
    (y * y).sum().backward()
    assert_close(x.grad, [[2.0, 4.0], [150.0, 8.0]])


def test_a_stale_view_sees_a_write_to_its_base():
    x = leaf(1.0, 2.0)
    y = x * 1
    view = y[0]
    y.mul_(3)
    assert_close(view.detach(), 3.0)
    view.backward()
    assert_close(x.grad, [3.0, 0.0])


VIEWS = {
    "select": lambda y: y[1], "slice": lambda y: y[1:], "columns": lambda y: y[:, 1:], "view": lambda y: y.view(6), "reshape": lambda y: y.reshape(3, 2),
    "t": lambda y: y.t(), "permute": lambda y: y.permute(1, 0), "transpose": lambda y: y.transpose(0, 1), "T": lambda y: y.T, "mT": lambda y: y.mT,
    "unsqueeze": lambda y: y.unsqueeze(0), "squeeze": lambda y: y.squeeze(), "none": lambda y: y[None], "alias": lambda y: y[...],
    "diagonal": lambda y: y.diagonal(1), "as_strided": lambda y: y.as_strided((2, 2), (3, 2)), "unfold": lambda y: y.unfold(1, 1, 2),
    "movedim": lambda y: y.movedim(0, 1), "flatten": lambda y: y.flatten(), "unflatten": lambda y: y.unflatten(1, (3, 1)), "ravel": lambda y: y.ravel(),
    "swapaxes": lambda y: y.swapaxes(0, 1), "H": lambda y: y.H, "mH": lambda y: y.mH, "adjoint": lambda y: y.adjoint(), "narrow": lambda y: y.narrow(1, 1, 2),
    "tensor_split": lambda y: y.tensor_split((1, 2), dim=1)[1], "hsplit": lambda y: y.hsplit((1,))[1], "vsplit": lambda y: y.vsplit(2)[1],
    "atleast_3d": lambda y: torch.atleast_3d(y), "expand": lambda y: y.expand(2, 2, 3), "broadcast_to": lambda y: y.broadcast_to(2, 2, 3),
    "windows": lambda y: y.unfold(1, 2, 1), "overlap": lambda y: y.as_strided((3, 2), (1, 1)), "split": lambda y: y.split(2, 1)[0],
    "chunk": lambda y: y.chunk(2)[1], "unbind": lambda y: y.unbind(1)[2], "iteration": lambda y: list(y)[1], "twice": lambda y: y.t()[1:].unsqueeze(0), "step": lambda y: y[:, ::2],
}  # fmt: skip


@pytest.mark.parametrize("name", VIEWS)
def test_a_stale_view_of_any_kind(name):
    """The view was taken before the base was written; its gradient is that of the view taken after."""
    x = t64([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    y = x * 1
    view = VIEWS[name](y)
    y.mul_(10)
    assert_close(view.detach(), VIEWS[name](x.detach() * 10))
    (view * view).sum().backward()
    got, x.grad = x.grad, None
    fresh = VIEWS[name](x * 10)
    (fresh * fresh).sum().backward()
    assert_close(got, x.grad)


NOT_TO_WRITE = {"expand", "broadcast_to", "windows", "overlap", "split", "chunk", "unbind", "iteration"}


@pytest.mark.parametrize("name", [name for name in VIEWS if name not in NOT_TO_WRITE])
def test_a_write_through_a_view_of_any_kind(name):
    """It is seen by the base, and by another view taken before."""
    x = t64([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    y = x * 1
    other = y.t()
    VIEWS[name](y).mul_(10)
    factor = torch.ones(2, 3, dtype=torch.float64)
    VIEWS[name](factor).mul_(10)
    assert_close(y.detach(), x.detach() * factor)
    (other * other).sum().backward(retain_graph=True)
    assert_close(x.grad, 2 * x.detach() * factor * factor)
    x.grad = None
    (y * y).sum().backward()
    assert_close(x.grad, 2 * x.detach() * factor * factor)


def test_a_stale_view_sees_a_write_through_its_sibling():
    x = leaf(1.0, 2.0, 3.0)
    y = x * 1
    one, other = y[:2], y[1:]
    one.mul_(10)
    other.sum().backward()
    assert_close(other.detach(), [20.0, 3.0])
    assert_close(x.grad, [0.0, 10.0, 1.0])


def test_a_view_of_constants_becomes_differentiable():
    x = leaf(5.0)
    buffer = torch.zeros(3, dtype=torch.float64)
    view = buffer[1:]
    assert not view.requires_grad
    buffer[1] = x[0] * 2
    assert buffer.requires_grad and view.requires_grad
    view.sum().backward()
    assert_close(x.grad, [2.0])


def test_a_base_of_constants_becomes_differentiable():
    x = leaf(5.0)
    buffer = torch.zeros(3, dtype=torch.float64)
    buffer[:2].copy_(x.expand(2))
    assert buffer.requires_grad
    buffer.sum().backward()
    assert_close(x.grad, [2.0])


@pytest.mark.parametrize(
    "view",
    [
        lambda y: y.reshape(3, 2)[0], lambda y: y.view(6)[1:4], lambda y: y.permute(1, 0)[2], lambda y: y.unsqueeze(0)[0, 1],
        lambda y: y[None].squeeze(0)[:, 0], lambda y: y.T[1:], lambda y: y.mT.t()[0], lambda y: y[:, ::2], lambda y: y.detach()[0],
        lambda y: y.select(1, 2), lambda y: y[..., -1], lambda y: y.transpose(0, 1)[0],
    ],
)  # fmt: skip
def test_every_view_shares_storage(view):
    y = t64(np.arange(6.0).reshape(2, 3))
    reference = np.arange(6.0).reshape(2, 3)
    part = view(y)
    touched = [v in part.reshape(-1).tolist() for v in reference.ravel()]
    part.fill_(-1.0)
    want = np.where(np.reshape(touched, (2, 3)), -1.0, reference)
    assert_close(y, want)
    assert 0 < sum(touched) < 6


@pytest.mark.parametrize(
    ("index", "value"),
    [
        (0, 2.0), (slice(1, 3), 2.0), (-1, None), ((slice(None, None, 2),), None), ([0, 2], None), ([2, 0, 1], None), (..., None),
    ],
)  # fmt: skip
def test_setitem_with_grad(index, value):
    x, source = leaf(1.0, 2.0, 3.0, 4.0), leaf(5.0)
    y = x * 1
    where = torch.tensor(index) if isinstance(index, list) else index
    y[where] = source[0] * 3 if value is None else value
    (y * y).sum().backward()
    written = np.zeros(4, bool)
    written[index] = True
    base = np.array([1.0, 2.0, 3.0, 4.0])
    assert_close(x.grad, np.where(written, 0.0, 2 * base))
    if value is None:
        assert_close(source.grad, [written.sum() * 2 * 15.0 * 3.0])


def test_setitem_with_a_mask():
    x, source = leaf(1.0, -2.0, 3.0), leaf(5.0)
    y = x * 1
    y[x.detach() < 0] = 0.0
    y.sum().backward()
    assert_close(x.grad, [1.0, 0.0, 1.0])
    y = x * 1
    y[t64([1.0, 0.0, 1.0]).bool()] = source.expand(2)
    assert_close(y.detach(), [5.0, -2.0, 5.0])
    y.sum().backward()
    assert_close(source.grad, [2.0])


def test_setitem_broadcasts_and_casts():
    y = torch.zeros(2, 3)
    y[:, 1:] = torch.tensor([1, 2])
    y[0] = torch.tensor([7.0, 8.0, 9.0])
    y[1, 0] = True
    assert y.tolist() == [[7.0, 8.0, 9.0], [1.0, 1.0, 2.0]]


def test_copy_and_fill_and_zero_cut_the_old_value():
    x, source = leaf(1.0, 2.0), leaf(3.0, 4.0)
    for write, want in [
        (lambda y: y.zero_(), None),
        (lambda y: y.fill_(2.0), None),
        (lambda y: y.copy_(source * 2), [2.0, 2.0]),
    ]:
        x.grad = source.grad = None
        y = x * 5
        assert write(y) is y
        (y.sum() + (x * 0).sum()).backward()
        assert_close(x.grad, [0.0, 0.0])
        assert source.grad is None if want is None else source.grad.tolist() == want


def test_in_place_on_an_expanded_tensor_is_refused():
    for write in (lambda y: y.mul_(2), lambda y: y.add_(1), lambda y: y.copy_(torch.ones(3, 2))):
        y = torch.ones(2).expand(3, 2)
        with pytest.raises(RuntimeError, match="(?i)memory location|expand"):
            write(y)
        assert y[0].tolist() == [1.0, 1.0]


def test_detach_shares_storage_and_version():
    y = leaf(1.0, 2.0) * 1
    cut = y.detach()
    before = y._version
    cut.zero_()
    assert_close(y.detach(), [0.0, 0.0])
    assert y._version == cut._version > before


def test_data_shares_storage_only():
    y = leaf(1.0, 2.0) * 1
    before = y._version
    y.data.mul_(2)
    assert_close(y.detach(), [2.0, 4.0])
    if ON_TORCH:  # wengert counts such writes too, so that they leave kept values right.
        assert y._version == before


def test_version_counts_writes():
    x = torch.zeros(3)
    assert x._version == 0
    x.add_(1)
    assert x._version == 1
    x[0] = 2.0
    assert x._version == 2
    view = x[1:]
    view.mul_(2)
    assert x._version == view._version == 3
    assert (x * 2)._version == 0
    x.clone().add_(1)
    assert x._version == 3


def test_in_place_result_is_the_tensor():
    x = leaf(1.0, 2.0)
    y = x * 1
    assert y.add_(1).mul_(2) is y
    y.sum().backward()
    assert_close(x.grad, [2.0, 2.0])


def test_in_place_needs_room():
    x = torch.zeros(2)
    with pytest.raises(RuntimeError):
        x.add_(torch.ones(3, 2))
    with pytest.raises(RuntimeError):
        torch.zeros(2, dtype=torch.int64).add_(1.5)
    with pytest.raises(RuntimeError):
        torch.zeros(2, dtype=torch.int64).div_(2)
    assert torch.zeros(2, dtype=torch.int64).add_(1).tolist() == [1, 1]


def test_overlapping_setitem_by_slices_that_do_not_meet():
    x = t64([1.0, 2.0, 3.0, 4.0])
    x[:2] = x[2:]
    assert_close(x, [3.0, 4.0, 3.0, 4.0])


@wengert_only
def test_overlapping_writes_read_the_old_values():
    x = t64([1.0, 2.0, 3.0, 4.0])
    x[1:] = x[:-1]
    assert_close(x, [1.0, 1.0, 2.0, 3.0])
    x[:-1].add_(x[1:])
    assert_close(x, [2.0, 3.0, 5.0, 3.0])
    square = t64([[1.0, 2.0], [3.0, 4.0]])
    square.add_(square.t())
    assert_close(square, [[2.0, 5.0], [5.0, 8.0]])


# Overwriting what the backward needs: PyTorch refuses, wengert keeps the value.


@wengert_only
def test_an_operand_overwritten_later():
    x = leaf(1.0, 2.0)
    a = x * 1
    y = a * a
    a.add_(100)
    y.sum().backward()
    assert_close(x.grad, [2.0, 4.0])


@wengert_only
def test_a_saved_output_overwritten():
    x = leaf(0.5, 1.0)
    y = x.exp()
    y.mul_(0)
    z = x.tanh()
    kept = z * 1
    z[0] = 7.0
    (y + kept).sum().backward()
    assert_close(x.grad, 1 - np.tanh([0.5, 1.0]) ** 2)


@wengert_only
def test_a_saved_value_overwritten_through_a_view_twice():
    x = leaf(1.0, 2.0, 3.0)
    a = x * 1
    first = a * a
    a[1:].mul_(2)
    second = a * a
    a[0].zero_()
    (first + second).sum().backward()
    assert_close(x.grad, [4.0, 4.0 + 16.0, 6.0 + 24.0])


@wengert_only
def test_an_optimiser_step_between_forward_and_backward():
    w, x = leaf(2.0, 3.0), leaf(5.0, 7.0)
    loss = (w * x).sum()
    with torch.no_grad():
        w.sub_(1.0)
    loss.backward()
    assert_close(x.grad, [2.0, 3.0])
    assert_close(w.grad, [5.0, 7.0])
    assert_close(w.detach(), [1.0, 2.0])


@wengert_only
def test_a_write_through_detach_does_not_corrupt():
    x = leaf(1.0, 2.0)
    y = x.exp()
    y.detach().zero_()
    y.sum().backward()
    assert_close(x.grad, np.exp([1.0, 2.0]))


@wengert_only
def test_overwriting_before_a_second_backward():
    x = leaf(1.0, 2.0)
    a = x * 1
    y = (a * a * a).sum()
    (first,) = torch.autograd.grad(y, x, create_graph=True)
    a.zero_()
    (second,) = torch.autograd.grad(first.sum(), x)
    assert_close(second, [6.0, 12.0])


@wengert_only
def test_numpy_stays_shared_after_such_a_write():
    given = np.array([1.0, 2.0])
    a = torch.from_numpy(given)
    x = leaf(3.0, 4.0)
    y = (a * x).sum()
    a.mul_(10)
    y.backward()
    assert_close(x.grad, [1.0, 2.0])
    assert given.tolist() == [10.0, 20.0]
    given[0] = -1.0
    assert a.tolist() == [-1.0, 20.0]


@wengert_only
def test_a_recurrence_in_a_buffer_has_the_right_gradient():
    x = leaf(0.5)
    buffer = torch.zeros(5, dtype=torch.float64)
    buffer[0] = x[0]
    for i in range(1, 5):
        buffer[i] = buffer[i - 1].sin()
    buffer[4].backward()
    value, slope = 0.5, 1.0
    for _ in range(4):
        slope *= np.cos(value)
        value = np.sin(value)
    assert_close(x.grad, [slope])


@wengert_only
def test_a_recurrence_in_a_long_buffer_stays_linear_in_memory():
    child.run("""
        n = 10_000
        buffer = torch.zeros(n, dtype=torch.float64)
        x = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
        before = resident()
        buffer[0] = x
        for i in range(1, n):
            buffer[i] = (buffer[i - 1] * 0.999).sin()
        grown = resident() - before
        assert grown < 200e6, grown  # a copy of the buffer for each step would take 800 MB
        buffer[n - 1].backward()
        value, slope = 0.5, 1.0
        for _ in range(1, n):
            slope *= 0.999 * np.cos(0.999 * value)
            value = np.sin(0.999 * value)
        assert abs(x.grad.item() - slope) <= 1e-9 * abs(slope), (x.grad.item(), slope)
    """)


@wengert_only
def test_an_operand_that_is_the_target_itself():
    x = leaf(1.0, 2.0)
    y = x * 1
    y.mul_(y)
    y.sum().backward()
    assert_close(x.grad, [2.0, 4.0])


@wengert_only
def test_second_order_through_an_overlapping_write():
    """The same as the program that builds a new tensor, to any order."""

    def gradients(program):
        x = leaf(1.0, 2.0, 3.0)
        (first,) = torch.autograd.grad((program(x) ** 2).sum(), x, create_graph=True)
        (first**2).sum().backward()
        return first, x.grad

    def written(x):
        y = x.exp()
        z = y * 1
        z[1:] = z[:2] * x[1:]
        return z

    def joined(x):
        y = x.exp()
        return torch.cat([y[:1], y[:2] * x[1:]])

    for got, wanted in zip(gradients(written), gradients(joined), strict=True):
        assert_close(got, wanted)
