"""Discretion benchmarks (裁量基准) as data: a province, its tables, their factors and levels.

To add a province: a folder ``book/matrix/<province>`` with ``province.yaml`` (``page: province``: names, days of validity,
hearing line) and one file per table (``page: table``); then take its line out of ``book/matrix/provinces.yaml``.  No code.

    model      weights | normalised_start | grades | bands | coefficients | steps   (one file each in ``models/``)
    applies    which violations and regimes it serves; ``carried: true`` = written for the old article, same range in the Code;
               "*" serves all; an empty list makes it a reference table that can only be asked for by id
    range      the statutory range it was written for; must equal that of the article (a test says so)
    factors    levels from light to heavy, each with ``points`` (or ``grade`` 1–5) and, where a number decides, ``spans``
               with exact ends: at_least, above, below, at_most; decimals are written as text
    bands      for ``bands``: which levels open which range, heaviest conditions first
    ceiling_only  for bands without a lower end: percents of the ceiling taken ordinarily and at the lightest
    official   false = formula or points are not vouched for; every result is then provisional and needs deliberation
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

_EXACT = re.compile(r"-?\d{1,15}(\.\d{1,9})?")


def exact(value: Any) -> Fraction:
    """The number a page of the book writes: an integer, or a decimal as text; ValueError for anything else."""
    if isinstance(value, bool) or not _EXACT.fullmatch(str(value)):
        raise ValueError(f"规则书里的数“{str(value)[:40]}”须是整数或者写成文本的小数")
    return Fraction(str(value))


@dataclass(frozen=True)
class Span:
    """One interval of a measure; the four ends say exactly which side is included."""

    measure: str
    at_least: Fraction | None = None
    above: Fraction | None = None
    below: Fraction | None = None
    at_most: Fraction | None = None

    def holds(self, number: Fraction) -> bool:
        return (
            (self.at_least is None or number >= self.at_least)
            and (self.above is None or number > self.above)
            and (self.below is None or number < self.below)
            and (self.at_most is None or number <= self.at_most)
        )

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Span:
        ends = {key: exact(data[key]) for key in ("at_least", "above", "below", "at_most") if key in data}
        return cls(measure=data["measure"], **ends)


@dataclass(frozen=True)
class Level:
    """One tier of a factor: its weight in points, or its grade 1–5."""

    id: str
    name: str
    points: int
    spans: tuple[Span, ...] = ()

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Level:
        points = data["points"] if "points" in data else data["grade"]
        return cls(data["id"], data["name"], points, tuple(Span.read(span) for span in data.get("spans", ())))


@dataclass(frozen=True)
class Factor:
    """A circumstance of fact that the table weighs; levels from light to heavy."""

    id: str
    name: str
    levels: tuple[Level, ...]
    share: str = ""
    weight: int = 0

    @property
    def measures(self) -> tuple[str, ...]:
        seen: dict[str, None] = {}
        for level in self.levels:
            for span in level.spans:
                seen[span.measure] = None
        return tuple(seen)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Factor:
        levels = tuple(Level.read(level) for level in data["levels"])
        return cls(data["id"], data["name"], levels, data.get("share", ""), data.get("weight", 0))


@dataclass(frozen=True)
class Use:
    """Which violation and regime a table serves; ``carried`` = written for the old law, same range in the new one."""

    violation: str
    regime: str
    tier: str = ""
    party: str = ""
    carried: bool = False


@dataclass(frozen=True)
class Band:
    """A cell of a banded table: the combination of levels and the range it opens, in the unit of the table (low may be 0)."""

    when: Mapping[str, str]
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Table:
    """One discretion table."""

    id: str
    province: str
    title: str
    model: str
    applies: tuple[Use, ...]
    low: Fraction
    high: Fraction
    unit: str
    factors: tuple[Factor, ...]
    start: int
    scale: int
    floor_percent: int
    bands: tuple[Band, ...]
    shares: Mapping[str, int]
    ceiling_only: Mapping[str, int]
    section: str
    citation: str
    notes: tuple[str, ...]
    grade: str
    official: bool

    def use_for(self, violation: str, regime: str, tier: str, party: str) -> Use | None:
        """The entry of ``applies`` that covers this case; None when the table is not for it."""
        for use in self.applies:
            if use.violation in (violation, "*") and use.regime in (regime, "*") and use.tier in ("", tier) and use.party in ("", party):
                return use
        return None

    def factor(self, key: str) -> Factor | None:
        return next((factor for factor in self.factors if factor.id == key), None)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Table:
        span = data.get("range", {"low": 0, "high": 0})
        return cls(
            id=data["id"],
            province=data["province"],
            title=data["title"],
            model=data["model"],
            applies=tuple(Use(**use) for use in data["applies"]),
            low=exact(span["low"]),
            high=exact(span["high"]),
            unit=span.get("unit", "yuan"),
            factors=tuple(Factor.read(factor) for factor in data["factors"]),
            start=data.get("start", 0),
            scale=data.get("scale", 100),
            floor_percent=data.get("floor_percent", 0),
            bands=tuple(Band(band["when"], exact(band["low"]), exact(band["high"])) for band in data.get("bands", ())),
            shares=data.get("shares", {}),
            ceiling_only=data.get("ceiling_only", {}),
            section=data["section"],
            citation=data["citation"],
            notes=tuple(data.get("notes", ())),
            grade=data["grade"],
            official=data.get("official", True),
        )


@dataclass(frozen=True)
class Benchmark:
    """A province's own rules of discretion, or the lack of them, with the hearing line it keeps."""

    id: str
    name: str
    title: str
    valid_from: dt.date | None
    valid_to: dt.date | None
    has_tables: bool
    citation: str
    grade: str
    lookback: str
    rounding_yuan: int
    hearing: Mapping[str, Any]
    simple_procedure: Mapping[str, int]

    def holds(self, day: dt.date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Benchmark:
        rules = data.get("benchmark") or {}
        return cls(
            id=data["id"],
            name=data["name"],
            title=rules.get("title", ""),
            valid_from=dt.date.fromisoformat(rules["valid_from"]) if rules.get("valid_from") else None,
            valid_to=dt.date.fromisoformat(rules["valid_to"]) if rules.get("valid_to") else None,
            has_tables=rules.get("has_tables", False),
            citation=rules.get("citation", ""),
            grade=rules.get("grade", ""),
            lookback=rules.get("lookback", ""),
            rounding_yuan=rules.get("rounding_yuan", 1),
            hearing=data.get("hearing") or {},
            simple_procedure=data.get("simple_procedure") or {},
        )
