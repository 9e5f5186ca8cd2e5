"""One thing the demo and the examples verify: a difference that must stay within a bound."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Check:
    """`difference` is how far what we computed lies from what is right; nan fails."""

    name: str
    difference: float
    bound: float

    @property
    def passed(self) -> bool:
        return self.difference <= self.bound


def table(checks: list[Check]) -> str:
    """One line a check."""
    width = max(len(check.name) for check in checks)
    lines = [f"{'check':{width}}  difference    bound  verdict"]
    for check in checks:
        verdict = "pass" if check.passed else "FAIL"
        lines.append(f"{check.name:{width}}  {check.difference:10.1e}  {check.bound:7.0e}  {verdict}")
    return "\n".join(lines)
