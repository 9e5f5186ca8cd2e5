"""Losses of margins, distances and distributions. Depends on Tensor and the reductions of losses."""

from __future__ import annotations

import math
from collections.abc import Callable

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn._distances import pairwise_distance
from wengert.nn._losses import reduced

__all__ = [
    "cosine_embedding_loss",
    "gaussian_nll_loss",
    "hinge_embedding_loss",
    "margin_ranking_loss",
    "multi_margin_loss",
    "multilabel_margin_loss",
    "multilabel_soft_margin_loss",
    "poisson_nll_loss",
    "soft_margin_loss",
    "triplet_margin_loss",
    "triplet_margin_with_distance_loss",
]

Old = bool | None


def _above(x: Tensor) -> Tensor:
    return _core.clamp(x, min=0)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Old = None,
    reduce: Old = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, -target (x1 - x2) + margin): a target of 1 wants x1 larger, one of -1 x2.

    Raises RuntimeError for different numbers of dimensions.

    >>> import wengert
    >>> margin_ranking_loss(wengert.tensor([1.0]), wengert.tensor([3.0]), wengert.tensor([1.0]))
    tensor(2.)
    """
    expect.tensors("margin_ranking_loss", input1=input1, input2=input2, target=target)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return reduced(_above(-target * (input1 - input2) + margin), reduction, size_average, reduce)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: Old = None,
    reduce: Old = None,
    reduction: str = "mean",
) -> Tensor:
    """x where the target is 1, max(0, margin - x) where it is -1.

    >>> import wengert
    >>> hinge_embedding_loss(wengert.tensor([2.0, 0.5]), wengert.tensor([1.0, -1.0]), reduction="none")
    tensor([2.0000, 0.5000])
    """
    expect.tensors("hinge_embedding_loss", input=input, target=target)
    # As PyTorch has it, a target that is neither counts on both sides.
    near = _core.where(target != 1, _above(margin - input), 0.0)
    far = _core.where(target != -1, input, 0.0)
    return reduced(near + far, reduction, size_average, reduce)


def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: Old = None, reduce: Old = None, reduction: str = "mean"
) -> Tensor:
    """log(1 + e^(-target x)), for targets of 1 and -1.

    >>> import wengert
    >>> soft_margin_loss(wengert.tensor([0.0]), wengert.tensor([1.0]))
    tensor(0.6931)
    """
    expect.tensors("soft_margin_loss", input=input, target=target)
    if input.shape != target.shape:
        raise RuntimeError(f"input and target have different sizes: {input.size()} and {target.size()}")
    product = -target * input
    return reduced(_core.logaddexp(product, _core._zeros_like(product)), reduction, size_average, reduce)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Old = None,
    reduce: Old = None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1, along the last dimension.

    Inputs are (N, D) with targets (N), or (D) with one target. Raises RuntimeError for other shapes.

    >>> import wengert
    >>> one = wengert.tensor([[1.0, 0.0]])
    >>> cosine_embedding_loss(one, one, wengert.tensor([-1.0]))
    tensor(1.)
    """
    expect.tensors("cosine_embedding_loss", input1=input1, input2=input2, target=target)
    if target.dim() not in (0, 1) or (target.dim() == 1) != (input1.dim() == 2):
        raise RuntimeError(
            f"{target.dim()}D target tensor expects {'2D' if target.dim() == 1 else '1D'} input tensors, but found inputs with "
            f"sizes {list(input1.shape)} and {list(input2.shape)}."
        )
    tiny = 1e-12
    product = (input1 * input2).sum(-1)
    cosine = product / _core.sqrt(((input1 * input1).sum(-1) + tiny) * ((input2 * input2).sum(-1) + tiny))
    loss = _core.where(target == 1, 1 - cosine, 0.0) + _core.where(target == -1, _above(cosine - margin), 0.0)
    return reduced(loss, reduction, size_average, reduce)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Old = None,
    reduce: Old = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), for the distance |x - y + eps|_p.

    With `swap` the negative counts by its distance from the positive where that is less (Balntas et al. 2016). Raises
    ValueError for a margin that is not above 0.

    >>> import wengert
    >>> a, b = wengert.tensor([[0.0]]), wengert.tensor([[2.0]])
    >>> triplet_margin_loss(a, b, b)
    tensor(1.)
    """

    def distance(x: Tensor, y: Tensor) -> Tensor:
        return pairwise_distance(x, y, p, eps)

    expect.tensors("triplet_margin_loss", anchor=anchor, positive=positive, negative=negative)
    return _triplet(distance, anchor, positive, negative, margin, swap, reduction, size_average, reduce)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """`triplet_margin_loss` with a distance of one's own.

    Raises ValueError for a margin that is not above 0.

    >>> import wengert
    >>> a, b = wengert.tensor([[0.0]]), wengert.tensor([[2.0]])
    >>> triplet_margin_with_distance_loss(a, b, a, distance_function=lambda x, y: (x - y).abs().sum(1))
    tensor(3.)
    """
    expect.tensors("triplet_margin_with_distance_loss", anchor=anchor, positive=positive, negative=negative)
    return _triplet(distance_function or pairwise_distance, anchor, positive, negative, margin, swap, reduction)


def _triplet(
    distance: Callable[[Tensor, Tensor], Tensor],
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float,
    swap: bool,
    reduction: str,
    size_average: Old = None,
    reduce: Old = None,
) -> Tensor:
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor "
            f"{anchor.dim()}D, positive {positive.dim()}D, and negative {negative.dim()}D inputs"
        )
    near, far = distance(anchor, positive), distance(anchor, negative)
    if swap:
        far = _core.minimum(far, distance(positive, negative))
    return reduced(_above(near - far + margin), reduction, size_average, reduce)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: Old = None,
    eps: float = 1e-8,
    reduce: Old = None,
    reduction: str = "mean",
) -> Tensor:
    """e^x - target x, or without `log_input` x - target log(x + eps): for targets of a Poisson distribution.

    With `full` Stirling's approximation of log(target!) is added where the target is above 1.

    >>> import wengert
    >>> poisson_nll_loss(wengert.tensor([0.0]), wengert.tensor([2.0]))
    tensor(1.)
    """
    expect.tensors("poisson_nll_loss", input=input, target=target)
    loss = _core.exp(input) - target * input if log_input else input - target * _core.log(input + eps)
    if full:
        safe = _core.where(target > 1, target, 1.0)
        stirling = safe * _core.log(safe) - safe + 0.5 * _core.log(2 * math.pi * safe)
        loss = loss + _core.where(target > 1, stirling, 0.0)
    return reduced(loss, reduction, size_average, reduce)


def gaussian_nll_loss(
    input: Tensor, target: Tensor, var: Tensor | float, full: bool = False, eps: float = 1e-6, reduction: str = "mean"
) -> Tensor:
    """(log(var) + (input - target)^2 / var) / 2, for variances of at least `eps`; with `full` plus log(2 pi) / 2.

    The variance has the input's shape, or one element for its last dimension. Its floor has no gradient. Raises ValueError
    for other shapes, negative variances and unknown reductions.

    >>> import wengert
    >>> gaussian_nll_loss(wengert.tensor([1.0]), wengert.tensor([3.0]), wengert.tensor([1.0]))
    tensor(2.)
    """
    expect.tensors("gaussian_nll_loss", input=input, target=target)
    if not isinstance(var, Tensor):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = _core._full(list(input.shape), float(var), input.dtype, False)
    elif not var._is_lifted() and bool((var < 0).any()):
        raise ValueError("var has negative entry/entries")
    if var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.unsqueeze(-1)
        elif not (input.shape[:-1] == var.shape[:-1] and var.shape[-1] == 1):
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    # PyTorch clamps the value and lets the gradient through.
    floor = _core.clamp(var.detach(), min=eps)
    var = var + (floor - var.detach())
    d = input - target
    loss = 0.5 * (_core.log(var) + d * d / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, reduction)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Old = None,
    reduce: Old = None,
    reduction: str = "mean",
) -> Tensor:
    """Cross entropy of sigmoid(x) with targets of 0 and 1, as the mean over the classes (the last dimension).

    >>> import wengert
    >>> multilabel_soft_margin_loss(wengert.zeros(1, 2), wengert.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """
    expect.tensors("multilabel_soft_margin_loss", input=input, target=target)
    loss = target * _core.softplus(-input) + (1 - target) * _core.softplus(input)
    loss = loss if weight is None else loss * weight
    return reduced(loss.mean(-1), reduction, size_average, reduce)


def _classes(name: str, input: Tensor) -> Tensor:
    """(N, C) of (N, C) or (C)."""
    if input.dim() not in (1, 2) or input.shape[-1] == 0:
        raise RuntimeError(
            f"{name}: Expected non-empty vector or matrix with optional 0-dim batch size, but got: {list(input.shape)}"
        )
    return input if input.dim() == 2 else input.unsqueeze(0)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: Old = None,
    reduce: Old = None,
    reduction: str = "mean",
) -> Tensor:
    """sum over classes i other than y of max(0, margin - x[y] + x[i])^p / C, times weight[y]; inputs are (N, C) or (C).

    Raises ValueError for p other than 1 and 2.

    >>> import wengert
    >>> multi_margin_loss(wengert.tensor([[0.0, 1.0]]), wengert.tensor([1]))
    tensor(0.)
    """
    expect.tensors("multi_margin_loss", input=input, target=target)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    rows = _classes("multi_margin_loss", input)
    places = target.reshape(-1, 1)
    if places.shape[0] != rows.shape[0]:
        raise RuntimeError(f"inconsistent target size, expected {rows.shape[0]} but got {list(target.shape)}")
    lacks = _above(margin - rows.gather(1, places) + rows)
    lacks = lacks if p == 1 else lacks * lacks
    if weight is not None:
        lacks = lacks * weight[places]
    own = _core._arange(0, rows.shape[1], 1, _core.int64, False) == places
    loss = _core.masked_fill(lacks, own, 0.0).sum(1) / rows.shape[1]
    return reduced(loss if input.dim() == 2 else loss.squeeze(0), reduction, size_average, reduce)


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: Old = None, reduce: Old = None, reduction: str = "mean"
) -> Tensor:
    """sum over labels y and other classes i of max(0, 1 - (x[y] - x[i])) / C; inputs are (N, C) or (C).

    Targets hold labels in front, up to the first -1. Raises RuntimeError for other shapes and labels out of range.

    >>> import wengert
    >>> multilabel_margin_loss(wengert.tensor([[0.0, 1.0]]), wengert.tensor([[1, -1]]))
    tensor(0.)
    """
    expect.tensors("multilabel_margin_loss", input=input, target=target)
    if input.shape != target.shape:
        raise RuntimeError(f"inconsistent target size: {list(target.shape)} for input of size: {list(input.shape)}")
    rows, labels = _classes("multilabel_margin_loss", input), _classes("multilabel_margin_loss", target)
    if not labels._is_lifted() and bool((labels >= rows.shape[1]).any() or (labels < -1).any()):
        raise RuntimeError(
            "multilabel_margin_loss: target is out of range; wanted labels below the number of classes, or -1"
        )
    counted = _core._cast(labels < 0, _core.int64, False).cumsum(1) == 0
    places = _core.masked_fill(labels, _core.logical_not(counted), 0)
    marks = _core._cast(counted, rows.dtype, False)
    own = _core.scatter_add(_core._zeros_like(rows.detach()), 1, places, marks) > 0
    # One row for each label, one column for each class.
    lacks = _above(1 - (rows.gather(1, places).unsqueeze(2) - rows.unsqueeze(1)))
    kept = marks.unsqueeze(2) * _core._cast(_core.logical_not(own), rows.dtype, False).unsqueeze(1)
    loss = (lacks * kept).sum(dim=(1, 2)) / rows.shape[1]
    return reduced(loss if input.dim() == 2 else loss.squeeze(0), reduction, size_average, reduce)
