"""Normalisations over batches, groups, layers and lengths. Depends on Tensor and padding."""

from __future__ import annotations

import math
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.autograd import no_grad
from wengert.nn._padding import pad

__all__ = [
    "batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "normalize",
    "rms_norm",
]


def layer_norm(
    input: Tensor,
    normalized_shape: Any,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """Each slice over the last dimensions, of `normalized_shape`, brought to mean 0 and variance 1; times weight plus bias.

    >>> import wengert
    >>> layer_norm(wengert.tensor([[1.0, 2.0, 3.0]]), (3,))
    tensor([[-1.2247,  0.0000,  1.2247]])
    """
    return _core.layer_norm(input, normalized_shape, weight, bias, eps)


def rms_norm(input: Tensor, normalized_shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Tensor:
    """x / sqrt(mean(x^2) + eps) over the last dimensions, of `normalized_shape`, times weight.

    `eps` is the dtype's machine epsilon unless given. (Zhang, Sennrich, "Root Mean Square Layer Normalization", 2019.)

    Raises RuntimeError where the last dimensions are not `normalized_shape`.

    >>> import wengert
    >>> rms_norm(wengert.tensor([3.0, 3.0]), (2,))
    tensor([1., 1.])
    """
    expect.tensors("rms_norm", input=input)
    shape = (normalized_shape,) if isinstance(normalized_shape, int) else tuple(normalized_shape)
    if not shape:
        raise RuntimeError(
            "Expected normalized_shape to be at least 1-dimensional, i.e., containing at least one element, but got"
            " normalized_shape = []"
        )
    if weight is not None and tuple(weight.shape) != shape:
        raise RuntimeError(
            "Expected weight to be of same shape as normalized_shape, but got weight of shape"
            f" {list(weight.shape)} and normalized_shape = {list(shape)}"
        )
    if tuple(input.shape[max(0, input.dim() - len(shape)) :]) != shape:
        raise RuntimeError(
            f"rms_norm: Given normalized_shape={list(shape)}, expected input with shape [*, "
            f"{', '.join(map(str, shape))}], but got input of size{list(input.shape)}"
        )
    if eps is None:
        eps = 2.0**-52 if input.dtype is _core.float64 else 2.0**-23
    dims = tuple(range(-len(shape), 0))
    out = input / _core.sqrt((input * input).mean(dim=dims, keepdim=True) + eps)
    return out if weight is None else out * weight


def _along_channels(input: Tensor, values: Tensor | None, what: str) -> Tensor | None:
    """One value for each channel, shaped to broadcast."""
    if values is None:
        return None
    if values.dim() != 1 or values.shape[0] != input.shape[1]:
        raise RuntimeError(f"{what} should contain {input.shape[1]} elements not {values.numel()}")
    return values.reshape(-1, *[1] * (input.dim() - 2))


def _scaled(out: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    out = out if weight is None else out * weight
    return out if bias is None else out + bias


def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel (dimension 1) brought to mean 0 and variance 1; times weight plus bias.

    While `training`, mean and variance are those of the batch, and the running ones, if given, are moved towards them by
    `momentum`, in place (towards the variance over n - 1); else they are the running ones. (Ioffe, Szegedy, "Batch
    Normalization", 2015.) Raises ValueError for one value per channel while training, RuntimeError where sizes do not fit.

    >>> import wengert
    >>> batch_norm(wengert.tensor([[1.0], [3.0]]), None, None, training=True)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    expect.tensors("batch_norm", input=input)
    expect.tensors_or_none("batch_norm", running_mean=running_mean, running_var=running_var, weight=weight, bias=bias)
    if input.dim() < 2:
        raise RuntimeError(f"batch_norm: expected input of at least 2 dimensions, but got {list(input.shape)}")
    given = {"running_mean": running_mean, "running_var": running_var, "weight": weight, "bias": bias}
    shaped = {what: _along_channels(input, values, what) for what, values in given.items()}
    if training:
        many = math.prod(input.shape) // max(1, input.shape[1])
        if many == 1:
            raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
        dims = tuple(d for d in range(input.dim()) if d != 1)
        if many:
            var, mean = _core.var_mean(input, dim=dims, correction=0, keepdim=True)
            _move(running_mean, mean, momentum, 1.0)
            _move(running_var, var, momentum, many / (many - 1))
        else:  # nothing has no mean: running statistics stay, and gradients of weights are 0
            mean, var = (_core._full([1], value, input.dtype, False) for value in (0.0, 1.0))
    else:
        if running_mean is None or running_var is None:
            raise RuntimeError("Expected running_mean and running_var to be defined when training=False")
        mean, var = shaped["running_mean"], shaped["running_var"]  # type: ignore[assignment]
    scale = _core.rsqrt(var + eps)
    if shaped["weight"] is not None:
        scale = scale * shaped["weight"]
    return _scaled((input - mean) * scale, None, shaped["bias"])


def _move(running: Tensor | None, now: Tensor, momentum: float, factor: float) -> None:
    """Moves a running statistic towards that of a batch."""
    if running is not None:
        now = now.detach()  # a dual number has a primal, a batch stays one
        if now._is_lifted() and not running._is_lifted():
            raise RuntimeError(
                "Batch norm got a batched tensor as input while the running_mean or running_var, which will be updated in place, "
                "were not batched. If you are using a module and do not need eval mode, please set `track_running_stats` to be "
                "False."
            )
        with no_grad():
            running.mul_(1 - momentum).add_(now.reshape(running.shape), alpha=momentum * factor)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel of each image brought to mean 0 and variance 1; times weight plus bias, one for each channel.

    The running statistics, if given, are moved towards the means over the batch; without `use_input_stats` they are
    used. (Ulyanov et al., "Instance Normalization", 2016.) Raises ValueError for one value per channel.

    >>> import wengert
    >>> instance_norm(wengert.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.0000,  1.0000]]])
    """
    expect.tensors("instance_norm", input=input)
    expect.tensors_or_none(
        "instance_norm", running_mean=running_mean, running_var=running_var, weight=weight, bias=bias
    )
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    if input.dim() < 3 or math.prod(input.shape[2:]) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got input size {input.shape}")
    shaped = [_along_channels(input, v, what) for what, v in (("weight", weight), ("bias", bias))]
    dims, many = tuple(range(2, input.dim())), math.prod(input.shape[2:])
    var, mean = _core.var_mean(input, dim=dims, correction=0, keepdim=True)
    _move(running_mean, mean.mean(0), momentum, 1.0)
    _move(running_var, var.mean(0), momentum, many / (many - 1))
    return _scaled((input - mean) * _core.rsqrt(var + eps), *shaped)


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Each of `num_groups` groups of channels of each image brought to mean 0 and variance 1; times weight plus bias.

    (Wu, He, "Group Normalization", 2018.) Raises RuntimeError where channels do not go into groups.

    >>> import wengert
    >>> group_norm(wengert.tensor([[1.0, 3.0, 5.0, 7.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    expect.tensors("group_norm", input=input)
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    if num_groups <= 0 or input.shape[1] % num_groups:
        raise RuntimeError(
            "Expected number of channels in input to be divisible by num_groups, but got input of shape "
            f"{list(input.shape)} and num_groups={num_groups}"
        )
    if math.prod(input.shape) == num_groups:
        raise ValueError(f"Expected more than 1 value per channel when training, got input size {input.shape}")
    shaped = [_along_channels(input, v, what) for what, v in (("weight", weight), ("bias", bias))]
    grouped = input.reshape([input.shape[0], num_groups, math.prod(input.shape[1:]) // num_groups])
    out = _core.layer_norm(grouped, (int(grouped.shape[2]),), None, None, eps).reshape(input.shape)
    return _scaled(out, *shaped)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """x / (k + alpha * mean of x^2 over `size` neighbouring channels)^beta (Krizhevsky et al. 2012).

    Raises ValueError for fewer than 3 dimensions.

    >>> import wengert
    >>> local_response_norm(wengert.ones(1, 1, 1), 2, alpha=2.0, beta=1.0)
    tensor([[[0.5000]]])
    """
    expect.tensors("local_response_norm", input=input)
    if input.dim() < 3:
        raise ValueError(f"Expected 3D or higher dimensionality input (got {input.dim()} dimensions)")
    amounts = [0, 0] * (input.dim() - 2) + [size // 2, (size - 1) // 2]
    mean = pad(input * input, amounts).unfold(1, size, 1).mean(-1)
    return input / (mean * alpha + k) ** beta


def normalize(input: Tensor, p: float = 2.0, dim: Any = 1, eps: float = 1e-12, out: Tensor | None = None) -> Tensor:
    """x / max(|x|_p, eps) along `dim`; written into `out` if one is given.

    >>> import wengert
    >>> normalize(wengert.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    expect.tensors("normalize", input=input)
    size = _core.norm(input, p, dim, True)
    found = input / _core.where(size < eps, _core._cast(size.detach() * 0 + eps, size.dtype, False), size)
    expect.tensors_or_none("normalize", out=out)
    return found if out is None else out.copy_(found)
