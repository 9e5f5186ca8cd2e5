"""Shapes without tensors. A file of its own: in the package's face `any`, `max` and their like are operations."""

from __future__ import annotations

from typing import Any

from wengert._size import Size


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of the given shapes (sequences of sizes, or one size each) broadcast to.

    Raises RuntimeError where they do not broadcast or a size is negative.

    >>> import wengert
    >>> wengert.broadcast_shapes((2, 1), (3,), 1)
    torch.Size([2, 3])
    """
    out: list[int] = []
    for shape in shapes:
        sizes = [shape.__index__()] if hasattr(shape, "__index__") else [size.__index__() for size in shape]
        if any(size < 0 for size in sizes):
            raise RuntimeError(f"broadcast_shapes: Trying to create tensor with negative dimension: {sizes}")
        rank = max(len(out), len(sizes))
        pairs = zip([1] * (rank - len(out)) + out, [1] * (rank - len(sizes)) + sizes, strict=True)
        out = []
        for a, b in pairs:
            if a != b and 1 not in (a, b):
                raise RuntimeError(
                    f"broadcast_shapes: Shape mismatch: objects cannot be broadcast to a single shape; got {shapes}"
                )
            out.append(b if a == 1 else a)
    return Size(out)
