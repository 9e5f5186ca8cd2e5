"""Objects, dtypes and numbers that are none that the library takes; arguments that no signature has. Each row is (attempt, class, words)."""

from .making import *

ROWS = {
    "add of a string": (lambda: f(2) + "a", TypeError, ""),
    "add of None": (lambda: f(2) + None, TypeError, ""),
    "exp of a list": (lambda: torch.exp([1.0]), TypeError, ""),
    "unknown argument": (lambda: f(2).sum(dimension=0), TypeError, "dimension|keyword|argument"),
    "missing argument": (lambda: torch.mm(f(2, 2)), TypeError, ""),
    "surplus argument": (lambda: torch.exp(f(2), f(2), f(2)), TypeError, ""),
    "item of many": (lambda: f(2).item(), ValueOrRuntime, "one element|scalar|2"),
    "bool of many": (lambda: bool(f(2)), ValueOrRuntime, "ambiguous"),
    "float of many": (lambda: float(f(2)), (TypeError, ValueError, RuntimeError), ""),
    "len of a 0-d tensor": (lambda: len(t64(1.0)), TypeError, "0-d"),
    "unpacking of too many": (lambda: unpack(f(3)), ValueError, "too many"),
    "float into integers in place": (lambda: whole(1, 2).add_(0.5), TypeOrRuntime, "cast|dtype|type"),
    "quotient into integers in place": (lambda: whole(1, 2).div_(2), TypeOrRuntime, "cast|dtype|type"),
    "negative integer power": (lambda: whole(1, 2) ** -1, ValueOrRuntime, "negative"),
    "minus on bool": (lambda: -torch.tensor([True]), TypeOrRuntime, "bool"),
}
