"""wengert: automatic differentiation for Python on CPUs.

`import wengert as torch` runs what PyTorch's autograd teaches: tensors, `requires_grad`, `backward`, `grad`.
"""

from __future__ import annotations

import math as _math
import os as _os
import typing as _typing

from wengert import _core
from wengert._core import *  # noqa: F403 - the operations, each declared once in the core
from wengert._core import Tensor, dtype, is_grad_enabled, tensor

_core._install(_os.path.dirname(_os.path.abspath(__file__)))

from wengert import (  # noqa: E402
    _create,
    _tensor,
    autograd as autograd,  # noqa: E402
    func as func,  # noqa: E402
    linalg as linalg,  # noqa: E402
)
from wengert._create import *  # noqa: E402, F403
from wengert._size import Size as Size, broadcast_shapes as broadcast_shapes  # noqa: E402
from wengert.autograd import enable_grad as enable_grad, no_grad as no_grad, set_grad_enabled as set_grad_enabled  # noqa: E402

_tensor.install()

__version__ = _core.build_info()["version"]

float = _core.float32
double = _core.float64
long = _core.int64
inf, nan, pi, e = _math.inf, _math.nan, _math.pi, _math.e


def _dtype_by_name(name: str) -> dtype:
    """The dtype object of a name, for pickling."""
    return getattr(_core, name)


def numel(input: Tensor) -> int:
    """Number of elements of a tensor.

    >>> import wengert
    >>> wengert.numel(wengert.ones(2, 3))
    6
    """
    return input.numel()


if _typing.TYPE_CHECKING:
    from wengert import nn as nn
    from wengert._tensor_str import set_printoptions as set_printoptions
else:

    def __getattr__(name: str) -> _typing.Any:
        """What is imported when first used."""
        if name in {"nn"}:
            import importlib

            return importlib.import_module(f"wengert.{name}")
        if name == "set_printoptions":
            from wengert._tensor_str import set_printoptions

            return set_printoptions
        raise AttributeError(f"module 'wengert' has no attribute {name!r}")
