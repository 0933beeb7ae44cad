"""The API: what an integrating system may read and do, as one officer, within that officer's scope."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from ninja.errors import ValidationError
from ninja.renderers import BaseRenderer

from qingyuan import clock
from qingyuan.errors import BadInput, Corrupt, NotAllowed, NotYours
from qingyuan.records.cases import enforcement, queries
from qingyuan.records.cases.clocks import clocks_of
from qingyuan.records.cases.models import Case
from qingyuan.records.clues import actions as clue_actions
from qingyuan.records.clues import queries as clue_queries
from qingyuan.records.clues.models import Clue
from qingyuan.records.docket import queries as docket

from . import between, files
from .doors import Bearer, once
from .files import Key
from .shapes import (
    LARGEST_ID,
    REFUSALS,
    CasePage,
    CaseWhole,
    ClueOut,
    CluePage,
    ClueStep,
    Done,
    PaymentIn,
)  # fmt: skip


class Orjson(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data)


api = NinjaAPI(title="清源平台接口", version="1.0", renderer=Orjson(), auth=Bearer(), docs_url=None, urls_namespace="api")
After = Annotated[int, Query(ge=0, le=LARGEST_ID)]
PAGE = 50


@api.exception_handler(NotYours)
def not_yours(request: HttpRequest, error: NotYours) -> HttpResponse:
    return api.create_response(request, {"reasons": [str(error)]}, status=404)


@api.exception_handler(NotAllowed)
def not_allowed(request: HttpRequest, error: NotAllowed) -> HttpResponse:
    return api.create_response(request, {"reasons": list(error.reasons)}, status=409)


@api.exception_handler(BadInput)
def bad_input(request: HttpRequest, error: BadInput) -> HttpResponse:
    return api.create_response(request, {"reasons": [str(error)]}, status=400)


@api.exception_handler(Corrupt)
def changed_since(request: HttpRequest, error: Corrupt) -> HttpResponse:
    """What was kept is not what is there now; nothing is handed out."""
    return api.create_response(request, {"reasons": [str(error)]}, status=409)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    reasons = [f"{'.'.join(str(part) for part in entry['loc'][1:])}：{entry['msg']}" for entry in error.errors]
    return api.create_response(request, {"reasons": reasons}, status=422)


@api.get("/clues", response={200: CluePage, **REFUSALS}, operation_id="list_clues")
def list_clues(request: HttpRequest, state: str = "", after: str = "") -> Any:
    """Clues in scope by number, fifty at a time; ``after`` is the last number of the page before."""
    rows = clue_queries.filtered(request.auth.officer, state=state).order_by("number")
    page = list((rows.filter(number__gt=after) if after else rows)[: PAGE + 1])
    return {"items": [clue_out(row) for row in page[:PAGE]], "next_after": page[PAGE - 1].number if len(page) > PAGE else ""}


@api.get("/clues/{number}", response={200: ClueOut, **REFUSALS}, operation_id="read_clue")
def read_clue(request: HttpRequest, number: str) -> Any:
    return clue_out(clue_queries.clue(request.auth.officer, number))


@api.post("/clues/{number}/steps", response={200: Done, **REFUSALS}, operation_id="step_clue")
def step_clue(request: HttpRequest, number: str, body: ClueStep) -> Any:
    """accept, dismiss: the same steps with the same guards as on the desk."""
    by, at = request.auth.officer, clock.now()
    row = clue_queries.clue(by, number)
    steps = {
        "accept": lambda: clue_actions.accept(row, by=by, at=at, why=body.why),
        "dismiss": lambda: clue_actions.dismiss(row, cause=body.cause, why=body.why, by=by, at=at),
    }
    if body.step not in steps:
        raise BadInput(f"step 须为：{'、'.join(steps)}", field="step")
    return once(request, lambda: {"state": steps[body.step]().state})


@api.get("/cases", response={200: CasePage, **REFUSALS}, operation_id="list_cases")
def list_cases(request: HttpRequest, state: str = "", after: After = 0) -> Any:
    """Cases in scope by id, fifty at a time."""
    rows = queries.filtered(request.auth.officer, state=state).order_by("id")
    page = list(rows.filter(id__gt=after)[: PAGE + 1])
    return {"items": [case_out(row) for row in page[:PAGE]], "next_after": page[PAGE - 1].pk if len(page) > PAGE else 0}


@api.get("/cases/{pk}", response={200: CaseWhole, **REFUSALS}, operation_id="read_case")
def read_case(request: HttpRequest, pk: Key) -> Any:
    """A case with its clocks, documents, evidence, and what can follow with the reasons why not yet."""
    viewer, on = request.auth.officer, clock.today()
    row = queries.case_by_id(viewer, pk)
    steps = [{"step": n, "label": label, "article": article, "reasons": why} for n, label, article, why in queries.next_steps(viewer, row, on)]
    return {
        **case_out(row), "clocks": [clock_out(c) for c in clocks_of(row, on)], "next_steps": steps,
        "documents": list(docket.documents_of(viewer, row.docket)), "evidence": list(docket.evidence_of(viewer, row.docket)),
    }


@api.post("/cases/{pk}/payments", response={200: Done, **REFUSALS}, operation_id="record_payment")
def record_payment(request: HttpRequest, pk: Key, body: PaymentIn) -> Any:
    """The collecting bank reports a payment; the same receipt counts once."""
    by, at = request.auth.officer, clock.now()
    row = queries.case_by_id(by, pk)

    def act() -> dict[str, Any]:
        enforcement.record_payment(row, amount_fen=body.amount_fen, receipt=body.receipt, on=body.on, by=by, at=at)
        return {"state": Case.objects.get(pk=row.pk).state}

    return once(request, act)


api.add_router("", files.router)
api.add_router("", between.router)


def clue_out(row: Clue) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in (
        "number", "title", "state", "severity", "source", "rule", "violation", "factor", "began", "ended", "found_at", "due_on", "evidence_needed",
    )}  # fmt: skip
    return {**plain, "state_label": row.get_state_display(), "facility": row.facility.code if row.facility else "", "facility_name": row.facility.name if row.facility else row.place, "outlet": row.outlet_code}


def case_out(row: Case) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in (
        "number", "name", "cause", "violation", "state", "filed_on", "decided_on", "served_on", "published_on", "fine_fen",
    )}  # fmt: skip
    names = {"id": row.pk, "state_label": row.get_state_display(), "party": row.party.name, "uscc": row.party.uscc, "facility": row.facility.code}
    return {**plain, **names}


def clock_out(row: Any) -> dict[str, Any]:
    return {
        "label": row.label, "due_on": None if row.is_still else row.due.due_on, "days_left": row.days_left, "is_late": row.is_late, "is_wait": row.is_wait,
        "done_on": row.done_on, "arithmetic": list(row.due.arithmetic), "citation": str(row.due.citation),
    }


