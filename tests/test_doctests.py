"""The examples in the docstrings of the installed package do what they say."""

import doctest
import importlib
import pkgutil

import numpy as np
import pytest

from backend import ON_TORCH, torch


def modules():
    if ON_TORCH:
        return []
    names = [found.name for found in pkgutil.walk_packages(torch.__path__, "wengert.")]
    return ["wengert", *sorted(name for name in names if not name.endswith("__main__"))]


@pytest.mark.parametrize("name", modules())
def test_examples(name):
    names = {"torch": torch, "wengert": torch, "np": np}
    result = doctest.testmod(importlib.import_module(name), extraglobs=names, optionflags=doctest.ELLIPSIS)
    assert result.failed == 0, f"{result.failed} of {result.attempted} examples fail, see the output"
