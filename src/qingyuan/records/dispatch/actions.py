"""Sending people: two officers, certificates that hold that day, nobody who must stand back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.records.clues import actions as clue_actions
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.serials import next_serial

from . import gate, people, pool, positive
from .models import Assignment
from .secrecy import is_secret
from .states import ASSIGNMENT, BASES

OPEN = [state for state in ASSIGNMENT.states if state not in ASSIGNMENT.final]


def why_not_assign(
    *, facility: Facility, inspectors: Sequence[Officer], on: dt.date, basis: str = "clue", clue: Clue | None = None, mode: str = "ordinary"
) -> list[str]:
    """Every reason why these people may not be sent there on that day; empty means they may.

    Penalty Law art. 42 (two officers, certified), art. 43 (recusal); nobody at home in cross-jurisdiction work; the positive list;
    the yearly cap of planned visits.
    """
    reasons = people.reasons(facility=facility, inspectors=inspectors, on=on, mode=mode)
    open_task = Assignment.objects.filter(facility=facility, state__in=OPEN).first()
    if open_task is not None:
        which = "" if is_secret(open_task) else open_task.number
        reasons.append(f"该单位已有未完成的检查任务{which}，请合并检查，避免重复入企（综合查一次）")
    exempt = positive.exempt_reason(facility=facility, basis=basis, clue=clue, on=on)
    capped = pool.cap_reason(facility, on) if basis in pool.PLANNED else ""
    return reasons + [reason for reason in (exempt, capped) if reason]


def hold(facility: Facility) -> None:
    """Let one sender at a time look at a facility's open tasks and cap; call it inside the transaction that issues."""
    Facility.objects.select_for_update().get(pk=facility.pk)


@transaction.atomic
def assign(*, clue: Clue, inspectors: Sequence[Officer], by: Officer, at: dt.datetime, due_on: dt.date | None = None) -> Assignment:
    """Send two or more officers to check an accepted clue."""
    if not by.has_role("inspector", "analyst", "leader"):
        raise NotAllowed(f"{by.name}没有派发任务的岗位")
    if clue.facility is None:
        raise NotAllowed("还没有认定是哪一家污染源，不能派人入企；请先“认定污染源”")
    hold(clue.facility)
    reasons = why_not_assign(facility=clue.facility, inspectors=inspectors, on=at.date(), clue=clue)
    if due_on is not None and due_on < at.date():
        reasons.append(f"完成日期{due_on}早于派发日期{at.date()}")
    if reasons:
        raise NotAllowed(reasons)
    lead = next((officer for officer in inspectors if officer.pk == by.pk), inspectors[0])
    near = gate.near_visits(clue.facility, at.date(), by)
    seen = gate.lines(facility=clue.facility, basis="clue", on=at.date(), viewer=by, clue=clue, near=near)
    clue_actions.verify(clue, by=lead, at=at)
    return issue(
        facility=clue.facility, basis="clue", reason=clue.title, clue=clue, inspectors=inspectors, by=by, at=at, due_on=due_on or clue.due_on,
        gate=gate.frozen(seen),
    )


@transaction.atomic
def issue(
    *, facility: Facility, basis: str, reason: str, clue: Clue | None, inspectors: Sequence[Officer],
    by: Officer, at: dt.datetime, due_on: dt.date | None = None, **more: Any,
) -> Assignment:
    """Write the assignment down; the caller has checked that it may be issued.  ``more``: further columns (items, gate, mode …).

    Whatever way leads here, nobody without a certificate that holds that day gets the task.
    """
    if basis not in BASES:
        raise BadInput(f"检查依据须为：{'、'.join(BASES.values())}", field="basis")
    barred = [said for officer in inspectors if (said := people.not_certified(officer, at.date()))]
    if barred:
        raise NotAllowed(barred)
    task = Assignment(
        number=next_serial(Assignment, "RW", at, digits=4), basis=basis, reason=reason[:200], clue=clue, facility=facility,
        division=facility.division, issued_on=at.date(), issued_by=by, due_on=due_on or deadlines.due("filing", at.date()).due_on, **more,
    )
    task.save()
    task.inspectors.set(inspectors)
    after = {"inspectors": [officer.name for officer in inspectors], "basis": basis}
    record_event(by=by, subject=f"assignment:{task.pk}", step="assign", at=at, after=after)
    return task


@transaction.atomic
def take(task: Assignment, name: str, *, by: Officer, at: dt.datetime, why: str = "") -> Assignment:
    """Take one step of the table; only those sent may start or finish."""
    fresh = Assignment.objects.select_for_update().get(pk=task.pk)
    if name in ("start", "finish") and not fresh.inspectors.filter(pk=by.pk).exists():
        raise NotAllowed(f"{by.name}不是任务{fresh.number}的检查人员")
    if name == "start" and fresh.is_surprise and fresh.revealed_at is None:
        raise NotAllowed("四不两直检查须由派发人揭晓后才能开始")
    before = fresh.state
    fresh.state = ASSIGNMENT.take(before, name)
    fresh.save(update_fields=["state"])
    if fresh.state == "cancelled":
        fresh.codes.filter(withdrawn_at=None).update(withdrawn_at=at, withdrawn_why=f"任务已撤销：{why}"[:200])
    record_event(by=by, subject=f"assignment:{fresh.pk}", step=name, at=at, before={"state": before}, after={"state": fresh.state}, why=why)
    task.refresh_from_db()
    return task


def cancel(task: Assignment, *, why: str, by: Officer, at: dt.datetime) -> Assignment:
    """Call the task off before anyone has entered."""
    if not why.strip():
        raise BadInput("请写明撤销理由", field="why")
    return take(task, "cancel", by=by, at=at, why=why)
