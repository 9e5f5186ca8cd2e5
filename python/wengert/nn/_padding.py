"""Padding: constants, reflections, copies of the edge, and the other end. Depends on Tensor."""

from __future__ import annotations

from collections.abc import Sequence

from wengert import _core, _expect as expect
from wengert._core import Tensor

__all__ = ["pad"]


def _constant(input: Tensor, amounts: list[int], fill: float) -> Tensor:
    sizes = [int(n) for n in input.shape]
    for place, amount in enumerate(amounts):
        sizes[len(sizes) - 1 - place // 2] += amount
    if max(amounts) > 2**24 and min(sizes) >= 0:
        # What memory has no room for as a whole is refused before its first dimension is made.
        _core._full(sizes, 0, input.dtype, False)
    for place in range(0, len(amounts), 2):
        dim = input.dim() - 1 - place // 2
        before, after = amounts[place], amounts[place + 1]
        size = input.shape[dim] + min(before, 0) + min(after, 0)
        if size < 0:
            raise RuntimeError(f"pad: cannot cut {before} and {after} from dimension {dim} of size {input.shape[dim]}")
        if before < 0 or after < 0:
            input = input.narrow(dim, max(0, -before), size)
        edges = [
            [_core._full([n if d == dim else m for d, m in enumerate(input.shape)], fill, input.dtype, False)]
            if n > 0
            else []
            for n in (before, after)
        ]
        if edges[0] or edges[1]:
            input = _core.cat([*edges[0], input, *edges[1]], dim)
    return input.contiguous()


def _places(mode: str, size: int, before: int, after: int) -> Tensor:
    """Which elements of a dimension stand where, after padding."""
    wanted = _core._arange(-before, max(size + after, -before), 1, _core.int64, False)
    if mode == "replicate":
        if size == 0 and (before > 0 or after > 0):
            raise RuntimeError("pad: cannot copy the edge of a dimension of size 0")
        return _core.clamp(wanted, 0, size - 1)
    if mode == "circular":
        if before > size or after > size:
            raise RuntimeError(
                f"Padding value causes wrapping around more than once; got {before} and {after} for size {size}"
            )
        return _core.remainder(wanted, size)
    if before >= size or after >= size:
        raise RuntimeError(
            "Argument #4: Padding size should be less than the corresponding input dimension, but got: padding "
            f"({before}, {after}) at a dimension of size {size}"
        )
    wanted = _core.abs(wanted)
    return _core.minimum(wanted, 2 * size - 2 - wanted)


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """The tensor with more before and after: `pad` holds pairs of numbers, the last dimension's first.

    Modes are 'constant' (`value`, 0 when None), 'reflect' (mirrored at the edge element), 'replicate' (the edge element)
    and 'circular' (the other end); but for the first they want 1 to 3 pairs, for all dimensions but one or two. A negative
    number cuts off. Raises RuntimeError for numbers that do not fit, NotImplementedError for another mode.

    >>> import wengert
    >>> pad(wengert.tensor([1.0, 2.0]), (1, 2))
    tensor([0., 1., 2., 0., 0.])
    >>> pad(wengert.tensor([[1.0, 2.0, 3.0]]), (1, 1), mode="reflect")
    tensor([[2., 1., 2., 3., 2.]])
    """
    expect.tensors("pad", input=input)
    amounts = [int(n) for n in pad]
    if len(amounts) % 2 or len(amounts) > 2 * input.dim():
        raise RuntimeError(
            f"Padding length must be divisible by 2 and at most twice the number of dimensions of the input; "
            f"got {len(amounts)} for {input.dim()} dimensions"
        )
    if mode == "constant":
        # A tensor of its own, also where nothing changes.
        return _constant(input, amounts, 0.0 if value is None else value) if any(amounts) else input.clone()
    if mode not in ("reflect", "replicate", "circular"):
        raise NotImplementedError(
            f"Unrecognised padding mode {mode}; wanted 'constant', 'reflect', 'replicate' or 'circular'"
        )
    if value is not None and value != 0:
        raise ValueError(f'Padding mode "{mode}" doesn\'t take in value argument')
    pairs = len(amounts) // 2
    if not 1 <= pairs <= 3 or input.dim() - pairs not in (1, 2):
        raise NotImplementedError(
            "Only 2D, 3D, 4D, 5D padding with non-constant padding are supported for now: 1 to 3 pairs, of all dimensions "
            f"but one or two; got {pairs} pairs for {input.dim()} dimensions"
        )
    for place in range(pairs):
        dim = input.dim() - 1 - place
        before, after = amounts[2 * place], amounts[2 * place + 1]
        if mode == "circular" and (before < 0 or after < 0):
            # What is cut off is not there to come round again.
            kept = int(input.shape[dim]) + min(before, 0) + min(after, 0)
            if kept <= 0:
                raise RuntimeError(f"pad: got {before} and {after} for size {input.shape[dim]}: nothing is left")
            input, before, after = input.narrow(dim, max(-before, 0), kept), max(before, 0), max(after, 0)
        if before or after:
            found = _places(mode, input.shape[dim], before, after)
            if found.numel() == 0:
                raise RuntimeError(f"pad: got {before} and {after} for size {input.shape[dim]}: nothing is left")
            input = input.index_select(dim, found)
    return input.contiguous()
