"""How a gradient grows and vanishes on its way, and what derivatives cost."""

import math

import pytest

from backend import torch, wengert_only

pytestmark = wengert_only


def test_norms_on_the_way_are_those_of_the_gradients():
    x = torch.rand(4, dtype=torch.float64).requires_grad_()
    a = (x * 3).tanh()
    b = a.exp()
    loss = b.sum()
    way = torch.explain(loss, x)
    assert [p.variable.name for p in way] == ["loss", "b", "a", "v1", "x"]
    for name, of in (("b", b), ("a", a), ("x", x)):
        (g,) = torch.autograd.grad(loss, of, retain_graph=True)
        found = next(p for p in way if p.variable.name == name)
        assert found.norm == pytest.approx(g.norm().item(), rel=1e-12)
    assert way[0].factor == pytest.approx(2.0) and way[-1].factor is None
    assert len(way) == 5 and "gradient of loss on its way to x" in str(way)


def test_only_what_lies_between():
    x, w = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    loss = ((x * 2) + (w.exp() * 3)).sum()
    assert {p.variable.op for p in torch.explain(loss, x)} == {"sum", "add", "mul", "accumulate"}


def test_what_is_remarkable():
    x = torch.ones(2, requires_grad=True)
    remarks = [p.remark for p in torch.explain((x * 1e4).mul(1e-5).sum(), x)]
    assert remarks == ["", "shrinks", "grows", ""]
    y = (x * 100).tanh().sum()
    assert [p.remark for p in torch.explain(y, x)][1] == "becomes zero"
    z = (x * float("inf")).sum()
    assert torch.explain(z, x)[-1].remark == "inf"
    assert "nan" in [p.remark for p in torch.explain((x * 0).sqrt().mul(0).sum(), x)]


def test_a_long_way():
    x = torch.ones(2, requires_grad=True)
    y = x
    for _ in range(300):
        y = y * 0.5
    way = torch.explain(y.sum(), x)
    assert len(way) == 302 and way[-1].norm == pytest.approx(math.sqrt(2) * 0.5**300, abs=1e-40)
    assert "242 more" in str(way)


def test_what_cannot_be_explained():
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="does not depend on x; see wengert.why_no_grad"):
        torch.explain(torch.ones(2, requires_grad=True).sum(), x)
    with pytest.raises(RuntimeError, match="does not depend"):
        torch.explain(torch.ones(2), x)
    with pytest.raises(TypeError):
        torch.explain(1, x)


def test_costs_are_counted():
    counted = torch.cost(lambda x: (x * x).sum(), torch.ones(100))
    # x * x reads it twice; sum reads the product.
    assert counted.forward == (2, 101, 800 + 400, 400 + 4)
    # The rules of sum and mul, and the sum of what arrives at x twice.
    assert counted.reverse.operations == 3 and counted.reverse.elements == 200 + 100
    assert counted.jvp.operations > counted.forward.operations
    assert counted.recorded.operations >= 2
    assert "reverse sweep" in str(counted) and "forward mode" in str(counted)
    assert counted.forward.bytes == counted.forward.read + counted.forward.written


def test_views_move_nothing():
    counted = torch.cost(lambda x: x.reshape(4).unsqueeze(0), torch.ones(2, 2))
    assert counted.forward.operations == 2 and counted.forward.bytes == 0


def test_the_function_and_its_arguments_are_left_alone():
    x = torch.ones(3, requires_grad=True)
    torch.cost(lambda a, n, b: (a * n + b).sum(), x, 3, torch.arange(3))
    assert x.grad is None and x.requires_grad


def test_costs_that_cannot_be_counted():
    with pytest.raises(TypeError, match="no float tensor"):
        torch.cost(lambda x: x, 3)
    with pytest.raises(RuntimeError, match="depends on none"):
        torch.cost(lambda x: x.detach(), torch.ones(2))
