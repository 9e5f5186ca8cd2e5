"""Operations on mixed dtypes give the dtype, or the class of error, that PyTorch gives: recorded in parity/dtypes.json."""

import importlib.util
import json
import pathlib

import pytest

from backend import torch

PARITY = pathlib.Path(__file__).with_name("parity")
RECORDED = json.loads(PARITY.joinpath("dtypes.json").read_text())["answers"]


@pytest.fixture(scope="module")
def found():
    """The recorder's own questions, put to the library under test."""
    spec = importlib.util.spec_from_file_location("record_dtypes", PARITY / "record_dtypes.py")
    recorder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recorder)
    return recorder.answers(torch)


@pytest.mark.parametrize("question", RECORDED)
def test_answers_are_those_of_pytorch(found, question):
    wrong = {
        operands: f"{found[question][operands]}, wanted {want}"
        for operands, want in RECORDED[question].items()
        if found[question][operands] != want
    }
    assert not wrong
    assert found[question].keys() == RECORDED[question].keys()
