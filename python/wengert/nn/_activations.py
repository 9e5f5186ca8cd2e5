"""Activation functions that are made of operations. Those with a formula of their own are in the core."""

from __future__ import annotations

from wengert import _core, _expect as expect
from wengert._core import Tensor


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """max(0, x) + negative_slope * min(0, x), of each element.

    >>> import wengert
    >>> leaky_relu(wengert.tensor([-2.0, 3.0]), 0.5)
    tensor([-1.,  3.])
    """
    expect.tensors("leaky_relu", input=input)
    return _placed(input, _core.where(input > 0, input, input * negative_slope), inplace)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, else alpha * (e^x - 1) (Clevert et al. 2015).

    >>> import wengert
    >>> elu(wengert.tensor([-1.0, 3.0]))
    tensor([-0.6321,  3.0000])
    """
    expect.tensors("elu", input=input)
    above = input > 0
    # What is positive is kept out of the exponential: infinity times 0 would make the gradient nan.
    below = _core.expm1(_core.where(above, 0.0, input))
    return _placed(input, _core.where(above, input, below * alpha), inplace)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(0, x), 6), of each element.

    >>> import wengert
    >>> relu6(wengert.tensor([-1.0, 3.0, 9.0]))
    tensor([0., 3., 6.])
    """
    expect.tensors("relu6", input=input)
    return hardtanh(input, 0.0, 6.0, inplace)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """Each element kept between `min_val` and `max_val`; the derivative at the ends is 0.

    Raises ValueError where min_val is above max_val.

    >>> import wengert
    >>> hardtanh(wengert.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    expect.tensors("hardtanh", input=input)
    if min_val > max_val:
        raise ValueError(f"min_val cannot be greater than max_val; got {min_val} and {max_val}")
    # Cut off from the tape outside: there the value is a constant. nan is not outside, and lets gradients through.
    outside = _core.bitwise_or(input <= min_val, input >= max_val)
    return _placed(input, _core.where(outside, _core.clamp(input.detach(), min_val, max_val), input), inplace)


def logsigmoid(input: Tensor) -> Tensor:
    """log(1 / (1 + e^-x)) of each element, without overflow.

    >>> import wengert
    >>> logsigmoid(wengert.zeros(1))
    tensor([-0.6931])
    """
    expect.tensors("logsigmoid", input=input)
    return -_core.softplus(-input)


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|), of each element.

    >>> import wengert
    >>> softsign(wengert.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    expect.tensors("softsign", input=input)
    return input / (1 + _core.abs(input))


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh(x), of each element.

    >>> import wengert
    >>> tanhshrink(wengert.zeros(1))
    tensor([0.])
    """
    expect.tensors("tanhshrink", input=input)
    return input - _core.tanh(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x * tanh(log(1 + e^x)), of each element (Misra 2019).

    >>> import wengert
    >>> mish(wengert.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8651])
    """
    expect.tensors("mish", input=input)
    return _placed(input, input * _core.tanh(_core.softplus(input)), inplace)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x / (1 + e^-x), of each element (Elfwing et al. 2017; also called swish).

    >>> import wengert
    >>> silu(wengert.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7311])
    """
    expect.tensors("silu", input=input)
    return _placed(input, _core.silu(input), inplace)


def _placed(input: Tensor, value: Tensor, inplace: bool) -> Tensor:
    return input.copy_(value) if inplace else value


__all__ = ["elu", "hardtanh", "leaky_relu", "logsigmoid", "mish", "relu6", "silu", "softsign", "tanhshrink"]
