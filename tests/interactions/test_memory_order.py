"""Results lie in memory as their operands do: strides of elementwise results, copies and `*_like`, as PyTorch has them."""

import copy
import pickle

import numpy as np
import pytest

from backend import torch


def permuted():
    return torch.arange(24.0).reshape(2, 3, 4).permute(2, 0, 1)


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x + 1,
        lambda x: x.exp(),
        lambda x: x * x,
        lambda x: x * torch.ones(4, 2, 3),
        lambda x: x * torch.ones(3),
        lambda x: torch.where(x > 3, x, -x),
        lambda x: x > 3,
        lambda x: x.clamp(1, 3),
        lambda x: x.clone(),
        lambda x: x.to(torch.float64),
        lambda x: torch.zeros_like(x),
        lambda x: torch.full_like(x, 3, dtype=torch.int64),
        lambda x: copy.deepcopy(x),
        lambda x: pickle.loads(pickle.dumps(x)),
        lambda x: torch.tensor(x.numpy()),
    ],
)
def test_permuted_operands_give_permuted_results(f):
    assert f(permuted()).stride() == (1, 12, 4)


def test_what_is_asked_to_be_row_major_is():
    x = permuted()
    assert x.contiguous().stride() == (6, 3, 1)
    assert x.clone(memory_format=torch.contiguous_format).stride() == (6, 3, 1)
    assert x.reshape(-1).tolist() == x.contiguous().view(-1).tolist()


def test_the_first_operand_decides():
    a, b = torch.ones(3, 4).t(), torch.ones(4, 3)
    assert (a + b).stride() == (1, 4)
    assert (b + a).stride() == (3, 1)
    # Gaps go, expanded dimensions are filled.
    assert (torch.ones(4, 6)[:, ::2] + 1).stride() == (3, 1)
    assert (torch.ones(3, 1).expand(3, 4) + 1).stride() in ((4, 1), (1, 3))


def test_gradients_through_permuted_results():
    x = permuted().requires_grad_()
    w = torch.linspace(0, 1, 24).reshape(4, 2, 3)
    y = (x * 2).exp().log() * w
    y.sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 2 * w.numpy(), rtol=1e-5)
    z = (x.t() if x.dim() == 2 else x).mul(3).view(4, 6) if (x * 3).is_contiguous() else (x * 3).reshape(4, 6)
    (z * z).sum().backward()
    np.testing.assert_allclose(x.grad.numpy() - 2 * w.numpy(), 18 * x.detach().numpy(), rtol=1e-4)


def test_in_place_writes_to_permuted_results():
    x = permuted().requires_grad_()
    y = x * 1
    y[1] = 7
    y.mul_(2)
    y.sum().backward()
    want = np.full((4, 2, 3), 2.0)
    want[1] = 0
    np.testing.assert_array_equal(x.grad.numpy(), want)
    assert y.stride() == (1, 12, 4)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_gradients_of_writes_through_as_strided_views_of_permuted_results(order):
    x = torch.arange(6.0, requires_grad=True)
    y = x.view(2, 3).permute(*order) * 2
    y.as_strided((2, 2), (1, 2), 1).mul_(3.0)
    (y * y).sum().backward()
    # Elements 1 to 4 of the memory, which is in the order of x, are multiplied by 3.
    factor = np.array([2.0, 6.0, 6.0, 6.0, 6.0, 2.0])
    np.testing.assert_allclose(x.grad.numpy(), 2 * factor**2 * np.arange(6.0))
