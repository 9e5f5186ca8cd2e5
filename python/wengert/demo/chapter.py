"""The code cells of section 2.5, "Automatic Differentiation", of Dive into Deep Learning (d2l.ai, PyTorch edition).

The cells are data: each is run as it stands, and a trailing expression is printed as a notebook prints it.
"""

from __future__ import annotations

import ast
import contextlib
import io
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from .check import Check

CELLS = (
    "import torch",
    "x = torch.arange(4.0)\nx",
    "x.requires_grad_(True)\nx.grad",
    "y = 2 * torch.dot(x, x)\ny",
    "y.backward()\nx.grad",
    "x.grad == 4 * x",
    "x.grad.zero_()\ny = x.sum()\ny.backward()\nx.grad",
    "x.grad.zero_()\ny = x * x\ny.backward(gradient=torch.ones(len(y)))\nx.grad",
    "x.grad.zero_()\ny = x * x\nu = y.detach()\nz = u * x\n\nz.sum().backward()\nx.grad == u",
    "x.grad.zero_()\ny.sum().backward()\nx.grad == 2 * x",
    """\
def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c""",
    "a = torch.randn(size=(), requires_grad=True)\nd = f(a)\nd.backward()",
    "a.grad == d / a",
)

# What the last cell prints depends on chance: for some a < 0 the division rounds, and PyTorch prints tensor(False) too.
RANDOM = CELLS[-1]


@dataclass(frozen=True)
class Ran:
    """A cell that was run: its source and what it printed."""

    source: str
    printed: str


def run_chapter(torch: ModuleType, seed: int = 0) -> tuple[list[Ran], dict[str, Any]]:
    """Run all cells in one namespace with `torch` as PyTorch; returns the cells and the namespace they leave behind."""
    torch.manual_seed(seed)
    names: dict[str, Any] = {"__name__": "__main__"}
    ran = []
    for source in CELLS:
        if source == "import torch" and torch.__name__ != "torch":
            source = f"import {torch.__name__} as torch"
        ran.append(_run(source, names))
    return ran, names


def _run(source: str, names: dict[str, Any]) -> Ran:
    body = ast.parse(source).body
    last = body.pop() if isinstance(body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(ast.Module(body, []), "<cell>", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), names)
            if value is not None:
                print(repr(value))
    return Ran(source, printed.getvalue())


def show(cells: list[Ran]) -> str:
    """The cells and what they printed, as a Python session shows them."""
    lines = []
    for cell in cells:
        for number, line in enumerate(cell.source.splitlines()):
            lines.append((">>> " if number == 0 else "... ") + line)
        lines.append(cell.printed)
    return "\n".join(lines).rstrip()


def checks(cells: list[Ran], names: dict[str, Any]) -> list[Check]:
    """Every comparison in the chapter must hold; the last one up to rounding."""
    wrong = sum("False" in cell.printed for cell in cells if cell.source != RANDOM)
    slope = names["d"].item() / names["a"].item()
    return [
        Check("chapter: comparisons that print False", wrong, 0),
        Check("chapter: a.grad against d / a (relative)", abs(names["a"].grad.item() / slope - 1), 1e-6),
    ]
