"""Tensors are printed letter by letter as PyTorch prints them: the texts recorded in parity/repr.json."""

import json
import pathlib

import numpy as np
import pytest

from backend import ON_TORCH, torch, wengert_only

CASES = json.loads(pathlib.Path(__file__).with_name("parity").joinpath("repr.json").read_text())["cases"]


def case_name(case):
    return "-".join([case["dtype"], "x".join(map(str, case["shape"])) or "0d", *case.get("options", {})])


@pytest.fixture(params=CASES, ids=case_name)
def case(request):
    case = request.param
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, case.get("default", "float32")))
    torch.set_printoptions(profile="default")
    torch.set_printoptions(**case.get("options", {}))
    yield case
    torch.set_printoptions(profile="default")
    torch.set_default_dtype(before)


def values_of(case):
    return np.array(case["values"], dtype=case["dtype"]).reshape(case["shape"])


@wengert_only
def test_array(case):
    from wengert._tensor_str import format_array

    suffixes = {"": [], "leaf": ["requires_grad=True"], "view": ["grad_fn=<ViewBackward0>"]}[case.get("history", "")]
    default = "torch." + case.get("default", "float32")
    assert format_array(values_of(case), "torch." + case["dtype"], default, suffixes) == case["text"]


def test_tensor(case):
    if not ON_TORCH and case["dtype"] == "float16":
        pytest.skip(f"no {case['dtype']} tensors")
    tensor = torch.from_numpy(values_of(case))
    if case.get("history"):
        tensor.requires_grad_()
    if case.get("history") == "view":
        tensor = tensor.view(tensor.shape)
    assert repr(tensor) == case["text"]


@wengert_only
def test_a_column_and_a_prefix_move_the_lines():
    from wengert._tensor_str import format_array

    text = format_array(np.ones((2, 2)), "torch.float32", "torch.float32", indent=4, prefix="T(")
    assert text == "T([[1., 1.],\n       [1., 1.]])"


@wengert_only
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"precision": -1}, ValueError),
        ({"precision": 2.5}, TypeError),
        ({"precision": True}, TypeError),
        ({"edgeitems": -1}, ValueError),
        ({"linewidth": 0}, ValueError),
        ({"threshold": "many"}, TypeError),
        ({"threshold": float("nan")}, ValueError),
        ({"profile": "loud"}, ValueError),
        ({"sci_mode": "yes"}, TypeError),
    ],
)
def test_wrong_options_are_refused_and_change_nothing(arguments, error):
    from wengert import _tensor_str

    before = _tensor_str.get_printoptions()
    with pytest.raises(error, match=next(iter(arguments))):
        torch.set_printoptions(**arguments)
    assert _tensor_str.get_printoptions() == before


def test_printing_parameters():
    parameter = torch.nn.Parameter(torch.zeros(2, 3))
    expected = "tensor([[0., 0., 0.],\n        [0., 0., 0.]], requires_grad=True)"
    assert repr(parameter) == "Parameter containing:\n" + expected
