"""Findings come in here; frozen outcomes go out to learn.  Nothing else in this room knows the engines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction

from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility

from . import actions
from .models import Clue, ClueFinding
from .states import CLUE, OUTCOMES, SEVERITIES

JOIN_WITHIN = dt.timedelta(hours=26)  # platform setting: findings of one outlet, factor and rule this close are one episode


def take_findings(findings: Iterable[Mapping[str, Any]], *, at: dt.datetime) -> list[Clue]:
    """Join findings (as ``Finding.as_json`` gives them) into episodes, one clue each; the same finding again changes nothing.

    A finding that grew (a live episode keeps its id) grows its clue while that clue is open, and stays as it was
    once somebody ended the clue.  Findings of a facility the registry does not know are left out and come again on
    the next run, when it may know it.  Returns the clues that are new or grew.
    """
    touched: dict[int, Clue] = {}
    findings = list(findings)
    known = {row.finding_id: row for row in ClueFinding.objects.filter(finding_id__in=[f["id"] for f in findings]).select_related("clue")}
    places = {f.code: f for f in Facility.objects.filter(code__in={f["facility"] for f in findings}).select_related("division")}
    for finding in sorted(findings, key=lambda f: (f["began"], f["id"])):
        place = places.get(finding["facility"])
        if place is None:
            continue
        row = known.get(finding["id"])
        clue = take_one(finding, place, at) if row is None else grow(row, finding)
        if clue is not None:
            touched[clue.pk] = clue
    return list(touched.values())


@transaction.atomic
def take_one(finding: Mapping[str, Any], place: Facility, at: dt.datetime) -> Clue:
    began, ended = moment(finding["began"]), moment(finding["ended"])
    clue = open_episode(finding, place, began, ended) or actions.open_clue(
        facility=place, source="rule", title=clue_title(finding, place), severity=severity(finding), began=began, ended=ended, at=at,
        rule=finding["rule"], violation=finding.get("violation", ""), outlet_code=finding.get("outlet", ""), factor=finding.get("factor") or "",
        evidence_needed=list(finding.get("evidence_needed", [])),
    )
    ClueFinding.objects.create(
        clue=clue, finding_id=finding["id"], rule=finding["rule"], began=began, ended=ended,
        value=finding.get("value"), limit_value=finding.get("limit_value"), data=dict(finding),
    )
    return widen(clue, began, ended, severity(finding))


@transaction.atomic
def grow(row: ClueFinding, finding: Mapping[str, Any]) -> Clue | None:
    """Take the longer form of a finding whose clue is still open; None when nothing changed."""
    if row.data == dict(finding) or row.clue.state in CLUE.final:
        return None
    row.began, row.ended = moment(finding["began"]), moment(finding["ended"])
    row.value, row.limit_value, row.data = finding.get("value"), finding.get("limit_value"), dict(finding)
    row.save()
    return widen(row.clue, row.began, row.ended, severity(finding))


def widen(clue: Clue, began: dt.datetime, ended: dt.datetime, grade: str) -> Clue:
    """Let the clue reach from its first finding to its last, and be as grave as the gravest of them."""
    ranks = list(SEVERITIES)
    grade = min(grade, clue.severity, key=ranks.index)
    if began < clue.began or ended > clue.ended or grade != clue.severity:
        clue.began, clue.ended, clue.severity = min(began, clue.began), max(ended, clue.ended), grade
        clue.save(update_fields=["began", "ended", "severity"])
    return clue


@transaction.atomic
def let_lapse(still_found: Collection[str], *, since: dt.datetime, at: dt.datetime) -> list[Clue]:
    """End clues nobody has touched whose every finding is gone from the judge since late data came in.

    ``still_found`` are the ids of everything found from ``since`` on; a clue that reaches further back is left alone.
    """
    ended = []
    for clue in Clue.objects.select_for_update().filter(state="found", source="rule", began__gte=since).prefetch_related("findings"):
        rows = clue.findings.all()
        if rows and not any(row.finding_id in still_found for row in rows):
            clue.state, clue.ended_at, clue.outcome_note = CLUE.take(clue.state, "lapse"), at, "迟到的数据补齐后，判定不再成立"
            clue.save(update_fields=["state", "ended_at", "outcome_note"])
            record_event(by=None, subject=f"clue:{clue.pk}", step="lapse", at=at, before={"state": "found"}, after={"state": clue.state})
            ended.append(clue)
    return ended


def open_episode(finding: Mapping[str, Any], place: Facility, began: dt.datetime, ended: dt.datetime) -> Clue | None:
    """The open clue that this finding continues: same outlet, factor and suspected violation, whichever rules found it."""
    violation = finding.get("violation", "")
    same = {"violation": violation} if violation else {"rule": finding["rule"]}
    return (
        Clue.objects.filter(
            facility=place, outlet_code=finding.get("outlet", ""), factor=finding.get("factor") or "", **same,
            state__in=[s for s in CLUE.states if s not in CLUE.final], ended__gte=began - JOIN_WITHIN, began__lte=ended + JOIN_WITHIN,
        ).order_by("-ended").first()
    )


def outcomes() -> list[dict[str, Any]]:
    """Ended clues as plain rows for engines/learn, one for each rule that had a part in it."""
    columns = ("rule", "clue__city_code", "clue__found_at", "clue__ended_at", "clue__state", "clue__cause", "clue__number")
    rows = ClueFinding.objects.filter(clue__state__in=OUTCOMES).order_by("rule", "clue_id").values(*columns).distinct()
    return [{**{k.removeprefix("clue__"): v for k, v in row.items()}, "outcome": OUTCOMES[row["clue__state"]]} for row in rows]


def clue_title(finding: Mapping[str, Any], place: Facility) -> str:
    title = str(finding.get("title") or finding["rule"])
    return title if title.startswith(place.name) else f"{place.name}{title}"


def severity(finding: Mapping[str, Any]) -> str:
    return finding["severity"] if finding.get("severity") in SEVERITIES else "yellow"


def moment(value: Any) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
