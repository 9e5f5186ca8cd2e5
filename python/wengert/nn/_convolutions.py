"""Convolutions of 1 to 3 dimensions and their transposes: windows as views, one matrix product. Depends on windows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn._padding import pad
from wengert.nn._windows import both_sides, positive, sizes_of, windows

__all__ = ["conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]


def _check(name: str, n: int, input: Tensor, weight: Tensor, bias: Tensor | None, groups: int) -> bool:
    """Refuses what does not fit; says whether the input has a batch."""
    expect.tensors(name, input=input, weight=weight)
    if bias is not None and not isinstance(bias, Tensor):
        raise TypeError(f"{name}(): argument 'bias' (position 3) must be Tensor, not {type(bias).__name__}")
    if weight.dim() != n + 2:
        raise RuntimeError(f"{name}: expected weight of {n + 2} dimensions, but got {list(weight.shape)}")
    if input.dim() not in (n + 1, n + 2):
        raise RuntimeError(
            f"Expected {n + 1}D (unbatched) or {n + 2}D (batched) input to {name}, but got input of size: {list(input.shape)}"
        )
    if groups <= 0:
        raise RuntimeError("non-positive groups is not supported")
    if input.dtype is not weight.dtype:
        raise RuntimeError(
            f"Input type ({input.dtype}) and weight type ({weight.dtype}) should be the same; try to() on one of them"
        )
    return input.dim() == n + 2


def _product(input: Tensor, weight: Tensor, stride: list[int], dilation: list[int], groups: int) -> Tensor:
    """The convolution of a padded batch, without bias."""
    kernel = list(weight.shape[2:])
    n, batch, channels, out_channels = len(kernel), input.shape[0], input.shape[1], weight.shape[0]
    seen = windows(input, kernel, stride, dilation)
    out = list(seen.shape[2 : 2 + n])
    # Channels and places of the kernel are the rows, images and outputs the columns: one product for each group.
    columns = seen.permute([1, *range(2 + n, 2 + 2 * n), 0, *range(2, 2 + n)])
    columns = columns.reshape([groups, channels // groups * math.prod(kernel), batch * math.prod(out)])
    if groups == 1:
        found = weight.reshape(out_channels, -1) @ columns.squeeze(0)
    else:
        found = weight.reshape(groups, out_channels // groups, -1) @ columns
    found = found.reshape([out_channels, batch, *out])
    return found.transpose(0, 1).contiguous()


def _with_bias(out: Tensor, bias: Tensor | None, n: int) -> Tensor:
    if bias is None:
        return out
    if bias.dim() != 1 or bias.shape[0] != out.shape[1]:
        raise RuntimeError(
            f"expected bias to be 1-dimensional with {out.shape[1]} elements, but got bias of size {list(bias.shape)} instead"
        )
    return out + bias.reshape(-1, *[1] * n)


def _convolved(
    name: str,
    n: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    groups: int,
) -> Tensor:
    batched = _check(name, n, input, weight, bias, groups)
    s, d = sizes_of("stride", stride, n), sizes_of("dilation", dilation, n)
    positive(name, stride=s, dilation=d)
    kernel = list(weight.shape[2:])
    if not batched:
        input = input.unsqueeze(0)
    if weight.shape[0] % groups or weight.shape[0] < groups:
        raise RuntimeError(
            f"Given groups={groups}, expected weight to be divisible by {groups} at dimension 0, but got weight of size "
            f"{list(weight.shape)} instead"
        )
    if input.shape[1] != weight.shape[1] * groups:
        raise RuntimeError(
            f"Given groups={groups}, weight of size {list(weight.shape)}, expected input{list(input.shape)} to have "
            f"{weight.shape[1] * groups} channels, but got {input.shape[1]} channels instead"
        )
    if isinstance(padding, str):
        amounts = _named_padding(padding, kernel, s, d)
    else:
        p = sizes_of("padding", padding, n)
        if min(p) < 0:
            raise RuntimeError("negative padding is not supported")
        amounts = both_sides(p)
    padded = pad(input, amounts) if any(amounts) else input
    reach = [dd * (k - 1) + 1 for k, dd in zip(kernel, d, strict=True)]
    if any(have < want for have, want in zip(padded.shape[2:], reach, strict=True)):
        told = [" x ".join(map(str, sizes)) for sizes in (padded.shape[2:], reach)]
        raise RuntimeError(
            f"Calculated padded input size per channel: ({told[0]}). Kernel size: ({told[1]}). Kernel size can't be greater "
            "than actual input size"
        )
    out = _with_bias(_product(padded, weight, s, d, groups), bias, n)
    return out if batched else out.squeeze(0)


def same_padding(kernel: Sequence[int], dilation: Sequence[int]) -> list[int]:
    """What keeps the sizes of an input, as `pad` wants it: the odd one goes behind."""
    totals = [d * (k - 1) for k, d in zip(kernel, dilation, strict=True)]
    return [n for total in reversed(totals) for n in (total // 2, total - total // 2)]


def _named_padding(padding: str, kernel: list[int], stride: list[int], dilation: list[int]) -> list[int]:
    if padding not in ("same", "valid"):
        raise RuntimeError(f"Invalid padding string: '{padding}'; wanted 'same' or 'valid'")
    if padding == "valid":
        return [0] * (2 * len(kernel))
    if any(s != 1 for s in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    return same_padding(kernel, dilation)


def _spread(input: Tensor, stride: Sequence[int]) -> Tensor:
    """Zeros between the elements of the last dimensions."""
    for place, s in enumerate(stride):
        if s > 1:
            dim = input.dim() - len(stride) + place
            size = input.shape[dim]
            wide = input.unsqueeze(dim + 1)
            gap = _core._full([*wide.shape[: dim + 1], s - 1, *wide.shape[dim + 2 :]], 0.0, input.dtype, False)
            input = _core.cat([wide, gap], dim + 1).flatten(dim, dim + 1).narrow(dim, 0, (size - 1) * s + 1)
    return input


def _transposed(
    name: str,
    n: int,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    output_padding: Any,
    groups: int,
    dilation: Any,
) -> Tensor:
    batched = _check(name, n, input, weight, bias, groups)
    s, d = sizes_of("stride", stride, n), sizes_of("dilation", dilation, n)
    p, more = sizes_of("padding", padding, n), sizes_of("output_padding", output_padding, n)
    positive(name, stride=s, dilation=d)
    if min(p) < 0 or min(more) < 0:
        raise RuntimeError("negative padding is not supported")
    if any(m >= max(ss, dd) for m, ss, dd in zip(more, s, d, strict=True)):
        raise RuntimeError(
            "output padding must be smaller than either stride or dilation, but got output_padding: "
            f"{more} stride: {s} dilation: {d}"
        )
    if not batched:
        input = input.unsqueeze(0)
    channels, each, *kernel = weight.shape
    if input.shape[1] != channels or channels % groups:
        raise RuntimeError(
            f"Given transposed=1, weight of size {list(weight.shape)}, expected input{list(input.shape)} to have {channels} "
            f"channels, but got {input.shape[1]} channels instead, in {groups} groups"
        )
    reach = [dd * (k - 1) for k, dd in zip(kernel, d, strict=True)]
    edges = [(r - q, r - q + m) for r, q, m in zip(reach, p, more, strict=True)]
    wide = _spread(input, s)
    if any(size + a + b - r < 1 for size, (a, b), r in zip(wide.shape[2:], edges, reach, strict=True)):
        raise RuntimeError(
            f"Given input size per channel: {list(input.shape[2:])}, calculated output size per channel is too small"
        )
    wide = pad(wide, [amount for pair in reversed(edges) for amount in pair])
    turned = weight.flip(list(range(2, 2 + n))).reshape([groups, channels // groups, each, *kernel])
    turned = turned.transpose(1, 2).reshape([groups * each, channels // groups, *kernel])
    out = _with_bias(_product(wide, turned, [1] * n, d, groups), bias, n)
    return out if batched else out.squeeze(0)


def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlation of (N, C, L) with weights (out, C / groups, kernel), plus bias (out); N may be left out.

    `padding` is a number, one for each dimension, 'valid' or 'same'. Raises RuntimeError where sizes do not fit.

    >>> import wengert
    >>> conv1d(wengert.ones(1, 1, 4), wengert.ones(1, 1, 2))
    tensor([[[2., 2., 2.]]])
    """
    return _convolved("conv1d", 1, input, weight, bias, stride, padding, dilation, groups)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlation of (N, C, H, W) with weights (out, C / groups, kernel), plus bias (out); N may be left out.

    `padding` is a number, one for each dimension, 'valid' or 'same'. Raises RuntimeError where sizes do not fit.

    >>> import wengert
    >>> conv2d(wengert.ones(1, 1, 2, 3), wengert.ones(1, 1, 2, 2))
    tensor([[[[4., 4.]]]])
    """
    return _convolved("conv2d", 2, input, weight, bias, stride, padding, dilation, groups)


def conv3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Tensor:
    """Cross-correlation of (N, C, D, H, W) with weights (out, C / groups, kernel), plus bias (out); N may be left out.

    `padding` is a number, one for each dimension, 'valid' or 'same'. Raises RuntimeError where sizes do not fit.

    >>> import wengert
    >>> conv3d(wengert.ones(1, 1, 2, 2, 2), wengert.ones(1, 1, 2, 2, 2))
    tensor([[[[[8.]]]]])
    """
    return _convolved("conv3d", 3, input, weight, bias, stride, padding, dilation, groups)


def conv_transpose1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The transpose of conv1d with respect to its input: (N, C, L) with weights (C, out / groups, kernel), plus bias (out).

    `output_padding` is added to one side of the output. N may be left out. Raises RuntimeError where sizes do not fit.

    >>> import wengert
    >>> conv_transpose1d(wengert.ones(1, 1, 2), wengert.ones(1, 1, 2))
    tensor([[[1., 2., 1.]]])
    """
    return _transposed("conv_transpose1d", 1, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The transpose of conv2d with respect to its input: (N, C, H, W) with weights (C, out / groups, kernel), plus bias (out).

    `output_padding` is added to one side of the output. N may be left out. Raises RuntimeError where sizes do not fit.

    >>> import wengert
    >>> conv_transpose2d(wengert.ones(1, 1, 1, 2), wengert.ones(1, 1, 1, 2))
    tensor([[[[1., 2., 1.]]]])
    """
    return _transposed("conv_transpose2d", 2, input, weight, bias, stride, padding, output_padding, groups, dilation)


def conv_transpose3d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Tensor:
    """The transpose of conv3d with respect to its input: (N, C, D, H, W) with weights (C, out / groups, kernel), plus bias (out).

    `output_padding` is added to one side of the output. N may be left out. Raises RuntimeError where sizes do not fit.

    >>> import wengert
    >>> conv_transpose3d(wengert.ones(1, 1, 1, 1, 2), wengert.ones(1, 1, 1, 1, 2))
    tensor([[[[[1., 2., 1.]]]]])
    """
    return _transposed("conv_transpose3d", 3, input, weight, bias, stride, padding, output_padding, groups, dilation)
