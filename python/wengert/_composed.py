"""Methods made of other methods: parts, sums back to a shape, diagonals. Depends on `_core` and `_create`."""

from __future__ import annotations

from typing import Any

from wengert import _expect as expect
from wengert._core import Tensor
from wengert._create import sizes


def dim_order(self: Tensor) -> tuple[int, ...]:
    """Dimensions in the order of their strides, the largest first.

    >>> import wengert
    >>> wengert.ones(2, 3).t().dim_order()
    (1, 0)
    """
    return tuple(sorted(range(self.dim()), key=lambda d: -self._strides[d]))


def split_with_sizes(self: Tensor, split_sizes: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """Parts of the given sizes along a dimension, as `split` gives them.

    Raises RuntimeError where the sizes do not add up to that of the dimension.

    >>> import wengert
    >>> wengert.arange(3).split_with_sizes([1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    expect.tensors("split_with_sizes", input=self)
    return self.split(list(split_sizes), dim)


def sum_to_size(self: Tensor, *size: Any) -> Tensor:
    """Sums over what broadcasting from the given sizes made.

    Raises RuntimeError where tensors of the given sizes do not broadcast to that of this one.

    >>> import wengert
    >>> wengert.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    wanted = sizes("sum_to_size", size)
    extra = self.dim() - len(wanted)
    if extra < 0 or any(n not in (1, m) for n, m in zip(wanted, self.shape[extra:], strict=True)):
        raise RuntimeError(
            f"size {wanted} is not expandable to size {list(self.shape)}; wanted sizes that broadcast to it"
        )
    dims = [*range(extra), *(d + extra for d, n in enumerate(wanted) if n == 1 != self.shape[d + extra])]
    return self.sum(dim=tuple(dims), keepdim=True).reshape(wanted) if dims else self


def fill_diagonal_(self: Tensor, fill_value: Any, wrap: bool = False) -> Tensor:
    """Overwrites the elements whose indices are all equal. `wrap` starts anew below the square of a tall matrix.

    Raises RuntimeError for less than two dimensions, or more than two that differ in size.

    >>> import wengert
    >>> wengert.zeros(2, 3).fill_diagonal_(1)
    tensor([[1., 0., 0.],
            [0., 1., 0.]])
    """
    if self.dim() < 2:
        raise RuntimeError("fill_diagonal_: dimensions must larger than 1; try fill_()")
    if self.dim() > 2 and len(set(self.shape)) > 1:
        raise RuntimeError(f"fill_diagonal_: all dimensions of input must be of equal length; got {list(self.shape)}")
    steps = range(0, self.shape[0], self.shape[-1] + 1) if wrap and self.dim() == 2 and self.shape[1] else (0,)
    for start in steps:
        part = self[start:]
        for _ in range(self.dim() - 2):
            part = part.diagonal(0, 0, 1).movedim(-1, 0)
        part.diagonal(0, 0, 1).fill_(fill_value)
    return self


def detach(input: Tensor) -> Tensor:
    """The elements of `input` off its tape: `input.detach()`.

    >>> import wengert
    >>> detach(wengert.ones(2, requires_grad=True))
    tensor([1., 1.])
    """
    expect.tensors("detach", input=input)
    return input.detach()


def is_signed(input: Tensor) -> Any:
    """Whether the dtype of `input` has negative numbers.

    >>> import wengert
    >>> is_signed(wengert.ones(2))
    True
    """
    expect.tensors("is_signed", input=input)
    return input.dtype.is_signed


METHODS = [dim_order, split_with_sizes, sum_to_size, fill_diagonal_]

__all__ = ["detach", "is_signed", "split_with_sizes"]
