"""The cache of buffers: what it tells, how it is bounded, what it gives back, and what it must not take away."""

import numpy as np
import pytest

import child
from backend import torch, wengert_only

pytestmark = wengert_only
MB = 2**20


@pytest.fixture
def stats():
    limit = torch.memory_stats()["limit"]
    torch.empty_cache()
    yield torch.memory_stats
    torch.set_cache_limit(limit)


def test_what_is_live_kept_and_reused(stats):
    before = stats()
    x = torch.zeros(10 * MB // 4)
    assert stats()["live"] - before["live"] >= 10 * MB
    del x
    after = stats()
    assert after["live"] == before["live"] and after["cached"] >= 10 * MB
    assert after["peak"] >= before["live"] + 10 * MB
    again = torch.zeros(10 * MB // 4)
    assert stats()["hits"] > after["hits"] and stats()["misses"] == after["misses"]
    assert stats()["cached"] < 10 * MB and again[0] == 0


def test_the_peak_is_forgotten(stats):
    torch.zeros(10 * MB // 4)
    assert stats()["peak"] >= stats()["live"] + 10 * MB
    torch.reset_peak_memory_stats()
    assert stats()["peak"] == stats()["live"]


def test_no_more_is_kept_than_the_limit(stats):
    torch.set_cache_limit(4 * MB)
    kept = [torch.zeros(MB // 4) for _ in range(10)]
    del kept
    assert MB <= stats()["cached"] <= 4 * MB
    torch.set_cache_limit(0)
    assert stats()["cached"] == 0
    torch.zeros(MB)
    assert stats()["cached"] == 0


def test_what_lies_idle_is_returned(stats):
    torch.zeros(10 * MB // 4)
    torch._core._return_idle()
    torch._core._return_idle()
    assert stats()["cached"] == 0 and stats()["returned"] >= 10 * MB


@pytest.mark.parametrize(
    "export",
    [lambda x: x.numpy(), np.from_dlpack, np.asarray, memoryview],
    ids=["numpy", "from_dlpack", "asarray", "memoryview"],
)
def test_memory_that_others_share_stays(stats, export):
    x = torch.full((MB // 4,), 7.0)
    out = export(x)
    del x
    torch.empty_cache()
    others = [torch.zeros(MB // 4) for _ in range(8)]
    assert (np.asarray(out) == 7).all() and others[0][0] == 0
    live = stats()["live"]
    del out
    assert stats()["live"] <= live - MB


def test_the_process_shrinks():
    child.run("""
        torch.zeros(10)
        before = resident()
        x = torch.ones(2**26)
        del x
        assert resident() > before + 200e6 or torch.memory_stats()["limit"] < 2**28
        torch.empty_cache()
        assert resident() < before + 50e6, (before, resident())
    """)


def test_kept_blocks_are_not_what_memory_ends_for():
    child.run("""
        torch.set_num_threads(1)
        torch.zeros(10)
        with open("/proc/self/statm") as statm:
            now = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (now + (768 << 20),) * 2)
        # A block of another class is in the way, until it goes.
        for size in (300, 400, 350, 280, 410):
            assert torch.ones(size << 18).sum() == size << 18
        for call in (lambda: torch.ones(2**28), lambda: torch.ones(2**27).double()):
            try:
                call()
                raise AssertionError("there is no such memory")
            except MemoryError as e:
                for part in ("bytes", "shape", "dtype", "float"):
                    assert part in str(e), e
        assert torch.ones(100 << 18).sum() == 100 << 18
    """)


@pytest.mark.parametrize("limit, error", [(-1, ValueError), (2**63, ValueError), (1.0, TypeError), (True, TypeError)])
def test_limits_that_are_none(limit, error):
    with pytest.raises(error, match="set_cache_limit expects"):
        torch.set_cache_limit(limit)
