"""Linear algebra; so far norms, products and powers. Names are torch.linalg's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wengert import _core, _expect as expect
from wengert._core import Tensor

matmul = _core.matmul


def vector_norm(x: Tensor, ord: float = 2, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """Vector norm (sum |x|^ord)^(1/ord) over `dim`, all dimensions when None; the derivative at 0 is 0.

    >>> import wengert
    >>> vector_norm(wengert.tensor([3.0, 4.0]))
    tensor(5.)
    """
    return _core.norm(x, ord, dim, keepdim, dtype)


def norm(A: Tensor, ord: Any = None, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:  # noqa: N803
    """Frobenius norm of all elements, or a vector norm over one dimension.

    Raises NotImplementedError for matrix norms other than 'fro'.

    >>> import wengert
    >>> norm(wengert.ones(2, 2))
    tensor(2.)
    """
    expect.tensors("norm", A=A)
    vector = isinstance(dim, int) or (dim is None and A.dim() == 1)
    if ord is None or ord == "fro" or vector:
        return _core.norm(A, 2 if ord is None or ord == "fro" else ord, dim, keepdim, dtype)
    raise NotImplementedError(
        f"linalg.norm: matrix norm ord={ord!r} is not supported; wanted 'fro' or a vector norm over one dim"
    )


def multi_dot(tensors: Sequence[Tensor]) -> Tensor:
    """Product of two or more matrices in the order that takes the fewest multiplications; the first and the last may be
    vectors.

    Raises RuntimeError where shapes do not chain.

    >>> import wengert
    >>> multi_dot([wengert.ones(2), wengert.ones(2, 3), wengert.ones(3)])
    tensor(6.)
    """
    return _core._multi_dot(tensors)


def matrix_power(A: Tensor, n: int) -> Tensor:  # noqa: N803
    """Square matrices to a whole power, by squaring.

    Raises NotImplementedError for negative powers.

    >>> import wengert
    >>> matrix_power(wengert.tensor([[1.0, 1.0], [0.0, 1.0]]), 3).tolist()
    [[1.0, 3.0], [0.0, 1.0]]
    """
    return _core.matrix_power(A, n)


def cross(input: Tensor, other: Tensor, *, dim: int = -1) -> Tensor:
    """Vector product along `dim`, which has size 3.

    >>> import wengert
    >>> cross(wengert.tensor([1, 0, 0]), wengert.tensor([0, 1, 0]))
    tensor([0, 0, 1])
    """
    return _core.cross(input, other, dim)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:  # noqa: N803
    """View of the diagonal of two dimensions, by default the last two.

    >>> import wengert
    >>> diagonal(wengert.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return _core.diagonal(A, offset, dim1, dim2)
