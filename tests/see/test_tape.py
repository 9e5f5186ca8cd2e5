"""The tape as a list: what each line says, names, values, adjoints, parts, and tapes of any length."""

import gc
import textwrap
import threading
import time
import weakref

import pytest

from backend import torch, wengert_only
from see.program import columns, run

pytestmark = wengert_only

PROGRAM = """
    w = torch.tensor([1.0, 2.0], requires_grad=True)
    x = torch.tensor([3.0, 4.0])
    def loss_of(w, x):
        h = torch.tanh(w * x)
        return h, (h[1:] * 2).sum()
    h, loss = loss_of(w, x)
    t = torch.tape(loss)
"""

LIST = """
tape of loss: 6 variables, 1 of them a leaf
                   shape  dtype    value       line
  w    = leaf      (2,)   float32  [1.0, 2.0]  program.py:1
  v1   = w * x     (2,)   float32              program.py:4
  h    = tanh(v1)  (2,)   float32  [0.9951, 1.0]  program.py:4
  v3   = h[1:2]    (1,)   float32              program.py:5
  v4   = v3 * 2.0  (1,)   float32              program.py:5
  loss = sum(v4)   ()     float32  2.0         program.py:5
"""


def test_the_list_of_a_program():
    assert columns(run(PROGRAM)["t"]) == columns(LIST.strip())


def test_adjoints_are_there_after_a_backward():
    names = run(PROGRAM)
    t, w, loss = names["t"], names["w"], names["loss"]
    assert t["w"].adjoint is None
    loss.backward()
    assert torch.equal(t["w"].adjoint, w.grad)
    assert t["h"].adjoint.tolist() == [0.0, 2.0]
    assert t["loss"].adjoint.item() == 1.0
    # What the graph gave back is still known here.
    assert "v3 * 2.0" in str(t) and t["h"].value.tolist() == pytest.approx([0.99505, 1.0], abs=1e-5)


def test_adjoints_of_leaves_come_from_grad_as_well():
    x = torch.tensor(3.0, requires_grad=True)
    y = x * x
    t = torch.tape(y)
    (g,) = torch.autograd.grad(y, x, create_graph=True)
    assert t["x"].adjoint.item() == 6.0 and not t["x"].adjoint.requires_grad
    assert g.requires_grad


def test_a_tape_that_goes_takes_its_hooks_along():
    x = torch.ones(2, requires_grad=True)
    y = (x * 2).sum()
    t = torch.tape(y)
    source = weakref.ref(t._source)
    del t
    gc.collect()
    assert source() is None
    y.backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_names_of_the_program():
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU())
    weights = [torch.ones(3, requires_grad=True)]
    table = {"bias": torch.zeros(3, requires_grad=True)}
    y = (model(torch.ones(1, 2)) * weights[0] + table["bias"]).sum()
    t = torch.tape(y)
    assert {v.name for v in t.where(leaf=True)} == {"model.0.weight", "model.0.bias", "weights[0]", "table['bias']"}
    assert t[-1].name == "y"
    named = torch.tape(y, params={"first": model[0].weight})
    assert "first" in {v.name for v in named}
    assert "0.weight" in {v.name for v in torch.tape(y, params=model)}
    with pytest.raises(TypeError, match="params: got list, wanted a module"):
        torch.tape(y, params=[3])


def test_memory_of_a_variable_without_its_history():
    x, k = torch.ones(2, requires_grad=True), torch.ones(2)
    y = (x * x.detach()).sum() + (x * k).sum()
    t = torch.tape(y)
    assert [v.text for v in t.where(op="mul")] == ["x * x.detach()", "x * k"]


def test_a_variable_named_as_the_tape_names_its_own():
    v1 = torch.ones(2, requires_grad=True)
    y = (v1 * 2).sum()
    t = torch.tape(y)
    assert [v.name for v in t] == ["v1", "t1", "y"]
    assert t["v1"].is_leaf and not t["t1"].is_leaf


def test_parts_and_filters():
    names = run(PROGRAM)
    t = names["t"]
    assert len(t) == 6 and [v.name for v in t[1:3]] == ["v1", "h"]
    assert [v.name for v in t.where(op="mul")] == ["v1", "v4"]
    assert [v.name for v in t.where(op="TanhBackward0")] == ["h"]
    assert [v.name for v in t.where(op=["sum", "tanh"])] == ["h", "loss"]
    assert [v.name for v in t.where(line=5)] == ["v3", "v4", "loss"]
    assert [v.name for v in t.where(line=range(1, 5), leaf=False)] == ["v1", "h"]
    assert [v.name for v in t.where(shape=(1,), dtype=torch.float32)] == ["v3", "v4"]
    assert [v.name for v in t.where(lambda v: len(v.inputs) == 2)] == ["v1", "v4"]
    assert len(t.where(requires_grad=True)) == 6 and len(t.where(requires_grad=False)) == 0
    assert len(t.where(file="program.py")) == 6 and len(t.where(file="other.py")) == 0
    assert [v.name for v in t.page(2, 4)] == ["v4", "loss"]
    assert [v.name for v in reversed(t)][0] == "loss"
    assert t[1:]["h"].op == "tanh"
    assert str(t[2:4]).startswith("tape of loss: 2 variables of 6")
    with pytest.raises(KeyError, match="no variable 'z'"):
        t["z"]
    with pytest.raises(KeyError):
        t[:2]["loss"]
    with pytest.raises(IndexError):
        t[6]
    with pytest.raises(ValueError, match="pages count from 1"):
        t.page(0)


def test_what_a_variable_says():
    h = run(PROGRAM)["t"]["h"]
    assert (h.op, h.rule, h.shape, h.dtype, h.line) == ("tanh", "TanhBackward0", (2,), torch.float32, 4)
    assert h.file == "program.py" and h.requires_grad and not h.is_leaf
    assert h.inputs == ((1, 0, "v1"),)
    assert h.node.name() == "TanhBackward0"
    assert "tanh(v1)" in repr(h)


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda x: x - 1, "x - ·"),
        (lambda x: 1 - x, "· - x"),
        (lambda x: x / 4, "x / 4.0"),
        (lambda x: x**3, "x ** 3.0"),
        (lambda x: -x, "-x"),
        (lambda x: x @ x, "x @ x"),
        (lambda x: x.sum(0), "sum(x, dim=0)"),
        (lambda x: x.mean(1, keepdim=True), "mean(x, dim=1, keepdim=True)"),
        (lambda x: x[1], "x[1]"),
        (lambda x: x[:, 1:], "x[:, 1:2]"),
        (lambda x: x.double(), "x.to(float64)"),
        (lambda x: torch.cat([x, x], 1), "cat([x, x], dim=1)"),
        (lambda x: x.softmax(1), "softmax(x, dim=1)"),
        (lambda x: x.reshape(4), "x.reshape"),
    ],
)
def test_how_operations_read(make, text):
    x = torch.ones(2, 2, requires_grad=True)
    y = make(x)
    t = torch.tape(y)
    said = t[-1].text
    if text == "x.reshape":
        assert "shape=[4]" in said
    else:
        assert said == text


def test_several_results():
    a, b = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    y, z = a * 2, b.exp()
    t = torch.tape([y, z])
    assert [v.name for v in t] == ["a", "y", "b", "z"]
    parts = torch.ones(2, 2, requires_grad=True).unbind()
    s = parts[0] * parts[1]
    t = torch.tape(s)
    assert t["s"].text == "parts[0] * parts[1]"
    assert t[1].outputs == (((2,), torch.float32), ((2,), torch.float32))


def test_values_that_were_overwritten_since():
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    h = x * 1
    y = (h * h).sum()
    t = torch.tape(y)
    del h
    with torch.no_grad():
        x.mul_(10)
    assert t["v1"].value.tolist() == [1.0, 2.0]


def test_what_cannot_be_listed():
    with pytest.raises(TypeError, match="wanted a tensor"):
        torch.tape(3)
    with pytest.raises(RuntimeError, match="has no history"):
        torch.tape(torch.ones(2))


def test_a_spent_graph_is_listed():
    x = torch.ones(2, requires_grad=True)
    y = (x * x).sum()
    y.backward()
    assert [v.text for v in torch.tape(y)] == ["leaf", "x * x", "sum(v1)"]


def test_inside_transforms():
    seen = []

    def f(x):
        y = (x * x).sum()
        seen.append(torch.tape(y))
        return y

    torch.func.grad(f)(torch.ones(3))
    assert [v.op for v in seen[-1]][-2:] == ["mul", "sum"]
    torch.func.vmap(torch.func.grad(f))(torch.ones(2, 3))
    assert seen[-1][-1].op == "sum"
    assert "mapped" not in str(seen[-1])
    torch.func.jvp(torch.func.grad(f), (torch.ones(3),), (torch.ones(3),))
    assert [v.op for v in seen[-1]][-2:] == ["mul", "sum"]


def test_adjoints_under_vmap_are_those_of_all_examples():
    x = torch.ones(3, requires_grad=True)
    y = x * 2
    t = torch.tape(y)
    torch.autograd.grad(y, x, torch.eye(3), is_grads_batched=True)
    assert t["x"].adjoint.shape[-1] == 3


def test_from_threads():
    x = torch.ones(4, requires_grad=True)
    y = x
    for _ in range(50):
        y = y * 1.01
    z = y.sum()
    found = []

    def look():
        t = torch.tape(z)
        found.append((len(t), t[-1].op, str(t)))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(n, op) for n, op, _ in found] == [(52, "sum")] * 4


def test_html():
    html = run(PROGRAM)["t"]._repr_html_()
    assert "tanh(v1)" in html and html.count("<tr>") == 7
    assert (
        "<script"
        not in run("a = torch.ones(2, requires_grad=True)\nt = torch.tape({'<script>': a * 2}['<script>'])")[
            "t"
        ]._repr_html_()
    )
    assert torch.ones(2, requires_grad=True)._repr_html_().startswith("<")


def test_a_million_nodes_do_not_hang():
    body = """
    x = torch.ones((), requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y * 1.0
    start = time.perf_counter()
    t = torch.tape(y)
    text = repr(t)
    took = time.perf_counter() - start
    assert len(t) == 1_000_001
    assert "1,000,001 variables" in text and "v1 " in text and len(text.splitlines()) < 40
    assert took < 1.0, took
    assert t["v500000"].text == "v499999 * 1.0"
    assert t[999_999].name == "v999999"
    steps = t.reverse()
    assert next(steps).variable.name == "y"
    assert len(t.where(op="mul")) == 1_000_000
    """
    exec(textwrap.dedent(body), {"torch": torch, "time": time})


def test_nothing_of_it_is_kept_alive():
    x = torch.ones(2, requires_grad=True)
    y = (x * x).sum()
    node = weakref.ref(y.grad_fn)
    t = torch.tape(y)
    str(t)
    del y, t
    gc.collect()
    assert node() is None
