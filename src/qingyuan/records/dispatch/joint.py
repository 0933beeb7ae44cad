"""Joint enforcement across cities, provinces and departments: agreements, clues shared under them, evidence recognised, checks made together."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.clues import actions as clue_actions
from qingyuan.records.clues.models import Clue
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.scope import one, scoped
from qingyuan.records.registry.serials import next_serial

from .campaigns import PLANNERS, reasons_of
from .joint_models import Agreement, Recognition, SharedClue
from .joint_states import AGREEMENT_KINDS, DIRECTIONS, SHARED
from .models import Assignment

DIGEST = re.compile(r"[0-9a-f]{64}")


def agreements(viewer: Officer) -> QuerySet[Agreement]:
    return scoped(Agreement.objects.select_related("agency", "recorded_by"), viewer).order_by("valid_to", "pk")


def agreement(viewer: Officer, number: str) -> Agreement:
    return one(Agreement.objects.select_related("agency", "recorded_by"), viewer, number=number)


def joint_tasks(viewer: Officer, row: Agreement, year: int) -> list[Assignment]:
    """The year's visits made together with a party: counted against what was agreed."""
    tasks = scoped(Assignment.objects.filter(issued_on__year=year, state__in=["started", "finished"]).select_related("facility"), viewer).order_by("-issued_on")
    return [task for task in tasks.exclude(departments=[]) if {told["department"] for told in task.departments} & set(row.parties)]


@transaction.atomic
def register(
    *, kind: str, title: str, parties: str, shares: str, signed_on: dt.date, by: Officer, at: dt.datetime, valid_to: dt.date | None = None, contacts: str = "", checks_per_year: int = 0,
) -> Agreement:
    """Write an agreement down; the parties one a line."""
    named = [line.strip() for line in parties.splitlines() if line.strip()]
    if kind not in AGREEMENT_KINDS or not title.strip() or not named or not shares.strip():
        raise BadInput("请写明种类、名称、对方机关（每行一个）和协作内容", field="parties" if not named else "title")
    if valid_to is not None and valid_to < signed_on:
        raise BadInput(f"有效期止{valid_to}早于签订日期{signed_on}", field="valid_to")
    if not by.has_role(*PLANNERS):
        raise NotAllowed(f"{by.name}没有登记协议的岗位")
    row = Agreement(
        number=next_serial(Agreement, "XY", at, digits=3), kind=kind, title=title.strip(), agency=by.agency.authority, division=by.agency.division, parties=named, contacts=contacts.strip(),
        shares=shares.strip(), checks_per_year=checks_per_year, signed_on=signed_on, valid_to=valid_to, recorded_by=by,
    )
    row.save()
    record_event(by=by, subject=f"agreement:{row.pk}", step="register_agreement", at=at, after={"kind": kind, "parties": named})
    return row


def why_not_use(row: Agreement, party: str, on: dt.date) -> list[str]:
    """Why nothing may be shared under the agreement with that party now."""
    conditions = [
        (row.valid_to is None or on <= row.valid_to, f"协议已于{row.valid_to}到期，请续签"), (row.signed_on <= on, f"协议自{row.signed_on}起有效"),
        (party in row.parties, f"{party or '对方'}不是协议的一方；对方为：{'、'.join(row.parties)}"),
    ]  # fmt: skip
    return [said for holds, said in conditions if not holds]


@transaction.atomic
def share_clue(
    row: Agreement, *, direction: str, party: str, content: str, by: Officer, at: dt.datetime, clue: Clue | None = None, facility: Facility | None = None,
) -> SharedClue:
    """Give a clue to a party, or take one in.  What comes in about a facility of ours becomes a clue at once."""
    if direction not in DIRECTIONS or not content.strip():
        raise BadInput("请写明方向和内容", field="content")
    reasons = why_not_use(row, party, at.date())
    if reasons:
        raise NotAllowed(reasons)
    if direction == "in" and facility is not None:
        clue = clue_actions.open_clue(facility=facility, source="referral", title=f"{party}移来：{content.strip()[:60]}", severity="yellow", began=at, ended=at, at=at, by=by)
    shared = SharedClue.objects.create(agreement=row, direction=direction, party=party, clue=clue, content=content.strip(), shared_on=at.date(), shared_by=by)
    record_event(by=by, subject=f"agreement:{row.pk}", step="share_clue", at=at, after={"direction": direction, "party": party, "clue": clue.number if clue else ""})
    return shared


@transaction.atomic
def move_shared(shared: SharedClue, name: str, *, text: str, by: Officer, at: dt.datetime) -> SharedClue:
    """Receipt, then answer."""
    fresh = SharedClue.objects.select_for_update().get(pk=shared.pk)
    if name not in SHARED.steps or not text.strip():
        raise BadInput("请写明签收人或者反馈内容", field="text")
    reasons = reasons_of(SHARED, fresh.state, name, by, fresh, {})
    if reasons:
        raise NotAllowed(reasons)
    fresh.state = SHARED.steps[name].target
    if name == "receive":
        fresh.receipt = text.strip()[:120]
    else:
        fresh.answer, fresh.answered_on = text.strip(), at.date()
    fresh.save()
    record_event(by=by, subject=f"agreement:{fresh.agreement_id}", step=f"{name}_shared", at=at, why=text)
    shared.refresh_from_db()
    return fresh


@transaction.atomic
def recognise(
    row: Agreement, *, direction: str, party: str, name: str, digest: str, was_lawful: bool, is_original: bool, is_accepted: bool, why: str, by: Officer, at: dt.datetime,
) -> Recognition:
    """Write down that evidence of one side is used by the other, or why not (Penalty Law art. 46: unlawfully obtained evidence is not used).

    Our own item is found by its digest, so that what was recognised is exactly what was taken.
    """
    told = digest.strip().lower()
    if not DIGEST.fullmatch(told) or not name.strip() or not why.strip() or direction not in DIRECTIONS:
        raise BadInput("请写明证据名称、64 位 SHA-256 摘要和审查意见", field="digest" if not DIGEST.fullmatch(told) else "why")
    reasons = why_not_use(row, party, at.date())
    if is_accepted and not (was_lawful and is_original):
        reasons.append("取得程序不合法或者与原件不一致的证据不得采用（行政处罚法第46条）")
    evidence = scoped(EvidenceItem.objects.filter(digest=told), by, through="docket").first()
    reasons += ["我方发出的证据须在案卷中：没有摘要相符的证据，或不在您的辖区"] if direction == "out" and evidence is None else []
    if reasons:
        raise NotAllowed(reasons)
    made = Recognition.objects.create(
        agreement=row, party=party, direction=direction, evidence=evidence, name=name.strip()[:200], digest=told, was_lawful=was_lawful, is_original=is_original,
        is_accepted=is_accepted, why=why.strip(), recognised_on=at.date(), recognised_by=by,
    )
    record_event(by=by, subject=f"agreement:{row.pk}", step="recognise", at=at, after={"digest": told, "accepted": is_accepted})
    return made


def shared_of(viewer: Officer, row: Agreement) -> QuerySet[Any]:
    return scoped(SharedClue.objects.filter(agreement=row).select_related("clue", "shared_by"), viewer, through="agreement").order_by("state", "-shared_on", "-pk")


def recognitions_of(viewer: Officer, row: Agreement) -> QuerySet[Any]:
    return scoped(Recognition.objects.filter(agreement=row).select_related("evidence", "recognised_by"), viewer, through="agreement").order_by("-recognised_on", "-pk")
