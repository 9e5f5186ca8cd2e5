"""Convolutions and their transposes as layers. Depends on Module, nn.functional and the lazy modules."""

from __future__ import annotations

import math
from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F, init
from wengert.nn._windows import both_sides, sizes_of
from wengert.nn.modules._made import parameter_of
from wengert.nn.modules.lazy import LazyModuleMixin
from wengert.nn.modules.module import Module
from wengert.nn.parameter import UninitializedParameter

_MODES = ("zeros", "reflect", "replicate", "circular")


class _ConvNd(Module):
    """What convolutions of any number of dimensions share."""

    _n = 0
    weight: Tensor
    bias: Tensor | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        transposed: bool,
        output_padding: Any,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if groups <= 0:
            raise ValueError(f"groups must be a positive integer, got {groups}")
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        if padding_mode not in _MODES:
            raise ValueError(f"padding_mode must be one of {set(_MODES)}, but got padding_mode='{padding_mode}'")
        n = self._n
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = tuple(sizes_of("kernel_size", kernel_size, n))
        self.stride = tuple(sizes_of("stride", stride, n))
        self.dilation = tuple(sizes_of("dilation", dilation, n))
        self.transposed = transposed
        self.output_padding = tuple(sizes_of("output_padding", output_padding, n))
        self.groups = groups
        self.padding_mode = padding_mode
        self.padding: Any = self._padding(padding)
        self._made = {"device": device, "dtype": dtype}
        self.weight = parameter_of(*self._weight_shape(), **self._made)
        self.register_parameter("bias", parameter_of(out_channels, **self._made) if bias else None)
        self.reset_parameters()

    def _padding(self, padding: Any) -> Any:
        if not isinstance(padding, str):
            return tuple(sizes_of("padding", padding, self._n))
        if padding not in ("same", "valid"):
            raise ValueError(f"Invalid padding string {padding!r}, should be one of {{'same', 'valid'}}")
        if padding == "same" and any(s != 1 for s in self.stride):
            raise ValueError("padding='same' is not supported for strided convolutions")
        return padding

    def _weight_shape(self) -> tuple[int, ...]:
        first, second = self.out_channels, self.in_channels
        if self.transposed:
            first, second = second, first
        return (first, second // self.groups, *self.kernel_size)

    def reset_parameters(self) -> None:
        """Draws weight and bias anew, between -1/sqrt(fan_in) and 1/sqrt(fan_in)."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = math.prod(self.weight.shape[1:])
            if fan_in:
                init.uniform_(self.bias, -1 / math.sqrt(fan_in), 1 / math.sqrt(fan_in))

    def extra_repr(self) -> str:
        n = self._n
        usual = {
            "padding": (0,) * n,
            "dilation": (1,) * n,
            "output_padding": (0,) * n,
            "groups": 1,
        }
        told = [f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"]
        told += [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        if self.bias is None:
            told.append("bias=False")
        if self.padding_mode != "zeros":
            told.append(f"padding_mode={self.padding_mode}")
        return ", ".join(told)


class _Conv(_ConvNd):
    """A convolution."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            False,
            0,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    @property
    def _around(self) -> list[int]:
        """The padding as `pad` wants it."""
        if self.padding == "valid":
            return [0] * (2 * self._n)
        if self.padding == "same":
            totals = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
            return [n for total in reversed(totals) for n in (total // 2, total - total // 2)]
        return both_sides(self.padding)

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        convolve, padding = getattr(F, f"conv{self._n}d"), self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._around, mode=self.padding_mode), 0
        return convolve(input, weight, bias, self.stride, padding, self.dilation, self.groups)

    def forward(self, input: Tensor) -> Tensor:
        return self._conv_forward(input, self.weight, self.bias)


class _ConvTranspose(_ConvNd):
    """The transpose of a convolution."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = 0,
        output_padding: Any = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Any = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            True,
            output_padding,
            groups,
            bias,
            padding_mode,
            device,
            dtype,
        )

    def _output_padding(self, input: Tensor, output_size: Any) -> tuple[int, ...]:
        """What is missing to a size of the output that was asked for."""
        n = self._n
        wanted = list(output_size)
        if len(wanted) == input.dim():
            wanted = wanted[-n:]
        if len(wanted) != n:
            raise ValueError(
                f"ConvTranspose{n}D: for {input.dim()}D input, output_size must have {n} or {input.dim()} elements (got "
                f"{len(wanted)})"
            )
        least = [
            (input.shape[i - n] - 1) * self.stride[i]
            - 2 * self.padding[i]
            + self.dilation[i] * (self.kernel_size[i] - 1)
            + 1
            for i in range(n)
        ]
        most = [low + s - 1 for low, s in zip(least, self.stride, strict=True)]
        if any(not low <= size <= high for low, size, high in zip(least, wanted, most, strict=True)):
            raise ValueError(
                f"requested an output size of {output_size}, but valid sizes range from {least} to {most} (for an input of "
                f"{input.size()[-n:]})"
            )
        return tuple(size - low for size, low in zip(wanted, least, strict=True))

    def forward(self, input: Tensor, output_size: Any = None) -> Tensor:
        more = self.output_padding if output_size is None else self._output_padding(input, output_size)
        convolve = getattr(F, f"conv_transpose{self._n}d")
        return convolve(input, self.weight, self.bias, self.stride, self.padding, more, self.groups, self.dilation)


class _Lazy(LazyModuleMixin):
    """A convolution whose channels are those of its first input."""

    def __init__(self, out_channels: int, kernel_size: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(0, 0, kernel_size, *args, **kwargs)
        this: Any = self
        this.out_channels = out_channels
        this.weight = UninitializedParameter(**this._made)
        if this.bias is not None:
            this.bias = UninitializedParameter(**this._made)

    def reset_parameters(self) -> None:
        """Draws weight and bias anew, once they have shapes."""
        this: Any = self
        if not self.has_uninitialized_params() and this.in_channels != 0:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Gives weight and bias their shapes and draws them.

        Raises RuntimeError for an input of another number of dimensions, ValueError where channels do not go into groups.
        """
        this: Any = self
        unset, n = self.has_uninitialized_params(), this._n
        if input.dim() not in (n + 1, n + 2):
            raise RuntimeError(
                f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {type(self).__name__}, but got input of size: "
                f"{input.shape}"
            )
        this.in_channels = int(input.shape[-n - 1])
        if this.in_channels % this.groups:
            raise ValueError("in_channels must be divisible by groups")
        if unset:
            for held, shape in ((this.weight, this._weight_shape()), (this.bias, (this.out_channels,))):
                if isinstance(held, UninitializedParameter):
                    held.materialize(shape)
            self.reset_parameters()


class Conv1d(_Conv):
    """Cross-correlation of (N, C, L) with weights (out_channels, in_channels / groups, kernel), plus bias; N may be left out.

    `padding` is a number, one for each dimension, 'valid' or 'same'; `padding_mode` 'zeros', 'reflect', 'replicate' or
    'circular'. Raises ValueError for channels that do not go into groups and unknown paddings.

    >>> import wengert
    >>> Conv1d(3, 8, kernel_size=3, padding=1)(wengert.ones(2, 3, 5)).shape
    torch.Size([2, 8, 5])
    """

    _n = 1


class Conv2d(_Conv):
    """Cross-correlation of (N, C, H, W) with weights (out_channels, in_channels / groups, kernel), plus bias; N may be left out.

    `padding` is a number, one for each dimension, 'valid' or 'same'; `padding_mode` 'zeros', 'reflect', 'replicate' or
    'circular'. Raises ValueError for channels that do not go into groups and unknown paddings.

    >>> import wengert
    >>> Conv2d(3, 8, kernel_size=3, padding=1)(wengert.ones(2, 3, 5, 5)).shape
    torch.Size([2, 8, 5, 5])
    """

    _n = 2


class Conv3d(_Conv):
    """Cross-correlation of (N, C, D, H, W) with weights (out_channels, in_channels / groups, kernel), plus bias; N may be left out.

    `padding` is a number, one for each dimension, 'valid' or 'same'; `padding_mode` 'zeros', 'reflect', 'replicate' or
    'circular'. Raises ValueError for channels that do not go into groups and unknown paddings.

    >>> import wengert
    >>> Conv3d(3, 8, kernel_size=3, padding=1)(wengert.ones(2, 3, 5, 5, 5)).shape
    torch.Size([2, 8, 5, 5, 5])
    """

    _n = 3


class ConvTranspose1d(_ConvTranspose):
    """The transpose of Conv1d: (N, C, L) with weights (in_channels, out_channels / groups, kernel), plus bias.

    `output_padding` is added to one side of the output; `output_size` of forward chooses it. N may be left out. Raises
    ValueError for channels that do not go into groups and sizes that cannot be had.

    >>> import wengert
    >>> ConvTranspose1d(3, 8, kernel_size=2, stride=2)(wengert.ones(2, 3, 5)).shape
    torch.Size([2, 8, 10])
    """

    _n = 1


class ConvTranspose2d(_ConvTranspose):
    """The transpose of Conv2d: (N, C, H, W) with weights (in_channels, out_channels / groups, kernel), plus bias.

    `output_padding` is added to one side of the output; `output_size` of forward chooses it. N may be left out. Raises
    ValueError for channels that do not go into groups and sizes that cannot be had.

    >>> import wengert
    >>> ConvTranspose2d(3, 8, kernel_size=2, stride=2)(wengert.ones(2, 3, 5, 5)).shape
    torch.Size([2, 8, 10, 10])
    """

    _n = 2


class ConvTranspose3d(_ConvTranspose):
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
