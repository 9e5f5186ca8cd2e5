"""Types for annotations, under PyTorch's names."""

from __future__ import annotations

import builtins
import os
from collections.abc import Sequence
from typing import IO, TypeAlias

from wengert._core import Tensor as Tensor
from wengert._device import device as _device
from wengert._face.queries import TypedStorage as Storage
from wengert._size import Size as Size

_TensorOrTensors: TypeAlias = Tensor | Sequence[Tensor]
Number: TypeAlias = builtins.int | builtins.float | builtins.bool
Device: TypeAlias = _device | str | builtins.int | None
FileLike: TypeAlias = str | os.PathLike[str] | IO[builtins.bytes]
BoolLikeType: TypeAlias = builtins.bool
FloatLikeType: TypeAlias = builtins.float
IntLikeType: TypeAlias = builtins.int

__all__ = [
    "BoolLikeType", "Device", "FileLike", "FloatLikeType", "IntLikeType", "Number", "Size", "Storage", "Tensor",
]  # fmt: skip
