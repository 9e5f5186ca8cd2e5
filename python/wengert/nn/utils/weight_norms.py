"""The older ways to normalise weights, by hooks before forward. Depends on Module and the parametrisations."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._random import randn
from wengert.autograd import no_grad
from wengert.nn._norms import normalize
from wengert.nn.modules.module import Module
from wengert.nn.parameter import Parameter
from wengert.nn.utils import _slices


class WeightNorm:
    """The hook of `weight_norm`: computes the weight before each forward."""

    def __init__(self, name: str, dim: int | None) -> None:
        self.name, self.dim = name, -1 if dim is None else dim

    def compute_weight(self, module: Module) -> Tensor:
        """g v / |v|."""
        g, v = getattr(module, self.name + "_g"), getattr(module, self.name + "_v")
        return v * (g / _slices.norm_except(v, self.dim))

    def __call__(self, module: Module, _: Any) -> None:
        setattr(module, self.name, self.compute_weight(module))


def _key(module: Any, name: str, kind: type) -> int | None:
    """The key of the hook that normalises a weight, if there is one."""
    for key, (hook, _) in module._forward_pre_hooks.items():
        if isinstance(hook, kind) and getattr(hook, "name", None) == name:
            return int(key)
    return None


def _taken(module: Any, name: str, kind: type, what: str) -> Any:
    """Takes a hook away and returns it."""
    key = _key(module, name, kind)
    if key is None:
        raise ValueError(f"{what} of '{name}' not found in {module}")
    return module._forward_pre_hooks.pop(key)[0]


def weight_norm(module: Any, name: str = "weight", dim: int | None = 0) -> Any:
    """Makes a weight g v / |v|, with parameters `weight_g` and `weight_v`, computed before each forward.

    `parametrizations.weight_norm` does the same without a hook. Raises RuntimeError for a weight that has it already.

    >>> import wengert
    >>> layer = weight_norm(wengert.nn.Linear(2, 3))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight_g', 'weight_v']
    """
    if _key(module, name, WeightNorm) is not None:
        raise RuntimeError(f"Cannot register two weight_norm hooks on the same parameter {name}")
    hook = WeightNorm(name, dim)
    weight = getattr(module, name)
    del module._parameters[name]
    module.register_parameter(name + "_g", Parameter(_slices.norm_except(weight.detach(), hook.dim)))
    module.register_parameter(name + "_v", Parameter(weight.detach()))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module: Any, name: str = "weight") -> Any:
    """Makes the weight an ordinary parameter again.

    Raises ValueError where it was not normalised.

    >>> import wengert
    >>> layer = remove_weight_norm(weight_norm(wengert.nn.Linear(2, 3)))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight']
    """
    hook = _taken(module, name, WeightNorm, "weight_norm")
    weight = hook.compute_weight(module).detach()
    delattr(module, name)
    del module._parameters[name + "_g"], module._parameters[name + "_v"]
    setattr(module, name, Parameter(weight))
    return module


class SpectralNorm:
    """The hook of `spectral_norm`: a step of the power method and the weight, before each forward."""

    def __init__(self, name: str, n_power_iterations: int, dim: int, eps: float) -> None:
        if n_power_iterations <= 0:
            raise ValueError(
                f"Expected n_power_iterations to be positive, but got n_power_iterations={n_power_iterations}"
            )
        self.name, self.n_power_iterations, self.dim, self.eps = name, n_power_iterations, dim, eps

    def compute_weight(self, module: Any, do_power_iteration: bool) -> Tensor:
        """The weight over its largest singular value."""
        weight = getattr(module, self.name + "_orig")
        u, v = getattr(module, self.name + "_u"), getattr(module, self.name + "_v")
        rows = _slices.matrix_of(weight, self.dim)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v.copy_(normalize(_core.mv(rows.t(), u), dim=0, eps=self.eps))
                    u.copy_(normalize(_core.mv(rows, v), dim=0, eps=self.eps))
        return weight / _core.dot(u.clone(), _core.mv(rows, v.clone()))

    def __call__(self, module: Any, _: Any) -> None:
        setattr(module, self.name, self.compute_weight(module, module.training))


def spectral_norm(
    module: Any, name: str = "weight", n_power_iterations: int = 1, eps: float = 1e-12, dim: int | None = None
) -> Any:
    """Divides a weight by its largest singular value before each forward; the original is `weight_orig`.

    `parametrizations.spectral_norm` does the same without a hook. Raises RuntimeError for a weight that has it already,
    ValueError for no steps.

    >>> import wengert
    >>> layer = spectral_norm(wengert.nn.Linear(2, 3))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight_orig']
    """
    if _key(module, name, SpectralNorm) is not None:
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    dim = _slices.output_dim(module) if dim is None else dim
    hook = SpectralNorm(name, n_power_iterations, dim, eps)
    weight = getattr(module, name)
    height = weight.shape[dim]
    for end, size in (("_u", height), ("_v", weight.numel() // height)):
        drawn = normalize(randn(size, dtype=weight.dtype), dim=0, eps=eps)
        module.register_buffer(name + end, drawn)
    del module._parameters[name]
    module.register_parameter(name + "_orig", weight)
    setattr(module, name, weight.detach())
    module.register_forward_pre_hook(hook)
    return module


def remove_spectral_norm(module: Any, name: str = "weight") -> Any:
    """Makes the weight an ordinary parameter again.

    Raises ValueError where it was not normalised.

    >>> import wengert
    >>> layer = remove_spectral_norm(spectral_norm(wengert.nn.Linear(2, 3)))
    >>> [name for name, _ in layer.named_parameters()]
    ['bias', 'weight']
    """
    hook = _taken(module, name, SpectralNorm, "spectral_norm")
    with no_grad():
        weight = hook.compute_weight(module, False).detach().clone()
    delattr(module, name)
    delattr(module, name + "_u")
    delattr(module, name + "_v")
    delattr(module, name + "_orig")
    module.register_parameter(name, Parameter(weight))
    return module
