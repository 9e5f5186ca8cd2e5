"""Functions of layers and losses, with the names and arguments of torch.nn.functional. Depends on Tensor and its operations.

The hot ones are operations of the core; the others are written over them, and so have every derivative.
"""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor, cross_entropy, gelu, nll_loss, relu, sigmoid, softplus, tanh
from wengert._random import rand
from wengert.nn._activations import (
    elu,
    hardtanh,
    leaky_relu,
    logsigmoid,
    mish,
    relu6,
    silu,
    softsign,
    tanhshrink,
)

__all__ = [
    "binary_cross_entropy",
    "binary_cross_entropy_with_logits",
    "cosine_similarity",
    "cross_entropy",
    "dropout",
    "elu",
    "embedding",
    "gelu",
    "hardtanh",
    "huber_loss",
    "kl_div",
    "l1_loss",
    "layer_norm",
    "leaky_relu",
    "linear",
    "log_softmax",
    "logsigmoid",
    "mish",
    "mse_loss",
    "nll_loss",
    "normalize",
    "one_hot",
    "pad",
    "relu",
    "relu6",
    "rms_norm",
    "sigmoid",
    "silu",
    "smooth_l1_loss",
    "softmax",
    "softmin",
    "softplus",
    "softsign",
    "tanh",
    "tanhshrink",
]


def _default_dim(ndim: int) -> int:
    """The dimension that PyTorch takes where none is named."""
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """exp(x) / sum exp(x) along `dim`, after a cast to `dtype` if one is given.

    >>> import wengert
    >>> softmax(wengert.zeros(2), dim=0)
    tensor([0.5000, 0.5000])
    """
    expect.tensors("softmax", input=input)
    return _core.softmax(input, _default_dim(input.dim()) if dim is None else dim, dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """softmax(-x) along `dim`.

    >>> import wengert
    >>> softmin(wengert.zeros(2), dim=0)
    tensor([0.5000, 0.5000])
    """
    expect.tensors("softmin", input=input)
    return softmax(-input, dim, _stacklevel, dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The logarithm of softmax along `dim`, after a cast to `dtype` if one is given.

    >>> import wengert
    >>> log_softmax(wengert.zeros(2), dim=0)
    tensor([-0.6931, -0.6931])
    """
    expect.tensors("log_softmax", input=input)
    return _core.log_softmax(input, _default_dim(input.dim()) if dim is None else dim, dtype)


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias; weight is (out, in) or (in,).

    Raises RuntimeError where the last dimension of the input is not that of the weight.

    >>> import wengert
    >>> linear(wengert.ones(1, 3), wengert.ones(2, 3), wengert.tensor([0.0, 1.0]))
    tensor([[3., 4.]])
    """
    return _core._linear(input, weight, bias)


def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each slice over the last dimensions, of `normalized_shape`, brought to mean 0 and variance 1; times weight plus bias.

    >>> import wengert
    >>> layer_norm(wengert.tensor([[1.0, 2.0, 3.0]]), (3,))
    tensor([[-1.2247,  0.0000,  1.2247]])
    """
    return _core.layer_norm(input, normalized_shape, weight, bias, eps)


def rms_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """x / sqrt(mean(x^2) + eps) over the last dimensions, of `normalized_shape`, times weight.

    `eps` is the dtype's machine epsilon unless given. (Zhang, Sennrich, "Root Mean Square Layer Normalization", 2019.)

    Raises RuntimeError where the last dimensions are not `normalized_shape`.

    >>> import wengert
    >>> rms_norm(wengert.tensor([3.0, 3.0]), (2,))
    tensor([1., 1.])
    """
    expect.tensors("rms_norm", input=input)
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if tuple(input.shape[max(0, input.dim() - len(shape)) :]) != shape:
        raise RuntimeError(
            f"rms_norm: Given normalized_shape={list(shape)}, expected input with shape [*, "
            f"{', '.join(map(str, shape))}], but got input of size {list(input.shape)}"
        )
    if eps is None:
        eps = 2.0**-52 if input.dtype is _core.float64 else 2.0**-23
    dims = tuple(range(-len(shape), 0))
    out = input / _core.sqrt((input * input).mean(dim=dims, keepdim=True) + eps)
    return out if weight is None else out * weight


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12) -> Tensor:
    """x / max(|x|_p, eps) along `dim`.

    >>> import wengert
    >>> normalize(wengert.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    expect.tensors("normalize", input=input)
    size = _core.norm(input, p, dim, True)
    return input / _core.where(size < eps, _core._cast(size.detach() * 0 + eps, size.dtype, False), size)


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """x1 . x2 / (max(|x1|, eps) max(|x2|, eps)) along `dim`; shapes broadcast.

    >>> import wengert
    >>> cosine_similarity(wengert.tensor([[1.0, 0.0]]), wengert.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    expect.tensors("cosine_similarity", x1=x1, x2=x2)
    return (normalize(x1, 2.0, dim, eps) * normalize(x2, 2.0, dim, eps)).sum(dim)


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """1 at the class, 0 elsewhere, in a new last dimension of `num_classes` (one more than the largest when -1).

    Raises RuntimeError for classes that are negative or too large, and for a tensor that is not int64.

    >>> import wengert
    >>> one_hot(wengert.tensor([0, 2]), 3)
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    expect.tensors("one_hot", tensor=tensor)
    if tensor.dtype is not _core.int64:
        raise RuntimeError(f"one_hot is only applicable to index tensor of type LongTensor; got {tensor.dtype}")
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

    Raises NotImplementedError for `max_norm`, `scale_grad_by_freq` and `sparse`, IndexError for an index out of range.

    >>> import wengert
    >>> embedding(wengert.tensor([1, 0]), wengert.tensor([[1.0, 2.0], [3.0, 4.0]]))
    tensor([[3., 4.],
            [1., 2.]])
    """
    expect.tensors("embedding", input=input, weight=weight)
    if max_norm is not None or scale_grad_by_freq or sparse:
        raise NotImplementedError(
            "embedding: max_norm, scale_grad_by_freq and sparse are not supported; leave them out"
        )
    if padding_idx is not None:
        rows = weight.shape[0]
        if not -rows <= padding_idx < rows:
            raise AssertionError(f"Padding_idx must be within num_embeddings; got {padding_idx} for {rows} rows")
        places = _core._arange(0, rows, 1, _core.int64, False)
        weight = _core.where((places == padding_idx % rows).unsqueeze(-1), weight.detach(), weight)
    if input.dtype not in (_core.int64, _core.int32):
        raise RuntimeError(f"embedding: got indices of {input.dtype}, wanted long or int; try long()")
    if not input._is_lifted() and input.numel() and bool((input < 0).any()):
        raise IndexError("index out of range in self: got a negative index, wanted 0 to the number of rows less 1")
    return weight[_core._cast(input, _core.int64, False)]


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element set to 0 with probability `p` while `training`, the others divided by 1 - p.

    Draws from the generator that `manual_seed` sets. Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> dropout(wengert.ones(2), p=0.5, training=False)
    tensor([1., 1.])
    """
    expect.tensors("dropout", input=input)
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0.0:
        return input
    drawn = rand(list(input.shape), dtype=_core.float64)
    keep = _core._cast(drawn >= p, input.dtype, False)
    factor = keep * (1.0 / (1.0 - p) if p < 1.0 else 0.0)
    return input.mul_(factor) if inplace else input * factor


def pad(input: Tensor, pad: Any, mode: str = "constant", value: float | None = None) -> Tensor:
    """The tensor with `value` (0 when None) before and after: `pad` holds pairs, the last dimension's first.

    A negative number cuts off. Raises NotImplementedError for modes other than 'constant'.

    >>> import wengert
    >>> pad(wengert.tensor([1.0, 2.0]), (1, 2))
    tensor([0., 1., 2., 0., 0.])
    """
    expect.tensors("pad", input=input)
    if mode != "constant":
        raise NotImplementedError(f"pad: mode {mode!r} is not supported; wanted 'constant'")
    amounts = list(pad)
    if len(amounts) % 2 or len(amounts) > 2 * input.dim():
        raise RuntimeError(
            f"Padding length must be divisible by 2 and at most twice the number of dimensions of the input; "
            f"got {len(amounts)} for {input.dim()} dimensions"
        )
    fill = 0.0 if value is None else value
    for i in range(0, len(amounts), 2):
        dim = input.dim() - 1 - i // 2
        before, after = amounts[i], amounts[i + 1]
        size = input.shape[dim] + min(before, 0) + min(after, 0)
        if size < 0:
            raise RuntimeError(f"pad: cannot cut {before} and {after} from dimension {dim} of size {input.shape[dim]}")
        if before < 0 or after < 0:
            input = input.narrow(dim, max(0, -before), size)
        parts = [input]
        for place, amount in ((0, before), (len(parts), after)):
            if amount > 0:
                edge = [amount if d == dim else n for d, n in enumerate(input.shape)]
                parts.insert(place if place == 0 else len(parts), _core._full(edge, fill, input.dtype, False))
        input = _core.cat(parts, dim) if len(parts) > 1 else input
    return input


from wengert.nn._losses import (  # noqa: E402 - the losses use the functions above
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    huber_loss,
    kl_div,
    l1_loss,
    mse_loss,
    smooth_l1_loss,
)
