"""Parts of models: the Parameter, and the functions of layers and losses in `functional`."""

from wengert.nn import functional
from wengert.nn.parameter import Parameter

__all__ = ["Parameter", "functional"]
