"""DataLoader: goes through a data set in batches, in the calling process. Depends on data sets, samplers and collation."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from wengert.utils.data._collate import Collate, default_collate, default_convert
from wengert.utils.data.dataset import IterableDataset
from wengert.utils.data.sampler import BatchSampler, RandomSampler, SequentialSampler

T = TypeVar("T", covariant=True)


def get_worker_info() -> None:
    """What a data set asks in a worker process: there are none, so None, as PyTorch has it in the main process.

    >>> get_worker_info() is None
    True
    """
    return None


class _Endless:
    """The sampler of a stream: no indices."""

    def __iter__(self) -> Iterator[None]:
        return itertools.repeat(None)


_ENDLESS: Any = _Endless()


class DataLoader(Generic[T]):
    """Goes through a data set in batches; each `for` is one epoch, in a new order if `shuffle`.

    A `batch_size` of None gives single elements. `sampler` gives the indices, `batch_sampler` lists of them; `generator`
    is where orders are drawn from; `collate_fn` makes a batch of a list of elements. All is done in the calling
    process: `num_workers` above 0 warns and changes nothing, nor do the options of workers and of pinned memory. Raises
    ValueError for options that contradict.

    >>> import wengert
    >>> rows = wengert.utils.data.TensorDataset(wengert.arange(5))
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
        sampler: Iterable[Any] | None = None,
        batch_sampler: Iterable[list[Any]] | None = None,
        num_workers: int = 0,
        collate_fn: Collate | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Callable[[int], None] | None = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: int | None = None,
        persistent_workers: bool = False,
        pin_memory_device: str = "",
        in_order: bool = True,
    ) -> None:
        self._check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        stream = isinstance(dataset, IterableDataset)
        if stream:
            if shuffle not in (None, False):
                raise ValueError(
                    f"DataLoader with IterableDataset: expected unspecified shuffle option, but got shuffle={shuffle}"
                )
            for name, given in (("sampler", sampler), ("batch_sampler", batch_sampler)):
                if given is not None:
                    raise ValueError(
                        f"DataLoader with IterableDataset: expected unspecified {name} option, but got {name}={given}"
                    )
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            if stream:
                sampler = _ENDLESS
            elif shuffle:
                sampler = RandomSampler(dataset, generator=generator)
            else:
                sampler = SequentialSampler(dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.dataset = dataset
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.generator = generator
        self.collate_fn = collate_fn or (default_convert if batch_sampler is None else default_collate)
        self.pin_memory = pin_memory
        self.pin_memory_device = pin_memory_device
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.prefetch_factor = prefetch_factor
        self.persistent_workers = persistent_workers
        self.in_order = in_order

    @staticmethod
    def _check_workers(number: int, timeout: float, prefetch_factor: int | None, persistent: bool) -> None:
        if number < 0:
            raise ValueError("num_workers option should be non-negative; use num_workers=0 to disable multiprocessing.")
        if timeout < 0:
            raise ValueError("timeout option should be non-negative")
        if number == 0 and prefetch_factor is not None:
            raise ValueError(
                "prefetch_factor option could only be specified in multiprocessing.let num_workers > 0 to enable "
                "multiprocessing, otherwise set prefetch_factor to None."
            )
        if prefetch_factor is not None and prefetch_factor < 0:
            raise ValueError("prefetch_factor option should be non-negative")
        if persistent and number == 0:
            raise ValueError("persistent_workers option needs num_workers > 0")
        if number:
            warnings.warn(
                f"DataLoader: num_workers={number} starts no processes here: elements are loaded in the calling process; "
                "num_workers=0 says so",
                stacklevel=3,
            )

    @property
    def _indices(self) -> Iterable[Any]:
        """Lists of indices, or single ones where there are no batches."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __iter__(self) -> Iterator[Any]:
        return self._from_stream() if isinstance(self.dataset, IterableDataset) else self._from_places()

    def _from_places(self) -> Iterator[Any]:
        at_once = getattr(self.dataset, "__getitems__", None)
        for place in self._indices:
            if self.batch_sampler is None:
                yield self.collate_fn(self.dataset[place])
            elif callable(at_once):
                yield self.collate_fn(at_once(place))
            else:
                yield self.collate_fn([self.dataset[index] for index in place])

    def _from_stream(self) -> Iterator[Any]:
        stream = iter(self.dataset)
        if self.batch_size is None:
            yield from map(self.collate_fn, stream)
            return
        while batch := list(itertools.islice(stream, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield self.collate_fn(batch)

    def __len__(self) -> int:
        if isinstance(self.dataset, IterableDataset):
            known: Any = self.dataset
            size = len(known)
            if self.batch_size is None:
                return size
            return size // self.batch_size if self.drop_last else -(-size // self.batch_size)
        inside: Any = self._indices
        return len(inside)
