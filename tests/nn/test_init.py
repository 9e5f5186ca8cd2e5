"""First values: distributions, generators, fixed ones, and what is refused."""

import math

import numpy as np
import pytest

from backend import array, assert_close, torch

nn = torch.nn


@pytest.mark.parametrize(
    "fill, args, std",
    [
        (nn.init.uniform_, (-1.0, 1.0), 3**-0.5),
        (nn.init.normal_, (0.0, 0.3), 0.3),
        (nn.init.xavier_uniform_, (2.0,), 2 * math.sqrt(2 / 300)),
        (nn.init.xavier_normal_, (), math.sqrt(2 / 300)),
        (nn.init.kaiming_uniform_, (), math.sqrt(2 / 100)),
        (nn.init.kaiming_normal_, (0.0, "fan_out", "relu"), math.sqrt(2 / 200)),
        (nn.init.kaiming_uniform_, (math.sqrt(5),), math.sqrt(1 / 300)),
        (nn.init.trunc_normal_, (), 0.8796),
        (nn.init.trunc_normal_, (0.0, 1.0, 3.0, 4.0), 0.2215),
    ],
)
def test_first_values_drawn(fill, args, std):
    param = nn.Parameter(torch.zeros(200, 100))
    if fill is nn.init.trunc_normal_ and args:
        with pytest.warns(UserWarning, match="more than 2 std"):
            out = fill(param, *args)
    else:
        out = fill(param, *args)
    assert out is param and param.requires_grad and param.is_leaf
    assert abs(array(param).std() / std - 1) < 0.04


def test_first_values_from_a_generator():
    def drawn(fill):
        return array(fill(torch.empty(3, 3), generator=torch.Generator().manual_seed(3)))

    for fill in (nn.init.uniform_, nn.init.normal_, nn.init.kaiming_uniform_, nn.init.xavier_normal_):
        assert (drawn(fill) == drawn(fill)).all()


def test_first_values_fixed():
    param = nn.Parameter(torch.zeros(2, 3))
    assert_close(nn.init.ones_(param), np.ones((2, 3)))
    assert_close(nn.init.constant_(param, 0.5), np.full((2, 3), 0.5))
    assert_close(nn.init.eye_(param), np.eye(2, 3))
    assert_close(nn.init.zeros_(param), np.zeros((2, 3)))
    assert nn.init.calculate_gain("leaky_relu", 0.2) == math.sqrt(2 / 1.04)
    for name in ("linear", "conv2d", "sigmoid"):
        assert nn.init.calculate_gain(name) == 1
    assert nn.init.calculate_gain("selu") == 0.75


@pytest.mark.parametrize(
    "what, words",
    [
        (lambda: nn.init.eye_(torch.ones(2)), "Only tensors with 2 dimensions are supported"),
        (lambda: nn.init.xavier_uniform_(torch.ones(2)), "Fan in and fan out can not be computed"),
        (lambda: nn.init.kaiming_normal_(torch.ones(2, 2), mode="x"), "Mode x not supported"),
        (lambda: nn.init.calculate_gain("x"), "Unsupported nonlinearity x"),
        (lambda: nn.init.calculate_gain("leaky_relu", True), "negative_slope True not a valid number"),
    ],
)
def test_first_values_refused(what, words):
    with pytest.raises(ValueError, match=words):
        what()


def test_orthogonal():
    for shape, gain in (((5, 3), 1.0), ((3, 5), 2.0), ((4, 2, 2), 0.5)):
        w = array(nn.init.orthogonal_(torch.empty(*shape, dtype=torch.float64), gain=gain)).reshape(shape[0], -1)
        small = w @ w.T if w.shape[0] <= w.shape[1] else w.T @ w
        np.testing.assert_allclose(small, gain**2 * np.eye(len(small)), atol=1e-12)
    drawn = [
        array(nn.init.orthogonal_(torch.empty(3, 3), generator=torch.Generator().manual_seed(1))) for _ in range(2)
    ]
    assert (drawn[0] == drawn[1]).all()
    with pytest.raises(ValueError, match="Only tensors with 2 or more dimensions are supported"):
        nn.init.orthogonal_(torch.empty(3))


def test_dirac():
    x = torch.arange(24.0).reshape(1, 4, 6)
    w = nn.init.dirac_(torch.empty(4, 4, 3))
    assert_close(nn.functional.conv1d(x, w, padding=1), x)
    grouped = nn.init.dirac_(torch.empty(4, 2, 3), groups=2)
    assert_close(nn.functional.conv1d(x, grouped, padding=1, groups=2), x)
    with pytest.raises(ValueError, match="Only tensors with 3, 4, or 5 dimensions are supported"):
        nn.init.dirac_(torch.empty(3, 3))
    with pytest.raises(ValueError, match="dim 0 must be divisible by groups"):
        nn.init.dirac_(torch.empty(3, 3, 3), groups=2)


def test_sparse():
    w = array(nn.init.sparse_(torch.empty(20, 5), sparsity=0.3, std=2.0))
    assert ((w == 0).sum(0) == 6).all()
    with pytest.raises(ValueError, match="Only tensors with 2 dimensions are supported"):
        nn.init.sparse_(torch.empty(3), 0.1)
