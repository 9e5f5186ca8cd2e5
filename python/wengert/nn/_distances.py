"""Distances and angles between rows. Depends on Tensor and normalisations."""

from __future__ import annotations

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn._norms import normalize

__all__ = ["cosine_similarity", "pairwise_distance", "pdist"]


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 . x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`; shapes broadcast.

    >>> import wengert
    >>> cosine_similarity(wengert.tensor([[1.0, 0.0]]), wengert.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    expect.tensors("cosine_similarity", x1=x1, x2=x2)
    if x1.shape != x2.shape:
        # Before the norms are taken: `dim` counts dimensions of what comes out, and may be one that broadcasts.
        x1, x2 = _core.broadcast_tensors(x1, x2)
    return (normalize(x1, 2.0, dim, eps) * normalize(x2, 2.0, dim, eps)).sum(dim)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """|x1 - x2 + eps|_p along the last dimension; shapes broadcast.

    >>> import wengert
    >>> pairwise_distance(wengert.tensor([[0.0, 0.0]]), wengert.tensor([[3.0, 4.0]]))
    tensor([5.0000])
    """
    expect.tensors("pairwise_distance", x1=x1, x2=x2)
    return _core.norm(x1 - x2 + eps, p, -1, keepdim)


def pdist(input: Tensor, p: float = 2.0) -> Tensor:
    """The distances |x_i - x_j|_p of all rows i < j of a matrix, as one vector.

    Raises RuntimeError unless there are 2 dimensions.

    >>> import wengert
    >>> pdist(wengert.tensor([[0.0, 0.0], [3.0, 4.0], [0.0, 0.0]]))
    tensor([5., 0., 5.])
    """
    expect.tensors("pdist", input=input)
    if input.dim() != 2:
        raise RuntimeError(f"pdist only supports 2D tensors, got: {input.dim()}D")
    pairs = _core.triu_indices(input.shape[0], input.shape[0], 1)
    return _core.norm(input[pairs[0]] - input[pairs[1]], p, 1)
