"""Names of the module that are imported when first used: modules, printing, files, and what `nn.functional` has as well."""

from __future__ import annotations

import importlib
from typing import Any

MODULES = (
    "accelerator", "backends", "cuda", "linalg", "nn", "optim", "profiler", "random", "serialization", "special", "testing", "types", "utils",
    "version",
)  # fmt: skip
FUNCTIONS = {
    "get_printoptions": "_tensor_str", "set_printoptions": "_tensor_str", "load": "serialization", "save": "serialization",
    "cost": "_see", "explain": "_see", "graph": "_see", "tape": "_see", "watch": "_see", "why_no_grad": "_see",
}  # fmt: skip
# What PyTorch has at top level as well; those that are there are found.
OF_FUNCTIONAL = frozenset((
    "adaptive_avg_pool1d", "avg_pool1d", "bilinear", "celu", "celu_", "channel_shuffle",
    "conv1d", "conv2d", "conv3d", "conv_tbc", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "cosine_similarity",
    "group_norm", "hardshrink", "max_pool1d", "max_pool2d", "max_pool3d",
    "pairwise_distance", "pdist", "pixel_shuffle", "pixel_unshuffle", "prelu", "rms_norm", "rrelu", "rrelu_", "selu", "selu_",
    "threshold", "threshold_",
))  # fmt: skip


def embedding(
    weight: Any, indices: Any, padding_idx: int = -1, scale_grad_by_freq: bool = False, sparse: bool = False
) -> Any:
    """Rows of a matrix; `nn.functional.embedding` with the arguments in the other order.

    >>> import wengert
    >>> wengert.embedding(wengert.eye(2), wengert.tensor([1]))
    tensor([[0., 1.]])
    """
    from wengert.nn import functional

    kept = None if padding_idx == -1 else padding_idx
    return functional.embedding(indices, weight, kept, scale_grad_by_freq=scale_grad_by_freq, sparse=sparse)


def _dropping(name: str) -> Any:
    """A function that calls the flag of training `train`."""

    def drop(input: Any, p: float, train: bool) -> Any:
        from wengert.nn import functional

        return getattr(functional, name)(input, p, train)

    drop.__name__ = drop.__qualname__ = name
    drop.__doc__ = f"""`nn.functional.{name}`, where training is told.

    >>> import wengert
    >>> wengert.{name}(wengert.ones(2), 0.5, False)
    tensor([1., 1.])
    """
    return drop


ADAPTED = {
    "embedding": embedding,
    **{name: _dropping(name) for name in ("alpha_dropout", "dropout", "feature_alpha_dropout")},
}


def find(name: str) -> Any:
    """The module or function of that name, None where there is none."""
    if name in MODULES:
        return importlib.import_module(f"wengert.{name}")
    if name in FUNCTIONS:
        return getattr(importlib.import_module(f"wengert.{FUNCTIONS[name]}"), name)
    if name in ADAPTED:
        return ADAPTED[name]
    if name in OF_FUNCTIONAL:
        return getattr(importlib.import_module("wengert.nn.functional"), name, None)
    return None
