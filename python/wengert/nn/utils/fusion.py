"""A batch normalisation that no longer changes, folded into the layer before it. Depends on Module."""

from __future__ import annotations

import copy
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.nn.parameter import Parameter


def fuse_conv_bn_weights(
    conv_w: Tensor,
    conv_b: Tensor | None,
    bn_rm: Tensor,
    bn_rv: Tensor,
    bn_eps: float,
    bn_w: Tensor | None,
    bn_b: Tensor | None,
    transpose: bool = False,
) -> tuple[Parameter, Parameter]:
    """Weight and bias of a convolution with those of a batch normalisation after it.

    >>> import wengert
    >>> one = wengert.ones(1)
    >>> w, b = fuse_conv_bn_weights(wengert.ones(1, 1, 1), None, one, one * 4, 0.0, one, one)
    >>> w.item(), b.item()
    (0.5, 0.5)
    """
    scale = _core.rsqrt(bn_rv + bn_eps)
    scale = scale if bn_w is None else scale * bn_w
    shape = [-1 if d == int(transpose) else 1 for d in range(conv_w.dim())]
    bias = -bn_rm if conv_b is None else conv_b - bn_rm
    bias = bias * scale if bn_b is None else bias * scale + bn_b
    weight = conv_w * scale.reshape(shape)
    moving = conv_w.requires_grad
    return Parameter(weight.detach(), moving), Parameter(
        bias.detach(), moving if conv_b is None else conv_b.requires_grad
    )


def fuse_conv_bn_eval(conv: Any, bn: Any, transpose: bool = False) -> Any:
    """A copy of a convolution that also does what a batch normalisation after it does, both in eval mode.

    Raises AssertionError while one of them trains.

    >>> import wengert
    >>> conv, norm = wengert.nn.Conv1d(2, 3, 1).eval(), wengert.nn.BatchNorm1d(3).eval()
    >>> x = wengert.ones(1, 2, 4)
    >>> wengert.allclose(fuse_conv_bn_eval(conv, norm)(x), norm(conv(x)))
    True
    """
    if conv.training or bn.training:
        raise AssertionError("Fusion only for eval!")
    fused = copy.deepcopy(conv)
    fused.weight, fused.bias = fuse_conv_bn_weights(
        fused.weight, fused.bias, bn.running_mean, bn.running_var, bn.eps, bn.weight, bn.bias, transpose
    )
    return fused


def fuse_linear_bn_weights(
    linear_w: Tensor, linear_b: Tensor | None, bn_rm: Tensor, bn_rv: Tensor, bn_eps: float, bn_w: Tensor, bn_b: Tensor
) -> tuple[Parameter, Parameter]:
    """Weight and bias of a Linear with those of a batch normalisation after it.

    >>> import wengert
    >>> one = wengert.ones(1)
    >>> w, b = fuse_linear_bn_weights(wengert.ones(1, 1), None, one, one * 4, 0.0, one, one)
    >>> w.item(), b.item()
    (0.5, 0.5)
    """
    return fuse_conv_bn_weights(linear_w, linear_b, bn_rm, bn_rv, bn_eps, bn_w, bn_b)


def fuse_linear_bn_eval(linear: Any, bn: Any) -> Any:
    """A copy of a Linear that also does what a batch normalisation after it does, both in eval mode.

    Raises AssertionError while one of them trains, or where sizes differ.

    >>> import wengert
    >>> line, norm = wengert.nn.Linear(2, 3).eval(), wengert.nn.BatchNorm1d(3).eval()
    >>> x = wengert.ones(1, 2)
    >>> wengert.allclose(fuse_linear_bn_eval(line, norm)(x), norm(line(x)))
    True
    """
    if linear.out_features != bn.num_features:
        raise AssertionError("To fuse, linear.out_features == bn.num_features or bn.num_features == 1")
    return fuse_conv_bn_eval(linear, bn)
