"""A module on several devices: there is one, so the module itself. Depends on Module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengert.nn.modules.module import Module


class DataParallel(Module):
    """A module under the name `module`, called as it is: as PyTorch has it where there are no GPUs.

    >>> import wengert
    >>> DataParallel(wengert.nn.ReLU())(wengert.tensor([-1.0, 3.0]))
    tensor([0., 3.])
    """

    def __init__(
        self, module: Module, device_ids: Sequence[Any] | None = None, output_device: Any = None, dim: int = 0
    ) -> None:
        super().__init__()
        self.module = module
        self.device_ids: list[Any] = []
        self.dim = dim

    def forward(self, *inputs: Any, **kwargs: Any) -> Any:
        return self.module(*inputs, **kwargs)
