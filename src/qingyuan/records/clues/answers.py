"""The firm's own word, asked for and timed: questions, papers wanted, a due clock, a signed link, an answer, and what was made of it."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import transaction

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from . import actions, reporting, schemes, timing
from .models import Clue
from .stage_models import AnswerFile, AnswerRequest, ClueClock
from .states import REQUEST

SALT = "qingyuan.clues.answer"
GRACE = dt.timedelta(days=7)  # a late answer is still taken, and shown as late
MOST_FILES, MOST_QUESTIONS, LONGEST = 10, 12, 4000
Named = tuple[str, bytes]


@transaction.atomic
def ask_firm(clue: Clue, *, questions: Sequence[str], wanted: Sequence[str], by: Officer, at: dt.datetime, due_at: dt.datetime | None = None) -> AnswerRequest:
    """Ask the firm to explain, until the clock of the scheme runs out (or a moment of ours that is not earlier than an hour from now)."""
    asked = [text.strip() for text in questions if text.strip()]
    if not asked or len(asked) > MOST_QUESTIONS:
        raise BadInput(f"请写明要企业说明的问题，一次不超过 {MOST_QUESTIONS} 个，每行一个", field="questions")
    if clue.facility is None:
        raise NotAllowed("还没有认定是哪一家污染源，没有可以询问的企业；请先“认定污染源”")
    if clue.requests.filter(state="asked").exists():
        raise NotAllowed("上一次要求说明还没有答复；请等答复、到期，或者先撤回")
    if due_at is not None and due_at < at + dt.timedelta(hours=1):
        raise BadInput("答复期限至少留一小时", field="due_at")
    clue = actions.take(clue, "ask_firm", by=by, at=at, after={"questions": asked, "wanted": list(wanted)})
    due = due_at or due_of(clue, at)
    request = AnswerRequest.objects.create(
        clue=clue, ordinal=clue.requests.count() + 1, questions=asked, wanted=[text.strip() for text in wanted if text.strip()], nonce=secrets.token_hex(16),
        asked_by=by, asked_at=at, due_at=due,
    )
    run_clock(request, due_at, at)
    return request


def due_of(clue: Clue, at: dt.datetime) -> dt.datetime:
    """When the scheme wants the answer; a scheme without that clock leaves two days."""
    told = schemes.clock(clue.scheme, "answer", clue.severity, at, facility=clue.facility)
    return told.due_at if told is not None else at + dt.timedelta(days=2)


def run_clock(request: AnswerRequest, given: dt.datetime | None, at: dt.datetime) -> None:
    """Start the answer's clock; a due moment an officer set is said to be that."""
    timing.start(request.clue, "asked", at)
    if given is not None:
        lines = [f"{at.astimezone(CHINA):%Y-%m-%d %H:%M} 发出", f"发出人指定 {given.astimezone(CHINA):%Y-%m-%d %H:%M} 前答复"]
        ClueClock.objects.filter(clue=request.clue, kind="answer", started_at=at).update(due_at=given, lines=lines)


# -- the link ---------------------------------------------------------------------------------------------------------------


def link_of(request: AnswerRequest) -> str:
    """The public address of a request: signed, so that it cannot be guessed or altered; withdrawing the request ends it."""
    token = signing.Signer(salt=SALT).sign(f"{request.pk}.{request.nonce}")
    return f"{settings.QINGYUAN_PUBLIC_URL}/answer/{token}/"


def request_by(token: str, at: dt.datetime) -> AnswerRequest:
    """The request a link leads to; NotYours for a link that is forged, withdrawn or too old (the three look the same)."""
    try:
        key, _, nonce = signing.Signer(salt=SALT).unsign(token).partition(".")
    except signing.BadSignature:
        raise NotYours("链接无效或者已经失效，请向发出要求的执法机关核实") from None
    rows = AnswerRequest.objects.select_related("clue__facility__operator", "clue__agency", "asked_by__agency")
    row = rows.filter(pk=int(key), nonce=nonce).first()
    if row is None or row.state == "withdrawn" or at > row.due_at + GRACE:
        raise NotYours("链接无效或者已经失效，请向发出要求的执法机关核实")
    return row


# -- the answer -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(
    request: AnswerRequest, *, by_firm: str, phone: str, answers: Sequence[str], files: Sequence[Named] = (), at: dt.datetime, by: Officer | None = None
) -> AnswerRequest:
    """Record what the firm said, through its link or (``by``) written down by an officer; late answers are taken and shown as late.

    Raises BadInput for an answer that lacks a question's reply or a name; then nothing was written and no file kept.
    """
    held = AnswerRequest.objects.select_for_update(of=("self",)).select_related("clue").get(pk=request.pk)
    if held.clue.ended_at is not None:
        raise NotAllowed("这件事已经办结，不再接收说明")
    said = [text.strip()[:LONGEST] for text in answers]
    lacking = [str(place) for place, _ in enumerate(held.questions, 1) if place > len(said) or not said[place - 1]]
    if not by_firm.strip() or not phone.strip():
        raise BadInput("请写明答复人和联系电话，便于核实", field="by_firm" if not by_firm.strip() else "phone")
    if lacking:
        raise BadInput(f"第 {'、'.join(lacking)} 个问题没有答复；确实不清楚的，写明“不清楚”和原因", field="answers")
    if len(files) > MOST_FILES:
        raise BadInput(f"一次最多 {MOST_FILES} 个文件，请合并后再传", field="files")
    before = held.state
    held.state = REQUEST.take(before, "answer")
    held.answered_at, held.answered_by, held.phone = at, by_firm.strip()[:40], phone.strip()[:30]
    held.answers = [*held.answers, {"at": at.isoformat(), "by": held.answered_by, "said": said}]
    held.save()
    source = f"{held.clue.facility.operator.name}（企业说明，{held.answered_by}提交）"
    for name, content in files:
        item = reporting.add_paper(held.clue, name=name, content=content, source=source, by=by or held.asked_by, at=at, proves=f"企业说明第{held.ordinal}次")
        AnswerFile.objects.create(request=held, item=item)
    timing.stop(held.clue, at, "answer")
    after = {"by_firm": held.answered_by, "files": len(files), "is_late": at > held.due_at}
    record_event(by=by, subject=f"clue:{held.clue_id}", step="answer", at=at, before={"state": before}, after=after, why=f"企业答复（{held.answered_by}）")
    to = held.clue.handler or held.asked_by
    timing.post(held.clue, f"answer:{held.pk}:{len(held.answers)}", [to], f"{held.clue.number} {held.clue.title}：企业已说明，请审核", "承办人", at)
    return held


@transaction.atomic
def assess(request: AnswerRequest, *, is_accepted: bool, why: str, by: Officer, at: dt.datetime) -> AnswerRequest:
    """Say whether the explanation holds.  One that does not hold is a ground for going there; the firm may add to it until the clue ends."""
    if not why.strip():
        raise BadInput("请写明说明为什么成立或者不成立、看了哪些材料", field="why")
    name = "accept_answer" if is_accepted else "refuse_answer"
    held = AnswerRequest.objects.select_for_update(of=("self",)).select_related("clue").get(pk=request.pk)
    return step(held, name, why, by, at, {"assessed_by": by, "assessed_at": at, "assessment": why.strip()})


@transaction.atomic
def withdraw_request(request: AnswerRequest, *, why: str, by: Officer, at: dt.datetime) -> AnswerRequest:
    """Take a question back; its link ends."""
    if not why.strip():
        raise BadInput("请写明撤回的理由", field="why")
    held = AnswerRequest.objects.select_for_update(of=("self",)).select_related("clue").get(pk=request.pk)
    row = step(held, "withdraw_request", why, by, at, {"nonce": secrets.token_hex(16)})
    timing.stop(row.clue, at, "answer")
    return row


def step(row: AnswerRequest, name: str, why: str, by: Officer, at: dt.datetime, changes: Mapping[str, Any]) -> AnswerRequest:
    wanted = REQUEST.steps[name]
    if not by.has_role(*wanted.roles):
        raise NotAllowed(f"“{wanted.label}”由研判、执法人员办理；{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    before = row.state
    row.state = REQUEST.take(before, name)
    for field, value in changes.items():
        setattr(row, field, value)
    row.save()
    record_event(by=by, subject=f"clue:{row.clue_id}", step=name, at=at, before={"request": before}, after={"request": row.state}, why=why)
    return row
