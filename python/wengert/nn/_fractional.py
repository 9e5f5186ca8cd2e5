"""Pools of the largest element over windows that do not step evenly. Depends on Tensor and random numbers."""

from __future__ import annotations

from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor
from wengert._random import rand
from wengert.nn._windows import sizes_of

__all__ = [
    "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices",
    "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices",
]


def _starts(sample: Tensor, size: int, out: int, kernel: int) -> Tensor:
    """Where windows start, (N, C, out): steps of size / out on average, whose rounding a number from 0 to 1 shifts; the last is at the
    end (Graham 2014, section 2)."""
    if out == 1:
        return _core.where(sample == sample, size - kernel, 0)[..., None]
    step = (size - kernel) / (out - 1)
    place = _core._arange(0, out - 1, 1, sample.dtype, False)
    sample = sample[..., None]
    first = _core.floor((place + sample) * step) - _core.floor(sample * step)
    return _core.cat([first, _core._full([*first.shape[:-1], 1], size - kernel, first.dtype, False)], -1).to(
        _core.int64
    )


def _pool(
    name: str, n: int, input: Tensor, kernel_size: Any, output_size: Any, output_ratio: Any, samples: Tensor | None
) -> tuple[Tensor, Tensor]:
    expect.tensors(name, input=input)
    if output_size is None and output_ratio is None:
        raise ValueError(f"{name} requires specifying either an output_size or an output_ratio")
    if input.dim() not in (n + 1, n + 2):
        raise RuntimeError(f"{name}: Expected {n + 1}D or {n + 2}D tensor, but got: {list(input.shape)}")
    kernel = sizes_of("kernel_size", kernel_size, n)
    x = input if input.dim() == n + 2 else input.unsqueeze(0)
    space = [int(size) for size in x.shape[2:]]
    if output_size is None:
        ratios = list(output_ratio) if isinstance(output_ratio, (tuple, list)) else [output_ratio] * n
        output = [int(size * ratio) for size, ratio in zip(space, ratios, strict=True)]
    else:
        output = sizes_of("output_size", output_size, n)
    for what, size, out, k in zip(("time", "height", "width")[-n:], space, output, kernel, strict=True):
        # PyTorch's volumes have one place more than their windows need.
        if out < 1 or out + k - 1 > size - (n == 3):
            raise RuntimeError(
                f"{name}(): pool {what} {k} too large relative to input {what} {size}; got {out} windows of it"
            )
    if samples is None:
        samples = rand(x.shape[0], x.shape[1], n, dtype=x.dtype)
    elif tuple(samples.shape) != (x.shape[0], x.shape[1], n):
        raise RuntimeError(
            f"{name}: expected _random_samples of shape {[x.shape[0], x.shape[1], n]}, but got {list(samples.shape)}"
        )
    # Samples of planes are in the order width, height; those of volumes time, height, width.
    order = reversed(range(n)) if n == 2 else range(n)
    index: Any = 0
    for d, of in enumerate(order):
        starts = _starts(samples[..., of], space[d], output[d], kernel[d])
        within = starts[..., None] + _core._arange(0, kernel[d], 1, _core.int64, False)
        shape = [1] * (2 * n)
        shape[d], shape[n + d] = output[d], kernel[d]
        index = index * space[d] + within.reshape([x.shape[0], x.shape[1], *shape])
    flat, windows = x.flatten(2), index.reshape([x.shape[0], x.shape[1], *output, -1])
    values = flat.gather(2, windows.flatten(2)).reshape(windows.shape)
    largest, which = values.max(-1)
    places = windows.gather(-1, which.unsqueeze(-1)).squeeze(-1)
    if input.dim() == n + 1:
        return largest.squeeze(0), places.squeeze(0)
    return largest, places


def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """`fractional_max_pool2d` and the places of the elements in each plane.

    >>> import wengert
    >>> fractional_max_pool2d_with_indices(wengert.arange(9.0).reshape(1, 3, 3), 2, 1)[1]
    tensor([[[8]]])
    """
    return _pool("fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool2d(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The largest element of windows over (N, C, H, W), of which there are `output_size`, or `output_ratio` times as many as elements;
    their steps are drawn. With `return_indices` also the places of these elements in each plane.

    (Graham, "Fractional max-pooling", 2014.) Raises ValueError where neither is told, RuntimeError for windows that do not fit.

    >>> import wengert
    >>> fractional_max_pool2d(wengert.ones(1, 1, 6, 6), 2, output_ratio=0.5).shape
    torch.Size([1, 1, 3, 3])
    """
    found = _pool("fractional_max_pool2d", 2, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]


def fractional_max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """`fractional_max_pool3d` and the places of the elements in each volume.

    >>> import wengert
    >>> fractional_max_pool3d_with_indices(wengert.arange(27.0).reshape(1, 3, 3, 3), 2, 1)[1]
    tensor([[[[26]]]])
    """
    return _pool("fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool3d(
    input: Tensor,
    kernel_size: Any,
    output_size: Any = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """The same as `fractional_max_pool2d` over (N, C, T, H, W).

    >>> import wengert
    >>> fractional_max_pool3d(wengert.ones(1, 1, 6, 6, 6), 2, 3).shape
    torch.Size([1, 1, 3, 3, 3])
    """
    found = _pool("fractional_max_pool3d", 3, input, kernel_size, output_size, output_ratio, _random_samples)
    return found if return_indices else found[0]
