"""`python -m wengert complexity`: what both modes cost, measured against the length of a program and the number of inputs.

A program of n operations on one vector: time of both modes grows with n, the memory of reverse mode too, that of forward mode
does not. A function of many inputs: reverse mode takes one sweep for all, forward mode one for each. Times are those of the
processor, which other programs disturb least.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from types import ModuleType
from typing import Any

import numpy as np

from wengert.demo.check import Check

from . import chart
from .count import operations
from .report import columns, finish

# Elements of the vector that the long programs work on: 256 KiB, so that its values outweigh all else.
SIZE = 32768
MODES = ("forward", "reverse")


def program(torch: ModuleType, x: Any, length: int) -> Any:
    """`length` operations, one after the other."""
    for _ in range(length):
        x = torch.sin(x)
    return x


def differentiate(torch: ModuleType, mode: str, x: Any, length: int) -> Any:
    """The derivative along ones (forward), or the gradient of the sum (reverse): the same numbers, as elements are independent."""
    if mode == "forward":
        func = importlib.import_module(f"{torch.__name__}.func")
        return func.jvp(lambda x: program(torch, x, length), (x,), (torch.ones_like(x),))[1]
    x = x.clone().requires_grad_()
    value = program(torch, x, length)
    return torch.autograd.grad(value, x, torch.ones_like(value))[0]


def peak() -> int | None:
    """The most memory that this process has had, in bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def measure(torch: ModuleType, mode: str, length: int) -> dict[str, Any]:
    """Seconds of the processor, growth of the peak of memory and a number of the derivative, for a process of its own."""
    x = torch.linspace(0.1, 1.0, SIZE, dtype=torch.float64)
    differentiate(torch, mode, x, 2)  # what the library sets up on first use is not the program's
    before = peak()
    derivative = differentiate(torch, mode, x, length)
    after = peak()
    took = []
    for _ in range(3):
        start = process_time()
        differentiate(torch, mode, x, length)
        took.append(process_time() - start)
    grown = None if before is None or after is None else after - before
    return {"seconds": min(took), "bytes": grown, "first": derivative[0].item()}


@dataclass(frozen=True)
class Length:
    """What one mode cost for a program of some length: recorded operations of value and derivative, time, memory."""

    mode: str
    length: int
    operations: int
    seconds: float
    bytes: int | None
    first: float


def ask(torch: ModuleType, mode: str, length: int) -> Length:
    """Measures in a fresh process: the peak of memory of this one would hide what it was before."""
    source = f"import {torch.__name__} as torch; from {__name__} import tell; tell(torch, {mode!r}, {length})"
    done = subprocess.run([sys.executable, "-P", "-c", source], check=False, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"measuring {mode} mode on {length} operations failed:\n{done.stderr.strip()}")
    found = json.loads(done.stdout.splitlines()[-1])
    return Length(mode, length, counted(torch, mode, length), **found)


def tell(torch: ModuleType, mode: str, length: int) -> None:
    """What a process of its own runs."""
    print(json.dumps(measure(torch, mode, length)))


def counted(torch: ModuleType, mode: str, length: int) -> int:
    """The operations of value and derivative, on one element, by recording them."""
    func = importlib.import_module(f"{torch.__name__}.func")
    x, seed = (torch.ones(1, dtype=torch.float64).requires_grad_() for _ in range(2))
    if mode == "forward":
        return operations(*func.jvp(lambda x: program(torch, x, length), (x,), (seed,)))
    value = program(torch, x, length)
    return operations(value, *torch.autograd.grad(value, x, seed, create_graph=True))


@dataclass(frozen=True)
class Inputs:
    """What the gradient of a function of some inputs cost in both modes: sweeps and seconds."""

    inputs: int
    sweeps: dict[str, int]
    seconds: dict[str, float]
    apart: float


def rosenbrock(x: Any) -> Any:
    """A valley in as many dimensions as there are inputs; the operations are as many for all."""
    return ((1 - x[:-1]) ** 2 + 100 * (x[1:] - x[:-1] ** 2) ** 2).sum()


def gradient(torch: ModuleType, mode: str, x: Any) -> tuple[Any, int]:
    """The gradient, and how many sweeps it took."""
    if mode == "reverse":
        x = x.clone().requires_grad_()
        return torch.autograd.grad(rosenbrock(x), x)[0], 1
    func = importlib.import_module(f"{torch.__name__}.func")
    slopes = [func.jvp(rosenbrock, (x,), (unit,))[1] for unit in torch.eye(len(x), dtype=x.dtype)]
    return torch.stack(slopes), len(slopes)


def against_inputs(torch: ModuleType, inputs: int) -> Inputs:
    """Both modes at a point drawn at random."""
    x = torch.tensor(np.random.default_rng(0).normal(size=inputs))
    sweeps, seconds, found = {}, {}, {}
    for mode in MODES:
        best = float("inf")
        for _ in range(5):
            start = process_time()
            found[mode], sweeps[mode] = gradient(torch, mode, x)
            best = min(best, process_time() - start)
        seconds[mode] = best
    apart = float((found["forward"] - found["reverse"]).abs().max() / found["reverse"].abs().max())
    return Inputs(inputs, sweeps, seconds, apart)


def doublings(most: int, count: int) -> list[int]:
    """`count` numbers, each half of the next, up to `most`."""
    return [most >> shift for shift in reversed(range(count)) if most >> shift > 1]


def exponent(x: Sequence[float], y: Sequence[float]) -> float:
    """The slope on logarithmic axes: 1 for what is proportional, 0 for what is constant."""
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def run(torch: ModuleType, out: Path | None = None, longest: int = 512, most_inputs: int = 256) -> bool:
    """Measure, show and judge both; True when every check passed."""
    lengths = [ask(torch, mode, length) for length in doublings(longest, 6) for mode in MODES]
    print(f"A program of n operations on {SIZE:,} numbers ({SIZE * 8 >> 10} KiB), value and derivative\n")
    print(columns(["operations, mode", "recorded", "time", "memory"], [line_of(each) for each in lengths]))

    inputs = [against_inputs(torch, count) for count in doublings(most_inputs, 7)]
    print("\nThe gradient of a function of n inputs (Rosenbrock's)\n")
    rows = [
        [f"{each.inputs}"]
        + [f"{each.sweeps[mode]:,}" for mode in MODES]
        + [milliseconds(each.seconds[mode]) for mode in MODES]
        + [f"{each.seconds['forward'] / each.seconds['reverse']:.1f}"]
        for each in inputs
    ]
    print(columns(["inputs", "sweeps forward", "reverse", "time forward", "reverse", "ratio"], rows))

    shown = panels(lengths, inputs)
    for panel in shown:
        print("\n" + chart.draw(panel))
    return finish(checks(lengths, inputs), out, "complexity", lambda path: chart.save_panels(path, shown))


def line_of(each: Length) -> list[str]:
    memory = "-" if each.bytes is None else f"{each.bytes / 2**20:.1f} MiB"
    return [f"{each.length}, {each.mode}", f"{each.operations:,}", milliseconds(each.seconds), memory]


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.3f} ms"


def panels(lengths: Sequence[Length], inputs: Sequence[Inputs]) -> list[chart.Panel]:
    """Time and memory against the length, time against the number of inputs."""

    def lines(what: Callable[[Length], float]) -> list[chart.Line]:
        return [
            chart.Line(
                mode, [x.length for x in lengths if x.mode == mode], [what(x) for x in lengths if x.mode == mode]
            )
            for mode in MODES
        ]

    found = [chart.Panel("time against length", "operations", "milliseconds", lines(lambda x: x.seconds * 1e3))]
    if all(x.bytes is not None for x in lengths):
        # With the operand itself: the logarithm of no growth is not defined.
        memory = lines(lambda x: 1 + (x.bytes or 0) / (SIZE * 8))
        found.append(chart.Panel("memory against length", "operations", f"values of {SIZE * 8 >> 10} KiB", memory))
    times = [chart.Line(m, [x.inputs for x in inputs], [x.seconds[m] * 1e3 for x in inputs]) for m in MODES]
    return [*found, chart.Panel("gradient against inputs", "inputs", "milliseconds", times)]


def checks(lengths: Sequence[Length], inputs: Sequence[Inputs]) -> list[Check]:
    """That the modes agree, and that all grows as theory has it; times within what a busy machine makes of them."""
    ahead, back = ([each for each in lengths if each.mode == mode] for mode in MODES)
    sizes = [each.length for each in back]
    found = [
        Check("length: forward against reverse", max(abs(a.first / b.first - 1) for a, b in zip(ahead, back)), 1e-12),
        Check("inputs: forward against reverse", max(each.apart for each in inputs), 1e-12),
    ]
    for mode, each in zip(MODES, (ahead, back)):
        slope = exponent(sizes, [x.operations for x in each])
        found.append(Check(f"{mode}: exponent of recorded operations, from 1", abs(slope - 1), 0.05))
        slope = exponent(sizes, [x.seconds for x in each])
        found.append(Check(f"{mode}: exponent of time, from 1", abs(slope - 1), 0.3))
    if all(each.bytes is not None for each in lengths):
        kept = ((back[-1].bytes or 0) - (back[0].bytes or 0)) / ((sizes[-1] - sizes[0]) * SIZE * 8)
        found.append(Check("reverse: kept values an operation, from 1", abs(kept - 1), 0.2))
        few = max((each.bytes or 0) / (SIZE * 8) for each in ahead)
        found.append(Check("forward: values in memory at the most", few, 12))
    wrong = max(abs(x.sweeps["reverse"] - 1) + abs(x.sweeps["forward"] - x.inputs) for x in inputs)
    found.append(Check("one sweep for all inputs, one for each", wrong, 0))
    first, last = inputs[0], inputs[-1]
    dearer = last.seconds["reverse"] / first.seconds["reverse"] / (last.inputs / first.inputs)
    found.append(Check("reverse: growth of time in that of the inputs", dearer, 0.5))
    return found
