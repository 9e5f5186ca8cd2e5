"""What decompositions have in common: checks of operands, values from NumPy, one `vmap` rule. Depends on `autograd.Function`."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from wengert import _core
from wengert._core import Tensor
from wengert._size import broadcast_shapes
from wengert.autograd.function import Function

LETTERS = {"float32": "Float", "float64": "Double", "int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char"}


class LinAlgError(RuntimeError):
    """A matrix for which there is no result: singular, not positive-definite, or one whose iteration did not converge."""

    # Where PyTorch's users catch it.
    __module__ = "wengert.linalg"


class Batched(Function):
    """A function of matrices whose leading dimensions are examples already: a map adds one more in front.

    All tensors among its inputs have the same leading dimensions.
    """

    def __init_subclass__(cls) -> None:
        cls._node_name = f"{cls.__name__}Backward0"

    @classmethod
    def vmap(cls, info: Any, in_dims: tuple[Any, ...], *args: Any) -> Any:
        """One more leading dimension."""
        size = info.batch_size
        lined = []
        for a, dim in zip(args, in_dims, strict=True):
            if isinstance(a, Tensor):
                lined.append(a.unsqueeze(0).expand(size, *a.shape) if dim is None else a.movedim(dim, 0))
            else:
                lined.append(a)
        found = cls.apply(*lined)
        return found, (0,) * len(found) if isinstance(found, tuple) else 0


def word(x: Tensor) -> str:
    """PyTorch's word for a dtype in messages."""
    name = str(x.dtype).rpartition(".")[2]
    return LETTERS.get(name, "Bool" if name == "bool" else "Byte")


def matrix(name: str, x: Any, letter: str = "A", square: bool = False) -> Tensor:
    """Refuses what is no batch of floating-point matrices."""
    if not isinstance(x, Tensor):
        raise TypeError(
            f"{name}(): argument '{letter}' (position 1) must be Tensor, not {type(x).__name__}; try tensor()"
        )
    if x.dim() < 2:
        raise RuntimeError(
            f"{name}: The input tensor {letter} must have at least 2 dimensions; got shape {list(x.shape)}"
        )
    if square and x.shape[-1] != x.shape[-2]:
        raise RuntimeError(
            f"{name}: {letter} must be batches of square matrices, but they are {x.shape[-2]} by {x.shape[-1]} matrices"
        )
    if not x.is_floating_point():
        raise RuntimeError(
            f"{name}: Expected a floating point or complex tensor as input. Got {word(x)}; try to(float32)"
        )
    return x


def one_dtype(name: str, a: Tensor, b: Tensor) -> None:
    """Refuses two operands of different dtypes."""
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"{name}: Expected A and B to have the same dtype, but found A of type {word(a)} and B of type {word(b)} instead"
        )


def together(name: str, a: Tensor, b: Tensor) -> tuple[Tensor, Tensor]:
    """Two batches of matrices, expanded to common leading dimensions."""
    if a.shape[:-2] == b.shape[:-2]:
        return a, b
    try:
        lead = tuple(broadcast_shapes(a.shape[:-2], b.shape[:-2]))
    except RuntimeError:
        raise RuntimeError(
            f"{name}: the leading dimensions of {list(a.shape)} and {list(b.shape)} do not broadcast"
        ) from None
    return a.expand(*lead, *a.shape[-2:]), b.expand(*lead, *b.shape[-2:])


class Constant(Batched):
    """A function of matrices without derivatives."""

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        """Keeps nothing."""
        ctx.mark_non_differentiable(output)

    @staticmethod
    def backward(ctx: Any, *_: Any) -> Any:
        """None for each input."""
        return (None,) * len(ctx.needs_input_grad)

    @staticmethod
    def jvp(ctx: Any, *_: Any) -> Any:
        """None."""
        return None


def plain(x: Tensor) -> Any:
    """The values under whatever transforms, as an array: for choices between formulas that are equal where both hold."""
    while (found := _core._outermost_level(x)) is not None:
        level, is_map = found
        x = _core._unpack_batched(x, 0, 0, level) if is_map else _core._unpack_dual(x, level)[0]
    return values(_core._settled(x).detach())


def values(x: Tensor) -> Any:
    """A NumPy array over the tensor's memory."""
    return x._share_numpy()


def made(x: Any, like: Tensor) -> Tensor:
    """A tensor over a fresh array, of the dtype of `like`."""
    import numpy as np

    array = np.ascontiguousarray(x, dtype=values(like).dtype)
    return _core.from_numpy(array.reshape(np.shape(x)))


def batches(shape: Any) -> Any:
    """Places of the matrices of a batch: `()` alone for one matrix."""
    return itertools.product(*(range(n) for n in shape[:-2]))


def first_failing(array: Any, function: Callable[[Any], Any]) -> tuple[int, ...] | None:
    """The place of the first matrix that a function of NumPy refuses."""
    import numpy as np

    for place in batches(array.shape):
        try:
            function(array[place])
        except np.linalg.LinAlgError:
            return place
    return None


def batch_words(array: Any, place: tuple[int, ...] | None) -> str:
    """How messages name a matrix of a batch."""
    if place is None or not place:
        return ""
    number = 0
    for i, n in zip(place, array.shape[:-2], strict=True):
        number = number * n + i
    return f"(Batch element {number}): "


def transposed(x: Tensor) -> Tensor:
    """View with the last two dimensions exchanged."""
    return x.transpose(-2, -1)


def eye(n: int, like: Tensor) -> Tensor:
    """Identity matrix of the dtype of `like`."""
    return _core._eye(n, n, like.dtype, False)


def lu_arrays(array: Any) -> tuple[Any, Any, Any]:
    """L and U in one matrix, pivots from 1, and for each matrix 0 or the first step without a pivot: Doolittle's elimination with
    partial pivoting (Golub, Van Loan, "Matrix computations", algorithm 3.4.1)."""
    import numpy as np

    packed = np.array(array)
    rows, columns = packed.shape[-2:]
    steps = min(rows, columns)
    pivots = np.zeros((*packed.shape[:-2], steps), np.int32)
    info = np.zeros(packed.shape[:-2], np.int32)
    for place in batches(packed.shape):
        x = packed[place]
        for k in range(steps):
            p = k + int(np.argmax(np.abs(x[k:, k])))
            pivots[(*place, k)] = p + 1
            if p != k:
                x[[k, p]] = x[[p, k]]
            if x[k, k] == 0:
                info[place] = info[place] or k + 1
                continue
            x[k + 1 :, k] /= x[k, k]
            x[k + 1 :, k + 1 :] -= np.outer(x[k + 1 :, k], x[k, k + 1 :])
    return packed, pivots, info
