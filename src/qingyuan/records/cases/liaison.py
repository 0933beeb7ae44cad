"""What passes between the authorities about a case: the log of the liaison room, joint meetings, consultations, listed supervision.

Criminal transfer measures 2017 arts. 14, 24, 33.  The periods of a listed supervision are set by whoever lists it; no rule of it
was read, so it is kept and reminded of, and gates nothing.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.records.docket import actions as docket
from qingyuan.records.registry.models import Officer

from .measure_models import LIAISON_KINDS
from .models import Case, Liaison, Supervision, Transfer
from .papers import case_facts
from .steps import hold, note
from .transfer_models import SUPERVISORS
from .transfer_states import SUPERVISION

MEETINGS = ("meeting", "consultation")
ANSWERED_WITHIN = {"letter": "consultation_reply", "inquiry": "consultation_reply", "procuratorate": "procuratorate_transfer"}
LIVING = ("filed", "suspended", "investigated", "reviewed", "notified", "answered", "decided", "served", "in_court", "performed", "annulled")


@transaction.atomic
def record_liaison(
    case: Case, *, kind: str, body: str, text: str, on: dt.date, by: Officer, at: dt.datetime, transfer: Transfer | None = None, due_on: dt.date | None = None,
    place: str = "", attendees: str = "", result: str = "",
) -> Liaison:
    """A joint meeting, a consultation, a letter, an opinion of the procuratorate: who, when, what.

    A meeting that names who took part and what was agreed leaves its minutes in the file.  A letter has the day by which the
    law wants an answer (criminal transfer measures arts. 14, 24).
    """
    held = hold(case)
    if kind not in dict(LIAISON_KINDS) or not body.strip() or not text.strip():
        raise BadInput(f"请写明种类（{'、'.join(dict(LIAISON_KINDS).values())}）、机关和内容", field="kind")
    if on > at.date():
        raise NotAllowed("衔接记录在发生之后登记")
    if transfer is not None and transfer.case_id != held.pk:
        raise BadInput("所选的移送不属于本案", field="transfer")
    wanted = deadlines.due(ANSWERED_WITHIN[kind], on).due_on if kind in ANSWERED_WITHIN else None
    row = Liaison(
        case=held, transfer=transfer, on=on, by=by, note=text, made_at=at, kind=kind, body=body, due_on=due_on or wanted, place=place, attendees=attendees, result=result,
    )
    if kind in MEETINGS and attendees.strip() and result.strip():
        words = {"kind": row.get_kind_display(), "on": on.isoformat(), "place": place or "／", "attendees": attendees, "text": text, "result": result}
        row.minutes = docket.issue(kind="liaison_minutes", docket=held.docket, by=by, at=at, facts={**case_facts(held), "meeting": words})
        row.ended_on = None if due_on else on
    row.save()
    note(held, "record_liaison", by=by, at=at, why=f"{row.get_kind_display()}（{body}）：{text}")
    return row


@transaction.atomic
def end_liaison(row: Liaison, *, result: str, on: dt.date, by: Officer, at: dt.datetime) -> Liaison:
    """How a consultation or a request ended."""
    if row.ended_on is not None or not result.strip():
        raise NotAllowed("该事项已经办结，或者没有写明结果")
    if not row.on <= on <= at.date():
        raise BadInput(f"办结日期应在{row.on}和今天之间", field="on")
    row.ended_on, row.result = on, result
    row.save()
    note(hold(row.case), "end_liaison", by=by, at=at, why=f"{row.get_kind_display()}：{result}")
    return row


@transaction.atomic
def list_supervision(case: Case, *, level: str, body: str, number: str, due_on: dt.date, text: str, on: dt.date, by: Officer, at: dt.datetime) -> Supervision:
    """A case is put under listed supervision (挂牌督办): by whom, what is asked, until when."""
    held = hold(case)
    if level not in dict(SUPERVISORS) or not body.strip() or not text.strip():
        raise BadInput(f"请写明督办层级（{'、'.join(dict(SUPERVISORS).values())}）、机关和要求", field="level")
    if on > at.date() or due_on <= on:
        raise BadInput("挂牌日期不得晚于今天，办结期限须晚于挂牌日期", field="due_on")
    reasons = []
    if held.state not in LIVING:
        reasons.append(f"案件{held.get_state_display()}，不再挂牌督办")
    if held.supervisions.filter(level=level).exclude(state="released").exists():
        reasons.append("同一层级的督办尚未解除，不得重复挂牌")
    if reasons:
        raise NotAllowed(reasons)
    note(held, "list_supervision", by=by, at=at, why=f"{body}：{text}")
    return Supervision.objects.create(case=held, on=on, by=by, note=text, made_at=at, level=level, body=body, number=number, due_on=due_on)


def why_not_supervise(row: Supervision, name: str, *, by: Officer) -> list[str]:
    known = SUPERVISION.steps[name]
    reasons = list(SUPERVISION.why_not(row.state, name, row, {}))
    if not by.has_role(*known.roles):
        reasons.append(f"“{known.label}”由相应岗位人员办理，{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    return reasons


@transaction.atomic
def supervise(row: Supervision, name: str, *, text: str, by: Officer, at: dt.datetime, due_on: dt.date | None = None) -> Supervision:
    """Progress, a longer period, the request to be released, the release: each with its words."""
    held = hold(row.case)
    fresh = Supervision.objects.select_for_update().get(pk=row.pk)
    reasons = why_not_supervise(fresh, name, by=by)
    if reasons:
        raise NotAllowed(reasons)
    if not text.strip():
        raise BadInput("请写明进展、理由或者文号", field="text")
    if name == "extend_supervision":
        if due_on is None or due_on <= fresh.due_on:
            raise BadInput(f"延长后的期限须晚于{fresh.due_on}", field="due_on")
        fresh.due_on = due_on
    fresh.state = SUPERVISION.steps[name].target or fresh.state
    fresh.released_on = at.date() if name == "release_supervision" else fresh.released_on
    fresh.progress = [*fresh.progress, {"on": at.date().isoformat(), "by": by.name, "what": SUPERVISION.steps[name].label, "text": text}]
    fresh.save()
    note(held, name, by=by, at=at, why=text)
    return fresh
