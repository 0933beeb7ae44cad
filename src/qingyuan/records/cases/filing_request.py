"""Filing on a form: the handler asks, the unit gives its opinion, the leader approves or declines.  Measures 30 arts. 18, 19.

The case, its number and its approval (W02) come into being with the leader's word; the fifteen days run until then.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.docket import actions as docket
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import one, scoped

from .filing import file_case, why_not_file
from .models import Case, FilingRequest
from .papers import party_facts
from .signing import said


@transaction.atomic
def request_filing(
    visit: Inspection, *, violation: str, act_began: dt.date, act_ended: dt.date | None, opinion: str, by: Officer, at: dt.datetime, late_reason: str = "",
) -> FilingRequest:
    """Ask for a case to be filed; refused for the same reasons as the filing itself."""
    if violation not in rulebook.load().folder("violations"):
        raise BadInput("请从违法行为目录中选择案由（令30第19条）", field="violation")
    if not opinion.strip():
        raise BadInput("请写明承办人意见（令30第18条）", field="opinion")
    reasons = why_not_file(visit, by=by, on=at.date(), act_ended=act_ended, late_reason=late_reason)
    if FilingRequest.objects.filter(inspection=visit, state="asked").exists():
        reasons.append("本次检查的立案审批正在办理，不得重复提请")
    if reasons:
        raise NotAllowed(reasons)
    row = FilingRequest.objects.create(
        inspection=visit, violation=violation, act_began=act_began, act_ended=act_ended, late_reason=late_reason, opinion=opinion, by=by, made_at=at,
    )
    record_event(by=by, subject=f"inspection:{visit.pk}", step="request_filing", at=at, after={"violation": violation}, why=opinion)
    return row


@transaction.atomic
def give_unit_opinion(row: FilingRequest, *, opinion: str, by: Officer, at: dt.datetime) -> FilingRequest:
    """The opinion of the unit between handler and leader."""
    held = hold(row)
    if not by.has_role("reviewer", "legality_reviewer", "leader") or by.pk == held.by_id:
        raise NotAllowed("承办机构意见由承办机构负责人签署，承办人不得代签（令30第18条）")
    if not opinion.strip():
        raise BadInput("请写明意见", field="opinion")
    held.unit_opinion, held.unit_by = opinion, by
    held.save(update_fields=["unit_opinion", "unit_by"])
    record_event(by=by, subject=f"inspection:{held.inspection_id}", step="give_unit_opinion", at=at, after={}, why=opinion)
    return held


@transaction.atomic
def approve_filing(row: FilingRequest, *, opinion: str, by: Officer, at: dt.datetime) -> Case:
    """The leader files the case: number and approval with all three opinions in one transaction."""
    held = hold(row)
    refuse_other_than_leader(held, opinion, by)
    boxes = {"leader": (opinion, by)}
    if held.unit_by is not None:
        boxes["division"] = (held.unit_opinion, held.unit_by)
    case = file_case(
        held.inspection, violation=held.violation, act_began=held.act_began, act_ended=held.act_ended, late_reason=held.late_reason, opinions={**boxes, "handlers": (held.opinion, held.by)},
        by=held.by, at=at,
    )  # fmt: skip
    held.state, held.leader_opinion, held.decided_by, held.decided_at, held.case = "approved", opinion, by, at, case
    held.save()
    record_event(by=by, subject=f"case:{case.pk}", step="approve_filing", at=at, after={"number": case.number}, why=opinion)
    return case


@transaction.atomic
def decline_filing(row: FilingRequest, *, condition: str, opinion: str, by: Officer, at: dt.datetime) -> FilingRequest:
    """The leader declines, naming the condition that is not met (W03; Measures 30 art. 19)."""
    held = hold(row)
    refuse_other_than_leader(held, opinion, by)
    if not condition.strip():
        raise BadInput("请写明没有满足的立案条件（令30第19条）", field="condition")
    visit = held.inspection
    clue = visit.assignment.clue
    facts = {
        "party": party_facts(visit.facility.operator), "clue": {"content": visit.record.facts}, "decline": {"condition": condition, "reason": opinion},
        "case": {"cause": rulebook.load().folder("violations")[held.violation]["name"], "source": clue.get_source_display() if clue else "现场检查"},
        "opinions": {"handlers": said(held.opinion, held.by, held.made_at.date()), "leader": said(opinion, by, at.date())},
    }  # fmt: skip
    docket.issue(kind="filing_decline_approval", docket=visit.docket, by=by, at=at, facts=facts)
    held.state, held.leader_opinion, held.decided_by, held.decided_at = "declined", opinion, by, at
    held.save()
    record_event(by=by, subject=f"inspection:{visit.pk}", step="decline_filing", at=at, after={"condition": condition}, why=opinion)
    return held


def hold(row: FilingRequest) -> FilingRequest:
    held = FilingRequest.objects.select_for_update(of=("self",)).select_related("inspection__facility__operator", "inspection__assignment__clue", "by").get(pk=row.pk)
    if held.state != "asked":
        raise NotAllowed(f"该立案审批已经办结：{held.get_state_display()}")
    return held


def refuse_other_than_leader(row: FilingRequest, opinion: str, by: Officer) -> None:
    if not by.has_role("leader"):
        raise NotAllowed("立案由机关负责人批准（令30第18条）")
    if by.agency.authority != row.by.agency.authority:
        raise NotAllowed("立案由承办人所在机关的负责人批准（令30第18条）")
    if not opinion.strip():
        raise BadInput("请写明审批意见", field="opinion")


def requests(viewer: Officer) -> QuerySet[FilingRequest]:
    """Requests that wait, the oldest first."""
    rows = FilingRequest.objects.filter(state="asked").select_related("inspection__facility__operator", "inspection__assignment__clue", "by", "unit_by")
    return scoped(rows, viewer, through="inspection").order_by("made_at")


def request_by_id(viewer: Officer, pk: int) -> FilingRequest:
    return one(FilingRequest.objects.select_related("inspection__facility__operator", "by"), viewer, through="inspection", pk=pk)


def visits_to_file(viewer: Officer) -> QuerySet[Inspection]:
    """Visits that found a violation and led to no case and no request yet."""
    rows = Inspection.objects.filter(conclusion="violation").exclude(pk__in=Case.objects.values("inspection")).exclude(pk__in=FilingRequest.objects.values("inspection"))
    return scoped(rows.select_related("facility__operator", "assignment__clue"), viewer).order_by("began_at")
