"""Smooth activations as modules, and softmax. Depends on the modules with options and nn.functional."""

from __future__ import annotations

from collections.abc import Callable

from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules._options import InPlace, WithOptions
from wengert.nn.modules.module import Module
from wengert.nn.modules.rectifiers import (
    CELU as CELU,
    ELU as ELU,
    SELU as SELU,
    Hardshrink as Hardshrink,
    Hardsigmoid as Hardsigmoid,
    Hardswish as Hardswish,
    Hardtanh as Hardtanh,
    LeakyReLU as LeakyReLU,
    PReLU as PReLU,
    ReLU as ReLU,
    ReLU6 as ReLU6,
    RReLU as RReLU,
    Softshrink as Softshrink,
    Threshold as Threshold,
)


class GELU(WithOptions):
    """x times the normal distribution function at x, or its approximation by 'tanh'.

    >>> import wengert
    >>> GELU()(wengert.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8413])
    """

    approximate: str

    _shown = ("approximate",)

    def __init__(self, approximate: str = "none") -> None:
        super().__init__(approximate=approximate)

    def forward(self, input: Tensor) -> Tensor:
        return F.gelu(input, approximate=self.approximate)


class SiLU(InPlace):
    """x / (1 + e^-x), of each element.

    >>> import wengert
    >>> SiLU()(wengert.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7311])
    """

    _function = staticmethod(F.silu)


class Mish(InPlace):
    """x tanh(log(1 + e^x)), of each element.

    >>> import wengert
    >>> Mish()(wengert.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8651])
    """

    _function = staticmethod(F.mish)


class Softplus(WithOptions):
    """log(1 + e^(beta x)) / beta, or x where beta x is above `threshold`.

    >>> import wengert
    >>> Softplus()(wengert.tensor([0.0, 1.0]))
    tensor([0.6931, 1.3133])
    """

    beta: float
    threshold: float

    _shown = ("beta", "threshold")

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__(beta=beta, threshold=threshold)

    def forward(self, input: Tensor) -> Tensor:
        return F.softplus(input, self.beta, self.threshold)


class Tanh(Module):
    """The hyperbolic tangent of each element.

    >>> import wengert
    >>> Tanh()(wengert.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7616])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanh(input)


class Sigmoid(Module):
    """1 / (1 + e^-x), of each element.

    >>> import wengert
    >>> Sigmoid()(wengert.tensor([0.0, 1.0]))
    tensor([0.5000, 0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.sigmoid(input)


class LogSigmoid(Module):
    """log(1 / (1 + e^-x)), of each element.

    >>> import wengert
    >>> LogSigmoid()(wengert.tensor([0.0, 1.0]))
    tensor([-0.6931, -0.3133])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.logsigmoid(input)


class Softsign(Module):
    """x / (1 + |x|), of each element.

    >>> import wengert
    >>> Softsign()(wengert.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.softsign(input)


class Tanhshrink(Module):
    """x - tanh(x), of each element.

    >>> import wengert
    >>> Tanhshrink()(wengert.tensor([0.0, 1.0]))
    tensor([0.0000, 0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        return F.tanhshrink(input)


class GLU(WithOptions):
    """a sigmoid(b), for the first and the second half of the input along `dim`.

    >>> import wengert
    >>> GLU()(wengert.tensor([2.0, 0.0]))
    tensor([1.])
    """

    dim: int

    _shown = ("dim",)

    def __init__(self, dim: int = -1) -> None:
        super().__init__(dim=dim)

    def forward(self, input: Tensor) -> Tensor:
        return F.glu(input, self.dim)


class _OfDim(WithOptions):
    """A softmax along a dimension; where None is named, the warning speaks of the caller of the module."""

    _function: Callable[..., Tensor]
    _checks = True
    _shown = ("dim",)
    dim: int | None

    def __init__(self, dim: int | None = None) -> None:
        if self._checks and dim is not None and (not isinstance(dim, int) or isinstance(dim, bool)):
            raise TypeError(f"dim must be an int or None, got {type(dim)}")
        super().__init__(dim=dim)

    def forward(self, input: Tensor) -> Tensor:
        return type(self)._function(input, self.dim, _stacklevel=5)


class Softmax(_OfDim):
    """e^x / sum e^x along `dim`.

    Raises TypeError for a `dim` that is no int.

    >>> import wengert
    >>> Softmax(dim=0)(wengert.tensor([0.0, 0.0]))
    tensor([0.5000, 0.5000])
    """

    _function = staticmethod(F.softmax)


class Softmin(_OfDim):
    """softmax(-x) along `dim`.

    >>> import wengert
    >>> Softmin(dim=0)(wengert.tensor([0.0, 0.0]))
    tensor([0.5000, 0.5000])
    """

    _function = staticmethod(F.softmin)
    _checks = False


class LogSoftmax(_OfDim):
    """The logarithm of softmax along `dim`.

    Raises TypeError for a `dim` that is no int.

    >>> import wengert
    >>> LogSoftmax(dim=0)(wengert.tensor([0.0, 0.0]))
    tensor([-0.6931, -0.6931])
    """

    _function = staticmethod(F.log_softmax)


class Softmax2d(Module):
    """softmax along the channels of (N, C, H, W) or (C, H, W).

    Raises ValueError for another number of dimensions.

    >>> import wengert
    >>> Softmax2d()(wengert.zeros(2, 1, 1)).reshape(-1)
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return F.softmax(input, -3)
