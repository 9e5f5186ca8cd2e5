"""Slices of a weight along a dimension, as normalisations look at them. Depends on `_core`."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor


def matrix_of(weight: Tensor, dim: int) -> Tensor:
    """The slices along a dimension as rows."""
    return weight.transpose(0, dim).reshape(weight.shape[dim], -1) if dim else weight.flatten(1)


def output_dim(module: Any) -> int:
    """The dimension of a weight that stands for the outputs of its layer."""
    return 1 if type(module).__name__.startswith("ConvTranspose") else 0


def norm_except(value: Tensor, dim: int | None) -> Tensor:
    """The norm of each slice along a dimension, or of all elements, shaped to broadcast."""
    if dim is None or dim == -1:
        return _core.norm(value)
    rows = value.transpose(0, dim).reshape(value.shape[dim], -1)
    return _core.norm(rows, 2, 1).reshape([-1 if d == dim % value.dim() else 1 for d in range(value.dim())])
