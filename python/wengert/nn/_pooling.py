"""Pooling over windows: largest elements, averages, and both of an adaptive size. Depends on windows and padding."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert.nn._padding import pad
from wengert.nn._windows import positive, sizes_of, windows


def _checked(name: str, n: int, input: Tensor) -> None:
    expect.tensors(name, input=input)
    if input.dim() not in (n + 1, n + 2):
        raise RuntimeError(
            f"{name}: Expected {n + 1}D or {n + 2}D (batch mode) tensor for input, but got: {list(input.shape)}"
        )


class _Grid:
    """Where the windows of a pool lie."""

    def __init__(
        self,
        name: str,
        n: int,
        input: Tensor,
        kernel: Any,
        stride: Any,
        padding: Any,
        dilation: Any,
        ceil_mode: bool,
        effective: bool = True,
    ) -> None:
        self.kernel = sizes_of("kernel_size", kernel, n)
        self.stride = self.kernel if stride is None or stride == [] else sizes_of("stride", stride, n)
        self.padding, self.dilation = sizes_of("padding", padding, n), sizes_of("dilation", dilation, n)
        positive(name, kernel_size=self.kernel, stride=self.stride, dilation=self.dilation)
        self.size = [int(m) for m in input.shape[-n:]]
        self.out: list[int] = []
        self.after: list[int] = []
        for size, k, s, p, d in zip(self.size, self.kernel, self.stride, self.padding, self.dilation, strict=True):
            reach = d * (k - 1) + 1
            if p < 0 or p > (reach if effective else k) // 2:
                raise RuntimeError(
                    f"{name}: pad should be at most half of {'effective ' if effective else ''}kernel size, but got pad={p}, "
                    f"kernel_size={k} and dilation={d}"
                )
            room = size + 2 * p - reach
            out = (-(-room // s) if ceil_mode else room // s) + 1
            if ceil_mode and (out - 1) * s >= size + p:
                # The last window would begin in the padding.
                out -= 1
            if out < 1:
                raise RuntimeError(
                    f"Given input size: {list(input.shape)}. Calculated output size: {out} in one dimension. Output size is "
                    "too small"
                )
            self.out.append(out)
            self.after.append(max(p, (out - 1) * s + reach - size - p))

    def firsts(self) -> Tensor:
        """The place in each window of its first element that is not padding."""
        found = _core._full(self.out, 0, _core.int64, False)
        for dim, (out, k, s, p, d) in enumerate(
            zip(self.out, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        ):
            places = _core.tensor([min(max(0, -((o * s - p) // d)), k - 1) for o in range(out)])
            found = found * k + places.reshape(-1, *[1] * (len(self.out) - 1 - dim))
        return found

    def seen(self, input: Tensor, fill: float) -> Tensor:
        """The windows, of an input with as much of `fill` around it as they reach."""
        amounts = [n for pair in zip(reversed(self.padding), reversed(self.after), strict=True) for n in pair]
        padded = pad(input, amounts, value=fill) if any(amounts) else input
        found = windows(padded, self.kernel, self.stride, self.dilation)
        for place, out in enumerate(self.out):
            # Padding on the far side may leave room for one more than there are.
            found = found.narrow(found.dim() - 2 * len(self.out) + place, 0, out)
        return found


def _lowest(dtype: Any) -> float:
    """What is not above any element."""
    if dtype.is_floating_point:
        return -math.inf
    return -(2 ** (8 * dtype.itemsize - 1)) if dtype.is_signed else 0


def max_pool(
    name: str,
    n: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    ceil_mode: bool,
    return_indices: bool,
) -> Any:
    """The largest element of each window, and if asked for where it lies in its plane."""
    _checked(name, n, input)
    effective = n == 1 and not return_indices  # as PyTorch has it
    grid = _Grid(name, n, input, kernel_size, stride, padding, dilation, ceil_mode, effective)
    lowest = _lowest(input.dtype)
    seen = grid.seen(input, lowest).flatten(-n)
    values, places = seen.max(-1)
    if any(grid.padding):
        # Where all elements are as low as the padding, the first one of the input is found.
        level = values.detach() == lowest
        if level._is_lifted() or bool(level.any()):
            places = _core.where(level, grid.firsts(), places)
            values = seen.gather(-1, places.unsqueeze(-1)).squeeze(-1)
    if not return_indices:
        return values
    flat = _core._full(list(places.shape), 0, _core.int64, False)
    for dim in range(n):
        inner = math.prod(grid.kernel[dim + 1 :])
        offset = _core.remainder(_core.floor_divide(places, inner), grid.kernel[dim]) * grid.dilation[dim]
        start = _core._arange(0, grid.out[dim], 1, _core.int64, False) * grid.stride[dim] - grid.padding[dim]
        flat = flat * grid.size[dim] + offset + start.reshape(-1, *[1] * (n - 1 - dim))
    return values, flat


def avg_pool(
    name: str,
    n: int,
    input: Tensor,
    kernel_size: Any,
    stride: Any,
    padding: Any,
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Tensor:
    """The sum of each window over the number of its elements."""
    _checked(name, n, input)
    if divisor_override == 0:
        raise RuntimeError("divisor must be not zero")
    grid = _Grid(name, n, input, kernel_size, stride, padding, 1, ceil_mode)
    if n == 3 and any(have < k for have, k in zip(grid.size, grid.kernel, strict=True)):
        raise RuntimeError(f"input image {tuple(grid.size)} smaller than kernel size {tuple(grid.kernel)}")
    seen = grid.seen(input, 0.0)
    dims = tuple(range(-n, 0))
    plain = not any(grid.padding) and not any(grid.after)
    if divisor_override is not None:
        out = seen.sum(dim=dims) / divisor_override
    elif plain:
        out = seen.mean(dim=dims)
    else:
        out = seen.sum(dim=dims) / _counted(grid, count_include_pad, input.dtype)
    return out


def _counted(grid: _Grid, with_padding: bool, dtype: Any) -> Tensor:
    """How many elements each window counts: those of the input, and of the padding that was asked for."""
    found = _core._full([1] * len(grid.out), 1.0, dtype, False)
    for dim, (size, k, s, p) in enumerate(zip(grid.size, grid.kernel, grid.stride, grid.padding, strict=True)):
        starts = [o * s - p for o in range(grid.out[dim])]
        ends = [min(start + k, size + p) for start in starts]
        if not with_padding:
            starts, ends = [max(a, 0) for a in starts], [min(b, size) for b in ends]
        counts = _core.tensor([float(b - a) for a, b in zip(starts, ends, strict=True)], dtype=dtype)
        found = found * counts.reshape(-1, *[1] * (len(grid.out) - 1 - dim))
    return found


def _wanted(name: str, n: int, input: Tensor, output_size: Any) -> list[int]:
    """The sizes of the output; None keeps that of the input."""
    given: Sequence[Any]
    if output_size is None or hasattr(output_size, "__index__"):
        given = [output_size] * n
    else:
        given = list(output_size)
        if len(given) == 1:
            given = list(given) * n
    if len(given) != n:
        raise RuntimeError(f"{name}: output_size must be one number or {n}; got {output_size}")
    found = [int(input.shape[place - n] if size is None else size) for place, size in enumerate(given)]
    if any(size < 0 for size in found):
        raise RuntimeError(f"{name}: elements of output_size must be greater than or equal to 0; got {found}")
    if any(size == 0 for size in input.shape[-n:]):
        raise RuntimeError(
            f"{name}: Expected input to have non-zero size for non-batch dimensions, but input has sizes "
            f"{list(input.shape)}"
        )
    if math.prod(found) > 4 * math.prod(input.shape[-n:]):
        # More parts than elements: a size that memory has no room for is refused before its parts are made.
        _core._full([*input.shape[:-n], *found], 0, input.dtype, False)
    return found


def _parts(size: int, out: int) -> list[tuple[int, int]]:
    """Where each part of a dimension begins, and how long it is."""
    starts = [i * size // out for i in range(out)]
    return [(start, -(-(i + 1) * size // out) - start) for i, start in enumerate(starts)]


def adaptive_avg_pool(name: str, n: int, input: Tensor, output_size: Any) -> Tensor:
    """Averages over parts as even as can be; the mean of a box is that of the means along one dimension."""
    _checked(name, n, input)
    wanted = _wanted(name, n, input, output_size)
    for place, out in enumerate(wanted):
        dim = input.dim() - n + place
        size = int(input.shape[dim])
        if out == 1:
            input = input.mean(dim, True)
        elif out and size % out == 0:
            input = input.unflatten(dim, (out, size // out)).mean(dim + 1)
        elif out:
            input = _core.cat([input.narrow(dim, a, k).mean(dim, True) for a, k in _parts(size, out)], dim)
        else:
            input = input.narrow(dim, 0, 0)
    return input


def adaptive_max_pool(name: str, n: int, input: Tensor, output_size: Any, return_indices: bool) -> Any:
    """Largest elements of parts as even as can be; of equal ones the first, as PyTorch has it."""
    _checked(name, n, input)
    wanted = _wanted(name, n, input, output_size)
    sizes = [int(m) for m in input.shape[-n:]]
    flat = _core._full(list(input.shape), 0, _core.int64, False)
    # From the last dimension on: of equal elements the first row wins, and in it the first column.
    factor = 1
    for place in reversed(range(n)):
        dim, size = input.dim() - n + place, sizes[place]
        values, places = [], []
        for start, length in _parts(size, wanted[place]):
            found, where = input.narrow(dim, start, length).max(dim, True)
            values.append(found)
            places.append(flat.narrow(dim, start, length).gather(dim, where) + (where + start) * factor)
        if values:
            input, flat = _core.cat(values, dim), _core.cat(places, dim)
        else:
            input, flat = input.narrow(dim, 0, 0), flat.narrow(dim, 0, 0)
        factor *= size
    return (input, flat) if return_indices else input
