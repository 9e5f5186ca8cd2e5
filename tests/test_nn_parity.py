"""Modules, losses, optimisers and schedules compute, print and refuse what PyTorch did when parity/nn.json was recorded."""

import json
import pathlib
import sys

import numpy as np
import pytest

from backend import torch

PARITY = pathlib.Path(__file__).parent / "parity"
sys.path.insert(0, str(PARITY))

import record_nn  # noqa: E402

RECORDED = json.loads((PARITY / "nn.json").read_text(encoding="utf-8"))


def flat(found):
    if isinstance(found, list):
        return [x for part in found for x in flat(part)]
    return [found]


def check(got, wanted):
    assert np.shape(flat(got)) == np.shape(flat(wanted))
    np.testing.assert_allclose(flat(got), flat(wanted), rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", record_nn.OPTIMISERS)
def test_steps(name):
    for got, wanted in zip(record_nn.steps(torch, name), RECORDED["steps"][name], strict=True):
        check(got, wanted)


@pytest.mark.parametrize("name", record_nn.SCHEDULES)
def test_rates(name):
    check(record_nn.rates(torch, name), RECORDED["rates"][name])


def test_plateaus():
    check(record_nn.plateaus(torch), RECORDED["plateaus"])


def test_solved():
    """L-BFGS takes the steps that it takes on PyTorch."""
    for got, wanted in zip(record_nn.solved(torch), RECORDED["solved"], strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-6, atol=1e-9)


def test_values():
    found = record_nn.values(torch)
    assert found.keys() == RECORDED["values"].keys()
    for name, got in found.items():
        try:
            check(got, RECORDED["values"][name])
        except AssertionError as error:
            raise AssertionError(f"{name}: {error}") from None


def test_texts():
    assert record_nn.texts(torch) == RECORDED["texts"]


def test_refused():
    assert record_nn.refused(torch) == RECORDED["refused"]


def test_trained():
    """The perceptron reaches the losses that it reached on PyTorch, epoch by epoch."""
    found = record_nn.trained(torch)
    for name, losses in found.items():
        np.testing.assert_allclose(losses, RECORDED["trained"][name], rtol=1e-8)
        assert losses[-1] < 0.3 * losses[0]
