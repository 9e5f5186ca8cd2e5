"""How an operation reads in a list: `x * x`, `sum(x, dim=0)`, and a value in a few letters. Depends on `_core` only."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from wengert._core import Tensor

_INFIX = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**", "remainder": "%", "matmul": "@", "mm": "@", "mv": "@",
    "bmm": "@", "dot": "@", "floor_divide": "//",
}  # fmt: skip
_FIELD = re.compile(r"(\w+): (\[[^\]]*\]|-?[\w.]+(?:e-\d+)?)")
# Attributes worth a word, and the word.
_SHOWN = {
    "shape": "shape", "alpha": "alpha", "beta": "beta", "correction": "correction", "offset": "offset", "diagonal": "diagonal",
    "p": "ord", "eps": "eps", "repeats": "repeats", "sizes": "sizes", "dims": "dims",
}  # fmt: skip
_DTYPES = {"F64": "float64", "F32": "float32"}
# What stands for an operand of which the tape keeps nothing.
UNKNOWN = "·"


def _over(fields: dict[str, str]) -> str:
    """The dimensions of a reduction."""
    if fields.get("all") == "true":
        return ""
    dims = [i for i, on in enumerate(fields.get("dims", "[]").strip("[]").split(",")) if on.strip() == "true"]
    text = f", dim={dims[0] if len(dims) == 1 else tuple(dims)}"
    return text + (", keepdim=True" if fields.get("keepdim") == "true" else "")


def _part(x: str, fields: dict[str, str]) -> str | None:
    """An index: x[0], x[:, 1:3]."""
    lead = ":, " * int(fields.get("dim", "0"))
    if "index" in fields:
        return f"{x}[{lead}{fields['index']}]"
    if "start" in fields and "len" in fields:
        start, length, step = (int(fields.get(key, "1")) for key in ("start", "len", "step"))
        return f"{x}[{lead}{start}:{start + length * step - step + 1}{'' if step == 1 else f':{step}'}]"
    return None


def expression(op: str, text: str, operands: Sequence[str]) -> str:
    """An operation on operands, as a program would write it. `text` is what it says of itself."""
    fields = dict(_FIELD.findall(text))
    if op in _INFIX and len(operands) == 2:
        return f"{operands[0]} {_INFIX[op]} {operands[1]}"
    if op == "rsub" and len(operands) == 2:
        return f"{operands[1]} - {operands[0]}"
    if op == "neg" and len(operands) == 1:
        return f"-{operands[0]}"
    if text.startswith("View(") and len(operands) == 1 and (part := _part(operands[0], fields)) is not None:
        return part
    if text.startswith("Cast"):
        dtype = fields.get("dtype", "")
        return f"{operands[0]}.to({_DTYPES.get(dtype, dtype.lower())})"
    if text.startswith(("Cat", "Stack")):
        return f"{op}([{', '.join(operands)}], dim={fields.get('dim', '0')})"
    if not operands and op.endswith(")"):
        return op
    extra = ""
    if "all" in fields:
        extra = _over(fields)
        fields.pop("dims", None)
    elif fields.get("dim", "").lstrip("-").isdigit():
        extra = f", dim={fields['dim']}"
    extra += "".join(f", {_SHOWN[key]}={value}" for key, value in fields.items() if key in _SHOWN and value != "None")
    return f"{op}({', '.join(operands)}{extra})"


def number(x: Any) -> str:
    """A number in at most seven digits."""
    if isinstance(x, bool):
        return str(x)
    if isinstance(x, int):
        return str(x)
    if not math.isfinite(x):
        return str(x)
    text = f"{x:.6g}" if x == int(x) and abs(x) < 1e6 else f"{x:.4g}"
    return text if any(c in text for c in ".e") else text + ".0"


def value(x: Tensor | None, most: int = 3) -> str:
    """A value in a few letters: numbers, and of more than `most` the first ones."""
    if x is None:
        return ""
    if x._is_lifted():
        return "(mapped)"
    if x.dim() == 0:
        return number(x.item())
    count = x.numel()
    if count == 0:
        return "[]"
    flat = x.detach().reshape(-1)[:most].tolist()
    inner = ", ".join(number(v) for v in flat)
    return f"[{inner}{', …' if count > most else ''}]"


def shape(x: Sequence[int]) -> str:
    """(2, 3), (3,), ()."""
    return str(tuple(x))


def dtype(x: Any) -> str:
    """float32, without a prefix."""
    return str(x).rpartition(".")[2]
