"""Everything public that can be called, read or set, with the parameters that its signature states."""

import inspect
import re

import wengert
import wengert.nn.functional
from wengert import Tensor, _core

# What ends or reconfigures the process or the test itself, or hands out raw memory for others to write.
LEFT_OUT = {"set_printoptions", "get_printoptions", "__reduce__", "__reduce_ex__", "__class__", "__dict__", "__init__"}
LEFT_OUT |= {"__subclasshook__", "__init_subclass__", "__new__", "__getattribute__", "__doc__", "__module__", "__dir__"}
LEFT_OUT |= {"__sizeof__", "__delattr__", "__setattr__", "__getstate__"}

BINARY = "+ - * / // % ** @ & | ^ << >> < <= == != > >=".split()
INPLACE = "+= -= *= /= //= %= **= @= &= |= ^= <<= >>=".split()


def split(text):
    """Splits a signature or an argument list at the commas outside of brackets and quotes."""
    parts, depth, start, quoted = [], 0, 0, False
    for i, c in enumerate(text):
        quoted ^= c == "'"
        if quoted:
            continue
        depth += (c in "[(") - (c in "])")
        if c == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    return [part for part in [*parts, text[start:].strip()] if part]


def stated(signature):
    """(name, annotation, way) for each parameter of a row's signature; the way is 'position', 'keyword' or 'many'."""
    found, way = [], "position"
    for part in split(signature):
        if part == "*":
            way = "keyword"
            continue
        head = re.split(r"\s=|=", part, maxsplit=1)[0]
        name, _, kind = head.partition(":")
        many = name.startswith("*")
        found.append((name.strip("* "), kind.strip(), "many" if many else way))
        way = "keyword" if many else way
    return found


def inspected(function):
    """The same of a Python function; something for what tells nothing."""
    try:
        signature = inspect.signature(function)
    except (TypeError, ValueError):
        return [("args", "object", "many")]
    ways = {0: "position", 1: "position", 2: "many", 3: "keyword", 4: None}
    found = [
        (p.name, str(p.annotation), ways[p.kind]) for p in signature.parameters.values() if ways[p.kind] is not None
    ]
    if any(p.kind == 4 for p in signature.parameters.values()):
        found += [("dtype", "dtype", "keyword"), ("device", "object", "keyword"), ("out", "Tensor", "keyword")]
    return found


def modules():
    yield "torch", wengert
    yield "torch.nn.functional", wengert.nn.functional
    yield "torch.nn", wengert.nn
    for name in ("autograd", "func", "linalg", "random"):
        yield f"torch.{name}", getattr(wengert, name)


def calls():
    """(path, is a method, parameters) of everything that can be called; the first parameter of a method is the tensor."""
    rows = {name: row for row in _core.ops() for name in [row["name"], *row["aliases"]]}
    rows |= {f"{name}_": row for name, row in rows.items() if row["inplace"]}
    found = {}
    for path, module in modules():
        for name in dir(module):
            thing = getattr(module, name)
            if name.startswith("_") or name in LEFT_OUT or not callable(thing) or inspect.ismodule(thing):
                continue
            if getattr(thing, "__module__", "").startswith(("typing", "collections", "contextlib")):
                continue
            operation = type(thing).__name__ == "Operation"
            found[f"{path}.{name}"] = (
                False,
                stated(rows[thing.__name__]["signature"]) if operation else inspected(thing),
            )
    for name in dir(Tensor):
        thing = getattr(Tensor, name)
        if name in LEFT_OUT or not callable(thing) or (name.startswith("_") and not name.startswith("__")):
            continue
        operation = type(thing).__name__ == "Operation"
        parameters = stated(rows[thing.__name__]["signature"]) if operation else inspected(thing)
        found[f".{name}"] = (True, parameters)
    return found


def properties():
    """Names of what is read from a tensor, and may be set or deleted."""
    names = [name for name in dir(Tensor) if name not in LEFT_OUT and not callable(getattr(Tensor, name))]
    return [name for name in names if not name.startswith("_")]


def samples():
    """(name, whether it is a method, samples) of every row that has samples, and of its in-place twin."""
    found = []
    for row in _core.ops():
        if not row["samples"]:
            continue
        if row["method"]:
            found.append((row["name"], True, row["samples"]))
        if row["function"]:
            found.append((row["name"], False, row["samples"]))
        if row["inplace"]:
            found.append((row["name"] + "_", True, row["samples"]))
    return found


ROWS = samples()
