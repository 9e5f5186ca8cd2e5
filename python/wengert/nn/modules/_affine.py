"""The base of normalisations: a weight and a bias, or none. Depends on Module."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.nn import init
from wengert.nn.modules._made import parameter_of
from wengert.nn.modules.module import Module


class Affine(Module):
    """Holds a weight of ones and a bias of zeros."""

    weight: Tensor | None
    bias: Tensor | None

    def _make(self, *shape: int, weight: bool, bias: bool, device: Any, dtype: Any) -> None:
        for name, wanted in (("weight", weight), ("bias", weight and bias)):
            self.register_parameter(name, parameter_of(*shape, device=device, dtype=dtype) if wanted else None)

    def reset_parameters(self) -> None:
        """Makes weight ones and bias zeros."""
        if self.weight is not None:
            init.ones_(self.weight)
        if self.bias is not None:
            init.zeros_(self.bias)
