"""Random tensors: uniform, normal, whole numbers, orders, places. Depends on `_generator` and `_create`; draws that overwrite a
tensor are in `_random_inplace.py`.
"""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor, dtype as _dtype
from wengert._create import dtype_for, options, sizes
from wengert._generator import (
    MAPS as MAPS,
    Generator as Generator,
    _each,
    _mapped,
    _stream,
    default_generator as default_generator,
    get_rng_state as get_rng_state,
    initial_seed as initial_seed,
    manual_seed as manual_seed,
    seed as seed,
    set_rng_state as set_rng_state,
)
from wengert._results import into


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
    if input.dim() and input.shape[-1] > 2**24:
        raise RuntimeError(f"number of categories cannot exceed 2^24; got {input.shape[-1]}")
    if isinstance(out, Tensor) and out.dtype is not _core.int64:
        raise RuntimeError(f"multinomial expects Long tensor out, got: {out.dtype}")
    stream = _stream("multinomial", generator)
    made = _each(lambda weights: _core._random_places(weights, count, bool(replacement), stream), input)
    return into("multinomial", out, made)


def _by_numpy(name: str, generator: Any, draw: Any, *operands: Tensor) -> Tensor:
    """What NumPy draws from parameters, with a seed from the generator."""
    stream = _stream(name, generator)

    def one(*given: Tensor) -> Tensor:
        import numpy as np

        key = _core._random_whole([4], 0, 2**32 - 1, _core.int64, False, stream)
        made = draw(np.random.Generator(np.random.PCG64(key.tolist())), *(x._share_numpy() for x in given))
        return _core.tensor(made, dtype=given[-1].dtype)

    return _each(one, *(x.detach() for x in operands))


def poisson(input: Tensor, generator: Generator | None = None) -> Tensor:
    """Whole numbers of the Poisson distributions with the rates that stand in `input`, in its dtype (drawn by NumPy). No
    gradient flows.

    Raises RuntimeError for a negative rate.

    >>> poisson(wengert.zeros(2))
    tensor([0., 0.])
    """
    expect.tensors("poisson", input=input)
    if not input.is_floating_point():
        raise NotImplementedError(f'"poisson_cpu" not implemented for {input.dtype}; try float()')
    if not input._is_lifted() and not bool((input.detach() >= 0).all()):
        raise RuntimeError("invalid Poisson rate, expected rate to be non-negative; got a negative one or NaN")
    return _by_numpy("poisson", generator, lambda numbers, rate: numbers.poisson(rate.clip(max=9e18)), input)


def binomial(count: Tensor, prob: Tensor, generator: Generator | None = None) -> Tensor:
    """How many of `count` trials succeed that each do with probability `prob`, in its dtype (drawn by NumPy). No gradient flows.

    Raises RuntimeError for a negative count or a probability outside of [0, 1].

    >>> binomial(wengert.tensor([3.0]), wengert.tensor([1.0]))
    tensor([3.])
    """
    expect.tensors("binomial", count=count, prob=prob)
    if not prob.is_floating_point() or count.dtype != prob.dtype:
        raise RuntimeError(f"binomial only supports floating-point dtypes for both; got {count.dtype} and {prob.dtype}")
    if not (count._is_lifted() or prob._is_lifted()):
        fine = (count.detach() >= 0).all() & ((prob.detach() >= 0) & (prob.detach() <= 1)).all()
        if not bool(fine):
            raise RuntimeError("binomial: wanted counts >= 0 and probabilities in [0, 1]; got others, or NaN")
    return _by_numpy(
        "binomial", generator, lambda numbers, n, p: numbers.binomial(n.clip(max=9e18).astype("int64"), p), count, prob
    )


METHODS = [bernoulli, multinomial]

__all__ = [
    "Generator", "bernoulli", "binomial", "default_generator", "get_rng_state", "initial_seed", "manual_seed", "multinomial",
    "normal", "poisson", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm", "seed",
    "set_rng_state",
]  # fmt: skip
