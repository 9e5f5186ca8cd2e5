"""The memory that tensors' elements live in: what is live, what is kept, and how less is kept. Depends on `_core`.

Fresh memory costs more than the arithmetic on it, so buffers that are given back are kept for the next of about their size.
"""

from __future__ import annotations

from wengert import _core


def memory_stats() -> dict[str, int]:
    """What buffers of 1 KiB and more take, in bytes of the size classes that they are served in.

    - ``live``: in use by tensors, their graphs, and whatever shares their memory (NumPy's arrays, for one);
    - ``peak``: the most that was live since the start, or since `reset_peak_memory_stats`;
    - ``cached``: kept for reuse, at most ``limit``, which `set_cache_limit` sets: to begin with 1 GiB, or an eighth of the
      memory that the process may use where that is less;
    - ``small``: for smaller blocks, for headers and for nodes of graphs, used or not; it is not given back;
    - ``hits``, ``misses``: buffers served from what was kept, and from the system;
    - ``returned``: given back to the system so far. A buffer that nobody needed for five seconds goes when some other is
      given back.

    >>> import wengert
    >>> x = wengert.zeros(1000, 1000)
    >>> wengert.memory_stats()["live"] >= 4_000_000
    True
    >>> sorted(wengert.memory_stats())
    ['cached', 'hits', 'limit', 'live', 'misses', 'peak', 'returned', 'small']
    """
    return _core._memory_stats()


def reset_peak_memory_stats() -> None:
    """Forgets the most that was live at once: `memory_stats` counts on from what is live now.

    >>> import wengert
    >>> wengert.reset_peak_memory_stats()
    >>> stats = wengert.memory_stats()
    >>> stats["peak"] == stats["live"]
    True
    """
    _core._reset_peak_memory_stats()


def empty_cache() -> None:
    """Returns kept buffers to the system. What is live stays, and so does what an array of NumPy's shares.

    >>> import wengert
    >>> wengert.empty_cache()
    >>> wengert.memory_stats()["cached"]
    0
    """
    _core._empty_cache()


def set_cache_limit(bytes: int) -> None:
    """Sets how many bytes of buffers are kept for reuse at most; 0 keeps none. If more are kept now, all are returned.

    Raises TypeError unless it is an int, ValueError if it is negative or has more than 63 bits.

    >>> import wengert
    >>> before = wengert.memory_stats()["limit"]
    >>> wengert.set_cache_limit(64 * 2**20)
    >>> wengert.memory_stats()["limit"]
    67108864
    >>> wengert.set_cache_limit(before)
    """
    if isinstance(bytes, bool) or not isinstance(bytes, int):
        raise TypeError(f"set_cache_limit expects an int, but got {type(bytes).__name__}; try set_cache_limit(2**30)")
    if not 0 <= bytes < 2**63:
        raise ValueError(f"set_cache_limit expects a number of bytes, 0 <= bytes < 2**63; got {bytes}")
    _core._set_cache_limit(bytes)


__all__ = ["empty_cache", "memory_stats", "reset_peak_memory_stats", "set_cache_limit"]
