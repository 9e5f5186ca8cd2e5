"""What a large operation takes besides time: the peak of memory of a backward pass, and how it fares when another
process keeps a processor busy. Each measurement is a process of its own."""

from __future__ import annotations

from typing import Any

import probe
from row import EAGER, Case, at_most, row, to_torch

for _name in probe.PEAKS:

    @row(f"memory/{_name}", f"peak of memory of {_name}, forward and backward", to_torch(1.0), libs=EAGER, unit="B")
    def peak(lib: Any, name: str = _name) -> Case:
        return Case(once=lambda: probe.ask(f"peak/{name}", lib)["value"], rounds=1)


@row("load/ctrl-c", "Ctrl-C in a product of 6000 x 6000", at_most(100e6), libs=EAGER)
def answered(lib: Any) -> Case:
    return Case(once=lambda: probe.ask("answered", lib)["value"], rounds=3)


@row("load/mul-1e6", "a * b of 1e6 on 2 threads, one foreign busy process", to_torch(0.1), libs=EAGER)
def beside(lib: Any) -> Case:
    return Case(once=lambda: probe.ask("beside", lib)["value"], rounds=3)
