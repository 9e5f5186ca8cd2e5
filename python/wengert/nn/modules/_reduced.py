"""The base of losses: a reduction. Depends on Module."""

from __future__ import annotations

from wengert._core import Tensor
from wengert.nn._losses import older_reduction
from wengert.nn.modules.module import Module


class Reduced(Module):
    """A module with a reduction: 'mean', 'sum' or 'none'; `size_average` and `reduce` are the older spelling."""

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(self, size_average: bool | None = None, reduce: bool | None = None, reduction: str = "mean") -> None:
        super().__init__()
        if size_average is not None or reduce is not None:
            reduction = older_reduction(size_average, reduce)
        self.reduction = reduction
