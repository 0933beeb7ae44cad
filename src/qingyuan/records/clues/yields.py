"""The funnel of clues and what a true one costs: clue → verified → true → case → revoked, by rule, division, season, source.

Later rooms hand down what they know by clue (cases, minutes of visits); nothing here asks them.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncMonth

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput
from qingyuan.records.registry.models import Division, Officer

from . import queries
from .models import Clue
from .precision import SEASONS
from .stage_models import RemoteCheck
from .states import OUTCOMES, SOURCES, verdict_of

BY = {"rule": "规则", "division": "属地", "season": "季节", "source": "来源"}
AT_ONCE = 500


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
    seen = queries.clues(viewer).filter(found_at__gte=day).exclude(state="merged").order_by()
    rows: dict[str, Row] = {}
    whole = Row("", "合计")
    width = {"province": 4, "city": 6}.get(viewer.agency.division.level, 6)
    for told in grouped(seen, by):
        key = key_of(told, by, width)
        for row in (rows.setdefault(key, Row(key, "")), whole):
            add(row, told)
    for told, clue, spent in special(seen, by, later):
        key = key_of(told, by, width)
        for row in (rows[key], whole):
            row.cases += clue in later.filed
            row.revoked += clue in later.revoked
            row.minutes += spent
    labels = names_of(by, rows)
    for row in rows.values():
        row.label = labels.get(row.key, row.key or "—")
    return sorted(rows.values(), key=lambda row: (-row.pushed, row.key)), whole


KEYS = {"rule": ("rule",), "source": ("source",), "division": ("county_code", "city_code", "division_id"), "season": ("month",)}


def grouped(seen: QuerySet[Clue], by: str) -> Iterable[dict[str, Any]]:
    """Clues counted by the key's columns, state and cause: a few rows, however many clues."""
    return with_month(seen, by).values(*KEYS[by], "state", "cause").annotate(n=Count("id"))


def with_month(seen: QuerySet[Clue], by: str) -> QuerySet[Clue]:
    return seen.annotate(month=TruncMonth("found_at", tzinfo=CHINA)) if by == "season" else seen


def special(seen: QuerySet[Clue], by: str, later: Later) -> Iterator[tuple[dict[str, Any], int, int]]:
    """The clues that later rooms or desk checks know something of: (columns of the key, clue, minutes)."""
    minutes = desk_minutes(seen)
    for clue, spent in (later.minutes or {}).items():
        minutes[clue] += spent
    keys = sorted({*later.filed, *later.revoked, *minutes})
    for start in range(0, len(keys), AT_ONCE):
        for told in with_month(seen.filter(pk__in=keys[start : start + AT_ONCE]), by).values("id", *KEYS[by]):
            yield told, told["id"], minutes.get(told["id"], 0)


def add(row: Row, told: Mapping[str, Any]) -> None:
    verdict = verdict_of(told["state"], told["cause"])
    row.pushed += told["n"]
    row.checked += told["n"] if told["state"] in OUTCOMES else 0
    row.true += told["n"] if verdict == "true" else 0
    row.false += told["n"] if verdict == "false" else 0


def desk_minutes(seen: QuerySet[Clue]) -> defaultdict[int, int]:
    """Minutes of desk checks by clue."""
    rows = RemoteCheck.objects.filter(clue__in=seen).values("clue").annotate(n=Sum("minutes")).order_by()
    return defaultdict(int, {row["clue"]: row["n"] for row in rows})


def key_of(told: Mapping[str, Any], by: str, width: int) -> str:
    if by == "division":
        return str(told["county_code"] or told["city_code"] or told["division_id"])[:width].ljust(12, "0")
    if by == "season":
        here = told["month"]
        return f"{here.year - (here.month < 3)}{SEASONS[here.month]}"
    return str(told[by])


def names_of(by: str, rows: Mapping[str, Row]) -> dict[str, str]:
    if by == "division":
        return {row.code: row.name for row in Division.objects.filter(code__in=rows)}
    return SOURCES if by == "source" else {}
