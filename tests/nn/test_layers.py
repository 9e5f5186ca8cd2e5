"""Layers beside the numbers: lazy ones, running statistics, dropout, writes in place, first values, refusals."""

import copy
import pickle

import pytest

from backend import array, assert_close, t64, torch

nn = torch.nn
F = nn.functional


@pytest.mark.parametrize(
    "make, shape, wanted",
    [
        (lambda: nn.LazyLinear(4), (2, 3), "Linear(in_features=3, out_features=4, bias=True)"),
        (lambda: nn.LazyConv1d(4, 2), (2, 3, 5), "Conv1d(3, 4, kernel_size=(2,), stride=(1,))"),
        (
            lambda: nn.LazyConv2d(4, 2, bias=False),
            (3, 5, 5),
            "Conv2d(3, 4, kernel_size=(2, 2), stride=(1, 1), bias=False)",
        ),
        (
            lambda: nn.LazyConvTranspose2d(4, 2),
            (1, 3, 5, 5),
            "ConvTranspose2d(3, 4, kernel_size=(2, 2), stride=(1, 1))",
        ),
        (
            lambda: nn.LazyBatchNorm2d(),
            (2, 3, 4, 4),
            "BatchNorm2d(3, eps=1e-05, momentum=0.1, affine=True, bias=True, track_running_stats=True)",
        ),
    ],
)
def test_lazy_layers(make, shape, wanted):
    layer = make()
    assert layer.has_uninitialized_params() == bool(list(layer.parameters()))
    for parameter in layer.parameters():
        with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter"):
            print(parameter.shape)
    # PyTorch's lazy buffers cannot be copied.
    twin = make() if list(layer.buffers()) else copy.deepcopy(layer)
    x = torch.randn(*shape)
    out = layer(x)
    assert repr(layer) == wanted
    twin(x)
    assert repr(twin) == wanted and tuple(twin(x).shape) == tuple(out.shape)
    assert not layer._forward_pre_hooks and not hasattr(layer, "_initialize_hook")
    other = make()
    other.load_state_dict(layer.state_dict())
    for a, b in zip(other.parameters(), layer.parameters(), strict=True):
        assert torch.equal(a, b)
    other.eval(), layer.eval()
    assert_close(other(x), layer(x))
    again = pickle.loads(pickle.dumps(make()))
    again(x)
    assert repr(again) == wanted


def test_lazy_network_of_the_book():
    net = nn.Sequential(
        nn.LazyConv2d(6, kernel_size=5, padding=2), nn.Sigmoid(), nn.AvgPool2d(kernel_size=2, stride=2),
        nn.LazyConv2d(16, kernel_size=5), nn.LazyBatchNorm2d(), nn.ReLU(), nn.MaxPool2d(kernel_size=2, stride=2),
        nn.AdaptiveAvgPool2d((2, 2)), nn.Flatten(), nn.LazyLinear(12), nn.Dropout(0.1), nn.LazyLinear(10),
    )  # fmt: skip
    net(torch.randn(2, 1, 28, 28))
    net.apply(lambda m: nn.init.xavier_uniform_(m.weight) if type(m) in (nn.Linear, nn.Conv2d) else None)
    assert [tuple(p.shape) for p in net.parameters()][:2] == [(6, 1, 5, 5), (6,)]
    assert tuple(net(torch.randn(3, 1, 28, 28)).shape) == (3, 10)
    x = torch.randn(8, 1, 28, 28)
    y = torch.arange(8) % 10
    trainer = torch.optim.SGD(net.parameters(), lr=0.1)
    first = None
    for _ in range(12):
        loss = F.cross_entropy(net(x), y)
        trainer.zero_grad()
        loss.backward()
        trainer.step()
        first = loss.item() if first is None else first
    assert loss.item() < 0.7 * first


def test_running_statistics():
    norm = nn.BatchNorm1d(2).double()
    x = t64([[1.0, 10.0], [3.0, 30.0], [5.0, 20.0]])
    norm(x)
    assert_close(norm.running_mean, [0.3, 2.0])
    assert_close(norm.running_var, [0.9 + 0.4, 0.9 + 10.0])
    assert norm.num_batches_tracked.item() == 1
    assert list(norm.state_dict()) == ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]
    plain = nn.BatchNorm1d(2, momentum=None).double()
    plain(x), plain(x + 2)
    assert_close(plain.running_mean, [4.0, 21.0])
    norm.reset_running_stats()
    assert norm.running_var.tolist() == [1.0, 1.0]
    still = nn.BatchNorm1d(2, track_running_stats=False).double().eval()
    assert_close(still(x).mean(0), [0.0, 0.0], atol=1e-6)
    old = {k: v for k, v in norm.state_dict().items() if k != "num_batches_tracked"}
    assert nn.BatchNorm1d(2).load_state_dict(old).missing_keys == []
    half = nn.BatchNorm1d(2, bias=False)
    assert half.bias is None and half.weight is not None


def test_dropped_channels():
    torch.manual_seed(0)
    for make, shape in ((nn.Dropout1d, (50, 8, 3)), (nn.Dropout2d, (50, 8, 2, 2)), (nn.Dropout3d, (50, 8, 2, 1, 2))):
        out = make(0.25)(torch.ones(*shape)).flatten(2)
        assert_close(out[out != 0], torch.full((int((out != 0).sum()),), 4 / 3), rtol=1e-6)
        assert ((out == out[..., :1]).all()) and 0.15 < (out[..., 0] == 0).double().mean().item() < 0.35
    out = nn.AlphaDropout(0.4)(torch.randn(20000))
    assert abs(out.mean().item()) < 0.05 and abs(out.std().item() - 1) < 0.05
    x = torch.ones(1000)
    assert nn.Dropout(0.5, inplace=True)(x) is x and (x == 0).sum() > 300
    out = F.rrelu(torch.full((1000,), -1.0), 0.2, 0.4, training=True)
    assert -0.4 <= out.min().item() < -0.38 and -0.22 < out.max().item() <= -0.2


def test_gumbel_softmax():
    torch.manual_seed(0)
    logits = t64([[0.0, 1.0, 2.0]] * 3000, True)
    soft = F.gumbel_softmax(logits, tau=0.5)
    assert_close(soft.sum(1), [1.0] * 3000)
    hard = F.gumbel_softmax(logits, hard=True)
    assert set(array(hard).round(12).ravel().tolist()) == {0.0, 1.0}
    assert_close(hard.mean(0), torch.softmax(logits[0], 0), atol=0.05, rtol=0)
    hard.sum().backward()
    assert logits.grad is not None


@pytest.mark.parametrize("name", "relu elu selu celu leaky_relu relu6 hardtanh hardswish hardsigmoid silu mish".split())
def test_written_in_place(name):
    x = t64([[-2.0, -0.3, 0.4, 5.0]])
    f = getattr(F, name)
    held = x.clone()
    assert f(held, inplace=True) is held
    assert_close(held, f(x))
    leaf = x.clone().requires_grad_()
    copied = leaf * 1.0
    f(copied, inplace=True).sum().backward()
    other = x.clone().requires_grad_()
    f(other).sum().backward()
    assert_close(leaf.grad, other.grad)


def test_first_values_of_layers():
    torch.manual_seed(0)
    conv = nn.Conv2d(4, 32, 3)
    assert 0.9 / 6 < conv.weight.abs().max().item() <= 1 / 6 and conv.bias.abs().max().item() <= 1 / 6
    turned = nn.ConvTranspose2d(4, 32, 3)
    bound = 1 / (32 * 9) ** 0.5
    assert 0.9 * bound < turned.weight.abs().max().item() <= bound
    heads = nn.MultiheadAttention(8, 2)
    assert heads.in_proj_bias.abs().max().item() == 0 and heads.out_proj.bias.abs().max().item() == 0
    assert [name for name, _ in heads.named_parameters()] == [
        "in_proj_weight", "in_proj_bias", "out_proj.weight", "out_proj.bias",
    ]  # fmt: skip
    assert nn.PReLU(3).weight.tolist() == [0.25] * 3


def test_indices_of_pools():
    x = t64([[[[1.0, 5.0, 2.0], [5.0, 3.0, 9.0], [0.0, 9.0, 4.0]]]])
    out, places = F.max_pool2d(x, 2, stride=1, return_indices=True)
    assert out.tolist() == [[[[5.0, 9.0], [9.0, 9.0]]]] and places.tolist() == [[[[1, 5], [7, 5]]]]
    out, places = nn.AdaptiveMaxPool2d(1, return_indices=True)(x)
    assert out.item() == 9.0 and places.item() == 5
    out, places = F.max_pool1d(x[0, 0], 3, stride=1, padding=1, return_indices=True)
    assert out.tolist() == [[5, 5, 5], [5, 9, 9], [9, 9, 9]] and places.tolist() == [[1, 1, 1], [0, 2, 2], [1, 1, 1]]


@pytest.mark.parametrize(
    "what, error, words",
    [
        (lambda: nn.Conv2d(3, 4, 3, groups=2), ValueError, "in_channels must be divisible by groups"),
        (lambda: nn.Conv2d(4, 3, 3, groups=2), ValueError, "out_channels must be divisible by groups"),
        (lambda: nn.Conv2d(4, 3, 3, groups=0), ValueError, "groups must be a positive integer"),
        (lambda: nn.Conv2d(4, 3, 3, padding="x"), ValueError, "Invalid padding string 'x'"),
        (lambda: nn.Conv2d(4, 3, 3, stride=2, padding="same"), ValueError, "not supported for strided convolutions"),
        (lambda: nn.Conv2d(4, 3, 3, padding_mode="x"), ValueError, "padding_mode must be one of"),
        (lambda: nn.ConvTranspose2d(4, 3, 3, padding_mode="reflect"), ValueError, 'Only "zeros" padding mode'),
        (lambda: nn.Conv2d(4, 3, 3)(torch.ones(1, 5, 4, 4)), RuntimeError, "to have 4 channels, but got 5 channels"),
        (lambda: nn.Conv2d(4, 3, 3)(torch.ones(4, 4)), RuntimeError, r"Expected 3D \(unbatched\) or 4D \(batched\) input"),
        (lambda: nn.Conv2d(4, 3, 3)(torch.ones(1, 4, 2, 2)), RuntimeError, "Kernel size can't be greater than actual"),
        (lambda: nn.Conv2d(4, 3, 3)(torch.ones(1, 4, 4, 4).double()), RuntimeError, "should be the same|same dtype|type"),
        (lambda: nn.ConvTranspose1d(4, 3, 3, output_padding=1)(torch.ones(1, 4, 4)), RuntimeError, "output padding must be"),
        (lambda: nn.MaxPool2d(2, padding=2)(torch.ones(1, 4, 4)), RuntimeError, "at most half of (effective )?kernel size"),
        (lambda: nn.MaxPool2d(5)(torch.ones(1, 4, 4)), RuntimeError, "Output size is too small|too small"),
        (lambda: F.avg_pool2d(torch.ones(1, 4, 4), 2, divisor_override=0), RuntimeError, "divisor must be not zero"),
        (lambda: nn.BatchNorm1d(2)(torch.ones(1, 2)), ValueError, "Expected more than 1 value per channel"),
        (lambda: nn.BatchNorm2d(2)(torch.ones(1, 2)), ValueError, r"expected 4D input \(got 2D input\)"),
        (lambda: nn.BatchNorm1d(2)(torch.ones(4, 3)), (RuntimeError, ValueError), "should contain 3 elements|2"),
        (lambda: nn.InstanceNorm1d(2)(torch.ones(1, 2, 1)), ValueError, "Expected more than 1 spatial element"),
        (lambda: nn.GroupNorm(2, 3), ValueError, "must be divisible by num_groups"),
        (lambda: nn.ReflectionPad1d(3)(torch.ones(1, 3)), RuntimeError, "should be less than the corresponding"),
        (lambda: F.pad(torch.ones(3), (1, 1), mode="reflect"), (NotImplementedError, RuntimeError), "2D|1D"),
        (lambda: F.pad(torch.ones(3), (1, 1), mode="x"), (NotImplementedError, RuntimeError), "nrecognised padding mode"),
        (lambda: nn.Dropout2d(2.0), ValueError, "dropout probability has to be between 0 and 1"),
        (lambda: nn.MultiheadAttention(5, 2), AssertionError, "must be divisible by num_heads"),
        (lambda: nn.MultiheadAttention(0, 2), ValueError, "must be greater than 0"),
        (lambda: F.interpolate(torch.ones(1, 1, 3)), ValueError, "either size or scale_factor should be defined"),
        (lambda: F.interpolate(torch.ones(1, 1, 3), 2, 2.0), ValueError, "only one of size or scale_factor"),
        (lambda: F.interpolate(torch.ones(1, 1, 3), 2, align_corners=True), ValueError, "align_corners option can only"),
        (lambda: F.glu(torch.ones(3)), RuntimeError, "Halving dimension must be even, but dimension 0 is size 3"),
        (lambda: F.prelu(torch.ones(2, 3), torch.ones(2)), RuntimeError, "Mismatch of parameter numbers and input channel"),
        (lambda: F.pixel_shuffle(torch.ones(3, 2, 2), 2), RuntimeError, "divisible by the square of upscale_factor"),
        (lambda: F.unfold(torch.ones(1, 2, 2), 3), RuntimeError, "calculated shape of the array of sliding blocks"),
        (lambda: F.fold(torch.ones(1, 5, 4), (3, 3), 2), RuntimeError, "divisible by the product of kernel_size"),
        (lambda: nn.TripletMarginLoss(margin=0), ValueError, "margin to be greater than 0"),
        (lambda: nn.MultiMarginLoss(p=3), ValueError, "only p == 1 and p == 2 supported"),
        (lambda: F.gaussian_nll_loss(torch.ones(2), torch.ones(2), -torch.ones(2)), ValueError, "negative entry"),
        (lambda: F.embedding_bag(torch.tensor([1]), torch.ones(2, 2)), ValueError, "offsets has to be a 1D Tensor"),
        (lambda: F.scaled_dot_product_attention(torch.ones(2), torch.ones(2), torch.ones(2)), RuntimeError, "at least 2 dim"),
    ],
)  # fmt: skip
def test_refused(what, error, words):
    with pytest.raises(error, match=words):
        what()


def test_under_transforms():
    classes = torch.tensor([[0, 2], [1, 4]])
    assert torch.equal(torch.func.vmap(lambda x: F.one_hot(x, 5))(classes), F.one_hot(classes, 5))
    with pytest.raises(
        (ValueError, RuntimeError), match="explicit positive\\s+num_classes|explicit positive num_classes"
    ):
        torch.func.vmap(F.one_hot)(classes)
    labels = torch.tensor([[1, 0, -1], [2, -1, 0]])
    x = t64([[0.1, 0.5, 0.9], [1.0, 2.0, 0.0]])
    both = torch.func.vmap(F.multilabel_margin_loss)(x, labels)
    assert_close(both, F.multilabel_margin_loss(x, labels, reduction="none"))
    with pytest.raises(RuntimeError, match="running_mean or running_var, which will be updated in"):
        torch.func.vmap(nn.BatchNorm1d(2).double())(t64([[[1.0, 2.0], [3.0, 5.0]]] * 3))


def test_told_of():
    x = torch.ones(2, 3)
    with pytest.raises(IndexError, match="index out of range in self"):
        nn.Embedding(3, 2)(torch.tensor([0, 3]))
    with pytest.raises(IndexError, match="index out of range in self"):
        nn.Embedding(3, 2)(torch.tensor([-1]))
    for name in ("softmax", "log_softmax", "softmin"):
        with pytest.warns(UserWarning, match=f"Implicit dimension choice for {name} has been deprecated"):
            getattr(F, name)(x)
    with pytest.warns(UserWarning, match="Implicit dimension choice for softmax"):
        nn.Softmax()(x)
    with pytest.warns(UserWarning, match="'mean' divides the total loss by both the batch size and the support size"):
        F.kl_div(x, x)
    with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
        assert F.mse_loss(x, x * 3, size_average=False).item() == 24.0
    with pytest.warns(UserWarning, match="please use reduction='none' instead"):
        nn.L1Loss(reduce=False)


def test_sync_batch_norm():
    net = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.BatchNorm1d(3))).eval()
    inner = net[1][0]
    made = nn.SyncBatchNorm.convert_sync_batchnorm(net)
    assert made is net and type(net[1][0]) is nn.SyncBatchNorm and not net[1][0].training
    assert net[1][0].weight is inner.weight and net[1][0].running_mean is inner.running_mean
    assert_close(net(torch.ones(4, 2)), inner(net[0](torch.ones(4, 2))))


def test_unpooled_sizes():
    x = torch.arange(10.0).reshape(1, 1, 10)
    out, places = F.max_pool1d(x, 3, return_indices=True)
    assert F.max_unpool1d(out, places, 3, output_size=x.size()).tolist() == [[[0, 0, 2, 0, 0, 5, 0, 0, 8, 0]]]
    with pytest.raises(ValueError, match="invalid output_size"):
        F.max_unpool1d(out, places, 3, output_size=(14,))
    with pytest.raises(RuntimeError, match="invalid max index"):
        F.max_unpool1d(out, places + 9, 3)


def test_alignments():
    even = torch.full((3, 1, 2), 0.5, dtype=torch.float64).log()
    # Three steps of even odds read as "1" in 6 of 8 ways.
    assert_close(F.ctc_loss(even, torch.tensor([[1]]), [3], [1]), -t64(6 / 8).log())
    assert_close(F.ctc_loss(even, torch.tensor([[1, 1]]), [3], [2], reduction="sum"), -t64(1 / 8).log())
    assert F.ctc_loss(even, torch.tensor([[1, 1, 1]]), [3], [3]).item() == float("inf")
    lost = even.clone().requires_grad_()
    F.ctc_loss(lost, torch.tensor([[1, 1, 1]]), [3], [3], zero_infinity=True).backward()
    assert lost.grad.abs().sum().item() == 0
    with pytest.raises(RuntimeError, match="blank must be in label range"):
        F.ctc_loss(even, torch.tensor([[1]]), [3], [1], blank=2)
    with pytest.raises(RuntimeError, match="Expected input_lengths to have value at most 3"):
        F.ctc_loss(even, torch.tensor([[1]]), [4], [1])
