"""Losses as modules. Depends on Module and nn.functional."""

from __future__ import annotations

from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules._reduced import Reduced
from wengert.nn.modules.margin import (
    CosineEmbeddingLoss as CosineEmbeddingLoss,
    CTCLoss as CTCLoss,
    GaussianNLLLoss as GaussianNLLLoss,
    HingeEmbeddingLoss as HingeEmbeddingLoss,
    MarginRankingLoss as MarginRankingLoss,
    MultiLabelMarginLoss as MultiLabelMarginLoss,
    MultiLabelSoftMarginLoss as MultiLabelSoftMarginLoss,
    MultiMarginLoss as MultiMarginLoss,
    PoissonNLLLoss as PoissonNLLLoss,
    SoftMarginLoss as SoftMarginLoss,
    TripletMarginLoss as TripletMarginLoss,
    TripletMarginWithDistanceLoss as TripletMarginWithDistanceLoss,
)


class MSELoss(Reduced):
    """Squared difference of input and target, reduced.

    >>> import wengert
    >>> MSELoss()(wengert.tensor([1.0, 2.0]), wengert.tensor([0.0, 0.0]))
    tensor(2.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(input, target, reduction=self.reduction)


class L1Loss(Reduced):
    """Absolute difference of input and target, reduced.

    >>> import wengert
    >>> L1Loss()(wengert.tensor([1.0, 2.0]), wengert.tensor([0.0, 0.0]))
    tensor(1.5000)
    """

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.l1_loss(input, target, reduction=self.reduction)


class SmoothL1Loss(Reduced):
    """d^2 / (2 beta) where |d| < beta, else |d| - beta / 2, reduced.

    >>> import wengert
    >>> SmoothL1Loss()(wengert.tensor([0.5, 3.0]), wengert.tensor([0.0, 0.0]))
    tensor(1.3125)
    """

    def __init__(
        self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean", beta: float = 1.0
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.beta = beta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.smooth_l1_loss(input, target, reduction=self.reduction, beta=self.beta)


class HuberLoss(Reduced):
    """d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2), reduced.

    Raises TypeError for a delta that is no number.

    >>> import wengert
    >>> HuberLoss()(wengert.tensor([0.5, 3.0]), wengert.tensor([0.0, 0.0]))
    tensor(1.3125)
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        if not isinstance(delta, (float, int)):
            raise TypeError(f"delta must be a float or int, got: {type(delta)}")
        super().__init__(None, None, reduction)
        self.delta = delta

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.huber_loss(input, target, reduction=self.reduction, delta=self.delta)


class CrossEntropyLoss(Reduced):
    """Cross entropy of logits of shape (C), (N, C) or (N, C, d1, ...) with classes or probabilities.

    >>> import wengert
    >>> CrossEntropyLoss()(wengert.tensor([[0.0, 0.0]]), wengert.tensor([1]))
    tensor(0.6931)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.cross_entropy(
            input,
            target,
            weight=self.weight,
            ignore_index=self.ignore_index,
            reduction=self.reduction,
            label_smoothing=self.label_smoothing,
        )


class NLLLoss(Reduced):
    """Negative log-likelihood of log-probabilities of shape (C), (N, C) or (N, C, d1, ...).

    >>> import wengert
    >>> NLLLoss()(wengert.tensor([[-0.5, -1.0]]), wengert.tensor([1]))
    tensor(1.)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        ignore_index: int = -100,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.ignore_index = ignore_index

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.nll_loss(input, target, weight=self.weight, ignore_index=self.ignore_index, reduction=self.reduction)


class BCELoss(Reduced):
    """Cross entropy of probabilities with targets between 0 and 1.

    >>> import wengert
    >>> BCELoss()(wengert.tensor([0.5, 0.5]), wengert.tensor([1.0, 0.0]))
    tensor(0.6931)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy(input, target, weight=self.weight, reduction=self.reduction)


class BCEWithLogitsLoss(Reduced):
    """BCELoss of sigmoid(input), without overflow; `pos_weight` multiplies the part of positive targets.

    >>> import wengert
    >>> BCEWithLogitsLoss()(wengert.tensor([0.0, 0.0]), wengert.tensor([1.0, 0.0]))
    tensor(0.6931)
    """

    def __init__(
        self,
        weight: Tensor | None = None,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.binary_cross_entropy_with_logits(
            input, target, self.weight, pos_weight=self.pos_weight, reduction=self.reduction
        )


class KLDivLoss(Reduced):
    """Kullback-Leibler divergence of log-probabilities from a target; reduction may be 'batchmean'.

    >>> import wengert
    >>> KLDivLoss()(wengert.tensor([0.0, 0.0]), wengert.tensor([1.0, 1.0]))
    tensor(0.)
    """

    def __init__(
        self,
        size_average: bool | None = None,
        reduce: bool | None = None,
        reduction: str = "mean",
        log_target: bool = False,
    ) -> None:
        super().__init__(size_average, reduce, reduction)
        self.log_target = log_target

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        return F.kl_div(input, target, reduction=self.reduction, log_target=self.log_target)
