"""Takes samples: calibrated compiled loops, the libraries' blocks interleaved round by round, and their statistics.
A round visits every library once, in rotating order, so that a slow phase of the machine meets all of them, and
builds the cases anew, so that no library keeps lucky addresses: where a buffer lies is worth 10 % and more."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import repeat
from time import perf_counter_ns
from typing import Any

from row import Case


@dataclass(frozen=True)
class Effort:
    """How long to measure: rounds, the length of a block, and the time one library may take in one row."""

    rounds: int
    block_ns: int
    budget_ns: int
    strict: bool  # the budget also cuts short rows that name their number of rounds


FULL = Effort(rounds=21, block_ns=10_000_000, budget_ns=5_000_000_000, strict=False)
QUICK = Effort(rounds=5, block_ns=4_000_000, budget_ns=800_000_000, strict=True)

UNROLL = 8  # copies of a short statement in the loop's body, so that the loop itself costs under 1 ns


@dataclass
class Sampled:
    """Samples of one library in one row, in the row's unit, per execution."""

    samples: list[float] = field(default_factory=list)
    loops: int = 1

    def quantile(self, q: float) -> float:
        """Interpolated between the two nearest samples."""
        ordered = sorted(self.samples)
        at = q * (len(ordered) - 1)
        low = int(at)
        high = min(low + 1, len(ordered) - 1)
        return ordered[low] + (at - low) * (ordered[high] - ordered[low])

    @property
    def median(self) -> float:
        return self.quantile(0.5)

    @property
    def iqr(self) -> float:
        return self.quantile(0.75) - self.quantile(0.25)

    @property
    def best(self) -> float:
        return min(self.samples)


def compiled(case: Case, unroll: int) -> Callable[[int], int]:
    """loop(n): the ns that n * unroll executions of the statement take. Names are locals of the loop, not globals."""
    body = "\n".join(f"        {line}" for _ in range(unroll) for line in case.stmt.splitlines())
    source = (
        f"def make({', '.join(case.names)}):\n  def loop(n, {', '.join(f'{k}={k}' for k in case.names)}):\n"
        f"    start = clock()\n    for _ in repeat(None, n):\n{body}\n    return clock() - start\n  return loop"
    )
    space: dict[str, Any] = {"clock": perf_counter_ns, "repeat": repeat}
    exec(compile(source, "<row>", "exec"), space)
    return space["make"](**case.names)


def no_loop(_: int) -> int:
    raise RuntimeError("the case was released")


class Block:
    """Takes one sample at a time from a Case."""

    def __init__(self, case: Case, effort: Effort) -> None:
        self.rounds = case.rounds or effort.rounds
        self.case = case
        self.sampled = Sampled()
        self.spent = 0
        self.in_budget = effort.strict or not case.rounds
        if case.once is None:
            self.calibrate(case, effort)

    def calibrate(self, case: Case, effort: Effort) -> None:
        self.unroll = 1
        self.loop = compiled(case, 1)
        self.loop(1)
        first = self.loop(1)
        if first < 20_000:
            self.unroll = UNROLL
            self.loop = compiled(case, UNROLL)
            self.loop(4)
        n = 1
        while (elapsed := self.loop(n)) < effort.block_ns:
            n = max(n + 1, min(n * 10, int(n * 1.1 * effort.block_ns / max(elapsed, 1))))
        self.n = n
        self.warm = n * self.unroll <= 64  # another library has just used the caches: one execution not counted
        self.sampled.loops = n * self.unroll

    def renew(self, case: Case) -> None:
        self.case = case
        if case.once is None:
            self.loop = compiled(case, self.unroll)

    def release(self) -> None:
        """Lets go of the case's data."""
        self.case = Case()
        self.loop = no_loop

    def take(self) -> None:
        start = perf_counter_ns()
        if self.case.once is not None:
            self.sampled.samples.append(self.case.once())
        else:
            # One second is long enough for caches not to matter.
            if self.warm and (not self.sampled.samples or self.sampled.samples[-1] < 1e9):
                self.loop(1)
            self.sampled.samples.append(self.loop(self.n) / self.sampled.loops)
        self.spent += perf_counter_ns() - start

    def wants_more(self, effort: Effort) -> bool:
        taken = len(self.sampled.samples)
        affordable = not (taken and self.in_budget) or self.spent * (taken + 1) / taken <= effort.budget_ns
        return taken < self.rounds and affordable


def measure(makers: dict[str, Callable[[], Case]], effort: Effort) -> dict[str, Sampled | str]:
    """Samples of every library, from cases its maker builds; the text of the error for one that failed."""
    blocks: dict[str, Block] = {}
    out: dict[str, Sampled | str] = {}
    for name, make in makers.items():
        try:
            blocks[name] = Block(make(), effort)
        except Exception as error:  # noqa: BLE001
            out[name] = explain(error)
    for turn in range(max((b.rounds for b in blocks.values()), default=0)):
        gc.collect()
        names = [name for name in blocks if blocks[name].wants_more(effort)]
        if not names:
            break
        shift = turn % len(names)
        order = names[shift:] + names[:shift]
        for block in blocks.values():
            block.release()
        for name in order:
            blocks[name].renew(makers[name]())
        for name in order:
            try:
                blocks[name].take()
            except Exception as error:  # noqa: BLE001
                out[name] = explain(error)
                del blocks[name]
    out.update({name: block.sampled for name, block in blocks.items()})
    return out


def explain(error: BaseException) -> str:
    text = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {text}"[:160]
