"""Transformers: encoders and decoders of attention. Depends on MultiheadAttention, Linear, LayerNorm and Dropout."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._device import check_device
from wengert.nn import functional as F, init
from wengert.nn.modules.attention import MultiheadAttention
from wengert.nn.modules.container import ModuleList
from wengert.nn.modules.dropout import Dropout
from wengert.nn.modules.linear import Linear
from wengert.nn.modules.module import Module
from wengert.nn.modules.normalization import LayerNorm

Mask = Tensor | None


def _function(activation: Any) -> Any:
    if not isinstance(activation, str):
        return activation
    if activation not in ("relu", "gelu"):
        raise RuntimeError(f"activation should be relu/gelu, not {activation}")
    return F.relu if activation == "relu" else F.gelu


def _copies(module: Module, many: int) -> ModuleList:
    return ModuleList([copy.deepcopy(module) for _ in range(many)])


def _attending(
    attention: MultiheadAttention, mask: Mask, padding_mask: Mask, is_causal: bool, memory: Tensor | None = None
) -> Callable[[Tensor], Tensor]:
    """The block of a layer that attends to a memory, or to its own input."""

    def attend(x: Tensor) -> Tensor:
        seen = x if memory is None else memory
        return attention(
            x, seen, seen, attn_mask=mask, key_padding_mask=padding_mask, need_weights=False, is_causal=is_causal
        )[0]

    return attend


class _Layer(Module):
    """What layers of encoders and decoders share: attention to itself, two Linear and norms."""

    _norms = 0

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = F.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        made = {"device": device, "dtype": dtype}
        attention = {"dropout": dropout, "bias": bias, "batch_first": batch_first, **made}
        self.self_attn = MultiheadAttention(d_model, nhead, **attention)
        if self._norms == 3:
            self.multihead_attn = MultiheadAttention(d_model, nhead, **attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias=bias, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias=bias, **made)
        self.norm_first = norm_first
        for place in range(1, self._norms + 1):
            setattr(self, f"norm{place}", LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made))
        for place in range(1, self._norms + 1):
            setattr(self, f"dropout{place}", Dropout(dropout))
        self.activation = _function(activation)

    def _added(self, x: Tensor, place: int, block: Callable[[Tensor], Tensor]) -> Tensor:
        """The input plus a block of it, normalised before or after."""
        norm, drop = getattr(self, f"norm{place}"), getattr(self, f"dropout{place}")
        if self.norm_first:
            return x + drop(block(norm(x)))
        return norm(x + drop(block(x)))

    def _feed(self, x: Tensor) -> Tensor:
        return self.linear2(self.dropout(self.activation(self.linear1(x))))


class TransformerEncoderLayer(_Layer):
    """Attention of (steps, N, d_model) to itself, then two Linear, each with a norm and added to its input.

    `norm_first` normalises before. Sizes are (N, steps, ...) if `batch_first`. `activation` is 'relu', 'gelu' or a function.
    (Vaswani et al. 2017.) Raises RuntimeError for another activation.

    >>> import wengert
    >>> TransformerEncoderLayer(8, 2, 16)(wengert.ones(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    _norms = 2

    def forward(
        self, src: Tensor, src_mask: Mask = None, src_key_padding_mask: Mask = None, is_causal: bool = False
    ) -> Tensor:
        attend = _attending(self.self_attn, src_mask, src_key_padding_mask, is_causal)
        return self._added(self._added(src, 1, attend), 2, self._feed)


class TransformerDecoderLayer(_Layer):
    """Attention of (steps, N, d_model) to itself, then to a memory, then two Linear, each normalised and added.

    The arguments are those of TransformerEncoderLayer.

    >>> import wengert
    >>> TransformerDecoderLayer(8, 2, 16)(wengert.ones(5, 3, 8), wengert.ones(7, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    _norms = 3

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Mask = None,
        memory_mask: Mask = None,
        tgt_key_padding_mask: Mask = None,
        memory_key_padding_mask: Mask = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        attend = _attending(self.self_attn, tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        recall = _attending(self.multihead_attn, memory_mask, memory_key_padding_mask, memory_is_causal, memory)
        return self._added(self._added(self._added(tgt, 1, attend), 2, recall), 3, self._feed)


class TransformerEncoder(Module):
    """Copies of an encoder layer, one after the other, and a norm at the end if one is given.

    `enable_nested_tensor` and `mask_check` are taken and change nothing.

    >>> import wengert
    >>> TransformerEncoder(TransformerEncoderLayer(8, 2, 16), 2)(wengert.ones(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        encoder_layer: Module,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check

    def forward(
        self, src: Tensor, mask: Mask = None, src_key_padding_mask: Mask = None, is_causal: bool | None = None
    ) -> Tensor:
        for layer in self.layers:
            # Whether a mask is causal need not be known: it is added as it is.
            src = layer(
                src,
                src_mask=mask,
                src_key_padding_mask=src_key_padding_mask,
                is_causal=bool(is_causal and mask is not None),
            )
        return src if self.norm is None else self.norm(src)


class TransformerDecoder(Module):
    """Copies of a decoder layer, one after the other, and a norm at the end if one is given.

    >>> import wengert
    >>> decoder = TransformerDecoder(TransformerDecoderLayer(8, 2, 16), 2)
    >>> decoder(wengert.ones(5, 3, 8), wengert.ones(7, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(self, decoder_layer: Module, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Mask = None,
        memory_mask: Mask = None,
        tgt_key_padding_mask: Mask = None,
        memory_key_padding_mask: Mask = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        for layer in self.layers:
            tgt = layer(
                tgt,
                memory,
                tgt_mask=tgt_mask,
                memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask,
                tgt_is_causal=bool(tgt_is_causal and tgt_mask is not None),
                memory_is_causal=memory_is_causal,
            )
        return tgt if self.norm is None else self.norm(tgt)


class Transformer(Module):
    """An encoder of a source and a decoder of a target that attends to it: (S, N, d_model) and (T, N, d_model).

    Sizes are (N, S, ...) if `batch_first`; `custom_encoder` and `custom_decoder` take the place of the two. (Vaswani et
    al. 2017.) Raises RuntimeError where batches or widths differ.

    >>> import wengert
    >>> Transformer(8, 2, 1, 1, 16)(wengert.ones(7, 3, 8), wengert.ones(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: str | Callable[[Tensor], Tensor] = F.relu,
        custom_encoder: Any = None,
        custom_decoder: Any = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        made = {"device": device, "dtype": dtype}
        options = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias)

        def norm() -> LayerNorm:
            return LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)

        self.encoder = custom_encoder or TransformerEncoder(
            TransformerEncoderLayer(*options, **made), num_encoder_layers, norm()
        )
        self.decoder = custom_decoder or TransformerDecoder(
            TransformerDecoderLayer(*options, **made), num_decoder_layers, norm()
        )
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def _reset_parameters(self) -> None:
        for p in self.parameters():
            if p.dim() > 1:
                init.xavier_uniform_(p)

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """A mask that closes off what is later: minus infinity above the diagonal, 0 elsewhere."""
        check_device(device)
        return _core.triu(_core._full([sz, sz], -math.inf, dtype, False), 1)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Mask = None,
        tgt_mask: Mask = None,
        memory_mask: Mask = None,
        src_key_padding_mask: Mask = None,
        tgt_key_padding_mask: Mask = None,
        memory_key_padding_mask: Mask = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        batch = 0 if self.batch_first else 1
        if src.dim() == 3 and src.shape[batch] != tgt.shape[batch]:
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        return self.decoder(
            tgt,
            memory,
            tgt_mask=tgt_mask,
            memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask,
            tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )
