"""What Module promises: names, attributes, state, casts, copies and hooks."""

import copy
import pickle

import pytest

from backend import assert_close, t64, torch

nn = torch.nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.tied = self.first
        self.rest = nn.Sequential(nn.ReLU(), nn.Linear(3, 1, bias=False))
        self.scale = nn.Parameter(torch.ones(1))
        self.register_buffer("count", torch.tensor(3))
        self.register_buffer("scratch", torch.zeros(2), persistent=False)
        self.register_parameter("absent", None)

    def forward(self, x, factor=1.0):
        return self.rest(self.first(x)) * self.scale * factor


def names(pairs):
    return [name for name, _ in pairs]


def test_walks():
    net = Net()
    assert names(net.named_parameters()) == ["scale", "first.weight", "first.bias", "rest.1.weight"]
    assert names(net.named_parameters(remove_duplicate=False)) == [
        "scale", "first.weight", "first.bias", "tied.weight", "tied.bias", "rest.1.weight",
    ]  # fmt: skip
    assert names(net.named_parameters(prefix="net", recurse=False)) == ["net.scale"]
    assert len(list(net.parameters())) == 4
    assert names(net.named_buffers()) == ["count", "scratch"]
    assert names(net.named_children()) == ["first", "rest"]
    assert names(net.named_modules()) == ["", "first", "rest", "rest.0", "rest.1"]
    assert names(net.named_modules(remove_duplicate=False)) == ["", "first", "tied", "rest", "rest.0", "rest.1"]
    assert net.get_submodule("rest.1") is net.rest[1] and net.get_submodule("") is net
    assert net.get_parameter("rest.1.weight") is net.rest[1].weight
    assert net.get_buffer("count") is net.count
    assert {"first", "scale", "count", "absent", "forward"} <= set(dir(net))
    assert "0" not in dir(net.rest)


def test_attributes():
    net = Net()
    net.scale = None
    assert net.scale is None and "scale" in net._parameters
    net.count = torch.tensor(4)
    assert net._buffers["count"].item() == 4
    net.first = nn.Linear(2, 3)
    assert names(net.named_children()) == ["first", "tied", "rest"]
    net.plain = 3
    net.plain = nn.Parameter(torch.ones(1))
    assert "plain" in net._parameters and "plain" not in net.__dict__
    net.held = nn.Buffer(torch.ones(1), persistent=False)
    assert "held" in net._buffers and "held" not in net.state_dict()
    del net.held, net.plain, net.rest
    assert not hasattr(net, "held") and not hasattr(net, "plain") and not hasattr(net, "rest")
    net.absent = nn.Parameter(torch.ones(1))
    assert "absent" in names(net.named_parameters())


def test_modes_and_casts():
    net = Net()
    weight = net.first.weight
    net(torch.ones(1, 2)).sum().backward()
    assert net.to(torch.float64) is net and net.first.weight is weight
    assert weight.dtype == torch.float64 and weight.grad.dtype == torch.float64
    assert net.count.dtype == torch.int64 and net.scratch.dtype == torch.float64
    assert net.float().scale.dtype == torch.float32
    assert net.to("cpu", torch.float64).scale.dtype == torch.float64
    assert net.to(torch.zeros(1)).scale.dtype == torch.float32
    assert net.to(device="cpu").double().scale.dtype == torch.float64
    net.eval()
    assert not net.training and not net.rest[0].training
    assert net.train().rest[0].training
    net.requires_grad_(False)
    assert not any(p.requires_grad for p in net.parameters())
    net.requires_grad_()
    net.zero_grad(set_to_none=False)
    assert weight.grad.abs().sum() == 0
    net.zero_grad()
    assert weight.grad is None
    seen = []
    net.apply(lambda m: seen.append(type(m).__name__))
    assert seen == ["Linear", "ReLU", "Linear", "Sequential", "Net"]


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda net: pickle.loads(pickle.dumps(net))])
def test_copies(copied):
    net = Net().double()
    twin = copied(net)
    x = t64([[1.0, 2.0]])
    assert_close(twin(x), net(x))
    assert twin.tied is twin.first and twin.first.weight is not net.first.weight
    with torch.no_grad():
        twin.scale.zero_()
    assert net.scale.item() == 1.0
    assert names(twin.named_parameters()) == names(net.named_parameters())


def test_forward_hooks():
    net = nn.Linear(1, 1, bias=False).double()
    nn.init.constant_(net.weight, 2.0)
    x = t64([[1.0]])
    before = net.register_forward_pre_hook(lambda module, args: args[0] + 1)
    after = net.register_forward_hook(lambda module, args, out: out * 10)
    assert net(x).item() == 40.0
    order = []
    first = net.register_forward_hook(lambda *_: order.append("first"), prepend=True)
    last = net.register_forward_hook(lambda *_: order.append("last"))
    net(x)
    assert order == ["first", "last"]
    for handle in (before, after, first, last):
        handle.remove()
        handle.remove()
    assert net(x).item() == 2.0
    with net.register_forward_hook(lambda module, args, out: 0):
        assert net(x) == 0
    assert net(x).item() == 2.0

    plain = Net()
    plain.register_forward_pre_hook(lambda module, args, kwargs: (args, {"factor": 0.0}), with_kwargs=True)
    seen = []
    plain.register_forward_hook(lambda module, args, kwargs, out: seen.append(kwargs), with_kwargs=True)
    assert plain(torch.ones(1, 2), factor=3.0).item() == 0.0 and seen == [{"factor": 0.0}]


def test_hook_that_is_always_called():
    net, seen = nn.Linear(1, 1), []
    net.register_forward_hook(lambda module, args, out: seen.append(out), always_call=True)
    with pytest.raises(RuntimeError):
        net(torch.ones(1, 7))
    assert seen == [None]


def test_backward_hooks():
    class Product(nn.Module):
        def forward(self, a, b, c):
            return a * b, b + 1

    a, b, c = t64([2.0], True), t64([3.0], True), t64([4.0])
    seen = []
    product = Product()
    product.register_full_backward_hook(lambda module, grads, outs: seen.append((grads, outs)))
    one, two = product(a, b, c)
    (one * 5).sum().backward(retain_graph=True)
    assert len(seen) == 1
    (ga, gb, gc), (g1, g2) = seen[0]
    assert ga.item() == 15.0 and gb.item() == 10.0 and gc.item() == 0.0 and g1.item() == 5.0 and g2 is None
    assert a.grad.item() == 15.0 and b.grad.item() == 10.0
    (one * 5 + two).sum().backward()
    (ga, gb, gc), (g1, g2) = seen[1]
    assert gb.item() == 11.0 and g2.item() == 1.0

    line = nn.Linear(1, 1, bias=False).double()
    nn.init.constant_(line.weight, 3.0)
    line.register_full_backward_pre_hook(lambda module, outs: (outs[0] * 2,))
    line.register_full_backward_hook(lambda module, grads, outs: (grads[0] * 100,))
    x = t64([[1.0]], True)
    line(x).sum().backward()
    assert x.grad.item() == 600.0 and line.weight.grad.item() == 2.0


def test_backward_hook_without_inputs_that_need_gradients():
    line, seen = nn.Linear(1, 1).double(), []
    line.register_full_backward_hook(lambda module, grads, outs: seen.append((grads, outs[0].item())))
    line(t64([[1.0]])).sum().backward()
    assert seen == [((None,), 1.0)]


def test_second_derivative_through_backward_hooks():
    class Cube(nn.Module):
        def forward(self, x):
            return x**3

    cube = Cube()
    cube.register_full_backward_hook(lambda module, grads, outs: (grads[0] * 2,))
    x = t64([2.0], True)
    (first,) = torch.autograd.grad(cube(x), x, create_graph=True)
    (second,) = torch.autograd.grad(first, x)
    assert first.item() == 24.0 and second.item() == 24.0


def test_embedding():
    table = nn.Embedding(4, 2, padding_idx=-1).double()
    assert table.padding_idx == 3 and table.weight[3].abs().sum() == 0
    table(torch.tensor([0, 3, 0])).sum().backward()
    assert table.weight.grad.tolist() == [[2.0, 2.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]
    given = nn.Embedding.from_pretrained(torch.ones(2, 3))
    assert not given.weight.requires_grad and given(torch.tensor([1])).tolist() == [[1.0, 1.0, 1.0]]


def test_dropout_follows_training():
    torch.manual_seed(1)
    drop = nn.Dropout(0.5)
    out = drop(torch.ones(1000))
    assert set(out.tolist()) == {0.0, 2.0} and 350 < int((out == 0).sum()) < 650
    assert torch.equal(drop.eval()(torch.ones(3)), torch.ones(3))
