"""The law in force for one call of one rule: its numbers, the limits, the citations of the day, and how a finding is written."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from qingyuan.law import citation as citations

from . import factors
from .finding import Finding, moment
from .limits import Limit, LimitTable
from .rule import Rule, grounds
from .series import Series
from .stretch import Point, Stretch
from .working import Node, tree


@dataclass(frozen=True)
class LawInForce:
    """What a rule may know of the law: ``p`` its parameters on the judged days, ``limits`` the dated limits."""

    rule: Rule
    p: Mapping[str, Any]
    limits: LimitTable

    def finding(
        self,
        stretch: Stretch,
        series: Series,
        began: int,
        ended: int,
        *,
        value: float,
        unit: str = "",
        steps: Sequence[Node] = (),
        limit: Limit | None = None,
        limit_value: float | None = None,
        multiple: float | None = None,
        also: Iterable[Series] = (),
        severity: str | None = None,
        anchor: int | None = None,
        read_from: int | None = None,
        **words: Any,
    ) -> Finding:
        """Write one finding on ``series`` for [began, ended) (ms), with the rows it rests on and its working.

        ``also`` are further series read over the same time; ``read_from`` where the rows begin, when before ``began``;
        ``words`` fill the title's blanks.
        """
        point = stretch.points.get(series.point) or Point(series.point, series.outlet, stretch.facility)
        first = began if read_from is None else read_from
        rows = [_rows(one, first, ended, _home(stretch, one)) for one in (series, *also)]
        limit_value = limit.limit_value if limit is not None else limit_value
        numbers = {"value": value, "limit": limit_value, "multiple": multiple, "unit": unit}
        return Finding(
            title=self._title(point, series.factor, numbers | words),
            severity=severity or self.rule.severity,
            facility=point.facility or stretch.facility,
            outlet=series.outlet,
            point=series.point,
            factor=series.factor,
            began=moment(began),
            ended=moment(ended),
            value=float(value),
            unit=unit,
            limit_value=None if limit_value is None else float(limit_value),
            multiple=None if multiple is None else float(multiple),
            inputs_digest=hashlib.sha256("".join(row["digest"] for row in rows).encode()).hexdigest(),
            working=tree(self.rule.chinese, [*steps, *([_limit_node(limit)] if limit else [])], rows),
            anchor=max(began, stretch.began) if anchor is None else anchor,
            **self._named(point, moment(began).date()),
        )

    def _title(self, point: Point, factor: str, words: Mapping[str, Any]) -> str:
        return self.rule.title.format(**{"outlet": point.outlet_name or point.outlet, "factor": factors.chinese(factor), **words})

    def _named(self, point: Point, day: dt.date) -> dict[str, Any]:
        """Return what a finding takes from the rule: name, revision, violation, the law of the day, evidence; and the division."""
        medium, rule = point.medium, self.rule
        named = {"rule": rule.name, "revision": rule.revision, "violation": rule.violation_of(medium), "division": point.division}
        return named | {"basis": basis(rule, medium, day), "evidence_needed": evidence(rule)}


@cache
def basis(rule: Rule, medium: str, day: dt.date) -> tuple[str, ...]:
    """Return the printed citations of a rule in force on a day, the law of the act's day, in the rule's order."""
    told: list[dict[str, Any]] = []
    for entry in rule.basis:
        if isinstance(entry, str):
            group = grounds()["basis"][entry]
            told += group.get(medium) or group.get("any") or []
        else:
            told.append(entry)
    held = [one for one in told if one.get("from", dt.date.min) <= day < one.get("until", dt.date.max)]
    return tuple(dict.fromkeys(_printed(one["citation"]) for one in held))


@cache
def _printed(written: str) -> str:
    return str(citations.parse(written))


def evidence(rule: Rule) -> tuple[str, ...]:
    """Return what a lawful finding still needs, shared lists spelled out."""
    shared = grounds()["evidence"]
    return tuple(line for entry in rule.evidence for line in shared.get(entry, [entry]))


def _home(stretch: Stretch, series: Series) -> str:
    point = stretch.points.get(series.point)
    return point.facility if point and point.facility else stretch.facility


def _rows(series: Series, began: int, ended: int, facility: str) -> Node:
    rows = series.between(began, ended)
    told = {"facility": facility, "mn": series.point, "factor": series.factor, "kind": series.kind, "count": rows.stop - rows.start}
    return told | {"began": moment(began).isoformat(), "ended": moment(ended).isoformat(), "digest": series.digest(rows)}


def _limit_node(limit: Limit) -> Node:
    kind = "排污许可证限值" if limit.kind == "permit" else "排放标准限值"
    return {"label": kind, "value": limit.limit_value, "unit": limit.unit, "source": limit.citation}
