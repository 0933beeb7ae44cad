"""Daily penalty: order, re-inspection, order again, and the sum.  Code art. 1060; Order 28 of 2014."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import daily_penalty as law
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import Document
from qingyuan.records.registry.models import Officer

from .models import Case, Measure, Round
from .papers import case_facts
from .red_flags import force_of
from .steps import hold, note

ORDERS = ("correction_order", "second_correction_order")


def served_orders(case: Case) -> list[tuple[Document, dt.date]]:
    """Orders to correct that were served and not yet looked at again, with the day of service."""
    seen = set(case.rounds.values_list("order_id", flat=True))
    rows = case.docket.documents.filter(kind__in=ORDERS).exclude(pk__in=seen)
    return [(row, max(s.served_on for s in row.services.all())) for row in rows if row.services.exists()]


@transaction.atomic
def serve_order(case: Case, order: Document, *, how: str, receiver: str, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """Serve an order to correct: the thirty days for the re-inspection run from here (Order 28 art. 10)."""
    held = hold(case)
    if order.docket_id != held.docket_id or order.kind not in ORDERS or order.services.exists():
        raise NotAllowed("没有待送达的责令改正决定书（按日连续处罚办法第8条）")
    docket.serve(document=order, how=how, receiver=receiver, on=on, by=by, at=at)
    return note(held, "serve_order", by=by, at=at, why=f"{order.number}，{on}送达{receiver}")


@transaction.atomic
def reinspect(
    case: Case, order: Document, *, still_violating: bool, findings: str, manner: str, refusal: str = "", began_at: dt.datetime, by: Officer, at: dt.datetime,
) -> Round:
    """Look again, unannounced; refusing the look counts as not having corrected (Order 28 arts. 10, 13)."""
    held = hold(case)
    waiting = {row.pk: served for row, served in served_orders(held)}
    if order.pk not in waiting:
        raise NotAllowed("该责令改正决定尚未送达，或者已经复查过（按日连续处罚办法第10条）")
    certified = sum(officer.is_certified(at.date()) for officer in held.investigators.all())
    if certified < 2:
        raise NotAllowed(f"复查由两名以上执法人员进行，当日执法证件有效的仅{certified}人（行政处罚法第42条）")
    if not findings.strip() or not manner.strip():
        raise BadInput("请写明复查方式和复查发现（按日连续处罚办法第10条）", field="findings")
    words = {
        "began_at": began_at.isoformat(), "ended_at": at.isoformat(), "place": held.facility.address or held.facility.name, "correction": {"number": order.number},
        "reinspection": {"manner": manner, "findings": findings, "refusal": refusal or "无"},
    }  # fmt: skip
    record = docket.issue(kind="reinspection_record", docket=held.docket, by=by, at=at, facts={**case_facts(held), **words})
    note(held, "reinspect", by=by, at=at, why=f"{order.number}：{'仍在违法排放或者拒绝复查' if still_violating else '已经改正'}。{findings}")
    return Round.objects.create(
        case=held, on=at.date(), by=by, note=findings, made_at=at, order=order, ordered_on=order.issued_on, served_on=waiting[order.pk], reinspected_on=at.date(),
        still_violating=still_violating, record=record,
    )  # fmt: skip


@transaction.atomic
def order_again(case: Case, *, content: str, correct_by: dt.date, by: Officer, at: dt.datetime) -> Document:
    """Order correction once more after a re-inspection that found the violation going on (Order 28 art. 14)."""
    held = hold(case)
    last = held.rounds.last()
    if last is None or not last.still_violating or served_orders(held):
        raise NotAllowed("复查发现仍在违法排放或者拒绝复查的，才再次责令改正（按日连续处罚办法第14条）")
    if not content.strip() or correct_by < at.date():
        raise BadInput("请写明改正内容，改正期限不得早于今天", field="content")
    words = {
        "daily": {"found_on": last.reinspected_on.isoformat()},
        "correction": {"content": content, "due_on": correct_by.isoformat(), "consequence": "拒不改正的，按日连续处罚的计罚日数累计执行。"},
    }  # fmt: skip
    note(held, "order_again", by=by, at=at, why=content)
    return docket.issue(kind="second_correction_order", docket=held.docket, by=by, at=at, facts={**case_facts(held), **words})


def computed(case: Case, on: dt.date) -> law.DailyPenalty:
    """The sum as of a day, over the rounds not yet fined.  Raises NotAllowed with what the chain lacks."""
    if case.decided_on is None or case.served_on is None or case.decision_kind != "penalty" or not case.fine_fen:
        raise NotAllowed("按日连续处罚以已经送达的罚款决定为基础（按日连续处罚办法第5条）")
    fined = {pk for row in case.measures.filter(kind="daily_penalty") for pk in row.items}
    rounds = [law.Round(r.ordered_on, r.served_on, r.reinspected_on, r.still_violating) for r in case.rounds.all() if r.pk not in fined]
    original = case.original_fine_fen if case.original_fine_fen is not None and case.changed_on and case.changed_on > on else case.fine_fen
    return law.daily_penalty(original // 100, rounds, original_decided_on=case.decided_on, original_served_on=case.served_on, decided_on=on)


@transaction.atomic
def decide_daily_penalty(case: Case, *, heard: str, receiver: str, how: str = "direct", by: Officer, at: dt.datetime) -> Measure:
    """Decide, issue and serve: conditions by law, the sum by law, the party heard before (Order 28 arts. 5, 16, 17)."""
    held = hold(case)
    result = computed(held, at.date())
    force = force_of(held, "daily_penalty", at.date())
    reasons = [] if by.has_role("leader") else ["按日连续处罚决定由机关负责人作出（行政处罚法第57条）"]
    if force.force not in ("may", "must"):
        reasons.append("不符合按日连续处罚的条件：受到罚款处罚、被责令改正、拒不改正（法典第1060条）")
    if reasons:
        raise NotAllowed(reasons)
    if not heard.strip():
        raise BadInput("请写明告知和听取陈述申辩的情况（按日连续处罚办法第16条；行政处罚法第44条、第45条）", field="heard")
    fined = {pk for row in held.measures.filter(kind="daily_penalty") for pk in row.items}
    rounds = [r for r in held.rounds.all() if r.pk not in fined]
    facts = {**case_facts(held), **daily_facts(held, rounds, result, force, heard)}
    document = docket.issue(kind="daily_penalty_decision", docket=held.docket, by=by, at=at, facts=facts)
    docket.serve(document=document, how=how, receiver=receiver, on=at.date(), by=by, at=at)
    note(held, "decide_daily_penalty", by=by, at=at, why=f"{result.days}日，{result.amount_yuan}元")
    return Measure.objects.create(
        case=held, on=at.date(), by=by, note=heard, made_at=at, kind="daily_penalty", state="imposed", grounds=[c.written for c in result.citations],
        content="；".join(result.arithmetic), items=[r.pk for r in rounds], began=at.date(), served_on=at.date(), approved_on=at.date(),
        fine_fen=result.amount_yuan * 100, working=list(result.arithmetic), decision=document,
    )  # fmt: skip


def daily_facts(case: Case, rounds: list[Round], result: law.DailyPenalty, force: Any, heard: str) -> dict[str, Any]:
    first, last = rounds[0], [r for r in rounds if r.still_violating][-1]
    return {
        "law": {**case_facts(case)["law"], "daily": [cite.written for met in force.grounds for cite in met.citations]}, "statement": {"text": heard},
        "daily": {
            "original_number": case.decision.number, "original_fine_fen": result.original_yuan * 100, "order_served_on": first.served_on.isoformat(),
            "found_on": last.reinspected_on.isoformat(), "reinspection": last.note,
            "began": (max(first.ordered_on, first.served_on) + dt.timedelta(days=1)).isoformat(), "days": result.days, "total_fen": result.amount_yuan * 100,
        },
    }  # fmt: skip
