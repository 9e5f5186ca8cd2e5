"""Activations in pieces as modules: rectifiers and shrinks. Depends on the modules with options and nn.functional."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F, init
from wengert.nn.modules._made import parameter_of
from wengert.nn.modules._options import InPlace, WithOptions

__all__ = [
    "CELU",
    "ELU",
    "Hardshrink",
    "Hardsigmoid",
    "Hardswish",
    "Hardtanh",
    "LeakyReLU",
    "PReLU",
    "RReLU",
    "ReLU",
    "ReLU6",
    "SELU",
    "Softshrink",
    "Threshold",
]


class ReLU(InPlace):
    """max(0, x), of each element.

    >>> import wengert
    >>> ReLU()(wengert.tensor([-1.0, 3.0]))
    tensor([0., 3.])
    """

    _function = staticmethod(F.relu)


class ReLU6(InPlace):
    """min(max(0, x), 6), of each element.

    >>> import wengert
    >>> ReLU6()(wengert.tensor([-1.0, 9.0]))
    tensor([0., 6.])
    """

    _function = staticmethod(F.relu6)


class LeakyReLU(WithOptions):
    """max(0, x) + negative_slope min(0, x), of each element.

    >>> import wengert
    >>> LeakyReLU()(wengert.tensor([-100.0, 3.0]))
    tensor([-1.,  3.])
    """

    negative_slope: float
    inplace: bool

    _shown = ("negative_slope",)

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__(negative_slope=negative_slope, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return F.leaky_relu(input, self.negative_slope, self.inplace)


class RReLU(WithOptions):
    """LeakyReLU whose slope is drawn between `lower` and `upper` while training, and their mean else.

    >>> import wengert
    >>> RReLU(0.25, 0.75).eval()(wengert.tensor([-2.0, 3.0]))
    tensor([-1.,  3.])
    """

    lower: float
    upper: float
    inplace: bool

    _shown = ("lower", "upper")

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__(lower=lower, upper=upper, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return F.rrelu(input, self.lower, self.upper, self.training, self.inplace)


class ELU(WithOptions):
    """x where x > 0, else alpha (e^x - 1).

    >>> import wengert
    >>> ELU()(wengert.tensor([-1.0, 3.0]))
    tensor([-0.6321,  3.0000])
    """

    alpha: float
    inplace: bool

    _shown = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(alpha=alpha, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return F.elu(input, self.alpha, self.inplace)


class SELU(InPlace):
    """The elu that keeps mean 0 and variance 1, for initial weights of variance 1 / fan_in.

    >>> import wengert
    >>> SELU()(wengert.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """

    _function = staticmethod(F.selu)


class CELU(WithOptions):
    """max(0, x) + min(0, alpha (e^(x / alpha) - 1)).

    >>> import wengert
    >>> CELU(2.0)(wengert.tensor([-1.0, 3.0]))
    tensor([-0.7869,  3.0000])
    """

    alpha: float
    inplace: bool

    _shown = ("alpha",)

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__(alpha=alpha, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return F.celu(input, self.alpha, self.inplace)


class Threshold(WithOptions):
    """x where x > threshold, else `value`.

    >>> import wengert
    >>> Threshold(1.0, 9.0)(wengert.tensor([0.5, 2.0]))
    tensor([9., 2.])
    """

    threshold: float
    value: float
    inplace: bool

    _shown = ("threshold", "value")

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__(threshold=threshold, value=value, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return F.threshold(input, self.threshold, self.value, self.inplace)


class Hardtanh(WithOptions):
    """Each element kept between `min_val` and `max_val`.

    Raises AssertionError unless min_val is below max_val.

    >>> import wengert
    >>> Hardtanh()(wengert.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """

    min_val: float
    max_val: float
    inplace: bool

    _shown = ("min_val", "max_val")

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        if min_value is not None or max_value is not None:
            warnings.warn(
                "keyword arguments `min_value` and `max_value` are deprecated and renamed to `min_val` and `max_val`",
                FutureWarning,
                stacklevel=2,
            )
            min_val = min_val if min_value is None else min_value
            max_val = max_val if max_value is None else max_value
        if not max_val > min_val:
            raise AssertionError(f"max_val must be above min_val; got {max_val} and {min_val}")
        super().__init__(min_val=min_val, max_val=max_val, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return F.hardtanh(input, self.min_val, self.max_val, self.inplace)


class Hardsigmoid(InPlace):
    """min(max(0, x + 3), 6) / 6, of each element.

    >>> import wengert
    >>> Hardsigmoid()(wengert.tensor([-4.0, 0.0]))
    tensor([0.0000, 0.5000])
    """

    _function = staticmethod(F.hardsigmoid)

    def extra_repr(self) -> str:
        return ""


class Hardswish(InPlace):
    """x hardsigmoid(x), of each element.

    >>> import wengert
    >>> Hardswish()(wengert.tensor([1.0, 4.0]))
    tensor([0.6667, 4.0000])
    """

    _function = staticmethod(F.hardswish)

    def extra_repr(self) -> str:
        return ""


class _Shrink(WithOptions):
    """A function that makes 0 what is not beyond `lambd`."""

    _function: Callable[[Tensor, float], Tensor]
    lambd: float

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__(lambd=lambd)

    def forward(self, input: Tensor) -> Tensor:
        return type(self)._function(input, self.lambd)

    def extra_repr(self) -> str:
        return str(self.lambd)


class Hardshrink(_Shrink):
    """x where |x| > lambd, else 0.

    >>> import wengert
    >>> Hardshrink()(wengert.tensor([-1.0, 0.5]))
    tensor([-1.,  0.])
    """

    _function = staticmethod(F.hardshrink)


class Softshrink(_Shrink):
    """x brought nearer to 0 by lambd, and to 0 where |x| is at most that.

    >>> import wengert
    >>> Softshrink()(wengert.tensor([-1.0, 0.5]))
    tensor([-0.5000,  0.0000])
    """

    _function = staticmethod(F.softshrink)


class PReLU(WithOptions):
    """max(0, x) + weight min(0, x), with weights that are learnt: one, or one for each of the channels.

    >>> import wengert
    >>> PReLU()(wengert.tensor([-2.0, 3.0])).detach()
    tensor([-0.5000,  3.0000])
    """

    weight: Tensor
    init: float

    _shown = ("num_parameters",)

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__(num_parameters=num_parameters, init=init)
        self.weight = parameter_of(num_parameters, device=device, dtype=dtype)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Gives all weights their first value."""
        init.constant_(self.weight, self.init)

    def forward(self, input: Tensor) -> Tensor:
        return F.prelu(input, self.weight)
