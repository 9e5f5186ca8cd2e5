"""Dropout as layers. Depends on the modules with options and nn.functional."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn._dropout import check_p
from wengert.nn.modules._options import WithOptions


class _Dropout(WithOptions):
    """Something that is dropped with a probability `p` while training."""

    _drop: Any
    p: float
    inplace: bool

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        check_p(p)
        super().__init__(p=p, inplace=inplace)

    def forward(self, input: Tensor) -> Tensor:
        return type(self)._drop(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """Each element set to 0 with probability `p` while training, the others divided by 1 - p.

    Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> Dropout(0.5).eval()(wengert.ones(2)).shape
    torch.Size([2])
    """

    _drop = staticmethod(F.dropout)


class Dropout1d(_Dropout):
    """Whole channels of (N, C, L) or (C, L) set to 0 with probability `p` while training.

    Others are divided by 1 - p. Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> Dropout1d(0.5).eval()(wengert.ones(1, 2, 3)).shape
    torch.Size([1, 2, 3])
    """

    _drop = staticmethod(F.dropout1d)


class Dropout2d(_Dropout):
    """Whole channels of (N, C, H, W) set to 0 with probability `p` while training.

    Others are divided by 1 - p. Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> Dropout2d(0.5).eval()(wengert.ones(1, 2, 3, 3)).shape
    torch.Size([1, 2, 3, 3])
    """

    _drop = staticmethod(F.dropout2d)


class Dropout3d(_Dropout):
    """Whole channels of (N, C, D, H, W) or (C, D, H, W) set to 0 with probability `p` while training.

    Others are divided by 1 - p. Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> Dropout3d(0.5).eval()(wengert.ones(1, 2, 3, 3, 3)).shape
    torch.Size([1, 2, 3, 3, 3])
    """

    _drop = staticmethod(F.dropout3d)


class AlphaDropout(_Dropout):
    """Each element set to selu's lower end with probability `p` while training, then scaled to mean 0 and variance 1.

    Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> AlphaDropout(0.5).eval()(wengert.ones(2)).shape
    torch.Size([2])
    """

    _drop = staticmethod(F.alpha_dropout)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels of (N, C, ...).

    Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> FeatureAlphaDropout(0.5).eval()(wengert.ones(1, 2, 3)).shape
    torch.Size([1, 2, 3])
    """

    _drop = staticmethod(F.feature_alpha_dropout)
