"""Why there is no gradient: each way to cut a path, with and without a recording, and what makes a gradient zero."""

import pytest

from backend import torch, wengert_only
from see.program import run

pytestmark = wengert_only


@pytest.fixture(autouse=True)
def forget():
    yield
    torch.watch.forget()


def answer(text):
    return run(text + "\nanswer = torch.why_no_grad(loss, x)")["answer"]


# The last line of each program but those after a blank is where it is cut: reason, line, a word of the answer.
CUTS = {
    "detach": ("h = (x * 2).detach()\n    loss = (h * w).sum()", "detached", 4, "detach"),
    "data": ("h = (x * 2).data\n    loss = (h * w).sum()", "detached", 4, "data"),
    "no_grad": ("with torch.no_grad():\n        h = x * 2\n    loss = (h * w).sum()", "no_grad", 5, "no_grad"),
    "inference": ("with torch.inference_mode():\n        h = x * 2\n    loss = h.sum()", "no_grad", 5, "inference"),
    "integer": ("h = (x * 2).long()\n    loss = (h * w).sum()", "integer", 4, "int64"),
    "compare": ("h = x > 0\n    loss = (h * w).sum()", "integer", 4, "bool"),
    "argmax": ("h = x.argmax()\n    loss = w[h]", "integer", 4, "argmax"),
    "numpy": (
        "h = torch.from_numpy((x * 2).detach().numpy() + 1)\n    loss = (h * w).sum()",
        "left",
        4,
        "from_numpy() at program.py:4",
    ),
    "item": ("h = torch.tensor([x[0].item()])\n    loss = (h * w).sum()", "left", 4, "item()"),
    "float": ("h = float(x.sum())\n    loss = (h * w).sum()", "left", 4, "float()"),
    "tolist": (
        "h = torch.tensor(x.detach().tolist())\n    loss = (h * w).sum()",
        "left",
        4,
        "tensor() at program.py:4",
    ),
    "all of it": ("h = x * 2\n    loss = h.sum().detach()", "detached", 5, "detach"),
    "written": (
        "h = torch.zeros(2)\n    with torch.no_grad():\n        h.copy_(x)\n    loss = (h * w).sum()",
        "no_grad",
        6,
        "no_grad",
    ),
}


@pytest.mark.parametrize("name", CUTS)
def test_a_cut_is_found_in_a_recording(name):
    body, reason, line, word = CUTS[name]
    text = "\n".join(
        [
            "w = torch.ones(2, requires_grad=True)",
            "x = torch.tensor([1.0, 2.0], requires_grad=True)",
            "with torch.watch():",
            f"    {body}",
        ]
    )
    found = answer(text)
    assert (found.reason, found.line, found.file) == (reason, line, "program.py"), str(found)
    assert word in str(found)
    assert text.splitlines()[line - 1].strip() in str(found)


@pytest.mark.parametrize("name", [name for name in CUTS if name not in ("item", "float", "tolist", "argmax")])
def test_without_a_recording_it_says_how_to_know(name):
    body = CUTS[name][0]
    found = answer(
        "\n".join(
            [
                "w = torch.ones(2, requires_grad=True)",
                "x = torch.tensor([1.0, 2.0], requires_grad=True)",
                "if True:",
                f"    {body}",
            ]
        )
    )
    assert found.reason in ("no_history", "no_path", "detached") and "wengert.watch()" in str(found)


def test_the_memory_of_the_tensor_is_recognised():
    found = answer(
        "w = torch.ones(2, requires_grad=True)\nx = torch.ones(2, requires_grad=True)\nloss = (x.detach() * w).sum()"
    )
    assert found.reason == "detached" and "memory of x is used at program.py:3" in str(found)


def test_one_of_two_ways_is_enough():
    found = answer("x = torch.ones(2, requires_grad=True)\nloss = (x.detach() * x).sum()")
    assert found.reason == "connected" and "norm is 1.414" in str(found)


def test_several_cuts_are_named():
    found = answer(
        """w = torch.ones(2, requires_grad=True)
x = torch.ones(2, requires_grad=True)
with torch.watch():
    a = (x * 2).detach()
    with torch.no_grad():
        b = x * 3
    loss = (a * b * w).sum()"""
    )
    assert found.line == 4 and "also at program.py:6" in str(found)


def test_a_tensor_that_asked_later():
    found = answer(
        """w = torch.ones(2, requires_grad=True)
x = torch.ones(2)
with torch.watch():
    h = x * 2
    loss = (h * w).sum()
x.requires_grad_()"""
    )
    assert found.reason == "later" and found.line == 4


def test_tensors_that_ask_for_nothing():
    loss = torch.ones(2, requires_grad=True).sum()
    found = torch.why_no_grad(loss, torch.ones(2))
    assert found.reason == "not_requested" and "requires_grad_()" in str(found)
    assert torch.why_no_grad(loss, torch.arange(2)).reason == "integer"
    with torch.watch():
        h = (torch.ones(2, requires_grad=True) * 2).detach()
    assert "detach()" in str(torch.why_no_grad(loss, h))


def test_what_has_nothing_to_do_with_it():
    w, x = torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)
    loss = w.sum()
    found = torch.why_no_grad(loss, x)
    assert found.reason == "no_path" and "leaves are w" in str(found)
    with torch.watch():
        loss = w.sum()
    assert torch.why_no_grad(loss, x).reason == "no_path"


ZEROS = {
    "relu": ("x = torch.tensor([-1.0, -2.0], requires_grad=True)\nh = x.relu()", "no element of x is positive"),
    "clamp": ("x = torch.tensor([5.0, 6.0], requires_grad=True)\nh = x.clamp(0, 1)", "beyond the bounds"),
    "where": (
        "x = torch.tensor([5.0, 6.0], requires_grad=True)\nh = torch.where(x > 9, x, torch.zeros(2))",
        "does not come from there",
    ),
    "saturation": ("x = torch.tensor([50.0, 60.0], requires_grad=True)\nh = x.tanh()", "saturated"),
    "sign": ("x = torch.tensor([5.0, 6.0], requires_grad=True)\nh = x.sign()", "constant between"),
    "factor": ("x = torch.tensor([5.0, 6.0], requires_grad=True)\nh = x * 0.0", "other factor is zero"),
    "max": ("x = torch.tensor([5.0, 6.0], requires_grad=True)\nh = torch.maximum(x, x.detach() + 1)", "does not come"),
}


@pytest.mark.parametrize("name", ZEROS)
def test_what_makes_it_zero(name):
    body, word = ZEROS[name]
    found = answer(f"{body}\nloss = (h * 3).sum()")
    assert found.reason == "zero" and found.line == 2, str(found)
    assert word in str(found)


def test_a_gradient_that_is_there():
    x = torch.ones(2, requires_grad=True)
    h = x * 2
    loss = h.sum()
    assert torch.why_no_grad(loss, x).reason == "connected"
    found = torch.why_no_grad(loss, h)
    assert found.reason == "connected" and "retain_grad()" in str(found)
    h.retain_grad()
    assert "retain_grad" not in str(torch.why_no_grad(loss, h))
    assert x.grad is None
    loss.backward()
    assert torch.why_no_grad((x * x).sum(), x).reason == "connected"


def test_a_graph_that_is_spent():
    x = torch.ones(2, requires_grad=True)
    loss = (x * x).sum()
    loss.backward()
    assert torch.why_no_grad(loss, x).reason == "spent"


def test_what_is_no_tensor():
    with pytest.raises(TypeError, match="x must be a tensor, got int"):
        torch.why_no_grad(torch.ones(1), 3)
