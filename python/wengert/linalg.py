"""Linear algebra; so far norms and products. Names are torch.linalg's."""

from __future__ import annotations

from typing import Any

from wengert import _core
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
    vector = isinstance(dim, int) or (dim is None and A.dim() == 1)
    if ord is None or ord == "fro" or vector:
        return _core.norm(A, 2 if ord is None or ord == "fro" else ord, dim, keepdim, dtype)
    raise NotImplementedError(
        f"linalg.norm: matrix norm ord={ord!r} is not supported; wanted 'fro' or a vector norm over one dim"
    )
