"""What a model gives back."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from qingyuan.law.penalty.scoring import Chosen
from qingyuan.law.penalty.working import Step


@dataclass(frozen=True)
class Priced:
    """``amount`` in exact yuan; ``band`` the narrower range a banded table opened, else None."""

    amount: Fraction
    step: Step
    band: tuple[Fraction, Fraction] | None = None


def line(chosen: Chosen, weight: str) -> Step:
    """The working of one factor: the fact, the level, its weight."""
    told = "" if chosen.given in (chosen.level.id, chosen.level.name) else f"{chosen.given}；"
    return Step(chosen.factor.name, f"{told}{chosen.level.name}{'（' + chosen.why + '）' if chosen.why else ''}", weight)
