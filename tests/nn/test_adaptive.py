"""Softmax in clusters: its parts are one distribution, and derivatives."""

import numpy as np
import pytest

from backend import array, assert_close, t64, torch

X = np.random.default_rng(8).standard_normal((7, 8))
TARGETS = [0, 2, 3, 6, 11, 5, 9]


def filled():
    layer = torch.nn.AdaptiveLogSoftmaxWithLoss(8, 12, [3, 6, 9], div_value=2.0, head_bias=True, dtype=torch.float64)
    with torch.no_grad():
        for i, p in enumerate(layer.parameters()):
            p.copy_(torch.sin(torch.arange(p.numel(), dtype=torch.float64) * 1.7 + i).reshape(p.shape))
    return layer


def test_outputs_are_those_of_the_whole_distribution():
    layer, x, target = filled(), t64(X, True), torch.tensor(TARGETS)
    found, whole = layer(x, target), layer.log_prob(x)
    assert_close(whole.exp().sum(1), np.ones(7))
    assert_close(found.output, whole.gather(1, target[:, None])[:, 0])
    assert found.loss.item() == pytest.approx(-found.output.mean().item())
    assert layer.predict(x).tolist() == whole.argmax(1).tolist()
    one = layer(x[4], target[4])
    assert one.output.shape == () and one.output.item() == pytest.approx(found.output[4].item())
    grads = torch.autograd.grad(found.loss, [x, *layer.parameters()])
    wanted = torch.autograd.grad(-whole.gather(1, target[:, None]).mean(), [x, *layer.parameters()])
    for got, want in zip(grads, wanted, strict=True):
        assert_close(got, want)


def test_derivatives():
    layer, target = filled(), torch.tensor(TARGETS)
    torch.autograd.gradcheck(lambda x: layer(x, target).output, (t64(X, True),))
    torch.autograd.gradgradcheck(lambda x: layer(x, target).loss, (t64(X, True),))


def test_gradients_of_examples():
    layer, x, target = filled(), t64(X, True), torch.tensor(TARGETS)

    def loss(x, target):
        # Of all classes: what PyTorch maps as well.
        return -layer.log_prob(x[None])[0].gather(0, target[None])[0]

    each = torch.func.vmap(torch.func.grad(loss))(x.detach(), target)
    assert_close(each, 7 * array(torch.autograd.grad(layer(x, target).loss, x)[0]))


def test_what_it_prints_and_keeps():
    layer = filled()
    assert [name for name, _ in layer.named_parameters()] == [
        *("head.weight", "head.bias", "tail.0.0.weight", "tail.0.1.weight"),
        *("tail.1.0.weight", "tail.1.1.weight", "tail.2.0.weight", "tail.2.1.weight"),
    ]
    assert [tuple(p.shape) for p in layer.parameters()] == [
        (6, 8),
        (6,),
        (4, 8),
        (3, 4),
        (2, 8),
        (3, 2),
        (1, 8),
        (3, 1),
    ]
    before = array(layer.head.weight.detach())
    layer.reset_parameters()
    assert not np.allclose(before, array(layer.head.weight.detach()))


@pytest.mark.parametrize("cutoffs", [[], [3, 3], [12], [0, 4], [4, 2], [2.5]])
def test_cutoffs_rise(cutoffs):
    with pytest.raises(ValueError, match="cutoffs should be a sequence"):
        torch.nn.AdaptiveLogSoftmaxWithLoss(8, 12, cutoffs)


@pytest.mark.parametrize(
    ("shape", "target", "words"),
    [
        ((2, 8), [1, 12], "Target values should be in"),
        ((2, 8), [1], "same size in the batch dimension"),
        ((8,), [[1]], "multi-target not supported"),
        ((8,), [1] * 8, "1D target tensor expects 2D input"),
    ],
)
def test_targets_fit(shape, target, words):
    with pytest.raises(RuntimeError, match=words):
        filled()(torch.ones(shape, dtype=torch.float64), torch.tensor(target))
