"""Well-known parametrisations: weights of a given length, or of spectral norm 1. Depends on parametrize."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._random import randn
from wengert.autograd import no_grad
from wengert.nn._norms import normalize
from wengert.nn.modules.module import Module
from wengert.nn.utils import _slices
from wengert.nn.utils.parametrize import register_parametrization

__all__ = ["spectral_norm", "weight_norm"]


class _WeightNorm(Module):
    """g v / |v|: `original0` is the length g, `original1` the direction v."""

    def __init__(self, dim: int | None = 0) -> None:
        super().__init__()
        self.dim = -1 if dim is None else dim

    def forward(self, weight_g: Tensor, weight_v: Tensor) -> Tensor:
        return weight_v * (weight_g / _slices.norm_except(weight_v, self.dim))

    def right_inverse(self, weight: Tensor) -> tuple[Tensor, Tensor]:
        return _slices.norm_except(weight, self.dim), weight


def weight_norm(module: Module, name: str = "weight", dim: int | None = 0) -> Module:
    """Makes a weight g v / |v|, with a length g for each slice along `dim` (None: one) and a direction v.

    (Salimans, Kingma, "Weight Normalization", 2016.) The originals are `parametrizations.weight.original0` and
    `original1`.

    >>> import wengert
    >>> layer = weight_norm(wengert.nn.Linear(2, 3))
    >>> layer.parametrizations.weight.original0.shape
    torch.Size([3, 1])
    """
    register_parametrization(module, name, _WeightNorm(dim), unsafe=True)
    return module


class _SpectralNorm(Module):
    """A weight over its largest singular value, which steps of the power method find."""

    def __init__(self, weight: Tensor, n_power_iterations: int = 1, dim: int = 0, eps: float = 1e-12) -> None:
        super().__init__()
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.dim = dim if dim >= 0 else dim + weight.dim()
        self.eps = eps
        if weight.dim() > 1:
            self.n_power_iterations = n_power_iterations
            rows = _slices.matrix_of(weight.detach(), self.dim)
            self.register_buffer("_u", normalize(randn(rows.shape[0], dtype=weight.dtype), dim=0, eps=eps))
            self.register_buffer("_v", normalize(randn(rows.shape[1], dtype=weight.dtype), dim=0, eps=eps))
            self._power(rows, 15)

    def _power(self, rows: Tensor, steps: int) -> None:
        held: Any = self
        with no_grad():
            for _ in range(steps):
                held._u.copy_(normalize(_core.mv(rows, held._v), dim=0, eps=self.eps))
                held._v.copy_(normalize(_core.mv(rows.t(), held._u), dim=0, eps=self.eps))

    def forward(self, weight: Tensor) -> Tensor:
        if weight.dim() == 1:
            return normalize(weight, dim=0, eps=self.eps)
        rows = _slices.matrix_of(weight, self.dim)
        if self.training:
            self._power(rows.detach(), self.n_power_iterations)
        held: Any = self
        sigma = _core.dot(held._u.clone(), _core.mv(rows, held._v.clone()))
        return weight / sigma

    def right_inverse(self, value: Tensor) -> Tensor:
        return value


def spectral_norm(
    module: Module, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Module:
    """Divides a weight by its largest singular value, as a matrix of slices along `dim`.

    A step of the power method is made each time the weight is asked for while training. `dim` is 0, or 1 for transposed
    convolutions. (Miyato et al., "Spectral Normalization for Generative Adversarial Networks", 2018.) Raises ValueError
    for no steps or a name of no tensor.

    >>> import wengert
    >>> layer = spectral_norm(wengert.nn.Linear(2, 3))
    >>> layer.weight.shape
    torch.Size([3, 2])
    """
    weight = getattr(module, name, None)
    if not isinstance(weight, Tensor):
        raise ValueError(f"Module '{module}' has no parameter or buffer with name '{name}'")
    dim = _slices.output_dim(module) if dim is None else dim
    register_parametrization(module, name, _SpectralNorm(weight, n_power_iterations, dim, eps))
    return module
