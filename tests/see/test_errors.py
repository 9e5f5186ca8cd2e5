"""Errors of a backward show the line that recorded the operation, and its text."""

import traceback

import pytest

from backend import torch, wengert_only
from see.program import run

pytestmark = wengert_only

FAILING = {
    "spent": (
        RuntimeError,
        "x = torch.ones(2, requires_grad=True)\ny = (x * x).sum()\ny.backward()\ny.backward()",
        "y = (x * x).sum()",
    ),
    "nan": (
        RuntimeError,
        "x = torch.zeros(2, requires_grad=True)\ny = x.sqrt()\nwith torch.autograd.set_detect_anomaly(True):\n    (y * 0).sum().backward()",
        "y = x.sqrt()",
    ),
    "hook": (
        RuntimeError,
        "x = torch.ones(2, requires_grad=True)\ny = x * 3\n_ = y.register_hook(lambda g: torch.ones(5))\ny.sum().backward()",
        "y = x * 3",
    ),
    "a hook's own": (
        ZeroDivisionError,
        "x = torch.ones(2, requires_grad=True)\ny = x * 3\n_ = y.register_hook(lambda g: 1 / 0)\ny.sum().backward()",
        "y = x * 3",
    ),
    "function": (
        ValueError,
        """
class F(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2
    @staticmethod
    def backward(ctx, g):
        raise ValueError("bad")
x = torch.ones(2, requires_grad=True)
y = F.apply(x)
y.sum().backward()""",
        "y = F.apply(x)",
    ),
    "written": (
        RuntimeError,
        "x = torch.ones(2, requires_grad=True)\nh = x.clone()\ny = (h * h).sum()\ntorch.autograd.graph.increment_version(h)\ny.backward()",
        "y = (h * h).sum()",
    ),
    "under func.grad": (
        ZeroDivisionError,
        """
def f(v):
    y = v * 3
    y.register_hook(lambda g: 1 / 0)
    return y.sum()
torch.func.grad(f)(torch.ones(3))""",
        "y = v * 3",
    ),
    "a gradient of a gradient": (
        RuntimeError,
        "x = torch.ones(2, requires_grad=True)\ny = (x * x).sum()\n(g,) = torch.autograd.grad(y, x, create_graph=True)\ng.sum().backward()\ng.sum().backward()",
        "(g,) = torch.autograd.grad(y, x, create_graph=True)",
    ),
}


@pytest.mark.filterwarnings("ignore:Error detected")
@pytest.mark.filterwarnings("ignore:Anomaly")
@pytest.mark.parametrize("name", FAILING)
def test_the_forward_line_is_shown(name):
    error, text, line = FAILING[name]
    with pytest.raises(error) as caught:
        run(text)
    said = "".join(traceback.format_exception(caught.value))
    notes = "\n".join(caught.value.__notes__)
    assert " was recorded at program.py:" in notes and f"\n    {line}" in notes, notes
    assert notes in said


def test_an_error_is_noted_once():
    error = ValueError("the same each time")

    def fail(g):
        raise error

    x = torch.ones(2, requires_grad=True)
    y = x * 2
    y.register_hook(fail)
    for _ in range(3):
        with pytest.raises(ValueError):
            y.sum().backward(retain_graph=True)
    assert len(error.__notes__) == 1


def test_what_goes_well_carries_nothing():
    x = torch.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError) as caught:
        x.backward()
    assert not getattr(caught.value, "__notes__", [])
