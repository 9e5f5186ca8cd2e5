"""`assert_close` and `make_tensor`, as torch.testing has them. Depends on `_core` and `_random`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wengert import _core
from wengert._core import Tensor, dtype as _dtype
from wengert._create import Number, sizes as _sizes
from wengert._device import check_device as _check_device, check_format as _check_format
from wengert._random import rand, randint

Message = str | Callable[[str], str] | None
# Relative and absolute: PyTorch's.
TOLERANCES = {_core.float32: (1.3e-6, 1e-5), _core.float64: (1e-7, 1e-7)}


class _Checks:
    """What one call of `assert_close` wants to know."""

    def __init__(
        self, rtol: float | None, atol: float | None, equal_nan: bool, allow_subclasses: bool, **checks: bool
    ) -> None:
        if (rtol is None) != (atol is None):
            raise ValueError(
                "Both 'rtol' and 'atol' must be either specified or unspecified, but got no"
                f" {'rtol' if rtol is None else 'atol'}."
            )
        self.given = None if rtol is None or atol is None else (float(rtol), float(atol))
        self.equal_nan, self.allow_subclasses, self.checks = equal_nan, allow_subclasses, checks

    def tolerances(self, *dtypes: Any) -> tuple[float, float]:
        """Those given, or the larger ones of the dtypes."""
        if self.given is not None:
            return self.given
        found = [TOLERANCES.get(d, (0.0, 0.0)) for d in dtypes]
        return max(r for r, _ in found), max(a for _, a in found)


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: Message = None,
) -> None:
    """Raises AssertionError unless |actual - expected| <= atol + rtol |expected|, for tensors, numbers, arrays, and sequences and mappings
    of them. Tolerances are (1.3e-6, 1e-5) in float32, (1e-7, 1e-7) in float64, and 0 for others unless both are given.

    Raises ValueError where one tolerance is given without the other, TypeError for what cannot be compared.

    >>> assert_close(wengert.ones(2) + 1e-7, wengert.ones(2))
    """
    checks = _Checks(rtol, atol, equal_nan, allow_subclasses, dtype=check_dtype, stride=check_stride)
    found = _compare(actual, expected, checks, "")
    if found is None:
        return
    raise AssertionError(msg(found) if callable(msg) else found if msg is None else msg)


def _is_array(x: Any) -> bool:
    return isinstance(x, Tensor) or type(x).__module__ == "numpy"


def _compare(actual: Any, expected: Any, checks: _Checks, path: str) -> str | None:
    """What is wrong, if anything is."""
    where = f"\n\nThe failure occurred for item {path}" if path else ""
    if isinstance(actual, Sequence) and isinstance(expected, Sequence) and not isinstance(actual, str):
        if len(actual) != len(expected):
            return f"The length of the sequences mismatch: {len(actual)} != {len(expected)}{where}"
        for i, (a, e) in enumerate(zip(actual, expected, strict=True)):
            if (found := _compare(a, e, checks, f"{path}[{i}]")) is not None:
                return found
        return None
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        if set(actual) != set(expected):
            missing, extra = (
                sorted(map(str, set(expected) - set(actual))),
                sorted(map(str, set(actual) - set(expected))),
            )
            return (
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {missing}\nAdditional keys in the actual mapping: {extra}{where}"
            )
        for key in actual:
            if (found := _compare(actual[key], expected[key], checks, f"{path}[{key!r}]")) is not None:
                return found
        return None
    if actual is None or expected is None:
        return None if actual is expected else f"None mismatch: {actual} is not {expected}{where}"
    if isinstance(actual, bool) and isinstance(expected, bool):
        return None if actual is expected else f"Booleans mismatch: {actual} is not {expected}{where}"
    if (
        isinstance(actual, (int, float))
        and isinstance(expected, (int, float))
        and not (_is_array(actual) or _is_array(expected))
    ):
        found = _numbers(actual, expected, checks)
        return None if found is None else found + where
    if isinstance(actual, Tensor) != isinstance(expected, Tensor) and not checks.allow_subclasses:
        raise TypeError(f"got {type(actual).__name__} and {type(expected).__name__}, wanted directly related types")
    if not (_is_array(actual) and _is_array(expected)):
        raise TypeError(
            f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.{where}; wanted tensors, numbers,"
            " or sequences and mappings of them"
        )
    if isinstance(actual, Tensor) != isinstance(expected, Tensor) or (
        not checks.allow_subclasses and type(actual) is not type(expected)
    ):
        raise TypeError(
            f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.{where}"
        )
    a, e = (x.detach() if isinstance(x, Tensor) else _core.tensor(x) for x in (actual, expected))
    found = _tensors(a, e, checks)
    return None if found is None else found + where


def _numbers(actual: Any, expected: Any, checks: _Checks) -> str | None:
    kinds = [_core.float64 if isinstance(x, float) else _core.int64 for x in (actual, expected)]
    if checks.checks["dtype"] and type(actual) is not type(expected):
        return f"The (d)types do not match: {type(actual)} != {type(expected)}."
    rtol, atol = checks.tolerances(*kinds)
    if actual == expected or (checks.equal_nan and actual != actual and expected != expected):
        return None
    gap = abs(actual - expected)
    if gap <= atol + rtol * abs(expected) and abs(expected) != float("inf"):
        return None
    if rtol == atol == 0:
        head = f"Scalars are not equal!\n\nExpected {expected} but got {actual}."
        return f"{head}\nAbsolute difference: {gap}\nRelative difference: {_ratio(gap, expected)}"
    head = f"Scalars are not close!\n\nExpected {expected} but got {actual}."
    return (
        f"{head}\nAbsolute difference: {gap} (up to {atol} allowed)\n"
        f"Relative difference: {_ratio(gap, expected)} (up to {rtol} allowed)"
    )


def _ratio(gap: Any, expected: Any) -> float:
    return gap / abs(expected) if expected else float("inf")


def _tensors(actual: Tensor, expected: Tensor, checks: _Checks) -> str | None:
    if actual.shape != expected.shape:
        return f"The values for attribute 'shape' do not match: {actual.shape} != {expected.shape}."
    if checks.checks["stride"] and actual.stride() != expected.stride():
        return f"The values for attribute 'stride()' do not match: {actual.stride()} != {expected.stride()}."
    if checks.checks["dtype"] and actual.dtype != expected.dtype:
        return f"The values for attribute 'dtype' do not match: {actual.dtype} != {expected.dtype}."
    rtol, atol = checks.tolerances(actual.dtype, expected.dtype)
    common = _core.promote_types(actual.dtype, expected.dtype)
    actual, expected = actual.to(common), expected.to(common)
    wrong = ~_core.isclose(actual, expected, rtol=rtol, atol=atol, equal_nan=checks.equal_nan)
    count = int(wrong.sum())
    if count == 0:
        return None
    exact = rtol == atol == 0
    gaps = (actual.double() - expected.double()).abs()
    ratios = gaps / expected.double().abs()
    word = "equal" if exact else "close"
    if actual.dim() == 0:
        gap, ratio = gaps.item(), ratios.item()
        head = f"Scalars are not {word}!\n\nExpected {expected.item()} but got {actual.item()}."
        tail = [(gap, "Absolute", atol), (ratio, "Relative", rtol)]
        return head + "".join(
            f"\n{kind} difference: {value}" + ("" if exact else f" (up to {limit} allowed)")
            for value, kind, limit in tail
        )
    lines = [
        f"Tensor-likes are not {word}!\n",
        f"Mismatched elements: {count} / {actual.numel()} ({count / actual.numel():.1%})",
    ]
    for kind, found, limit in (("absolute", gaps, atol), ("relative", ratios, rtol)):
        # Elements that are as they should be say nothing, whatever 0 / 0 is.
        most = _core.where(wrong, found, 0.0)
        place = int(most.argmax())
        at = []
        for n in reversed(actual.shape):
            place, rest = divmod(place, n)
            at.append(rest)
        index = tuple(reversed(at))
        allowed = "" if exact else f" (up to {limit} allowed)"
        lines.append(f"Greatest {kind} difference: {found[index].item()} at index {index}{allowed}")
    return "\n".join(lines)


def make_tensor(
    *shape: Any,
    dtype: _dtype,
    device: Any = "cpu",
    low: Number | None = None,
    high: Number | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of random numbers in [low, high): [-9, 9) for floats and whole numbers ([0, 10) for uint8), [0, 2) for bools unless told.

    Raises ValueError for low >= high, and for gradients of whole numbers.

    >>> make_tensor((2, 3), dtype=wengert.float32).shape
    torch.Size([2, 3])
    """
    _check_device(device, "make_tensor")
    if memory_format is not None:
        _check_format("make_tensor", memory_format)
    wanted = _sizes("make_tensor", shape)
    if requires_grad and not dtype.is_floating_point:
        raise ValueError(
            f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={dtype}"
        )
    if noncontiguous and wanted:
        wanted[-1] *= 2
    if dtype == _core.bool:
        ends: tuple[Number, Number] = (0, 2)
    elif dtype == _core.uint8:
        ends = (0, 10)
    else:
        ends = (-9, 9)
    low, high = ends[0] if low is None else low, ends[1] if high is None else high
    if not low < high:
        raise ValueError(f"make_tensor: `low` must be less than `high`, but got {low} >= {high}")
    if dtype.is_floating_point:
        made = rand(*wanted, dtype=dtype) * (high - low) + low if wanted else rand((), dtype=dtype) * (high - low) + low
    else:
        made = randint(int(low), int(high), wanted, dtype=dtype)
    if noncontiguous and wanted:
        made = made[..., ::2]
    if exclude_zero:
        made = _core.where(made == 0, _core._full([], 1, dtype, False), made)
    return made.detach().requires_grad_() if requires_grad else made


__all__ = ["assert_close", "make_tensor"]
