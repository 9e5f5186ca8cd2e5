"""What nodes show of their operations: saved tensors and attributes under PyTorch's names, metadata of outputs, and of a
Function's node what its context has. Depends on `_core`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from wengert._core import Node, Tensor, dtype as _dtype
from wengert._device import CPU
from wengert._size import Size

# Names of the kept inputs of operations that do not call them self and other.
_INPUTS = {
    "AddcdivBackward0": ("self", "tensor1", "tensor2"),
    "AddcmulBackward0": ("self", "tensor1", "tensor2"),
    "AddmmBackward0": ("self", "mat1", "mat2"),
    "BaddbmmBackward0": ("self", "batch1", "batch2"),
    "BinaryCrossEntropyBackward0": ("self", "target", "weight"),
    "BinaryCrossEntropyWithLogitsBackward0": ("self", "target", "weight", "pos_weight"),
    "BmmBackward0": ("self", "mat2"),
    "DotBackward0": ("self", "tensor"),
    "GatherBackward0": ("self", "index"),
    "HuberLossBackward0": ("self", "target"),
    "IndexBackward0": ("self", "indices"),
    "IndexSelectBackward0": ("self", "index"),
    "LerpBackward0": ("self", "end", "weight"),
    "LerpBackward1": ("self", "end", "weight"),
    "LinearBackward0": ("input", "weight", "bias"),
    "ClampBackward1": ("self", "min", "max"),
    "KthvalueBackward0": ("self", "indices"),
    "MaskedFillBackward0": ("self", "mask"),
    "MaskedSelectBackward0": ("self", "mask"),
    "MaxBackward0": ("self", "indices"),
    "MedianBackward1": ("self", "indices"),
    "MinBackward0": ("self", "indices"),
    "MmBackward0": ("self", "mat2"),
    "MseLossBackward0": ("self", "target"),
    "MvBackward0": ("self", "vec"),
    "NativeLayerNormBackward0": ("input", "weight", "bias"),
    "NllLossBackward0": ("self", "target", "weight"),
    "PowBackward0": ("self", "exponent"),
    "PowBackward1": ("self", "exponent"),
    "PreluBackward0": ("self", "weight"),
    "SmoothL1LossBackward0": ("self", "target"),
    "SortBackward0": ("self", "indices"),
    "TopkBackward0": ("self", "indices"),
    "WhereBackward0": ("condition", "self", "other"),
}
_OUTPUT = 128
_FIELD = re.compile(r"(\w+): (\[[^\]]*\]|-?[\w.]+)")
# Attributes that PyTorch's nodes have as well, by their names here.
_FIELDS = {
    "alpha": "alpha",
    "beta": "beta",
    "correction": "correction",
    "counts": "repeats",
    "diagonal": "diagonal",
    "dim": "dim",
    "index": "index",
    "keepdim": "keepdim",
    "offset": "offset",
    "p": "ord",
    "start": "start",
    "step": "step",
}


class _Raw:
    """A saved tensor of a node, for hooks on it alone."""

    def __init__(self, node: Node, bit: int) -> None:
        self._node, self._bit = node, bit

    def register_hooks(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        """Has `pack_hook` and `unpack_hook` stand in for the value."""
        self._node._pack(self._bit, pack_hook, unpack_hook)


class InputMetadata(NamedTuple):
    """What a node knows of one of its outputs, which in a backward pass is an input."""

    shape: Size
    dtype: _dtype
    device: Any = CPU
    is_tensor_subclass: bool = False


def _saved(node: Node) -> dict[str, int]:
    """The bits of kept values by their names; those of an operation under a name that is not its own have none."""
    keeps, text = node._keeps(), node._op_text()
    if text.startswith("Renamed"):
        return {}
    words = _INPUTS.get("LinearBackward0" if text.startswith("Linear") else node.name(), ("self", "other"))
    found = {words[i] if i < len(words) else f"input{i}": 1 << i for i in range(7) if keeps & 1 << i}
    if keeps & _OUTPUT:
        found["result"] = _OUTPUT
    return found


def _value(text: str) -> Any:
    if text in {"true", "false"}:
        return text == "true"
    if text.startswith("["):
        return tuple(_value(part.strip()) for part in text[1:-1].split(",") if part.strip())
    number = float(text)
    return int(number) if number.is_integer() else number


def _attributes(node: Node) -> dict[str, Any]:
    """Attributes of the operation, and sizes of its inputs."""
    text, name = node._op_text(), node.name()
    found: dict[str, Any] = {}
    if not text.startswith("Renamed"):
        fields = dict(_FIELD.findall(text))
        found = {_FIELDS[key]: _value(at) for key, at in fields.items() if key in _FIELDS}
        dims: tuple[Any, ...] = _value(fields["dims"]) if "dims" in fields and "(" not in fields["dims"] else ()
        if "all" in fields:
            # A reduction: which dimensions, unless it is the form without any.
            found.pop("keepdim", None)
            if fields["all"] == "false":
                over = tuple(i for i, on in enumerate(dims) if on)
                found |= {"dim": over[0] if name == "ProdBackward1" else over, "keepdim": fields["keepdim"] == "true"}
        elif name == "TransposeBackward0":
            found["dim0"], found["dim1"] = [i for i, d in enumerate(dims) if i != d] or [0, 0]
        elif name == "PermuteBackward0":
            found["dims"] = dims
        elif name == "DiagonalBackward0":
            found |= dict(zip(("dim1", "dim2"), dims, strict=True))
        elif name == "SqueezeBackward1":
            found["dim"] = dims[0] if dims else 0
    for i, word in enumerate(_INPUTS.get(name, ("self", "other"))):
        layout = node._input_layout(i)
        if layout is not None:
            found[f"{word}_sym_sizes"], found[f"{word}_sym_strides"] = map(tuple, layout)
    return found


def attribute(node: Node, name: str) -> Any:
    """What `node.name` is for a name that all nodes do not have; AttributeError where there is no such thing."""
    if name == "_input_metadata":
        return tuple(InputMetadata(Size(shape), dtype) for shape, dtype in node._outputs())
    context = node._context()
    if context is not None and not name.startswith("__"):
        ctx, edge = context
        if name == "saved_tensors":
            return ctx._tensors(edge)
        return getattr(ctx, name)
    if name.startswith("_saved_"):
        key = name.removeprefix("_saved_")
        saved = _saved(node)
        if key in saved:
            value = node._kept(saved[key])
            if key == "exponent" and node.name() == "PowBackward0":
                exponent = value.item()
                return int(exponent) if float(exponent).is_integer() else exponent
            return (value,) if key == "indices" and node.name() == "IndexBackward0" else value
        attributes = _attributes(node)
        if key in attributes:
            return attributes[key]
    elif name.startswith("_raw_saved_"):
        bit = _saved(node).get(name.removeprefix("_raw_saved_"))
        if bit is not None:
            return _Raw(node, bit)
    raise AttributeError(f"{type(node).__name__!r} object has no attribute {name!r}")


def names(node: Node) -> list[str]:
    """What `dir(node)` shows."""
    saved = _saved(node)
    own = [f"_saved_{key}" for key in {**saved, **_attributes(node)}] + [f"_raw_saved_{key}" for key in saved]
    return sorted({*object.__dir__(node), "_input_metadata", *own})
