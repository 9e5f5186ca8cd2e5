"""Modules as functions under transforms, and models that learn."""

import pytest

from backend import array, assert_close, t64, torch

nn, optim, data = torch.nn, torch.optim, torch.utils.data
func = torch.func


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.inside = nn.Linear(3, 4)
        self.out = nn.Linear(4, 1)
        self.register_buffer("shift", torch.zeros(1))

    def forward(self, x, factor=1.0):
        return self.out(torch.tanh(self.inside(x))) * factor + self.shift


def test_functional_call():
    torch.manual_seed(0)
    net = Net().double()
    x = t64([[0.1, 0.2, 0.3], [1.0, -1.0, 0.5]])
    params = {name: p.detach().clone() for name, p in net.named_parameters()}
    buffers = {"shift": t64([2.0])}
    kept = dict(net.named_parameters())
    out = func.functional_call(net, (params, buffers), (x,), {"factor": 3.0})
    assert_close(out, net(x) * 3.0 + 2.0)
    assert all(p is kept[name] for name, p in net.named_parameters()) and net.shift.item() == 0.0

    def loss(params, x):
        return (func.functional_call(net, params, (x,)) ** 2).sum()

    grads = func.grad(loss)(params, x)
    (net(x) ** 2).sum().backward()
    for name, p in net.named_parameters():
        assert_close(grads[name], p.grad)
    one_by_one = func.vmap(func.grad(loss), in_dims=(None, 0))(params, x.unsqueeze(1))
    for name in params:
        assert_close(one_by_one[name].sum(0), grads[name])

    with pytest.raises(RuntimeError, match="Missing key"):
        func.functional_call(net, {"out.bias": params["out.bias"]}, (x,), strict=True)
    with pytest.raises(RuntimeError, match="Unexpected key"):
        func.functional_call(net, {**params, **buffers, "more": x}, (x,), strict=True)
    with pytest.raises(ValueError, match="multiple dictionaries"):
        func.functional_call(net, (params, params), (x,))
    with pytest.raises(ZeroDivisionError):
        func.functional_call(net, params, (x, 1 // 0))
    assert all(p is kept[name] for name, p in net.named_parameters())


def test_functional_call_restores_after_an_error():
    net = Net().double()
    weight = net.out.weight
    with pytest.raises(RuntimeError):
        func.functional_call(net, {"out.weight": t64([[1.0]])}, (t64([[1.0, 2.0, 3.0]]),))
    assert net.out.weight is weight


def test_functional_call_with_tied_weights():
    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.a = nn.Linear(2, 2, bias=False)
            self.b = nn.Linear(2, 2, bias=False)
            self.b.weight = self.a.weight

        def forward(self, x):
            return self.b(self.a(x))

    net, x = Tied().double(), t64([1.0, 1.0])
    two = t64([[2.0, 0.0], [0.0, 2.0]])
    nn.init.eye_(net.a.weight)
    assert func.functional_call(net, {"a.weight": two}, x).tolist() == [4.0, 4.0]
    assert func.functional_call(net, {"a.weight": two}, x, tie_weights=False).tolist() == [2.0, 2.0]
    with pytest.raises(ValueError, match="tied"):
        func.functional_call(net, {"a.weight": two, "b.weight": two * 2}, x)


def test_changed_buffers_come_back():
    class Counts(nn.Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("n", torch.zeros(1))

        def forward(self, x):
            self.n = self.n + 1
            return x

    net, buffers = Counts(), {"n": torch.full((1,), 5.0)}
    func.functional_call(net, buffers, torch.ones(1))
    assert buffers["n"].item() == 6.0 and net.n.item() == 0.0


def test_stacked_models():
    models = [Net().double() for _ in range(3)]
    params, buffers = func.stack_module_state(models)
    assert tuple(params["inside.weight"].shape) == (3, 4, 3) and params["inside.weight"].is_leaf
    assert params["out.bias"].requires_grad and not buffers["shift"].requires_grad
    x = t64([[0.1, 0.2, 0.3]])
    out = func.vmap(lambda p, b: func.functional_call(models[0], (p, b), (x,)))(params, buffers)
    for got, model in zip(array(out), models, strict=True):
        assert_close(t64(got.tolist()), model(x))
    with pytest.raises(RuntimeError, match="at least one model"):
        func.stack_module_state([])
    with pytest.raises(RuntimeError, match="same class"):
        func.stack_module_state([Net(), nn.Linear(1, 1)])


def test_linear_regression_of_the_book():
    """Dive into Deep Learning, section 3.5: weights found from generated data."""
    torch.manual_seed(3)
    true_w, true_b = torch.tensor([2.0, -3.4]), 4.2
    x = torch.randn(1000, 2)
    y = (x @ true_w + true_b).reshape(-1, 1) + 0.01 * torch.randn(1000, 1)
    net = nn.Sequential(nn.Linear(2, 1))
    net[0].weight.data.normal_(0, 0.01)
    net[0].bias.data.fill_(0)
    loss, trainer = nn.MSELoss(), optim.SGD(net.parameters(), lr=0.03)
    loader = data.DataLoader(data.TensorDataset(x, y), 10, shuffle=True)
    for _ in range(3):
        for a, b in loader:
            value = loss(net(a), b)
            trainer.zero_grad()
            value.backward()
            trainer.step()
    assert loss(net(x), y).item() < 2e-4
    assert_close(net[0].weight.data, true_w.reshape(1, 2), atol=0.01)
    assert abs(net[0].bias.item() - true_b) < 0.01


def test_classifier_learns():
    """A perceptron with dropout tells three generated classes apart."""
    torch.manual_seed(5)
    centres = torch.tensor([[2.0, 0.0], [-1.0, 1.7], [-1.0, -1.7]])
    labels = torch.arange(300) % 3
    x = centres[labels] + 0.5 * torch.randn(300, 2)
    net = nn.Sequential(nn.Flatten(), nn.Linear(2, 32), nn.ReLU(), nn.Dropout(0.2), nn.Linear(32, 3))
    net.apply(lambda m: nn.init.normal_(m.weight, std=0.1) if type(m) is nn.Linear else None)
    loss, trainer = nn.CrossEntropyLoss(), optim.Adam(net.parameters(), lr=0.02)
    for _ in range(10):
        for a, b in data.DataLoader(data.TensorDataset(x, labels), 32, shuffle=True):
            trainer.zero_grad()
            loss(net(a), b).backward()
            trainer.step()
    net.eval()
    assert (net(x).argmax(1) == labels).sum().item() > 290


def test_batch_normalisation_without_running_statistics_is_mapped():
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(3), torch.nn.Linear(3, 2)).double()
    assert torch.func.replace_all_batch_norm_modules_(model) is model
    assert model[0].running_var is None and not model[0].track_running_stats
    batches = torch.randn(4, 5, 3, dtype=torch.float64)
    got = torch.func.vmap(model)(batches)
    assert_close(got.detach(), torch.stack([model(b) for b in batches]).detach())
