"""Layers and losses where their inputs end: empty batches, infinities, elements as low as the padding."""

import math

import numpy as np
import pytest

from backend import assert_close, torch, wengert_only

F = torch.nn.functional
INF = math.inf


def gradient(loss, *leaves):
    return [g.tolist() for g in torch.autograd.grad(loss.sum(), leaves)]


@pytest.mark.parametrize("n", [1, 2, 3])
def test_largest_elements_lie_in_the_plane(n):
    # Padding is as low as they are, and is never what is found.
    x = torch.full((1, 1, *[3] * n), -INF, requires_grad=True)
    values, places = getattr(F, f"max_pool{n}d")(x, 3, 2, 1, return_indices=True)
    first = [[0, 1, 3, 4, 9, 10, 12, 13][i] for i in range(2**n)] if n > 1 else [0, 1]
    assert places.reshape(-1).tolist() == first
    assert values.reshape(-1).tolist() == [-INF] * 2**n
    (found,) = gradient(values, x)
    assert np.sum(found) == 2**n
    (found,) = gradient(getattr(F, f"max_pool{n}d")(x, 3, 2, 1), x)
    assert np.sum(found) == 2**n


def test_largest_elements_under_vmap():
    x = torch.tensor([[[-INF, -INF, 1.0, 2.0]], [[0.0, -INF, -INF, -INF]]])
    values, places = torch.func.vmap(lambda row: F.max_pool1d(row, 2, 2, 1, return_indices=True))(x)
    assert places.tolist() == [[[0, 2, 3]], [[0, 1, 3]]]
    assert values.tolist() == [[[-INF, 1.0, 2.0]], [[0.0, -INF, -INF]]]


@wengert_only
def test_largest_whole_numbers_lie_in_the_plane():
    x = torch.full((1, 1, 3), -(2**63), dtype=torch.int64)
    assert F.max_pool1d(x, 3, 2, 1, return_indices=True)[1].tolist() == [[[0, 1]]]


def test_an_empty_batch_leaves_the_running_statistics():
    layer = torch.nn.BatchNorm1d(2)
    x = torch.ones(0, 2, 3, requires_grad=True)
    out = layer(x)
    assert out.shape == (0, 2, 3)
    assert layer.running_mean.tolist() == [0.0, 0.0]
    assert layer.running_var.tolist() == [1.0, 1.0]
    assert layer.num_batches_tracked.item() == 1
    assert gradient(out, layer.weight, layer.bias, x) == [[0.0, 0.0], [0.0, 0.0], []]


@pytest.mark.parametrize("norm", [F.batch_norm, F.instance_norm])
def test_running_statistics_move_in_forward_mode(norm):
    x, direction = torch.arange(12.0).reshape(2, 2, 3).sin(), torch.arange(12.0).reshape(2, 2, 3).cos()

    def run(x):
        return norm(x, mean, var, None, None, True)

    mean, var = torch.zeros(2), torch.ones(2)
    plain = run(x)
    moved = mean.tolist(), var.tolist()
    for transform in (lambda: torch.func.jvp(run, (x,), (direction,)), lambda: torch.func.jacfwd(run)(x)):
        mean, var = torch.zeros(2), torch.ones(2)
        found = transform()
        assert (mean.tolist(), var.tolist()) == moved
    assert plain.shape == (2, 2, 3)
    tangent = torch.func.jvp(run, (x,), (direction,))[1]
    assert_close(tangent, (found.reshape(12, 12) @ direction.reshape(12)).reshape(2, 2, 3), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
def test_bags_of_no_rows(mode):
    table = torch.ones(4, 2, requires_grad=True)
    found = F.embedding_bag(torch.zeros(0, 3, dtype=torch.int64), table, mode=mode)
    assert found.shape == (0, 2)
    assert gradient(found, table) == [[[0.0, 0.0]] * 4]


@pytest.mark.parametrize("mode, last", [("sum", [10.0, 13.0]), ("max", [6.0, 7.0])])
def test_bags_end_at_the_last_offset(mode, last):
    table = torch.arange(8.0).reshape(4, 2)
    places, offsets = torch.tensor([0, 1, 2, 3, 0, 3, 3]), torch.tensor([0, 2, 5])
    found = F.embedding_bag(places, table, offsets, mode=mode, include_last_offset=True)
    assert found[1].tolist() == last


def test_weights_of_prelu_beside_infinity():
    weight = torch.tensor([0.25], requires_grad=True)
    x = torch.tensor([INF, -2.0, 3.0], requires_grad=True)
    assert gradient(F.prelu(x, weight), x, weight) == [[1.0, 0.25, 1.0], [-2.0]]


@pytest.mark.parametrize("loss", [F.huber_loss, F.smooth_l1_loss])
def test_distances_beside_infinity(loss):
    x = torch.tensor([INF, 0.5, -INF, 2.0], requires_grad=True)
    out = loss(x, torch.zeros(4), reduction="none")
    assert out.tolist() == [INF, 0.125, INF, 1.5]
    assert gradient(out, x) == [[1.0, 0.5, -1.0, 1.0]]


def test_margins_beside_infinity():
    x = torch.tensor([INF, -INF, INF, 0.5], requires_grad=True)
    target = torch.tensor([1.0, 1.0, -1.0, -1.0])
    out = F.hinge_embedding_loss(x, target, reduction="none")
    assert out.tolist() == [INF, -INF, 0.0, 0.5]
    assert gradient(out, x) == [[1.0, 1.0, 0.0, -1.0]]
    x = torch.tensor([INF, -INF], requires_grad=True)
    assert F.soft_margin_loss(x, torch.tensor([1.0, 1.0]), reduction="none").tolist() == [0.0, INF]
    assert gradient(F.soft_margin_loss(x[:1], torch.tensor([1.0])), x) == [[0.0, 0.0]]


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_no_steps_read_as_no_labels(reduction):
    logits = torch.tensor([[[0.0, 1.0], [0.5, 0.0]]], requires_grad=True)
    loss = F.ctc_loss(F.log_softmax(logits, 2), torch.tensor([[1], [1]]), [0, 1], [0, 1], reduction=reduction)
    alone = F.ctc_loss(F.log_softmax(logits[:, 1:], 2), torch.tensor([[1]]), [1], [1], reduction="sum")
    assert loss.sum().item() == pytest.approx(alone.item() / (2 if reduction == "mean" else 1))
    assert gradient(loss, logits)[0][0][0] == [0.0, 0.0]


@pytest.mark.parametrize("mode", ["linear", "bilinear", "trilinear"])
def test_no_lines_between_whole_numbers(mode):
    n = ["linear", "bilinear", "trilinear"].index(mode) + 1
    with pytest.raises(NotImplementedError, match="not implemented|floating"):
        F.interpolate(torch.ones(1, 1, *[2] * n, dtype=torch.int64), scale_factor=2, mode=mode)
