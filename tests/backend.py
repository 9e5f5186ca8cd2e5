"""The tensor library under test: wengert, or real PyTorch when WENGERT_TEST_BACKEND=torch.

What PyTorch does is the specification, so every test runs on both, except those marked `wengert_only`.
"""

import os

import numpy as np
import pytest

BACKEND = os.environ.get("WENGERT_TEST_BACKEND", "wengert")

if BACKEND == "torch":
    import torch
else:
    import wengert as torch

ON_TORCH = BACKEND == "torch"

wengert_only = pytest.mark.skipif(ON_TORCH, reason="wengert promises more here than PyTorch does")

INTEGERS = ("uint8", "int8", "int16", "int32", "int64")

DTYPES = {name: np.dtype(name).type for name in ("float32", "float64", *INTEGERS, "bool")}


def array(tensor):
    """A NumPy copy of a tensor's values, whether or not it requires grad."""
    return np.array(tensor.numpy(force=True))


def dtype_name(tensor):
    """'float32' for torch.float32."""
    return str(tensor.dtype).rpartition(".")[2]


def operation(name):
    """A function of the library; what PyTorch has under another name is a function of the core, with an underscore."""
    return getattr(torch, name) if hasattr(torch, name) else getattr(torch._core, name)


def t64(values, requires_grad=False):
    """A float64 tensor: most tests compare derivatives and want the digits."""
    return torch.tensor(values, dtype=torch.float64, requires_grad=requires_grad)


def assert_close(tensor, expected, rtol=1e-9, atol=1e-11):
    got = array(tensor) if isinstance(tensor, torch.Tensor) else np.asarray(tensor)
    want = array(expected) if isinstance(expected, torch.Tensor) else np.asarray(expected)
    assert got.shape == want.shape, f"shape {got.shape}, wanted {want.shape}"
    np.testing.assert_allclose(got, want, rtol=rtol, atol=atol)
