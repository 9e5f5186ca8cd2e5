"""Gradients clipped, and parameters as one vector. Names are torch.nn.utils's. Depends on Tensor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.autograd import no_grad

__all__ = ["clip_grad_norm_", "clip_grad_value_", "parameters_to_vector", "vector_to_parameters"]


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    held = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p.grad for p in held if p.grad is not None]


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scales all gradients, in place, so that the norm of all together is at most `max_norm`; returns the norm before.

    Raises RuntimeError for a norm that is not finite, where `error_if_nonfinite`.

    >>> import wengert
    >>> x = wengert.tensor([3.0, 4.0], requires_grad=True)
    >>> (x * x / 2).sum().backward()
    >>> clip_grad_norm_([x], 1.0)
    tensor(5.)
    >>> x.grad
    tensor([0.6000, 0.8000])
    """
    norm_type, max_norm = float(norm_type), float(max_norm)
    with no_grad():
        gradients = _gradients(parameters)
        if not gradients:
            return _core.tensor(0.0)
        total = _core.norm(_core.stack([_core.norm(g, norm_type) for g in gradients]), norm_type)
        if error_if_nonfinite and not bool(_core.isfinite(total)):
            raise RuntimeError(
                f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
                "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
                "`error_if_nonfinite=False`"
            )
        factor = _core.clamp(max_norm / (total + 1e-6), max=1.0)
        for gradient in gradients:
            gradient.mul_(factor)
    return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Keeps each element of all gradients between -clip_value and clip_value, in place.

    >>> import wengert
    >>> x = wengert.tensor([3.0, 0.5], requires_grad=True)
    >>> (x * x / 2).sum().backward()
    >>> clip_grad_value_([x], 1.0)
    >>> x.grad
    tensor([1.0000, 0.5000])
    """
    with no_grad():
        for gradient in _gradients(parameters):
            gradient.clamp_(min=-float(clip_value), max=float(clip_value))


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All elements of all parameters as one vector.

    >>> import wengert
    >>> parameters_to_vector([wengert.ones(2), wengert.zeros(1)])
    tensor([1., 1., 0.])
    """
    return _core.cat([p.reshape(-1) for p in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Any]) -> None:
    """Gives each parameter its part of a vector, as `.data`.

    Raises TypeError for what is no tensor.

    >>> import wengert
    >>> x = wengert.zeros(2)
    >>> vector_to_parameters(wengert.tensor([1.0, 2.0]), [x])
    >>> x
    tensor([1., 2.])
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    start = 0
    for parameter in parameters:
        size = parameter.numel()
        parameter.data = vec.detach()[start : start + size].reshape(parameter.shape)
        start += size
