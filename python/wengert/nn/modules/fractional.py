"""Pools over windows that do not step evenly, as layers. Depends on Module and nn.functional."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules.module import Module


class _FractionalMaxPool(Module):
    """Windows told by their number or by its ratio to the size."""

    _n: int

    def __init__(
        self,
        kernel_size: Any,
        output_size: Any = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()

        def each(value: Any) -> Any:
            return tuple(value) if isinstance(value, (tuple, list)) else (value,) * self._n

        self.kernel_size = each(kernel_size)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = None if output_size is None else each(output_size)
        self.output_ratio = None if output_ratio is None else each(output_ratio)
        name = type(self).__name__
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor) -> Any:
        pool = getattr(F, f"fractional_max_pool{self._n}d")
        told = (self.kernel_size, self.output_size, self.output_ratio, self.return_indices)
        return pool(input, *told, _random_samples=self._random_samples)


class FractionalMaxPool2d(_FractionalMaxPool):
    """The largest element of `output_size` windows over (N, C, H, W), or of `output_ratio` times as many as elements.

    >>> import wengert
    >>> FractionalMaxPool2d(2, output_ratio=0.5)(wengert.ones(1, 1, 6, 8)).shape
    torch.Size([1, 1, 3, 4])
    """

    _n = 2


class FractionalMaxPool3d(_FractionalMaxPool):
    """The same over (N, C, T, H, W).

    >>> import wengert
    >>> FractionalMaxPool3d(2, output_size=3)(wengert.ones(1, 1, 6, 6, 6)).shape
    torch.Size([1, 1, 3, 3, 3])
    """

    _n = 3
