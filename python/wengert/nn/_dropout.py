"""Dropout of elements and of whole features. Depends on Tensor and random numbers."""

from __future__ import annotations

import math
import warnings

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._random import rand

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
]


def check_p(p: float) -> None:
    """Refuses what is no probability."""
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def _kept(input: Tensor, p: float, shape: list[int]) -> Tensor:
    """1 with probability 1 - p, else 0."""
    return _core._cast(rand(shape, dtype=_core.float64) >= p, input.dtype, False)


def _dropped(input: Tensor, p: float, training: bool, inplace: bool, shape: list[int]) -> Tensor:
    check_p(p)
    if not training or p == 0.0:
        return input
    factor = _kept(input, p, shape) * (1.0 / (1.0 - p) if p < 1.0 else 0.0)
    return input.mul_(factor) if inplace else input * factor


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Each element set to 0 with probability `p` while `training`, the others divided by 1 - p.

    Draws from the generator that `manual_seed` sets. Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> dropout(wengert.ones(2), p=0.5, training=False)
    tensor([1., 1.])
    """
    expect.tensors("dropout", input=input)
    return _dropped(input, p, training, inplace, list(input.shape))


def _features(input: Tensor, batched: int) -> list[int]:
    """The sizes of a mask of whole features: of an input with a batch, or of one without, of one dimension less."""
    lead = 2 if input.dim() >= batched else 1
    return [*input.shape[:lead], *[1] * (input.dim() - lead)]


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (N, C, L) or (C, L) set to 0 with probability `p` while `training`, others divided by 1 - p.

    Raises RuntimeError for another number of dimensions, ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> dropout1d(wengert.ones(2, 3), p=0.5, training=False).shape
    torch.Size([2, 3])
    """
    expect.tensors("dropout1d", input=input)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. Note that dropout1d exists to "
            "provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, and an optional batch "
            "dimension (i.e. 2D or 3D inputs)."
        )
    return _dropped(input, p, training, inplace, _features(input, 3))


def _warn(name: str, input: Tensor, wanted: tuple[int, int]) -> None:
    if input.dim() not in wanted:
        warnings.warn(
            f"{name}: Received a {input.dim()}-D input to {name}, which is deprecated and will result in an error in a "
            f"future release; wanted {wanted[0]} or {wanted[1]} dimensions. For dropout of elements try dropout.",
            stacklevel=3,
        )


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (N, C, H, W) set to 0 with probability `p` while `training`, the others divided by 1 - p.

    Three dimensions are taken as (N, C, L), with a warning, as PyTorch does. Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> dropout2d(wengert.ones(1, 2, 3, 3), p=0.5, training=False).shape
    torch.Size([1, 2, 3, 3])
    """
    expect.tensors("dropout2d", input=input)
    _warn("dropout2d", input, (3, 4))
    if input.dim() == 3:
        warnings.warn(
            "dropout2d: Received a 3-D input to dropout2d and assuming that channel-wise 1-D dropout behavior is desired - "
            "input is interpreted as shape (N, C, L). To maintain this behavior, please use dropout1d instead.",
            stacklevel=2,
        )
    return _dropped(input, p, training, inplace, _features(input, 3))


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """Whole channels of (N, C, D, H, W) or (C, D, H, W) set to 0 with probability `p` while `training`.

    The others are divided by 1 - p. Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> dropout3d(wengert.ones(1, 2, 3, 3, 3), p=0.5, training=False).shape
    torch.Size([1, 2, 3, 3, 3])
    """
    expect.tensors("dropout3d", input=input)
    _warn("dropout3d", input, (4, 5))
    return _dropped(input, p, training, inplace, _features(input, 5))


# The value that selu goes to far below 0.
_FLOOR = -1.7580993408473766


def _alpha(input: Tensor, p: float, training: bool, inplace: bool, shape: list[int]) -> Tensor:
    check_p(p)
    if not training or p == 0.0:
        return input
    if p == 1.0:
        return input.mul_(0.0) if inplace else input * 0.0
    keep = _kept(input, p, shape)
    scale = 1.0 / math.sqrt((1 - p) * (1 + p * _FLOOR * _FLOOR))
    shift = (1.0 - keep) * (scale * _FLOOR) - scale * _FLOOR * p
    factor = keep * scale
    return input.mul_(factor).add_(shift) if inplace else input * factor + shift


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Each element set to selu's lower end with probability `p`, then scaled so that mean 0 and variance 1 stay.

    (Klambauer et al., "Self-Normalizing Neural Networks", 2017.) Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> alpha_dropout(wengert.ones(2))
    tensor([1., 1.])
    """
    expect.tensors("alpha_dropout", input=input)
    return _alpha(input, p, training, inplace, list(input.shape))


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """`alpha_dropout` of whole channels of (N, C, ...).

    Raises ValueError unless 0 <= p <= 1.

    >>> import wengert
    >>> feature_alpha_dropout(wengert.ones(1, 2, 3)).shape
    torch.Size([1, 2, 3])
    """
    expect.tensors("feature_alpha_dropout", input=input)
    return _alpha(input, p, training, inplace, _features(input, 0))
