"""Places an array's values in storage in different ways: permuted, with gaps, from an offset, with stride 0."""

from dataclasses import dataclass

import numpy as np

from backend import torch


def filling(dtype):
    """What lies in the gaps; reading it shows."""
    return {"f": np.nan, "b": True}.get(dtype.kind) or min(10**6, np.iinfo(dtype).max)


@dataclass(frozen=True)
class Layout:
    order: tuple  # dimensions from the outermost in storage to the innermost
    steps: tuple  # of each dimension in that order: every step-th element is ours
    offsets: tuple
    expanded: tuple  # of each dimension of the value: stored once, stride 0

    def settle(self, value):
        """The value this layout can hold: constant along the expanded dimensions."""
        kept = tuple(slice(0, 1) if wide else slice(None) for wide in self.expanded)
        return np.array(np.broadcast_to(value[kept], value.shape))

    def place(self, value):
        """A tensor with these values in this layout."""
        kept = tuple(slice(0, 1) if wide else slice(None) for wide in self.expanded)
        stored = value[kept].transpose(self.order)
        sizes = tuple(offset + size * step for size, step, offset in zip(stored.shape, self.steps, self.offsets))
        ours = tuple(slice(offset, None, step) for step, offset in zip(self.steps, self.offsets))
        storage = np.full(sizes, filling(value.dtype), value.dtype)
        storage[ours] = stored
        tensor = torch.tensor(storage)
        for dim, (step, offset) in enumerate(zip(self.steps, self.offsets)):
            if (step, offset) != (1, 0):
                tensor = tensor[(slice(None),) * dim + (slice(offset, None, step),)]
        if self.order != tuple(range(value.ndim)):
            tensor = tensor.permute(*(int(dim) for dim in np.argsort(self.order)))
        return tensor.expand(*value.shape) if any(self.expanded) else tensor


def contiguous(shape):
    rank = len(shape)
    return Layout(tuple(range(rank)), (1,) * rank, (0,) * rank, (False,) * rank)


def transposed(shape):
    plain = contiguous(shape)
    return Layout(plain.order[::-1], plain.steps, plain.offsets, plain.expanded)


def every_second(shape):
    plain = contiguous(shape)
    return Layout(plain.order, (2,) * len(shape), (1,) * len(shape), plain.expanded)


def broadcast(shape):
    """The first dimension longer than one becomes stride 0."""
    plain = contiguous(shape)
    widest = next((dim for dim, size in enumerate(shape) if size > 1), None)
    return Layout(plain.order, plain.steps, plain.offsets, tuple(dim == widest for dim in range(len(shape))))


LAYOUTS = {"contiguous": contiguous, "transposed": transposed, "every_second": every_second, "broadcast": broadcast}
