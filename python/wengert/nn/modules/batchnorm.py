"""Normalisation over batches and over images, with running statistics. Depends on their base, nn.functional, lazy modules."""

from __future__ import annotations

from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert.nn import functional as F
from wengert.nn.modules._affine import Affine
from wengert.nn.modules._made import zeros_of
from wengert.nn.modules._sized import LazySize
from wengert.nn.modules.module import Module
from wengert.nn.parameter import UninitializedBuffer, UninitializedParameter


class _NormBase(Affine):
    """Weight and bias, and running statistics, one of each for each channel."""

    _version = 2
    _wanted: tuple[int, ...] = ()
    running_mean: Tensor | None
    running_var: Tensor | None
    num_batches_tracked: Tensor | None

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.track_running_stats = track_running_stats
        made = {"device": device, "dtype": dtype}
        self._make(num_features, weight=affine, bias=bias, device=device, dtype=dtype)
        tracked = track_running_stats
        self.register_buffer("running_mean", zeros_of(num_features, **made) if tracked else None)
        self.register_buffer("running_var", zeros_of(num_features, **made) + 1 if tracked else None)
        self.register_buffer("num_batches_tracked", _core.tensor(0, dtype=_core.int64) if tracked else None)
        self.reset_parameters()

    def reset_running_stats(self) -> None:
        """Makes running means zeros and running variances ones."""
        if self.track_running_stats:
            for held, value in ((self.running_mean, 0), (self.running_var, 1), (self.num_batches_tracked, 0)):
                if held is not None:
                    held.fill_(value)

    def reset_parameters(self) -> None:
        """Makes weight ones and bias zeros, and resets the running statistics."""
        self.reset_running_stats()
        super().reset_parameters()

    def _check_input_dim(self, input: Tensor) -> None:
        """Refuses inputs of another number of dimensions."""
        if self._wanted and input.dim() not in self._wanted:
            wanted = " or ".join(f"{n}D" for n in self._wanted)
            raise ValueError(f"expected {wanted} input (got {input.dim()}D input)")

    def extra_repr(self) -> str:
        return (
            f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}, "
            f"bias={self.bias is not None}, track_running_stats={self.track_running_stats}"
        )

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *rest: Any) -> None:
        version = rest[0].get("version")
        key = prefix + "num_batches_tracked"
        # States of the first version have no count of batches.
        if (version is None or version < 2) and self.track_running_stats and key not in state_dict:
            held = self.num_batches_tracked
            state_dict[key] = _core.tensor(0, dtype=_core.int64) if held is None else held
        super()._load_from_state_dict(state_dict, prefix, *rest)


class _BatchNorm(_NormBase):
    """Batch normalisation of any number of dimensions."""

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        factor = 0.0 if self.momentum is None else self.momentum
        if self.training and self.track_running_stats and self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)
            if self.momentum is None:  # the plain mean of all batches
                factor = 1.0 / float(self.num_batches_tracked)
        of_batch = self.training or (self.running_mean is None and self.running_var is None)
        moved = not self.training or self.track_running_stats
        return F.batch_norm(
            input,
            self.running_mean if moved else None,
            self.running_var if moved else None,
            self.weight,
            self.bias,
            of_batch,
            factor,
            self.eps,
        )


class _InstanceNorm(_NormBase):
    """Instance normalisation of any number of dimensions."""

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = False,
        track_running_stats: bool = False,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        self._check_input_dim(input)
        batched = input.dim() == self._wanted[-1]
        channels = input.shape[1 if batched else 0]
        if self.affine and channels != self.num_features:
            raise ValueError(
                f"expected input's size at dim={1 if batched else 0} to match num_features ({self.num_features}), but got: "
                f"{channels}."
            )
        out = F.instance_norm(
            input if batched else input.unsqueeze(0),
            self.running_mean,
            self.running_var,
            self.weight,
            self.bias,
            self.training or not self.track_running_stats,
            0.0 if self.momentum is None else self.momentum,
            self.eps,
        )
        return out if batched else out.squeeze(0)


class _Lazy(LazySize):
    """A normalisation whose channels are those of its first input."""

    _size = "num_features"

    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype)
        this: Any = self
        this.affine = affine
        this.track_running_stats = track_running_stats
        made = {"device": device, "dtype": dtype}
        if affine:
            this.weight = UninitializedParameter(**made)
            this.bias = UninitializedParameter(**made) if bias else None
        if track_running_stats:
            this.running_mean = UninitializedBuffer(**made)
            this.running_var = UninitializedBuffer(**made)
            this.num_batches_tracked = _core.tensor(0, dtype=_core.int64)

    def initialize_parameters(self, input: Tensor) -> None:
        """Gives parameters and buffers their shapes."""
        this: Any = self
        batched = issubclass(type(self), _BatchNorm) or input.dim() == this._wanted[-1]
        this.num_features = int(input.shape[1 if batched else 0])
        self._shaped(**dict.fromkeys(("weight", "bias", "running_mean", "running_var"), (this.num_features,)))


class SyncBatchNorm(_BatchNorm):
    """Batch normalisation over the processes of a group: there is one process, so that of any number of dimensions.

    >>> import wengert
    >>> SyncBatchNorm(3)(wengert.ones(2, 3)).shape
    torch.Size([2, 3])
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        process_group: Any = None,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(num_features, eps, momentum, affine, track_running_stats, device, dtype, bias=bias)
        self.process_group = process_group

    @classmethod
    def convert_sync_batchnorm(cls, module: Module, process_group: Any = None) -> Module:
        """The same tree with this in the place of each BatchNorm, of the same parameters and statistics."""
        found: Module = module
        if isinstance(module, _BatchNorm) and not isinstance(module, cls):
            made = cls(module.num_features, module.eps, module.momentum, False, False, process_group)
            made.affine, made.track_running_stats = module.affine, module.track_running_stats
            made._parameters, made._buffers = module._parameters, module._buffers
            found = made.train(module.training)
        for name, child in module.named_children():
            found.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return found


class BatchNorm1d(_BatchNorm):
    """Each channel of (N, C) or (N, C, L) brought to mean 0 and variance 1, times weight plus bias.

    While training by the batch, which moves the running statistics by `momentum` (None: their plain mean), else by
    those, if `track_running_stats`. Raises ValueError for another number of dimensions, and for one value per channel.

    >>> import wengert
    >>> BatchNorm1d(1)(wengert.tensor([[[1.0, 3.0]]])).detach()
    tensor([[[-1.0000,  1.0000]]])
    """

    _wanted = (2, 3)


class InstanceNorm1d(_InstanceNorm):
    """Each channel of each image of (C, L) or (N, C, L) brought to mean 0 and variance 1.

    With `affine` times weight plus bias; with `track_running_stats` by running statistics outside of training. Raises
    ValueError for another number of dimensions, and for one value per channel.

    >>> import wengert
    >>> InstanceNorm1d(1)(wengert.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.0000,  1.0000]]])
    """

    _wanted = (2, 3)


class LazyBatchNorm1d(_Lazy, BatchNorm1d):
    """A BatchNorm1d whose `num_features` are the channels of its first input.

    >>> import wengert
    >>> layer = LazyBatchNorm1d()
    >>> layer(wengert.tensor([[[1.0, 3.0]]])).shape == wengert.tensor([[[1.0, 3.0]]]).shape, layer.num_features
    (True, 1)
    """

    cls_to_become = BatchNorm1d


class LazyInstanceNorm1d(_Lazy, InstanceNorm1d):
    """An InstanceNorm1d whose `num_features` are the channels of its first input.

    >>> import wengert
    >>> layer = LazyInstanceNorm1d()
    >>> layer(wengert.tensor([[[1.0, 3.0]]])).shape == wengert.tensor([[[1.0, 3.0]]]).shape, layer.num_features
    (True, 1)
    """

    cls_to_become = InstanceNorm1d


class BatchNorm2d(_BatchNorm):
    """Each channel of (N, C, H, W) brought to mean 0 and variance 1, times weight plus bias.

    While training by the batch, which moves the running statistics by `momentum` (None: their plain mean), else by
    those, if `track_running_stats`. Raises ValueError for another number of dimensions, and for one value per channel.

    >>> import wengert
    >>> BatchNorm2d(1)(wengert.tensor([[[[1.0, 3.0]]]])).detach()
    tensor([[[[-1.0000,  1.0000]]]])
    """

    _wanted = (4,)


class InstanceNorm2d(_InstanceNorm):
    """Each channel of each image of (C, H, W) or (N, C, H, W) brought to mean 0 and variance 1.

    With `affine` times weight plus bias; with `track_running_stats` by running statistics outside of training. Raises
    ValueError for another number of dimensions, and for one value per channel.

    >>> import wengert
    >>> InstanceNorm2d(1)(wengert.tensor([[[[1.0, 3.0]]]]))
    tensor([[[[-1.0000,  1.0000]]]])
    """

    _wanted = (3, 4)


class LazyBatchNorm2d(_Lazy, BatchNorm2d):
    """A BatchNorm2d whose `num_features` are the channels of its first input.

    >>> import wengert
    >>> layer = LazyBatchNorm2d()
    >>> layer(wengert.tensor([[[[1.0, 3.0]]]])).shape == wengert.tensor([[[[1.0, 3.0]]]]).shape, layer.num_features
    (True, 1)
    """

    cls_to_become = BatchNorm2d


class LazyInstanceNorm2d(_Lazy, InstanceNorm2d):
    """An InstanceNorm2d whose `num_features` are the channels of its first input.

    >>> import wengert
    >>> layer = LazyInstanceNorm2d()
    >>> layer(wengert.tensor([[[[1.0, 3.0]]]])).shape == wengert.tensor([[[[1.0, 3.0]]]]).shape, layer.num_features
    (True, 1)
    """

    cls_to_become = InstanceNorm2d


class BatchNorm3d(_BatchNorm):
    """Each channel of (N, C, D, H, W) brought to mean 0 and variance 1, times weight plus bias.

    While training by the batch, which moves the running statistics by `momentum` (None: their plain mean), else by
    those, if `track_running_stats`. Raises ValueError for another number of dimensions, and for one value per channel.

    >>> import wengert
    >>> BatchNorm3d(1)(wengert.tensor([[[[[1.0, 3.0]]]]])).detach()
    tensor([[[[[-1.0000,  1.0000]]]]])
    """

    _wanted = (5,)


class InstanceNorm3d(_InstanceNorm):
    """Each channel of each image of (C, D, H, W) or (N, C, D, H, W) brought to mean 0 and variance 1.

    With `affine` times weight plus bias; with `track_running_stats` by running statistics outside of training. Raises
    ValueError for another number of dimensions, and for one value per channel.

    >>> import wengert
    >>> InstanceNorm3d(1)(wengert.tensor([[[[[1.0, 3.0]]]]]))
    tensor([[[[[-1.0000,  1.0000]]]]])
    """

    _wanted = (4, 5)


class LazyBatchNorm3d(_Lazy, BatchNorm3d):
    """A BatchNorm3d whose `num_features` are the channels of its first input.

    >>> import wengert
    >>> layer = LazyBatchNorm3d()
    >>> layer(wengert.tensor([[[[[1.0, 3.0]]]]])).shape == wengert.tensor([[[[[1.0, 3.0]]]]]).shape, layer.num_features
    (True, 1)
    """

    cls_to_become = BatchNorm3d


class LazyInstanceNorm3d(_Lazy, InstanceNorm3d):
    """An InstanceNorm3d whose `num_features` are the channels of its first input.

    >>> import wengert
    >>> layer = LazyInstanceNorm3d()
    >>> layer(wengert.tensor([[[[[1.0, 3.0]]]]])).shape == wengert.tensor([[[[[1.0, 3.0]]]]]).shape, layer.num_features
    (True, 1)
    """

    cls_to_become = InstanceNorm3d
