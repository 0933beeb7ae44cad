"""The hearing: notice at least seven days before, record, report.  Penalty Law arts. 63-65; Measures 30 arts. 46-48."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.records.docket import actions as docket
from qingyuan.records.registry.models import Officer

from .models import Case, Hearing
from .papers import case_facts
from .signing import names, signed
from .steps import hold, note


@dataclass(frozen=True)
class Minutes:
    """What was said at a hearing, part by part as its record has them; all Chinese sentences."""

    party_present: str
    investigators_said: str
    party_said: str
    examination: str
    last_words: str
    witnesses: str = ""

    def gaps(self) -> list[str]:
        parts = {
            "当事人及代理人": self.party_present, "调查人员陈述": self.investigators_said, "当事人陈述申辩": self.party_said, "质证情况": self.examination,
            "最后陈述": self.last_words,
        }  # fmt: skip
        return [label for label, text in parts.items() if not text.strip()]


def earliest(served_on: dt.date) -> dt.date:
    """The first day on which a hearing may be held when its notice is served on ``served_on``."""
    day = served_on + dt.timedelta(days=1)
    while deadlines.due("hearing_notice", day).due_on < served_on:
        day += dt.timedelta(days=1)
    return day


@transaction.atomic
def schedule_hearing(
    case: Case, *, held_at: dt.datetime, place: str, presiding_officer: Officer, recorder: Officer, is_public: bool = True, by: Officer, at: dt.datetime,
) -> Hearing:
    """Set the day and tell the party by notice; who presides did not investigate (Penalty Law art. 64)."""
    held = hold(case)
    reasons = why_not_schedule(held, held_at, presiding_officer, recorder, at)
    if reasons:
        raise NotAllowed(reasons)
    if not place.strip():
        raise BadInput("请写明听证地点（行政处罚法第64条）", field="place")
    words = {
        "at": held_at.isoformat(), "place": place, "manner": "公开举行" if is_public else "不公开举行（涉及国家秘密、商业秘密或者个人隐私）",
        "presiding_officer": presiding_officer.name, "recorder": recorder.name,
    }
    document = docket.issue(kind="hearing_notice", docket=held.docket, by=by, at=at, facts={**case_facts(held), "hearing": words})
    note(held, "schedule_hearing", by=by, at=at, why=f"{held_at.astimezone(CHINA):%Y-%m-%d %H:%M}，{place}，主持人{presiding_officer.name}")
    return Hearing.objects.create(
        case=held, on=at.date(), by=by, made_at=at, held_at=held_at, place=place, is_public=is_public, presiding_officer=presiding_officer, recorder=recorder,
        notice=document,
    )


def why_not_schedule(case: Case, held_at: dt.datetime, presiding_officer: Officer, recorder: Officer, at: dt.datetime) -> list[str]:
    """Every reason why the hearing cannot be set like this."""
    reasons = []
    day = held_at.astimezone(CHINA).date()
    if case.hearing_requested_on is None or case.state != "notified":
        reasons.append("当事人没有要求听证，或者案件不在告知环节（行政处罚法第63条）")
    if case.hearings.filter(closed_on=None, cancelled_on=None).exists():
        reasons.append("已经发出听证通知，变更时间的先取消原通知（行政处罚法第64条）")
    if not presiding_officer.has_role("presiding_officer"):
        reasons.append(f"{presiding_officer.name}不是听证主持人（行政处罚法第64条）")
    out = set(case.investigators.values_list("pk", flat=True)) & {presiding_officer.pk, recorder.pk}
    if out:
        reasons.append("听证由非本案调查人员主持和记录（行政处罚法第64条）")
    if presiding_officer.pk == recorder.pk:
        reasons.append("主持人和记录员不得为同一人")
    if day < earliest(at.astimezone(CHINA).date()):
        reasons.append(f"应当在举行听证的七日前通知当事人：今天通知，最早可在{earliest(at.astimezone(CHINA).date())}举行（行政处罚法第64条）")
    return reasons


@transaction.atomic
def serve_hearing_notice(row: Hearing, *, how: str, receiver: str, on: dt.date, by: Officer, at: dt.datetime) -> Hearing:
    """Serve the notice; too late for the day it names, and the hearing has to be set anew."""
    held = hold(row.case)
    if row.notice_served_on is not None or row.cancelled_on is not None:
        raise NotAllowed("该听证通知已经送达或者取消")
    day = row.held_at.astimezone(CHINA).date()
    if day < earliest(on):
        raise NotAllowed(f"{on}送达不足七日，听证日{day}须改期，最早为{earliest(on)}（行政处罚法第64条）")
    docket.serve(document=row.notice, how=how, receiver=receiver, on=on, by=by, at=at)
    row.notice_served_on = on
    row.save(update_fields=["notice_served_on"])
    note(held, "serve_hearing_notice", by=by, at=at, why=f"{on}送达{receiver}")
    return row


@transaction.atomic
def cancel_hearing(row: Hearing, *, why: str, by: Officer, at: dt.datetime) -> Hearing:
    """Take a hearing off the list: a new day, or the party gave it up."""
    if row.closed_on is not None or row.cancelled_on is not None:
        raise NotAllowed("该听证已经举行或者取消")
    if not why.strip():
        raise BadInput("请写明取消、改期的理由（行政处罚法第64条）", field="why")
    row.cancelled_on, row.note = at.date(), why
    row.save(update_fields=["cancelled_on", "note"])
    note(hold(row.case), "cancel_hearing", by=by, at=at, why=why)
    return row


@transaction.atomic
def give_up_hearing(case: Case, *, why: str, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """The party withdraws its request, stays away without reason, or walks out (Penalty Law art. 64 item 6)."""
    held = hold(case)
    if held.hearing_requested_on is None or held.hearing_closed_on is not None:
        raise NotAllowed("没有待举行的听证（行政处罚法第63条）")
    if not why.strip():
        raise BadInput("请写明撤回听证、无正当理由不出席或者中途退出的情况（行政处罚法第64条）", field="why")
    held.hearings.filter(closed_on=None, cancelled_on=None).update(cancelled_on=on, note=why)
    return note(held, "give_up_hearing", by=by, at=at, why=why, changes={"hearing_requested_on": None})


@transaction.atomic
def close_hearing(row: Hearing, *, minutes: Minutes, ended_at: dt.datetime, by: Officer, at: dt.datetime, presiding_officer: Officer | None = None) -> Hearing:
    """The hearing was held; its record is made (Penalty Law arts. 64, 65)."""
    held = hold(row.case)
    reasons = why_not_close(row, presiding_officer, ended_at, at)
    if reasons:
        raise NotAllowed(reasons)
    gaps = minutes.gaps()
    if gaps:
        raise BadInput(f"听证应当制作笔录，还缺：{'、'.join(gaps)}（行政处罚法第64条）", field="minutes")
    people = held.investigators.all()
    words: dict[str, Any] = {
        **vars(minutes), "began_at": row.held_at.isoformat(), "ended_at": ended_at.isoformat(), "place": row.place, "recorder": row.recorder.name,
        "presiding_officer": row.presiding_officer.name, "investigators": names(people),
    }
    sign = signed(调查人员=people.first(), 主持人=row.presiding_officer, 记录员=row.recorder)
    row.record = docket.issue(kind="hearing_record", docket=held.docket, by=by, at=at, facts={**case_facts(held), **sign, "hearing": words})
    row.closed_on = ended_at.astimezone(CHINA).date()
    row.save(update_fields=["record", "closed_on"])
    note(held, "close_hearing", by=by, at=at, why=minutes.party_said, changes={"hearing_closed_on": row.closed_on})
    return row


def why_not_close(row: Hearing, presiding_officer: Officer | None, ended_at: dt.datetime, at: dt.datetime) -> list[str]:
    reasons = []
    if row.closed_on is not None or row.cancelled_on is not None:
        reasons.append("该听证已经结束或者取消")
    if row.notice_served_on is None:
        reasons.append("听证通知书尚未送达当事人（行政处罚法第64条）")
    if presiding_officer is not None and presiding_officer.pk != row.presiding_officer_id:
        reasons.append(f"通知的主持人是{row.presiding_officer.name}，更换主持人须另行通知（行政处罚法第64条）")
    if not row.held_at <= ended_at <= at:
        reasons.append("结束时间应当在听证开始之后、登记之前")
    return reasons


@transaction.atomic
def report_hearing(row: Hearing, *, issues: str, findings: str, advice: str, by: Officer, at: dt.datetime) -> Hearing:
    """The presiding officer reports; the decision is made on the record (Penalty Law art. 65)."""
    if row.closed_on is None or row.report_id is not None:
        raise NotAllowed("听证结束后、由主持人提出一份听证报告（行政处罚法第65条）")
    if by.pk != row.presiding_officer_id:
        raise NotAllowed(f"听证报告由主持人{row.presiding_officer.name}提出（行政处罚法第65条）")
    if not (issues.strip() and findings.strip() and advice.strip()):
        raise BadInput("听证报告须写明争议焦点、查明情况和处理建议", field="issues")
    held = hold(row.case)
    words = {"held_on": row.closed_on.isoformat(), "presiding_officer": row.presiding_officer.name, "issues": issues, "findings": findings, "advice": advice}
    facts = {**case_facts(held), "hearing": words, **signed(听证主持人=by)}
    row.report = docket.issue(kind="hearing_report", docket=held.docket, by=by, at=at, facts=facts)
    row.save(update_fields=["report"])
    note(held, "report_hearing", by=by, at=at, why=advice)
    return row
