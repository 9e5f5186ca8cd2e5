"""Data sets and loaders of batches, in one process. Names are torch.utils.data's. Depends on Tensor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._random import randperm

__all__ = ["DataLoader", "Dataset", "Subset", "TensorDataset", "default_collate"]


class Dataset:
    """Base of data sets: a subclass has `__getitem__(index)`, and `__len__` where its size is known.

    >>> class Squares(Dataset):
    ...     def __getitem__(self, index):
    ...         return index * index
    ...     def __len__(self):
    ...         return 3
    >>> list(DataLoader(Squares(), batch_size=2))
    [tensor([0, 1]), tensor([4])]
    """

    def __class_getitem__(cls, _: Any) -> Any:
        return cls

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")


class TensorDataset(Dataset):
    """Rows of tensors that have the same first size: element i is the tuple of their rows i.

    Raises AssertionError where first sizes differ.

    >>> import wengert
    >>> TensorDataset(wengert.arange(3), wengert.ones(3))[1]
    (tensor(1), tensor(1.))
    """

    def __init__(self, *tensors: Tensor) -> None:
        if any(t.shape[0] != tensors[0].shape[0] for t in tensors):
            raise AssertionError("Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(t[index] for t in self.tensors)

    def __len__(self) -> int:
        return int(self.tensors[0].shape[0])


class Subset(Dataset):
    """The elements of a data set at given indices.

    >>> import wengert
    >>> Subset(TensorDataset(wengert.arange(3)), [2])[0]
    (tensor(2),)
    """

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Any:
        return self.dataset[[self.indices[i] for i in index] if isinstance(index, list) else self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


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
    if isinstance(first, float):
        return _core.tensor(list(batch), dtype=_core.float64)
    if isinstance(first, int):
        return _core.tensor(list(batch))
    if isinstance(first, (str, bytes)):
        return batch
    if type(first).__module__ == "numpy":
        return _core.stack([_core.tensor(x) for x in batch])
    if isinstance(first, Mapping):
        return {key: default_collate([x[key] for x in batch]) for key in first}
    if isinstance(first, Sequence):
        if any(len(x) != len(first) for x in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        columns = [default_collate(column) for column in zip(*batch, strict=True)]
        return type(first)(*columns) if hasattr(first, "_fields") else columns
    raise TypeError(
        "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found " + str(type(first))
    )


class DataLoader:
    """Goes through a data set in batches; each `for` is one epoch, in a new order if `shuffle`.

    A `batch_size` of None gives single elements. `generator` is where orders are drawn from. Works in one process:
    raises NotImplementedError for `num_workers` other than 0, ValueError for options that contradict.

    >>> import wengert
    >>> rows = TensorDataset(wengert.arange(5))
    >>> [x.tolist() for (x,) in DataLoader(rows, batch_size=2)]
    [[0, 1], [2, 3], [4]]
    >>> len(DataLoader(rows, batch_size=2, drop_last=True))
    2
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        *,
        sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Callable[[list[Any]], Any] | None = None,
        drop_last: bool = False,
        generator: Any = None,
    ) -> None:
        if num_workers < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if num_workers:
            raise NotImplementedError(f"DataLoader: num_workers={num_workers} is not supported; wanted 0")
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with shuffle, and drop_last"
            )
        if batch_size is not None and (
            not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0
        ):
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        self.dataset = dataset
        self.batch_size = batch_size
        self.shuffle = bool(shuffle)
        self.sampler = sampler
        self.num_workers = num_workers
        self.collate_fn = collate_fn or (default_collate if batch_size is not None else _as_it_is)
        self.drop_last = drop_last
        self.generator = generator

    def _order(self) -> Sequence[Any]:
        if self.sampler is not None:
            return list(self.sampler)
        size = len(self.dataset)
        return randperm(size, generator=self.generator).tolist() if self.shuffle else range(size)

    def __iter__(self) -> Iterator[Any]:
        order = self._order()
        if self.batch_size is None:
            for index in order:
                yield self.collate_fn(self.dataset[index])
            return
        for start in range(0, len(order), self.batch_size):
            places = order[start : start + self.batch_size]
            if len(places) < self.batch_size and self.drop_last:
                return
            yield self.collate_fn([self.dataset[index] for index in places])

    def __len__(self) -> int:
        size = len(self.dataset if self.sampler is None else self.sampler)
        if self.batch_size is None:
            return size
        return size // self.batch_size if self.drop_last else -(-size // self.batch_size)


def _as_it_is(element: Any) -> Any:
    """An element that is no batch: numbers stay numbers."""
    return element
