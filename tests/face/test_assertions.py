"""testing.assert_close: what passes, what fails, and in which words."""

import math

import numpy as np
import pytest

from backend import torch

close = torch.testing.assert_close


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        (torch.ones(2), torch.ones(2) + 1e-6),
        (torch.tensor([1, 2]), torch.tensor([1, 2])),
        ([torch.ones(1), 2.0], [torch.ones(1), 2.0]),
        ({"a": torch.ones(1)}, {"a": torch.ones(1)}),
        (None, None),
        (True, True),
        (1.0, 1.0 + 1e-9),
        (np.ones(2), np.ones(2)),
        (torch.zeros(0), torch.zeros(0)),
        (math.inf, math.inf),
    ],
)
def test_what_is_close(actual, expected):
    close(actual, expected)


@pytest.mark.parametrize(
    ("actual", "expected", "words"),
    [
        (
            torch.tensor([1.0, 2.0]),
            torch.tensor([1.0, 3.0]),
            "Tensor-likes are not close!\n\nMismatched elements: 1 / 2 (50.0%)\nGreatest absolute difference: 1.0 at index (1,) (up to"
            " 1e-05 allowed)\nGreatest relative difference: 0.333",
        ),
        (torch.tensor([1, 2]), torch.tensor([1, 3]), "Tensor-likes are not equal!"),
        (
            torch.ones(2),
            torch.ones(3),
            "The values for attribute 'shape' do not match: torch.Size([2]) != torch.Size([3]).",
        ),
        (
            torch.ones(2),
            torch.ones(2).double(),
            "The values for attribute 'dtype' do not match: torch.float32 != torch.float64.",
        ),
        ([1, 2], [1, 2, 3], "The length of the sequences mismatch: 2 != 3"),
        ([1.0, 2.0], [1.0, 3.0], "The failure occurred for item [1]"),
        ({"a": 1}, {"b": 1}, "The keys of the mappings do not match"),
        ({"a": [1.0]}, {"a": [2.0]}, "The failure occurred for item ['a'][0]"),
        (
            1.0,
            2.0,
            "Scalars are not close!\n\nExpected 2.0 but got 1.0.\nAbsolute difference: 1.0 (up to 1e-07 allowed)",
        ),
        (1, 2, "Scalars are not equal!"),
        (True, False, "Booleans mismatch: True is not False"),
        (torch.tensor(math.nan), torch.tensor(math.nan), "not close"),
        (torch.tensor([math.inf]), torch.tensor([1.0]), "not close"),
        (None, 1, "None mismatch: None is not 1"),
    ],
)
def test_what_is_not_close(actual, expected, words):
    with pytest.raises(AssertionError) as caught:
        close(actual, expected)
    assert words in str(caught.value)


def test_arguments():
    close(torch.ones(2), torch.ones(2) * 1.1, rtol=0.2, atol=0)
    close(torch.tensor(math.nan), torch.tensor(math.nan), equal_nan=True)
    close(torch.ones(2), torch.ones(2).double(), check_dtype=False)
    close(torch.ones(2, 2).t(), torch.ones(2, 2))
    with pytest.raises(AssertionError, match="stride"):
        close(torch.ones(2, 3).t(), torch.ones(3, 2), check_stride=True)
    with pytest.raises(ValueError, match="atol"):
        close(1.0, 1.0, rtol=0.1)
    with pytest.raises(TypeError):
        close("a", "a")
    with pytest.raises(AssertionError, match="^mine$"):
        close(1.0, 2.0, msg="mine")
    with pytest.raises(AssertionError, match="^so: Scalars"):
        close(1.0, 2.0, msg=lambda text: f"so: {text}")


def test_made_tensors():
    x = torch.testing.make_tensor((50,), dtype=torch.float32, device="cpu", low=2, high=3)
    assert ((x >= 2) & (x <= 3)).all()
    y = torch.testing.make_tensor(4, 5, dtype=torch.int64, device="cpu", exclude_zero=True)
    assert (y != 0).all()
    assert not torch.testing.make_tensor((2, 3), dtype=torch.float64, device="cpu", noncontiguous=True).is_contiguous()
    assert torch.testing.make_tensor((), dtype=torch.float64, device="cpu", requires_grad=True).requires_grad
