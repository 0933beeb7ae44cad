"""Handing a case to others: police, another agency, the damage compensation desk.

Criminal transfer measures 2017; detention transfer measures 2014; Measures 30 arts. 16, 17, 41.  What may follow what stands in
``transfer_states``, the clocks in law/book/procedure/transfer.yaml.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import Document
from qingyuan.records.registry.models import Officer

from .models import TRANSFER_KINDS, Case, Suspension, Transfer, TransferTurn
from .papers import case_facts
from .red_flags import force_of, red_flags_of
from .signing import opinions
from .steps import hold, note
from .transfer_clocks import clocks_of_transfer
from .transfer_states import TABLES

POLICE = "police"
OPEN = ("filed", "suspended", "investigated", "reviewed", "notified", "answered", "decided", "served")
PAPERS = {"crime": "crime_transfer", "detention": "detention_transfer"}
LAW = {"crime": ["penalty_law:27", "code:1083"], "detention": ["env_law:63", "detention_transfer_measures:2"]}
LETTERS = {"urge_reply": "transfer_urging", "ask_reconsideration": "reconsideration_request", "suggest_supervision": "supervision_suggestion"}
ENDS_THE_WAIT = ("note_declined", "note_return", "drop_transfer", "note_outcome", "accept_refusal")


@transaction.atomic
def report_transfer(
    case: Case, *, kind: str, to: str, papers: list[str], why: str, by: Officer, at: dt.datetime, offence: str = "", procuratorate: str = "", responsible: str = "",
) -> Transfer:
    """The officers' written report that a case should go to the police: the leader has three days (criminal transfer measures art. 5)."""
    held = hold(case)
    if kind not in PAPERS:
        raise BadInput("移送书面报告用于移送公安机关；移送其他机关的直接办理移送", field="kind")
    refuse(held, kind=kind, to=to, why=why, on=at.date(), more=(offence, procuratorate, responsible))
    row = make(held, kind, to, papers, why, by, at, offence=offence, procuratorate=procuratorate, responsible=responsible)
    write_turn(row, "report_transfer", "提出移送书面报告", by=by, at=at, text=why)
    note(held, "report_transfer", by=by, at=at, why=f"{row.get_kind_display()}：{to}")
    return row


@transaction.atomic
def transfer(
    case: Case, *, kind: str, to: str, papers: list[str], why: str, by: Officer, at: dt.datetime, offence: str = "", procuratorate: str = "", responsible: str = "",
) -> Transfer:
    """Decide to hand over, in one go where no report came before; a crime transfer stops the decision clock until the police answer.

    ``offence`` and ``procuratorate`` for a suspected crime (copied to it within 24 hours: criminal transfer measures art. 6);
    ``responsible`` the persons answerable, for a detention.  Another agency receives the case with this act.
    """
    held = hold(case)
    if kind in PAPERS and not by.has_role("leader"):
        raise NotAllowed("移送公安机关须经机关负责人批准（行刑衔接工作办法第5条）")
    refuse(held, kind=kind, to=to, why=why, on=at.date(), more=(offence, procuratorate, responsible))
    row = make(held, kind, to, papers, why, by, at, offence=offence, procuratorate=procuratorate, responsible=responsible)
    if kind in PAPERS:
        return decide(row, by=by, at=at)
    row.state = TABLES[kind].initial
    row.save(update_fields=["state"])
    write_turn(row, "hand_over", "移送", by=by, at=at, text=why)
    note(held, "transfer", by=by, at=at, why=f"{row.get_kind_display()}：{to}")
    return row


def make(case: Case, kind: str, to: str, papers: list[str], why: str, by: Officer, at: dt.datetime, **more: str) -> Transfer:
    return Transfer.objects.create(case=case, on=at.date(), by=by, made_at=at, note=why, kind=kind, to=to, papers=papers, **more)


@transaction.atomic
def decide(row: Transfer, *, by: Officer, at: dt.datetime, text: str = "") -> Transfer:
    """The leader's decision to transfer: approval, letter and list are issued, 24 hours run (criminal transfer measures arts. 5, 6)."""
    fresh = take(row, "decide_transfer", text=text or row.note, by=by, at=at)
    held = fresh.case
    if fresh.kind == "crime" and held.decided_on is None:
        ground = rulebook.load().folder("procedure/rules")["suspensions"]["grounds"][POLICE]
        Suspension.objects.create(case=held, on=at.date(), by=by, note=fresh.note, made_at=at, ground=POLICE, citation=ground["citation"])
    more = {"offence": fresh.offence, "procuratorate": fresh.procuratorate}
    write_papers(held, fresh, more, fresh.responsible, by, at)
    return fresh


def refuse(case: Case, *, kind: str, to: str, why: str, on: dt.date, more: tuple[str, str, str] = ("", "", "")) -> None:
    """Raise with every reason why the case cannot be handed over like this."""
    if kind not in dict(TRANSFER_KINDS) or not to.strip() or not why.strip():
        raise BadInput(f"请写明移送种类（{'、'.join(dict(TRANSFER_KINDS).values())}）、接收机关和理由", field="kind")
    reasons = []
    if case.state not in OPEN:
        reasons.append(f"当前状态为“{case.get_state_display()}”，不能移送")
    if case.transfers.filter(kind=kind, replied_on=None).exclude(state__in=("ended", "dropped")).exists():
        reasons.append("同一种类的移送尚未回复，不得重复移送")
    if kind == "detention" and force_of(case, "detention", on).force == "none":
        reasons.append("已登记的事实不符合移送行政拘留的情形，请先在案件页登记逃避监管、拒不停止等事实（环境保护法第63条；法典第1108条）")
    if reasons:
        raise NotAllowed(reasons)
    lacking = missing(kind, *more)
    if lacking:
        raise BadInput(f"请写明{'、'.join(lacking)}（行刑衔接工作办法第6条、移送拘留办法）", field="offence")


def missing(kind: str, offence: str, procuratorate: str, responsible: str) -> list[str]:
    asked = {"crime": {"涉嫌罪名": offence, "抄送的人民检察院": procuratorate}, "detention": {"直接负责的主管人员和其他直接责任人员": responsible}}
    return [label for label, text in asked.get(kind, {}).items() if not text.strip()]


def write_papers(case: Case, row: Transfer, more: dict[str, str], responsible: str, by: Officer, at: dt.datetime) -> None:
    """Approval, letter, list of material: the set of W52 and W53."""
    letter = PAPERS[row.kind]
    flags = "；".join(f"{flag.id} {flag.label}" for flag in red_flags_of(case, at.date())) if row.kind == "crime" else ""
    base = case_facts(case)
    listed = [{"title": name, "count": "1"} for name in row.papers] or [{"title": line["title"], "count": "1"} for line in base["evidence"]]
    words: dict[str, Any] = {
        "transfer": {
            "to": row.to, "facts": f"{row.note.rstrip('。')}。{flags}", "evidence": "；".join(line["title"] for line in base["evidence"]) or "见卷内材料", "items": listed,
            **{key: text for key, text in more.items() if text},
        },
        "law": {**base["law"], "transfer": law_of(case, row, at.date())}, **({"responsible": {"name": responsible}} if responsible else {}),
    }  # fmt: skip
    approval = {**base, **words, **opinions(case, f"{letter}_approval", text="同意移送。", by=by, at=at, post="leader")}
    docket.issue(kind=f"{letter}_approval", docket=case.docket, by=by, at=at, facts=approval)
    docket.issue(kind=letter, docket=case.docket, by=by, at=at, facts={**base, **words})
    docket.issue(kind=f"{letter}_list", docket=case.docket, by=by, at=at, facts={**base, **words})


def law_of(case: Case, row: Transfer, on: dt.date) -> list[str]:
    """The articles of the grounds that are met; the general ones where the facts alone do not tell."""
    if row.kind == "detention":
        return [cite.written for met in force_of(case, "detention", on).grounds for cite in met.citations] or LAW["detention"]
    return LAW["crime"] + [cite.written for flag in red_flags_of(case, on) for cite in flag.citations]


def facts_of(row: Transfer, *, by: Officer, at: dt.datetime) -> dict[str, Any]:
    """What the guards of the tables ask for."""
    theirs = [run for run in clocks_of_transfer(row, at) if not run.is_ours and run.done_at is None]
    return {
        "by_is_leader": by.has_role("leader"), "their_clock_is_late": any(run.is_late for run in theirs),
        "their_due": f"（{min(run.due.due_on for run in theirs)}）" if theirs else "", "papers_missing": papers_missing(row),
    }


def papers_missing(row: Transfer) -> list[str]:
    """What the file or the list must hold before it goes out."""
    if row.kind not in PAPERS:
        return []
    held = set(row.case.docket.documents.values_list("kind", flat=True))
    needed = {PAPERS[row.kind]: "移送书", f"{PAPERS[row.kind]}_list": "材料清单", "on_site_record": "现场检查（勘察）笔录", "investigation_report": "案件调查报告"}
    return [name for kind, name in needed.items() if kind not in held and not any(name in title for title in row.papers)]


def why_not(row: Transfer, name: str, *, by: Officer, at: dt.datetime) -> list[str]:
    """Every reason why this person cannot take this step with this transfer."""
    known = TABLES[row.kind].steps.get(name)
    reasons = list(TABLES[row.kind].why_not(row.state, name, row, facts_of(row, by=by, at=at)))
    if known is not None and known.roles and not by.has_role(*known.roles):
        reasons.append(f"“{known.label}”由相应岗位人员办理，{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    return reasons


@transaction.atomic
def take(
    row: Transfer, name: str, *, text: str, by: Officer, at: dt.datetime, moment: dt.datetime | None = None, paper: str = "", decided_on: dt.date | None = None,
) -> Transfer:
    """One step of a transfer: ``moment`` when it happened, ``paper`` the other side's document, ``decided_on`` the day of their decision.

    The letters of our own (urging, reconsideration, supervision) are issued with the step.  NotAllowed with every reason,
    BadInput for a moment that lies in the future or before the last turn.
    """
    hold(row.case)
    fresh = Transfer.objects.select_for_update().select_related("case").get(pk=row.pk)
    when = moment or at
    reasons = why_not(fresh, name, by=by, at=when)
    if reasons:
        raise NotAllowed(reasons)
    check_moment(fresh, when, at, decided_on)
    if not text.strip():
        raise BadInput("请写明情况和依据的文书", field="text")
    step = TABLES[fresh.kind].steps[name]
    fresh.state = step.target or fresh.state
    if name in ("note_taken", "note_declined"):
        fresh.reply, fresh.is_taken, fresh.replied_on = text, name == "note_taken", when.astimezone(CHINA).date()
    fresh.save()
    document = letter(fresh, name, text, by, at) if name in LETTERS and fresh.kind in PAPERS else None
    write_turn(fresh, name, step.label, by=by, at=at, text=text, moment=when, paper=paper, decided_on=decided_on, document=document)
    if fresh.kind == "crime" and name in ENDS_THE_WAIT:
        fresh.case.suspensions.filter(ground=POLICE, ended=None).update(ended=at.date())
    note(fresh.case, "decide_transfer" if name == "decide_transfer" else name, by=by, at=at, why=f"{fresh.get_kind_display()}：{text}")
    return fresh


def check_moment(row: Transfer, when: dt.datetime, at: dt.datetime, decided_on: dt.date | None) -> None:
    last = row.turns.last()
    if when > at:
        raise BadInput(f"发生时间{when.astimezone(CHINA):%Y-%m-%d %H:%M}晚于现在，在发生之后登记", field="moment")
    if last is not None and when < last.moment:
        raise BadInput(f"发生时间早于上一事项“{last.label}”（{last.moment.astimezone(CHINA):%Y-%m-%d %H:%M}），请核对", field="moment")
    if decided_on is not None and decided_on > when.astimezone(CHINA).date():
        raise BadInput("对方决定日期不能晚于我方收到之日", field="decided_on")


def write_turn(
    row: Transfer, name: str, label: str, *, by: Officer, at: dt.datetime, text: str, moment: dt.datetime | None = None, paper: str = "",
    decided_on: dt.date | None = None, document: Document | None = None,
) -> TransferTurn:  # fmt: skip
    when = moment or at
    return TransferTurn.objects.create(
        transfer=row, name=name, label=label, on=when.astimezone(CHINA).date(), by=by, note=text, made_at=at, moment=when, paper=paper, decided_on=decided_on, document=document,
    )


def letter(row: Transfer, name: str, text: str, by: Officer, at: dt.datetime) -> Document:
    """Our own letter of this step, into the file of the case."""
    base = case_facts(row.case)
    number = row.case.docket.documents.filter(kind=PAPERS[row.kind]).values_list("number", flat=True).last() or ""
    due = [run.due.due_on for run in clocks_of_transfer(row, at) if not run.is_ours and run.done_at is None]
    to = row.procuratorate if name == "suggest_supervision" and row.procuratorate else row.to
    words = {"to": to, "number": number, "request": text, "due_on": (min(due) if due else at.date()).isoformat()}
    return docket.issue(kind=LETTERS[name], docket=row.case.docket, by=by, at=at, facts={**base, "letter": words})


@transaction.atomic
def record_reply(row: Transfer, *, reply: str, is_taken: bool, by: Officer, at: dt.datetime) -> Transfer:
    """What the receiving body answered; when the police decline, the decision clock runs again."""
    fresh = Transfer.objects.get(pk=row.pk)
    if fresh.replied_on is not None:
        raise NotAllowed("该移送已登记回复")
    if not reply.strip():
        raise BadInput("请写明回复内容和文书", field="reply")
    return take(fresh, "note_taken" if is_taken else "note_declined", text=reply, by=by, at=at)
