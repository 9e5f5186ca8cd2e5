"""Convolutions and their transposes as layers. Depends on what they share and the lazy modules."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.nn.modules._convs import Convolution, Transposed, _ConvNd as _ConvNd
from wengert.nn.modules._sized import LazySize
from wengert.nn.parameter import UninitializedParameter


class _Lazy(LazySize):
    """A convolution whose channels are those of its first input."""

    _size = "in_channels"

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(0, 0, kernel_size, *args, **kwargs)
        this: Any = self
        this.out_channels = out_channels
        this.weight = UninitializedParameter(**this._made)
        if this.bias is not None:
            this.bias = UninitializedParameter(**this._made)

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Gives weight and bias their shapes and draws them.

        Raises RuntimeError for an input of another number of dimensions, ValueError where channels do not go into groups.
        """
        this: Any = self
        n = this._n
        if input.dim() not in (n + 1, n + 2):
            raise RuntimeError(
                f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {type(self).__name__}, but got input of size: "
                f"{input.shape}"
            )
        this.in_channels = int(input.shape[-n - 1])
        if this.in_channels % this.groups:
            raise ValueError("in_channels must be divisible by groups")
        self._shaped(weight=this._weight_shape(), bias=(this.out_channels,))


class Conv1d(Convolution):
    """Cross-correlation of (N, C, L) with weights (out_channels, in_channels / groups, kernel), plus bias; N may be left out.

    `padding` is a number, one for each dimension, 'valid' or 'same'; `padding_mode` 'zeros', 'reflect', 'replicate' or
    'circular'. Raises ValueError for channels that do not go into groups and unknown paddings.

    >>> import wengert
    >>> Conv1d(3, 8, kernel_size=3, padding=1)(wengert.ones(2, 3, 5)).shape
    torch.Size([2, 8, 5])
    """

    _n = 1


class Conv2d(Convolution):
    """Cross-correlation of (N, C, H, W) with weights (out_channels, in_channels / groups, kernel), plus bias; N may be left out.

    `padding` is a number, one for each dimension, 'valid' or 'same'; `padding_mode` 'zeros', 'reflect', 'replicate' or
    'circular'. Raises ValueError for channels that do not go into groups and unknown paddings.

    >>> import wengert
    >>> Conv2d(3, 8, kernel_size=3, padding=1)(wengert.ones(2, 3, 5, 5)).shape
    torch.Size([2, 8, 5, 5])
    """

    _n = 2


class Conv3d(Convolution):
    """Cross-correlation of (N, C, D, H, W) with weights (out_channels, in_channels / groups, kernel), plus bias; N may be left out.

    `padding` is a number, one for each dimension, 'valid' or 'same'; `padding_mode` 'zeros', 'reflect', 'replicate' or
    'circular'. Raises ValueError for channels that do not go into groups and unknown paddings.

    >>> import wengert
    >>> Conv3d(3, 8, kernel_size=3, padding=1)(wengert.ones(2, 3, 5, 5, 5)).shape
    torch.Size([2, 8, 5, 5, 5])
    """

    _n = 3


class ConvTranspose1d(Transposed):
    """The transpose of Conv1d: (N, C, L) with weights (in_channels, out_channels / groups, kernel), plus bias.

    `output_padding` is added to one side of the output; `output_size` of forward chooses it. N may be left out. Raises
    ValueError for channels that do not go into groups and sizes that cannot be had.

    >>> import wengert
    >>> ConvTranspose1d(3, 8, kernel_size=2, stride=2)(wengert.ones(2, 3, 5)).shape
    torch.Size([2, 8, 10])
    """

    _n = 1


class ConvTranspose2d(Transposed):
    """The transpose of Conv2d: (N, C, H, W) with weights (in_channels, out_channels / groups, kernel), plus bias.

    `output_padding` is added to one side of the output; `output_size` of forward chooses it. N may be left out. Raises
    ValueError for channels that do not go into groups and sizes that cannot be had.

    >>> import wengert
    >>> ConvTranspose2d(3, 8, kernel_size=2, stride=2)(wengert.ones(2, 3, 5, 5)).shape
    torch.Size([2, 8, 10, 10])
    """

    _n = 2


class ConvTranspose3d(Transposed):
    """The transpose of Conv3d: (N, C, D, H, W) with weights (in_channels, out_channels / groups, kernel), plus bias.

    `output_padding` is added to one side of the output; `output_size` of forward chooses it. N may be left out. Raises
    ValueError for channels that do not go into groups and sizes that cannot be had.

    >>> import wengert
    >>> ConvTranspose3d(3, 8, kernel_size=2, stride=2)(wengert.ones(2, 3, 5, 5, 5)).shape
    torch.Size([2, 8, 10, 10, 10])
    """

    _n = 3


class LazyConv1d(_Lazy, Conv1d):
    """A Conv1d whose `in_channels` are those of its first input.

    >>> import wengert
    >>> layer = LazyConv1d(4, 3)
    >>> _ = layer(wengert.ones(1, 2, 5))
    >>> layer
    Conv1d(2, 4, kernel_size=(3,), stride=(1,))
    """

    cls_to_become = Conv1d


class LazyConvTranspose1d(_Lazy, ConvTranspose1d):
    """A ConvTranspose1d whose `in_channels` are those of its first input.

    >>> import wengert
    >>> layer = LazyConvTranspose1d(4, 3)
    >>> _ = layer(wengert.ones(1, 2, 5))
    >>> layer
    ConvTranspose1d(2, 4, kernel_size=(3,), stride=(1,))
    """

    cls_to_become = ConvTranspose1d


class LazyConv2d(_Lazy, Conv2d):
    """A Conv2d whose `in_channels` are those of its first input.

    >>> import wengert
    >>> layer = LazyConv2d(4, 3)
    >>> _ = layer(wengert.ones(1, 2, 5, 5))
    >>> layer
    Conv2d(2, 4, kernel_size=(3, 3), stride=(1, 1))
    """

    cls_to_become = Conv2d


class LazyConvTranspose2d(_Lazy, ConvTranspose2d):
    """A ConvTranspose2d whose `in_channels` are those of its first input.

    >>> import wengert
    >>> layer = LazyConvTranspose2d(4, 3)
    >>> _ = layer(wengert.ones(1, 2, 5, 5))
    >>> layer
    ConvTranspose2d(2, 4, kernel_size=(3, 3), stride=(1, 1))
    """

    cls_to_become = ConvTranspose2d


class LazyConv3d(_Lazy, Conv3d):
    """A Conv3d whose `in_channels` are those of its first input.

    >>> import wengert
    >>> layer = LazyConv3d(4, 3)
    >>> _ = layer(wengert.ones(1, 2, 5, 5, 5))
    >>> layer
    Conv3d(2, 4, kernel_size=(3, 3, 3), stride=(1, 1, 1))
    """

    cls_to_become = Conv3d


class LazyConvTranspose3d(_Lazy, ConvTranspose3d):
    """A ConvTranspose3d whose `in_channels` are those of its first input.

    >>> import wengert
    >>> layer = LazyConvTranspose3d(4, 3)
    >>> _ = layer(wengert.ones(1, 2, 5, 5, 5))
    >>> layer
    ConvTranspose3d(2, 4, kernel_size=(3, 3, 3), stride=(1, 1, 1))
    """

    cls_to_become = ConvTranspose3d
