"""Copies of views (`view_copy` and its like), splits by sizes, parts written out of place. Depends on `_core`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wengert import _core, _create, _expect as expect
from wengert._core import Tensor
from wengert._face import memory
from wengert._results import into


def _copied(name: str, view: Callable[..., Any], what: str, example: str) -> Callable[..., Any]:
    """A function that copies what another one views."""

    def copy(input: Tensor, *args: Any, out: Tensor | None = None, **kw: Any) -> Any:
        expect.tensors(name, input=input)
        found = view(input, *args, **kw)
        if isinstance(found, Tensor):
            return into(name, out, found.clone())
        return tuple(part.clone() for part in found)

    copy.__name__ = copy.__qualname__ = name
    copy.__doc__ = f"""Copy of {what}; no view.

    >>> import wengert
    >>> wengert.{name}({example}
    """
    return copy


_X, _M = "wengert.tensor([1, 2])", "wengert.tensor([[1, 2]])"
alias_copy = _copied("alias_copy", lambda x: x, "the tensor", f"{_X})\n    tensor([1, 2])")
detach_copy = _copied("detach_copy", lambda x: x.detach(), "the tensor, without history", f"{_X})\n    tensor([1, 2])")
view_copy = _copied(
    "view_copy",
    lambda x, size: x.view(size),
    "the elements in another shape, or of the bits as another dtype",
    f"{_X}, (2, 1)).shape\n    torch.Size([2, 1])",
)
expand_copy = _copied(
    "expand_copy",
    lambda x, size, *, implicit=False: x.expand(size),
    "the tensor expanded to larger sizes",
    f"{_X}, (2, 2)).shape\n    torch.Size([2, 2])",
)
permute_copy = _copied(
    "permute_copy",
    _core.permute,
    "the tensor with its dimensions in another order",
    f"{_M}, (1, 0)).shape\n    torch.Size([2, 1])",
)
transpose_copy = _copied(
    "transpose_copy",
    _core.transpose,
    "the tensor with two dimensions exchanged",
    f"{_M}, 0, 1).shape\n    torch.Size([2, 1])",
)
t_copy = _copied("t_copy", _core.t, "the transposed matrix", f"{_M}).shape\n    torch.Size([2, 1])")
squeeze_copy = _copied(
    "squeeze_copy", _core.squeeze, "the tensor without dimensions of size 1", f"{_M}).shape\n    torch.Size([2])"
)
unsqueeze_copy = _copied(
    "unsqueeze_copy",
    _core.unsqueeze,
    "the tensor with one more dimension of size 1",
    f"{_X}, 0).shape\n    torch.Size([1, 2])",
)
select_copy = _copied("select_copy", _core.select, "one slice of a dimension", f"{_X}, 0, 1)\n    tensor(2)")
diagonal_copy = _copied("diagonal_copy", _core.diagonal, "the diagonal", f"{_M})\n    tensor([1])")
as_strided_copy = _copied(
    "as_strided_copy", _core.as_strided, "the elements at given strides", f"{_X}, (1,), (1,), 1)\n    tensor([2])"
)
unfold_copy = _copied(
    "unfold_copy",
    lambda x, dimension, size, step: x.unfold(dimension, size, step),
    "the windows along a dimension",
    f"{_X}, 0, 2, 1)\n    tensor([[1, 2]])",
)
narrow_copy = _copied("narrow_copy", _core.narrow, "a range of a dimension", f"{_X}, 0, 1, 1)\n    tensor([2])")
unbind_copy = _copied("unbind_copy", _core.unbind, "each slice of a dimension", f"{_X})\n    (tensor(1), tensor(2))")
split_copy = _copied("split_copy", _core.split, "each part of a dimension", f"{_X}, 1)\n    (tensor([1]), tensor([2]))")
split_with_sizes_copy = _copied(
    "split_with_sizes_copy", _core.split, "each part of a dimension", f"{_X}, [1, 1])\n    (tensor([1]), tensor([2]))"
)


def slice_copy(
    input: Tensor,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
    *,
    out: Tensor | None = None,
) -> Tensor:
    """Copy of the slice `start:end:step` of a dimension; no view.

    >>> import wengert
    >>> wengert.slice_copy(wengert.tensor([1, 2, 3]), 0, 1)
    tensor([2, 3])
    """
    expect.tensors("slice_copy", input=input)
    key: list[Any] = [slice(None)] * input.dim()
    key[expect.place(input, dim)] = slice(start, end, step)
    return into("slice_copy", out, input[tuple(key)].clone())


def split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """Views of parts of the given sizes along `dim`.

    >>> import wengert
    >>> wengert.split_with_sizes(wengert.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    expect.tensors("split_with_sizes", input=input)
    return _core.split(input, list(split_sizes), dim)


def unsafe_split(tensor: Tensor, split_size: Any, dim: int = 0) -> tuple[Tensor, ...]:
    """As `split`. PyTorch lets its parts be written to, at the user's own risk; here they are as those of `split`.

    >>> import wengert
    >>> wengert.unsafe_split(wengert.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    expect.tensors("unsafe_split", tensor=tensor)
    return _core.split(tensor, split_size, dim)


def unsafe_split_with_sizes(input: Tensor, split_sizes: Sequence[int], dim: int = 0) -> tuple[Tensor, ...]:
    """As `split_with_sizes`.

    >>> import wengert
    >>> wengert.unsafe_split_with_sizes(wengert.arange(3), [1, 2])
    (tensor([0]), tensor([1, 2]))
    """
    return split_with_sizes(input, split_sizes, dim)


def unsafe_chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """As `chunk`.

    >>> import wengert
    >>> wengert.unsafe_chunk(wengert.arange(3), 2)
    (tensor([0, 1]), tensor([2]))
    """
    expect.tensors("unsafe_chunk", input=input)
    return _core.chunk(input, chunks, dim)


def as_strided_scatter(
    input: Tensor, src: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """Copy of `input` in which the elements that `as_strided` shows are those of `src`.

    Raises RuntimeError where `src` has another shape than `size`.

    >>> import wengert
    >>> wengert.as_strided_scatter(wengert.zeros(3), wengert.ones(2), (2,), (2,))
    tensor([1., 0., 1.])
    """
    expect.tensors("as_strided_scatter", input=input, src=src)
    if tuple(src.shape) != tuple(size):
        raise RuntimeError(
            f"expected src to have a size equal to the slice of self. src size = {list(src.shape)}, slice size = {list(size)}"
        )
    out = memory.lifted_like(src, input) if src._is_lifted() else input.clone()
    out.as_strided(size, stride, storage_offset).copy_(src)
    return out


def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """Copy of `input` into whose slices at `index` those of `source` are reduced: 'prod', 'mean', 'amax' or 'amin'.

    >>> import wengert
    >>> wengert.index_reduce(wengert.ones(2), 0, wengert.tensor([0, 0]), wengert.tensor([2.0, 3.0]), "prod")
    tensor([6., 1.])
    """
    expect.tensors("index_reduce", input=input, index=index, source=source)
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce(): Expected reduce to be one of prod, mean, amax, amin but got {reduce}.")
    if index.dim() > 1 or index.dtype not in (_core.int64, _core.int32):
        raise IndexError(
            f"index_reduce(): Index is supposed to be a vector of int32 or int64; got {index.dim()} dimensions of {index.dtype}"
        )
    if source.dtype != input.dtype:
        raise RuntimeError(
            f"index_reduce(): self and source expected to have the same dtype; got {input.dtype}, {source.dtype}"
        )
    if input.dim() == 0:
        rows = index_reduce(input.reshape(1), 0, index, source.reshape(-1), reduce, include_self=include_self)
        return rows.reshape(())
    place = expect.place(input, dim)
    wanted = [index.numel() if d == place else n for d, n in enumerate(input.shape)]
    if list(source.shape) != wanted:
        raise RuntimeError(f"index_reduce(): got a source of shape {list(source.shape)}, wanted {wanted}")
    line = index.to(_core.int64).reshape([-1 if d == place else 1 for d in range(input.dim())]).expand(wanted)
    return input.scatter_reduce(place, line, source, reduce, include_self=include_self)


def index_reduce_(
    self: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """As `index_reduce`, in place."""
    return self.copy_(index_reduce(self, dim, index, source, reduce, include_self=include_self))


def sum_to_size(self: Tensor, *size: Any) -> Tensor:
    """The sum over the dimensions along which `size` would be expanded to the tensor's shape.

    Raises RuntimeError where it could not be expanded so.

    >>> import wengert
    >>> wengert.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    wanted = _create.sizes("sum_to_size", size)
    extra = self.dim() - len(wanted)
    fits = extra >= 0 and all(n in (1, m) for n, m in zip(wanted, self.shape[extra:], strict=True))
    if not fits:
        raise RuntimeError(f"size {{{list(wanted)}}} is not expandable to size {{{list(self.shape)}}}.")
    dims = [d for d in range(self.dim()) if d < extra or (wanted[d - extra] == 1 and self.shape[d] != 1)]
    found = self.sum(tuple(dims), True) if dims else self
    return found.reshape(wanted) if extra else found


METHODS = [
    as_strided_scatter, index_reduce, index_reduce_, narrow_copy, split_with_sizes, sum_to_size, unsafe_chunk, unsafe_split,
    unsafe_split_with_sizes,
]  # fmt: skip

__all__ = [
    "alias_copy", "as_strided_copy", "as_strided_scatter", "detach_copy", "diagonal_copy", "expand_copy", "index_reduce",
    "narrow_copy", "permute_copy", "select_copy", "slice_copy", "split_copy", "split_with_sizes", "split_with_sizes_copy",
    "squeeze_copy", "t_copy", "transpose_copy", "unbind_copy", "unfold_copy", "unsafe_chunk", "unsafe_split",
    "unsafe_split_with_sizes", "unsqueeze_copy", "view_copy",
]  # fmt: skip
