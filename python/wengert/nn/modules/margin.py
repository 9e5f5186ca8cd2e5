"""Losses of margins, distances and distributions as modules. Depends on the base of losses and nn.functional."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wengert import _expect
from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules._reduced import Reduced

Old = bool | None


class MarginRankingLoss(Reduced):
    """max(0, -target (x1 - x2) + margin), reduced: a target of 1 wants x1 larger, one of -1 x2.

    >>> import wengert
    >>> MarginRankingLoss()(wengert.tensor([1.0]), wengert.tensor([3.0]), wengert.tensor([1.0]))
    tensor(2.)
    """

    def __init__(
        self, margin: float = 0.0, size_average: Old = None, reduce: Old = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.margin_ranking_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class HingeEmbeddingLoss(Reduced):
    """x where the target is 1, max(0, margin - x) where it is -1, reduced.

    >>> import wengert
    >>> HingeEmbeddingLoss()(wengert.tensor([2.0, 0.5]), wengert.tensor([1.0, -1.0]))
    tensor(1.2500)
    """

    def __init__(
        self, margin: float = 1.0, size_average: Old = None, reduce: Old = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.hinge_embedding_loss(input, target, margin=self.margin, reduction=self.reduction)


class CosineEmbeddingLoss(Reduced):
    """1 - cos(x1, x2) where the target is 1, max(0, cos(x1, x2) - margin) where it is -1, reduced.

    >>> import wengert
    >>> one = wengert.tensor([[1.0, 0.0]])
    >>> CosineEmbeddingLoss()(one, one, wengert.tensor([-1.0]))
    tensor(1.)
    """

    def __init__(
        self, margin: float = 0.0, size_average: Old = None, reduce: Old = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.margin = margin

    def forward(self, input1: Tensor, input2: Tensor, target: Tensor) -> Tensor:
        return F.cosine_embedding_loss(input1, input2, target, margin=self.margin, reduction=self.reduction)


class SoftMarginLoss(Reduced):
    """log(1 + e^(-target x)) for targets of 1 and -1, reduced.

    >>> import wengert
    >>> SoftMarginLoss()(wengert.tensor([0.0]), wengert.tensor([1.0]))
    tensor(0.6931)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.soft_margin_loss(input, target, reduction=self.reduction)


class MultiLabelMarginLoss(Reduced):
    """sum over labels y and other classes i of max(0, 1 - (x[y] - x[i])) / C, reduced; labels stand in front of a -1.

    >>> import wengert
    >>> MultiLabelMarginLoss()(wengert.tensor([[0.0, 1.0]]), wengert.tensor([[1, -1]]))
    tensor(0.)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_margin_loss(input, target, reduction=self.reduction)


class MultiLabelSoftMarginLoss(Reduced):
    """Cross entropy of sigmoid(x) with targets of 0 and 1, as the mean over the classes, reduced.

    >>> import wengert
    >>> MultiLabelSoftMarginLoss()(wengert.zeros(1, 2), wengert.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """

    def __init__(
        self, weight: Tensor | None = None, size_average: Old = None, reduce: Old = None, reduction: str = "mean"
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multilabel_soft_margin_loss(input, target, weight=self.weight, reduction=self.reduction)


class MultiMarginLoss(Reduced):
    """sum over classes i other than y of max(0, margin - x[y] + x[i])^p / C, reduced.

    Raises ValueError for p other than 1 and 2, and for weights that are no vector.

    >>> import wengert
    >>> MultiMarginLoss()(wengert.tensor([[0.0, 1.0]]), wengert.tensor([1]))
    tensor(0.)
    """

    def __init__(
        self,
        p: int = 1,
        margin: float = 1.0,
        weight: Tensor | None = None,
        size_average: Old = None,
        reduce: Old = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        if p not in (1, 2):
            raise ValueError("only p == 1 and p == 2 supported")
        _expect.tensors_or_none("MultiMarginLoss", weight=weight)
        if weight is not None and weight.dim() != 1:
            raise ValueError(f"weight must be 1D, but got {weight.dim()}D")
        self.register_buffer("weight", weight)
        self.p = p
        self.margin = margin

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.multi_margin_loss(
            input, target, p=self.p, margin=self.margin, weight=self.weight, reduction=self.reduction
        )


class TripletMarginLoss(Reduced):
    """max(0, |a - p|_p - |a - n|_p + margin) of an anchor, a positive and a negative, reduced.

    With `swap` the negative counts by its distance from the positive where that is less. Raises ValueError for a margin
    that is not above 0.

    >>> import wengert
    >>> a, b = wengert.tensor([[0.0]]), wengert.tensor([[2.0]])
    >>> TripletMarginLoss()(a, b, b)
    tensor(1.)
    """

    def __init__(
        self,
        margin: float = 1.0,
        p: float = 2.0,
        eps: float = 1e-6,
        swap: bool = False,
        size_average: Old = None,
        reduce: Old = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        if margin <= 0:
            raise ValueError(f"TripletMarginLoss: expected margin to be greater than 0, got {margin} instead")
        self.margin = margin
        self.p = p
        self.eps = eps
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_loss(
            anchor,
            positive,
            negative,
            margin=self.margin,
            p=self.p,
            eps=self.eps,
            swap=self.swap,
            reduction=self.reduction,
        )


class TripletMarginWithDistanceLoss(Reduced):
    """TripletMarginLoss with a distance of one's own.

    Raises ValueError for a margin that is not above 0.

    >>> import wengert
    >>> a, b = wengert.tensor([[0.0]]), wengert.tensor([[2.0]])
    >>> TripletMarginWithDistanceLoss(distance_function=lambda x, y: (x - y).abs().sum(1))(a, b, a)
    tensor(3.)
    """

    def __init__(
        self,
        *,
        distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
        margin: float = 1.0,
        swap: bool = False,
        reduction: str = "mean",
    ) -> None:
        super().__init__(None, None, reduction)
        if margin <= 0:
            raise ValueError(
                f"TripletMarginWithDistanceLoss: expected margin to be greater than 0, got {margin} instead"
            )
        self.distance_function: Any = F.pairwise_distance if distance_function is None else distance_function
        self.margin = margin
        self.swap = swap

    def forward(self, anchor: Tensor, positive: Tensor, negative: Tensor) -> Tensor:
        return F.triplet_margin_with_distance_loss(
            anchor,
            positive,
            negative,
            distance_function=self.distance_function,
            margin=self.margin,
            swap=self.swap,
            reduction=self.reduction,
        )


class PoissonNLLLoss(Reduced):
    """e^x - target x, or without `log_input` x - target log(x + eps), reduced; with `full` plus Stirling's term.

    >>> import wengert
    >>> PoissonNLLLoss()(wengert.tensor([0.0]), wengert.tensor([2.0]))
    tensor(1.)
    """

    def __init__(
        self,
        log_input: bool = True,
        full: bool = False,
        size_average: Old = None,
        eps: float = 1e-8,
        reduce: Old = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_input = log_input
        self.full = full
        self.eps = eps

    def forward(self, log_input: Tensor, target: Tensor) -> Tensor:
        return F.poisson_nll_loss(
            log_input, target, log_input=self.log_input, full=self.full, eps=self.eps, reduction=self.reduction
        )


class GaussianNLLLoss(Reduced):
    """(log(var) + (input - target)^2 / var) / 2, reduced, for variances of at least `eps`; with `full` plus log(2 pi) / 2.

    >>> import wengert
    >>> GaussianNLLLoss()(wengert.tensor([1.0]), wengert.tensor([3.0]), wengert.tensor([1.0]))
    tensor(2.)
    """

    def __init__(self, *, full: bool = False, eps: float = 1e-6, reduction: str = "mean") -> None:
        super().__init__(None, None, reduction)
        self.full = full
        self.eps = eps

    def forward(self, input: Tensor, target: Tensor, var: Tensor | float) -> Tensor:
        return F.gaussian_nll_loss(input, target, var, full=self.full, eps=self.eps, reduction=self.reduction)


class CTCLoss(Reduced):
    """Minus the logarithm of the probability of targets over all their alignments with the steps of (T, N, C), reduced.

    The mean is that of losses over target lengths; with `zero_infinity` targets that are too long count as 0.

    >>> import wengert
    >>> even = wengert.full((2, 1, 2), 0.5).log()
    >>> CTCLoss()(even, wengert.tensor([[1]]), [2], [1]).exp()
    tensor(1.3333)
    """

    def __init__(self, blank: int = 0, reduction: str = "mean", zero_infinity: bool = False) -> None:
        super().__init__(None, None, reduction)
        self.blank = blank
        self.zero_infinity = zero_infinity

    def forward(self, log_probs: Tensor, targets: Tensor, input_lengths: Any, target_lengths: Any) -> Tensor:
        return F.ctc_loss(
            log_probs, targets, input_lengths, target_lengths, self.blank, self.reduction, self.zero_infinity
        )
