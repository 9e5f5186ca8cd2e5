"""Tables of vectors, looked up by index. Depends on Module and nn.functional."""

from __future__ import annotations

from typing import Any

from wengert._core import Tensor
from wengert.nn import functional as F, init
from wengert.nn.modules._made import parameter_of
from wengert.nn.modules.module import Module
from wengert.nn.parameter import Parameter


class _Table(Module):
    """A matrix whose rows are looked up."""

    weight: Tensor
    num_embeddings: int
    embedding_dim: int
    padding_idx: int | None

    def _make(self, weight: Tensor | None, requires_grad: bool, device: Any, dtype: Any) -> None:
        shape = (self.num_embeddings, self.embedding_dim)
        if weight is None:
            self.weight = parameter_of(*shape, device=device, dtype=dtype).requires_grad_(requires_grad)
            self.reset_parameters()
        else:
            if tuple(weight.shape) != shape:
                raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
            self.weight = Parameter(weight, requires_grad=requires_grad)

    def reset_parameters(self) -> None:
        """Draws the weight anew; the row at `padding_idx` becomes zeros."""
        init.normal_(self.weight)
        if self.padding_idx is not None:
            init.zeros_(self.weight.detach()[self.padding_idx])


class Embedding(_Table):
    """Rows of `weight` at indices; weight is (num_embeddings, embedding_dim), drawn from a normal distribution.

    The row at `padding_idx` is zeros and gets no gradient. Rows whose norm is above `max_norm` are shortened, in place, when
    they are looked up; with `scale_grad_by_freq` gradients are divided by how often a row was looked up. Raises
    NotImplementedError for `sparse`.

    >>> import wengert
    >>> Embedding(10, 3, padding_idx=0)(wengert.tensor([[1, 0]])).shape
    torch.Size([1, 2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        sparse: bool = False,
        _weight: Tensor | None = None,
        _freeze: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if sparse:
            raise NotImplementedError("Embedding: sparse gradients are not supported; leave sparse out")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise AssertionError("Padding_idx must be within num_embeddings")
            padding_idx %= num_embeddings
        self.padding_idx = padding_idx
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        self.sparse = sparse
        self._make(_weight, not _freeze, device, dtype)

    @classmethod
    def from_pretrained(
        cls, embeddings: Tensor, freeze: bool = True, padding_idx: int | None = None, **kwargs: Any
    ) -> Embedding:
        """An Embedding of a given matrix, which gets no gradients if `freeze`.

        Raises AssertionError unless there are 2 dimensions.
        """
        if embeddings.dim() != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        rows, columns = embeddings.shape
        return cls(rows, columns, padding_idx, _weight=embeddings, _freeze=freeze, **kwargs)

    def forward(self, input: Tensor) -> Tensor:
        return F.embedding(
            input, self.weight, self.padding_idx, self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse
        )

    def extra_repr(self) -> str:
        return f"{self.num_embeddings}, {self.embedding_dim}" + "".join(
            f", {name}={getattr(self, name)}"
            for name, usual in (
                ("padding_idx", None),
                ("max_norm", None),
                ("norm_type", 2),
                ("scale_grad_by_freq", False),
            )
            if getattr(self, name) != usual
        )


class EmbeddingBag(_Table):
    """Sums, means or largest elements of rows of `weight` over bags of indices, which are (B, N) or lie between offsets.

    `mode` is 'mean', 'sum' or 'max'; with `include_last_offset` the last offset is where the last bag ends. Rows at
    `padding_idx` are left out. `per_sample_weights` of forward multiply rows, in mode 'sum'. Raises NotImplementedError for
    `sparse`.

    >>> import wengert
    >>> EmbeddingBag(10, 3)(wengert.tensor([1, 2, 4, 5]), wengert.tensor([0, 3])).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        max_norm: float | None = None,
        norm_type: float = 2.0,
        scale_grad_by_freq: bool = False,
        mode: str = "mean",
        sparse: bool = False,
        _weight: Tensor | None = None,
        include_last_offset: bool = False,
        padding_idx: int | None = None,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        if sparse:
            raise NotImplementedError("EmbeddingBag: sparse gradients are not supported; leave sparse out")
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.max_norm = max_norm
        self.norm_type = norm_type
        self.scale_grad_by_freq = scale_grad_by_freq
        if padding_idx is not None:
            if not -num_embeddings <= padding_idx < num_embeddings:
                raise AssertionError("padding_idx must be within num_embeddings")
            padding_idx %= num_embeddings
        self.padding_idx = padding_idx
        self._make(_weight, True, device, dtype)
        self.mode = mode
        self.sparse = sparse
        self.include_last_offset = include_last_offset

    @classmethod
    def from_pretrained(cls, embeddings: Tensor, freeze: bool = True, **kwargs: Any) -> EmbeddingBag:
        """An EmbeddingBag of a given matrix, which gets no gradients if `freeze`.

        Raises AssertionError unless there are 2 dimensions.
        """
        if embeddings.dim() != 2:
            raise AssertionError("Embeddings parameter is expected to be 2-dimensional")
        made = cls(embeddings.shape[0], embeddings.shape[1], _weight=embeddings, **kwargs)
        made.weight.requires_grad_(not freeze)
        return made

    def forward(self, input: Tensor, offsets: Tensor | None = None, per_sample_weights: Tensor | None = None) -> Tensor:
        return F.embedding_bag(
            input,
            self.weight,
            offsets,
            self.max_norm,
            self.norm_type,
            self.scale_grad_by_freq,
            self.mode,
            self.sparse,
            per_sample_weights,
            self.include_last_offset,
            self.padding_idx,
        )

    def extra_repr(self) -> str:
        usual = {"max_norm": None, "norm_type": 2, "scale_grad_by_freq": False}
        held = [f"{name}={getattr(self, name)}" for name, value in usual.items() if getattr(self, name) != value]
        padding = [] if self.padding_idx is None else [f"padding_idx={self.padding_idx}"]
        told = [str(self.num_embeddings), str(self.embedding_dim), *held, f"mode={self.mode!r}", *padding]
        return ", ".join(told)
