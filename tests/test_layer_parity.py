"""Layers and losses compute and print what PyTorch did when parity/layers.json was recorded."""

import json
import pathlib
import sys

import numpy as np
import pytest

from backend import torch

PARITY = pathlib.Path(__file__).parent / "parity"
sys.path.insert(0, str(PARITY))

import record_layers  # noqa: E402

RECORDED = json.loads((PARITY / "layers.json").read_text(encoding="utf-8"))


def flat(found):
    if isinstance(found, list):
        return [x for part in found for x in flat(part)]
    return [found]


# PyTorch's derivatives of these have a constant (1 / 6, alpha) that it rounds to float32.
ROUNDED = ("Hardsigmoid", "CELU alpha")


def check(name, got, wanted):
    for what, a, b in zip(("shape", "value", "gradients", "buffers"), got, wanted, strict=True):
        digits = 1e-7 if what == "gradients" and name.startswith(ROUNDED) else 1e-9
        try:
            np.testing.assert_allclose(flat(a), flat(b), rtol=digits, atol=digits / 10)
        except AssertionError as error:
            raise AssertionError(f"{name}: {what}: {error}") from None


@pytest.mark.parametrize("group", record_layers.GROUPS, ids=lambda group: group.__name__)
def test_values(group):
    found = record_layers.values(torch, group)
    recorded = RECORDED["values"][group.__name__]
    assert found.keys() == recorded.keys()
    for name, got in found.items():
        check(name, got, recorded[name])


@pytest.mark.parametrize("group", record_layers.GROUPS, ids=lambda group: group.__name__)
def test_texts(group):
    assert record_layers.texts(torch, group) == RECORDED["texts"][group.__name__]
