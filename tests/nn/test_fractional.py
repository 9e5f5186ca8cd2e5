"""Pools over windows of drawn steps: their windows, places and derivatives; low-rank factors and Kaiser's window."""

import numpy as np
import pytest

from backend import assert_close, t64, torch

F = torch.nn.functional
RNG = np.random.default_rng(4)


def starts(sample, size, out, kernel):
    if out == 1:
        return [size - kernel]
    step = (size - kernel) / (out - 1)
    return [int((i + sample) * step) - int(sample * step) for i in range(out - 1)] + [size - kernel]


def test_planes():
    x, samples = RNG.standard_normal((2, 3, 7, 9)), RNG.random((2, 3, 2))
    given = t64(x, True)
    found, places = F.fractional_max_pool2d(given, (2, 3), (4, 5), return_indices=True, _random_samples=t64(samples))
    wanted = np.zeros((2, 3, 4, 5))
    for n, c in np.ndindex(2, 3):
        rows, columns = starts(samples[n, c, 1], 7, 4, 2), starts(samples[n, c, 0], 9, 5, 3)
        for i, j in np.ndindex(4, 5):
            wanted[n, c, i, j] = x[n, c, rows[i] : rows[i] + 2, columns[j] : columns[j] + 3].max()
    assert_close(found, wanted)
    assert_close(given.flatten(2).gather(2, places.flatten(2)).reshape(found.shape), wanted)
    torch.autograd.gradcheck(
        lambda x: F.fractional_max_pool2d(x, (2, 3), (4, 5), _random_samples=t64(samples)), (given,)
    )


def test_volumes():
    x, samples = RNG.standard_normal((1, 2, 5, 6, 7)), RNG.random((1, 2, 3))
    found = F.fractional_max_pool3d(t64(x), 2, (3, 3, 4), _random_samples=t64(samples))
    wanted = np.zeros((1, 2, 3, 3, 4))
    for c in range(2):
        places = [
            starts(samples[0, c, d], size, out, 2)
            for d, (size, out) in enumerate(zip((5, 6, 7), (3, 3, 4), strict=True))
        ]
        for i, j, k in np.ndindex(3, 3, 4):
            a, b, d = places[0][i], places[1][j], places[2][k]
            wanted[0, c, i, j, k] = x[0, c, a : a + 2, b : b + 2, d : d + 2].max()
    assert_close(found, wanted)


def test_layers():
    layer = torch.nn.FractionalMaxPool2d(2, output_ratio=(0.5, 0.75))
    assert layer(torch.ones(1, 6, 8)).shape == (1, 3, 6)
    values, places = torch.nn.FractionalMaxPool3d(2, output_size=2, return_indices=True)(torch.ones(1, 1, 5, 5, 5))
    assert values.shape == places.shape == (1, 1, 2, 2, 2)
    for told, words in (
        ({}, "requires specifying either"),
        ({"output_size": 3, "output_ratio": 0.5}, "only one of output_size and output_ratio"),
        ({"output_ratio": 2.0}, "output_ratio must be between 0 and 1"),
    ):
        with pytest.raises(ValueError, match=words):
            torch.nn.FractionalMaxPool2d(2, **told)
    with pytest.raises(RuntimeError, match="pool height 5 too large relative to input height 6"):
        F.fractional_max_pool2d(torch.ones(1, 1, 6, 6), 5, (4, 4))
    with pytest.raises(ValueError, match="requires specifying either"):
        F.fractional_max_pool2d(torch.ones(1, 1, 6, 6), 2)


@pytest.mark.parametrize("shape", [(6, 8), (8, 6)])
def test_factors_of_low_rank(shape):
    a = RNG.standard_normal((shape[0], 3)) @ RNG.standard_normal((3, shape[1]))
    u, s, v = torch.svd_lowrank(t64(a), 4)
    assert_close(u * s @ v.mT, a)
    assert_close(s, np.linalg.svd(a)[1][:4], atol=1e-9)
    middle = a - a.mean(0)
    assert_close(torch.pca_lowrank(t64(a), 3)[1], np.linalg.svd(middle)[1][:3], atol=1e-9)
    with pytest.raises(ValueError, match="must be non-negative integer and not greater than min"):
        torch.pca_lowrank(t64(a), 7)
    x = t64(a, True)
    torch.svd_lowrank(x, 3)[1].sum().backward()
    left, _, right = np.linalg.svd(a, full_matrices=False)
    assert_close(x.grad, left[:, :3] @ right[:3], rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("length", [0, 1, 2, 5, 12])
@pytest.mark.parametrize("beta", [0.0, 2.0, 12.0])
def test_the_window_is_numpys(length, beta):
    window = torch.kaiser_window(length, False, beta, dtype=torch.float64)
    assert_close(window, np.kaiser(length, beta), rtol=1e-6)
    whole = torch.kaiser_window(length, True, beta, dtype=torch.float64)
    assert_close(whole, np.kaiser(length + 1, beta)[:length] if length > 1 else np.ones(length), rtol=1e-6)
