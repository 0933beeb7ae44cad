"""What the API says: plain shapes, Chinese labels beside codes, money in fen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Field, Schema

LARGEST_ID = 2**63 - 1


class Refusal(Schema):
    """Why not: every reason is a whole sentence, with its article where one applies."""

    reasons: list[str]


REFUSALS = {400: Refusal, 401: Refusal, 404: Refusal, 409: Refusal, 422: Refusal}


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

    step: str = Field(max_length=40)
    why: str = Field("", max_length=2000)
    cause: str = Field("", max_length=40)


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

    amount_fen: int = Field(ge=1, le=10**15)
    receipt: str = Field(max_length=40)
    on: dt.date


class TransferReplyIn(Schema):
    reply: str = Field(max_length=2000)
    is_taken: bool


class TransferStepIn(Schema):
    """One step of a transfer; ``moment`` when it happened, ``paper`` the other side's document, ``decided_on`` the day of their decision."""

    step: str = Field(max_length=40)
    text: str = Field(max_length=2000)
    moment: dt.datetime | None = None
    paper: str = Field("", max_length=80)
    decided_on: dt.date | None = None


class TransferClockOut(Schema):
    label: str
    due_on: dt.date
    due_at: dt.datetime | None
    done_at: dt.datetime | None
    is_late: bool
    is_ours: bool
    citation: str


class TransferTurnOut(Schema):
    step: str
    label: str
    moment: dt.datetime
    text: str
    paper: str


class TransferOut(Schema):
    id: int
    case: int
    case_number: str
    kind: str
    to: str
    state: str
    state_label: str
    on: dt.date
    replied_on: dt.date | None
    clocks: list[TransferClockOut]
    turns: list[TransferTurnOut]


class TransferPage(Schema):
    items: list[TransferOut]
    next_after: int


class UploadIn(Schema):
    """A file announced: its name, size in bytes and SHA-256."""

    name: str = Field(max_length=120)
    size: int = Field(ge=0, le=2**62)
    sha256: str = Field(max_length=64)


class UploadOut(Schema):
    """``received`` is where to go on; ``evidence`` the item it became."""

    id: int
    size: int
    received: int
    evidence: int | None


class UploadEnd(Schema):
    """What the file is evidence of."""

    kind: str = Field(max_length=20)
    source: str = Field(max_length=160)
    taken_at: dt.datetime
    proves: str = Field("", max_length=300)
    place: str = Field("", max_length=160)


class SeriesOut(Schema):
    id: int
    word: str
    year: int
    last: int


class NumberOut(Schema):
    text: str
    value: int
    state: str
    state_label: str
    document: int | None
    void_reason: str


class NumberPage(Schema):
    items: list[NumberOut]
    next_after: int


class BlockIn(Schema):
    """Numbers to be lent to a device: the kind of document, how many, until when."""

    kind: str = Field(max_length=60)
    count: int = Field(ge=-(2**31), le=2**31)
    device: str = Field(max_length=60)
    until: dt.datetime


class BlockOut(Schema):
    id: int
    numbers: list[str]
    until: dt.datetime


class PublicityPage(Schema):
    """Rows of 双公示 by field code, and the decisions that lack what the other side requires."""

    rows: list[dict[str, str]]
    refused: list[dict[str, str]]


class Done(Schema):
    state: str
