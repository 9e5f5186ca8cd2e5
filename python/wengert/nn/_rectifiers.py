"""Activation functions in pieces: rectifiers, shrinks and hard versions of smooth ones. Depends on Tensor and random numbers."""

from __future__ import annotations

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._random import rand

__all__ = [
    "relu_",
    "leaky_relu_",
    "rrelu_",
    "elu_",
    "selu_",
    "celu_",
    "hardtanh_",
    "threshold_",
    "celu",
    "elu",
    "hardshrink",
    "hardsigmoid",
    "hardswish",
    "hardtanh",
    "leaky_relu",
    "prelu",
    "relu",
    "relu6",
    "rrelu",
    "selu",
    "softshrink",
    "threshold",
]

# Fixed points of the mean and variance of activations (Klambauer et al. 2017).
SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def placed(input: Tensor, value: Tensor, inplace: bool) -> Tensor:
    """The value, or the input with the value written into it."""
    return input.copy_(value) if inplace else value


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(0, x), of each element; written into the input if `inplace`.

    >>> import wengert
    >>> relu(wengert.tensor([-1.0, 3.0]))
    tensor([0., 3.])
    """
    if inplace:
        expect.tensors("relu", input=input)
        return input.relu_()
    return _core.relu(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """max(0, x) + negative_slope * min(0, x), of each element.

    >>> import wengert
    >>> leaky_relu(wengert.tensor([-2.0, 3.0]), 0.5)
    tensor([-1.,  3.])
    """
    expect.tensors("leaky_relu", input=input)
    return placed(input, _core.where(input > 0, input, input * negative_slope), inplace)


def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """max(0, x) + weight * min(0, x): one weight, or one for each entry of dimension 1.

    Raises RuntimeError where the weights are neither.

    >>> import wengert
    >>> prelu(wengert.tensor([-2.0, 3.0]), wengert.tensor([0.25]))
    tensor([-0.5000,  3.0000])
    """
    expect.tensors("prelu", input=input, weight=weight)
    if weight.numel() != 1:
        channels = input.shape[1] if input.dim() > 1 else 1
        if weight.dim() != 1 or weight.numel() != channels:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.numel()} and channel size = {channels}."
            )
        weight = weight.reshape(-1, *[1] * (input.dim() - 2))
    else:
        weight = weight.reshape(())
    above = input > 0
    # What is above is kept out of the product: infinity times 0 would make the weight's gradient nan.
    return _core.where(above, input, _core.where(above, 0.0, input) * weight)


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """leaky_relu whose slope is drawn between `lower` and `upper` for each element, or is their mean if not `training`.

    (Xu et al., "Empirical Evaluation of Rectified Activations in Convolutional Network", 2015.) Raises RuntimeError where
    lower is above upper.

    >>> import wengert
    >>> rrelu(wengert.tensor([-2.0, 3.0]), 0.25, 0.75)
    tensor([-1.,  3.])
    """
    expect.tensors("rrelu", input=input)
    if lower > upper:
        raise RuntimeError(f"Lower bound should be less than or equal to the upper bound; got {lower} and {upper}")
    if not training:
        return leaky_relu(input, (lower + upper) / 2, inplace)
    slope = rand(list(input.shape), dtype=input.dtype) * (upper - lower) + lower
    return placed(input, _core.where(input > 0, input, input * slope), inplace)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """x where x > 0, else alpha * (e^x - 1) (Clevert et al. 2015).

    >>> import wengert
    >>> elu(wengert.tensor([-1.0, 3.0]))
    tensor([-0.6321,  3.0000])
    """
    expect.tensors("elu", input=input)
    below = input <= 0
    # What is positive is kept out of the exponential: infinity times 0 would make the gradient nan.
    curved = _core.expm1(_core.where(below, input, 0.0)) * alpha
    return placed(input, _core.where(below, curved, input), inplace)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """scale * elu(x, alpha), with the constants that keep mean 0 and variance 1 (Klambauer et al. 2017).

    >>> import wengert
    >>> selu(wengert.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """
    expect.tensors("selu", input=input)
    return placed(input, elu(input, SELU_ALPHA) * SELU_SCALE, inplace)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """max(0, x) + min(0, alpha * (e^(x / alpha) - 1)) (Barron 2017).

    Raises RuntimeError for an alpha of 0.

    >>> import wengert
    >>> celu(wengert.tensor([-1.0, 3.0]), alpha=2.0)
    tensor([-0.7869,  3.0000])
    """
    expect.tensors("celu", input=input)
    if alpha == 0:
        raise RuntimeError("ZeroDivisionError: alpha cannot be 0 for CELU")
    below = input <= 0
    curved = _core.expm1(_core.where(below, input, 0.0) / alpha) * alpha
    return placed(input, _core.where(below, curved, input), inplace)


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
    if not input.is_floating_point():
        if input.dtype is _core.bool:
            raise NotImplementedError("Bool inputs not supported for hardtanh; try float()")
        low = int(min_val) if input.dtype.is_signed else max(int(min_val), 0)
        return placed(input, _core.clamp(input, low, int(max_val)), inplace)
    # Cut off from the tape outside: there the value is a constant. nan is not outside, and lets gradients through.
    outside = _core.bitwise_or(input <= min_val, input >= max_val)
    return placed(input, _core.where(outside, _core.clamp(input.detach(), min_val, max_val), input), inplace)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """min(max(0, x + 3), 6) / 6, of each element.

    >>> import wengert
    >>> hardsigmoid(wengert.tensor([-4.0, 0.0, 4.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    expect.tensors("hardsigmoid", input=input)
    inside = _core.bitwise_and(input > -3.0, input < 3.0)
    # Cut off from the tape outside, where the value is a constant, and at nan.
    ends = _core.clamp(input.detach() + 3.0, 0.0, 6.0)
    return placed(input, _core.where(inside, input + 3.0, ends) / 6.0, inplace)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """x * hardsigmoid(x), of each element (Howard et al., "Searching for MobileNetV3", 2019).

    >>> import wengert
    >>> hardswish(wengert.tensor([1.0, 4.0]))
    tensor([0.6667, 4.0000])
    """
    expect.tensors("hardswish", input=input)
    inside = _core.bitwise_and(input > -3.0, input < 3.0)
    # What lies outside is kept out of the product: infinity times 0 would make the gradient nan.
    middle = _core.where(inside, input, 0.0)
    outside = _core.masked_fill(input, input <= -3.0, 0.0)
    return placed(input, _core.where(inside, middle * (middle + 3.0) / 6.0, outside), inplace)


def hardshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x where |x| > lambd, else 0.

    >>> import wengert
    >>> hardshrink(wengert.tensor([-1.0, 0.5]))
    tensor([-1.,  0.])
    """
    expect.tensors("hardshrink", input=input)
    return _core.masked_fill(input, _core.bitwise_and(input >= -lambd, input <= lambd), 0.0)


def softshrink(input: Tensor, lambd: float = 0.5) -> Tensor:
    """x - lambd where x > lambd, x + lambd where x < -lambd, else 0.

    Raises RuntimeError for a lambd below 0.

    >>> import wengert
    >>> softshrink(wengert.tensor([-1.0, 0.5]))
    tensor([-0.5000,  0.0000])
    """
    expect.tensors("softshrink", input=input)
    if not lambd >= 0:
        raise RuntimeError(f"lambda must be greater or equal to 0, but found to be {lambd}.")
    # nan is in none of the three, and lets gradients through.
    below = _core.where(input >= -lambd, input * 0.0, input + lambd)
    return _core.where(input > lambd, input - lambd, below)


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """x where x > threshold, else `value`.

    >>> import wengert
    >>> from wengert.nn import functional
    >>> functional.threshold(wengert.tensor([0.5, 2.0]), 1.0, 9.0)
    tensor([9., 2.])
    """
    expect.tensors("threshold", input=input)
    return placed(input, _core.masked_fill(input, input <= threshold, value), inplace)


def relu_(input: Tensor) -> Tensor:
    """`relu`, written into the input.

    >>> import wengert
    >>> relu_(wengert.tensor([-1.0, 3.0]))
    tensor([0., 3.])
    """
    return relu(input, True)


def leaky_relu_(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """`leaky_relu`, written into the input.

    >>> import wengert
    >>> leaky_relu_(wengert.tensor([-2.0, 3.0]), 0.5)
    tensor([-1.,  3.])
    """
    return leaky_relu(input, negative_slope, True)


def rrelu_(input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False) -> Tensor:
    """`rrelu`, written into the input.

    >>> import wengert
    >>> rrelu_(wengert.tensor([-2.0, 3.0]), 0.25, 0.75)
    tensor([-1.,  3.])
    """
    return rrelu(input, lower, upper, training, True)


def elu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`elu`, written into the input.

    >>> import wengert
    >>> elu_(wengert.tensor([-1.0, 3.0]))
    tensor([-0.6321,  3.0000])
    """
    return elu(input, alpha, True)


def selu_(input: Tensor) -> Tensor:
    """`selu`, written into the input.

    >>> import wengert
    >>> selu_(wengert.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """
    return selu(input, True)


def celu_(input: Tensor, alpha: float = 1.0) -> Tensor:
    """`celu`, written into the input.

    >>> import wengert
    >>> celu_(wengert.tensor([-1.0, 3.0]), 2.0)
    tensor([-0.7869,  3.0000])
    """
    return celu(input, alpha, True)


def hardtanh_(input: Tensor, min_val: float = -1.0, max_val: float = 1.0) -> Tensor:
    """`hardtanh`, written into the input.

    >>> import wengert
    >>> hardtanh_(wengert.tensor([-2.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    return hardtanh(input, min_val, max_val, True)


def threshold_(input: Tensor, threshold: float, value: float) -> Tensor:
    """`threshold`, written into the input.

    >>> import wengert
    >>> threshold_(wengert.tensor([0.5, 2.0]), 1.0, 9.0)
    tensor([9., 2.])
    """
    expect.tensors("threshold_", input=input)
    return input.masked_fill_(input <= threshold, value)
