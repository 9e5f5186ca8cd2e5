"""Softmax over very many classes, in clusters of rare ones. Depends on Linear and containers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules.container import ModuleList, Sequential
from wengert.nn.modules.linear import Linear
from wengert.nn.modules.module import Module


class _ASMoutput(NamedTuple):
    """What the loss returns: the logarithm of each target's probability, and the mean loss."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """log softmax of a linear layer with `n_classes` outputs of which frequent ones come first: those below `cutoffs[0]` are in the head,
    with one output for each cluster of rarer ones, of which cluster i has features by a factor div_value^(i + 1) fewer.

    `forward(input, target)` returns `output`, the logarithms of the targets' probabilities, and `loss`, minus their mean; `log_prob`
    gives all classes, `predict` the likeliest. (Grave, Joulin, Cisse, Grangier, Jegou, "Efficient softmax approximation for GPUs",
    2016.) Raises ValueError for cutoffs that do not rise between 1 and n_classes - 1, RuntimeError for targets that are no classes.

    >>> import wengert
    >>> layer = AdaptiveLogSoftmaxWithLoss(4, 6, cutoffs=[2])
    >>> layer(wengert.ones(3, 4), wengert.tensor([0, 1, 5])).output.shape
    torch.Size([3])
    >>> wengert.allclose(layer.log_prob(wengert.ones(3, 4)).exp().sum(1), wengert.ones(3))
    True
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        ends = list(cutoffs)
        if not ends:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        rising = all(a < b for a, b in zip([0, *ends], [*ends, n_classes], strict=True))
        if not rising or any(int(c) != c for c in ends):
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is"
                f" between 1 and n_classes-1; got {ends} of {n_classes}"
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*ends, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = ends[0]
        self.n_clusters = len(ends)
        self.head_size = self.shortlist_size + self.n_clusters
        made = {"device": device, "dtype": dtype}
        self.head = Linear(in_features, self.head_size, bias=head_bias, **made)
        self.tail = ModuleList()
        for i in range(self.n_clusters):
            inner = int(in_features // div_value ** (i + 1))
            size = self.cutoffs[i + 1] - self.cutoffs[i]
            steps = (Linear(in_features, inner, bias=False, **made), Linear(inner, size, bias=False, **made))
            self.tail.append(Sequential(*steps))

    def reset_parameters(self) -> None:
        """Draws all weights anew."""
        self.head.reset_parameters()
        for steps in self.tail:
            for step in steps:
                step.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        """The logarithms of the targets' probabilities and the loss; one example may be without its dimension."""
        expect.tensors("AdaptiveLogSoftmaxWithLoss", input=input_, target=target_)
        if target_.dim() > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if target_.dim() == 1 and input_.shape[:1] != target_.shape:
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        if input_.dim() != target_.dim() + 1:
            raise RuntimeError(
                f"{target_.dim()}D target tensor expects {target_.dim() + 1}D input tensors, but found inputs with size {input_.size()}"
            )
        input, target = (x if target_.dim() else x.unsqueeze(0) for x in (input_, target_))
        if not target._is_lifted() and bool(_core.logical_or(target < 0, target >= self.n_classes).any()):
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{target.min().item()},"
                f" {target.max().item()}] were found."
            )
        # The place of each target in the head: its own, or that of its cluster.
        place = target
        found: Any = 0.0
        for i, (low, high) in enumerate(zip(self.cutoffs, self.cutoffs[1:], strict=False)):
            inside = _core.logical_and(target >= low, target < high)
            place = _core.where(inside, self.shortlist_size + i, place)
            found = found + self._in_cluster(i, input, target - low, inside)
        head = F.log_softmax(self.head(input), dim=1).gather(1, place.unsqueeze(1)).squeeze(1)
        output = head + found
        loss = (-output).mean()
        return _ASMoutput(output if target_.dim() else output.squeeze(0), loss)

    def _in_cluster(self, i: int, input: Tensor, target: Tensor, inside: Tensor) -> Tensor:
        """The logarithm of the probability within a cluster, 0 outside of it. Rows of other clusters are not computed, but under a map."""
        if inside._is_lifted():
            rows, place = input, _core.where(inside, target, 0)
        else:
            members = inside.nonzero().squeeze(1)
            rows, place = input.index_select(0, members), target.index_select(0, members)
        local = F.log_softmax(self.tail[i](rows), dim=1).gather(1, place.unsqueeze(1)).squeeze(1)
        if inside._is_lifted():
            return _core.where(inside, local, 0.0)
        return _core._full([input.shape[0]], 0.0, local.dtype, False).index_add(0, members, local)

    def log_prob(self, input: Tensor) -> Tensor:
        """The logarithms of the probabilities of all classes, (N, n_classes)."""
        head = F.log_softmax(self.head(input), dim=1)
        parts = [head[:, : self.shortlist_size]]
        for i, cluster in enumerate(self.tail):
            parts.append(F.log_softmax(cluster(input), dim=1) + head[:, self.shortlist_size + i].unsqueeze(1))
        return _core.cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """The likeliest class of each example, (N,)."""
        return self.log_prob(input).argmax(1)
