"""Compensation for damage to the environment: the screening sheet, the decision, the assessment, the consultation (索赔磋商).

Code arts. 1054, 1073-1074; rules of 2022 (damage_31) arts. 18, 20.  Which body claims is settled by the province; a clue that
goes elsewhere is handed over as a transfer of kind ``damage``.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.docket import actions as docket
from qingyuan.records.registry.models import Officer

from .models import Case, DamageClaim
from .papers import case_facts
from .red_flags import damage_of
from .signing import said
from .steps import hold, note
from .transfer_states import DAMAGE


@transaction.atomic
def screen_damage(case: Case, *, facts: str, extent: str, proposal: str, known_on: dt.date, by: Officer, at: dt.datetime) -> DamageClaim:
    """Fill in the screening sheet: what was hit, what follows from it, start or not and why."""
    held = hold(case)
    if not by.has_role("inspector", "leader"):
        raise NotAllowed("损害赔偿线索由执法人员筛查（生态环境损害赔偿管理规定）")
    if DamageClaim.objects.filter(case=held).exists():
        raise NotAllowed("本案已经作过损害赔偿线索筛查")
    missing = [label for label, text in (("损害事实", facts), ("受影响的要素和范围", extent), ("启动或者不启动的建议及理由", proposal)) if not text.strip()]
    if missing:
        raise BadInput(f"请写明{'、'.join(missing)}", field="facts")
    if known_on > at.date():
        raise BadInput("知道损害之日不得晚于今天", field="known_on")
    met = damage_of(held, at.date())
    words = {"grounds": "；".join(one.label for one in met) or "没有命中列举的情形，因其他情况筛查。", "facts": facts, "extent": extent, "proposal": proposal}
    papers = {**case_facts(held), "damage": words, "opinions": {"handlers": said(proposal, by, at.date())}}
    sheet = docket.issue(kind="damage_screening_sheet", docket=held.docket, by=by, at=at, facts=papers)
    note(held, "screen_damage", by=by, at=at, why=proposal)
    return DamageClaim.objects.create(case=held, on=at.date(), by=by, note=facts, made_at=at, grounds=[one.id for one in met], sheet=sheet, known_on=known_on)


def is_unscreened(case: Case, on: dt.date) -> bool:
    """Whether a screening is due: a listed situation is met and no sheet was made.  Grade U: shown, never a gate."""
    return bool(damage_of(case, on)) and not DamageClaim.objects.filter(case=case).exists()


def why_not(row: DamageClaim, name: str, *, by: Officer) -> list[str]:
    """Every reason why this person cannot take this step with the claim."""
    known = DAMAGE.steps[name]
    reasons = list(DAMAGE.why_not(row.state, name, row, {"by_is_leader": by.has_role("leader"), "amount_fen": row.amount_fen}))
    if not by.has_role(*known.roles):
        reasons.append(f"“{known.label}”由相应岗位人员办理，{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    return reasons


@transaction.atomic
def take(
    row: DamageClaim, name: str, *, text: str, by: Officer, at: dt.datetime, amount_fen: int | None = None, held_at: dt.datetime | None = None, place: str = "", receiver: str = "",
) -> DamageClaim:
    """One step of a claim: ``amount_fen`` with the assessment, ``held_at``, ``place`` and ``receiver`` with the invitation."""
    held = hold(row.case)
    fresh = DamageClaim.objects.select_for_update().get(pk=row.pk)
    reasons = why_not(fresh, name, by=by)
    if reasons:
        raise NotAllowed(reasons)
    if not text.strip():
        raise BadInput("请写明结论、理由或者要点", field="text")
    if name == "note_assessment":
        if amount_fen is None or amount_fen <= 0:
            raise BadInput("请写明鉴定评估（专家意见）确定的损害数额", field="amount_fen")
        fresh.assessment, fresh.amount_fen = text, amount_fen
    elif name == "invite_consultation":
        invite(held, fresh, text, held_at, place, receiver, by, at)
    elif name == "record_consultation":
        fresh.meetings = [*fresh.meetings, {"on": at.date().isoformat(), "by": by.name, "text": text}]
    else:
        fresh.agreement = text
    fresh.state = DAMAGE.steps[name].target or fresh.state
    fresh.ended_on = at.date() if fresh.state in DAMAGE.final else None
    fresh.save()
    note(held, name, by=by, at=at, why=text)
    return fresh


def invite(case: Case, row: DamageClaim, text: str, held_at: dt.datetime | None, place: str, receiver: str, by: Officer, at: dt.datetime) -> None:
    """The notice that invites the party to the table, served on it."""
    if held_at is None or held_at <= at or not place.strip() or not receiver.strip():
        raise BadInput("请写明晚于现在的磋商时间、地点和签收人", field="held_at")
    words = {"facts": row.note, "assessment": f"{row.assessment.rstrip('。')}。{text}", "amount_fen": row.amount_fen, "held_at": held_at.isoformat(), "place": place}
    row.notice = docket.issue(kind="consultation_notice", docket=case.docket, by=by, at=at, facts={**case_facts(case), "damage": words})
    docket.serve(document=row.notice, how="direct", receiver=receiver, on=at.date(), by=by, at=at)
