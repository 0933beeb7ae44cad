"""A violation (案由) and the ranges of fine that each law sets for it, by date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .matrix import exact


@dataclass(frozen=True)
class Tier:
    """One range of fine inside an article: general, severe, not corrected in time, responsible person.

    ``low`` and ``high`` are whole yuan when ``unit`` is "yuan"; percent of the base when "percent";
    times the base when "multiple".  ``base`` names what the law takes the share of; ``each`` what the law fines one by one
    (次、辆), so that the range is multiplied by their number.
    """

    id: str
    name: str
    low: Fraction
    high: Fraction
    unit: str = "yuan"
    base: str = ""
    base_floor_yuan: int = 0
    each: str = ""
    party: str = "any"
    citation: tuple[str, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any], citation: tuple[str, ...]) -> Tier:
        return cls(
            id=data.get("id", "general"),
            name=data.get("name", "一般情形"),
            low=exact(data["low"]),
            high=exact(data["high"]),
            unit=data.get("unit", "yuan"),
            base=data.get("base", ""),
            base_floor_yuan=data.get("base_floor_yuan", 0),
            each=data.get("each", ""),
            party=data.get("party", "any"),
            citation=tuple(data.get("citation", citation)),
        )


@dataclass(frozen=True)
class Regime:
    """What one law says about the violation between two days, the last one included."""

    regime: str
    valid_from: dt.date
    valid_to: dt.date | None
    prohibition: tuple[str, ...]
    penalty: tuple[str, ...]
    tiers: tuple[Tier, ...]
    kinds: tuple[str, ...]
    grade: str
    notes: tuple[str, ...]

    def holds(self, day: dt.date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Regime:
        penalty = tuple(data["penalty"])
        tiers = data.get("tiers") or [data["fine"]]
        return cls(
            regime=data["regime"],
            valid_from=dt.date.fromisoformat(data["valid_from"]),
            valid_to=dt.date.fromisoformat(data["valid_to"]) if data.get("valid_to") else None,
            prohibition=tuple(data["prohibition"]),
            penalty=penalty,
            tiers=tuple(Tier.read(tier, penalty) for tier in tiers),
            kinds=tuple(data.get("kinds", ())),
            grade=data["grade"],
            notes=tuple(data.get("notes", ())),
        )


@dataclass(frozen=True)
class Violation:
    """A 案由 with its regimes in order of date."""

    id: str
    name: str
    medium: str
    regimes: tuple[Regime, ...]
    rules: tuple[str, ...]
    evidence: tuple[str, ...]
    items: tuple[str, ...]

    def regime_on(self, day: dt.date) -> Regime | None:
        """The regime in force on a day; None when no law punished it that day."""
        return next((regime for regime in self.regimes if regime.holds(day)), None)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Violation:
        regimes = sorted((Regime.read(regime) for regime in data["regimes"]), key=lambda regime: regime.valid_from)
        return cls(
            id=data["id"],
            name=data["name"],
            medium=data["medium"],
            regimes=tuple(regimes),
            rules=tuple(data.get("rules", ())),
            evidence=tuple(data.get("evidence", ())),
            items=tuple(data.get("items", ())),
        )
