"""Unusual keys, `out=`, and results with names, as PyTorch reads, fills and prints them."""

import pytest

from backend import torch, wengert_only


def matrix():
    return torch.arange(6).reshape(2, 3)


@pytest.mark.parametrize(
    ("key", "want"),
    [
        ([[0, 1], [1, 0]], [1, 3]),
        ([[0, 1]], [[0, 1, 2], [3, 4, 5]]),
        ([0, slice(0, 2)], [0, 1]),
        ([None, 1], [[3, 4, 5]]),
        ([..., 1], [1, 4]),
        ([1, 0], [[3, 4, 5], [0, 1, 2]]),
        ([torch.tensor(1), 2], 5),
        (range(1), [[0, 1, 2]]),
        (slice(0, 10**30), [[0, 1, 2], [3, 4, 5]]),
        (slice(-(10**30), 1), [[0, 1, 2]]),
        ((..., ...), [[0, 1, 2], [3, 4, 5]]),
        ((..., 0, ...), [0, 3]),
    ],
)
def test_keys(key, want):
    assert matrix()[key].tolist() == want


def test_a_list_that_stands_for_a_tuple_takes_values():
    x = matrix()
    x[[[0, 1], [2, 0]]] = torch.tensor([7, 8])
    assert x.tolist() == [[0, 1, 7], [8, 4, 5]]


def test_too_many_indices_after_two_ellipses():
    with pytest.raises(IndexError):
        matrix()[..., ..., 0]


def test_keys_with_text_in_a_slice():
    with pytest.raises(TypeError, match="slice indices must be integers"):
        matrix()["a":]


def test_data_from_ranges():
    assert torch.tensor(range(3)).tolist() == [0, 1, 2]
    assert torch.tensor([range(2), range(2)]).tolist() == [[0, 1], [0, 1]]
    assert torch.arange(end=3).tolist() == [0, 1, 2]


def test_an_empty_out_takes_the_shape():
    out = torch.empty(0)
    assert torch.add(torch.ones(2, 3), 1, out=out) is out
    assert out.tolist() == [[2.0] * 3] * 2


def test_outs_of_several_results():
    values, indices = torch.empty(2), torch.empty(2, dtype=torch.int64)
    found = torch.max(torch.tensor([[1.0, 2.0], [3.0, 1.0]]), 1, out=(values, indices))
    assert found.values is values and found.indices is indices
    assert values.tolist() == [2.0, 3.0] and indices.tolist() == [1, 0]
    values, indices = torch.empty(3), torch.empty(3, dtype=torch.int64)
    torch.sort(torch.tensor([3.0, 1.0, 2.0]), out=(values, indices))
    assert values.tolist() == [1.0, 2.0, 3.0] and indices.tolist() == [1, 2, 0]


@wengert_only
def test_outs_are_looked_at_before_any_is_written():
    values = torch.zeros(2)
    with pytest.raises(RuntimeError, match="can't be cast"):
        torch.max(torch.tensor([[1.0, 2.0], [3.0, 1.0]]), 1, out=(torch.zeros(2, dtype=torch.int64), values))
    with pytest.raises(RuntimeError, match="can't be cast"):
        torch.max(torch.tensor([[1.0, 2.0], [3.0, 1.0]]), 1, out=(values, torch.zeros(2, dtype=torch.bool)))
    assert values.tolist() == [0.0, 0.0]


def test_an_out_of_a_lower_category_is_refused():
    with pytest.raises(RuntimeError, match="can't be cast to the desired output type"):
        torch.add(torch.ones(2), 1, out=torch.zeros(2, dtype=torch.int64))


def test_named_results_print_field_by_field():
    found = torch.max(torch.tensor([[1.0, 2.0]]), 1)
    assert repr(found) == "torch.return_types.max(\nvalues=tensor([2.]),\nindices=tensor([1]))"


def test_where_as_a_method():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x.where(torch.tensor([True, False]), 0)
    assert y.tolist() == [1.0, 0.0]
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0]


def test_rounding_with_decimals():
    assert torch.round(torch.tensor([1.255, -15.5]), decimals=-1).tolist() == [0.0, -20.0]
    assert torch.tensor([0.5, 1.5, 2.5]).round_().tolist() == [0.0, 2.0, 2.0]
    with pytest.raises(RuntimeError):
        torch.round(torch.tensor([1]), decimals=1)


@pytest.mark.parametrize(
    ("f", "name"),
    [
        (lambda x: torch.nn.functional.mse_loss(x, x.detach()), "MseLossBackward0"),
        (lambda x: torch.nn.functional.huber_loss(x, x.detach()), "HuberLossBackward0"),
        (lambda x: torch.nn.functional.smooth_l1_loss(x, x.detach()), "SmoothL1LossBackward0"),
        (lambda x: torch.nn.functional.cross_entropy(x, torch.tensor([0, 1])), "NllLossBackward0"),
        (
            lambda x: torch.nn.functional.binary_cross_entropy_with_logits(x, torch.ones(2, 2)),
            "BinaryCrossEntropyWithLogitsBackward0",
        ),
        (lambda x: torch.nn.functional.binary_cross_entropy(x * 0.5, torch.ones(2, 2)), "BinaryCrossEntropyBackward0"),
        (torch.nn.functional.softplus, "SoftplusBackward0"),
        (lambda x: torch.lerp(x, x, 0.7), "LerpBackward0"),
        (lambda x: torch.addcmul(x, x, x), "AddcmulBackward0"),
        (lambda x: torch.addcdiv(x, x, x, value=2), "AddcdivBackward0"),
    ],
)
def test_functions_of_several_operations_go_by_their_own_name(f, name):
    x = torch.ones(2, 2, requires_grad=True)
    y = f(x)
    assert y.grad_fn.name() == name
    # The rule is that of the last operation, to any order.
    (g,) = torch.autograd.grad(y.sum(), x, create_graph=True)
    assert g.shape == x.shape
    if g.requires_grad:
        torch.autograd.grad(g.sum(), x)
