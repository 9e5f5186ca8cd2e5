"""Writes python/wengert/_core.pyi from the installed module: the table of operations and what else introspection finds.

    python -P tools/stubs.py            write the file
    python -P tools/stubs.py --check    change nothing; show the difference and exit with 1 where the file is out of date

Operations state their types in their rows. The core's other names state none, so their types are here; a name that is
missing here, or whose parameters have other names than the module says, is an error.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import inspect
import re
import sys
import types
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import wengert
from wengert import _core
from wengert._core import Tensor

FILE = Path(__file__).resolve().parent.parent / "python" / "wengert" / "_core.pyi"
WIDTH = 120

HEADER = '''\
# Written by tools/stubs.py from the compiled module: `make stubs`. Do not edit.
"""The compiled core of wengert."""

import builtins
from collections.abc import Callable, Iterator, Sequence
from types import EllipsisType
from typing import Any, Literal, NamedTuple, Self, SupportsIndex, TypeAlias, final, overload, type_check_only

from numpy.typing import NDArray
from typing_extensions import disjoint_base

from wengert._device import device as _device, layout as _layout
from wengert._face.queries import TypedStorage
from wengert._generator import Generator
from wengert._interchange import DLDeviceType
from wengert._kinds import UntypedStorage
from wengert._size import Size
from wengert.autograd.graph import RemovableHandle

# The module and Tensor have their own bool, float, int and dtype.
_bool: TypeAlias = builtins.bool
_float: TypeAlias = builtins.float
_int: TypeAlias = builtins.int
_Number: TypeAlias = _int | _float | _bool
_DType: TypeAlias = dtype
_DTypeLike: TypeAlias = dtype | type[_float] | type[_int] | type[_bool]
_Operand: TypeAlias = Tensor | _Number | NDArray[Any]
_Index: TypeAlias = SupportsIndex | slice | EllipsisType | Tensor | NDArray[Any] | Sequence[Any] | None

@type_check_only
class _Max(NamedTuple):
    values: Tensor
    indices: Tensor
'''

# What rows and the tables below write -> what the stub writes.
NAMES = {
    "Number": "_Number", "bool": "_bool", "float": "_float", "int": "_int", "dtype": "_DTypeLike", "_dtype": "_DTypeLike",
    "Hook": "Callable[[Tensor], Tensor | None]",
}  # fmt: skip

# Results that depend on the arguments: (parameters after the first, result) of each overload.
OVERLOADS = {
    "max": [
        ("dim: None = None, keepdim: bool = False", "Tensor"),
        ("dim: int, keepdim: bool = False", "_Max"),
        ("dim: Tensor", "Tensor"),
    ],
    "min": [
        ("dim: None = None, keepdim: bool = False", "Tensor"),
        ("dim: int, keepdim: bool = False", "_Max"),
        ("dim: Tensor", "Tensor"),
    ],
    "median": [
        ("dim: None = None, keepdim: bool = False", "Tensor"),
        ("dim: int, keepdim: bool = False", "_Max"),
    ],
    "where": [
        ("input: Tensor | Number, other: Tensor | Number", "Tensor"),
        ("input: None = None, other: None = None", "tuple[Tensor, ...]"),
    ],
    "nonzero": [
        ("*, as_tuple: Literal[False] = False", "Tensor"),
        ("*, as_tuple: Literal[True]", "tuple[Tensor, ...]"),
    ],
    "sort": [("dim: int = -1, descending: bool = False, *, stable: bool | None = None", "_Max")],
    "topk": [("k: int, dim: int = -1, largest: bool = True, sorted: bool = True", "_Max")],
    "kthvalue": [("k: int, dim: int = -1, keepdim: bool = False", "_Max")],
}

# Functions of the module that are no operations: parameters and result.
FUNCTIONS = {
    "_adopt": ("x: Tensor, result: Tensor", "None"),
    "_arange": ("start: Number, end: Number, step: Number, dtype: dtype | None, requires_grad: bool", "Tensor"),
    "_backward": (
        "tensors: Sequence[Tensor], gradients: Sequence[Tensor | None], retain_graph: bool | None = None,"
        " create_graph: bool | None = None, inputs: Any = None",
        "None",
    ),
    "_calls_back": ("y: Tensor", "bool"),
    "_cast": ("x: Tensor, dtype: dtype, copy: bool", "Tensor"),
    "_copy_storage": ("x: Tensor", "Tensor"),
    "_detach_": ("x: Tensor", "None"),
    "_placed_in": ("x: Tensor, storage: Tensor", "Tensor"),
    "_named": ("x: Tensor, name: str", "Tensor"),
    "_full_like": ("like: Tensor, value: Number, dtype: dtype | None, requires_grad: bool", "Tensor"),
    "_disable_saved_hooks": ("message: str | None, fail_if_active: bool", "str | None"),
    "_increment_version": ("x: Tensor", "None"),
    "_is_inference": ("x: Tensor", "bool"),
    "_is_recording": ("", "bool"),
    "_node_class": ("name: str", "type"),
    "_pause_saved_hooks": ("", "None"),
    "_pop_saved_hooks": ("", "None"),
    "_push_saved_hooks": (
        "pack_hook: Callable[[Tensor], Any] | None = None, unpack_hook: Callable[[Any], Tensor] | None = None",
        "None",
    ),
    "_queue_callback": ("callback: Callable[[], None]", "None"),
    "_set_inference": ("on: bool", "bool"),
    "_enter_level": ("size: int | None = None, open: bool = False", "int"),
    "_full": ("shape: Sequence[int], value: Number, dtype: dtype | None, requires_grad: bool", "Tensor"),
    "_grad": (
        "outputs: Sequence[Tensor], inputs: Sequence[Tensor], grad_outputs: Sequence[Tensor | None], retain_graph: bool,"
        " create_graph: bool | None",
        "tuple[Any, ...]",
    ),
    "_install": ("package: str", "None"),
    "_leave_level": ("level: int", "None"),
    "_mark_same": ("", "None"),
    "_make_batched": ("value: Tensor, dim: int, level: int", "Tensor"),
    "_make_dual": ("primal: Tensor, tangent: Tensor, level: int", "Tensor"),
    "_make_subclass": ("cls: type, data: Tensor, requires_grad: bool", "Any"),
    "_eye": ("n: int, m: int, dtype: dtype, requires_grad: bool", "Tensor"),
    "_from_dlpack": ("capsule: object", "Tensor"),
    "_is_capsule": ("ob: object", "bool"),
    "_random": ("shape: Sequence[int], normal: bool, dtype: dtype, requires_grad: bool, stream: Stream", "Tensor"),
    "_random_order": ("n: int, dtype: dtype, requires_grad: bool, stream: Stream", "Tensor"),
    "_random_places": ("weights: Tensor, count: int, replacement: bool, stream: Stream", "Tensor"),
    "_random_whole": (
        "shape: Sequence[int], low: int, last: int, dtype: dtype, requires_grad: bool, stream: Stream",
        "Tensor",
    ),
    "_spaced": (
        "start: Number, end: Number, steps: int, base: float | None, dtype: dtype, requires_grad: bool",
        "Tensor",
    ),
    "_to_dlpack": ("x: Tensor, versioned: bool, copied: bool", "Any"),
    "_record_function": (
        "name: str, ctx: Any, inputs: Sequence[Tensor | None], outputs: Sequence[Tensor | None], views: Sequence[bool] = ...,"
        " many: bool = False",
        "tuple[Any, ...]",
    ),
    "_register_hook": ("tensor: Tensor, hook: Callable[[Tensor], Tensor | None], post: bool", "int"),
    "_set_grad_enabled": ("on: bool", "bool"),
    "_track": ("x: Tensor", "Tensor"),
    "_unpack_batched": ("value: Tensor, dim: int, size: int, level: int", "Tensor"),
    "_unpack_dual": ("dual: Tensor, level: int", "tuple[Tensor, Tensor | None]"),
    "_is_batched": ("x: Tensor, level: int", "bool"),
    "_outermost_level": ("x: Tensor", "tuple[int, bool] | None"),
    "_set_check_nan": ("on: bool", "None"),
    "_rebase": ("x: Tensor, result: Tensor, name: str", "None"),
    "_settled": ("x: Tensor", "Tensor"),
    "_recorded": ("function: Callable[[], Any]", "tuple[Any, list[int]]"),
    "_grad_cut": (
        "outputs: Sequence[Tensor], inputs: Sequence[Tensor], grad_outputs: Sequence[Tensor], create_graph: bool",
        "tuple[Tensor | None, ...]",
    ),
    "_sweeps": ("", "int"),
    "_untrack": ("x: Tensor, tracked: Sequence[Tensor]", "Tensor"),
    "_zeros_like": ("x: Tensor", "Tensor"),
    "build_info": ("", "dict[str, str]"),
    "can_cast": ("from_: dtype, to: dtype", "bool"),
    "from_numpy": ("ndarray: NDArray[Any]", "Tensor"),
    "get_default_dtype": ("", "_DType"),
    "get_num_threads": ("", "int"),
    "is_grad_enabled": ("", "bool"),
    "is_inference_mode_enabled": ("", "bool"),
    "is_tensor": ("ob: object", "bool"),
    "ops": ("", "list[dict[str, Any]]"),
    "promote_types": ("type1: dtype, type2: dtype", "_DType"),
    "result_type": ("tensor1: Tensor | Number, tensor2: Tensor | Number", "_DType"),
    "set_default_dtype": ("d: dtype", "None"),
    "set_num_threads": ("n: int", "None"),
    "tensor": (
        "data: Any, *, dtype: dtype | None = None, device: Any = None, requires_grad: bool = False,"
        " pin_memory: bool = False",
        "Tensor",
    ),
}

# Methods in the core that are no operations, for all its classes; the first parameter is left out.
METHODS = {
    "__call__": ("*args: Any, **kwargs: Any", "Any"),
    "__dir__": ("", "list[str]"),
    "__getattribute__": ("name: str, /", "Any"),
    "_context": ("", "tuple[Any, SavedEdge] | None"),
    "_input_layout": ("i: int", "tuple[list[int], list[int]] | None"),
    "_keeps": ("", "int"),
    "_kept": ("bit: int", "Tensor"),
    "_op_text": ("", "str"),
    "_outputs": ("", "list[tuple[list[int], _DType]]"),
    "_pack": (
        "bit: int, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]",
        "None",
    ),
    "_is_awaited": ("", "bool"),
    "_is_contiguous": ("", "bool"),
    "_is_lifted": ("", "bool"),
    "_is_view": ("", "bool"),
    "_key": ("", "int"),
    "_out_count": ("", "int"),
    "_references": ("", "tuple[int]"),
    "_remove_hook": ("id: int", "None"),
    "_retains_grad": ("", "bool"),
    "_sequence_nr": ("", "int"),
    "_share_numpy": ("", "NDArray[Any]"),
    "_stand_in": ("out: int", "Tensor"),
    "_storage_bytes": ("", "int"),
    "_storage_id": ("", "int"),
    "backward": (
        "gradient: Tensor | None = None, retain_graph: bool | None = None, create_graph: bool = False, inputs: Any = None",
        "None",
    ),
    "data_ptr": ("", "int"),
    "detach": ("", "Tensor"),
    "dim": ("", "int"),
    "element_size": ("", "int"),
    "is_floating_point": ("", "bool"),
    "item": ("", "Any"),
    "name": ("", "str"),
    "ndimension": ("", "int"),
    "nelement": ("", "int"),
    "numel": ("", "int"),
    "register_hook": ("fn: Callable[..., Any]", "Any"),
    "register_prehook": ("fn: Callable[..., Any]", "Any"),
    "register_hooks": (
        "pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]",
        "None",
    ),
    "release": ("", "None"),
    "requires_grad_": ("requires_grad: bool = True", "Self"),
    "retain_grad": ("", "None"),
    "set_state": ("seed: int, drawn: int", "None"),
    "state": ("", "tuple[int, int]"),
    "storage_offset": ("", "int"),
    "tolist": ("", "Any"),
    "to_real": ("", "_DType"),
    "unpack": ("edge: SavedEdge | None = None", "Tensor"),
}

# Properties, for all classes; which of Tensor's can be set is tried.
PROPERTIES = {
    "H": "Tensor", "T": "Tensor", "__array_interface__": "dict[str, Any]", "_base": "Tensor | None", "_node": "Node | None",
    "_strides": "tuple[int, ...]", "_version": "int", "data": "Tensor", "dtype": "_DType", "grad": "Tensor | None",
    "grad_fn": "Node | None", "is_complex": "bool", "is_floating_point": "bool", "is_leaf": "bool", "is_signed": "bool",
    "itemsize": "int", "mH": "Tensor", "mT": "Tensor", "metadata": "dict[Any, Any]", "name": "str", "ndim": "int",
    "next_functions": "tuple[tuple[Node | None, int], ...]", "output_nr": "int", "requires_grad": "bool",
    "shape": "Size", "retains_grad": "bool", "site": "tuple[str, int] | None", "variable": "Tensor | None",
}  # fmt: skip

# What slots of the type make of Tensor: parameters after `self`, result, and what mypy is to overlook.
_BINARY = ("value: _Operand, /", "Tensor", "")
_INPLACE = ("value: _Operand, /", "Self", "")
_COMPARE = ("value: _Operand, /", "Tensor", "  # type: ignore[misc]")
_EQUAL = ("value: _Operand, /", "Tensor", "  # type: ignore[override]")
SLOTS = {
    **{
        f"__{side}{name}__": _BINARY
        for name in (
            "add",
            "matmul",
            "mul",
            "sub",
            "truediv",
            "floordiv",
            "mod",
            "and",
            "or",
            "xor",
            "lshift",
            "rshift",
        )
        for side in ("", "r")
    },
    **{
        f"__i{name}__": _INPLACE
        for name in ("add", "mul", "sub", "truediv", "floordiv", "mod", "and", "or", "xor", "lshift", "rshift")
    },
    **{f"__{name}__": _COMPARE for name in ("ge", "gt", "le", "lt")},
    "__eq__": _EQUAL,
    "__ne__": _EQUAL,
    "__pow__": ("value: _Operand, mod: None = None, /", "Tensor", ""),
    "__rpow__": ("value: _Operand, mod: None = None, /", "Tensor", ""),
    "__ipow__": ("value: _Operand, /", "Self", "  # type: ignore[misc]"),
    "__abs__": ("", "Tensor", ""),
    "__bool__": ("", "bool", ""),
    "__float__": ("", "float", ""),
    "__getitem__": ("key: _Index, /", "Tensor", ""),
    "__hash__": ("", "int", ""),
    "__index__": ("", "int", ""),
    "__int__": ("", "int", ""),
    "__iter__": ("", "Iterator[Tensor]", ""),
    "__len__": ("", "int", ""),
    "__divmod__": ("value: _Operand, /", "tuple[Tensor, Tensor]", ""),
    "__rdivmod__": ("value: _Operand, /", "tuple[Tensor, Tensor]", ""),
    "__invert__": ("", "Tensor", ""),
    "__neg__": ("", "Tensor", ""),
    "__pos__": ("", "Self", ""),
    "__setitem__": ("key: _Index, value: _Operand, /", "None", ""),
}
# In every type, or told by `object` already.
COMMON = {
    "__delattr__", "__dict__", "__doc__", "__module__", "__new__", "__reduce__", "__setattr__", "__delitem__",
    "__firstlineno__", "__static_attributes__", "__buffer__", "__release_buffer__",
}  # fmt: skip
COMPARISONS = {"__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__", "__repr__"}


class Unknown(Exception):
    """A name whose types nobody stated."""


def main(arguments: list[str] | None = None) -> int:
    """Writes or checks the file; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--check", action="store_true", help="exit with 1 and show the difference where the file is out of date"
    )
    parser.add_argument("--file", type=Path, default=FILE, help="the stub (default: python/wengert/_core.pyi)")
    chosen = parser.parse_args(arguments)
    try:
        text = stub()
    except Unknown as error:
        print(f"tools/stubs.py: {error}", file=sys.stderr)
        return 1
    before = chosen.file.read_text(encoding="utf-8") if chosen.file.exists() else ""
    if not chosen.check:
        if text != before:
            chosen.file.write_text(text, encoding="utf-8")
        return 0
    if text == before:
        return 0
    sys.stdout.writelines(
        difflib.unified_diff(before.splitlines(True), text.splitlines(True), str(chosen.file), "the module")
    )
    print(f"{chosen.file} is out of date: run `make stubs`", file=sys.stderr)
    return 1


def stub() -> str:
    """The whole text."""
    rows = _core.ops()
    operations = {name for row in rows if row["function"] for name in names(row)}
    in_place = {f"{name}_": row for row in rows if row["inplace"] for name in names(row) if hasattr(_core, f"{name}_")}
    parts = [HEADER]
    for name in sorted(vars(_core)):
        value = getattr(_core, name)
        if isinstance(value, type):
            parts.append("\n" + (tensor_class(rows) if value is Tensor else plain_class(value)))
    instances = sorted(name for name in vars(_core) if isinstance(getattr(_core, name), _core.dtype))
    parts.append("\n" + "".join(f"{name}: _DType\n" for name in instances))
    parts.extend(
        "\n" + operation(row, name, row["returns"], None) for row in rows if row["function"] for name in names(row)
    )
    parts.extend("\n" + operation(row, name, "Tensor", None) for name, row in sorted(in_place.items()))
    operations.update(in_place)
    for name in sorted(vars(_core)):
        value = getattr(_core, name)
        if callable(value) and not isinstance(value, type) and name not in operations and not name.startswith("__"):
            parts.append("\n" + function(name, value))
    exported = "".join(f'    "{name}",\n' for name in _core.__all__)
    parts.append(f"\n__all__ = [\n{exported}]\n")
    return "".join(parts)


def names(row: dict[str, Any]) -> list[str]:
    """The name of an operation and its aliases."""
    return [row["name"], *row["aliases"]]


def summary(doc: str | None) -> str:
    """First paragraph of a docstring, after the signature that it may begin with."""
    lines = [line.strip() for line in (doc or "").strip().splitlines()]
    if len(lines) > 2 and re.match(r"\w+\(.*\)", lines[0]) and not lines[1]:
        lines = lines[2:]
    paragraph = lines[: lines.index("")] if "" in lines else lines
    return " ".join(paragraph).replace("\\", "\\\\")


def definition(
    name: str,
    params: Iterable[str],
    returns: str,
    doc: str = "",
    indent: str = "",
    note: str = "",
    above: Iterable[str] = (),
) -> str:
    """A `def` as ruff formats it, its parameters one a line where they do not fit."""
    params = list(params)
    ending = f") -> {returns}:"
    line = f"{indent}def {name}({', '.join(params)}{ending}"
    body = f'\n{indent}    """{doc}"""\n' if doc else f" ...{note}\n"
    if len(line) + (0 if doc else 4) > WIDTH:
        line = f"{indent}def {name}(\n" + "".join(f"{indent}    {p},\n" for p in params) + indent + ending
    if doc and note:
        line += note
    return "".join(f"{indent}{decorator}\n" for decorator in above) + line + body


def renamed(annotation: str) -> str:
    """An annotation in the names of the stub."""
    annotation = re.sub(r"\bbuiltins\.", "", annotation)
    return re.sub(r"(?<![\w.])[A-Za-z_]\w*", lambda m: NAMES.get(m.group(), m.group()), annotation)


def parameters(signature: str) -> list[str]:
    """The parameters of a signature, renamed."""
    node = ast.parse(f"def f({signature}): ...").body[0]
    assert isinstance(node, ast.FunctionDef)
    a = node.args
    out: list[str] = []
    positional = [*a.posonlyargs, *a.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(a.defaults)) + list(a.defaults)
    for i, (arg, default) in enumerate(zip(positional, defaults, strict=True)):
        out.append(parameter(arg, default))
        if i + 1 == len(a.posonlyargs):
            out.append("/")
    if a.vararg:
        out.append("*" + parameter(a.vararg, None))
    elif a.kwonlyargs:
        out.append("*")
    out.extend(parameter(arg, default) for arg, default in zip(a.kwonlyargs, a.kw_defaults, strict=True))
    if a.kwarg:
        out.append("**" + parameter(a.kwarg, None))
    return out


def parameter(arg: ast.arg, default: ast.expr | None) -> str:
    text = arg.arg
    if arg.annotation:
        text += ": " + renamed(ast.unparse(arg.annotation))
    if default is None:
        return text
    value = ast.unparse(default)
    if isinstance(default, ast.Constant) and isinstance(default.value, str):
        value = '"' + default.value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{text} = {value}" if arg.annotation else f"{text}={value}"


def operation(row: dict[str, Any], name: str, returns: str, owner: str | None) -> str:
    """An operation as a function, or as a method of `owner`."""
    params = parameters(row["signature"])
    indent = "    " if owner else ""
    doc = summary(row["doc"])
    if owner:
        # The module calls a method's first parameter as the function's; PyTorch's users do not see it.
        params[0] = "_self"
    if returns == "Any" and row["name"] in OVERLOADS:
        forms = [([params[0], *parameters(rest)], result) for rest, result in OVERLOADS[row["name"]]]
    else:
        forms = [(params, returns)]
        variadic = [p for p in params if p.startswith("*") and p != "*"]
        if variadic:
            kind, _, of = variadic[0].removeprefix("*").partition(": ")
            at = params.index(variadic[0])
            # What comes after the sizes goes by name in both forms.
            by_name = ["*", *params[at + 1 :]] if params[at + 1 :] else []
            forms.append(([*params[:at], f"{kind}: Sequence[{of}]", *by_name], returns))
    above = ["@overload"] if len(forms) > 1 else []
    between = "" if owner else "\n"
    return between.join(definition(name, p, renamed(r), doc, indent, above=above) for p, r in forms)


def stated(table: dict[str, tuple[str, str]], name: str, where: str) -> tuple[list[str], str]:
    """Parameters and result of what has an entry."""
    if name not in table:
        raise Unknown(f"{where}{name} has no types: state them in {'FUNCTIONS' if table is FUNCTIONS else 'METHODS'}")
    signature, returns = table[name]
    return parameters(signature), renamed(returns)


def function(name: str, value: Any) -> str:
    """A function of the module that is no operation."""
    params, returns = stated(FUNCTIONS, name, "")
    compare(name, value.__text_signature__, params)
    return definition(name, params, returns, summary(value.__doc__))


def compare(name: str, signature: str, params: list[str]) -> None:
    """Refuses parameters whose names are not those of the module's signature."""
    own = [part.split("=")[0].strip() for part in signature.strip("()").split(",")]
    own = [part for part in own if part not in ("", "*", "/", "$self", "self")]
    names = [re.split(r"[:=]", p)[0].strip("* ") for p in params if p not in ("*", "/")]
    if [{"class": "cls"}.get(n, n).lstrip("*") for n in own] != names:
        raise Unknown(f"{name} takes {', '.join(own)}; tools/stubs.py says {', '.join(names)}")


def plain_class(cls: type) -> str:
    """A class of the core besides Tensor."""
    out = ["@final\n", f"class {cls.__name__}:\n", f'    """{summary(cls.__doc__)}"""\n']
    if cls is _core.Stream:
        out.append("    def __new__(cls, seed: _int | None = None) -> Self: ...\n")
    names = sorted(set(vars(cls)) - COMMON - COMPARISONS)
    if "__new__" in vars(cls) and cls is _core.SavedTensor:
        out.append(
            "    def __new__(cls, tensor: Tensor, output: int | None = None, hooked: _bool = True) -> Self: ...\n"
        )
    for name in names:
        value = vars(cls)[name]
        if isinstance(value, types.GetSetDescriptorType):
            out.append(prop(cls, name, value.__doc__, False))
        else:
            params, returns = stated(METHODS, name, f"{cls.__name__}.")
            compare(f"{cls.__name__}.{name}", value.__text_signature__, params)
            out.append(definition(name, ["self", *params], returns, summary(value.__doc__), "    "))
    return "".join(out)


def prop(cls: type, name: str, doc: str | None, settable: bool) -> str:
    """A property."""
    if name not in PROPERTIES:
        raise Unknown(f"{cls.__name__}.{name} has no type: state it in PROPERTIES")
    kind = renamed(PROPERTIES[name]) if PROPERTIES[name] != "_DType" else "_DType"
    text = definition(name, ["self"], kind, summary(doc), "    ", above=["@property"])
    if settable:
        text += definition(name, ["self", f"value: {kind}"], "None", "", "    ", above=[f"@{name}.setter"])
    return text


def can_be_set(name: str) -> bool:
    """Whether a property of Tensor can be assigned."""
    x = wengert.ones(2, 2)
    try:
        setattr(x, name, getattr(x, name))
    except AttributeError:
        return False
    return True


def tensor_class(rows: list[dict[str, Any]]) -> str:
    """Tensor: slots, properties, operations, methods of the core and those that _tensor.py installs."""
    doc = summary(Tensor.__doc__)
    out = [
        "@disjoint_base\n",
        "class Tensor:\n",
        f'    """{doc}"""\n',
        "\n",
        "    __array_priority__: int\n",
        "    def __new__(cls, *args: Any, **kwargs: Any) -> Self: ...\n",
    ]
    found = vars(Tensor)
    done = {"__array_priority__", *COMMON}
    for name in sorted(set(found) & set(SLOTS)):
        params, returns, note = SLOTS[name]
        out.append(definition(name, ["self", *parameters(params)], renamed(returns), "", "    ", note))
        done.add(name)
    for name in sorted(set(found) - done):
        value = found[name]
        if isinstance(value, types.GetSetDescriptorType):
            out.append(prop(Tensor, name, value.__doc__, can_be_set(name)))
        elif isinstance(value, property):
            returns = renamed(str(inspect.signature(value.fget).return_annotation)) if value.fget else "Any"
            out.append(definition(name, ["self"], returns, summary(value.__doc__), "    ", above=["@property"]))
        else:
            continue
        done.add(name)
    for row in rows:
        for name in names(row):
            if row["method"]:
                returns = "Self" if row["writes"] else row["returns"]
                out.append(operation(row, name, returns, "Tensor"))
                done.add(name)
            if row["inplace"]:
                out.append(operation(row, name + "_", "Self", "Tensor"))
                done.add(name + "_")
    for name in sorted(set(found) - done):
        out.append(method(name, found[name]))
    return "".join(out)


def method(name: str, value: Any) -> str:
    """A method of Tensor: installed by _tensor.py, which states types, or the core's, which does not."""
    if isinstance(value, staticmethod):
        return definition(
            name, python_parameters(value.__func__), returned(value.__func__), "", "    ", above=["@staticmethod"]
        )
    if isinstance(value, types.FunctionType):
        params = python_parameters(value)
        # A function of the module that is a method too calls its tensor `input`.
        first = re.split("[:=]", params[0])[0].strip()
        return definition(name, [first, *params[1:]], returned(value), summary(value.__doc__), "    ")
    params, returns = stated(METHODS, name, "Tensor.")
    says = re.match(r"\w+(\(.*\))", value.__doc__ or "")
    compare(f"Tensor.{name}", says.group(1) if says else "()", params)
    return definition(name, ["self", *params], returns, summary(value.__doc__), "    ")


def python_parameters(value: Callable[..., Any]) -> list[str]:
    """The parameters of a Python function whose annotations are strings."""
    shown: list[str] = []
    for p in inspect.signature(value).parameters.values():
        if p.kind is p.KEYWORD_ONLY and not any(s.startswith("*") for s in shown):
            shown.append("*")
        mark = "*" if p.kind is p.VAR_POSITIONAL else "**" if p.kind is p.VAR_KEYWORD else ""
        annotation = f": {p.annotation}" if p.annotation is not p.empty else ""
        default = f" = {p.default!r}" if p.default is not p.empty else ""
        shown.append(f"{mark}{p.name}{annotation}{default}")
    return parameters(", ".join(shown))


def returned(value: Any) -> str:
    annotation = inspect.signature(value).return_annotation
    return "Any" if annotation is inspect.Signature.empty else renamed(str(annotation))


if __name__ == "__main__":
    sys.exit(main())
