"""Handing a case to others: police, another agency, the damage compensation desk.

Criminal transfer measures 2017; detention transfer measures 2014; Measures 30 arts. 16, 17, 41; the clocks are in
law/book/procedure/transfer.yaml.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.docket import actions as docket
from qingyuan.records.registry.models import Officer

from .measure_models import LIAISON_KINDS
from .models import TRANSFER_KINDS, Case, Liaison, Suspension, Transfer
from .papers import case_facts
from .red_flags import force_of, red_flags_of
from .signing import opinions
from .steps import hold, note

POLICE = "police"
OPEN = ("filed", "suspended", "investigated", "reviewed", "notified", "answered", "decided", "served")
PAPERS = {"crime": "crime_transfer", "detention": "detention_transfer"}
LAW = {"crime": ["penalty_law:27", "code:1083"], "detention": ["env_law:63", "detention_transfer_measures:2"]}


@transaction.atomic
def transfer(
    case: Case, *, kind: str, to: str, papers: list[str], why: str, by: Officer, at: dt.datetime, offence: str = "", procuratorate: str = "", responsible: str = "",
) -> Transfer:
    """Hand over with the approval, the letter and its list; a crime transfer stops the decision clock until the police answer.

    ``offence`` and ``procuratorate`` for a suspected crime (copied to it within 24 hours: criminal transfer measures art. 6);
    ``responsible`` the persons answerable, for a detention.
    """
    held = hold(case)
    refuse(held, kind=kind, to=to, why=why, by=by, on=at.date())
    lacking = missing(kind, offence, procuratorate, responsible)
    if lacking:
        raise BadInput(f"请写明{'、'.join(lacking)}（行刑衔接工作办法第6条、移送拘留办法）", field="offence")
    row = Transfer.objects.create(case=held, on=at.date(), by=by, made_at=at, note=why, kind=kind, to=to, papers=papers)
    if kind == "crime" and held.decided_on is None:
        ground = rulebook.load().folder("procedure/rules")["suspensions"]["grounds"][POLICE]
        Suspension.objects.create(case=held, on=at.date(), by=by, note=why, made_at=at, ground=POLICE, citation=ground["citation"])
    if kind in PAPERS:
        write_papers(held, row, {"offence": offence, "procuratorate": procuratorate}, responsible, by, at)
    note(held, "transfer", by=by, at=at, why=f"{row.get_kind_display()}：{to}")
    return row


def refuse(case: Case, *, kind: str, to: str, why: str, by: Officer, on: dt.date) -> None:
    """Raise with every reason why the case cannot be handed over like this."""
    if kind not in dict(TRANSFER_KINDS) or not to.strip() or not why.strip():
        raise BadInput(f"请写明移送种类（{'、'.join(dict(TRANSFER_KINDS).values())}）、接收机关和理由", field="kind")
    reasons = []
    if case.state not in OPEN:
        reasons.append(f"当前状态为“{case.get_state_display()}”，不能移送")
    if kind in PAPERS and not by.has_role("leader"):
        reasons.append("移送公安机关须经机关负责人批准（行刑衔接工作办法）")
    if case.transfers.filter(kind=kind, replied_on=None).exists():
        reasons.append("同一种类的移送尚未回复，不得重复移送")
    if kind == "detention" and force_of(case, "detention", on).force == "none":
        reasons.append("已登记的事实不符合移送行政拘留的情形，请先在案件页登记逃避监管、拒不停止等事实（环境保护法第63条；法典第1108条）")
    if reasons:
        raise NotAllowed(reasons)


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


@transaction.atomic
def record_reply(row: Transfer, *, reply: str, is_taken: bool, by: Officer, at: dt.datetime) -> Transfer:
    """What the receiving body answered; when the police decline, the decision clock runs again."""
    if row.replied_on is not None:
        raise NotAllowed("该移送已登记回复")
    if not reply.strip():
        raise BadInput("请写明回复内容和文书", field="reply")
    held = hold(row.case)
    row.reply, row.is_taken, row.replied_on = reply, is_taken, at.date()
    row.save()
    if row.kind == "crime" and not is_taken:
        held.suspensions.filter(ground=POLICE, ended=None).update(ended=at.date())
    note(held, "record_reply", by=by, at=at, why=reply)
    return row


@transaction.atomic
def record_liaison(
    case: Case, *, kind: str, body: str, text: str, on: dt.date, by: Officer, at: dt.datetime, transfer: Transfer | None = None, due_on: dt.date | None = None,
) -> Liaison:
    """A joint meeting, a consultation, an opinion of the procuratorate, a listed supervision: who, when, what."""
    held = hold(case)
    if kind not in dict(LIAISON_KINDS) or not body.strip() or not text.strip():
        raise BadInput(f"请写明种类（{'、'.join(dict(LIAISON_KINDS).values())}）、机关和内容", field="kind")
    if on > at.date():
        raise NotAllowed("衔接记录在发生之后登记")
    row = Liaison.objects.create(case=held, transfer=transfer, on=on, by=by, note=text, made_at=at, kind=kind, body=body, due_on=due_on)
    note(held, "record_liaison", by=by, at=at, why=f"{row.get_kind_display()}（{body}）：{text}")
    return row


@transaction.atomic
def end_liaison(row: Liaison, *, result: str, on: dt.date, by: Officer, at: dt.datetime) -> Liaison:
    """How a consultation or a listed supervision ended."""
    if row.ended_on is not None or not result.strip():
        raise NotAllowed("该事项已经办结，或者没有写明结果")
    row.ended_on, row.result = on, result
    row.save()
    note(hold(row.case), "end_liaison", by=by, at=at, why=f"{row.get_kind_display()}：{result}")
    return row
