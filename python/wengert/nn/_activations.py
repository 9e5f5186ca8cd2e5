"""Activation functions that are smooth and made of operations. Those with a formula of their own are in the core."""

from __future__ import annotations

import warnings
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._random import rand
from wengert.nn._rectifiers import placed

__all__ = [
    "glu",
    "gumbel_softmax",
    "log_softmax",
    "logsigmoid",
    "mish",
    "silu",
    "softmax",
    "softmin",
    "softsign",
    "tanhshrink",
]


def logsigmoid(input: Tensor) -> Tensor:
    """log(1 / (1 + e^-x)) of each element, without overflow.

    >>> import wengert
    >>> logsigmoid(wengert.zeros(1))
    tensor([-0.6931])
    """
    expect.tensors("logsigmoid", input=input)
    return -_core.softplus(-input)


def softsign(input: Tensor) -> Tensor:
    """x / (1 + |x|), of each element.

    >>> import wengert
    >>> softsign(wengert.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    expect.tensors("softsign", input=input)
    return input / (1 + _core.abs(input))


def tanhshrink(input: Tensor) -> Tensor:
    """x - tanh(x), of each element.

    >>> import wengert
    >>> tanhshrink(wengert.zeros(1))
    tensor([0.])
    """
    expect.tensors("tanhshrink", input=input)
    return input - _core.tanh(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """x * tanh(log(1 + e^x)), of each element (Misra 2019).

    >>> import wengert
    >>> mish(wengert.tensor([0.0, 1.0]))
    tensor([0.0000, 0.8651])
    """
    expect.tensors("mish", input=input)
    return placed(input, input * _core.tanh(_core.softplus(input)), inplace)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """x / (1 + e^-x), of each element (Elfwing et al. 2017; also called swish).

    >>> import wengert
    >>> silu(wengert.tensor([0.0, 1.0]))
    tensor([0.0000, 0.7311])
    """
    expect.tensors("silu", input=input)
    return placed(input, _core.silu(input), inplace)


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """a * sigmoid(b), for the first and the second half of the input along `dim` (Dauphin et al. 2016).

    Raises RuntimeError where that dimension is odd.

    >>> import wengert
    >>> glu(wengert.tensor([2.0, 0.0]))
    tensor([1.])
    """
    expect.tensors("glu", input=input)
    if input.dim() == 0:
        raise RuntimeError("glu does not support 0-dimensional tensors")
    if input.shape[dim] % 2:
        raise RuntimeError(
            f"Halving dimension must be even, but dimension {dim % input.dim()} is size {input.shape[dim]}"
        )
    a, b = input.chunk(2, dim)
    return a * _core.sigmoid(b)


def _default_dim(name: str, ndim: int, level: int) -> int:
    """The dimension that PyTorch takes where none is named, with its warning."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=level,
    )
    return 0 if ndim in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """exp(x) / sum exp(x) along `dim`, after a cast to `dtype` if one is given.

    >>> import wengert
    >>> softmax(wengert.zeros(2), dim=0)
    tensor([0.5000, 0.5000])
    """
    expect.tensors("softmax", input=input)
    return _core.softmax(input, _default_dim("softmax", input.dim(), _stacklevel) if dim is None else dim, dtype)


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """softmax(-x) along `dim`.

    >>> import wengert
    >>> softmin(wengert.zeros(2), dim=0)
    tensor([0.5000, 0.5000])
    """
    expect.tensors("softmin", input=input)
    if dim is None:
        dim = _default_dim("softmin", input.dim(), _stacklevel)
    return softmax(-input, dim, dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """The logarithm of softmax along `dim`, after a cast to `dtype` if one is given.

    >>> import wengert
    >>> log_softmax(wengert.zeros(2), dim=0)
    tensor([-0.6931, -0.6931])
    """
    expect.tensors("log_softmax", input=input)
    return _core.log_softmax(
        input, _default_dim("log_softmax", input.dim(), _stacklevel) if dim is None else dim, dtype
    )


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """softmax((logits + noise) / tau) along `dim`, with Gumbel noise: a soft draw of a class, or a hard one.

    A `hard` draw is 1 at the largest and 0 elsewhere, and has the gradient of the soft one. (Jang et al., "Categorical
    Reparameterization with Gumbel-Softmax", 2016.)

    >>> import wengert
    >>> gumbel_softmax(wengert.zeros(4, 3), hard=True).sum(1)
    tensor([1., 1., 1., 1.])
    """
    expect.tensors("gumbel_softmax", logits=logits)
    # 1 - u is never 0, and neither is its logarithm where u is not 0; where it is, the noise is largest.
    uniform = rand(list(logits.shape), dtype=_core.float64)
    noise = -_core.log(_core.clamp(-_core.log(1.0 - uniform), min=1e-300))
    soft = _core.softmax((logits + _core._cast(noise, logits.dtype, False)) / tau, dim)
    if not hard:
        return soft
    most = soft.max(dim, True)[1]
    drawn = _core.scatter(_core._zeros_like(soft.detach()), dim, most, 1.0)
    return drawn - soft.detach() + soft
