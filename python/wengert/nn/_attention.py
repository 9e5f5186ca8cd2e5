"""Attention: weights by scaled products, and several heads of it. Depends on Tensor, linear and dropout."""

from __future__ import annotations

import math
import warnings
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn._dropout import dropout
from wengert.nn._padding import pad

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


def _open(scores: Tensor, attn_mask: Tensor | None, is_causal: bool) -> Tensor:
    """Scores with what the masks close off at minus infinity."""
    if is_causal:
        ones = _core._full(list(scores.shape[-2:]), True, _core.bool, False)
        scores = _core.masked_fill(scores, _core.logical_not(_core.tril(ones)), -math.inf)
    if attn_mask is None:
        return scores
    if attn_mask.dtype is _core.bool:
        return _core.masked_fill(scores, _core.logical_not(attn_mask), -math.inf)
    return scores + attn_mask


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(query key^T scale + mask) value, over (..., steps, width); scale is 1 / sqrt(width) unless given.

    A mask of bools keeps where it is True, others are added; `is_causal` keeps what is not later. A row with nothing left
    gives zeros. Weights are dropped with probability `dropout_p`. With `enable_gqa` heads (dimension -3) of keys and values
    are repeated. (Vaswani et al., "Attention Is All You Need", 2017.) Raises RuntimeError for a mask beside `is_causal`.

    >>> import wengert
    >>> x = wengert.eye(2)
    >>> scaled_dot_product_attention(x, x, x, is_causal=True)
    tensor([[1.0000, 0.0000],
            [0.3302, 0.6698]])
    """
    expect.tensors("scaled_dot_product_attention", query=query, key=key, value=value)
    if is_causal and attn_mask is not None:
        raise RuntimeError("_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True")
    if min(query.dim(), key.dim(), value.dim()) < 2:
        raise RuntimeError(
            "scaled_dot_product_attention: Expected query, key, and value to all be at least 2 dimensional, but got "
            f"query.dim: {query.dim()}, key.dim: {key.dim()} and value.dim: {value.dim()} instead."
        )
    if attn_mask is not None and attn_mask.dtype is not _core.bool and attn_mask.dtype is not query.dtype:
        raise RuntimeError(
            f"Expected attn_mask dtype to be bool or float or to match query dtype, but got attn_mask.dtype: {attn_mask.dtype}"
            f" and query.dtype: {query.dtype} instead."
        )
    if enable_gqa:
        heads = query.shape[-3]
        if heads % key.shape[-3] or heads % value.shape[-3]:
            raise RuntimeError(
                "scaled_dot_product_attention: heads of the query must be a multiple of those of key and value; got "
                f"{heads}, {key.shape[-3]} and {value.shape[-3]}"
            )
        key = key.repeat_interleave(heads // key.shape[-3], -3)
        value = value.repeat_interleave(heads // value.shape[-3], -3)
    factor = 1.0 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = _open((query * factor) @ key.transpose(-2, -1), attn_mask, is_causal)
    if attn_mask is None:
        weights = _core.softmax(scores, -1)
    else:
        # Rows of minus infinity alone have no softmax: they count as zeros.
        closed = (scores.detach() == -math.inf).all(-1, True)
        weights = _core.masked_fill(_core.softmax(_core.masked_fill(scores, closed, 0.0), -1), closed, 0.0)
    if dropout_p > 0.0:
        weights = dropout(weights, dropout_p)
    return weights @ value


def _added(mask: Tensor | None, name: str, dtype: Any) -> Tensor | None:
    """A mask of bools, which close off where they are True, as numbers to add."""
    if mask is None or mask.dtype is dtype:
        return mask
    if mask.dtype is _core.bool:
        return _core.masked_fill(_core._full(list(mask.shape), 0.0, dtype, False), mask, -math.inf)
    if not mask.dtype.is_floating_point:
        raise AssertionError(f"only bool and floating types of {name} are supported")
    return _core._cast(mask, dtype, False)


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """What `MultiheadAttention` computes: inputs (steps, N, E) or (steps, E), projected, cut into heads, attended, joined.

    Masks of bools close off where they are True, others are added; `is_causal` is a hint beside `attn_mask`. Returns the
    output and, if `need_weights`, the weights, as the mean over heads if `average_attn_weights`. Raises AssertionError
    for sizes that do not fit, RuntimeError for the hint without a mask.

    >>> import wengert
    >>> x, w = wengert.ones(3, 4), wengert.ones(12, 4)
    >>> out, weights = multi_head_attention_forward(
    ...     x, x, x, 4, 2, w, None, None, None, False, 0.0, wengert.ones(4, 4), None)
    >>> out.shape, weights.shape
    (torch.Size([3, 4]), torch.Size([3, 3]))
    """
    expect.tensors("multi_head_attention_forward", query=query, key=key, value=value)
    batched = query.dim() == 3
    if query.dim() not in (2, 3) or key.dim() != query.dim() or value.dim() != query.dim():
        raise AssertionError(
            "query should be unbatched 2D or batched 3D tensor, with key and value of as many dimensions, but received "
            f"{query.dim()}-D query, {key.dim()}-D key and {value.dim()}-D value"
        )
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
    if not batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    steps, batch, width = query.shape
    if width != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {width}")
    head = width // num_heads
    if head * num_heads != width:
        raise AssertionError(f"embed_dim {width} not divisible by num_heads {num_heads}")
    if (attn_mask is not None) and (key_padding_mask is not None) and attn_mask.dtype is not key_padding_mask.dtype:
        warnings.warn(
            "Support for mismatched key_padding_mask and attn_mask is deprecated. Use same type for both instead.",
            stacklevel=2,
        )
    attn_mask = _added(attn_mask, "attn_mask", query.dtype)
    closed = _added(key_padding_mask, "key_padding_mask", query.dtype)
    biases = [None] * 3 if in_proj_bias is None else list(in_proj_bias.chunk(3))
    if use_separate_proj_weight:
        given = {"q_proj_weight": q_proj_weight, "k_proj_weight": k_proj_weight, "v_proj_weight": v_proj_weight}
        for name, weight in given.items():
            if weight is None:
                raise AssertionError(f"use_separate_proj_weight is True but {name} is None")
        weights = [w for w in given.values() if w is not None]
    else:
        if in_proj_weight is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        weights = list(in_proj_weight.chunk(3))
    q, k, v = (_core._linear(x, w, b) for x, w, b in zip((query, key, value), weights, biases, strict=True))
    if attn_mask is not None and attn_mask.dim() == 2:
        attn_mask = attn_mask.unsqueeze(0)
    if bias_k is not None and bias_v is not None:
        k = _core.cat([k, bias_k.expand(1, batch, width)])
        v = _core.cat([v, bias_v.expand(1, batch, width)])
        attn_mask = None if attn_mask is None else pad(attn_mask, (0, 1))
        closed = None if closed is None else pad(closed, (0, 1))
    # (N * heads, steps, width of a head)
    q = q.reshape(steps, batch * num_heads, head).transpose(0, 1)
    k = k.reshape(k.shape[0], batch * num_heads, head).transpose(0, 1) if static_k is None else static_k
    v = v.reshape(v.shape[0], batch * num_heads, head).transpose(0, 1) if static_v is None else static_v
    if add_zero_attn:
        nothing = _core._full([batch * num_heads, 1, head], 0.0, k.dtype, False)
        k, v = _core.cat([k, nothing], 1), _core.cat([v, nothing], 1)
        attn_mask = None if attn_mask is None else pad(attn_mask, (0, 1))
        closed = None if closed is None else pad(closed, (0, 1))
    others = int(k.shape[1])
    if closed is not None:
        if tuple(closed.shape) != (batch, others):
            raise AssertionError(
                f"expecting key_padding_mask shape of {(batch, others)}, but got {tuple(closed.shape)}"
            )
        wide = closed.reshape(batch, 1, 1, others).expand(-1, num_heads, -1, -1).reshape(-1, 1, others)
        attn_mask = wide if attn_mask is None else attn_mask + wide
    if attn_mask is not None and (attn_mask.shape[-1] != others or attn_mask.shape[-2] not in (1, steps)):
        raise RuntimeError(
            f"The shape of the attn_mask is {tuple(attn_mask.shape)}, but should be {(steps, others)} or "
            f"{(batch * num_heads, steps, others)}."
        )
    drop = dropout_p if training else 0.0
    attended: Tensor | None = None
    if need_weights:
        scores = (q * math.sqrt(1.0 / head)) @ k.transpose(-2, -1)
        attended = _core.softmax(scores if attn_mask is None else scores + attn_mask, -1)
        attended = dropout(attended, drop) if drop > 0.0 else attended
        out = attended @ v
    else:
        out = scaled_dot_product_attention(q, k, v, attn_mask, drop)
    out = _core._linear(out.transpose(0, 1).reshape(steps, batch, width), out_proj_weight, out_proj_bias)
    if attended is not None:
        attended = attended.reshape(batch, num_heads, steps, others)
        attended = attended.mean(1) if average_attn_weights else attended
    if not batched:
        out = out.squeeze(1)
        attended = None if attended is None else attended.squeeze(0)
    return out, attended
