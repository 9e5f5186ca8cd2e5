"""How a tensor is printed: letter by letter as PyTorch prints it. Depends on NumPy only.

`format_array` does the work on an array; `format_tensor` collects what it needs from a tensor.
"""

from __future__ import annotations

import math
import textwrap
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True)
class PrintOptions:
    """What `set_printoptions` sets."""

    precision: int = 4
    threshold: float = 1000
    edgeitems: int = 3
    linewidth: int = 80
    sci_mode: bool | None = None


PROFILES = {
    "default": PrintOptions(),
    "short": PrintOptions(precision=2, edgeitems=2),
    "full": PrintOptions(threshold=math.inf),
}

_options = PrintOptions()


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Set how tensors are printed.

    precision: digits after the point (4). threshold: more elements than this are summarised (1000). edgeitems: how many
    a summary keeps at each end of a dimension (3). linewidth: characters in a line (80). profile: "default", "short" or
    "full", applied before the other arguments. sci_mode: True or False forces scientific notation on or off; None, which
    is also what a call without it sets, decides for each tensor.

    >>> import wengert
    >>> wengert.set_printoptions(precision=2)
    >>> wengert.tensor([1.23456])
    tensor([1.23])
    >>> wengert.set_printoptions(profile="default")
    """
    global _options
    if profile is not None and profile not in PROFILES:
        raise ValueError(f"set_printoptions: profile must be one of {', '.join(map(repr, PROFILES))}; got {profile!r}")
    if sci_mode not in (None, True, False):
        raise TypeError(f"set_printoptions: sci_mode must be True, False or None; got {sci_mode!r}")
    given = {
        "precision": _count("precision", precision, least=0, most=1000),
        "threshold": _number("threshold", threshold),
        "edgeitems": _count("edgeitems", edgeitems, least=0),
        "linewidth": _count("linewidth", linewidth, least=1),
    }
    start = _options if profile is None else PROFILES[profile]
    changes: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    _options = replace(start, sci_mode=sci_mode, **changes)


def get_printoptions() -> dict[str, Any]:
    """The options in force, by name.

    >>> get_printoptions()["precision"]
    4
    """
    return asdict(_options)


def _count(name: str, value: Any, least: int, most: int | None = None) -> int | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
        raise TypeError(f"set_printoptions: {name} must be an int; got {value!r}")
    if value < least:
        raise ValueError(f"set_printoptions: {name} must be at least {least}; got {value}")
    if most is not None and value > most:  # each element is written with so many digits
        raise ValueError(f"set_printoptions: {name} must be at most {most}; got {value}")
    return int(value)


def _number(name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise TypeError(f"set_printoptions: {name} must be a number; got {value!r}")
    if not value >= 0:
        raise ValueError(f"set_printoptions: {name} must not be negative or nan; got {value}")
    return value  # type: ignore[return-value]


def format_tensor(t: Any, suffixes: Sequence[str] = (), heading: str = "") -> str:
    """The repr of a tensor; `suffixes` follow those it has by itself, `heading` stands on a line before it.

    A Parameter's repr is `format_tensor(self, heading="Parameter containing:")`.
    """
    import wengert

    name = type(t).__name__
    t, tangent = wengert.autograd.forward_ad.unpack_dual(t)
    history: list[str] = []
    if t.grad_fn is not None:
        history.append(f"grad_fn=<{t.grad_fn.name()}>")
    elif t.requires_grad:
        history.append("requires_grad=True")
    if tangent is not None:
        history.append(f"tangent={tangent}")
    prefix = "tensor(" if name in ("Tensor", "Parameter") else f"{name}("
    body = format_array(
        t.detach().numpy(), str(t.dtype), str(wengert.get_default_dtype()), [*history, *suffixes], prefix=prefix
    )
    return f"{heading}\n{body}" if heading else body


def format_lifted(t: Any) -> str:
    """The repr of a tensor inside a transform: a batch with all its examples, a dual number with its tangent."""
    from wengert import _core

    outermost = _core._outermost_level(t)
    if outermost is None:
        return format_tensor(_core._settled(t))
    level, is_map = outermost
    if is_map:
        inner = repr(_core._unpack_batched(t, 0, 0, level))
        depth = inner.count("BatchedTensor(") + 1
        return f"BatchedTensor(lvl={depth}, bdim=0, value=\n{textwrap.indent(inner, '    ')}\n)"
    primal, tangent = _core._unpack_dual(t, level)
    note = f"tangent={tangent}"
    if primal._is_lifted():
        return f"{repr(primal)[:-1].rstrip()},\n{textwrap.indent(note, '    ')}\n)"
    return format_tensor(primal, [note])


def format_array(
    array: np.ndarray,
    dtype_name: str,
    default_dtype_name: str,
    suffixes: Sequence[str] = (),
    indent: int = 0,
    prefix: str = "tensor(",
) -> str:
    """`prefix`, the values, and after them size, dtype and `suffixes`; `indent` is the column the text will start in."""
    options = _options
    column = indent + len(prefix)
    summarise = array.size > options.threshold
    notes: list[str] = []
    if (array.ndim != 1) if array.size == 0 else (options.edgeitems == 0):
        notes.append(f"size={tuple(int(n) for n in array.shape)}")
    # An empty tensor shows nothing that would tell its dtype.
    implied = {default_dtype_name} if array.size == 0 else {default_dtype_name, "torch.int64", "torch.bool"}
    if array.size == 0:
        values = "[]"
    elif summarise and options.edgeitems == 0 and array.ndim > 0:
        values = "[...]"
    else:
        cells = _cells(_corners(array, options.edgeitems) if summarise else array, options)
        values = _nested(array, column, cells, summarise, options)
    if dtype_name not in implied:
        notes.append(f"dtype={dtype_name}")
    return _append_notes(prefix + values, [*notes, *suffixes], column, options.linewidth) + ")"


def _append_notes(text: str, notes: Sequence[str], column: int, linewidth: int) -> str:
    """Notes go on the last line while they fit, counting the comma before and the bracket after, else on a new one."""
    used = len(text) - text.rfind("\n") + 1
    for note in notes:
        if used + len(note) + 2 > linewidth:
            text += ",\n" + " " * column + note
            used = column + len(note)
        else:
            text += ", " + note
            used += len(note) + 2
    return text


def _corners(array: np.ndarray, edge: int) -> np.ndarray:
    """The elements that a summary shows."""
    if array.ndim == 0:
        return array
    return array[np.ix_(*[[i for i in _shown(n, edge) if i is not None] for n in array.shape])]


def _shown(length: int, edge: int | None) -> list[int | None]:
    """The indices shown along a dimension; None stands for the dots. All of them when `edge` is None."""
    if edge is None or length <= 2 * edge:
        return list(range(length))
    return [*range(edge), None, *range(length - edge, length)]


@dataclass(frozen=True)
class _Cells:
    """How one element is written: decided once for all elements of a tensor."""

    width: int
    write: Callable[[Any], str]

    def __call__(self, value: Any) -> str:
        return self.write(value).rjust(self.width)


def _cells(shown: np.ndarray, options: PrintOptions) -> _Cells:
    if shown.dtype.kind != "f":
        return _Cells(max(len(str(value)) for value in shown.ravel().tolist()), str)
    values = shown.ravel().astype(np.float64)
    values = values[np.isfinite(values) & (values != 0)]
    # Zeros and what is not finite do not count: neither for the notation nor for the width.
    if values.size == 0:
        return _Cells(1, _whole)
    sizes = np.abs(values)
    biggest, smallest = float(sizes.max()), float(sizes.min())
    whole = bool((values == np.ceil(values)).all())
    scientific = options.sci_mode
    if scientific is None:
        scientific = biggest > 1e8 or biggest / smallest > 1000 or (not whole and smallest < 1e-4)
    write: Callable[[Any], str]
    if scientific:
        write = f"{{:.{options.precision}e}}".format
    elif whole:
        write = _whole
    else:
        write = f"{{:.{options.precision}f}}".format
    return _Cells(max(len(write(value)) for value in values.tolist()), write)


def _whole(value: float) -> str:
    return f"{value:.0f}." if math.isfinite(value) else f"{value:.0f}"


def _nested(array: np.ndarray, column: int, cells: _Cells, summarise: bool, options: PrintOptions) -> str:
    """The brackets of an array whose first one stands in `column`."""
    if array.ndim == 0:
        return cells(array.item())
    shown = _shown(len(array), options.edgeitems if summarise else None)
    break_and_align = "\n" * max(array.ndim - 1, 1) + " " * (column + 1)
    if array.ndim > 1:
        parts = ["..." if i is None else _nested(array[i], column + 1, cells, summarise, options) for i in shown]
        return "[" + ("," + break_and_align).join(parts) + "]"
    parts = [" ..." if i is None else cells(array[i].item()) for i in shown]
    fitting = max(1, (options.linewidth - column) // (cells.width + 2))
    lines = [", ".join(parts[start : start + fitting]) for start in range(0, len(parts), fitting)]
    return "[" + ("," + break_and_align).join(lines) + "]"
