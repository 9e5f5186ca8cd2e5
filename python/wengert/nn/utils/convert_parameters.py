"""Parameters as one vector, and back. Depends on Tensor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wengert import _core
from wengert._core import Tensor


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
