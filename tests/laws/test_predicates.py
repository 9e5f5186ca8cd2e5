"""Operations that answer with a truth value: equal and allclose, against NumPy."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from backend import torch

EDGES = [0.0, 1.0, 1.0 + 1e-6, -1.0, float("inf"), -float("inf"), float("nan")]


@given(st.lists(st.sampled_from(EDGES), max_size=4), st.lists(st.sampled_from(EDGES), max_size=4), st.booleans())
def test_equal_and_allclose_of_edge_values(a, b, equal_nan):
    x, y = (torch.tensor(v, dtype=torch.float64) for v in (a, b))
    assert torch.equal(x, y) is bool(np.array_equal(a, b))
    assert x.equal(y) is torch.equal(x, y)
    if len(a) == len(b):
        wanted = bool(np.allclose(a, b, equal_nan=equal_nan))
        assert torch.allclose(x, y, equal_nan=equal_nan) is wanted
        assert x.allclose(y, equal_nan=equal_nan) is wanted


def test_allclose_broadcasts_and_takes_tolerances():
    x = torch.tensor([[1.0, 2.0], [1.0, 2.5]])
    assert not torch.allclose(x, torch.tensor([1.0, 2.0]))
    assert torch.allclose(x, torch.tensor([1.0, 2.0]), atol=0.5)
    assert torch.allclose(x, torch.tensor([1.0, 2.0]), rtol=0.25, atol=0)


def test_other_dtypes_are_refused():
    with pytest.raises(RuntimeError):
        torch.allclose(torch.tensor([1]), torch.tensor([1.0]))
    assert torch.equal(torch.tensor([1]), torch.tensor([1.0]))
    with pytest.raises(RuntimeError):
        torch.isclose(torch.ones(1), torch.ones(1), rtol=-1.0)


def test_integers():
    assert torch.equal(torch.tensor([1, 2]), torch.tensor([1, 2]))
    assert torch.allclose(torch.tensor([100, 2]), torch.tensor([101, 2]), rtol=0.01, atol=0)
    assert not torch.equal(torch.tensor([1, 2]), torch.tensor([1, 2, 3]))
