"""Writes the pages of the API reference from the installed package: docstrings, signatures and, for the core, its stub.

python -P tools/reference.py DIR     write the pages into DIR, which then holds nothing else
"""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
import types
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import wengert
from wengert import _core
from wengert._face import later

sys.path.insert(0, str(Path(__file__).resolve().parent))  # for the -P above

from topics import PAGES, TOPICS  # noqa: E402

STUB = Path(_core.__file__).with_name("_core.pyi")
# They say what they are by themselves.
PLAIN = (int, float, str, dict, type(None), types.ModuleType)
FENCE = "`" * 6
# Made when they are first asked for: `dir` does not know them before.
LATE = {"wengert": (*later.FUNCTIONS, *later.OF_FUNCTIONAL)}


class Entry(NamedTuple):
    """One name of a page: the object, how it is called, and what it says."""

    name: str
    kind: str
    signatures: list[str]
    text: str
    inside: list[Entry]


def main(arguments: list[str] | None = None) -> int:
    """Writes all pages; returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    write(Path(given[0]))
    return 0


def write(folder: Path) -> None:
    """All pages, and none that is left of an earlier run."""
    wanted = {f"{name}.md": text for name, text in pages().items()}
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        path = folder / name
        # A page that has not changed is not built again.
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def pages() -> dict[str, str]:
    """The text of each page under the name of its file."""
    homes: dict[int, str] = {}
    for module in ("wengert.func", *PAGES):
        for name, value in members(module).items():
            homes.setdefault(id(value), f"{module}.{name}")
    homes[id(wengert.Tensor)] = "wengert.Tensor"
    written = {"index": index()}
    for module in PAGES:
        found = {f"{module}.{name}": value for name, value in members(module).items() if value is not wengert.Tensor}
        entries = [entry(name, value) for name, value in found.items() if homes[id(value)] == name]
        elsewhere = [
            (f"{module}.{name}", homes[id(value)])
            for name, value in members(module).items()
            if homes[id(value)] != f"{module}.{name}"
        ]
        head = inspect.getdoc(importlib.import_module(module)) or ""
        if module == "wengert":
            written.update(top(entries))
            entries = []
            values = [f"`{name}`" for name, value in vars(wengert).items() if isinstance(value, wengert.dtype)]
            head += f"\n\nDtypes: {', '.join(sorted(values))}."
        written[module] = page(module, markdown(head), entries, elsewhere)
    written["wengert.Tensor"] = page("wengert.Tensor", "", [entry("wengert.Tensor", wengert.Tensor)], [])
    return written


def members(module: str) -> dict[str, Any]:
    """What a module of the package offers under public names, in order of the alphabet."""
    found = {}
    for name in sorted(
        {*dir(importlib.import_module(module)), *LATE.get(module, ())}, key=lambda name: (name.lower(), name)
    ):
        value = getattr(importlib.import_module(module), name, None)
        if name.startswith("_") or isinstance(value, (*PLAIN, wengert.dtype)):
            continue
        if getattr(value, "__module__", "wengert").partition(".")[0] == "wengert":
            found[name] = value
    return found


def top(entries: list[Entry]) -> dict[str, str]:
    """The functions and classes of `wengert` itself, a page for each topic."""
    left = {entry.name.rpartition(".")[2]: entry for entry in entries}
    written = {}
    for key, (title, names) in TOPICS.items():
        wanted = set(names.split())
        chosen = [
            left.pop(name) for name in list(left) if not names or name in wanted or name.removesuffix("_") in wanted
        ]
        written[f"wengert-{key}"] = page(title, "", sorted(chosen, key=lambda entry: entry.name.lower()), [])
    return written


def index() -> str:
    """The first page: all others."""
    lines = [
        "# API reference",
        "",
        "Every public name, from the docstrings and the stub of the compiled module. Names, arguments, defaults and",
        "classes of errors are PyTorch's where it has the thing. Examples run as tests.",
        "",
        "```{toctree}",
        ":maxdepth: 1",
        "",
        "wengert",
        *(f"wengert-{key}" for key in TOPICS),
        "wengert.Tensor",
        *(module for module in PAGES if module != "wengert"),
        "```",
    ]
    return "\n".join(lines) + "\n"


def page(title: str, head: str, entries: list[Entry], elsewhere: list[tuple[str, str]]) -> str:
    """A page: its names as links, then each of them."""
    lines = [f"# {title}", ""]
    if head:
        lines += [head, ""]
    listed = entries[0].inside if len(entries) == 1 and entries[0].inside else entries
    if len(listed) > 1:
        lines += [" ".join(link(entry.name, entry.name.rpartition(".")[2]) for entry in listed), ""]
    for entry in entries:
        lines += directive(entry)
    if elsewhere:
        lines += ["Also here, and told elsewhere:", ""]
        lines += [f"- `{name}` is {link(home, home)}" for name, home in elsewhere]
    return "\n".join(lines) + "\n"


def link(name: str, text: str) -> str:
    """A link to where a name is told."""
    return f"{{py:obj}}`{text} <{name}>`"


def directive(entry: Entry, depth: int = 0) -> list[str]:
    """The lines of a name, with those inside of a class."""
    fence = FENCE + "`" * (1 - depth)
    indent = " " * (len(fence) + len(entry.kind) + 7)
    first, *more = [f"{entry.name}{signature}" for signature in entry.signatures]
    lines = [f"{fence}{{py:{entry.kind}}} {first}" + "".join(f"\n{indent}{line}" for line in more)]
    lines += ["", entry.text, ""]
    for inside in entry.inside:
        lines += directive(inside, depth + 1)
    return [*lines, fence, ""]


def repeated(name: str, value: Any) -> str | None:
    """What a name says that another has told already: methods that are functions too, twins that write, other names."""
    own = name.rpartition(".")[2]
    told = TOLD.get(own) or TOLD.get(own.removesuffix("_"))
    if told is None or name == f"wengert.{told}":
        return None
    first, _, rest = said(value).partition("\n\n")
    if first.partition("\n\n")[0] not in said(getattr(wengert, told)) and not rest.startswith(
        said(getattr(wengert, told))[:40]
    ):
        return None
    return f"{markdown(first)} See {link(f'wengert.{told}', told)}."


def entry(name: str, value: Any) -> Entry:
    """What there is to say of a name."""
    if isinstance(value, type):
        kind = "exception" if issubclass(value, BaseException) else "class"
        found = [entry_inside(name, part, vars(value)[part]) for part in sorted(vars(value)) if part[0] != "_"]
        return Entry(name, kind, signatures(name, value), markdown(said(value)), [one for one in found if one])
    if callable(value):
        return Entry(name, "function", signatures(name, value), repeated(name, value) or markdown(said(value)), [])
    return Entry(name, "data", [""], markdown(said(value)), [])


def entry_inside(owner: str, part: str, value: Any) -> Entry | None:
    """A method, a property or a value of a class."""
    name = f"{owner}.{part}"
    if isinstance(value, PLAIN):
        return None
    if isinstance(value, (staticmethod, classmethod)):
        kind = "staticmethod" if isinstance(value, staticmethod) else "classmethod"
        return Entry(name, kind, signatures(name, value.__func__), markdown(said(value.__func__)), [])
    if callable(value) or inspect.ismethoddescriptor(value):
        text = repeated(name, value) if owner == "wengert.Tensor" else None
        return Entry(name, "method", signatures(name, value), text or markdown(said(value)), [])
    return Entry(name, "property", [""], markdown(said(value)), [])


def said(value: Any) -> str:
    """The docstring without the signature that operations and methods of the core begin with."""
    text = inspect.getdoc(value) or ""
    first, _, rest = text.partition("\n")
    return rest.strip() if first.startswith(f"{getattr(value, '__name__', '?')}(") else text.strip()


def signatures(name: str, value: Any) -> list[str]:
    """How a name is called: as the stub says, as Python says, or as its docstring begins."""
    stated = STATED.get(name)
    if stated:
        return stated
    try:
        signature = inspect.signature(value)
    except (TypeError, ValueError):
        first = (inspect.getdoc(value) or "").partition("\n")[0]
        own = getattr(value, "__name__", "?")
        return [first.removeprefix(own)] if first.startswith(f"{own}(") else ["()"]
    parameters = [
        one.replace(default=Shown(one.default)) if one.default is not one.empty else one
        for one in signature.parameters.values()
        if one.name != "self"
    ]
    result = signature.empty if isinstance(value, type) else signature.return_annotation
    text = str(signature.replace(parameters=parameters, return_annotation=result))
    return [clear(re.sub(r"(: |-> )'([^']*)'", r"\1\2", text))]


def clear(signature: str) -> str:
    """A signature without the private names of types."""
    text = re.sub(r"(?<![\w.])_(?=[A-Za-z])", "", signature)
    return re.sub(r"\bDType(Like)?\b", "dtype", text)


class Shown:
    """A default as it is read: an object without a literal is `...`."""

    def __init__(self, value: Any):
        self.value = value

    def __repr__(self) -> str:
        text = getattr(self.value, "__name__", None) or repr(self.value)
        return text if re.fullmatch(r"[\w.()\[\]{}', +-]*", text) else "..."


def stub() -> dict[str, list[str]]:
    """Signatures that the stub of the core states, under the names that the package has."""
    found: dict[str, list[str]] = {}

    def add(owner: str, body: Iterable[ast.stmt]) -> None:
        for one in body:
            if isinstance(one, ast.ClassDef) and not one.name.startswith("_"):
                add(f"{owner}.{one.name}", one.body)
            elif isinstance(one, ast.FunctionDef) and not any(
                isinstance(mark, ast.Name) and mark.id == "property" for mark in one.decorator_list
            ):
                arguments = ast.unparse(one.args)
                arguments = re.sub(r"^(_?self|cls)(, /)?(, |$)", "", arguments)
                result = f" -> {ast.unparse(one.returns)}" if one.returns else ""
                text = clear(f"({arguments}){result}")
                found.setdefault(f"{owner}.{one.name}", []).append(text)

    add("wengert", ast.parse(STUB.read_text(encoding="utf-8")).body)
    return found


def markdown(text: str) -> str:
    """A docstring as Markdown: its examples as blocks, what would be a mark of Markdown's as it stands."""
    lines: list[str] = []
    example = False
    for line in text.splitlines():
        if line.lstrip().startswith(">>>") and not example:
            example = True
            lines += ["", "```pycon"] if not lines or lines[-1] else ["```pycon"]
        elif example and not line.strip():
            example = False
            lines.append("```")
        lines.append(line if example else plain(line))
    return "\n".join([*lines, "```"] if example else lines)


def plain(line: str) -> str:
    """A line outside examples: only what stands in backticks is marked."""
    parts = line.split("`")
    parts[::2] = [re.sub(r"([*_<>\[\]$#~|\\])", r"\\\1", part) for part in parts[::2]]
    return "`".join(parts).strip()


STATED = stub()
# Under which name each operation is told that is also a function.
TOLD = {
    name: row["name"]
    for row in _core.ops()
    if row["function"] and hasattr(wengert, row["name"])
    for name in (row["name"], *row["aliases"])
}

if __name__ == "__main__":
    raise SystemExit(main())
