"""Views of bits, strides, buffers, resizing: shapes, sharing and refusals."""

import numpy as np
import pytest

from backend import array, dtype_name, torch, wengert_only


def test_views_of_bits_share_memory():
    x = torch.tensor([1.0, 2.0])
    bits = x.view(torch.int32)
    assert bits.tolist() == array(x).view(np.int32).tolist()
    bits[0] = 0
    assert x.tolist() == [0.0, 2.0]
    wide = torch.zeros(2, 4).view(torch.float64)
    assert tuple(wide.shape) == (2, 2) and wide.stride() == (2, 1)
    narrow = torch.zeros(3, 2).view(torch.uint8)
    assert tuple(narrow.shape) == (3, 8)
    assert torch.ones(2, requires_grad=True).view(torch.int32).requires_grad is False
    assert torch.ones(2, requires_grad=True).view(torch.float32).requires_grad is False


def test_a_write_through_a_view_of_bits_leaves_what_backward_kept():
    x = torch.ones(2, requires_grad=True)
    scale = torch.tensor([2.0, 3.0])
    y = (x * scale).sum()
    bits = scale.view(torch.int32)
    if dtype_name(scale) == "float32" and torch.__name__ == "wengert":
        bits.zero_()
        y.backward()
        assert x.grad.tolist() == [2.0, 3.0]


@pytest.mark.parametrize(
    "call",
    [
        lambda: torch.ones(3).view(torch.float64),
        lambda: torch.ones(()).view(torch.float64),
        lambda: torch.ones(4, 2).t().view(torch.float64),
        lambda: torch.ones(5)[1:].view(torch.float64),
        lambda: torch.ones(2, requires_grad=True).resize_(3),
        lambda: torch.ones(2, 2, 3).fill_diagonal_(1),
        lambda: torch.ones(2).fill_diagonal_(1),
        lambda: torch.empty_permuted((2, 3), (0, 0)),
        lambda: torch.empty_strided((2, 3), (1,)),
        lambda: torch.split_with_sizes(torch.ones(3), [1, 1]),
    ],
)
def test_refusals(call):
    with pytest.raises(RuntimeError):
        call()


@wengert_only
def test_bools_are_no_bits():
    with pytest.raises(RuntimeError, match="bool"):
        torch.tensor([5], dtype=torch.uint8).view(torch.bool)


def test_diagonals():
    x = torch.zeros(7, 3).fill_diagonal_(5, wrap=True)
    want = np.zeros((7, 3))
    np.fill_diagonal(want, 5, wrap=True)
    assert x.tolist() == want.tolist()
    y = torch.zeros(3, 3, 3).fill_diagonal_(2)
    assert y.sum().item() == 6 and y[1, 1, 1].item() == 2


def test_resizing():
    x = torch.tensor([1, 2, 3, 4])
    assert x.resize_(2, 1).tolist() == [[1], [2]]
    assert x.resize_(4).tolist() == [1, 2, 3, 4]
    assert tuple(x.resize_(6).shape) == (6,) and x[:4].tolist() == [1, 2, 3, 4]
    assert tuple(torch.ones(2).resize_as_(torch.ones(3, 2)).shape) == (3, 2)


def test_set():
    x, y = torch.zeros(2), torch.arange(6.0)
    assert x.set_(y) is x and x.tolist() == y.tolist()
    x[0] = 9
    assert y[0].item() == 9
    assert x.set_(y.untyped_storage(), 1, (2,), (2,)).tolist() == [1.0, 3.0]
    assert x.set_().numel() == 0


def test_strides():
    assert torch.empty_strided((2, 3), (1, 2)).stride() == (1, 2)
    assert torch.empty_permuted((2, 3, 5), (0, 2, 1)).stride() == (15, 1, 3)
    assert torch.ones(1).new_empty_strided((2, 2), (1, 2)).stride() == (1, 2)
    x = torch.arange(4.0)
    assert x.as_strided_((2,), (2,)) is x and x.tolist() == [0.0, 2.0]


def test_buffers():
    memory = bytearray([1, 0, 2, 0, 3, 0])
    x = torch.frombuffer(memory, dtype=torch.int16)
    assert x.tolist() == [1, 2, 3]
    x[0] = 7
    assert memory[0] == 7
    assert torch.frombuffer(memory, dtype=torch.int16, count=1, offset=2).tolist() == [2]
    for arguments in ({"offset": 6}, {"count": 9}, {"offset": 1}, {"count": 0}):
        with pytest.raises(ValueError):
            torch.frombuffer(memory, dtype=torch.int16, **arguments)
    with pytest.raises(ValueError):
        torch.frombuffer(bytearray(), dtype=torch.int16)


def test_copies_are_no_views():
    x = torch.arange(6.0).reshape(2, 3)
    for copy in (
        torch.view_copy(x, (3, 2)),
        torch.permute_copy(x, (1, 0)),
        torch.select_copy(x, 0, 0),
        torch.slice_copy(x, 1, 0, 2),
        torch.narrow_copy(x, 1, 0, 2),
        torch.diagonal_copy(x),
        torch.expand_copy(x[0], (2, 3)),
        torch.unbind_copy(x)[0],
    ):
        copy.zero_()
    assert x.sum().item() == 15


def test_comparisons_in_place():
    x = torch.tensor([1.0, 2.0, 3.0])
    assert x.gt_(1.5) is x and x.tolist() == [0.0, 1.0, 1.0]
    for name in (
        "eq_",
        "ne_",
        "lt_",
        "le_",
        "gt_",
        "ge_",
        "greater_",
        "greater_equal_",
        "less_",
        "less_equal_",
        "not_equal_",
    ):
        y = torch.tensor([1, 2, 3])
        want = getattr(torch, name[:-1])(y, 2).to(torch.int64).tolist()
        assert getattr(y, name)(2).tolist() == want
    z = torch.ones(2, requires_grad=True)
    w = (z * 1).lt_(5)
    assert w.requires_grad
    w.sum().backward()
    assert z.grad.tolist() == [0.0, 0.0]


def test_functions_in_place():
    x = torch.tensor([-1.0, 4.0])
    assert torch.relu_(x) is x and x.tolist() == [0.0, 4.0]
    assert torch.sqrt_(x).tolist() == [0.0, 2.0]
    assert torch.clamp_(x, max=1).tolist() == [0.0, 1.0]
    assert torch.fill_(x, 3).tolist() == [3.0, 3.0] and torch.zero_(x).tolist() == [0.0, 0.0]


def test_out_of_another_shape_is_resized_and_told():
    out = torch.ones(3)
    with pytest.warns(UserWarning, match="was resized"):
        assert torch.add(torch.ones(2), 1, out=out) is out
    assert out.tolist() == [2.0, 2.0]


@wengert_only
def test_creation_into_another_shape_is_told_as_well():
    """PyTorch resizes without a word."""
    out = torch.ones(3)
    with pytest.warns(UserWarning, match="was resized"):
        torch.zeros(4, out=out)
    assert tuple(out.shape) == (4,)


def test_one_tensor_in_a_list():
    assert isinstance(torch.atleast_1d([torch.tensor(1.0)]), tuple)
    assert torch.atleast_2d(torch.tensor(1.0)).dim() == 2
