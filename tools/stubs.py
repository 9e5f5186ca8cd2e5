"""Writes python/wengert/_core.pyi from the installed module: the table of operations and what else introspection finds.

    python -P tools/stubs.py            write the file
    python -P tools/stubs.py --check    change nothing; show the difference and exit with 1 where the file is out of date

Operations state their types in their rows. The core's other names state none, so their types are in `signatures`; a name that is
missing there, or whose parameters have other names than the module says, is an error.
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

sys.path.insert(0, str(Path(__file__).resolve().parent))  # for the -P above

from signatures import COMMON, COMPARISONS, FUNCTIONS, HEADER, METHODS, NAMES, OVERLOADS, PROPERTIES, SLOTS  # noqa: E402

FILE = Path(__file__).resolve().parent.parent / "python" / "wengert" / "_core.pyi"
WIDTH = 120


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
        raise Unknown(f"{name} takes {', '.join(own)}; tools/signatures.py says {', '.join(names)}")


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
    if cls is _core.Walk:
        out.append("    def __new__(cls, roots: Sequence[Tensor | Node]) -> Self: ...\n")
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
