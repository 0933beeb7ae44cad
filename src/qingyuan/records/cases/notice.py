"""Prior notice, and what the party answers.  Penalty Law arts. 44, 45, 62-65; Measures 30 arts. 44-46."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import Document
from qingyuan.records.registry.models import Officer

from .models import Case, Statement
from .papers import case_facts
from .signing import signed
from .steps import hold, note, take


@transaction.atomic
def give_notice(case: Case, *, by: Officer, at: dt.datetime) -> Document:
    """Tell the party what is intended, on what facts and law, and what they may answer (Penalty Law art. 44)."""
    held = hold(case)
    name = "notify_again" if held.state == "answered" else "give_notice"
    cleared = {"notified_fen": held.fine_fen, "notice_served_on": None, "waived_on": None}
    take(held, name, by=by, on=at.date(), at=at, changes=cleared)
    return docket.issue(kind="prior_notice", docket=held.docket, by=by, at=at, facts=case_facts(held))


@transaction.atomic
def serve_notice(case: Case, document: Document, *, how: str, receiver: str, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """Serve the notice; both periods run from the day after (Penalty Law arts. 61, 64)."""
    held = hold(case)
    if held.state != "notified" or document.docket_id != held.docket_id or document.kind != "prior_notice":
        raise NotAllowed("没有待送达的事先告知书（行政处罚法第44条）")
    docket.serve(document=document, how=how, receiver=receiver, on=on, by=by, at=at)
    return note(held, "serve_notice", by=by, at=at, changes={"notice_served_on": on})


@transaction.atomic
def record_waiver(case: Case, *, why: str, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """The party says in writing that it will neither answer nor be heard."""
    held = hold(case)
    if held.state != "notified" or held.notice_served_on is None or on < held.notice_served_on:
        raise NotAllowed("告知书送达以后，当事人才能放弃陈述申辩和听证的权利（行政处罚法第44条、第45条）")
    if not why.strip():
        raise BadInput("请写明当事人放弃权利的书面材料（行政处罚法第45条）", field="why")
    note(held, "record_waiver", by=by, at=at, why=why, changes={"waived_on": on})
    number = held.docket.documents.filter(kind="prior_notice").last().number
    what = "陈述、申辩和要求听证的权利" if (held.proposal or {}).get("hearing_required") else "陈述、申辩的权利"
    facts = {**case_facts(held), "notice": {"number": number}, "waiver": {"what": what, "on": on.isoformat()}}
    docket.issue(kind="waiver", docket=held.docket, by=by, at=at, facts=facts)
    return held


@transaction.atomic
def record_statement(case: Case, *, text: str, on: dt.date, by: Officer, at: dt.datetime) -> Statement:
    """Write down what the party says for itself."""
    held = hold(case)
    if held.state not in ("notified", "answered"):
        raise NotAllowed(f"当前状态为“{held.get_state_display()}”，不能登记陈述申辩（行政处罚法第45条）")
    if not text.strip():
        raise BadInput("陈述申辩内容不能为空", field="text")
    note(held, "record_statement", by=by, at=at, why=text)
    return Statement.objects.create(case=held, on=on, by=by, made_at=at, text=text)


@transaction.atomic
def answer_statement(statement: Statement, *, answer: str, is_accepted: bool, by: Officer, at: dt.datetime) -> Statement:
    """Check what was said; accept it, or say why not. It may never make the penalty heavier (Penalty Law art. 45)."""
    if statement.answered_on is not None:
        raise NotAllowed("该陈述申辩意见已经复核")
    if not answer.strip():
        raise BadInput("请写明复核情况和是否采纳的理由（行政处罚法第45条）", field="answer")
    statement.answer, statement.is_accepted, statement.answered_on = answer, is_accepted, at.date()
    statement.save()
    held = note(hold(statement.case), "answer_statement", by=by, at=at, why=answer)
    words = {"on": statement.on.isoformat(), "text": statement.text, "verdict": "予以采纳" if is_accepted else "不予采纳", "reason": answer}
    facts = {**case_facts(held), "statement": words, **signed(复核人=by)}
    docket.issue(kind="statement_review", docket=held.docket, by=by, at=at, facts=facts)
    return statement


@transaction.atomic
def request_hearing(case: Case, *, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """The party asks to be heard, within the period of art. 64 (Penalty Law arts. 63, 64)."""
    held = hold(case)
    if held.state != "notified" or held.notice_served_on is None:
        raise NotAllowed("告知书送达以后，当事人才能要求听证（行政处罚法第64条）")
    last = deadlines.due("hearing_request", held.notice_served_on).due_on
    if on < held.notice_served_on or on > last:
        raise NotAllowed(f"要求听证的期限自{held.notice_served_on}送达之次日起至{last}止，{on}不在期限内（行政处罚法第64条）")
    return note(held, "request_hearing", by=by, at=at, changes={"hearing_requested_on": on})


@transaction.atomic
def settle_notice(case: Case, *, by: Officer, at: dt.datetime) -> Case:
    """Both periods are over or waived, and whatever was said is answered."""
    return take(hold(case), "settle_notice", by=by, on=at.date(), at=at)
