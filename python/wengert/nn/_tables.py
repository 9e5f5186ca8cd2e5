"""Rows of tables by index: embedding, embedding_bag, one_hot. Depends on Tensor."""

from __future__ import annotations

import itertools

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.autograd import no_grad

__all__ = ["embedding", "embedding_bag", "one_hot"]


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """1 at the class, 0 elsewhere, in a new last dimension of `num_classes` (one more than the largest when -1).

    Raises RuntimeError for classes that are negative or too large, and for a tensor that is not int64; ValueError under a
    transform without `num_classes`.

    >>> import wengert
    >>> one_hot(wengert.tensor([0, 2]), 3)
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    expect.tensors("one_hot", tensor=tensor)
    if tensor.dtype is not _core.int64:
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor; got {tensor.dtype}")
    if tensor._is_lifted():
        # Values under a transform are not looked at.
        if num_classes == -1:
            raise ValueError(
                "one_hot: under a transform the number of classes cannot be inferred; please provide an explicit positive "
                "num_classes argument"
            )
        classes = _core._arange(0, num_classes, 1, _core.int64, False)
        return _core._cast(tensor.unsqueeze(-1) == classes, _core.int64, False)
    if tensor.numel() == 0:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor; try num_classes=")
        return _core._full([*tensor.shape, num_classes], 0, _core.int64, False)
    low, high = int(tensor.min().item()), int(tensor.max().item())
    if low < 0:
        raise RuntimeError(f"Class values must be non-negative; got {low}")
    if num_classes == -1:
        num_classes = high + 1
    if num_classes < 1 or high >= num_classes:
        raise RuntimeError(f"Class values must be smaller than num_classes; got {high} and num_classes={num_classes}")
    classes = _core._arange(0, num_classes, 1, _core.int64, False)
    return _core._cast(tensor.unsqueeze(-1) == classes, _core.int64, False)


def _checked(name: str, input: Tensor, rows: int) -> Tensor:
    """Indices as int64."""
    if input.dtype not in (_core.int64, _core.int32):
        raise RuntimeError(f"{name}: got indices of {input.dtype}, wanted long or int; try long()")
    if not input._is_lifted() and input.numel():
        low, high = int(input.min().item()), int(input.max().item())
        if low < 0 or high >= rows:
            raise IndexError(
                f"index out of range in self: got {low if low < 0 else high}, wanted 0 to {rows - 1}, the rows of the weight"
            )
    return _core._cast(input, _core.int64, False)


def _shorten(weight: Tensor, input: Tensor, max_norm: float, norm_type: float) -> None:
    """Rows that are about to be looked up, brought to a norm of at most `max_norm`, in place."""
    with no_grad():
        places = _core.unique(input.reshape(-1))
        rows = weight.detach()[places]
        norms = _core.norm(rows, norm_type, 1, True)
        factor = _core.where(norms > max_norm, max_norm / (norms + 1e-7), 1.0)
        weight.detach().index_copy_(0, places, rows * factor)


def _by_frequency(rows: Tensor, input: Tensor) -> Tensor:
    """The same rows, whose gradients are divided by how often each was looked up."""
    flat = input.reshape(-1)
    counts = _core.bincount(flat)[flat].reshape(input.shape).unsqueeze(-1)
    fixed = rows.detach()
    # The difference is 0: it only carries the gradient.
    return fixed + (rows - fixed) / counts


def _rows(
    name: str,
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None,
    max_norm: float | None,
    norm_type: float,
    scale_grad_by_freq: bool,
) -> Tensor:
    places = _checked(name, input, int(weight.shape[0]))
    if max_norm is not None:
        _shorten(weight, places, max_norm, norm_type)
    if padding_idx is not None:
        every = _core._arange(0, weight.shape[0], 1, _core.int64, False)
        weight = _core.where((every == padding_idx).unsqueeze(-1), weight.detach(), weight)
    rows = weight[places]
    return _by_frequency(rows, places) if scale_grad_by_freq else rows


def _padding(weight: Tensor, padding_idx: int | None) -> int | None:
    rows = weight.shape[0]
    if padding_idx is not None and not -rows <= padding_idx < rows:
        raise AssertionError(f"Padding_idx must be within num_embeddings; got {padding_idx} for {rows} rows")
    return None if padding_idx is None else padding_idx % rows


def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Rows of `weight` at the indices `input`; the row at `padding_idx` gets no gradient.

    Rows whose norm is above `max_norm` are shortened in place first; with `scale_grad_by_freq` gradients are divided by how
    often a row was looked up. Raises NotImplementedError for `sparse`, IndexError for an index out of range.

    >>> import wengert
    >>> embedding(wengert.tensor([1, 0]), wengert.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    expect.tensors("embedding", input=input, weight=weight)
    if weight.dim() != 2:
        raise RuntimeError(f"'weight' must be 2-D; got shape {list(weight.shape)}")
    if sparse:
        raise NotImplementedError("embedding: sparse gradients are not supported; leave sparse out")
    padding_idx = _padding(weight, padding_idx)
    found = _rows("embedding", input, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq)
    return _core._named(found, "EmbeddingBackward0")


def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """Means, sums or largest elements ('max') of rows of `weight` over bags of indices: the rows of (B, N) or, of a vector,
    what lies between `offsets`.

    Rows at `padding_idx` are left out; a bag of none gives zeros. Raises ValueError for other shapes and modes,
    NotImplementedError for `sparse` and for weights of samples in another mode than 'sum'.

    >>> import wengert
    >>> table = wengert.tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> embedding_bag(wengert.tensor([0, 1, 1]), table, wengert.tensor([0, 2]))
    tensor([[2., 3.],
            [3., 4.]])
    """
    expect.tensors("embedding_bag", input=input, weight=weight)
    if sparse:
        raise NotImplementedError("embedding_bag: sparse gradients are not supported; leave sparse out")
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    if per_sample_weights is not None and mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got "
            f"mode='{mode}')."
        )
    if per_sample_weights is not None and per_sample_weights.shape != input.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then it must have the same shape "
            f"as the input ({input.shape})"
        )
    bags = _bags(input, offsets, include_last_offset)
    padding_idx = _padding(weight, padding_idx)
    flat = input.reshape(-1)
    rows = _rows("embedding_bag", flat, weight, padding_idx, max_norm, norm_type, scale_grad_by_freq)
    if per_sample_weights is not None:
        rows = rows * per_sample_weights.reshape(-1, 1)
    found = []
    for start, end in bags:
        bag = rows[start:end]
        if padding_idx is not None:
            bag = bag[flat[start:end] != padding_idx]
        if bag.shape[0] == 0:
            found.append(bag.sum(0))
        else:
            found.append(bag.max(0)[0] if mode == "max" else bag.sum(0) if mode == "sum" else bag.mean(0))
    return _core.stack(found) if found else rows[:0]


def _bags(input: Tensor, offsets: Tensor | None, include_last: bool) -> list[tuple[int, int]]:
    """Where each bag begins and ends."""
    if input.dim() == 2:
        if offsets is not None:
            raise ValueError(
                "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences"
            )
        rows, width = input.shape
        return [(row * width, (row + 1) * width) for row in range(rows)]
    if input.dim() != 1:
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.dim()}")
    if not isinstance(offsets, Tensor):
        raise ValueError("offsets has to be a 1D Tensor but got None")
    if offsets.dim() != 1:
        raise ValueError("offsets has to be a 1D Tensor")
    starts = [int(v) for v in offsets.tolist()]
    if starts and starts[0] != 0:
        raise ValueError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got "
            f"{starts[0]}"
        )
    if starts != sorted(starts) or (starts and starts[-1] > input.shape[0]):
        raise ValueError(f"offsets have to rise up to the number of indices, {input.shape[0]}; got {starts}")
    return list(itertools.pairwise(starts if include_last else [*starts, input.shape[0]]))
