"""Layers, losses and models: `Module` and what is built on it, `functional`, `init` and `utils`."""

from wengert.nn import functional, init, modules, parameter, utils
from wengert.nn.modules import *
from wengert.nn.modules import __all__ as _modules
from wengert.nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter

__all__ = [
    "Buffer",
    "Parameter",
    "UninitializedBuffer",
    "UninitializedParameter",
    "functional",
    "init",
    "modules",
    "parameter",
    "utils",
]
__all__ += _modules
