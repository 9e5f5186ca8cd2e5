"""Sequences of several lengths in one batch: padded and packed. Names are torch.nn.utils.rnn's. Depends on Tensor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from wengert import _core
from wengert._core import Tensor
from wengert._create import as_tensor

__all__ = [
    "PackedSequence",
    "invert_permutation",
    "pack_padded_sequence",
    "pack_sequence",
    "pad_packed_sequence",
    "pad_sequence",
    "unpad_sequence",
    "unpack_sequence",
]


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Sequences one step after the other: of each step the elements of all sequences that are that long, longest first.

    `data` holds them, `batch_sizes` how many there are at each step; the indices say how sequences were sorted. Made by
    `pack_padded_sequence` and `pack_sequence`. Raises ValueError for sizes that are no int64 tensor.

    >>> import wengert
    >>> pack_sequence([wengert.tensor([1, 2]), wengert.tensor([3])]).batch_sizes
    tensor([2, 1])
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        if not isinstance(batch_sizes, Tensor):
            raise ValueError("batch_sizes should be a tensor of int64 on the CPU")
        if unsorted_indices is None and sorted_indices is not None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """The same sequences with `data` in another dtype."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else type(self)(data, *self[1:])

    def float(self) -> PackedSequence:
        """The same sequences as float32."""
        return self.to(_core.float32)

    def double(self) -> PackedSequence:
        """The same sequences as float64."""
        return self.to(_core.float64)

    def cpu(self) -> PackedSequence:
        """The sequences themselves: they are on the CPU."""
        return self

    @property
    def is_cuda(self) -> bool:
        """Whether they are on a GPU: never."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes another one; None of None.

    >>> import wengert
    >>> invert_permutation(wengert.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    return None if permutation is None else _core.argsort(permutation)


def _lengths(lengths: Any, batch: int) -> list[int]:
    found = [int(n) for n in (lengths.tolist() if isinstance(lengths, Tensor) else lengths)]
    if len(found) != batch:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(found)} (batch_size={batch})"
        )
    if any(n <= 0 for n in found):
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    return found


def pack_padded_sequence(
    input: Tensor, lengths: Any, batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """Packs a padded batch (T, B, *), or (B, T, *) if `batch_first`, of sequences of the given lengths.

    With `enforce_sorted` lengths must fall; else sequences are sorted. Raises RuntimeError for lengths that do not fit.

    >>> import wengert
    >>> pack_padded_sequence(wengert.tensor([[1, 2], [3, 0]]), [2, 1], batch_first=True).data
    tensor([1, 3, 2])
    """
    if batch_first:
        input = input.transpose(0, 1)
    held = _lengths(lengths, int(input.shape[1]))
    if max(held) > input.shape[0]:
        raise RuntimeError(f"Expected lengths of at most {input.shape[0]}, the steps of the input; got {max(held)}")
    order = None
    if enforce_sorted:
        if held != sorted(held, reverse=True):
            raise RuntimeError(
                "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
                "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement."
            )
    else:
        places = sorted(range(len(held)), key=lambda i: -held[i])
        order = _core.tensor(places)
        held = [held[i] for i in places]
        input = input.index_select(1, order)
    sizes = [sum(n > step for n in held) for step in range(held[0])]
    data = _core.cat([input[step, :size] for step, size in enumerate(sizes)])
    return PackedSequence(data, _core.tensor(sizes), order, None)


def pad_packed_sequence(
    sequence: PackedSequence, batch_first: bool = False, padding_value: float = 0.0, total_length: int | None = None
) -> tuple[Tensor, Tensor]:
    """A padded batch (T, B, *), or (B, T, *) if `batch_first`, of packed sequences, and their lengths.

    T is the longest length, or `total_length`. Raises ValueError where that is less.

    >>> import wengert
    >>> pad_packed_sequence(pack_sequence([wengert.tensor([1, 2]), wengert.tensor([3])]), batch_first=True)
    (tensor([[1, 2],
            [3, 0]]), tensor([2, 1]))
    """
    sizes = [int(n) for n in sequence.batch_sizes.tolist()]
    longest, batch = len(sizes), sizes[0]
    if total_length is not None and total_length < longest:
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got total_length="
            f"{total_length} and max sequence length being {longest}"
        )
    rows = []
    for part, size in zip(sequence.data.split(sizes), sizes, strict=True):
        if size < batch:
            rest = _core._full([batch - size, *part.shape[1:]], padding_value, part.dtype, False)
            part = _core.cat([part, rest])
        rows.append(part)
    for _ in range((total_length or longest) - longest):
        rows.append(_core._full(list(rows[0].shape), padding_value, rows[0].dtype, False))
    padded = _core.stack(rows)
    lengths = _core.tensor([sum(size > place for size in sizes) for place in range(batch)])
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(1, sequence.unsorted_indices)
        lengths = lengths[sequence.unsorted_indices]
    return (padded.transpose(0, 1) if batch_first else padded), lengths


def pad_sequence(
    sequences: Iterable[Tensor] | Tensor,
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences (L, *) of several lengths as one batch (T, B, *), or (B, T, *) if `batch_first`.

    `padding_side` is 'right' or 'left'. Raises RuntimeError for no sequences, and for other sizes that differ.

    >>> import wengert
    >>> pad_sequence([wengert.tensor([1, 2]), wengert.tensor([3])], batch_first=True)
    tensor([[1, 2],
            [3, 0]])
    """
    if not isinstance(sequences, Iterable):
        raise RuntimeError(
            f"pad_sequence: Expected iterable for input sequences, but got arg of type: {type(sequences)}"
        )
    held = list(sequences.unbind(0) if isinstance(sequences, Tensor) else sequences)
    if not held:
        raise RuntimeError("received an empty list of sequences")
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    longest = max(int(s.shape[0]) for s in held)
    padded = []
    for s in held:
        lacks = longest - int(s.shape[0])
        if lacks:
            rest = _core._full([lacks, *s.shape[1:]], padding_value, s.dtype, False)
            s = _core.cat([s, rest] if padding_side == "right" else [rest, s])
        padded.append(s)
    return _core.stack(padded, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded batch, without what was added at their ends.

    >>> import wengert
    >>> unpad_sequence(wengert.tensor([[1, 2], [3, 0]]), wengert.tensor([2, 1]), batch_first=True)
    [tensor([1, 2]), tensor([3])]
    """
    rows = padded_sequences if batch_first else padded_sequences.transpose(0, 1)
    return [row[: int(n)] for row, n in zip(rows.unbind(0), as_tensor(lengths).tolist(), strict=True)]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Packs sequences (L, *) of several lengths; they must fall, unless `enforce_sorted` is False.

    >>> import wengert
    >>> pack_sequence([wengert.tensor([1, 2]), wengert.tensor([3])]).data
    tensor([1, 3, 2])
    """
    lengths = [int(s.shape[0]) for s in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences that were packed.

    >>> import wengert
    >>> unpack_sequence(pack_sequence([wengert.tensor([1, 2]), wengert.tensor([3])]))
    [tensor([1, 2]), tensor([3])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
