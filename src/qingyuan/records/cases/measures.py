"""Sealing, restriction and suspension of production: proposed, approved, imposed, extended, released.

Conditions are the law's (``law.measures``), told from the facts noted on the case; every step leaves its document.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.law.deadlines import Due
from qingyuan.records.docket import actions as docket
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from .measure_models import MEASURE_KINDS
from .measure_states import MEASURE
from .models import Case, Measure
from .papers import case_facts, duty_broken
from .red_flags import force_of
from .signing import opinions, said
from .steps import hold, note
from .transfer_clocks import Running, hours

BEFORE_CLOSING = ("filed", "suspended", "investigated", "reviewed", "notified", "answered", "decided", "served", "in_court", "performed")
PERIODS = {"seize": "seizure", "restrict_production": "restriction"}


RUNNING = ("unapproved", "imposed", "extended")


def facts_of(row: Measure, *, by: Officer, at: dt.datetime) -> dict[str, Any]:
    """What the guards of the table ask for."""
    on = at.date()
    law = force_of(row.case, row.kind, on)
    # the object of an extension or a release is the very thing that is sealed
    force = law.force if row.state in ("proposed", "approved") else "may"
    return {
        "on": on, "force": force, "label": row.get_kind_display(), "exceptions": "；".join(met.label for met in law.exceptions),
        "undecided": "、".join(dict.fromkeys(label for met in law.undecided for label in met.missing)), "by_is_leader": by.has_role("leader"),
        "certified_investigators": sum(officer.is_certified(on) for officer in row.case.investigators.all()), "until": row.extended_until or row.until,
        "is_restriction": row.kind != "seize", "finished_on": row.finished_on, "is_sealing": row.kind == "seize", **urgency(row, at),
    }


def urgency(row: Measure, at: dt.datetime) -> dict[str, Any]:
    """Whether the twenty-four hours for the approval of an urgent sealing are over (Compulsion Law art. 19)."""
    clock = approval_clock(row, at)
    until = f"{clock.due_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if clock and clock.due_at else ""
    return {"approval_is_late": bool(clock and clock.is_late), "approval_until": until}


def approval_clock(row: Measure, at: dt.datetime) -> Running | None:
    """The twenty-four hours after an urgent sealing; stopped by the approval or by the release (Order 29 of 2014 art. 13)."""
    if not row.is_urgent or row.imposed_at is None:
        return None
    due, until = hours("seizure_approval", row.imposed_at)
    done = None if row.state == "unapproved" else row.settled_at or row.imposed_at
    return Running(due, until, done, (done or at) > until, True)


def why_not(row: Measure, name: str, *, by: Officer, at: dt.datetime) -> list[str]:
    """Every reason why this person cannot take this step with this measure."""
    known = MEASURE.steps[name]
    reasons = list(MEASURE.why_not(row.state, name, row, facts_of(row, by=by, at=at)))
    if known.roles and not by.has_role(*known.roles):
        reasons.append(f"“{known.label}”由相应岗位人员办理，{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    return reasons


@transaction.atomic
def propose_measure(
    case: Case, *, kind: str, why: str, content: str, by: Officer, at: dt.datetime, requirements: str = "", items: Sequence[dict[str, str]] = (), place: str = "",
) -> Measure:
    """Ask for a measure; sealing names its items and where they are kept (Order 29 of 2014 arts. 10, 12)."""
    held = hold(case)
    if kind not in dict(MEASURE_KINDS) or kind == "daily_penalty":
        raise BadInput("措施须为查封、扣押，限制生产，停产整治之一；按日连续处罚另行决定", field="kind")
    law = force_of(held, kind, at.date())
    reasons = []
    if held.state not in BEFORE_CLOSING:
        reasons.append(f"案件{held.get_state_display()}，不能再实施配套措施")
    if law.force in ("none", "forbidden"):
        known = "、".join(dict.fromkeys(label for met in law.undecided for label in met.missing))
        why_law = "；".join(met.label for met in law.exceptions) or (f"还须查明：{known}" if known else "已登记的事实没有命中任何一项")
        reasons.append(f"不符合{law.label}的法定情形：{why_law}")
    if held.measures.filter(kind=kind, state__in=("proposed", "approved", *RUNNING)).exists():
        reasons.append(f"{law.label}正在办理或者实施，不得重复（行政强制法第23条）")
    if reasons:
        raise NotAllowed(reasons)
    missing = [label for label, text in (("理由", why), ("内容", content)) if not text.strip()]
    if kind == "seize" and (not items or not place.strip()):
        missing.append("物品清单和存放地")
    if missing:
        raise BadInput(f"请写明{'、'.join(missing)}（查封扣押办法第10条、限产停产办法第13条）", field="content")
    grounds = [cite.written for met in law.grounds for cite in met.citations]
    note(held, "propose_measure", by=by, at=at, why=f"{law.label}：{why}")
    return Measure.objects.create(
        case=held, on=at.date(), by=by, note=why, made_at=at, kind=kind, grounds=grounds, content=content, requirements=requirements, items=list(items), place=place,
    )


def take(row: Measure, name: str, *, by: Officer, at: dt.datetime, why: str = "", **changes: Any) -> Measure:
    """Move a measure one step inside the caller's transaction."""
    hold(row.case)
    fresh = Measure.objects.select_for_update().get(pk=row.pk)
    reasons = why_not(fresh, name, by=by, at=at)
    if reasons:
        raise NotAllowed(reasons)
    before = fresh.state
    fresh.state = MEASURE.steps[name].target
    for field, value in changes.items():
        setattr(fresh, field, value)
    fresh.save()
    told = f"{fresh.get_kind_display()}：{why}" if why else fresh.get_kind_display()
    record_event(by=by, subject=f"case:{fresh.case_id}", step=name, at=at, before={"measure": before}, after={"measure": fresh.state}, why=told)
    return fresh


@transaction.atomic
def approve_measure(row: Measure, *, by: Officer, at: dt.datetime, opinion: str = "同意。") -> Measure:
    """The leader's approval; for a sealing it is a form of its own, else the internal approval."""
    fresh = take(row, "approve_measure", by=by, at=at, why=opinion, approved_on=at.date())
    case = fresh.case
    if fresh.kind == "seize":
        issue_approval(fresh, opinion, by, at)
        return fresh
    words: dict[str, Any] = {"approval": {"matter": f"{fresh.get_kind_display()}", "reason": f"{fresh.note}{fresh.content}"}, **opinions(case, "internal_approval", text=opinion, by=by, at=at, post="leader")}
    words["opinions"].setdefault("handlers", said(fresh.note, fresh.by, fresh.on))
    docket.issue(kind="internal_approval", docket=case.docket, by=by, at=at, facts={**case_facts(case), **words})
    return fresh


def issue_approval(row: Measure, opinion: str, by: Officer, at: dt.datetime) -> None:
    """The approval form of a sealing, before it or within twenty-four hours after."""
    case = row.case
    words: dict[str, Any] = {
        "law": {"seizure": row.grounds}, "seizure": {"reason": row.note, "what": row.content, "place": row.place},
        **opinions(case, "seizure_approval", text=opinion, by=by, at=at, post="leader"),
    }  # fmt: skip
    words["opinions"].setdefault("handlers", said(row.note, row.by, row.on))
    docket.issue(kind="seizure_approval", docket=case.docket, by=by, at=at, facts={**case_facts(case), **words})


@transaction.atomic
def refuse_measure(row: Measure, *, why: str, by: Officer, at: dt.datetime) -> Measure:
    if not why.strip():
        raise BadInput("请写明不批准的理由", field="why")
    return take(row, "refuse_measure", by=by, at=at, why=why)


@transaction.atomic
def impose(
    row: Measure, *, how: str, receiver: str, process: str, heard: str, by: Officer, at: dt.datetime, began_at: dt.datetime | None = None, months: int = 3,
) -> Measure:
    """Carry it out and hand the decision over; a sealing leaves its on-site record (Compulsion Law arts. 18, 24)."""
    return put_in_force(row, "impose", how=how, receiver=receiver, process=process, heard=heard, by=by, at=at, began_at=began_at, months=months)


@transaction.atomic
def impose_urgently(
    row: Measure, *, how: str, receiver: str, process: str, heard: str, urgency: str, by: Officer, at: dt.datetime, began_at: dt.datetime | None = None,
) -> Measure:
    """Seal first because it cannot wait, and have it approved within twenty-four hours (Compulsion Law art. 19; Order 29 of 2014 art. 13)."""
    if not urgency.strip():
        raise BadInput("请写明情况紧急、来不及事先批准的理由（行政强制法第19条）", field="urgency")
    told = f"情况紧急：{urgency.rstrip('。')}。{process}"
    return put_in_force(row, "impose_urgently", how=how, receiver=receiver, process=told, heard=heard, by=by, at=at, began_at=began_at, is_urgent=True)


@transaction.atomic
def approve_afterwards(row: Measure, *, opinion: str, by: Officer, at: dt.datetime) -> Measure:
    """The leader's approval within twenty-four hours of an urgent sealing."""
    fresh = take(row, "approve_afterwards", by=by, at=at, why=opinion, approved_on=at.date(), settled_at=at)
    issue_approval(fresh, opinion, by, at)
    return fresh


@transaction.atomic
def let_fall(row: Measure, *, why: str, receiver: str = "", by: Officer, at: dt.datetime) -> Measure:
    """Not approved, or not in time: released at once (Compulsion Law art. 19)."""
    if not why.strip():
        raise BadInput("请写明未获批准或者逾期未补批的情况（行政强制法第19条）", field="why")
    fresh = take(row, "let_fall", by=by, at=at, why=why, released_on=at.date(), settled_at=at)
    issue_release(fresh, why, receiver, by, at)
    return fresh


def put_in_force(
    row: Measure, step: str, *, how: str, receiver: str, process: str, heard: str, by: Officer, at: dt.datetime, began_at: dt.datetime | None, months: int = 3, **more: Any,
) -> Measure:
    """Begin the measure, issue and serve its decision, and for a sealing its record; in the caller's transaction."""
    if row.kind == "seize" and not (process.strip() and heard.strip()):
        raise BadInput("请写明实施过程和听取当事人陈述申辩的情况（行政强制法第18条）", field="process")
    on = at.date()
    until = period(row, on, months)
    fresh = take(row, step, by=by, at=at, why=process, began=on, until=until, served_on=on, imposed_at=began_at or at, **more)
    fresh.decision = issue_decision(fresh, by, at)
    fresh.save(update_fields=["decision"])
    docket.serve(document=fresh.decision, how=how, receiver=receiver, on=on, by=by, at=at)
    if fresh.kind == "seize":
        issue_record(fresh, process, heard, began_at or at, by, at)
    return fresh


def period(row: Measure, on: dt.date, months: int) -> dt.date | None:
    """The last day: thirty days for a sealing, at most three months for a restriction, open for a suspension (until it is put right)."""
    if row.kind == "seize":
        return deadlines.due("seizure", on).due_on
    if row.kind == "restrict_production":
        last = deadlines.due("restriction", on).due_on
        if not 1 <= months <= 3:
            raise BadInput("限制生产一般不超过三个月（限产停产办法第15条）", field="months")
        return min(last, deadlines.add_months(on, months))
    return None


def issue_decision(row: Measure, by: Officer, at: dt.datetime) -> Any:
    case = row.case
    if row.kind == "seize":
        words: dict[str, Any] = {
            "law": {**case_facts(case)["law"], "seizure": row.grounds},
            "seizure": {"items": row.items, "place": row.place, "began": row.began.isoformat(), "until": row.until.isoformat()},
        }  # fmt: skip
        return docket.issue(kind="seizure_decision", docket=case.docket, by=by, at=at, facts={**case_facts(case), **words})
    span = f"期限自{row.began}起至{row.until}止。" if row.until else f"期限自{row.began}起，至整改完成并报备之日止。"
    law = case_facts(case)["law"]
    words = {
        "law": {**law, "prohibition": law["prohibition"] or duty_broken(case), "restriction": row.grounds},
        "restriction": {"content": f"{row.get_kind_display()}：{row.content.rstrip('。')}；{span}", "requirements": row.requirements or "消除违法行为，达标排放。"},
    }  # fmt: skip
    return docket.issue(kind="production_order", docket=case.docket, by=by, at=at, facts={**case_facts(case), **words})


def issue_record(row: Measure, process: str, heard: str, began_at: dt.datetime, by: Officer, at: dt.datetime) -> None:
    case = row.case
    words = {
        "began_at": began_at.isoformat(), "ended_at": at.isoformat(), "place": case.facility.address or case.facility.name, "certificates_shown": True,
        "rights_told": True, "statement": {"text": heard}, "seizure": {"process": process, "items": row.items},
    }
    docket.issue(kind="seizure_record", docket=case.docket, by=by, at=at, facts={**case_facts(case), **words})


@transaction.atomic
def extend(row: Measure, *, why: str, days: int = 30, receiver: str = "", by: Officer, at: dt.datetime) -> Measure:
    """Extend once, with a leader's approval; the party is told (Compulsion Law art. 25; Order 30 of 2014 art. 15)."""
    if not why.strip():
        raise BadInput("请写明延长的理由（行政强制法第25条）", field="why")
    if row.until is None or row.began is None:
        raise NotAllowed(f"{row.get_kind_display()}没有固定期限，不需要延长")
    clock = PERIODS[row.kind]
    due = deadlines.due(clock, row.began, extension=days if row.kind == "seize" else 3)
    fresh = take(row, "extend", by=by, at=at, why=why, extended_until=due.due_on)
    if fresh.kind == "seize":
        words = {"number": fresh.decision.number, "until": fresh.until.isoformat(), "extended_until": due.due_on.isoformat(), "reason": why}
        document = docket.issue(kind="seizure_extension", docket=fresh.case.docket, by=by, at=at, facts={**case_facts(fresh.case), "seizure": words})
        docket.serve(document=document, how="direct", receiver=receiver or fresh.case.party.legal_representative, on=at.date(), by=by, at=at)
    return fresh


@transaction.atomic
def file_rectification(row: Measure, *, is_finished: bool, text: str, monitoring: str, usage: str, on: dt.date, by: Officer, at: dt.datetime) -> Measure:
    """The party files its plan within fifteen working days, and later that it is done (Order 30 of 2014 arts. 16, 17)."""
    fresh = Measure.objects.select_for_update().get(pk=row.pk)
    if fresh.kind == "seize" or fresh.state not in ("imposed", "extended"):
        raise NotAllowed("限制生产、停产整治实施期间才登记整改方案和整改完成情况（限产停产办法第16条、第17条）")
    if not (text.strip() and monitoring.strip() and usage.strip()):
        raise BadInput("请写明方案或完成情况、监测报告、用电用水产量（限产停产办法第16条、第17条）", field="text")
    if is_finished and fresh.plan_on is None:
        raise NotAllowed("整改方案尚未备案，不能登记整改完成（限产停产办法第16条）")
    setattr(fresh, "finished_on" if is_finished else "plan_on", on)
    fresh.save()
    words = {
        "rectification": {"kind": "解除备案（整改完成）" if is_finished else "整改方案备案", "received_on": on.isoformat(), "plan": text, "monitoring": monitoring, "usage": usage},
        "restriction": {"number": fresh.decision.number}, "opinions": {"handlers": said("已收到并登记。", by, at.date())},
    }  # fmt: skip
    docket.issue(kind="rectification_register", docket=fresh.case.docket, by=by, at=at, facts={**case_facts(fresh.case), **words})
    record_event(by=by, subject=f"case:{fresh.case_id}", step="file_rectification", at=at, after={"on": on.isoformat(), "is_finished": is_finished}, why=text)
    return fresh


@transaction.atomic
def release_measure(row: Measure, *, why: str, receiver: str = "", by: Officer, at: dt.datetime) -> Measure:
    """End it; sealed things are given back against a decision (Compulsion Law art. 28)."""
    if not why.strip():
        raise BadInput("请写明解除的理由和依据（行政强制法第28条）", field="why")
    fresh = take(row, "release_measure", by=by, at=at, why=why, released_on=at.date())
    if fresh.kind == "seize":
        issue_release(fresh, why, receiver, by, at)
    return fresh


def issue_release(row: Measure, why: str, receiver: str, by: Officer, at: dt.datetime) -> None:
    """The decision by which sealed things are given back, served."""
    words = {
        "number": row.decision.number, "began": row.began.isoformat(), "released_on": at.date().isoformat(), "reason": why, "items": row.items, "place": row.place,
    }  # fmt: skip
    document = docket.issue(kind="seizure_release", docket=row.case.docket, by=by, at=at, facts={**case_facts(row.case), "seizure": words})
    docket.serve(document=document, how="direct", receiver=receiver or row.case.party.legal_representative, on=at.date(), by=by, at=at)


def clocks_of_measure(row: Measure) -> list[tuple[Due, dt.date | None]]:
    """Clocks of one measure with the day each stopped, None while it runs."""
    rows: list[tuple[Due, dt.date | None]] = []
    if row.kind == "daily_penalty":
        return [(deadlines.due("payment", row.served_on), None)] if row.served_on else []
    if row.began and row.until:
        days = 0 if row.extended_until is None else ((row.extended_until - row.until).days if row.kind == "seize" else 3)
        rows.append((deadlines.due(PERIODS[row.kind], row.began, extension=days), row.released_on))
    if row.kind != "seize" and row.served_on:
        rows.append((deadlines.due("rectification_plan", row.served_on), row.plan_on))
        if row.released_on:
            rows.append((deadlines.due("follow_up_check", row.released_on), None))
    return rows
