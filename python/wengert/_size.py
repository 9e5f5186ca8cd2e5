"""Size: the tuple that shapes are. Depends on nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, SupportsIndex, overload


class Size(tuple[int, ...]):
    """Sizes of the dimensions of a tensor: a tuple that prints like PyTorch's.

    >>> Size((2, 3))
    torch.Size([2, 3])
    >>> Size((2, 3)).numel()
    6
    """

    __slots__ = ()

    def __new__(cls, sizes: Iterable[SupportsIndex] = ()) -> Size:
        """Raises TypeError for what is no sequence of whole numbers."""
        out = tuple.__new__(cls, sizes)
        for size in out:
            if type(size) is not int:
                break
        else:
            return out
        whole = []
        for place, size in enumerate(out):
            try:
                whole.append(size.__index__())
            except (AttributeError, TypeError):
                raise TypeError(
                    f"torch.Size() takes an iterable of 'int' (item {place} is '{type(size).__name__}'); wanted whole numbers"
                ) from None
        return tuple.__new__(cls, whole)

    def __repr__(self) -> str:
        return f"torch.Size([{', '.join(map(str, self))}])"

    def numel(self) -> int:
        """Number of elements of a tensor with these sizes."""
        return math.prod(self)

    @overload
    def __getitem__(self, key: SupportsIndex) -> int: ...
    @overload
    def __getitem__(self, key: slice) -> Size: ...
    def __getitem__(self, key: Any) -> Any:
        found = tuple.__getitem__(self, key)
        return Size(found) if isinstance(key, slice) else found

    def __add__(self, other: Any) -> Any:
        return Size(tuple.__add__(self, other))

    def __radd__(self, other: Any) -> Any:
        return Size(other + tuple(self)) if isinstance(other, tuple) else NotImplemented

    def __mul__(self, times: SupportsIndex) -> Size:
        return Size(tuple.__mul__(self, times))

    __rmul__ = __mul__

    def __reduce__(self) -> tuple[Any, ...]:
        return (Size, (tuple(self),))


def broadcast_shapes(*shapes: Any) -> Size:
    """The shape that tensors of the given shapes (sequences of sizes, or one size each) broadcast to.

    Raises RuntimeError where they do not broadcast, ValueError where a size is negative.

    >>> import wengert
    >>> wengert.broadcast_shapes((2, 1), (3,), 1)
    torch.Size([2, 3])
    """
    out: list[int] = []
    for shape in shapes:
        sizes = list(Size((shape,) if hasattr(shape, "__index__") else shape))
        if any(size < 0 for size in sizes):
            raise ValueError(f"broadcast_shapes: Attempting to broadcast a dimension with negative length! got {sizes}")
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
