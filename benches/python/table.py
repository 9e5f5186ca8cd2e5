"""Turns samples into verdicts, lines of the table and JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from row import Bound, Row
from timing import Sampled

SCALES = {
    "ns": ((1e9, "s"), (1e6, "ms"), (1e3, "us"), (1.0, "ns")),
    "B": ((1e9, "GB"), (1e6, "MB"), (1e3, "kB"), (1.0, "B")),
}
CELL = 23


@dataclass
class Outcome:
    """One row after measuring: samples of each library, or the reason why there are none."""

    row: Row
    sampled: dict[str, Sampled] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def ratio(self, to: str) -> float | None:
        if "wengert" not in self.sampled or to not in self.sampled:
            return None
        return self.sampled["wengert"].median / self.sampled[to].median

    def verdict(self, bound: Bound) -> str:
        """PASS or MISS by the medians; a ~ behind it when the quartiles would not all agree; empty when unknown."""
        ours, theirs = self.sampled.get("wengert"), self.sampled.get(bound.of)
        if ours is None or (bound.of and theirs is None):
            return ""

        def keeps(q: float) -> bool:
            yardstick = theirs.quantile(1 - q) if theirs is not None else 1.0
            return ours.quantile(q) <= bound.limit * yardstick

        sure = keeps(0.25) == keeps(0.75)
        return ("PASS" if keeps(0.5) else "MISS") + ("" if sure else "~")

    def verdicts(self) -> list[str]:
        return [self.verdict(b) for b in self.row.bounds]

    @property
    def failed(self) -> bool:
        """What --check counts: a bound missed beyond the spread, or wengert erring or disagreeing."""
        return "wengert" in self.problems or "MISS" in self.verdicts()


def number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def quantity(value: float, unit: str) -> str:
    size, name = next((s for s in SCALES[unit] if value >= s[0]), SCALES[unit][-1])
    return f"{number(value / size)} {name}"


def cell(sampled: Sampled, unit: str) -> str:
    """Median, half the interquartile range in per cent, and the smallest sample in the same unit as the median."""
    text = quantity(sampled.median, unit)
    if len(sampled.samples) == 1:
        return text
    size = next((s[0] for s in SCALES[unit] if sampled.median >= s[0]), 1.0)
    spread = 50 * sampled.iqr / sampled.median if sampled.median else 0
    return f"{text} ±{spread:.0f}% ({number(sampled.best / size)})"


def bound_text(bound: Bound, unit: str) -> str:
    return f"<= {bound.limit:g} {bound.of}" if bound.of else f"<= {quantity(bound.limit, unit)}"


def header(libs: list[str]) -> str:
    cells = "".join(f"{name:>{CELL}}" for name in libs)
    return f"{'row':<28}{cells}{'/torch':>9}{'/numpy':>9}  bound"


def line(outcome: Outcome, libs: list[str]) -> str:
    row = outcome.row

    def shown(name: str) -> str:
        if name in outcome.sampled:
            return cell(outcome.sampled[name], row.unit)
        return "error" if name in outcome.problems else "-"

    cells = "".join(f"{shown(name):>{CELL}}" for name in libs)
    ratios = "".join(f"{'-' if r is None else f'{r:.3f}':>9}" for r in map(outcome.ratio, ("torch", "numpy")))
    bounds = ", ".join(f"{bound_text(b, row.unit)} {v or '?'}" for b, v in zip(row.bounds, outcome.verdicts()))
    problems = "".join(f"\n    {name}: {text}" for name, text in outcome.problems.items())
    return f"{row.name:<28}{cells}{ratios}  {bounds}".rstrip() + problems


def summary(outcomes: list[Outcome]) -> str:
    verdicts = [v for o in outcomes for v in o.verdicts()]
    passed, missed = (sum(v.startswith(word) for v in verdicts) for word in ("PASS", "MISS"))
    broken = [o.row.name for o in outcomes if "wengert" in o.problems]
    text = f"{len(outcomes)} rows; {passed} bounds kept, {missed} missed, {verdicts.count('')} not decided"
    if missed:
        text += "\nmissed: " + ", ".join(
            o.row.name for o in outcomes if any(v.startswith("MISS") for v in o.verdicts())
        )
    return text + (f"\nno figure for wengert: {', '.join(broken)}" if broken else "")


def as_json(outcome: Outcome) -> dict[str, Any]:
    row = outcome.row
    return {
        "name": row.name,
        "title": row.title,
        "unit": row.unit,
        "bounds": [{"limit": b.limit, "of": b.of, "verdict": v} for b, v in zip(row.bounds, outcome.verdicts())],
        "ratio": {name: outcome.ratio(name) for name in ("torch", "numpy")},
        "problems": outcome.problems,
        "libraries": {
            name: {"median": s.median, "iqr": s.iqr, "min": s.best, "loops": s.loops, "samples": s.samples}
            for name, s in outcome.sampled.items()
        },
    }
