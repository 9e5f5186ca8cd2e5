"""All that is reachable from `wengert` under a public name says what it does, and functions show how they are called."""

import collections
import importlib
import inspect
import types

from backend import torch, wengert_only

pytestmark = wengert_only

MODULES = [
    "wengert",
    "wengert.accelerator",
    "wengert.amp",
    "wengert.autograd",
    "wengert.autograd.anomaly_mode",
    "wengert.autograd.forward_ad",
    "wengert.autograd.functional",
    "wengert.autograd.gradcheck",
    "wengert.autograd.graph",
    "wengert.autograd.profiler",
    "wengert.backends",
    "wengert.cuda",
    "wengert.cuda.amp",
    "wengert.func",
    "wengert.linalg",
    "wengert.nn",
    "wengert.nn.functional",
    "wengert.nn.init",
    "wengert.nn.parameter",
    "wengert.nn.utils",
    "wengert.nn.utils.parametrizations",
    "wengert.nn.utils.parametrize",
    "wengert.nn.utils.rnn",
    "wengert.optim",
    "wengert.optim.lr_scheduler",
    "wengert.optim.swa_utils",
    "wengert.profiler",
    "wengert.random",
    "wengert.scipy",
    "wengert.serialization",
    "wengert.special",
    "wengert.testing",
    "wengert.utils.checkpoint",
    "wengert.utils.data",
    "wengert.utils.hooks",
]
# Instances of dtype, numbers and `newaxis` say what they are by themselves.
VALUES = (int, float, str, dict, type(None))
# A field of a named tuple is told by its class.
FIELD = type(collections.namedtuple("Pair", "first").first)


def members(module):
    """What a module offers under public names."""
    found = {
        f"{module}.{name}": value
        for name, value in vars(importlib.import_module(module)).items()
        if not name.startswith("_")
    }
    if module == "wengert":
        found["wengert.set_printoptions"] = torch.set_printoptions
    return {
        name: value
        for name, value in found.items()
        if not isinstance(value, (types.ModuleType, torch.dtype, *VALUES))
        and getattr(value, "__module__", "wengert").partition(".")[0] == "wengert"
    }


def functions():
    """Every public function, and every operation."""
    return {name: value for module in MODULES for name, value in members(module).items() if not isinstance(value, type)}


def names():
    """Every public function and class, and what the classes say themselves: methods and properties."""
    found = {}
    for module in MODULES:
        for name, value in members(module).items():
            found[name] = value
            if isinstance(value, type):
                found.update(
                    (f"{name}.{part}", inside)
                    for part, inside in vars(value).items()
                    if not part.startswith("_") and not isinstance(inside, (*VALUES, FIELD))
                )
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


def test_docstrings_begin_with_a_sentence():
    def first(value):
        return text_of(value).partition("\n\n")[0]

    wrong = [name for name, value in names().items() if text_of(value) and not first(value).endswith((".", ":"))]
    assert not wrong, f"first paragraph is no sentence: {', '.join(wrong)}"


def test_functions_have_examples():
    """Those written in Python and the operations; the few others of the core are told by their one line."""
    wanted = {name: value for name, value in functions().items() if inspect.isfunction(value) or operation(value)}
    missing = [name for name, value in wanted.items() if ">>>" not in (value.__doc__ or "")]
    assert not missing, f"without an example: {', '.join(missing)}"


def test_every_operation_has_an_example():
    from wengert import _core

    missing = [row["name"] for row in _core.ops() if ">>>" not in row["doc"]]
    assert not missing, f"without an example in the row's doc: {', '.join(missing)}"
