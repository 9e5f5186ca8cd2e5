"""Gradients clipped. Depends on Tensor."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from types import GeneratorType

from wengert import _core
from wengert._core import Tensor
from wengert.autograd import no_grad


def _gradients(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    held = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    return [p.grad for p in held if p.grad is not None]


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The norm of all elements of all tensors together; `norm_type` may be inf.

    Raises RuntimeError for a norm that is not finite, where `error_if_nonfinite`.

    >>> import wengert
    >>> get_total_norm([wengert.tensor([3.0]), wengert.tensor([4.0])])
    tensor(5.)
    """
    held = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    norm_type = float(norm_type)
    if not held:
        return _core.tensor(0.0)
    with no_grad():
        total = _core.norm(_core.stack([_core.norm(t, norm_type) for t in held]), norm_type)
    if error_if_nonfinite and not bool(_core.isfinite(total)):
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor], max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scales all gradients, in place, as if `total_norm` were the norm of all together: to at most `max_norm`.

    >>> import wengert
    >>> x = wengert.tensor([3.0], requires_grad=True)
    >>> (x * x / 2).sum().backward()
    >>> clip_grads_with_norm_([x], 1.0, wengert.tensor(6.0))
    >>> x.grad
    tensor([0.5000])
    """
    with no_grad():
        factor = _core.clamp(float(max_norm) / (total_norm + 1e-6), max=1.0)
        for gradient in _gradients(parameters):
            gradient.mul_(factor)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scales all gradients, in place, so that the norm of all together is at most `max_norm`; returns the norm before.

    Warns where an empty generator of parameters is given. Raises RuntimeError for a norm that is not finite, where
    `error_if_nonfinite`.

    >>> import wengert
    >>> x = wengert.tensor([3.0, 4.0], requires_grad=True)
    >>> (x * x / 2).sum().backward()
    >>> clip_grad_norm_([x], 1.0)
    tensor(5.)
    >>> x.grad
    tensor([0.6000, 0.8000])
    """
    held = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    if not held and isinstance(parameters, GeneratorType):
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2)
    total = get_total_norm(_gradients(held), norm_type, error_if_nonfinite)
    clip_grads_with_norm_(held, max_norm, total)
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


def clip_grad_norm(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The older name of `clip_grad_norm_`, with a warning.

    >>> import wengert
    >>> clip_grad_norm([wengert.ones(1)], 1.0)
    tensor(0.)
    """
    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite, foreach)
