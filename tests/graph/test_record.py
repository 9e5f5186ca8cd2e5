"""record() and Graph: values, trees, branches, captured tensors, writes, random numbers, errors."""

import gc
import threading
import weakref

import pytest

from backend import ON_TORCH, torch

if ON_TORCH:
    pytest.skip("PyTorch has no recorded graphs", allow_module_level=True)


def equal(a, b):
    return a.dtype == b.dtype and torch.equal(a, b)


def test_runs_on_other_values_without_running_the_function():
    runs = []

    def f(x):
        runs.append(1)
        return x * 2 + 1

    g = torch.record(f, torch.ones(3))
    assert len(runs) == 1
    x = torch.tensor([1.0, -2.0, 5.0])
    assert equal(g(x), x * 2 + 1)
    assert len(runs) == 1


def test_results_of_two_runs_are_apart():
    g = torch.record(lambda x: x + 1, torch.zeros(2))
    a, b = g(torch.zeros(2)), g(torch.ones(2))
    assert a.tolist() == [1, 1] and b.tolist() == [2, 2]
    a.add_(10)
    assert g(torch.zeros(2)).tolist() == [1, 1]


def test_trees_of_arguments_and_results():
    def f(pair, options):
        a, b = pair
        return {"sum": a + b, "parts": [a * options["k"], (b, 3)]}

    g = torch.record(f, (torch.ones(2), torch.ones(2)), {"k": 2.0})
    a, b = torch.tensor([1.0, 2.0]), torch.tensor([3.0, 4.0])
    out = g((a, b), {"k": 2.0})
    assert out["sum"].tolist() == [4, 6] and out["parts"][0].tolist() == [2, 4]
    assert out["parts"][1][0] is b and out["parts"][1][1] == 3
    assert g((a, b), {"k": 3.0})["parts"][0].tolist() == [3, 6]
    assert g.ways == 2


def test_another_shape_or_dtype_is_recorded_anew():
    g = torch.record(lambda x: x.sum() / x.shape[0], torch.ones(3))
    assert g(torch.ones(5)).item() == 1 and g.ways == 2
    assert g(torch.ones(5, dtype=torch.float64)).dtype == torch.float64 and g.ways == 3
    assert g(torch.ones(3) * 2).item() == 2 and g.ways == 3


def test_branches_on_values_are_guarded():
    def f(x):
        if x.sum() > 0:
            return x * 2
        if x[0].item() == -1:
            return x * 3
        return x * 5

    g = torch.record(f, torch.ones(2))
    for values in ([1.0, 1.0], [-1.0, -2.0], [-5.0, -1.0], [3.0, 2.0], [-1.0, -7.0], [-5.0, -1.0]):
        x = torch.tensor(values)
        assert equal(g(x), f(x))
    # item() is a look at the very number.
    assert g.ways == 3


def test_loops_on_values():
    def newton(x):
        y = x
        while abs(float(y * y - x)) > 1e-5:
            y = (y + x / y) / 2
        return y

    g = torch.record(newton, torch.tensor(2.0))
    for v in (2.0, 9.0, 100.0, 2.0, 9.0):
        assert equal(g(torch.tensor(v)), newton(torch.tensor(v)))


def test_a_missed_branch_undoes_writes_and_draws():
    counter = torch.zeros(1)

    def f(x):
        counter.add_(1)
        noise = torch.rand(2)
        return x + noise if x.sum() > 0 else x - noise

    torch.manual_seed(3)
    g = torch.record(f, torch.ones(2))
    got = [g(torch.tensor(v)) for v in ([1.0, 2.0], [-1.0, -2.0], [-3.0, -2.0], [1.0, 2.0])]
    assert counter.item() == 5
    torch.manual_seed(3)
    f(torch.ones(2))
    want = [f(torch.tensor(v)) for v in ([1.0, 2.0], [-1.0, -2.0], [-3.0, -2.0], [1.0, 2.0])]
    assert all(map(equal, got, want))
    assert g.ways == 2


def test_strict():
    g = torch.record(lambda x: x * 2 if x.sum() > 0 else x, torch.ones(2), strict=True)
    assert g(torch.ones(2)).tolist() == [2, 2]
    with pytest.raises(RuntimeError, match="another way"):
        g(-torch.ones(2))
    with pytest.raises(RuntimeError, match="shapes"):
        g(torch.ones(3))
    with pytest.raises(RuntimeError, match="form"):
        g(torch.ones(2), torch.ones(2))


def test_captured_tensors_are_read_as_they_are():
    w = torch.tensor([1.0, 2.0])
    g = torch.record(lambda x: x * w, torch.ones(2))
    assert g(torch.ones(2)).tolist() == [1, 2]
    w.copy_(torch.tensor([5.0, 6.0]))
    assert g(torch.ones(2)).tolist() == [5, 6]


def test_a_captured_tensor_may_be_the_example():
    w = torch.tensor([2.0, 3.0])
    g = torch.record(lambda x: x * w, w)
    assert g(torch.ones(2)).tolist() == [2, 3]


def test_captured_parameters_with_other_memory():
    w = torch.ones(2, requires_grad=True)
    with torch.no_grad():
        g = torch.record(lambda x: x * w, torch.ones(2))
        w.data = torch.tensor([7.0, 8.0])
        assert g(torch.ones(2)).tolist() == [7, 8]


def test_writes_to_captured_tensors_and_arguments():
    total = torch.zeros(2)

    def f(x):
        total.add_(x)
        x.mul_(3)
        return total

    x = torch.ones(2)
    g = torch.record(f, x)
    assert x.tolist() == [3, 3] and total.tolist() == [1, 1]
    y = torch.tensor([1.0, 2.0])
    assert g(y).tolist() == [2, 3]
    assert y.tolist() == [3, 6] and total.tolist() == [2, 3]
    # Memory that is shared: the order of reads and writes is another.
    assert g(total).tolist() == [12, 18]


def test_views_and_writes_through_them():
    def f(x):
        y = torch.zeros(2, 3)
        y[0] = x
        y.t()[1] += 5
        z = y.view(-1)[1:4]
        y.mul_(2)
        return z, y

    g = torch.record(f, torch.ones(3))
    for v in ([1.0, 2.0, 3.0], [4.0, 5.0, 6.0]):
        got, want = g(torch.tensor(v)), f(torch.tensor(v))
        assert all(map(equal, got, want))
    z, y = g(torch.ones(3))
    y.fill_(9)
    assert z.tolist() == [9, 9, 9]


def test_random_numbers_come_from_the_live_generator():
    own = torch.Generator().manual_seed(5)

    def f(x):
        return x + torch.rand(3), torch.randn(3, generator=own), torch.nn.functional.dropout(x, 0.5)

    g = torch.record(f, torch.ones(3))
    torch.manual_seed(1)
    own.manual_seed(2)
    got = [g(torch.ones(3)) for _ in range(3)]
    torch.manual_seed(1)
    own.manual_seed(2)
    want = [f(torch.ones(3)) for _ in range(3)]
    assert all(equal(a, b) for p, q in zip(got, want) for a, b in zip(p, q))
    assert g.ways == 1


def test_constants_are_not_spoilt_by_writes():
    def f(x):
        c = torch.tensor([1.0, 2.0])
        c.add_(x)
        d = torch.arange(2.0)
        d[0] = 7
        return c + d

    g = torch.record(f, torch.ones(2))
    for _ in range(3):
        assert g(torch.ones(2)).tolist() == [9, 4]


def test_a_returned_constant_is_fresh_each_time():
    g = torch.record(lambda x: torch.tensor([1.0, 2.0]), torch.ones(1))
    g(torch.ones(1)).add_(1)
    assert g(torch.ones(1)).tolist() == [1, 2]


def test_custom_functions_are_recorded_by_what_they_do():
    class Double(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * x * 3

    def f(x):
        y = x.detach().requires_grad_()
        return torch.autograd.grad(Double.apply(y).sum(), y)[0]

    g = torch.record(f, torch.ones(2))
    assert g(torch.tensor([2.0, 5.0])).tolist() == [6, 15]


@pytest.mark.parametrize(
    "f",
    [
        lambda x: torch.from_numpy(x.numpy() * 2),
        lambda x: x * torch.tensor(memoryview(x).tolist()),
        lambda x: torch.histc(x),
        lambda x: torch.linalg.inv(x.expand(2, 2)),
    ],
)
def test_what_cannot_be_recorded_is_named_with_its_line(f):
    with pytest.raises(RuntimeError, match="record.*test_record.py"):
        torch.record(f, torch.ones(2))
    # The library goes on as before.
    assert torch.record(lambda x: x + 1, torch.ones(2))(torch.ones(2)).tolist() == [2, 2]


def test_an_error_of_the_function_ends_the_recording():
    def f(x):
        raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        torch.record(f, torch.ones(2))
    assert torch.record(lambda x: x + 1, torch.ones(2))(torch.ones(2)).tolist() == [2, 2]


def test_errors_of_values_are_those_of_the_eager_call():
    g = torch.record(lambda x, i: x[i], torch.arange(5.0), torch.tensor([0, 1]))
    assert g(torch.arange(5.0), torch.tensor([-1, 4])).tolist() == [4, 4]
    with pytest.raises(IndexError, match="out of bounds"):
        g(torch.arange(5.0), torch.tensor([0, 5]))
    loss = torch.record(torch.nn.functional.cross_entropy, torch.ones(2, 3), torch.tensor([0, 1]))
    with pytest.raises(IndexError, match="out of bounds"):
        loss(torch.ones(2, 3), torch.tensor([0, 3]))
    a, b = torch.randn(2, 3), torch.tensor([2, -100])
    assert equal(loss(a, b), torch.nn.functional.cross_entropy(a, b))


def test_arguments_with_a_history_run_the_function():
    g = torch.record(lambda x: (x * x).sum(), torch.ones(2))
    x = torch.tensor([2.0, 3.0], requires_grad=True)
    g(x).backward()
    assert x.grad.tolist() == [4, 6]
    w = torch.tensor([2.0, 3.0], requires_grad=True)
    h = torch.record(lambda x: (x * w).sum(), torch.ones(2))
    h(torch.tensor([5.0, 7.0])).backward()
    assert w.grad.tolist() == [5, 7]


def test_recorded_graphs_in_recordings_and_transforms():
    g = torch.record(lambda x: x.sin() * 2, torch.ones(3))
    h = torch.record(lambda x: g(x) + 1, torch.ones(3))
    x = torch.tensor([0.1, 0.2, 0.3])
    assert equal(h(x), x.sin() * 2 + 1)
    assert equal(torch.func.vmap(g)(torch.ones(2, 3)), torch.ones(2, 3).sin() * 2)
    assert equal(torch.func.grad(lambda x: g(x).sum())(x), torch.func.grad(lambda x: (x.sin() * 2).sum())(x))


def test_nothing_leaks():
    class Held:
        pass

    def make():
        held = Held()

        def f(x):
            held.seen = 1
            return x * 2

        return torch.record(f, torch.ones(3)), weakref.ref(held)

    g, seen = make()
    y = torch.ones(3)
    y_ref = weakref.ref(y)
    g(y)
    del y
    assert y_ref() is None
    del g
    gc.collect()
    assert seen() is None


def test_a_graph_may_go_while_it_runs():
    graphs = [torch.record(lambda x: x + 1, torch.ones(2))]
    assert graphs.pop()(torch.ones(2)).tolist() == [2, 2]
    held = []

    def f(x):
        held.clear()
        gc.collect()
        return x * 2

    held.append(torch.record(f, torch.ones(3)))
    g = held[0].__call__
    # Another shape: the function is run, and drops what holds its graph.
    assert g(torch.ones(5)).tolist() == [2] * 5 and held == []


def test_threads():
    g = torch.record(lambda x: ((x * 2).exp() + 1).log(), torch.ones(50))
    wrong = []

    def work(k):
        for i in range(200):
            x = torch.full((50,), float(k + i % 7))
            if not equal(g(x), ((x * 2).exp() + 1).log()):
                wrong.append(k)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not wrong


def test_listing():
    def f(x):
        y = x * x
        return y.sum()

    g = torch.record(f, torch.ones(3))
    assert len(g) == 2
    first, second = g
    assert (first.name, first.inputs, first.outputs, tuple(first.shape)) == ("mul", ("x0", "x0"), ("v1",), (3,))
    assert second.name == "sum" and second.inputs == ("v1",) and g.outputs == ("v2",)
    assert first.file == __file__ and second.line == first.line + 1
    assert str(g).splitlines()[0].startswith("v1 = mul(x0, x0) : float32[3]  # test_record.py:")


def test_bad_arguments():
    with pytest.raises(TypeError, match="function"):
        torch.record(3)
    with pytest.raises(RuntimeError, match="record"):
        torch.record(lambda x: torch.record(lambda y: y, x), torch.ones(1))


def test_modes_of_the_library_and_of_leaves_are_looked_at():
    g = torch.record(lambda x: torch.zeros(2) + x.shape[0], torch.ones(2))
    torch.set_default_dtype(torch.float64)
    try:
        assert g(torch.ones(2, dtype=torch.float32)).dtype == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    net = torch.nn.Linear(2, 1)

    def f(x):
        y = net(x).sum()
        return torch.autograd.grad(y, net.bias)[0] + torch.ones(1) if y.requires_grad else y * 0

    g = torch.record(f, torch.ones(2))
    assert g(torch.ones(2)).tolist() == [2]
    net.requires_grad_(False)
    assert g(torch.ones(2)).tolist() == 0


def test_options_and_modes_of_modules_are_looked_at():
    net = torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.Dropout(0.5))
    with torch.no_grad():
        g = torch.record(net, torch.ones(1, 2))
        net.eval()
        assert torch.equal(g(torch.ones(1, 2)), net(torch.ones(1, 2)))
        net[0] = torch.nn.Linear(2, 2)
        assert torch.equal(g(torch.ones(1, 2)), net(torch.ones(1, 2)))
        net.append(torch.nn.Tanh())
        assert torch.equal(g(torch.ones(1, 2)), net(torch.ones(1, 2)))
    w = torch.ones(2, requires_grad=True)
    sgd = torch.optim.SGD([w], lr=1.0)

    def step(x):
        sgd.zero_grad()
        (x * w).sum().backward()
        sgd.step()
        return x + 0

    g = torch.record(step, torch.ones(2))
    assert w.tolist() == [0, 0]
    sgd.param_groups[0]["lr"] = 0.5
    g(torch.ones(2))
    assert w.tolist() == [-0.5, -0.5]
