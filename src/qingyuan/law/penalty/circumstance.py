"""Circumstances that lower, raise or lift a fine (从轻、减轻、从重、不予处罚), as data with their articles."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Extent:
    """How far the circumstance may move the fine: ``of`` is what the percent is taken of.

    of: "high" the statutory maximum · "low" the statutory minimum · "fine" the fine so far · "band" half a band.
    """

    of: str
    at_least: int
    at_most: int


@dataclass(frozen=True)
class Circumstance:
    """One ground.  ``effect``: no_penalty, may_no_penalty, lighter, mitigated or heavier; ``counted_in``: factors of a table
    that may have weighed the same fact already; ``party``: whom it can meet, any or person."""

    id: str
    name: str
    effect: str
    duty: str
    province: str
    violations: tuple[str, ...]
    articles: tuple[Mapping[str, Any], ...]
    extent: Extent | None
    excludes: tuple[str, ...]
    excludes_levels: Mapping[str, tuple[str, ...]]
    counted_in: tuple[str, ...]
    evidence: tuple[str, ...]
    panel: bool
    grade: str
    party: str = "any"

    def cited(self, day: dt.date) -> tuple[str, ...]:
        """The articles in force on the decision day."""
        held = []
        for article in self.articles:
            begins = article.get("valid_from")
            ends = article.get("valid_to")
            if (not begins or dt.date.fromisoformat(begins) <= day) and (not ends or day <= dt.date.fromisoformat(ends)):
                held.append(article["cite"])
        return tuple(held)

    @classmethod
    def read(cls, data: Mapping[str, Any]) -> Circumstance:
        extent = data.get("extent")
        return cls(
            id=data["id"],
            name=data["name"],
            effect=data["effect"],
            duty=data.get("duty", "must"),
            province=data.get("province", "national"),
            violations=tuple(data.get("violations", ("*",))),
            articles=tuple(data["articles"]),
            extent=Extent(extent["of"], extent.get("at_least", 0), extent["at_most"]) if extent else None,
            excludes=tuple(data.get("excludes", ())),
            excludes_levels={key: tuple(levels) for key, levels in data.get("excludes_levels", {}).items()},
            counted_in=tuple(data.get("counted_in", ())),
            evidence=tuple(data.get("evidence", ())),
            panel=data.get("panel", False),
            grade=data["grade"],
            party=data.get("party", "any"),
        )
