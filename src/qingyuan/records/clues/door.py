"""Findings come in here; outcomes go out to learn; a finding is explained, a number is tried out.  Nothing else in this room knows the engines."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models.fields.json import KT

from qingyuan.clock import CHINA
from qingyuan.engines.judge import explain
from qingyuan.engines.judge import finding as judged
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.run import judge_source
from qingyuan.engines.judge.sources import LakeSource
from qingyuan.engines.judge.whatif import Difference
from qingyuan.engines.learn import rule_report
from qingyuan.engines.learn.outcomes import Outcome
from qingyuan.engines.ledger import bundle
from qingyuan.errors import BadInput
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.scope import one, scoped

from . import actions, suppression, timing
from .models import Clue, ClueFinding
from .precision import Precision, precision_table
from .states import CLUE, OUTCOMES, SEVERITIES, UNTOLD, verdict_of

__all__ = ["Precision", "precision_table"]

JOIN_WITHIN = dt.timedelta(hours=26)  # platform setting: findings of one outlet, factor and rule this close are one episode


def take_findings(findings: Iterable[Mapping[str, Any]], *, at: dt.datetime) -> list[Clue]:
    """Join findings (as ``Finding.as_json`` gives them) into episodes, one clue each; the same finding again changes nothing.

    A finding that grew (a live episode keeps its id) grows its clue while that clue is open, and stays as it was
    once somebody ended the clue.  Findings of a facility the registry does not know are left out and come again on
    the next run, when it may know it.  Returns the clues that are new or grew.
    """
    from .governor import govern

    touched: dict[int, Clue] = {}
    findings = list(findings)
    known = {row.finding_id: row for row in ClueFinding.objects.filter(finding_id__in=[f["id"] for f in findings]).select_related("clue")}
    places = {f.code: f for f in Facility.objects.filter(code__in={f["facility"] for f in findings}).select_related("division")}
    for finding in sorted(findings, key=lambda f: (f["began"], f["id"])):
        place = places.get(finding["facility"])
        if place is None:
            continue
        row = known.get(finding["id"])
        if row is None and suppression.hide(finding, place, at):
            continue
        clue = take_one(finding, place, at) if row is None else grow(row, finding)
        if clue is not None:
            touched[clue.pk] = clue
    for unit in {clue.agency for clue in touched.values() if clue.agency is not None}:
        govern(unit, at)
    for clue in touched.values():
        clue.refresh_from_db()
    return list(touched.values())


@transaction.atomic
def take_one(finding: Mapping[str, Any], place: Facility, at: dt.datetime) -> Clue:
    began, ended = moment(finding["began"]), moment(finding["ended"])
    clue = open_episode(finding, place, began, ended) or actions.open_clue(
        facility=place, source="rule", title=clue_title(finding, place), severity=severity(finding), began=began, ended=ended, at=at,
        rule=finding["rule"], violation=finding.get("violation", ""), outlet_code=finding.get("outlet", ""), factor=finding.get("factor") or "",
        evidence_needed=list(finding.get("evidence_needed", [])), is_held=True,
    )
    if clue.agency_id is None and clue.released_at is None:
        actions.let_out(clue, at)
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
        timing.recount(clue)
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
            timing.stop(clue, at)
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
    rows = ClueFinding.objects.filter(clue__state__in=OUTCOMES).exclude(clue__cause__in=UNTOLD).order_by("rule", "clue_id").values(*columns).distinct()
    return [{**{k.removeprefix("clue__"): v for k, v in row.items()}, "outcome": OUTCOMES[row["clue__state"]]} for row in rows]


def clue_title(finding: Mapping[str, Any], place: Facility) -> str:
    title = str(finding.get("title") or finding["rule"])
    return title if title.startswith(place.name) else f"{place.name}{title}"


def severity(finding: Mapping[str, Any]) -> str:
    return finding["severity"] if finding.get("severity") in SEVERITIES else "yellow"


def moment(value: Any) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))


MOST_FACILITIES, MOST_FACILITY_DAYS = 100, 400  # what one request may judge twice over; a longer history is a job for ``qingyuan whatif``


@dataclass(frozen=True)
class Trial:
    """A rule's numbers tried out over history.  ``changed`` are findings that stay but with another period, value or severity: (now, then)."""

    told: Difference
    changed: list[tuple[Finding, Finding]]
    facilities: dict[str, str]
    days: int


def try_out(viewer: Officer, *, rule: str, parameters: Mapping[str, Any], began: dt.datetime, ended: dt.datetime, facility: str = "") -> Trial:
    """Judge a window twice, with a rule's numbers as they are and with ``parameters`` laid over them; nothing is kept.

    Only facilities of the viewer's division (or the one named) are judged.  BadInput for a window that is empty or too large to be
    judged while somebody waits, or for a parameter the rule has not.
    """
    places = scoped(Facility.objects.order_by("code"), viewer)
    if facility:
        places = places.filter(pk=one(Facility.objects.all(), viewer, code=facility).pk)
    named = dict(places.values_list("code", "name"))
    days = -((began - ended) // dt.timedelta(days=1))
    if days < 1:
        raise BadInput("起止时间须先起后止", field="ended")
    if len(named) > MOST_FACILITIES or days * len(named) > MOST_FACILITY_DAYS:
        raise BadInput(
            f"{len(named)} 家污染源 × {days} 天，超过一次试算的上限（{MOST_FACILITIES} 家、{MOST_FACILITY_DAYS} 家·天）：请缩短时段，或只选一家；全省、长时段的试算请用命令 qingyuan whatif", field="ended",
        )
    source = LakeSource(settings.QINGYUAN_DATA)
    known = [code for code in source.facilities() if code in named]
    now = judge_source(source, began=began, ended=ended, rules=[rule], facilities=known)
    then = judge_source(source, began=began, ended=ended, rules=[rule], facilities=known, overrides={rule: parameters})
    before, after = {one_.id: one_ for one_ in now}, {one_.id: one_ for one_ in then}
    kept = [(before[key], after[key]) for key in before if key in after]
    told = Difference(tuple(f for f in then if f.id not in before), tuple(f for f in now if f.id not in after), len(kept))
    return Trial(told, [(a, b) for a, b in kept if (a.began, a.ended, a.value, a.severity) != (b.began, b.ended, b.value, b.severity)], named, days)


def finding_of(viewer: Officer, finding_id: str) -> ClueFinding:
    """A finding of a clue the viewer may see."""
    return one(ClueFinding.objects.select_related("clue__facility"), viewer, through="clue", finding_id=finding_id)


def explained(viewer: Officer, finding_id: str) -> dict[str, Any]:
    """The tree of a finding the viewer may see, down to the rows as they are now and the packets they came in.

    ``problems`` lists every sum or digest that does not agree; passwords of devices are blotted out.  Raises BadInput when the spool no longer holds a packet.
    """
    row = finding_of(viewer, finding_id)
    try:
        found = judged.from_json(row.data)
    except (KeyError, TypeError) as missing:
        raise BadInput(f"这条判定没有留下完整的判定过程（缺 {missing}），不能重算") from None
    tree = explain.explain(settings.QINGYUAN_DATA, found)
    for told in tree["rows"]:
        for packet in told["packets"]:
            packet["raw"] = PASSWORD.sub("PW=******", packet["raw"])
    return tree


PASSWORD = re.compile(r"PW=[^;]*")


def precision_of(viewer: Officer, rule: str, *, since: dt.date, filed: Mapping[int, dt.date] | None = None, by_season: bool = True) -> list[rule_report.Line]:
    """How right a rule was in the viewer's division: a line per county and season, or one line in all.

    ``filed``: by clue, the day a case was filed on it (cases are a later room and hand it down).  A clue counts once.
    """
    rows = scoped(ClueFinding.objects.filter(rule=rule, clue__found_at__date__gte=since).select_related("clue__facility"), viewer, through="clue")
    once = {row.clue_id: row for row in rows.annotate(revision=KT("data__revision")).defer("data").order_by("id")}
    digits = {"province": 4, "city": 6}.get(viewer.agency.division.level, 6) if by_season else 2
    return rule_report.rule_report([outcome_of(row, (filed or {}).get(key)) for key, row in once.items()], digits=digits, by_season=by_season)


def outcome_of(row: ClueFinding, filed_on: dt.date | None) -> Outcome:
    """One clue as the learner takes it: revisions of a rule are told apart, a clue that ended without a verdict stays unchecked."""
    clue = row.clue
    verdict = verdict_of(clue.state, clue.cause)
    pushed = clue.found_at.astimezone(CHINA).date()
    ended = clue.ended_at.astimezone(CHINA).date() if clue.ended_at and verdict else None
    return Outcome(
        finding=row.finding_id, rule=row.rule, revision=int(row.revision or 1), division=clue.division_id, facility=clue.facility.code,
        pushed_on=pushed, checked_on=max(ended, pushed) if ended else None, verdict=verdict, cause=clue.get_cause_display() or "", case_filed_on=filed_on,
    )


def seal_clue_bundle(viewer: Officer, number: str, path: Path, *, at: dt.datetime) -> str:
    """Write one clue with everything behind it (working, papers, trail, packets) as a bundle ``qingyuan verify`` checks; returns its SHA-256.

    BadInput while a packet behind it is not sealed yet, or when the spool no longer holds one.
    """
    from .bundle import files_of_clue

    clue = one(Clue.objects.select_related("facility__operator", "division"), viewer, number=number)
    positions = {(int(packet["segment"]), int(packet["offset"])) for tree in trees_of(viewer, clue) for told in tree["rows"] for packet in told["packets"]}
    about = {"kind": "clue", "number": clue.number, "title": clue.title}
    digest = bundle.write(path, data_dir=settings.QINGYUAN_DATA, about=about, documents=files_of_clue(clue), packets=sorted(positions), at=at)
    record_event(by=viewer, subject=f"clue:{clue.pk}", step="seal_bundle", at=at, after={"sha256": digest, "packets": len(positions)})
    return digest


def trees_of(viewer: Officer, clue: Clue) -> list[dict[str, Any]]:
    """The explained findings of a clue; one that left no working is left out."""
    return [explained(viewer, row.finding_id) for row in clue.findings.all() if row.data.get("working")]
