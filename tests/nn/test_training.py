"""Optimisers' face, loaders, and modules as functions under transforms."""

import copy

import numpy as np
import pytest

from backend import array, assert_close, t64, torch

nn, optim, data = torch.nn, torch.optim, torch.utils.data
func = torch.func


def test_groups_and_state():
    a, b = t64([1.0], True), t64([2.0], True)
    sgd = optim.SGD([{"params": [a], "lr": 1.0}, {"params": b}], lr=0.1, momentum=0.9)
    assert [g["lr"] for g in sgd.param_groups] == [1.0, 0.1] and sgd.defaults["momentum"] == 0.9

    def closure():
        sgd.zero_grad()
        loss = (a * a + b * b).sum()
        loss.backward()
        return loss

    assert sgd.step(closure).item() == 5.0
    assert a.item() == -1.0 and abs(b.item() - 1.6) < 1e-12
    state = sgd.state_dict()
    assert list(state["state"]) == [0, 1] and state["param_groups"][1]["params"] == [1]
    assert state["state"][0]["momentum_buffer"].tolist() == [2.0]
    sgd.zero_grad(set_to_none=False)
    assert a.grad.tolist() == [0.0]
    sgd.zero_grad()
    assert a.grad is None
    sgd.step()
    assert a.item() == -1.0


@pytest.mark.parametrize("kind", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad"])
def test_resumed_training_goes_on_alike(kind):
    def start():
        w = t64([1.0, -2.0], True)
        options = {"momentum": 0.9} if kind in ("SGD", "RMSprop") else {}
        return w, getattr(optim, kind)([w], lr=0.1, **options)

    def walk(w, trainer, steps):
        for _ in range(steps):
            trainer.zero_grad()
            (w**4).sum().backward()
            trainer.step()

    w, trainer = start()
    walk(w, trainer, 3)
    again, resumed = start()
    with torch.no_grad():
        again.copy_(w)
    resumed.load_state_dict(copy.deepcopy(trainer.state_dict()))
    walk(w, trainer, 3)
    walk(again, resumed, 3)
    assert again.tolist() == w.tolist()


def test_schedules_resume():
    sgd = optim.SGD([t64([1.0], True)], lr=1.0)
    schedule = optim.lr_scheduler.StepLR(sgd, 2, gamma=0.5)
    for _ in range(3):
        sgd.step()
        schedule.step()
    other = optim.lr_scheduler.StepLR(optim.SGD([t64([1.0], True)], lr=1.0), 7)
    other.load_state_dict(schedule.state_dict())
    assert other.last_epoch == 3 and other.get_last_lr() == [0.5] and other.step_size == 2


def test_loader():
    x, y = torch.arange(10).reshape(5, 2), torch.arange(5)
    rows = data.TensorDataset(x, y)
    assert len(rows) == 5 and rows[3][1].item() == 3
    loader = data.DataLoader(rows, batch_size=2)
    batches = list(loader)
    assert len(loader) == 3 and [b[1].tolist() for b in batches] == [[0, 1], [2, 3], [4]]
    assert isinstance(batches[0], list) and batches[0][0].tolist() == [[0, 1], [2, 3]]
    assert len(list(data.DataLoader(rows, batch_size=2, drop_last=True))) == 2

    def order(seed):
        generator = torch.Generator().manual_seed(seed)
        loader = data.DataLoader(rows, batch_size=2, shuffle=True, generator=generator)
        return [[v for b in loader for v in b[1].tolist()] for _ in range(3)]

    assert order(4) == order(4) and order(4) != order(5) and sorted(order(4)[0]) == [0, 1, 2, 3, 4]
    assert len({tuple(epoch) for epoch in order(4)}) > 1

    class Pairs(data.Dataset):
        def __getitem__(self, index):
            return {"a": index, "b": float(index), "c": "text", "d": (np.ones(2) * index, True)}

        def __len__(self):
            return 2

    (batch,) = data.DataLoader(Pairs(), batch_size=4)
    assert batch["a"].tolist() == [0, 1] and batch["b"].dtype == torch.float64 and batch["c"] == ["text", "text"]
    assert batch["d"][0].tolist() == [[0.0, 0.0], [1.0, 1.0]] and batch["d"][1].tolist() == [True, True]
    assert data.DataLoader(Pairs(), batch_size=None).__iter__().__next__()["a"] == 0


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
