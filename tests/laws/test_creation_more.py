"""Creation beside the plain one: windows, strides, `out=` without elements, layouts of `*_like`, sizes."""

import operator

import numpy as np
import pytest

from backend import ON_TORCH, assert_close, torch


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


def test_out_without_elements_takes_the_shape():
    for made in (
        lambda out: torch.arange(3, out=out),
        lambda out: torch.linspace(0, 2, 3, out=out),
        lambda out: torch.zeros(3, out=out),
        lambda out: torch.eye(2, out=out),
    ):
        out = torch.empty(0, dtype=torch.float64)
        assert made(out) is out
        assert out.dtype == torch.float64 and out.numel() in (3, 4)
    torch.manual_seed(0)
    wanted = torch.rand(2, 2)
    torch.manual_seed(0)
    out = torch.empty(0)
    torch.rand(2, 2, out=out)
    assert_close(out, wanted)
    x = torch.zeros(2, 3)
    torch.logspace(0, 3, 4, out=x.narrow(1, 1, 2))
    assert_close(x, [[0, 1, 10], [0, 100, 1000]])


def test_strides_asked_for():
    x = torch.empty_strided((2, 3), (1, 2), dtype=torch.float64, requires_grad=True)
    assert x.stride() == (1, 2) and x.requires_grad and x.is_leaf
    assert torch.empty_strided((2, 2), (0, 1)).dtype == torch.float32
    with pytest.raises(RuntimeError):
        torch.empty_strided((2, 3), (1,))
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


def test_parts_sums_and_diagonals():
    x = torch.arange(6.0).reshape(2, 3)
    assert [tuple(part.shape) for part in x.split_with_sizes((1, 2), 1)] == [(2, 1), (2, 2)]
    assert_close(x.sum_to_size(1, 3), [[3.0, 5.0, 7.0]])
    assert_close(x.sum_to_size(3), [3.0, 5.0, 7.0])
    assert x.sum_to_size(2, 3).shape == (2, 3)
    for wrong in ((2,), (3, 2), (1, 2, 3)):
        with pytest.raises(RuntimeError, match="is not expandable to size"):
            x.sum_to_size(wrong)
    assert torch.zeros(7, 3).fill_diagonal_(1, wrap=True).nonzero()[:, 0].tolist() == [0, 1, 2, 4, 5, 6]
    assert torch.zeros(7, 3).fill_diagonal_(1).sum().item() == 3
    cube = torch.zeros(3, 3, 3).fill_diagonal_(2)
    assert cube.nonzero().tolist() == [[i] * 3 for i in range(3)]
    with pytest.raises(RuntimeError, match="dimensions must larger than 1"):
        torch.zeros(3).fill_diagonal_(1)
    with pytest.raises(RuntimeError, match="must be of equal length"):
        torch.zeros(2, 3, 3).fill_diagonal_(1)
    assert torch.ones(2, 3).t().dim_order() == (1, 0)


def test_real_tensors_are_their_own_conjugates():
    x = torch.ones(2, requires_grad=True)
    assert all(y is x for y in (x.real, torch.real(x), x.conj(), torch.conj(x), x.conj_physical()))


@pytest.mark.parametrize("name", ["exp_", "neg_", "sqrt_", "zero_", "relu_"])
def test_twins_as_functions(name):
    x, y = torch.tensor([0.25, 4.0]), torch.tensor([0.25, 4.0])
    assert getattr(torch, name)(x) is x
    assert_close(x, operator.methodcaller(name)(y))


def test_elements_of_three_tensors():
    x = torch.tensor([1.0, 2.0])
    assert x.map2_(torch.ones(2), torch.ones(1), lambda a, b, c: a * 10 + b + c) is x
    assert_close(x, [12.0, 22.0])
    if not ON_TORCH:
        with pytest.raises(TypeError, match="expected torch.FloatTensor"):
            x.map2_(torch.ones(2), torch.arange(2), print)
