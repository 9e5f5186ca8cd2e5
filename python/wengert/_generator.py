"""`Generator`, the default one, and how draws behave under maps. The core's numbers are counter-based (Philox4x32-10, Salmon et
al. 2011): they depend on seed and position, not on the number of threads. Depends on `_core`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._device import CPU, check_device, device as _device


class Generator:
    """A source of random numbers of its own, for `generator=` of the functions that draw.

    >>> g = Generator().manual_seed(3)
    >>> wengert.rand(2, generator=g).tolist() == wengert.rand(2, generator=Generator().manual_seed(3)).tolist()
    True
    """

    __slots__ = ("__weakref__", "_stream")

    def __init__(self, device: Any = "cpu") -> None:
        check_device(device, "Generator")
        self._stream = _core.Stream(67280421310721)

    @property
    def device(self) -> _device:
        """Where its numbers are made: the CPU."""
        return CPU

    def manual_seed(self, seed: int) -> Generator:
        """Goes to the start of the numbers of a seed; returns itself.

        Raises RuntimeError for a seed outside of [-2**63, 2**64).
        """
        if isinstance(seed, bool) or not hasattr(seed, "__index__"):
            try:
                seed = int(seed)
            except (TypeError, ValueError):
                raise TypeError(f"manual_seed expected a long, but got {type(seed).__name__}") from None
        seed = seed.__index__()
        if not -(2**63) <= seed < 2**64:
            raise RuntimeError(f"manual_seed: Overflow when unpacking long; got {seed}, wanted -2**63 <= seed < 2**64")
        self._stream.set_state(seed % 2**64, 0)
        return self

    def seed(self) -> int:
        """Takes a seed from the operating system, and returns it."""
        seed = int.from_bytes(os.urandom(8), "little")
        self._stream.set_state(seed, 0)
        return seed

    def initial_seed(self) -> int:
        """The seed."""
        return self._stream.state()[0]

    def get_state(self) -> Tensor:
        """Seed and position, as 16 bytes."""
        seed, drawn = self._stream.state()
        return _core.tensor(list(seed.to_bytes(8, "little") + drawn.to_bytes(8, "little")), dtype=_core.uint8)

    def set_state(self, new_state: Tensor) -> Generator:
        """Goes to where `get_state` was called; returns itself.

        Raises TypeError for what is no tensor of bytes, RuntimeError for another number of bytes.
        """
        if not isinstance(new_state, Tensor) or new_state.dtype != _core.uint8:
            got = new_state.dtype if isinstance(new_state, Tensor) else type(new_state).__name__
            raise TypeError(f"RNG state must be a torch.ByteTensor; got {got}, wanted what get_state() returned")
        state = bytes(new_state.reshape(-1).tolist())
        if len(state) != 16:
            raise RuntimeError(f"RNG state is wrong size; got {len(state)} bytes, wanted 16")
        self._stream.set_state(int.from_bytes(state[:8], "little"), int.from_bytes(state[8:], "little"))
        return self

    def clone_state(self) -> Generator:
        """Another generator in the same state."""
        return Generator().set_state(self.get_state())

    def __reduce__(self) -> tuple[Any, ...]:
        return (_restored, (self.get_state(),))

    def __repr__(self) -> str:
        return f"<wengert.Generator seed={self.initial_seed()}>"


def _restored(state: Tensor) -> Generator:
    return Generator().set_state(state)


default_generator = Generator()
default_generator._stream = _core.Stream()


def _stream(name: str, generator: Any) -> _core.Stream:
    if generator is None:
        return default_generator._stream
    if not isinstance(generator, Generator):
        raise TypeError(f"{name}(): argument 'generator' must be torch.Generator, not {type(generator).__name__}")
    return generator._stream


class _Maps(threading.local):
    """The maps of this thread's `vmap` calls, outermost first: level, size and what they do about random numbers."""

    def __init__(self) -> None:
        self.under_way: list[tuple[int, int, str]] = []
        # Of a level the dimensions of arguments that are not mapped by their first, by the ids of their batches.
        self.places: dict[int, dict[int, int]] = {}


MAPS = _Maps()


def _different() -> list[tuple[int, int]]:
    """Level and size of the maps under way whose examples get numbers of their own."""
    if not MAPS.under_way:
        return []
    if any(randomness == "error" for _, _, randomness in MAPS.under_way):
        raise RuntimeError(
            "vmap: called random operation while in randomness error mode. Please either use the 'same' or 'different'"
            " randomness flags on vmap or perform the randomness operation out of vmap"
        )
    return [(level, size) for level, size, randomness in MAPS.under_way if randomness == "different"]


def _mapped(shape: list[int], draw: Callable[[list[int]], Tensor]) -> Tensor:
    """What is drawn in a shape, for each example of the maps under way where they want it so."""
    maps = _different()
    made = draw([size for _, size in maps] + shape)
    for level, _ in maps:
        made = _core._make_batched(made, 0, level)
    return made


def _overwritten(self: Tensor, values: Tensor) -> Tensor:
    """Writes what was drawn into a tensor that holds as many examples as it was drawn for."""
    if MAPS.under_way:
        held, x = set(), self
        while (outermost := _core._outermost_level(x)) is not None:
            level, is_map = outermost
            held.add(level)
            x = _core._unpack_batched(x, 0, 0, level) if is_map else _core._unpack_dual(x, level)[0]
        if any(level not in held for level, _ in _different()):
            raise RuntimeError(
                "vmap: Cannot ask for different inplace randomness on an unbatched tensor: it has no place for each example's"
                " numbers; try the function that returns a new tensor, or zeros_like() of a mapped one"
            )
    return self.copy_(values)


def _each(draw: Callable[..., Tensor], *operands: Tensor) -> Tensor:
    """What is drawn example by example, where more than a shape tells what to draw."""
    maps = _different()

    def below(inner: list[tuple[int, int]], *at: Tensor) -> Tensor:
        if not inner:
            if any(x._is_lifted() for x in at):
                raise RuntimeError(
                    "Vmap does not currently support same randomness with a batched tensor input; 'same' wants operands that are"
                    " the same for all examples; try randomness='different'"
                )
            return draw(*at)
        level, size = inner[-1]
        parts = []
        for i in range(size):
            one = [_core._unpack_batched(x, 0, size, level)[i] if _core._is_batched(x, level) else x for x in at]
            parts.append(below(inner[:-1], *one))
        return _core._make_batched(_core.stack(parts), 0, level)

    return below(maps, *operands)


def manual_seed(seed: int) -> Generator:
    """Restarts the default generator, which is returned: the same numbers follow the same seed, at any thread count.

    >>> g = manual_seed(0)
    >>> first = wengert.randn(2).tolist()
    >>> g = manual_seed(0)
    >>> wengert.randn(2).tolist() == first
    True
    """
    return default_generator.manual_seed(seed)


def seed() -> int:
    """Restarts the default generator with a seed from the operating system, which is returned.

    >>> seed() == initial_seed()
    True
    """
    return default_generator.seed()


def initial_seed() -> int:
    """Seed of the default generator.

    >>> g = manual_seed(3)
    >>> initial_seed()
    3
    """
    return default_generator.initial_seed()


def get_rng_state() -> Tensor:
    """State of the default generator, as bytes.

    >>> state = get_rng_state()
    >>> first = wengert.randn(2).tolist()
    >>> set_rng_state(state)
    >>> wengert.randn(2).tolist() == first
    True
    """
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Puts the default generator into a state that `get_rng_state` returned.

    >>> set_rng_state(get_rng_state())
    """
    default_generator.set_state(new_state)
