"""Deciding and serving.  Penalty Law arts. 57, 59-61."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law.penalty import adjusting, shelf
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import Document
from qingyuan.records.registry.models import Officer

from .models import Case
from .papers import case_facts
from .steps import hold, note, take


@transaction.atomic
def decide(case: Case, *, by: Officer, at: dt.datetime, version: int | None = None) -> Document:
    """Make the decision; the document is written, numbered and digested in the same transaction."""
    held = hold(case, version=version)
    take(held, "decide", by=by, on=at.date(), at=at, changes={"decided_on": at.date(), "decision_kind": "penalty"})
    document = docket.issue(kind="penalty_decision", docket=held.docket, by=by, at=at, facts=case_facts(held))
    held.decision = document
    held.save(update_fields=["decision"])
    return document


@transaction.atomic
def exempt(case: Case, *, education: str, by: Officer, at: dt.datetime) -> Document:
    """Decide not to punish, and educate the party (Penalty Law arts. 33, 57)."""
    if not education.strip():
        raise BadInput("不予处罚的，应当对当事人进行教育：请写明教育情况（行政处罚法第33条）", field="education")
    held = hold(case)
    spared = ((held.proposal or {}).get("low_yuan") or 0) * 100
    changes = {"decided_on": at.date(), "decision_kind": "no_penalty", "exempted_fen": spared, "fine_fen": 0}
    take(held, "exempt", by=by, on=at.date(), at=at, why=education, changes=changes)
    document = docket.issue(kind="no_penalty_decision", docket=held.docket, by=by, at=at, facts=exemption_facts(held, education))
    held.decision = document
    held.save(update_fields=["decision"])
    return document


@transaction.atomic
def give_exemption_notice(case: Case, *, by: Officer, at: dt.datetime) -> Document:
    """Tell the party beforehand that it is not to be punished, and why; it may still answer (Penalty Law arts. 44, 45)."""
    held = hold(case)
    reasons = []
    if held.state not in ("reviewed", "answered"):
        reasons.append(f"当前状态为“{held.get_state_display()}”，审查通过后、决定前才告知（行政处罚法第44条）")
    if not (held.proposal or {}).get("exempt"):
        reasons.append("裁量计算没有得出不予处罚的结论（行政处罚法第33条）")
    if not by.has_role("inspector"):
        reasons.append("事先告知由执法人员办理（行政处罚法第44条）")
    if reasons:
        raise NotAllowed(reasons)
    note(held, "give_exemption_notice", by=by, at=at, why="拟不予行政处罚")
    return docket.issue(kind="no_penalty_notice", docket=held.docket, by=by, at=at, facts=exemption_facts(held, "—"))


def exemption_facts(case: Case, education: str) -> dict[str, Any]:
    """The ground and its article come from the calculation, the correction from the re-inspection."""
    book = shelf.load()
    given = [book.circumstance(ground.partition(":")[0]) for ground in (case.proposal or {}).get("circumstances", [])]
    grounds = [ground for ground in given if ground.effect in adjusting.EXEMPT]
    corrected = [order.reinspection_note for order in case.inspection.correction_orders.exclude(corrected_on=None)]
    return {
        **case_facts(case),
        "exemption": {
            "reason": "；".join(ground.name for ground in grounds) + "。",
            "citation": [cite for ground in grounds for cite in ground.cited(case.act_ended or case.act_began)],
        },
        "correction": {"result": "；".join(corrected) or "违法行为已经改正。"}, "education": {"content": education},
    }


@transaction.atomic
def serve_decision(case: Case, *, how: str, receiver: str, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """Serve the decision within seven days (Penalty Law art. 61)."""
    held = hold(case)
    take(held, "serve_decision", by=by, on=at.date(), at=at, changes={"served_on": on})
    docket.serve(document=held.decision, how=how, receiver=receiver, on=on, by=by, at=at)
    return held
