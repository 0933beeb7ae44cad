"""What inspectors do on site.  Penalty Law arts. 42, 43, 55; Measures 30 arts. 21-28."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import choice
from qingyuan.records.clues import actions as clue_actions
from qingyuan.records.dispatch import actions as dispatch_actions
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket import queries as docket_queries
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from .models import CorrectionOrder, Inspection, OnSiteRecord
from .states import CONCLUSIONS, INSPECTION


@transaction.atomic
def open_inspection(task: Assignment, *, by: Officer, at: dt.datetime, began_at: dt.datetime | None = None) -> Inspection:
    """Enter: the assignment starts, the folder for the material is opened.

    ``began_at``: when they entered, where that is known only later, from a device that had no network.
    """
    dispatch_actions.take(task, "start", by=by, at=at)
    folder = docket.open_docket(title=f"{task.facility.name}现场检查", agency=by.agency.authority, by=by, at=at)
    visit = Inspection(assignment=task, facility=task.facility, division=task.division, docket=folder, began_at=began_at or at)
    visit.save()
    record_event(by=by, subject=f"inspection:{visit.pk}", step="open_inspection", at=at, after={"state": visit.state})
    return visit


@transaction.atomic
def take_photo(visit: Inspection, *, name: str, content: bytes, by: Officer, at: dt.datetime) -> EvidenceItem:
    """Keep a photo as evidence, digested before anything else happens to it (Penalty Law art. 46)."""
    only_inspectors(visit, by)
    return docket.take_evidence(
        docket=visit.docket, kind="audiovisual", name=name, content=content, source=f"{visit.facility.name}现场拍摄", taken_at=at, by=by, at=at,
    )


@transaction.atomic
def record(
    visit: Inspection, *, production: str, permits: str, treatment: str, facts: str, sampling: str = "", person_on_site: str, position: str = "",
    was_certificate_shown: bool, was_told_of_recusal: bool, was_signed: bool, refusal: str = "", by: Officer, at: dt.datetime,
    ended_at: dt.datetime | None = None, present: Mapping[str, Any] | None = None,
) -> OnSiteRecord:
    """Write the on-site record; every required element or nothing.

    ``ended_at``: when they left, where that is known only later.  ``present``: further elements of the person on site (telephone,
    wants_recusal, comment).
    """
    fresh = hold(visit)
    only_inspectors(fresh, by)
    seen = {"production": production, "permits": permits, "treatment": treatment, "facts": facts, "sampling": sampling}
    met = {
        "person_on_site": person_on_site, "position": position, "was_certificate_shown": was_certificate_shown,
        "was_told_of_recusal": was_told_of_recusal, "was_signed": was_signed, "refusal": refusal,
    }
    reasons = missing_elements(seen, met)
    if reasons:
        raise NotAllowed(reasons)
    state = INSPECTION.take(fresh.state, "record")
    document = docket.issue(kind="on_site_record", docket=fresh.docket, by=by, at=at, facts=record_facts(fresh, seen, met, by, ended_at or at, present or {}))
    row = OnSiteRecord.objects.create(inspection=fresh, document=document, **seen, **met)
    move(fresh, state, "record", by=by, at=at, ended_at=ended_at or at)
    visit.refresh_from_db()
    return row


def missing_elements(seen: dict[str, str], met: dict[str, Any]) -> list[str]:
    """What the record lacks, each with the article that asks for it."""
    names = {"production": "建设与生产情况", "permits": "环保手续情况", "treatment": "产污及治污设施运行情况", "facts": "检查所见"}
    reasons = [f"笔录没有写{label}（令30第28条）" for field, label in names.items() if not seen[field].strip()]
    conditions = [
        (met["person_on_site"].strip(), "笔录没有写现场负责人（令30第28条）"),
        (met["was_certificate_shown"], "检查前应当出示执法证件并在笔录中载明（行政处罚法第55条）"),
        (met["was_told_of_recusal"], "应当告知当事人有权申请回避（行政处罚法第43条、第44条）"),
        (met["was_signed"] or met["refusal"].strip(), "当事人未签字的，应当注明拒签情况（令30第28条）"),
    ]
    return reasons + [sentence for holds, sentence in conditions if not holds]


def record_facts(
    visit: Inspection, seen: dict[str, str], met: dict[str, Any], by: Officer, at: dt.datetime, present: Mapping[str, Any] = MappingProxyType({})
) -> dict[str, Any]:
    """The elements of the on-site record (Measures 30 art. 28)."""
    place, party = visit.facility, visit.facility.operator
    findings = {key: seen[key] for key in ("production", "permits", "treatment")} | {"violation": seen["facts"]}
    return {
        "agency": {"name": by.agency.authority.name}, "began_at": visit.began_at.isoformat(), "ended_at": at.isoformat(),
        "place": place.address or place.name, "party": {"name": party.name, "uscc": party.uscc, "legal_representative": party.legal_representative},
        "present": {"name": met["person_on_site"], "position": met["position"], "comment": met["refusal"], **present},
        "officers": [{"name": o.name, "certificate_number": o.certificate_number} for o in visit.assignment.inspectors.order_by("pk")],
        "recorder": by.name, "certificates_shown": met["was_certificate_shown"], "rights_told": met["was_told_of_recusal"],
        "findings": {**findings, **({"sampling": seen["sampling"]} if seen["sampling"] else {})},
    }


@transaction.atomic
def conclude(visit: Inspection, *, conclusion: str, why: str, cause: str = "", by: Officer, at: dt.datetime) -> Inspection:
    """Say what the visit found; the clue ends as true or as a false alarm, and the rule hears of it."""
    fresh = hold(visit)
    only_inspectors(fresh, by)
    if conclusion not in CONCLUSIONS:
        raise BadInput(f"检查结论须为：{'、'.join(CONCLUSIONS.values())}", field="conclusion")
    if not why.strip():
        raise BadInput("请写明结论依据的事实和材料", field="why")
    state = INSPECTION.take(fresh.state, "conclude")
    clue = fresh.assignment.clue
    if clue is not None and conclusion == "violation":
        clue_actions.confirm(clue, why=why, by=by, at=at)
    elif clue is not None:
        clue_actions.refute(clue, cause=cause, why=why, by=by, at=at)
    dispatch_actions.take(fresh.assignment, "finish", by=by, at=at)
    move(fresh, state, "conclude", by=by, at=at, why=why, conclusion=conclusion, conclusion_note=why)
    visit.refresh_from_db()
    return visit


@transaction.atomic
def order_correction(visit: Inspection, *, requirement: str, correct_by: dt.date, by: Officer, at: dt.datetime) -> CorrectionOrder:
    """Order the party to put it right (Penalty Law art. 28; Measures 30 art. 9: an order to correct is not a penalty)."""
    only_inspectors(visit, by)
    if visit.conclusion != "violation":
        raise NotAllowed("检查结论不是“发现涉嫌违法行为”，不能责令改正（行政处罚法第28条）")
    if not requirement.strip() or correct_by < at.date():
        raise BadInput("请写明改正要求，改正期限不得早于作出日期", field="requirement")
    document = docket.issue(kind="correction_order", docket=visit.docket, by=by, at=at, facts=correction_facts(visit, requirement, correct_by, by, at.date()))
    order = CorrectionOrder.objects.create(inspection=visit, requirement=requirement, ordered_on=at.date(), correct_by=correct_by, document=document)
    record_event(by=by, subject=f"inspection:{visit.pk}", step="order_correction", at=at, after={"correct_by": correct_by.isoformat()})
    return order


def correction_facts(visit: Inspection, requirement: str, correct_by: dt.date, by: Officer, on: dt.date) -> dict[str, Any]:
    """What the order to correct says; the duty broken is that of the clue's violation on that day."""
    agency, party = by.agency.authority, visit.facility.operator
    clue = visit.assignment.clue
    law = choice.choose(clue.violation, began=on, ended=None, decided_on=on) if clue is not None and clue.violation else None
    return {
        "agency": {"name": agency.name, "short_name": agency.short_name}, "inspected_on": visit.began_at.date().isoformat(),
        "party": {"kind": party.kind, "name": party.name, "uscc": party.uscc, "address": party.address, "legal_representative": party.legal_representative},
        "violation": {"facts": [{"text": visit.record.facts.rstrip("。") + "。", "source": f"document:{visit.record.document_id}"}]},
        "evidence": docket_queries.evidence_lines(visit.docket),
        "law": {"prohibition": [c.written for c in law.prohibition] if law else ["penalty_law:28.1"], "correction": ["penalty_law:28.1"]},
        "correction": {
            "content": requirement, "due_on": correct_by.isoformat(), "consequence": "逾期不改正的，我局将依法处理。",
            "reinspection": "我局将依法对改正情况进行复查。",
        },
        "remedy": {"reconsideration_to": agency.reconsideration_body, "court": agency.court},
    }


@transaction.atomic
def verify_correction(order: CorrectionOrder, *, note: str, by: Officer, at: dt.datetime) -> CorrectionOrder:
    """Confirm on re-inspection that it was put right."""
    if order.corrected_on is not None:
        raise NotAllowed(f"该责令改正已于{order.corrected_on}复查确认")
    if not note.strip():
        raise BadInput("请写明复查情况", field="note")
    order.corrected_on, order.reinspection_note = at.date(), note
    order.save(update_fields=["corrected_on", "reinspection_note"])
    record_event(by=by, subject=f"inspection:{order.inspection_id}", step="verify_correction", at=at, after={"corrected_on": at.date().isoformat()}, why=note)
    return order


def hold(visit: Inspection) -> Inspection:
    return Inspection.objects.select_for_update().get(pk=visit.pk)


def only_inspectors(visit: Inspection, by: Officer) -> None:
    if not visit.assignment.inspectors.filter(pk=by.pk).exists():
        raise NotAllowed(f"{by.name}不是本次检查的检查人员（行政处罚法第42条）")


def move(visit: Inspection, state: str, name: str, *, by: Officer, at: dt.datetime, why: str = "", **changes: object) -> None:
    before = {"state": visit.state}
    visit.state = state
    for field, value in changes.items():
        setattr(visit, field, value)
    visit.save()
    record_event(by=by, subject=f"inspection:{visit.pk}", step=name, at=at, before=before, after={"state": state}, why=why)
