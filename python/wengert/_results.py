"""What functions return: results written into `out=`, and named tuples. Depends on `_core` and `return_types`."""

from __future__ import annotations

import warnings
from typing import Any

from wengert import return_types
from wengert._core import Tensor


def into(name: str, out: Any, made: Any, dtype: Any = None) -> Any:
    """Writes what was made into `out`, where one is given: a tensor, or a tuple for several.

    One of another shape is resized, with a warning unless it has no elements. Raises RuntimeError for one of another dtype than the
    one asked for.
    """
    if out is None:
        return made
    if not isinstance(made, Tensor):
        for place, value in zip(out, made, strict=True):
            into(name, place, value)
        return type(made)(*out) if hasattr(made, "_fields") else tuple(out)
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")
    if dtype is not None and out.dtype != made.dtype:
        raise RuntimeError(f"{name}: dtype {made.dtype} does not match dtype of out parameter ({out.dtype})")
    if out.shape != made.shape:
        if out.requires_grad:
            raise RuntimeError(
                f"{name}: got an out of shape {list(out.shape)} that requires grad, wanted {list(made.shape)}"
            )
        if out.numel():
            warnings.warn(
                "An output with one or more elements was resized since it had shape"
                f" {list(out.shape)}, which does not match the required output shape {list(made.shape)}. This behavior is"
                " deprecated: give an out of that shape, or one without elements, such as out.resize_(0).",
                stacklevel=3,
            )
        out.data = made.detach().to(out.dtype, copy=True)
        return out
    return out.copy_(made)


def named(name: str, fields: tuple[str, ...], found: Any) -> Any:
    """A named tuple of PyTorch's."""
    kind = getattr(return_types, name, None) or getattr(return_types, "_make")(name, fields)  # noqa: B009
    return kind(*found)
