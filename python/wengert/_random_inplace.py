"""Methods of Tensor that overwrite it with random numbers. Depends on `_random`."""

from __future__ import annotations

import math
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._create import options
from wengert._generator import Generator, _mapped, _overwritten, _stream
from wengert._random import _coins, _range, _whole


def uniform_(
    self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None, **kw: Any
) -> Tensor:
    """Overwrites the elements with uniform numbers in [from, to).

    Raises RuntimeError where `from` is greater than `to`.

    >>> wengert.zeros(2).uniform_(1, 1)
    tensor([1., 1.])
    """
    low = kw.pop("from", kw.pop("a", from_))
    high = kw.pop("b", to)
    options("uniform_", kw)
    if not low <= high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    return _overwritten(self, _of("uniform_", self, False, generator) * (high - low) + low)


def _of(name: str, self: Tensor, normal: bool, generator: Any) -> Tensor:
    stream, kind = _stream(name, generator), self.dtype
    return _mapped(list(self.shape), lambda sizes: _core._random(sizes, normal, kind, False, stream))


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with normal numbers.

    Raises RuntimeError for a negative standard deviation.

    >>> wengert.zeros(2).normal_(3.0, 0.0)
    tensor([3., 3.])
    """
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    return _overwritten(self, _of("normal_", self, True, generator) * std + mean)


def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with numbers whose logarithms are normal, with this mean and standard deviation.

    Raises RuntimeError for a standard deviation that is not positive.

    >>> wengert.zeros(2).log_normal_().shape
    torch.Size([2])
    """
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    return _overwritten(self, (_of("log_normal_", self, True, generator) * std + mean).exp())


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with exponential numbers of the rate `lambd`.

    Raises RuntimeError for a rate that is not positive.

    >>> wengert.zeros(2).exponential_().shape
    torch.Size([2])
    """
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambd > 0.0, but found lambd={lambd}")
    _continuous("Exponential", self)
    return _overwritten(self, _exponential("exponential_", self, generator) / lambd)


def _continuous(what: str, self: Tensor) -> None:
    if not self.dtype.is_floating_point:
        raise RuntimeError(
            f"{what} distribution is a continuous probability distribution. dtype must be a floating point but you specified"
            f" {self.dtype}"
        )


def _exponential(name: str, self: Tensor, generator: Any) -> Tensor:
    return -(-_of(name, self, False, generator)).log1p()


def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with the number of trials until the first success of probability `p`.

    Raises RuntimeError for a probability outside of (0, 1).

    >>> wengert.zeros(2).geometric_(0.5).shape
    torch.Size([2])
    """
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    if self.dtype == _core.bool:
        raise NotImplementedError("geometric_: not implemented for 'Bool'; wanted an integer or floating-point dtype")
    stream = _stream("geometric_", generator)
    uniform = _mapped(list(self.shape), lambda sizes: _core._random(sizes, False, _core.float64, False, stream))
    trials = ((-uniform).log1p() / math.log1p(-p)).ceil().clamp(min=1)
    return _overwritten(self, trials.clamp(max=_range(self.dtype)[1]))


def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with numbers of the Cauchy distribution.

    Raises RuntimeError for a scale that is not positive.

    >>> wengert.zeros(2).cauchy_().shape
    torch.Size([2])
    """
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    _continuous("Cauchy", self)
    return _overwritten(self, (_of("cauchy_", self, False, generator) * math.pi - math.pi / 2).tan() * sigma + median)


def bernoulli_(self: Tensor, p: float | Tensor = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with ones of probability `p` (a number or a tensor), else zeros.

    Raises RuntimeError for a probability outside of [0, 1].

    >>> wengert.zeros(2).bernoulli_(1.0)
    tensor([1., 1.])
    """
    return _overwritten(self, _coins("bernoulli_", self, p, generator))


def random_(
    self: Tensor, from_: int | None = None, to: int | None = None, *, generator: Generator | None = None, **kw: Any
) -> Tensor:
    """Overwrites the elements with whole numbers in [from, to), or [0, to); without bounds with all from 0 that the dtype
    holds.

    Raises RuntimeError where there is no such number, or the dtype cannot hold one of them.

    >>> wengert.zeros(2).random_(1)
    tensor([0., 0.])
    """
    low = kw.pop("from", from_)
    options("random_", kw)
    if low is not None and to is None and from_ is not None:
        low, to = 0, from_
    high = _range(self.dtype)[1] + 1 if to is None else to
    return _overwritten(
        self, _whole("random_", list(self.shape), 0 if low is None else low, high, self.dtype, False, generator)
    )


METHODS = [uniform_, normal_, log_normal_, exponential_, geometric_, cauchy_, bernoulli_, random_]
