"""All that is reachable from `wengert` under a public name says what it does, and functions show how they are called."""

import inspect
import types

from backend import torch, wengert_only

pytestmark = wengert_only

MODULES = ["wengert", "wengert.autograd", "wengert.autograd.graph", "wengert.func", "wengert.linalg", "wengert.nn"]
# Instances of dtype and numbers say what they are by themselves.
VALUES = (int, float, str, dict)


def public(owner):
    """Names and what they stand for, found where Python finds them."""
    import importlib

    if isinstance(owner, str):
        owner = importlib.import_module(owner)
    return [(name, getattr(owner, name)) for name in sorted(vars(owner)) if not name.startswith("_")]


def names():
    """Every public name with its owner: functions, classes, and the classes' own methods and properties."""
    found = {}
    for module in MODULES:
        for name, value in public(module):
            if isinstance(value, (types.ModuleType, torch.dtype, *VALUES)) or name == "annotations":
                continue
            if isinstance(value, type) and value.__module__.partition(".")[0] != "wengert":
                continue
            if getattr(value, "__module__", "").partition(".")[0] in ("collections", "typing"):
                continue
            found[f"{module}.{name}"] = value
            if isinstance(value, type):
                found.update(
                    (f"{module}.{name}.{part}", vars(value)[part]) for part in vars(value) if not part.startswith("_")
                )
    found["wengert.set_printoptions"] = torch.set_printoptions
    return found


def operation(value):
    return type(value).__name__ == "Operation"


def text_of(value):
    """The docstring without the signature that operations and methods of the core begin with."""
    if isinstance(value, (staticmethod, classmethod)):
        value = value.__func__
    lines = (inspect.getdoc(value) or "").strip().splitlines()
    if lines and lines[0].startswith(f"{getattr(value, '__name__', '?')}("):
        lines = lines[1:]
    return "\n".join(lines).strip()


def test_there_are_names():
    found = names()
    assert {
        "wengert.tanh",
        "wengert.Tensor.tanh_",
        "wengert.Tensor.grad",
        "wengert.func.vmap",
        "wengert.nn.Parameter",
    } <= set(found)
    assert len(found) > 200


def test_everything_has_a_docstring():
    missing = [name for name, value in names().items() if not text_of(value)]
    assert not missing, f"without a docstring: {', '.join(missing)}"


def test_first_lines_are_sentences():
    wrong = [
        name
        for name, value in names().items()
        if (text := text_of(value)) and text.splitlines()[0].rstrip()[-1] not in ".:"
    ]
    assert not wrong, f"first line is no sentence: {', '.join(wrong)}"


def test_python_functions_have_examples():
    """Functions written in Python, and the classes that are called like functions."""
    wanted = {
        name: value
        for name, value in names().items()
        if name.count(".") - name.startswith(("wengert.autograd.", "wengert.func.", "wengert.linalg.", "wengert.nn."))
        <= 1
        and (inspect.isfunction(value) or operation(value))
    }
    missing = [name for name, value in wanted.items() if ">>>" not in (value.__doc__ or "")]
    assert not missing, f"without an example: {', '.join(missing)}"


def test_every_operation_has_an_example():
    from wengert import _core

    missing = [row["name"] for row in _core.ops() if ">>>" not in row["doc"]]
    assert not missing, f"without an example in the row's doc: {', '.join(missing)}"
