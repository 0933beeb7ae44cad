"""Cross-jurisdiction work ends with a hand-over: the evidence goes to the local body against a receipt, and that body reports what it did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Agency, Officer

from .joint_models import EvidenceHandover
from .models import Assignment
from .states import CROSS


def local_body(task: Assignment) -> Agency | None:
    """The bureau of the county the facility lies in, else of its city."""
    for code in (task.facility.county_code, task.facility.city_code):
        found = Agency.objects.filter(division_id=code, kind="bureau").first() if code else None
        if found is not None:
            return found
    return None


def why_not_hand(task: Assignment, by: Officer) -> list[str]:
    conditions = [
        (task.mode in CROSS, "只有异地交叉执法的任务才移交证据"), (task.state in ("started", "finished"), "检查开始之后才有证据可移交"),
        (task.inspectors.filter(pk=by.pk).exists(), f"由本次检查的检查人员移交；{by.name}不在其中"),
        (not EvidenceHandover.objects.filter(assignment=task).exists(), "证据已经移交"), (local_body(task) is not None, "没有登记属地的主管部门"),
    ]  # fmt: skip
    return [said for holds, said in conditions if not holds]


@transaction.atomic
def hand_evidence(task: Assignment, *, evidence: Sequence[EvidenceItem], note: str = "", by: Officer, at: dt.datetime) -> EvidenceHandover:
    """List every item by name and digest, so that what is received can be held against what was taken (Penalty Law art. 46)."""
    fresh = Assignment.objects.select_for_update(of=("self",)).select_related("facility").get(pk=task.pk)
    reasons = why_not_hand(fresh, by)
    if reasons:
        raise NotAllowed(reasons)
    if not evidence:
        raise BadInput("没有可移交的证据：请先在检查中收入照片和材料", field="evidence")
    days = rulebook.load().get("visits/local_report", on=at.date())["days"]
    row = EvidenceHandover.objects.create(
        assignment=fresh, receiver=local_body(fresh), listed=[{"name": one.name, "sha256": one.digest} for one in evidence], note=note.strip()[:200], handed_on=at.date(), handed_by=by,
        report_by=at.date() + dt.timedelta(days=days),
    )
    record_event(by=by, subject=f"assignment:{fresh.pk}", step="hand_evidence", at=at, after={"items": len(row.listed), "receiver": row.receiver.name})
    return row


def of_receiver(row: EvidenceHandover, by: Officer) -> list[str]:
    mine = by.agency.division_id in (row.receiver.division_id, row.assignment.facility.city_code)
    return [] if mine else [f"由{row.receiver.name}办理"]


@transaction.atomic
def receive(row: EvidenceHandover, *, by: Officer, at: dt.datetime) -> EvidenceHandover:
    """The local body signs for it."""
    fresh = EvidenceHandover.objects.select_for_update(of=("self",)).select_related("assignment__facility", "receiver").get(pk=row.pk)
    reasons = of_receiver(fresh, by) + ([] if fresh.received_on is None else [f"已于{fresh.received_on}签收"])
    if reasons:
        raise NotAllowed(reasons)
    fresh.received_on, fresh.received_by = at.date(), by
    fresh.save(update_fields=["received_on", "received_by"])
    record_event(by=by, subject=f"assignment:{fresh.assignment_id}", step="receive_evidence", at=at)
    row.refresh_from_db()
    return fresh


@transaction.atomic
def report(row: EvidenceHandover, *, text: str, by: Officer, at: dt.datetime) -> EvidenceHandover:
    """The local body says what came of it: filed, corrected, transferred, or nothing and why."""
    if not text.strip():
        raise BadInput("请写明办理结果", field="text")
    fresh = EvidenceHandover.objects.select_for_update(of=("self",)).select_related("assignment__facility", "receiver").get(pk=row.pk)
    reasons = of_receiver(fresh, by) + ([] if fresh.received_on else ["先签收，再反馈"]) + ([] if fresh.reported_on is None else ["已经反馈"])
    if reasons:
        raise NotAllowed(reasons)
    fresh.report, fresh.reported_on = text.strip(), at.date()
    fresh.save(update_fields=["report", "reported_on"])
    record_event(by=by, subject=f"assignment:{fresh.assignment_id}", step="report_handover", at=at, why=text)
    row.refresh_from_db()
    return fresh


def handover_of(task: Assignment) -> EvidenceHandover | None:
    """The hand-over of a task the viewer reached."""
    return EvidenceHandover.objects.select_related("receiver", "handed_by", "received_by", "assignment__facility").filter(assignment=task).first()
