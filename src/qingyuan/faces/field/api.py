"""What the app asks the server for.  Signing in uses the desk's session once; everything after it the device's key."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET, require_POST

from qingyuan import clock
from qingyuan.errors import BadInput, NotYours
from qingyuan.faces.desk.frame import officer_of
from qingyuan.records.dispatch import queries as dispatch
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.inspections import captures, devices, finishing, pulls, sync
from qingyuan.records.inspections.models import FieldDevice
from qingyuan.records.registry.models import Officer

from . import gate, packs
from .signed import active, answer, body_of, plainly, signed


@require_GET
@plainly
def hello(request: HttpRequest) -> HttpResponse:
    """The server's clock, a word to sign with, and who is signed in to the desk in this browser."""
    officer = officer_of(request)
    me = {"name": officer.name, "agency": officer.agency.name, "may_enrol": officer.has_role("inspector")} if officer else None
    return answer({"now": clock.now().isoformat(), "challenge": devices.challenge(), "me": me, "csrf": get_token(request) if officer else ""})


def person(request: HttpRequest) -> Officer:
    officer = officer_of(request)
    if officer is None:
        raise NotYours("请先联网登录办案系统，再登记设备")
    return officer


def key_of(told: object) -> uuid.UUID:
    try:
        return uuid.UUID(str(told))
    except ValueError as error:
        raise BadInput("设备编号须是 UUID", field="id") from error


@require_POST
@plainly
def enrol(request: HttpRequest) -> HttpResponse:
    """Register the key of whoever is signed in."""
    officer, told = person(request), body_of(request)
    row = devices.enrol(key=key_of(told.get("id")), name=str(told.get("name", "")), public_key=str(told.get("public_key", "")), by=officer, at=clock.now())
    return answer({"id": str(row.pk), "officer": officer.name, "agency": officer.agency.name, "recovery": row.recovery})


@require_POST
@plainly
def recover(request: HttpRequest) -> HttpResponse:
    """For a forgotten PIN."""
    return answer({"recovery": devices.recover(key=key_of(body_of(request).get("id")), by=person(request), at=clock.now())})


@signed("POST")
def synchronise(request: HttpRequest, device: FieldDevice) -> HttpResponse:
    """Operations in, changes out.  A revoked device may bring what it holds (it is kept apart), then is told to wipe itself."""
    told, at = body_of(request), clock.now()
    ops, seen = told.get("ops", []), told.get("seen", {})
    if not isinstance(ops, list) or not isinstance(seen, dict):
        raise BadInput("ops 须是列表，seen 须是对象")
    answers = sync.push(device, ops, at=at)
    entries = captures.announce(device, told.get("captures", []), at=at) if device.revoked_at is None else []
    if device.revoked_at is not None:
        return answer({"answers": answers, "wipe": True, "why": device.revoke_reason})
    touched = {op.get("task") for op in ops if isinstance(op, dict)} | {entry.get("task") for entry in told.get("captures", []) if isinstance(entry, dict)}
    for task in tasks_of(device.officer).filter(number__in=[str(number) for number in touched]):
        finishing.settle(task, at=at)
    return answer({"now": at.isoformat(), "answers": answers, "captures": entries, **pulls.pull(device, seen)})


def tasks_of(officer: Officer) -> QuerySet[Assignment]:
    return dispatch.assignments(officer).filter(inspectors=officer)


@signed("GET")
def task_list(request: HttpRequest, device: FieldDevice) -> HttpResponse:
    return answer({"tasks": packs.tasks(active(device).officer, clock.now()), "now": clock.now().isoformat()})


@signed("GET")
def pack(request: HttpRequest, device: FieldDevice, number: str) -> HttpResponse:
    """One task's pack, to whom the task was given, with the code they show at the gate."""
    officer, at = active(device).officer, clock.now()
    row = tasks_of(officer).filter(number=number).first()
    if row is None:
        raise NotYours("没有找到该任务，或者不是您的任务")
    return answer({**packs.pack(officer, row, at), "code": gate.code_of(officer, row, at)})


@signed("GET")
def law(request: HttpRequest, device: FieldDevice) -> HttpResponse:
    return answer(packs.law(active(device).officer, clock.today()))


@signed("PUT")
def piece(request: HttpRequest, device: FieldDevice, digest: str, offset: int) -> HttpResponse:
    """One piece of a file; the answer says from where to go on."""
    return answer(captures.receive(active(device), digest, offset=offset, piece=request.body, at=clock.now()))


@signed("POST")
def wiped(request: HttpRequest, device: FieldDevice) -> HttpResponse:
    devices.note_wiped(device, at=clock.now())
    return answer({"ok": True})
