"""Layers, losses and containers: the classes that `wengert.nn` offers."""

from wengert.nn.modules.activation import *
from wengert.nn.modules.activation import __all__ as _activations
from wengert.nn.modules.container import ModuleDict, ModuleList, Sequential
from wengert.nn.modules.linear import Bilinear, Identity, Linear
from wengert.nn.modules.loss import *
from wengert.nn.modules.loss import __all__ as _losses
from wengert.nn.modules.module import Module
from wengert.nn.modules.parameters import ParameterDict, ParameterList
from wengert.nn.modules.shape import Dropout, Embedding, Flatten, LayerNorm, RMSNorm, Unflatten

__all__ = [
    "Bilinear",
    "Dropout",
    "Embedding",
    "Flatten",
    "Identity",
    "LayerNorm",
    "Linear",
    "Module",
    "ModuleDict",
    "ModuleList",
    "ParameterDict",
    "ParameterList",
    "RMSNorm",
    "Sequential",
    "Unflatten",
]
__all__ += _activations
__all__ += _losses
