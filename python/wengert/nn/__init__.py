"""Layers, losses and models: `Module` and what is built on it, `functional`, `init` and `utils`."""

from wengert.nn import functional, init, utils
from wengert.nn.modules import *
from wengert.nn.modules import __all__ as _modules
from wengert.nn.parameter import Buffer, Parameter

__all__ = ["Buffer", "Parameter", "functional", "init", "utils"]
__all__ += _modules
