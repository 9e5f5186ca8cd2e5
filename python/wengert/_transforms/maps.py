"""vmap. Depends on `tree`, on `_random` for what is drawn under a map, and on `_core`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from wengert import _core, _random
from wengert._core import Tensor
from wengert._transforms.tree import as_input, flatten, name_of


def vmap(
    func: Callable[..., Any],
    in_dims: Any = 0,
    out_dims: Any = 0,
    randomness: str = "error",
    *,
    chunk_size: int | None = None,
) -> Callable[..., Any]:
    """Function that maps `func` over a dimension of its inputs into one of its outputs.

    `in_dims` is an int, or a tuple with a tree of ints and None for each argument (None: the same for all examples);
    keyword arguments are the same for all. `out_dims` is an int or such a tree for the outputs; None there wants an output
    that is the same for all. A random operation inside is an error, or draws the "same" or "different" numbers for the
    examples, as `randomness` says. `chunk_size` is how many examples are computed at a time. What `func` writes into a mapped
    argument is written into the caller's tensor.

    Raises ValueError where no input is mapped, mapped sizes differ, `in_dims` or `out_dims` do not fit, or the function
    returns something that is no tensor; IndexError for a dimension that an output does not have.

    >>> import wengert
    >>> vmap(lambda a, b: (a * b).sum())(wengert.ones(3, 2), wengert.ones(3, 2))
    tensor([2., 2., 2.])
    >>> vmap(lambda x, i: x[i], in_dims=(None, 0))(wengert.tensor([5.0, 6.0, 7.0]), wengert.tensor([2, 0]))
    tensor([7., 5.])
    """
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}")
    if chunk_size is not None and not (isinstance(chunk_size, int) and chunk_size > 0):
        raise ValueError(f"vmap: chunk_size should be None or greater than 0. (got {chunk_size})")

    @functools.wraps(func, updated=())
    def transformed(*args: Any, **kwargs: Any) -> Any:
        leaves, dims, spec = _mapped(func, in_dims, args)
        size = _size(leaves, dims)
        step = size if chunk_size is None else chunk_size
        if step >= size:
            parts = [_run(func, leaves, dims, spec, kwargs, out_dims, randomness, size)]
        else:
            parts = []
            state = _random.get_rng_state() if randomness == "same" else None
            for start in range(0, size, step):
                if state is not None:
                    # What is the same for all examples is the same for all chunks.
                    _random.set_rng_state(state)
                length = min(step, size - start)
                part = [x if d is None else x.narrow(d, start, length) for x, d in zip(leaves, dims, strict=True)]
                parts.append(_run(func, part, dims, spec, kwargs, out_dims, randomness, length))
        (values, places, form), *_ = parts
        if len(parts) > 1:
            columns = zip(*(p[0] for p in parts), strict=True)
            values = [c[0] if d is None else _core.cat(list(c), d) for c, d in zip(columns, places, strict=True)]
        return form.build(values)

    return transformed


def debug_unwrap(tensor: Tensor, *, recurse: bool = True) -> Tensor:
    """What is under the wrappings that `vmap` and `jvp` put around a tensor, to be looked at: a batch with all its examples,
    the value of a dual number. With `recurse=False` only the innermost transform's is taken off.

    >>> import wengert
    >>> seen = []
    >>> _ = vmap(lambda x: seen.append(debug_unwrap(x)) or x)(wengert.tensor([1.0, 2.0]))
    >>> seen[0]
    tensor([1., 2.])
    """
    if not isinstance(tensor, Tensor):
        raise ValueError(f"debug_unwrap: expected a Tensor, got {type(tensor)}")
    while (outermost := _core._outermost_level(tensor)) is not None:
        level, is_map = outermost
        tensor = _core._unpack_batched(tensor, 0, 0, level) if is_map else _core._unpack_dual(tensor, level)[0]
        if not recurse:
            break
    return tensor


def _is_dim(d: Any) -> bool:
    return d is None or (isinstance(d, int) and not isinstance(d, bool))


def _mapped(func: Any, in_dims: Any, args: tuple[Any, ...]) -> tuple[list[Any], list[int | None], Any]:
    """Leaves of the arguments, and the dimension of each that is mapped, none negative."""
    who = f"vmap({name_of(func)}, in_dims={in_dims}, ...)(<inputs>)"
    if not isinstance(in_dims, (int, tuple)) or isinstance(in_dims, bool):
        raise ValueError(
            f"{who}: expected `in_dims` to be int or a (potentially nested) tuple matching the structure of inputs, got:"
            f" {type(in_dims)}."
        )
    if not args:
        raise ValueError(
            f"vmap({name_of(func)})(<inputs>): got no inputs. Maybe you forgot to add inputs, or you are trying to vmap over"
            " a function with no inputs. The latter is unsupported."
        )
    leaves, spec = flatten(args)
    dims = spec.prefix(in_dims, lambda d: not isinstance(d, (tuple, list, dict)))
    if dims is None:
        raise ValueError(
            f"{who}: in_dims is not compatible with the structure of `inputs`. in_dims has structure"
            f" {flatten(in_dims)[1]} but inputs has structure {spec}."
        )
    for i, (x, d) in enumerate(zip(leaves, dims, strict=True)):
        if d is None:
            continue
        if not _is_dim(d):
            raise ValueError(
                f"{who}: Got in_dim={d} for an input but in_dim must be either an integer dimension or None."
            )
        x = leaves[i] = x if isinstance(x, float) else as_input(x)
        if not isinstance(x, Tensor):
            raise ValueError(
                f"{who}: Got in_dim={d} for an input but the input is of type {type(x)}. We cannot vmap over non-Tensor"
                " arguments, please use None as the respective in_dim"
            )
        if not -x.dim() <= d < x.dim():
            raise ValueError(
                f"{who}: Got in_dim={d} for some input, but that input is a Tensor of dimensionality {x.dim()} so expected"
                f" in_dim to satisfy -{x.dim()} <= in_dim < {x.dim()}."
            )
        dims[i] = d % x.dim()
    return leaves, dims, spec


def _size(leaves: list[Any], dims: list[int | None]) -> int:
    sizes = [x.shape[d] for x, d in zip(leaves, dims, strict=True) if d is not None]
    if not sizes:
        raise ValueError("vmap: Expected at least one Tensor to vmap over")
    if any(s != sizes[0] for s in sizes):
        raise ValueError(
            "vmap: Expected all tensors to have the same size in the mapped dimension, got sizes"
            f" {sizes} for the mapped dimension"
        )
    return sizes[0]


def _run(
    func: Any, leaves: list[Any], dims: list[Any], spec: Any, kwargs: Any, out_dims: Any, randomness: str, size: int
) -> tuple[list[Any], list[Any], Any]:
    level = _core._enter_level(size)
    maps = _random.MAPS.under_way
    maps.append((level, size, randomness))
    try:
        given = [x if d is None else _core._make_batched(x, d, level) for x, d in zip(leaves, dims, strict=True)]
        if any(dims):
            _random.MAPS.places[level] = {id(batch): d for batch, d in zip(given, dims, strict=True) if d}
        out = func(*spec.build(given), **kwargs)
        outs, form = flatten(out)
        places = _places(func, form, out_dims)
        given_back = {
            id(batch): (x, d, _write_back(x, batch, d, size, level))
            for x, batch, d in zip(leaves, given, dims, strict=True)
            if x is not batch
        }
        values = [
            _moved(*given_back[id(y)], d)
            if d is not None and id(y) in given_back
            else _unmapped(func, y, d, size, level)
            for y, d in zip(outs, places, strict=True)
        ]
        return values, places, form
    finally:
        maps.pop()
        _random.MAPS.places.pop(level, None)
        _core._leave_level(level)


def _write_back(x: Tensor, batch: Tensor, d: int, size: int, level: int) -> bool:
    """What the function wrote into a mapped argument, written into the caller's tensor. Whether it did."""
    written: bool = batch.data_ptr() != x.data_ptr()
    if written:
        x.copy_(_core._unpack_batched(batch, d, size, level))
    return written


def _moved(x: Tensor, at: int, written: bool, to: int) -> Tensor:
    """An argument that is itself a result: a view of the caller's tensor, so that histories see writes through either; that
    tensor itself where it was written in its place."""
    n = x.dim()
    if -n <= to < n and to % n == at:
        return x if written else x.view(x.shape)
    return x.movedim(at, to)


def _places(func: Any, form: Any, out_dims: Any) -> list[Any]:
    if form.kind is None and isinstance(out_dims, tuple) and len(out_dims) == 1:
        out_dims = out_dims[0]
    if not _is_dim(out_dims) and not all(map(_is_dim, flatten(out_dims)[0])):
        raise ValueError(
            f"vmap({name_of(func)}, ..., out_dims={out_dims}): `out_dims` must be an int, None or a python collection of ints"
            " representing where in the outputs the vmapped dimension should appear."
        )
    places = form.prefix(out_dims, _is_dim)
    if places is None:
        raise ValueError(
            f"vmap({name_of(func)}, ..., out_dims={out_dims})(<inputs>): out_dims is not compatible with the structure of"
            f" `outputs`. out_dims has structure {flatten(out_dims)[1]} but outputs has structure {form}."
        )
    return list(places)


def _unmapped(func: Any, y: Any, dim: int | None, size: int, level: int) -> Any:
    name = name_of(func)
    if not isinstance(y, Tensor):
        if dim is None:
            return y
        raise ValueError(
            f"vmap({name}, ...): `{name}` must only return Tensors, got type {type(y)}. Did you mean to set out_dims= to None"
            " for output?"
        )
    if dim is None:
        if _core._is_batched(y, level):
            raise ValueError(f"vmap({name}, ...): `{name}` can not return a BatchedTensor when out_dim is None")
        return y
    return _core._unpack_batched(y, dim, size, level)
