"""Gradients clipped, and parameters as one vector."""

import math

import numpy as np
import pytest

from backend import array, assert_close, t64, torch

nn = torch.nn


def with_grads():
    params = [nn.Parameter(torch.zeros(2, dtype=torch.float64)), nn.Parameter(torch.zeros((), dtype=torch.float64))]
    params[0].grad, params[1].grad = t64([3.0, -4.0]), t64(12.0)
    return [*params, nn.Parameter(torch.ones(1))]


@pytest.mark.parametrize("order", [1.0, 2.0, 3.0, math.inf])
def test_norms_are_clipped(order):
    params = with_grads()
    norm = np.linalg.norm([3.0, -4.0, 12.0], order)
    assert_close(nn.utils.clip_grad_norm_(params, 2.0, norm_type=order), norm)
    assert_close(params[0].grad, np.array([3.0, -4.0]) * 2.0 / (norm + 1e-6))
    assert_close(params[1].grad, 12.0 * 2.0 / (norm + 1e-6))
    params = with_grads()
    nn.utils.clip_grad_norm_(params[1], 100.0)
    assert_close(params[1].grad, 12.0)
    assert nn.utils.clip_grad_norm_([nn.Parameter(torch.ones(1))], 1.0).item() == 0.0
    assert_close(nn.utils.get_total_norm([t64([3.0]), t64([4.0])]), 5.0)


def test_norms_that_are_not_finite():
    params = with_grads()
    params[1].grad = t64(math.inf)
    with pytest.raises(RuntimeError, match="The total norm of order 2.0 for gradients from `parameters` is non-finite"):
        nn.utils.clip_grad_norm_(params, 1.0, error_if_nonfinite=True)
    with pytest.warns(UserWarning, match="is an empty generator"):
        nn.utils.clip_grad_norm_((p for p in []), 1.0)


def test_values_are_clipped():
    params = with_grads()
    nn.utils.clip_grad_value_(params, 3.5)
    assert_close(params[0].grad, [3.0, -3.5])
    assert_close(params[1].grad, 3.5)


def test_vectors():
    layer = nn.Linear(2, 3)
    vector = nn.utils.parameters_to_vector(layer.parameters())
    assert_close(vector, np.concatenate([array(layer.weight).ravel(), array(layer.bias)]))
    vector.sum().backward()
    assert_close(layer.bias.grad, [1.0] * 3)
    weight = layer.weight
    nn.utils.vector_to_parameters(torch.arange(9.0), layer.parameters())
    assert layer.weight is weight and weight.requires_grad
    assert_close(weight, [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]])
    assert_close(layer.bias, [6.0, 7.0, 8.0])
    with pytest.raises(TypeError, match="expected torch.Tensor, but got: list"):
        nn.utils.vector_to_parameters([1.0], layer.parameters())
