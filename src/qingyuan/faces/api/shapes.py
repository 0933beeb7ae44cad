"""What the API says: plain shapes, Chinese labels beside codes, money in fen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Schema


class Refusal(Schema):
    """Why not: every reason is a whole sentence, with its article where one applies."""

    reasons: list[str]


class ClueOut(Schema):
    number: str
    title: str
    state: str
    state_label: str
    severity: str
    source: str
    rule: str
    violation: str
    facility: str
    facility_name: str
    outlet: str
    factor: str
    began: dt.datetime
    ended: dt.datetime
    found_at: dt.datetime
    due_on: dt.date
    evidence_needed: list[str]


class CluePage(Schema):
    items: list[ClueOut]
    next_after: str


class ClueStep(Schema):
    """One step on a clue; ``cause`` only where a false alarm is stated."""

    step: str
    why: str = ""
    cause: str = ""


class ClockOut(Schema):
    label: str
    due_on: dt.date | None
    days_left: int
    is_late: bool
    is_wait: bool
    done_on: dt.date | None
    arithmetic: list[str]
    citation: str


class DocumentOut(Schema):
    id: int
    kind: str
    title: str
    number: str
    issued_on: dt.date
    pages: int
    digest: str
    sm3: str


class EvidenceOut(Schema):
    id: int
    ordinal: int
    kind: str
    name: str
    source: str
    taken_at: dt.datetime
    size: int
    digest: str
    sm3: str


class CaseOut(Schema):
    id: int
    number: str
    name: str
    cause: str
    violation: str
    state: str
    state_label: str
    party: str
    uscc: str
    facility: str
    filed_on: dt.date
    decided_on: dt.date | None
    served_on: dt.date | None
    published_on: dt.date | None
    fine_fen: int | None


class CasePage(Schema):
    items: list[CaseOut]
    next_after: int


class CaseWhole(CaseOut):
    clocks: list[ClockOut]
    documents: list[DocumentOut]
    evidence: list[EvidenceOut]
    next_steps: list[dict[str, Any]]


class PaymentIn(Schema):
    """What the collecting bank received."""

    amount_fen: int
    receipt: str
    on: dt.date


class TransferReplyIn(Schema):
    reply: str
    is_taken: bool


class Done(Schema):
    state: str
