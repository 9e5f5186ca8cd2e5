"""Datasets, and the batches that a DataLoader makes of them."""

from collections import namedtuple

import numpy as np
import pytest

from backend import array, torch, wengert_only

data = torch.utils.data
TEN = data.TensorDataset(torch.arange(10), torch.arange(10) * 2)


class Squares(data.Dataset):
    def __init__(self, n=5):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, index):
        if not 0 <= index < self.n:
            raise IndexError(index)
        return {"x": float(index), "y": np.array([index, index * index])}


def firsts(loader):
    return [array(batch[0]).tolist() for batch in loader]


def test_batches_in_order():
    loader = data.DataLoader(TEN, batch_size=4)
    assert firsts(loader) == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert firsts(loader) == firsts(loader) and len(loader) == 3
    loader = data.DataLoader(TEN, batch_size=4, drop_last=True)
    assert firsts(loader) == [[0, 1, 2, 3], [4, 5, 6, 7]] and len(loader) == 2
    batch = next(iter(loader))
    assert isinstance(batch, list) and batch[1].dtype is torch.int64
    batch[0].zero_()
    assert TEN[1][0].item() == 1


def test_batches_drawn():
    loader = data.DataLoader(TEN, batch_size=4, shuffle=True)
    one, two = firsts(loader), firsts(loader)
    assert one != two and sorted(sum(one, [])) == list(range(10))
    for x, y in loader:
        assert (array(x) * 2 == array(y)).all()

    def drawn(seed):
        return firsts(data.DataLoader(TEN, 3, True, generator=torch.Generator().manual_seed(seed)))

    assert drawn(3) == drawn(3) != drawn(4)
    torch.manual_seed(5)
    one = firsts(loader)
    torch.manual_seed(5)
    assert firsts(loader) == one


def test_own_datasets():
    batches = list(data.DataLoader(Squares(), batch_size=3))
    assert [b["x"].tolist() for b in batches] == [[0.0, 1.0, 2.0], [3.0, 4.0]]
    assert batches[0]["x"].dtype is torch.float64
    assert batches[1]["y"].tolist() == [[3, 9], [4, 16]]
    one_by_one = list(data.DataLoader(Squares(2), batch_size=None))
    assert one_by_one[1]["x"] == 1.0 and one_by_one[1]["y"].tolist() == [1, 1]
    sums = data.DataLoader(TEN, batch_size=5, collate_fn=lambda examples: sum(int(x) for x, _ in examples))
    assert list(sums) == [10, 35]

    class Many(Squares):
        def __getitems__(self, indices):
            return [i * 10 for i in indices]

    assert [b.tolist() for b in data.DataLoader(Many(), batch_size=3)] == [[0, 10, 20], [30, 40]]
    with pytest.raises(NotImplementedError):
        data.Dataset()[0]


def test_parts_and_sums_of_datasets():
    both = TEN + data.TensorDataset(torch.ones(3), torch.ones(3))
    assert isinstance(both, data.ConcatDataset) and len(both) == 13
    assert both[-1][0].item() == 1.0 and both[9][1].item() == 18
    with pytest.raises(ValueError, match="absolute value of index should not exceed dataset length"):
        both[-14]
    part = data.Subset(TEN, [7, 3])
    assert len(part) == 2 and part[1][0].item() == 3
    assert firsts(data.DataLoader(part, batch_size=2)) == [[7, 3]]
    parts = data.random_split(TEN, [7, 3], generator=torch.Generator().manual_seed(1))
    assert sorted(parts[0].indices + parts[1].indices) == list(range(10))
    assert [len(p) for p in data.random_split(TEN, [0.25, 0.25, 0.5])] == [3, 2, 5]
    with pytest.raises(ValueError, match="Sum of input lengths does not equal the length of the input dataset!"):
        data.random_split(TEN, [7, 2])


def test_collate():
    Pair = namedtuple("Pair", "a b")
    out = data.default_collate([Pair(1, "x"), Pair(2, "y")])
    assert isinstance(out, Pair) and out.a.tolist() == [1, 2] and list(out.b) == ["x", "y"]
    assert data.default_collate([np.float32(1), np.float32(2)]).dtype is torch.float32
    assert data.default_collate([True, False]).dtype is torch.bool
    assert data.default_collate([torch.ones(2), torch.zeros(2)]).tolist() == [[1, 1], [0, 0]]
    with pytest.raises(RuntimeError, match="each element in list of batch should be of equal size"):
        data.default_collate([[1, 2], [1]])
    with pytest.raises(TypeError, match="default_collate: batch must contain tensors, numpy arrays"):
        data.default_collate([None])


@pytest.mark.parametrize(
    "what, error, words",
    [
        (lambda: data.DataLoader(TEN, batch_size=0), ValueError, "batch_size should be a positive integer value"),
        (lambda: data.DataLoader(TEN, num_workers=-1), ValueError, "num_workers option should be non-negative"),
        (lambda: data.DataLoader(TEN, None, drop_last=True), ValueError, "mutually exclusive with drop_last"),
        (lambda: data.DataLoader(Squares(0), shuffle=True), ValueError, "num_samples should be a positive integer"),
        (lambda: data.TensorDataset(torch.ones(2), torch.ones(3)), AssertionError, "Size mismatch between tensors"),
        (lambda: data.DataLoader(TEN, sampler=[1], shuffle=True), ValueError, "mutually exclusive with shuffle"),
        (
            lambda: data.DataLoader(TEN, 3, batch_sampler=[[1]]),
            ValueError,
            "batch_sampler option is mutually exclusive",
        ),
        (lambda: data.DataLoader(TEN, prefetch_factor=2), ValueError, "prefetch_factor option"),
        (lambda: data.DataLoader(TEN, persistent_workers=True), ValueError, "persistent_workers option needs"),
        (lambda: data.BatchSampler([1], 0, False), ValueError, "batch_size should be a positive integer value"),
        (lambda: data.BatchSampler([1], 1, 3), ValueError, "drop_last should be a boolean value"),
        (lambda: data.RandomSampler([1], 3), TypeError, "replacement should be a boolean value"),
        (lambda: data.WeightedRandomSampler([1.0], True), ValueError, "num_samples should be a positive integer"),
        (lambda: data.WeightedRandomSampler([[1.0]], 1), ValueError, "weights should be a 1d sequence"),
        (lambda: data.random_split(TEN, [-0.5, 1.5]), ValueError, "Fraction at index 0 is not between 0 and 1"),
        (lambda: data.ConcatDataset([]), AssertionError, "datasets should not be an empty iterable"),
    ],
)
def test_refused(what, error, words):
    with pytest.raises(error, match=words):
        what()


class Count(data.IterableDataset):
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))

    def __len__(self):
        return self.n


def test_streams():
    assert [b.tolist() for b in data.DataLoader(Count(5), batch_size=2)] == [[0, 1], [2, 3], [4]]
    assert [b.tolist() for b in data.DataLoader(Count(5), batch_size=2, drop_last=True)] == [[0, 1], [2, 3]]
    assert list(data.DataLoader(Count(2), batch_size=None)) == [0, 1]
    assert len(data.DataLoader(Count(5), batch_size=2)) == 3
    both = Count(2) + Count(3)
    assert isinstance(both, data.ChainDataset) and list(both) == [0, 1, 0, 1, 2] and len(both) == 5
    with pytest.raises(ValueError, match="expected unspecified shuffle option"):
        data.DataLoader(Count(2), shuffle=True)
    with pytest.raises(ValueError, match="expected unspecified sampler option"):
        data.DataLoader(Count(2), sampler=[1])
    with pytest.raises(AssertionError, match="ChainDataset only supports IterableDataset"):
        list(data.ChainDataset([[1]]))
    with pytest.raises(AssertionError, match="ConcatDataset does not support IterableDataset"):
        data.ConcatDataset([Count(1)])


def test_samplers():
    assert list(data.SequentialSampler("abc")) == [0, 1, 2]
    assert sorted(data.RandomSampler("abcd")) == [0, 1, 2, 3] and len(data.RandomSampler("abcd")) == 4
    many = list(data.RandomSampler("ab", num_samples=7))
    assert len(many) == 7 and sorted(many[:2]) == [0, 1]
    drawn = list(data.RandomSampler("ab", replacement=True, num_samples=70))
    assert len(drawn) == 70 and set(drawn) == {0, 1}
    assert sorted(data.SubsetRandomSampler([4, 7, 9])) == [4, 7, 9]
    weighted = data.WeightedRandomSampler([0.0, 3.0, 1.0], 200)
    found = list(weighted)
    assert set(found) == {1, 2} and 120 < found.count(1) < 180 and len(weighted) == 200
    assert sorted(data.WeightedRandomSampler([1.0, 2.0, 3.0], 3, replacement=False)) == [0, 1, 2]
    batches = data.BatchSampler(data.SequentialSampler(range(7)), 3, True)
    assert list(batches) == [[0, 1, 2], [3, 4, 5]] and len(batches) == 2
    assert list(data.BatchSampler(iter(range(4)), 3, False)) == [[0, 1, 2], [3]]
    assert firsts(data.DataLoader(TEN, sampler=[7, 1, 5], batch_size=2)) == [[7, 1], [5]]
    assert firsts(data.DataLoader(TEN, batch_sampler=[[1], [2, 3]])) == [[1], [2, 3]]
    loader = data.DataLoader(TEN, batch_size=4)
    assert isinstance(loader.sampler, data.SequentialSampler) and isinstance(loader.batch_sampler, data.BatchSampler)


def test_data_side_by_side():
    pairs = data.StackDataset(TEN, Squares(10))
    assert len(pairs) == 10 and pairs[3][0][0].item() == 3 and pairs[3][1]["x"] == 3.0
    named = data.StackDataset(a=Squares(3), b=[1, 2, 3])
    (batch,) = data.DataLoader(named, batch_size=3)
    assert batch["b"].tolist() == [1, 2, 3] and batch["a"]["x"].tolist() == [0.0, 1.0, 2.0]
    with pytest.raises(ValueError, match="Size mismatch between datasets"):
        data.StackDataset([1], [1, 2])
    with pytest.raises(ValueError, match="At least one dataset should be passed"):
        data.StackDataset()


def test_convert():
    out = data.default_convert({"a": np.ones(2), "b": (1, "text"), "c": [np.float32(3)]})
    assert isinstance(out["a"], torch.Tensor) and out["b"] == [1, "text"] and out["c"][0].item() == 3.0
    assert data.default_convert("text") == "text"


@wengert_only
def test_workers_are_told_not_to_be():
    with pytest.warns(UserWarning, match="num_workers=2 starts no processes here"):
        loader = data.DataLoader(TEN, batch_size=5, num_workers=2)
    assert firsts(loader) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]] and data.get_worker_info() is None
