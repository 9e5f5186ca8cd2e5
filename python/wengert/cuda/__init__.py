"""What programs ask of GPUs before they use one: there is none. Names are torch.cuda's. Depends on `amp`.

What only asks answers for a machine without a GPU, as PyTorch does; what needs one raises RuntimeError.
"""

from __future__ import annotations

from typing import Any, NoReturn

from wengert.cuda import amp as amp

__all__ = [
    "current_device", "device_count", "empty_cache", "get_device_name", "is_available", "is_bf16_supported",
    "is_initialized", "manual_seed", "manual_seed_all", "max_memory_allocated", "memory_allocated", "seed", "seed_all",
    "synchronize",
]  # fmt: skip


def is_available() -> bool:
    """Whether there is a GPU to compute on: no.

    >>> is_available()
    False
    """
    return False


def is_initialized() -> bool:
    """Whether a GPU was used: no.

    >>> is_initialized()
    False
    """
    return False


def is_bf16_supported(including_emulation: bool = True) -> bool:
    """Whether a GPU has floats of 16 bits: no.

    >>> is_bf16_supported()
    False
    """
    return False


def device_count() -> int:
    """Number of GPUs: 0.

    >>> device_count()
    0
    """
    return 0


def manual_seed(seed: int) -> None:
    """Seeds the generator of the current GPU: none. `wengert.manual_seed` seeds the CPU's.

    >>> manual_seed(0)
    """


def manual_seed_all(seed: int) -> None:
    """Seeds the generators of all GPUs: none.

    >>> manual_seed_all(0)
    """


def seed() -> None:
    """Seeds the generator of the current GPU with a random number: none.

    >>> seed()
    """


def seed_all() -> None:
    """Seeds the generators of all GPUs with a random number: none.

    >>> seed_all()
    """


def empty_cache() -> None:
    """Gives back memory of GPUs that nothing uses: none.

    >>> empty_cache()
    """


def memory_allocated(device: Any = None) -> int:
    """Bytes that tensors take on a GPU: 0.

    >>> memory_allocated()
    0
    """
    return 0


def max_memory_allocated(device: Any = None) -> int:
    """The most bytes that tensors took on a GPU: 0.

    >>> max_memory_allocated()
    0
    """
    return 0


def _no_gpu(name: str) -> NoReturn:
    raise RuntimeError(
        f"cuda.{name}(): got a request for a GPU, but wengert runs on CPUs; try cuda.is_available() first"
    )


def current_device() -> int:
    """Raises RuntimeError: there is no GPU.

    >>> current_device()
    Traceback (most recent call last):
    RuntimeError: cuda.current_device(): got a request for a GPU, but wengert runs on CPUs; try cuda.is_available() first
    """
    _no_gpu("current_device")


def get_device_name(device: Any = None) -> str:
    """Raises RuntimeError: there is no GPU.

    >>> get_device_name()
    Traceback (most recent call last):
    RuntimeError: cuda.get_device_name(): got a request for a GPU, but wengert runs on CPUs; try cuda.is_available() first
    """
    _no_gpu("get_device_name")


def synchronize(device: Any = None) -> None:
    """Raises RuntimeError: there is no GPU to wait for.

    >>> synchronize()
    Traceback (most recent call last):
    RuntimeError: cuda.synchronize(): got a request for a GPU, but wengert runs on CPUs; try cuda.is_available() first
    """
    _no_gpu("synchronize")
