"""Random numbers: `Generator` and what is drawn from it. The core's numbers are counter-based (Philox4x32-10, Salmon et al.
2011): they depend on seed and position, not on the number of threads. Depends on `_create`.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor, dtype as _dtype
from wengert._create import dtype_for, into, options, sizes
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
    >>> first = randn(2).tolist()
    >>> g = manual_seed(0)
    >>> randn(2).tolist() == first
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
    >>> first = randn(2).tolist()
    >>> set_rng_state(state)
    >>> randn(2).tolist() == first
    True
    """
    return default_generator.get_state()


def set_rng_state(new_state: Tensor) -> None:
    """Puts the default generator into a state that `get_rng_state` returned.

    >>> set_rng_state(get_rng_state())
    """
    default_generator.set_state(new_state)


def _drawn(
    name: str,
    shape: list[int],
    normal: bool,
    generator: Any,
    out: Any,
    dtype: Any,
    requires_grad: bool,
    kw: dict[str, Any],
) -> Tensor:
    if kw:
        options(name, kw)
    kind = dtype if out is None else dtype_for(out, dtype)
    kind = kind if kind is not None else _core.get_default_dtype()
    stream = _stream(name, generator)
    made = _mapped(shape, lambda sizes: _core._random(sizes, normal, kind, requires_grad, stream))
    return made if out is None else into(name, out, made, dtype)


def randn(
    *size: Any,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """Standard normal numbers (Box-Muller).

    >>> randn(2, 3).shape
    torch.Size([2, 3])
    """
    shape = sizes("randn", size, kw.pop("size", None))
    return _drawn("randn", shape, True, generator, out, dtype, requires_grad, kw)


def rand(
    *size: Any,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """Uniform numbers in [0, 1).

    >>> rand(3).shape
    torch.Size([3])
    """
    shape = sizes("rand", size, kw.pop("size", None))
    return _drawn("rand", shape, False, generator, out, dtype, requires_grad, kw)


def randn_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """Standard normal numbers in the shape and dtype of `input`.

    >>> randn_like(wengert.zeros(2)).shape
    torch.Size([2])
    """
    expect.tensors("randn_like", input=input)
    kind = input.dtype if dtype is None else dtype
    return _drawn("randn_like", list(input.shape), True, generator, None, kind, requires_grad, kw)


def rand_like(
    input: Tensor,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """Uniform numbers in [0, 1) in the shape and dtype of `input`.

    >>> rand_like(wengert.zeros(2)).shape
    torch.Size([2])
    """
    expect.tensors("rand_like", input=input)
    kind = input.dtype if dtype is None else dtype
    return _drawn("rand_like", list(input.shape), False, generator, None, kind, requires_grad, kw)


def _whole(name: str, shape: list[int], low: Any, high: Any, dtype: Any, requires_grad: bool, generator: Any) -> Tensor:
    for argument, value in (("low", low), ("high", high)):
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{name}(): argument '{argument}' must be int, not {type(value).__name__}")
    low, high = low.__index__(), high.__index__()
    if not isinstance(dtype, _dtype):
        raise TypeError(f"{name}(): argument 'dtype' must be torch.dtype, not {type(dtype).__name__}")
    if low >= high:
        raise RuntimeError(f"random_ expects 'from' to be less than 'to', but got from={low} >= to={high}")
    least, most = _range(dtype)
    if low < least or high - 1 > most:
        raise RuntimeError(f"{name}: [{low}, {high}) is out of bounds for {dtype}; wanted values in [{least}, {most}]")
    stream = _stream(name, generator)
    return _mapped(shape, lambda sizes: _core._random_whole(sizes, low, high - 1, dtype, requires_grad, stream))


def _range(dtype: _dtype) -> tuple[int, int]:
    """Whole numbers that a dtype holds, floats up to where they have gaps."""
    if dtype == _core.bool:
        return 0, 1
    if dtype.is_floating_point:
        digits = 24 if dtype == _core.float32 else 53
        return -(2**digits), 2**digits
    bits = 8 * dtype.itemsize
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if dtype.is_signed else (0, 2**bits - 1)


def randint(
    *args: Any,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """Whole numbers from `low` (0) to below `high`: `randint(high, size)` or `randint(low, high, size)`. int64 unless given.

    Raises RuntimeError where there is no such number, or the dtype cannot hold one of them.

    >>> randint(2, 3, (3,))
    tensor([2, 2, 2])
    """
    named = [kw.pop(name) for name in ("low", "high", "size") if name in kw]
    # Keywords follow positions: (high, size=...), (low, high, size=...).
    given = [*args, *named]
    if len(given) == 2:
        given = [0, *given]
    if len(given) != 3:
        raise TypeError(f"randint() takes (high, size) or (low, high, size), got {len(given)} of these arguments")
    options("randint", kw)
    if not hasattr(given[2], "__iter__"):
        raise TypeError(f"randint(): argument 'size' must be tuple of ints, not {type(given[2]).__name__}")
    kind = dtype_for(out, dtype)
    kind = kind if kind is not None else _core.int64
    shape = sizes("randint", (given[2],))
    return into("randint", out, _whole("randint", shape, given[0], given[1], kind, requires_grad, generator), dtype)


def randint_like(
    input: Tensor,
    low: int | None = None,
    high: int | None = None,
    *,
    generator: Generator | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """Whole numbers from `low` to below `high`, or from 0 to below the one bound given, in the shape and dtype of `input`.

    >>> randint_like(wengert.zeros(2), 1).tolist()
    [0.0, 0.0]
    """
    expect.tensors("randint_like", input=input)
    options("randint_like", kw)
    if low is None and high is None:
        raise TypeError("randint_like() missing 1 required positional argument: 'high'")
    low, high = (0, low) if high is None else (0 if low is None else low, high)
    kind = input.dtype if dtype is None else dtype
    return _whole("randint_like", list(input.shape), low, high, kind, requires_grad, generator)


def randperm(
    n: int,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """The numbers 0 to n - 1 in a random order, all equally likely. int64 unless given.

    Raises RuntimeError for a negative n, or where the dtype cannot hold n - 1.

    >>> sorted(randperm(4).tolist())
    [0, 1, 2, 3]
    """
    options("randperm", kw)
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        raise TypeError(f"randperm(): argument 'n' must be int, not {type(n).__name__}")
    if n < 0:
        raise RuntimeError(f"n must be non-negative, got {n}")
    kind = dtype_for(out, dtype)
    kind = kind if kind is not None else _core.int64
    if not isinstance(kind, _dtype):
        raise TypeError(f"randperm(): argument 'dtype' must be torch.dtype, not {type(kind).__name__}")
    if kind != _core.bool and n - 1 > _range(kind)[1]:
        raise RuntimeError(f"n is too large for result tensor type: '{kind}'; got {n}")
    count, stream = n.__index__(), _stream("randperm", generator)
    made = _each(lambda: _core._random_order(count, kind, requires_grad, stream))
    return into("randperm", out, made, dtype)


def normal(
    mean: float | Tensor = 0.0,
    std: float | Tensor = 1.0,
    size: Any = None,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
    dtype: _dtype | None = None,
    requires_grad: bool = False,
    **kw: Any,
) -> Tensor:
    """Normal numbers: one for each element of `mean` and `std`, or `size` of them where both are numbers. No gradients
    flow to `mean` and `std`.

    Raises RuntimeError for a negative standard deviation.

    >>> normal(2.0, 0.0, (2,))
    tensor([2., 2.])
    """
    options("normal", kw)
    tensors = [x.detach() for x in (mean, std) if isinstance(x, Tensor)]
    if isinstance(std, Tensor):
        if std.numel() and not std._is_lifted() and not (std >= 0).sum().item() == std.numel():
            raise RuntimeError("normal expects all elements of std >= 0.0; got a negative one or NaN")
    elif not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    if tensors and size is not None:
        raise TypeError("normal(): argument 'size' is for two numbers; mean or std is a Tensor, whose sizes are taken")
    if not tensors:
        if size is None:
            raise TypeError("normal() missing argument 'size': with two numbers the shape must be given")
        shape, kind = sizes("normal", (size,)), dtype_for(out, dtype)
    else:
        kind = tensors[0].dtype
        shape = list((tensors[0] + tensors[-1]).shape)
    noise = _drawn("normal", shape, True, generator, None, kind, False, {})
    scale, shift = (x.detach() if isinstance(x, Tensor) else x for x in (std, mean))
    made = into("normal", out, noise * scale + shift, dtype)
    return made.requires_grad_() if requires_grad else made


def bernoulli(
    input: Tensor, p: float | None = None, *, generator: Generator | None = None, out: Tensor | None = None
) -> Tensor:
    """Ones with the probabilities that stand in `input`, else zeros; with `p` that probability for all elements. No
    gradient flows.

    Raises RuntimeError for a probability outside of [0, 1].

    >>> bernoulli(wengert.tensor([0.0, 1.0]))
    tensor([0., 1.])
    """
    expect.tensors("bernoulli", input=input)
    if p is None and not input.dtype.is_floating_point:
        raise NotImplementedError(
            f"bernoulli: got probabilities of {input.dtype}, wanted a floating-point dtype; try float()"
        )
    return into("bernoulli", out, _coins("bernoulli", input, input if p is None else p, generator))


def _coins(name: str, like: Tensor, p: Any, generator: Any) -> Tensor:
    if isinstance(p, Tensor):
        p = p.detach()
        # What a map hides has no single answer.
        wrong = 0 if p._is_lifted() else p.numel() - ((p >= 0) & (p <= 1)).sum().item()
        if wrong:
            raise RuntimeError(
                f"Expected p_in >= 0 && p_in <= 1 to be true; got {wrong} probabilities outside of [0, 1]"
            )
    elif not 0 <= p <= 1:
        raise RuntimeError(f"{name} expects p to be in [0, 1], but got p={p}")
    kind = _core.float64 if getattr(p, "dtype", like.dtype) == _core.float64 else _core.float32
    stream = _stream(name, generator)
    uniform = _mapped(list(like.shape), lambda sizes: _core._random(sizes, False, kind, False, stream))
    return _core._cast(uniform < p, like.dtype, False)


def multinomial(
    input: Tensor,
    num_samples: int,
    replacement: bool = False,
    *,
    generator: Generator | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Indices drawn from each row of `input` with probabilities in proportion to its values, int64 of shape
    (rows, num_samples), or (num_samples,) for one dimension. Without replacement no index comes twice (Efraimidis and
    Spirakis 2006).

    Raises RuntimeError for negative or infinite weights, a row of zeros, or more samples than there are.

    >>> multinomial(wengert.tensor([0.0, 1.0]), 1)
    tensor([1])
    """
    expect.tensors("multinomial", input=input)
    if isinstance(num_samples, bool) or not hasattr(num_samples, "__index__"):
        raise TypeError(
            f"multinomial(): argument 'num_samples' (position 2) must be int, not {type(num_samples).__name__}"
        )
    count = num_samples.__index__()
    if count <= 0:
        raise RuntimeError(f"cannot sample n_sample <= 0 samples; got {count}")
    stream = _stream("multinomial", generator)
    made = _each(lambda weights: _core._random_places(weights, count, bool(replacement), stream), input)
    return into("multinomial", out, made)


def uniform_(
    self: Tensor, from_: float = 0.0, to: float = 1.0, *, generator: Generator | None = None, **kw: Any
) -> Tensor:
    """Overwrites the elements with uniform numbers in [from, to).

    Raises RuntimeError where `from` is greater than `to`.

    >>> wengert.zeros(2).uniform_(1, 1)
    tensor([1., 1.])
    """
    low = kw.pop("from", kw.pop("a", from_))
    high = kw.pop("b", to)
    options("uniform_", kw)
    if not low <= high:
        raise RuntimeError(f"uniform_ expects to return a [from, to) range, but found from={low} > to={high}")
    return _overwritten(self, _of("uniform_", self, False, generator) * (high - low) + low)


def _of(name: str, self: Tensor, normal: bool, generator: Any) -> Tensor:
    stream, kind = _stream(name, generator), self.dtype
    return _mapped(list(self.shape), lambda sizes: _core._random(sizes, normal, kind, False, stream))


def normal_(self: Tensor, mean: float = 0.0, std: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with normal numbers.

    Raises RuntimeError for a negative standard deviation.

    >>> wengert.zeros(2).normal_(3.0, 0.0)
    tensor([3., 3.])
    """
    if not std >= 0:
        raise RuntimeError(f"normal expects std >= 0.0, but found std {std}")
    return _overwritten(self, _of("normal_", self, True, generator) * std + mean)


def log_normal_(self: Tensor, mean: float = 1.0, std: float = 2.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with numbers whose logarithms are normal, with this mean and standard deviation.

    Raises RuntimeError for a standard deviation that is not positive.

    >>> wengert.zeros(2).log_normal_().shape
    torch.Size([2])
    """
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std}")
    return _overwritten(self, (_of("log_normal_", self, True, generator) * std + mean).exp())


def exponential_(self: Tensor, lambd: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with exponential numbers of the rate `lambd`.

    Raises RuntimeError for a rate that is not positive.

    >>> wengert.zeros(2).exponential_().shape
    torch.Size([2])
    """
    if not lambd > 0:
        raise RuntimeError(f"exponential_ expects lambd > 0.0, but found lambd={lambd}")
    _continuous("Exponential", self)
    return _overwritten(self, _exponential("exponential_", self, generator) / lambd)


def _continuous(what: str, self: Tensor) -> None:
    if not self.dtype.is_floating_point:
        raise RuntimeError(
            f"{what} distribution is a continuous probability distribution. dtype must be a floating point but you specified"
            f" {self.dtype}"
        )


def _exponential(name: str, self: Tensor, generator: Any) -> Tensor:
    return -(-_of(name, self, False, generator)).log1p()


def geometric_(self: Tensor, p: float, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with the number of trials until the first success of probability `p`.

    Raises RuntimeError for a probability outside of (0, 1).

    >>> wengert.zeros(2).geometric_(0.5).shape
    torch.Size([2])
    """
    import math

    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p}")
    if self.dtype == _core.bool:
        raise NotImplementedError("geometric_: not implemented for 'Bool'; wanted an integer or floating-point dtype")
    stream = _stream("geometric_", generator)
    uniform = _mapped(list(self.shape), lambda sizes: _core._random(sizes, False, _core.float64, False, stream))
    trials = ((-uniform).log1p() / math.log1p(-p)).ceil().clamp(min=1)
    return _overwritten(self, trials.clamp(max=_range(self.dtype)[1]))


def cauchy_(self: Tensor, median: float = 0.0, sigma: float = 1.0, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with numbers of the Cauchy distribution.

    Raises RuntimeError for a scale that is not positive.

    >>> wengert.zeros(2).cauchy_().shape
    torch.Size([2])
    """
    import math

    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma}")
    _continuous("Cauchy", self)
    return _overwritten(self, (_of("cauchy_", self, False, generator) * math.pi - math.pi / 2).tan() * sigma + median)


def bernoulli_(self: Tensor, p: float | Tensor = 0.5, *, generator: Generator | None = None) -> Tensor:
    """Overwrites the elements with ones of probability `p` (a number or a tensor), else zeros.

    Raises RuntimeError for a probability outside of [0, 1].

    >>> wengert.zeros(2).bernoulli_(1.0)
    tensor([1., 1.])
    """
    return _overwritten(self, _coins("bernoulli_", self, p, generator))


def random_(
    self: Tensor, from_: int | None = None, to: int | None = None, *, generator: Generator | None = None, **kw: Any
) -> Tensor:
    """Overwrites the elements with whole numbers in [from, to), or [0, to); without bounds with all from 0 that the dtype
    holds.

    Raises RuntimeError where there is no such number, or the dtype cannot hold one of them.

    >>> wengert.zeros(2).random_(1)
    tensor([0., 0.])
    """
    low = kw.pop("from", from_)
    options("random_", kw)
    if low is not None and to is None and from_ is not None:
        low, to = 0, from_
    high = _range(self.dtype)[1] + 1 if to is None else to
    return _overwritten(
        self, _whole("random_", list(self.shape), 0 if low is None else low, high, self.dtype, False, generator)
    )


METHODS = [
    uniform_, normal_, log_normal_, exponential_, geometric_, cauchy_, bernoulli_, random_, bernoulli, multinomial,
]  # fmt: skip

__all__ = [
    "Generator", "bernoulli", "default_generator", "get_rng_state", "initial_seed", "manual_seed", "multinomial", "normal",
    "rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm", "seed", "set_rng_state",
]  # fmt: skip
