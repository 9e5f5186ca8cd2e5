"""Arrays beyond 2^31 and 2^32 elements and bytes, and memory of NumPy's that lies in unusual ways."""

import numpy as np
import pytest

from backend import torch, wengert_only


def memory_left():
    """Bytes that could be had, 0 where that is not told."""
    try:
        with open("/proc/meminfo") as lines:
            return next(int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable"))
    except OSError:
        return 0


FAR = 2**32 + 5


@pytest.fixture(scope="module")
def large():
    """One byte an element, more than 2^32 of them. Pages that nobody touches take no memory."""
    if memory_left() < 8 << 30:
        pytest.skip("less than 8 GiB are left")
    x = torch.from_numpy(np.zeros(FAR + 16, dtype=np.int8))
    x[-1], x[2**31], x[FAR] = 1, 2, 3
    return x


def test_elements_beyond(large):
    assert large.numel() == FAR + 16 and large[-1] == 1 and large[2**31] == 2 and large[FAR] == 3
    tail = large[FAR - 3 :]
    assert tail.storage_offset() == FAR - 3 and tail.tolist()[:4] == [0, 0, 0, 3]
    assert tail.sum() == 4 and tail.argmax() == 3
    assert large[2**31 : 2**31 + 2].tolist() == [2, 0]


def test_picked_beyond(large):
    places = torch.tensor([0, 2**31, FAR, FAR + 15])
    assert large[places].tolist() == [0, 2, 3, 1]
    assert large.index_select(0, places).tolist() == large.take(places).tolist() == [0, 2, 3, 1]
    assert large.gather(0, places).tolist() == [0, 2, 3, 1]
    with pytest.raises((IndexError, RuntimeError)):
        large[torch.tensor([FAR + 16])]


def test_strides_beyond(large):
    view = large.as_strided((3, 2), (2**31, FAR - 2**32))
    assert view[1].tolist() == [2, 0] and view.contiguous().sum() == 5
    assert (view + 1).tolist() == [[1, 1], [3, 1], [1, 4]]
    assert (view.to(torch.float32) @ torch.ones(2)).tolist() == [0.0, 2.0, 3.0]
    assert view.t().sum(1).tolist() == [2, 3]
    assert torch.cat([view, view]).shape == (6, 2)
    assert view.flip(0)[1, 0] == 2


def test_products_of_rows_far_apart(large):
    rows = large.as_strided((3, 4), (2**31, 1)).to(torch.int64)
    assert (rows @ rows.t()).tolist() == [[0, 0, 0], [0, 4, 0], [0, 0, 0]]


def test_writes_beyond(large):
    part = large[FAR + 1 : FAR + 5]
    part.copy_(torch.tensor([4, 5, 6, 7], dtype=torch.int8))
    part.add_(1)
    assert large[FAR + 1 : FAR + 5].tolist() == [5, 6, 7, 8]
    large.index_fill_(0, torch.arange(FAR + 1, FAR + 5), 0)
    assert part.tolist() == [0] * 4


@wengert_only
def test_counts_beyond():
    """Of one element in memory, seen more than 2^32 times."""
    x = torch.ones(1, dtype=torch.int64).expand(FAR)
    assert x.numel() == FAR and x[FAR - 1] == 1
    part = x[FAR - 2**31 - 5 :]
    assert part.sum() == 2**31 + 5


@wengert_only
@pytest.mark.parametrize("shape", [(2**62, 4), (2**40, 2**40), (2**63 - 1,)])
def test_sizes_that_there_cannot_be(shape):
    with pytest.raises((MemoryError, RuntimeError, ValueError, OverflowError)) as caught:
        torch.empty(shape)
    assert "internal error" not in str(caught.value)
    with pytest.raises((MemoryError, RuntimeError, ValueError, OverflowError)):
        torch.ones(1).expand(shape).contiguous()


def unaligned():
    """Floats that begin one byte after where they should."""
    values = np.frombuffer(bytearray(8 * 4 + 1), dtype=np.uint8)[1:].view(np.float32)
    values[:] = np.arange(8)
    assert not values.flags.aligned
    return values


@wengert_only
def test_memory_that_is_not_aligned():
    with pytest.raises(ValueError, match="copy"):
        torch.from_numpy(unaligned())
    assert torch.from_numpy(unaligned().copy()).tolist() == list(range(8))
    assert torch.tensor(unaligned()).tolist() == list(range(8))


def test_strides_that_are_negative():
    for view in (np.arange(6.0)[::-1], np.arange(6.0).reshape(2, 3)[:, ::-1], np.arange(6.0)[::-2]):
        with pytest.raises(ValueError, match="negative"):
            torch.from_numpy(view)
        assert torch.from_numpy(view.copy()).tolist() == view.tolist()
    # Of one element or none a stride is not followed.
    assert torch.from_numpy(np.arange(3.0)[2:1:-1]).tolist() == [2.0]


def test_strides_that_are_no_whole_elements():
    record = np.zeros(3, dtype=[("a", np.uint8), ("b", np.float32)])
    with pytest.raises(ValueError):
        torch.from_numpy(record["b"])
