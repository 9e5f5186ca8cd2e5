"""Creation beside the plain one: windows, layouts of `*_like`, sizes, the deprecated range."""

import numpy as np
import pytest

from backend import assert_close, torch


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 31])
@pytest.mark.parametrize("name", ["bartlett", "blackman", "hamming", "hann"])
def test_windows(name, count):
    window = getattr(torch, f"{name}_window")
    wanted = {"bartlett": np.bartlett, "blackman": np.blackman, "hamming": np.hamming, "hann": np.hanning}[name]
    made = window(count, periodic=False, dtype=torch.float64)
    assert made.dtype == torch.float64 and not made.requires_grad
    assert_close(made, wanted(count), atol=1e-7)
    # One period of many: the last value of one more is the first of the next.
    periodic = np.ones(1) if count == 1 else wanted(count + 1)[:-1] if count else np.ones(0)
    assert_close(window(count, dtype=torch.float64), periodic, atol=1e-7)
    assert window(count, requires_grad=True).requires_grad


def test_windows_refuse():
    with pytest.raises(RuntimeError, match="floating point"):
        torch.hann_window(3, dtype=torch.int64)
    with pytest.raises(RuntimeError, match="non-negative"):
        torch.bartlett_window(-1)


def test_layouts_asked_for():
    t = torch.ones(2, 3).t()
    assert torch.zeros_like(t).stride() == (1, 3)
    row_major = torch.ones_like(t, memory_format=torch.contiguous_format, requires_grad=True)
    assert row_major.stride() == (2, 1) and row_major.is_leaf and row_major.requires_grad


def test_sizes_are_whole_numbers():
    size = torch.Size([torch.tensor(2), 3])
    assert size == (2, 3) and type(size[0]) is int
    assert isinstance(size * 2, torch.Size) and size * 2 == (2, 3, 2, 3)
    for wrong in ([1.5], torch.ones(3)):
        with pytest.raises(TypeError):
            torch.Size(wrong)


def test_range_is_deprecated():
    with pytest.warns(UserWarning, match="torch.range is deprecated"):
        assert_close(torch.range(0, 2), [0.0, 1.0, 2.0])
