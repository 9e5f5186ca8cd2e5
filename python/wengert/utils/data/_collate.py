"""Elements of data sets made batches. Depends on Tensor."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, MutableMapping, MutableSequence, Sequence
from typing import Any

from wengert import _core
from wengert._core import Tensor


def _array(x: Any) -> bool:
    """A NumPy array of numbers, or a NumPy number."""
    return type(x).__module__ == "numpy" and type(x).__name__ not in ("str_", "bytes_")


def default_convert(data: Any) -> Any:
    """An element that is no batch: arrays made tensors, also inside of tuples, lists and mappings.

    >>> import numpy
    >>> default_convert((numpy.ones(2), 3, "text"))
    [tensor([1., 1.], dtype=torch.float64), 3, 'text']
    """
    if isinstance(data, Tensor):
        return data
    if _array(data):
        return data if data.dtype.kind in "SUO" else _core.tensor(data)
    if isinstance(data, Mapping):
        return _of_its_kind(data, {key: default_convert(value) for key, value in data.items()})
    if isinstance(data, tuple) and hasattr(data, "_fields"):
        return type(data)(*(default_convert(value) for value in data))
    if isinstance(data, Sequence) and not isinstance(data, (str, bytes)):
        converted = [default_convert(value) for value in data]
        return converted if isinstance(data, tuple) else _of_its_kind(data, converted)
    return data


def _of_its_kind(like: Any, values: Any) -> Any:
    """Values in a container of the class of another one, where that can be made."""
    try:
        if isinstance(like, (MutableMapping, MutableSequence)):
            made = copy.copy(like)
            if isinstance(made, MutableMapping):
                made.update(values)
            else:
                made[:] = values
            return made
        return type(like)(values)
    except TypeError:
        return values


def default_collate(batch: Sequence[Any]) -> Any:
    """A batch of elements: tensors and arrays stacked, numbers made a tensor, tuples, lists and mappings entry by entry.

    Raises TypeError for elements of another type, RuntimeError for entries of different lengths.

    >>> import wengert
    >>> default_collate([(wengert.ones(2), 1), (wengert.zeros(2), 2)])
    [tensor([[1., 1.],
            [0., 0.]]), tensor([1, 2])]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return _core.stack(list(batch))
    if _array(first):
        if first.dtype.kind in "SUO":
            raise TypeError(_wrong(first.dtype))
        return _core.stack([_core.tensor(x) for x in batch])
    if isinstance(first, float):
        return _core.tensor(list(batch), dtype=_core.float64)
    if isinstance(first, int):
        return _core.tensor(list(batch))
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return _of_its_kind(first, {key: default_collate([x[key] for x in batch]) for key in first})
    if isinstance(first, Sequence):
        if any(len(x) != len(first) for x in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        if isinstance(first, tuple):
            return type(first)(*columns) if hasattr(first, "_fields") else columns
        return _of_its_kind(first, columns)
    raise TypeError(_wrong(type(first)))


def _wrong(found: Any) -> str:
    return f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {found}"


Collate = Callable[[Any], Any]
