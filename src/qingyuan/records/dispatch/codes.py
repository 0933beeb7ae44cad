"""The task code at the gate: shown by inspectors, scanned by the enterprise, withdrawn when the task is called off.

国办发〔2024〕54号 (scan to enter, rate afterwards); Penalty Law arts. 42, 43, 55 (show the certificate, tell of recusal).
"""

from __future__ import annotations

import datetime as dt
import secrets
from base64 import b32encode
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from . import door, gate, pool
from . import items as catalogue
from .models import Assignment
from .visit_models import RatingTally, VisitCode

LENGTH, DRAWN = 26, 16  # letters of a code, random bytes behind them
QUESTIONS = {
    "conduct": "检查人员文明规范", "procedure": "出示证件、告知权利、按码上事项检查", "necessity": "这次检查有必要", "burden": "没有不当影响生产经营",
    "guidance": "说清了问题和改法",
}  # fmt: skip
MARKS = {1: "很不满意", 2: "不满意", 3: "一般", 4: "满意", 5: "很满意"}
STANDINGS = {
    "good": "有效", "early": "尚未到有效期", "expired": "已过期", "withdrawn": "已作废", "ended": "检查已完成", "forged": "签名不符",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How a code stands at a moment: ``state`` of STANDINGS and the sentence for whoever scanned it."""

    state: str
    said: str

    @property
    def may_enter(self) -> bool:
        return self.state == "good"


def why_no_code(task: Assignment, by: Officer) -> list[str]:
    """Every reason why this person cannot show a code for the task now."""
    conditions = [
        (task.inspectors.filter(pk=by.pk).exists(), f"任务码由本次检查的检查人员出示；{by.name}不在其中（行政处罚法第42条）"),
        (task.state in ("issued", "started"), f"任务{task.get_state_display()}，不再出示任务码"),
        (not task.is_surprise or task.revealed_at is not None, "四不两直检查揭晓之后才有任务码"),
    ]
    return [said for holds, said in conditions if not holds]


@transaction.atomic
def show_code(task: Assignment, *, by: Officer, at: dt.datetime) -> VisitCode:
    """The task's valid code; a new one when there is none.  The earlier one ends when what it says no longer holds."""
    fresh = Assignment.objects.select_for_update().select_related("facility__operator").get(pk=task.pk)
    reasons = why_no_code(fresh, by)
    people = list(fresh.inspectors.select_related("agency__parent").order_by("certificate_number"))
    reasons += [f"{one.name}的执法证件在{at.date()}无效，不能出示任务码（行政处罚法第42条）" for one in people if not one.is_certified(at.date())]
    if reasons:
        raise NotAllowed(reasons)
    live = fresh.codes.filter(withdrawn_at=None, valid_to__gt=at).order_by("-pk").first()
    if live is not None and live.told["officers"] == officers_told(people):
        return live
    fresh.codes.filter(withdrawn_at=None).update(withdrawn_at=at, withdrawn_why="检查人员或有效期变更，已换新码")
    code = b32encode(secrets.token_bytes(DRAWN)).decode().rstrip("=").lower()
    told = statement(fresh, people, code=code, by=by, at=at)
    digest, signature = door.sign_visit(told)
    row = VisitCode.objects.create(
        assignment=fresh, code=code, told=told, digest=digest, signature=signature, valid_from=at, valid_to=dt.datetime.fromisoformat(told["valid_to"]), issued_by=by,
    )
    record_event(by=by, subject=f"assignment:{fresh.pk}", step="show_code", at=at, after={"digest": digest})
    return row


def officers_told(people: list[Officer]) -> list[dict[str, str]]:
    return [{"name": one.name, "certificate": one.certificate_number, "agency": one.agency.name} for one in people]


def statement(task: Assignment, people: list[Officer], *, code: str, by: Officer, at: dt.datetime) -> dict[str, Any]:
    """What a code says: never the reason's words, which may name who complained."""
    ends = min([*(one.certificate_to for one in people if one.certificate_to), max(task.due_on, at.date())])
    valid_to = dt.datetime.combine(ends, dt.time(23, 59, 59), CHINA)
    plan = pool.cap_of(task.facility, pool.plans_of(at.year))
    seen = pool.planned_visits([task.facility], at.year).get(task.facility_id, 0)
    return {
        "kind": "qingyuan-visit-1", "code": code, "task": task.number, "body": by.agency.authority.name, "party": task.facility.operator.name,
        "uscc": task.facility.operator.uscc, "place": task.facility.name, "officers": officers_told(people), "basis": task.get_basis_display(),
        "mode": task.get_mode_display(), "departments": [one["department"] for one in task.departments],
        "items": [{"code": one.code, "name": one.name, "basis": list(one.basis)} for one in catalogue.named(task.items, at.date())],
        "cap": {"counts": task.basis in pool.PLANNED, "seen": seen, "most": plan.frequency_cap if plan else None},
        "valid_from": at.isoformat(timespec="seconds"), "valid_to": valid_to.isoformat(timespec="seconds"),
    }  # fmt: skip


@transaction.atomic
def withdraw_code(row: VisitCode, *, why: str, by: Officer, at: dt.datetime) -> VisitCode:
    """Make a code void: a lost phone, a wrong screen."""
    if not why.strip():
        raise BadInput("请写明作废理由", field="why")
    fresh = VisitCode.objects.select_for_update(of=("self",)).select_related("assignment").get(pk=row.pk)
    if fresh.withdrawn_at is not None:
        raise NotAllowed("任务码已经作废")
    fresh.withdrawn_at, fresh.withdrawn_why = at, why.strip()[:200]
    fresh.save(update_fields=["withdrawn_at", "withdrawn_why"])
    record_event(by=by, subject=f"assignment:{fresh.assignment_id}", step="withdraw_code", at=at, why=why)
    return fresh


def find(code: str) -> VisitCode | None:
    """The code somebody scanned or typed; None when we issued no such code."""
    typed = code.strip().lower().replace("-", "").replace(" ", "")
    return VisitCode.objects.select_related("assignment__facility__operator").filter(code=typed).first() if len(typed) == LENGTH else None


def standing(row: VisitCode, at: dt.datetime) -> Standing:
    """Whether the enterprise should let these people in now, and what to do when not."""
    task, until = row.assignment, f"{row.valid_to.astimezone(CHINA):%Y-%m-%d %H:%M}"
    ask = "请检查人员重新出示任务码；不能出示的，可以拒绝入企，并向发码机关核实"
    if not door.is_signed_visit(row.told, row.signature):
        return Standing("forged", f"码中内容与签名不符，可能被改动过。{ask}")
    if task.state == "finished":
        return Standing("ended", f"检查任务{task.number}已完成，此码不能再用于入企")
    if row.withdrawn_at is not None:
        return Standing("withdrawn", f"此码已于{row.withdrawn_at.astimezone(CHINA):%Y-%m-%d %H:%M}作废（{row.withdrawn_why}）。{ask}")
    if at < row.valid_from:
        return Standing("early", f"此码自{row.valid_from.astimezone(CHINA):%Y-%m-%d %H:%M}起有效。{ask}")
    if at > row.valid_to:
        return Standing("expired", f"此码有效期至{until}，已过期。{ask}")
    return Standing("good", f"此码有效至{until}")


@transaction.atomic
def confirm_entry(row: VisitCode, *, receiver: str, is_as_told: bool, remark: str = "", at: dt.datetime) -> VisitCode:
    """The enterprise confirms who came.  People other than those in the code: it says so, and the planner reads it."""
    fresh = VisitCode.objects.select_for_update(of=("self",)).select_related("assignment").get(pk=row.pk)
    now = standing(fresh, at)
    if not now.may_enter:
        raise NotAllowed(now.said)
    if fresh.entered_at is not None:
        raise NotAllowed(f"已于{fresh.entered_at.astimezone(CHINA):%Y-%m-%d %H:%M}确认入企，不必再次确认")
    if not receiver.strip():
        raise BadInput("请填写接待人姓名", field="receiver")
    if not is_as_told and not remark.strip():
        raise BadInput("到场人员与码中不一致的，请写明哪里不一致", field="remark")
    fresh.entered_at, fresh.receiver, fresh.is_as_told, fresh.remark = at, receiver.strip()[:40], is_as_told, remark.strip()[:200]
    fresh.save(update_fields=["entered_at", "receiver", "is_as_told", "remark"])
    record_event(by=None, subject=f"assignment:{fresh.assignment_id}", step="confirm_entry", at=at, after={"as_told": is_as_told}, why=fresh.remark)
    return fresh


def why_no_rating(row: VisitCode, on: dt.date) -> str:
    """Why this visit cannot be rated now; "" when it can."""
    days = gate.window("rating", on)["days"]
    last = row.valid_to.astimezone(CHINA).date() + dt.timedelta(days=days)
    if row.assignment.state != "finished":
        return "检查完成之后可以评价"
    if row.is_rated:
        return "这次检查已经评价过，每次检查评价一次"
    return "" if on <= last else f"评价期已于{last}结束"


@transaction.atomic
def rate(row: VisitCode, *, marks: dict[str, int], on: dt.date) -> None:
    """Add one to the counts of an agency's quarter.

    Nothing is written that belongs to this visit but that it was rated: no time, no text, no row of its own, no event.  All counts
    of a quarter are made at once, so that not even the order of rows tells which mark came first.
    """
    fresh = VisitCode.objects.select_for_update(of=("self",)).select_related("assignment__issued_by__agency__parent").get(pk=row.pk)
    reason = why_no_rating(fresh, on)
    if reason:
        raise NotAllowed(reason)
    if set(marks) != set(QUESTIONS) or not all(isinstance(mark, int) and mark in MARKS for mark in marks.values()):
        raise BadInput(f"每一项都请选择：{'、'.join(MARKS.values())}")
    agency, quarter = fresh.assignment.issued_by.agency.authority, f"{on.year}Q{(on.month + 2) // 3}"
    if not RatingTally.objects.filter(agency=agency, quarter=quarter).exists():
        RatingTally.objects.bulk_create(
            [RatingTally(agency=agency, quarter=quarter, question=question, mark=mark) for question in QUESTIONS for mark in MARKS], ignore_conflicts=True
        )
    for question, mark in marks.items():
        RatingTally.objects.filter(agency=agency, quarter=quarter, question=question, mark=mark).update(count=F("count") + 1)
    VisitCode.objects.filter(pk=fresh.pk).update(is_rated=True)
