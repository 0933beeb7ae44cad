"""The funnel of clues and what a true one costs: clue → verified → true → case → revoked, by rule, division, season, source.

Later rooms hand down what they know by clue (cases, minutes of visits); nothing here asks them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput
from qingyuan.records.registry.models import Division, Officer

from . import queries
from .models import Clue
from .precision import SEASONS
from .stage_models import RemoteCheck
from .states import OUTCOMES, SOURCES, verdict_of

BY = {"rule": "规则", "division": "属地", "season": "季节", "source": "来源"}
COLUMNS = ("id", "rule", "source", "state", "cause", "found_at", "city_code", "county_code", "division_id")


@dataclass
class Row:
    """One line: counts of clues, and minutes spent on them (visits and desk checks, people × time)."""

    key: str
    label: str
    pushed: int = 0
    checked: int = 0
    true: int = 0
    false: int = 0
    cases: int = 0
    revoked: int = 0
    minutes: int = 0

    @property
    def precision(self) -> float | None:
        told = self.true + self.false
        return self.true / told if told else None

    @property
    def minutes_per_true(self) -> float | None:
        """None until one was true: a cost without a result has no rate."""
        return self.minutes / self.true if self.true else None


@dataclass(frozen=True)
class Later:
    """What later rooms know, by clue: whose case was filed, whose decision was annulled, minutes of people on visits."""

    filed: frozenset[int] = frozenset()
    revoked: frozenset[int] = frozenset()
    minutes: Mapping[int, int] | None = None


def funnel(viewer: Officer, *, by: str, since: dt.date, later: Later) -> tuple[list[Row], Row]:
    """The lines, those with most clues first, and their sum; a clue counts once in each."""
    if by not in BY:
        raise BadInput(f"分组须为：{'、'.join(BY.values())}", field="by")
    day = dt.datetime.combine(since, dt.time(), CHINA)
    seen = queries.clues(viewer).filter(found_at__gte=day).exclude(state="merged")
    minutes = desk_minutes(seen)
    for clue, spent in (later.minutes or {}).items():
        minutes[clue] += spent
    rows: dict[str, Row] = {}
    whole = Row("", "合计")
    width = {"province": 4, "city": 6}.get(viewer.agency.division.level, 6)
    for told in seen.order_by().values(*COLUMNS).iterator(chunk_size=5000):
        key = key_of(told, by, width)
        for row in (rows.setdefault(key, Row(key, "")), whole):
            add(row, told, later, minutes)
    labels = names_of(by, rows)
    for row in rows.values():
        row.label = labels.get(row.key, row.key or "—")
    return sorted(rows.values(), key=lambda row: (-row.pushed, row.key)), whole


def add(row: Row, told: Mapping[str, object], later: Later, minutes: Mapping[int, int]) -> None:
    key = told["id"]
    verdict = verdict_of(str(told["state"]), str(told["cause"]))
    row.pushed += 1
    row.checked += told["state"] in OUTCOMES
    row.true += verdict == "true"
    row.false += verdict == "false"
    row.cases += key in later.filed
    row.revoked += key in later.revoked
    row.minutes += minutes.get(key, 0)


def desk_minutes(seen: QuerySet[Clue]) -> defaultdict[int, int]:
    """Minutes of desk checks by clue."""
    rows = RemoteCheck.objects.filter(clue__in=seen).values("clue").annotate(n=Sum("minutes")).order_by()
    return defaultdict(int, {row["clue"]: row["n"] for row in rows})


def key_of(told: Mapping[str, object], by: str, width: int) -> str:
    if by == "division":
        return str(told["county_code"] or told["city_code"] or told["division_id"])[:width].ljust(12, "0")
    if by == "season":
        here = told["found_at"].astimezone(CHINA)
        return f"{here.year - (here.month < 3)}{SEASONS[here.month]}"
    return str(told[by])


def names_of(by: str, rows: Mapping[str, Row]) -> dict[str, str]:
    if by == "division":
        return {row.code: row.name for row in Division.objects.filter(code__in=rows)}
    return SOURCES if by == "source" else {}
