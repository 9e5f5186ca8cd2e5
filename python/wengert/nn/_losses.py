"""Losses of wengert.nn.functional that are plain formulas of elements. Depends on Tensor and its operations."""

from __future__ import annotations

import warnings

from wengert import _core, _expect as expect
from wengert._core import Tensor

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "mse_loss",
    "smooth_l1_loss",
]


def older_reduction(size_average: bool | None, reduce: bool | None) -> str:
    """The reduction that the older spelling means, with PyTorch's warning."""
    found = "none" if reduce is False else "sum" if size_average is False else "mean"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{found}' instead.", stacklevel=4
    )
    return found


def reduced(loss: Tensor, reduction: str, size_average: bool | None = None, reduce: bool | None = None) -> Tensor:
    """The loss as it is, its mean or its sum."""
    if size_average is not None or reduce is not None:
        reduction = older_reduction(size_average, reduce)
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError(f"{reduction} is not a valid value for reduction; wanted 'none', 'mean' or 'sum'")


def _check_sizes(input: Tensor, target: Tensor) -> None:
    if input.shape != target.shape:
        warnings.warn(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}). This will likely "
            "lead to incorrect results due to broadcasting. Please ensure they have the same size.",
            stacklevel=3,
        )


def _weighted(loss: Tensor, weight: Tensor | None) -> Tensor:
    return loss if weight is None else loss * weight


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Squared difference (input - target)^2, as it is, or its mean or sum; `weight` multiplies each element.

    The weighted mean is divided by the weights' sum. Warns where shapes differ.

    >>> import wengert
    >>> mse_loss(wengert.tensor([1.0, 2.0]), wengert.tensor([0.0, 0.0]))
    tensor(2.5000)
    """
    expect.tensors("mse_loss", input=input, target=target)
    _check_sizes(input, target)
    d = input - target
    return _core._named(_weighted_reduced(d * d, weight, reduction, size_average, reduce), "MseLossBackward0")


def _weighted_reduced(
    loss: Tensor, weight: Tensor | None, reduction: str, size_average: bool | None, reduce: bool | None
) -> Tensor:
    if weight is None:
        return reduced(loss, reduction, size_average, reduce)
    expect.tensors("loss", weight=weight)
    loss = loss * weight
    if reduction == "mean" and size_average is None and reduce is None:
        return loss.sum() / weight.expand(loss.shape).sum()
    return reduced(loss, reduction, size_average, reduce)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Absolute difference |input - target|, as it is, or its mean or sum; `weight` multiplies each element.

    >>> import wengert
    >>> l1_loss(wengert.tensor([1.0, 2.0]), wengert.tensor([0.0, 0.0]))
    tensor(1.5000)
    """
    expect.tensors("l1_loss", input=input, target=target)
    _check_sizes(input, target)
    return _weighted_reduced(_core.abs(input - target), weight, reduction, size_average, reduce)


def _rounded(d: Tensor, near: Tensor, factor: float, far: Tensor) -> Tensor:
    """factor d^2 where d is near 0, else `far`; what is not near is kept out of the square, lest infinity times 0 be nan."""
    held = _core.where(near, d, 0.0)
    return _core.where(near, held * held * factor, far)


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2), for d = input - target.

    Raises RuntimeError unless delta > 0. (Huber, "Robust Estimation of a Location Parameter", 1964.)

    >>> import wengert
    >>> huber_loss(wengert.tensor([0.5, 3.0]), wengert.tensor([0.0, 0.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    expect.tensors("huber_loss", input=input, target=target)
    if not delta > 0:
        raise RuntimeError(f"huber_loss does not support non-positive values for delta; got {delta}")
    _check_sizes(input, target)
    d = input - target
    size = _core.abs(d)
    loss = _rounded(d, size <= delta, 0.5, (size - 0.5 * delta) * delta)
    return _core._named(_weighted_reduced(loss, weight, reduction, None, None), "HuberLossBackward0")


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, for d = input - target.

    Raises RuntimeError where beta < 0; beta = 0 is l1_loss.

    >>> import wengert
    >>> smooth_l1_loss(wengert.tensor([0.5, 3.0]), wengert.tensor([0.0, 0.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    expect.tensors("smooth_l1_loss", input=input, target=target)
    if beta < 0:
        raise RuntimeError(f"smooth_l1_loss does not support negative values for beta; got {beta}")
    _check_sizes(input, target)
    d = input - target
    size = _core.abs(d)
    loss = size if beta == 0 else _rounded(d, size < beta, 0.5 / beta, size - 0.5 * beta)
    return _core._named(reduced(loss, reduction, size_average, reduce), "SmoothL1LossBackward0")


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-(target log(input) + (1 - target) log(1 - input)), the logarithms not below -100.

    Raises ValueError where shapes differ, RuntimeError where an input lies outside of 0 to 1.

    >>> import wengert
    >>> binary_cross_entropy(wengert.tensor([0.5, 0.5]), wengert.tensor([1.0, 0.0]))
    tensor(0.6931)
    """
    expect.tensors("binary_cross_entropy", input=input, target=target)
    if input.shape != target.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size ({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    values = input.detach()
    if not values._is_lifted() and _core.any(_core.gt(_core.abs(values - 0.5), 0.5)).item():
        raise RuntimeError("all elements of input should be between 0 and 1; try sigmoid, or the loss with logits")
    loss = (target - 1.0) * _log(1.0 - input) - target * _log(input)
    return _core._named(
        reduced(_weighted(loss, weight), reduction, size_average, reduce), "BinaryCrossEntropyBackward0"
    )


def _log(x: Tensor) -> Tensor:
    """log(x), not below -100; the derivative there is 1e12, as PyTorch has it for this loss."""
    tiny = x.detach() <= 3.720075976020836e-44  # e^-100
    return _core.where(tiny, x * 1e12 - 100.0, _core.log(_core.where(tiny, 1.0, x)))


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """binary_cross_entropy of sigmoid(input), without overflow; `pos_weight` multiplies the part of positive targets.

    (1 - t) x + (1 + (pos_weight - 1) t) log(1 + e^-x). Raises ValueError where shapes differ.

    >>> import wengert
    >>> binary_cross_entropy_with_logits(wengert.tensor([0.0, 0.0]), wengert.tensor([1.0, 0.0]))
    tensor(0.6931)
    """
    expect.tensors("binary_cross_entropy_with_logits", input=input, target=target)
    if input.shape != target.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    pair = _core.stack([-input, input * 0.0], -1)
    soft = _core.logsumexp(pair, -1)  # log(1 + e^-x)
    factor = 1.0 if pos_weight is None else (pos_weight - 1.0) * target + 1.0
    loss = (1.0 - target) * input + soft * factor
    return _core._named(
        reduced(_weighted(loss, weight), reduction, size_average, reduce), "BinaryCrossEntropyWithLogitsBackward0"
    )


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """Kullback-Leibler divergence target (log(target) - input), of log-probabilities `input`; 0 where the target is 0.

    With `log_target` the target is given as logarithms. Reduction 'batchmean' is the sum over the first size.

    >>> import wengert
    >>> kl_div(wengert.log(wengert.tensor([0.5, 0.5])), wengert.tensor([0.5, 0.5]), reduction="sum")
    tensor(0.)
    """
    expect.tensors("kl_div", input=input, target=target)
    if log_target:
        loss = _core.exp(target) * (target - input)
    else:
        loss = _core.xlogy(target, target) - target * input
    if reduction == "mean" and size_average is None and reduce is None:
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size. 'batchmean' divides only by "
            "the batch size, and aligns with the KL div math definition.",
            stacklevel=2,
        )
    if reduction == "batchmean" and size_average is None and reduce is None:
        return loss.sum() / input.shape[0] if input.dim() else loss.sum()
    return reduced(loss, reduction, size_average, reduce)
