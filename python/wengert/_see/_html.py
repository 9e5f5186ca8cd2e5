"""A tensor in a notebook: its text, and a line on what it is. Depends on `_core` and `_listing`."""

from __future__ import annotations

from html import escape

from wengert._core import Tensor
from wengert._see import _listing, _words


def of_tensor(x: Tensor) -> str:
    """The tensor's text, and under it shape, dtype, and the operation and line that made it."""
    said = [f"shape {_words.shape(x.shape)}", _words.dtype(x.dtype)]
    if x.grad_fn is not None:
        site = _listing.where(x.grad_fn.site)
        said.append(f"{x.grad_fn.name()}{f' at {site}' if site else ''}")
    elif x.requires_grad:
        said.append("requires grad")
    return f"<pre>{escape(repr(x))}</pre><small>{escape(', '.join(said))}</small>"
