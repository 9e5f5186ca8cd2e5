"""Channels made places, places made channels, and channels in another order. Depends on the modules with options."""

from __future__ import annotations

from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules._options import WithOptions


class PixelShuffle(WithOptions):
    """(*, C r^2, H, W) becomes (*, C, H r, W r), for r = `upscale_factor`.

    >>> import wengert
    >>> PixelShuffle(2)(wengert.ones(1, 4, 3, 3)).shape
    torch.Size([1, 1, 6, 6])
    """

    upscale_factor: int
    _shown = ("upscale_factor",)

    def __init__(self, upscale_factor: int) -> None:
        super().__init__(upscale_factor=upscale_factor)

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_shuffle(input, self.upscale_factor)


class PixelUnshuffle(WithOptions):
    """(*, C, H r, W r) becomes (*, C r^2, H, W), for r = `downscale_factor`.

    >>> import wengert
    >>> PixelUnshuffle(2)(wengert.ones(1, 1, 6, 6)).shape
    torch.Size([1, 4, 3, 3])
    """

    downscale_factor: int
    _shown = ("downscale_factor",)

    def __init__(self, downscale_factor: int) -> None:
        super().__init__(downscale_factor=downscale_factor)

    def forward(self, input: Tensor) -> Tensor:
        return F.pixel_unshuffle(input, self.downscale_factor)


class ChannelShuffle(WithOptions):
    """Channels of (N, C, ...) dealt from `groups` groups in turn.

    >>> import wengert
    >>> ChannelShuffle(2)(wengert.arange(4).reshape(1, 4, 1)).reshape(-1)
    tensor([0, 2, 1, 3])
    """

    groups: int
    _shown = ("groups",)

    def __init__(self, groups: int) -> None:
        super().__init__(groups=groups)

    def forward(self, input: Tensor) -> Tensor:
        return F.channel_shuffle(input, self.groups)
