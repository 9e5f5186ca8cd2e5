"""Names under which PyTorch takes an argument in one of several signatures, and numbers beside whole tensors."""

import pytest

from backend import torch


def test_names_of_other_signatures():
    x = torch.arange(6.0)
    assert [p.tolist() for p in x.split(split_size=4)] == [[0, 1, 2, 3], [4, 5]]
    assert [p.tolist() for p in torch.tensor_split(x, indices=(2,))] == [[0, 1], [2, 3, 4, 5]]
    m = x.reshape(2, 3)
    assert m.swapaxes(axis0=0, axis1=1).shape == (3, 2)
    assert torch.max(x, other=torch.full((6,), 2.5)).tolist() == [2.5, 2.5, 2.5, 3, 4, 5]
    assert m.scatter(1, torch.tensor([[0], [1]]), value=9.0).tolist() == [[9, 1, 2], [3, 9, 5]]
    assert m.view(size=(3, 2)).shape == (3, 2)
    assert torch.pow(self=2, exponent=torch.tensor([3.0])).tolist() == [8.0]
    assert torch.rsub(torch.tensor([1.0]), torch.tensor([5.0]), alpha=2).tolist() == [3.0]


def test_numbers_beyond_a_whole_dtype_are_divided_by_as_they_are():
    assert (torch.tensor([3], dtype=torch.int8) / 300).item() == pytest.approx(0.01)
    assert (torch.tensor([0], dtype=torch.int32) / 2**40).item() == 0


def test_indices_of_take_along_dim_are_long():
    x = torch.randn(2, 3)
    for dtype in (torch.int32, torch.int16, torch.uint8):
        with pytest.raises(RuntimeError, match="dtype of indices should be Long"):
            torch.take_along_dim(x, torch.zeros(2, 1, dtype=dtype), 1)


def test_nan_among_what_is_looked_for_hides_nothing():
    x = torch.tensor([torch.nan, -0.5, 2.0])
    assert torch.isin(x, torch.tensor([-0.5, torch.nan])).tolist() == [False, True, False]


def test_truth_over_no_dimension():
    x = torch.tensor([[0, 2], [3, 0]])
    assert torch.all(x, dim=()).tolist() == torch.any(x, dim=()).tolist() == [[False, True], [True, False]]


def test_nan_beside_zero_has_no_length():
    assert torch.hypot(torch.tensor([torch.nan, 0.0]), torch.tensor([0.0, torch.nan])).isnan().all()
