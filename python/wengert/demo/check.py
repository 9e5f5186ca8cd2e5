"""One thing the demo verifies: a difference that must stay within a bound."""

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
