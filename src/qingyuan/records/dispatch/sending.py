"""Sending people through the gate: every task that is neither a clue's nor a draw's; merging visits; surprise checks.

国办发〔2024〕54号; 优化营商环境条例 art. 54; Penalty Law arts. 42, 43.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer

from . import actions, campaigns, gate, rounds
from . import items as catalogue
from .campaign_models import AssistanceRound, Campaign, Target
from .models import Assignment
from .states import BASES, CROSS, MODES
from .visit_models import OutsideVisit

PLANNERS = ("inspector", "analyst", "leader")
HERE = ("campaign", "assist", "complaint", "case", "reinspection", "response")  # a clue is sent from its own page, a draw from its desk


def why_not(
    *, facility: Facility, basis: str, reason: str, inspectors: Sequence[Officer], by: Officer, on: dt.date, items: Sequence[str] = (),
    mode: str = "ordinary", authority_letter: str = "", answer: str = "", due_on: dt.date | None = None, merge: Sequence[OutsideVisit] = (),
    campaign: Campaign | None = None, round: AssistanceRound | None = None,
) -> list[str]:
    """Every reason why this task may not be issued, those of the gate first."""
    near = [one for one in gate.near_visits(facility, on, by) if one.outside not in {row.pk for row in merge}]
    reasons = gate.stops(gate.lines(facility=facility, basis=basis, on=on, viewer=by, items=items, near=near, answer=answer))
    reasons += actions.why_not_assign(facility=facility, inspectors=inspectors, on=on, basis=basis, mode=mode)
    conditions = [
        (by.has_role(*PLANNERS), f"{by.name}没有派发任务的岗位"),
        (basis in HERE or basis not in BASES, f"依据为{BASES.get(basis, '')}的任务在线索页或抽查页派发"),
        (bool(reason.strip()), "请写明事由：为什么要去、查什么"),
        (mode not in CROSS or bool(authority_letter.strip()), f"{MODES.get(mode, '')}须写明指定管辖或授权的文号"),
        (due_on is None or due_on >= on, f"完成日期{due_on}早于派发日期{on}"),
        (all(one.merged_into_id is None and one.facility.operator_id == facility.operator_id for one in merge), "所选的部门检查已经并入其他任务，或者不是对该单位的"),
    ]
    reasons += campaigns.why_not_send(campaign, on, mode) if basis == "campaign" or campaign is not None else []
    if basis == "response" and campaign is not None and not campaigns.is_response(campaign, on):
        reasons.append(f"《{campaign.title}》不是应急类专项，依据须为专项行动，计入年度频次上限")
    reasons += rounds.why_not_send(round) if basis == "assist" else []
    return list(dict.fromkeys(reasons + [said for holds, said in conditions if not holds]))


@transaction.atomic
def send_out(
    *, facility: Facility, basis: str, reason: str, inspectors: Sequence[Officer], by: Officer, at: dt.datetime, items: Sequence[str] = (),
    mode: str = "ordinary", authority_letter: str = "", answer: str = "", due_on: dt.date | None = None, merge: Sequence[OutsideVisit] = (),
    is_surprise: bool = False, campaign: Campaign | None = None, round: AssistanceRound | None = None, **more: Any,
) -> Assignment:
    """Issue a task: the gate's findings are frozen into it, other departments' visits are merged into it."""
    if mode not in MODES:
        raise BadInput(f"组织方式须为：{'、'.join(MODES.values())}", field="mode")
    on = at.date()
    items = list(items) or (list(campaign.items) if campaign is not None else [])
    actions.hold(facility)
    if campaign is not None:
        campaign = Campaign.objects.select_for_update().get(pk=campaign.pk)  # its number is counted by one sender at a time
    held = list(OutsideVisit.objects.select_for_update().filter(pk__in=[one.pk for one in merge]))
    reasons = why_not(
        facility=facility, basis=basis, reason=reason, inspectors=inspectors, by=by, on=on, items=items, mode=mode,
        authority_letter=authority_letter, answer=answer, due_on=due_on, merge=held, campaign=campaign, round=round,
    )
    if reasons:
        raise NotAllowed(reasons)
    near = [one for one in gate.near_visits(facility, on, by) if one.outside not in {row.pk for row in held}]
    told = answer.strip() + (f"；与{'、'.join(one.department for one in held)}合并检查" if held else "")
    seen = gate.lines(facility=facility, basis=basis, on=on, viewer=by, items=items, near=near, answer=told.lstrip("；") if near else "")
    task = actions.issue(
        facility=facility, basis=basis, reason=reason.strip(), clue=None, inspectors=inspectors, by=by, at=at, due_on=due_on, items=items,
        gate=gate.frozen(seen), mode=mode, authority_letter=authority_letter.strip(), is_surprise=is_surprise, campaign=campaign, round=round, **more,
    )
    for one in held:
        merge_outside(one, into=task, by=by, at=at)
    if campaign is not None or round is not None:
        Target.objects.filter(campaign=campaign, round=round, facility=facility, assignment=None).update(assignment=task)
    return task


@transaction.atomic
def note_outside(*, facility: Facility, department: str, planned_on: dt.date, items: str, contact: str = "", by: Officer, at: dt.datetime) -> OutsideVisit:
    """Write down a visit that another department or division plans."""
    if not department.strip() or not items.strip():
        raise BadInput("请写明部门和检查事项", field="department" if not department.strip() else "items")
    if planned_on < at.date():
        raise BadInput(f"计划日期{planned_on}已过，不能再合并", field="planned_on")
    row = OutsideVisit(
        facility=facility, division=facility.division, department=department.strip(), planned_on=planned_on, items=items.strip()[:200], contact=contact,
        noted_by=by, noted_on=at.date(),
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise BadInput(f"{department.strip()}{planned_on}的检查已经登记", field="planned_on") from None
    record_event(by=by, subject=f"outside:{row.pk}", step="note_outside", at=at, after={"department": row.department, "planned_on": planned_on.isoformat()})
    return row


@transaction.atomic
def merge_outside(row: OutsideVisit, *, into: Assignment, by: Officer, at: dt.datetime) -> Assignment:
    """Go there once: the other department comes along on our task (综合查一次)."""
    fresh = OutsideVisit.objects.select_for_update().select_related("facility").get(pk=row.pk)
    task = Assignment.objects.select_for_update().select_related("facility").get(pk=into.pk)
    reasons = [f"{fresh.department}的检查已并入其他任务"] if fresh.merged_into_id else []
    reasons += [] if task.state in actions.OPEN else [f"任务{task.number}已办结，不能再合并"]
    reasons += [] if fresh.facility.operator_id == task.facility.operator_id else ["不是对同一单位的检查，不能合并"]
    if reasons:
        raise NotAllowed(reasons)
    fresh.merged_into = task
    fresh.save(update_fields=["merged_into"])
    task.departments = [*task.departments, {"department": fresh.department, "items": fresh.items, "contact": fresh.contact}]
    task.save(update_fields=["departments"])
    record_event(by=by, subject=f"assignment:{task.pk}", step="merge_outside", at=at, after={"department": fresh.department})
    into.refresh_from_db()
    return task


@transaction.atomic
def reveal(task: Assignment, *, by: Officer, at: dt.datetime) -> Assignment:
    """Tell the people sent where they go: the last moment before a surprise check begins (四不两直)."""
    fresh = Assignment.objects.select_for_update().get(pk=task.pk)
    reasons = [] if fresh.is_surprise else ["这不是四不两直检查，检查人员已经知道"]
    reasons += [] if by.pk == fresh.issued_by_id else ["由派发人揭晓"]
    reasons += [] if fresh.state == "issued" and fresh.revealed_at is None else ["已经揭晓或已办结"]
    if reasons:
        raise NotAllowed(reasons)
    fresh.revealed_at = at
    fresh.save(update_fields=["revealed_at"])
    record_event(by=by, subject=f"assignment:{fresh.pk}", step="reveal", at=at)
    task.refresh_from_db()
    return fresh


@transaction.atomic
def set_items(task: Assignment, *, items: Sequence[str], by: Officer, at: dt.datetime) -> Assignment:
    """Write down what is looked at, before anybody enters; a code already shown says something else and ends."""
    fresh = Assignment.objects.select_for_update().get(pk=task.pk)
    wrong = catalogue.unknown(items, at.date())
    if wrong or not items:
        raise BadInput(f"事项{'、'.join(wrong)}不在公布的检查事项清单内" if wrong else "请至少选择一项", field="items")
    reasons = [] if fresh.state == "issued" else ["检查已经开始或办结，不能改变事项"]
    reasons += [] if by.pk == fresh.issued_by_id or fresh.inspectors.filter(pk=by.pk).exists() else ["由派发人或者检查人员填写"]
    if reasons:
        raise NotAllowed(reasons)
    before, fresh.items = fresh.items, list(items)
    fresh.save(update_fields=["items"])
    fresh.codes.filter(withdrawn_at=None).update(withdrawn_at=at, withdrawn_why="检查事项变更，已换新码")
    record_event(by=by, subject=f"assignment:{fresh.pk}", step="set_items", at=at, before={"items": before}, after={"items": fresh.items})
    task.refresh_from_db()
    return fresh
