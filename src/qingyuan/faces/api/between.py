"""Transfers, the province's numbers and 双公示 for other systems."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Path, Query, Router

from qingyuan import clock
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.cases import publicity, queries, transfer
from qingyuan.records.cases.models import Case, Transfer
from qingyuan.records.cases.transfer_clocks import clocks_of_transfer
from qingyuan.records.cases.transfer_states import TABLES
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket import exchange
from qingyuan.records.docket import queries as dockets
from qingyuan.records.docket.models import NumberSeries
from qingyuan.records.registry.scope import one

from .doors import once
from .files import aware, bytes_of
from .shapes import (
    LARGEST_ID,
    REFUSALS,
    BlockIn,
    BlockOut,
    Done,
    NumberPage,
    PublicityPage,
    SeriesOut,
    TransferOut,
    TransferPage,
    TransferReplyIn,
    TransferStepIn,
)

router = Router()
PAGE = 50
Key = Annotated[int, Path(ge=0, le=LARGEST_ID)]
After = Annotated[int, Query(ge=0, le=LARGEST_ID)]
Year = Annotated[int, Path(ge=2000, le=2999)]


@router.get("/transfers", response={200: TransferPage, **REFUSALS}, operation_id="list_transfers")
def list_transfers(request: HttpRequest, after: After = 0) -> Any:
    """Transfers in scope by id, fifty at a time, each with its clocks and turns."""
    page = list(queries.transfers(request.auth.officer).order_by("id").filter(id__gt=after)[: PAGE + 1])
    at = clock.now()
    return {"items": [transfer_out(row, at) for row in page[:PAGE]], "next_after": page[PAGE - 1].pk if len(page) > PAGE else 0}


@router.get("/transfers/{pk}", response={200: TransferOut, **REFUSALS}, operation_id="read_transfer")
def read_transfer(request: HttpRequest, pk: Key) -> Any:
    return transfer_out(transfer_for(request, pk), clock.now())


@router.post("/transfers/{pk}/steps", response={200: Done, **REFUSALS}, operation_id="step_transfer")
def step_transfer(request: HttpRequest, pk: Key, body: TransferStepIn) -> Any:
    """One step of the table: receipt, supplement, filing, refusal, goods, platform entry; the same guards as on the desk."""
    by, at = request.auth.officer, clock.now()
    row = transfer_for(request, pk)
    if body.step not in TABLES[row.kind].steps:
        raise BadInput(f"step 须为：{'、'.join(TABLES[row.kind].steps)}", field="step")
    moment = aware(body.moment) if body.moment else at

    def act() -> dict[str, Any]:
        if body.step == "decide_transfer":
            return {"state": transfer.decide(row, by=by, at=at, text=body.text).state}
        return {"state": transfer.take(row, body.step, text=body.text, moment=moment, paper=body.paper, decided_on=body.decided_on, by=by, at=at).state}

    return once(request, act)


@router.post("/transfers/{pk}/reply", response={200: Done, **REFUSALS}, operation_id="reply_to_transfer")
def reply_to_transfer(request: HttpRequest, pk: Key, body: TransferReplyIn) -> Any:
    """The police or another body answers a transfer."""
    by, at = request.auth.officer, clock.now()
    row = transfer_for(request, pk)

    def act() -> dict[str, Any]:
        transfer.record_reply(row, reply=body.reply, is_taken=body.is_taken, by=by, at=at)
        return {"state": Case.objects.get(pk=row.case_id).state}

    return once(request, act)


def transfer_for(request: HttpRequest, pk: int) -> Transfer:
    return one(Transfer.objects.select_related("case").prefetch_related("turns"), request.auth.officer, through="case", pk=pk)


def transfer_out(row: Transfer, at: dt.datetime) -> dict[str, Any]:
    clocks = [
        {"label": c.due.label, "due_on": c.due.due_on, "due_at": c.due_at, "done_at": c.done_at, "is_late": c.is_late, "is_ours": c.is_ours, "citation": str(c.due.citation)}
        for c in clocks_of_transfer(row, at)
    ]
    turns = [{"step": t.name, "label": t.label, "moment": t.moment, "text": t.note, "paper": t.paper} for t in row.turns.all()]
    return {
        "id": row.pk, "case": row.case_id, "case_number": row.case.number, "kind": row.kind, "to": row.to, "state": row.state, "state_label": row.get_state_display(),
        "on": row.on, "replied_on": row.replied_on, "clocks": clocks, "turns": turns,
    }  # fmt: skip


@router.get("/numbers/{year}", response={200: list[SeriesOut], **REFUSALS}, operation_id="list_series")
def list_series(request: HttpRequest, year: Year) -> Any:
    """The rows of numbers of the officer's agency in a year."""
    return list(dockets.series_of(request.auth.officer, year))


@router.get("/numbers/{year}/{series}", response={200: NumberPage, **REFUSALS}, operation_id="list_numbers")
def list_numbers(request: HttpRequest, year: Year, series: Key, after: After = 0) -> Any:
    """Every number of a row and what became of it, by value, fifty at a time."""
    row = dockets.series_of(request.auth.officer, year).filter(pk=series).first() or NumberSeries()
    page = list(dockets.numbers_of(request.auth.officer, row).filter(value__gt=min(after, 2**31 - 1))[: PAGE + 1]) if row.pk else []
    items = [
        {"text": n.text, "value": n.value, "state": n.state, "state_label": n.get_state_display(), "document": n.document_id, "void_reason": n.void_reason} for n in page[:PAGE]
    ]
    return {"items": items, "next_after": page[PAGE - 1].value if len(page) > PAGE else 0}


@router.post("/number-blocks", response={200: BlockOut, **REFUSALS}, operation_id="lend_numbers")
def lend_numbers(request: HttpRequest, body: BlockIn) -> Any:
    """Lend consecutive numbers to a device that will work without a network; what is not used comes back as void."""
    by, at = request.auth.officer, clock.now()
    if not by.has_role("inspector", "leader"):
        raise NotAllowed("离线号段由执法人员或者负责人领用")

    def act() -> dict[str, Any]:
        block = docket.reserve_numbers(agency=by.agency.authority, kind=body.kind, year=at.year, count=body.count, device=body.device, until=aware(body.until), by=by, at=at)
        return {"id": block.pk, "numbers": list(block.numbers.values_list("text", flat=True)), "until": block.until.isoformat()}

    return once(request, act)


@router.get("/exchange/penalties", response={200: PublicityPage, **REFUSALS}, operation_id="list_publicity")
def list_publicity(request: HttpRequest, began: dt.date, ended: dt.date) -> Any:
    """双公示 of the decisions made in a period: one row per decision by field code, and what cannot be sent and why."""
    rows, refused = publicity.rows(request.auth.officer, began=began, ended=ended)
    return {"rows": rows, "refused": refused}


@router.get("/exchange/penalties.csv", response=REFUSALS, operation_id="publicity_file", openapi_extra=bytes_of("text/csv"))
def publicity_file(request: HttpRequest, began: dt.date, ended: dt.date) -> HttpResponse:
    """The same rows as the exchange file."""
    rows, _ = publicity.rows(request.auth.officer, began=began, ended=ended)
    return HttpResponse(exchange.csv_file(rows), content_type="text/csv")


