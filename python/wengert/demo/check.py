"""One thing the demo and the examples verify: a difference that must stay within a bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Check:
    """`difference` is how far what we computed lies from what is right; nan fails."""

    name: str
    difference: float
    bound: float

    @property
    def passed(self) -> bool:
        return self.difference <= self.bound


def apart(got: Any, wanted: Any) -> float:
    """The largest difference of two arrays, relative to the largest number."""
    got, wanted = np.asarray(got).reshape(-1), np.asarray(wanted).reshape(-1)
    return float(np.abs(got - wanted).max() / np.abs(wanted).max())


def table(checks: list[Check]) -> str:
    """One line a check."""
    width = max(len(check.name) for check in checks)
    lines = [f"{'check':{width}}  difference    bound  verdict"]
    for check in checks:
        verdict = "pass" if check.passed else "FAIL"
        lines.append(f"{check.name:{width}}  {check.difference:10.1e}  {check.bound:7.0e}  {verdict}")
    return "\n".join(lines)
