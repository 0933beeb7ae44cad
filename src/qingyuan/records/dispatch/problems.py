"""The ledger of problems: found, handed to the locality, put right with proof, checked by another, closed; or on to a clue, a case, the police."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.clues import actions as clue_actions
from qingyuan.records.clues.models import Clue
from qingyuan.records.docket.actions import open_docket
from qingyuan.records.docket.evidence import take_evidence
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Division, Facility, Officer
from qingyuan.records.registry.serials import next_serial

from .campaign_models import AssistanceRound, Campaign, Problem
from .campaign_states import GRAVITIES, MEDIA, PROBLEM
from .campaigns import PLANNERS, reasons_of
from .models import Assignment

RANK = {"province": 0, "city": 1, "county": 2, "township": 3, "village": 4}
SEVERITY = {"ordinary": "blue", "outstanding": "yellow", "suspected": "orange"}


def dictionary(on: dt.date) -> dict[str, Mapping[str, Any]]:
    """The kinds of problem in force that day, by id."""
    return {key: entry for key, entry in rulebook.load().folder("campaigns/problems").items() if entry["values"][0]["valid_from"] <= on}


def term(gravity: str, on: dt.date) -> dt.date:
    """Until when a problem is to be put right unless the hand-over says otherwise (platform setting, grade U)."""
    return on + dt.timedelta(days=rulebook.load().get("campaigns/terms", on=on)[gravity])


@transaction.atomic
def note_problem(
    *, kind: str, description: str, by: Officer, at: dt.datetime, gravity: str = "", facility: Facility | None = None, place: str = "", division: Division | None = None,
    round: AssistanceRound | None = None, campaign: Campaign | None = None, assignment: Assignment | None = None, point: str = "",
) -> Problem:
    """Write a problem down; gravity and medium come from the dictionary unless a person says otherwise."""
    known = dictionary(at.date()).get(kind)
    if known is None:
        raise BadInput(f"问题类别须为：{'、'.join(entry['label'] for entry in dictionary(at.date()).values())}", field="kind")
    gravity = gravity or known["gravity"]
    if gravity not in GRAVITIES:
        raise BadInput(f"程度须为：{'、'.join(GRAVITIES.values())}", field="gravity")
    if not description.strip() or not (facility or place.strip()):
        raise BadInput("请写明在哪里、看到什么", field="description" if not description.strip() else "place")
    where = facility.division if facility else division or (round.division if round else campaign.division if campaign else by.agency.division)
    if not by.has_role(*PLANNERS):
        raise NotAllowed(f"{by.name}没有登记问题的岗位")
    row = Problem(
        number=next_serial(Problem, "WT", at, digits=4), kind=kind, medium=known["medium"] if known["medium"] in MEDIA else "other", gravity=gravity, facility=facility,
        place=facility.name if facility else place.strip()[:120], division=where, description=description.strip(), round=round,
        campaign=campaign or (round.campaign if round else None) or (assignment.campaign if assignment else None), assignment=assignment,
        point=point, found_on=at.date(), found_by=by,
    )
    row.save()
    record_event(by=by, subject=f"problem:{row.pk}", step="note_problem", at=at, after={"kind": kind, "gravity": gravity})
    return row


def facts_of(row: Problem, by: Officer, note: str) -> dict[str, Any]:
    return {
        "by": by.pk, "rectified_by": row.rectified_by_id, "note": note, "gravity": row.gravity,
        "proofs": row.docket.evidence.count() if row.docket is not None else 0, "is_higher": RANK[by.agency.division.level] < RANK[row.division.level],
    }  # fmt: skip


def why_not(row: Problem, name: str, by: Officer, *, note: str = "—") -> tuple[str, ...]:
    """Every reason why a step of the problem cannot be taken now."""
    return reasons_of(PROBLEM, row.state, name, by, row, facts_of(row, by, note))


@transaction.atomic
def take(row: Problem, name: str, *, by: Officer, at: dt.datetime, why: str = "", asked: str = "—", **changes: Any) -> Problem:
    """One step of the table with its columns, and the event.  ``asked``: the number of the hand-over note, where one is needed."""
    fresh = Problem.objects.select_for_update(of=("self",)).select_related("division", "docket").get(pk=row.pk)
    reasons = why_not(fresh, name, by, note=asked)
    if reasons:
        raise NotAllowed(reasons)
    before, fresh.state = fresh.state, PROBLEM.steps[name].target
    for key, value in changes.items():
        setattr(fresh, key, value)
    fresh.save()
    record_event(by=by, subject=f"problem:{fresh.pk}", step=name, at=at, before={"state": before}, after={"state": fresh.state}, why=why)
    row.refresh_from_db()
    return row


def hand_over(row: Problem, *, note: str, by: Officer, at: dt.datetime, due_on: dt.date | None = None) -> Problem:
    """Hand it to the locality with a numbered note and a term."""
    due = due_on or term(row.gravity, at.date())
    if due < at.date():
        raise BadInput(f"整改期限{due}早于交办日期", field="due_on")
    return take(row, "hand_over", by=by, at=at, asked=note, note=note.strip()[:40], handed_on=at.date(), due_on=due)


def drop(row: Problem, *, why: str, by: Officer, at: dt.datetime) -> Problem:
    """It was none; said with the reason, and kept."""
    return take(row, "drop", by=by, at=at, why=needed(why), closed_on=at.date(), closed_by=by)


@transaction.atomic
def add_proof(row: Problem, *, name: str, content: bytes, by: Officer, at: dt.datetime) -> EvidenceItem:
    """Keep a photo, report or ledger page as it came, digested on arrival (Penalty Law art. 46)."""
    fresh = Problem.objects.select_for_update(of=("self",)).select_related("docket").get(pk=row.pk)
    if fresh.state in PROBLEM.final:
        raise NotAllowed(f"问题{fresh.get_state_display()}，不再收取材料")
    if fresh.docket is None:
        fresh.docket = open_docket(title=f"{fresh.place}问题整改{fresh.number}"[:100], agency=by.agency.authority, by=by, at=at)
        fresh.save(update_fields=["docket"])
    item = take_evidence(
        docket=fresh.docket, kind="documentary" if name.lower().endswith(".pdf") else "audiovisual", name=name, content=content, source=f"{fresh.place}整改佐证", taken_at=at,
        by=by, at=at,
    )
    row.refresh_from_db()
    return item


def rectify(row: Problem, *, plan: str, by: Officer, at: dt.datetime) -> Problem:
    """The locality reports it put right: what was done, with proof."""
    if not plan.strip():
        raise BadInput("请写明整改措施和完成情况", field="plan")
    return take(row, "rectify", by=by, at=at, why=plan, plan=plan.strip(), rectified_on=at.date(), rectified_by=by)


def close(row: Problem, *, why: str, by: Officer, at: dt.datetime) -> Problem:
    """Another person checked and strikes it off."""
    return take(row, "close", by=by, at=at, why=needed(why), closed_on=at.date(), closed_by=by)


def send_back(row: Problem, *, why: str, by: Officer, at: dt.datetime, due_on: dt.date | None = None) -> Problem:
    """It is not put right yet; a new term runs."""
    return take(row, "send_back", by=by, at=at, why=needed(why), due_on=due_on or term(row.gravity, at.date()), returns=row.returns + 1, rectified_on=None, rectified_by=None)


def needed(why: str) -> str:
    if not why.strip():
        raise BadInput("请写明理由", field="why")
    return why


# -- where else a problem goes ------------------------------------------------------------------------------------------------


@transaction.atomic
def to_clue(row: Problem, *, by: Officer, at: dt.datetime) -> Clue:
    """A suspected violation becomes a clue of the facility; the problem stays in the ledger until it is put right."""
    fresh = Problem.objects.select_for_update(of=("self",)).select_related("facility__division").get(pk=row.pk)
    reasons = [] if fresh.facility is not None else ["没有登记固定污染源的问题不能转为线索，请先登记污染源"]
    reasons += [f"已转为线索{fresh.clue.number}"] if fresh.clue is not None else []
    reasons += [] if fresh.state != "dropped" else ["已认定不属实"]
    if reasons:
        raise NotAllowed(reasons)
    clue = clue_actions.open_clue(
        facility=fresh.facility, source="superior", title=f"{dictionary(at.date())[fresh.kind]['label']}（{fresh.number}）", severity=SEVERITY[fresh.gravity],
        began=at, ended=at, at=at, by=by,
    )  # fmt: skip
    fresh.clue = clue
    fresh.save(update_fields=["clue"])
    record_event(by=by, subject=f"problem:{fresh.pk}", step="to_clue", at=at, after={"clue": clue.number})
    row.refresh_from_db()
    return clue


@transaction.atomic
def note_further(row: Problem, *, case_number: str = "", transferred: str = "", by: Officer, at: dt.datetime) -> Problem:
    """Write down the case that was filed, or to whom it was transferred; who calls has looked the case up."""
    if not case_number.strip() and not transferred.strip():
        raise BadInput("请写明案件编号或者移送的机关和文号", field="transferred")
    fresh = Problem.objects.select_for_update().get(pk=row.pk)
    fresh.case_number, fresh.transferred = case_number.strip()[:60] or fresh.case_number, transferred.strip()[:120] or fresh.transferred
    fresh.save(update_fields=["case_number", "transferred"])
    record_event(by=by, subject=f"problem:{fresh.pk}", step="note_further", at=at, after={"case": fresh.case_number, "transferred": fresh.transferred})
    row.refresh_from_db()
    return row
