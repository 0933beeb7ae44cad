"""The command centre's own rows: the incident board and the calls for support."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Division, Facility, Officer
from qingyuan.records.registry.places import Borders, within
from qingyuan.records.registry.scope import one, scoped
from qingyuan.records.registry.serials import next_serial
from qingyuan.records.registry.tabular import in_china

from .command_models import GRADES
from .models import Incident, IncidentEntry, SupportCall
from .states import INCIDENT, INCIDENT_KINDS, SUPPORT
from .stepping import take, words


def place_of(by: Officer, lon: float, lat: float) -> Division:
    """The division of a place on the map, when the officer may act there."""
    in_china(lon, lat)
    return within(by, Borders().find(lon, lat))


@transaction.atomic
def open_incident(*, title: str, kind: str, grade: str, lon: float, lat: float, by: Officer, at: dt.datetime, facility: Facility | None = None) -> Incident:
    """Put an incident on the board."""
    if kind not in INCIDENT_KINDS or grade not in dict(GRADES):
        raise BadInput("请选择事件的类型和等级", field="kind")
    if not by.has_role("inspector", "analyst", "leader"):
        raise NotAllowed(f"事件由执法、研判人员或者负责人登记；{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    row = Incident(number=next_serial(Incident, "SJ", at, digits=4), title=words(title, "事件：何地何事", "title")[:120], kind=kind, grade=grade, lon=lon, lat=lat, facility=facility,
                   division=place_of(by, lon, lat), opened_at=at, opened_by=by)  # fmt: skip
    row.save()
    record_event(by=by, subject=f"incident:{row.pk}", step="open", at=at, after={"title": row.title, "grade": grade})
    write_log(row, text=f"登记：{row.title}", by=by, at=at)
    return row


def write_log(row: Incident, *, text: str, by: Officer, at: dt.datetime) -> IncidentEntry:
    """Add one line to the log."""
    if row.state == "closed":
        raise NotAllowed("事件已结束，不再记事")
    return IncidentEntry.objects.create(incident=row, at=at, by=by, text=words(text, "记事内容", "text")[:2000])


@transaction.atomic
def assign(row: Incident, *, lead: Officer, by: Officer, at: dt.datetime) -> Incident:
    """Say who leads; the log names them."""
    write_log(row, text=f"指派{lead.name}负责", by=by, at=at)
    return take(row, INCIDENT, "assign", by=by, at=at, changes={"lead": lead}, why=lead.name)


@transaction.atomic
def close_incident(row: Incident, *, why: str, by: Officer, at: dt.datetime) -> Incident:
    """Over, with how it ended."""
    write_log(row, text=f"结束：{words(why, '如何结束的', 'why')}", by=by, at=at)
    return take(row, INCIDENT, "close", by=by, at=at, why=why)


def incidents(viewer: Officer, *, is_open: bool = True) -> QuerySet[Incident]:
    """Incidents of the viewer's division, the newest first."""
    rows = scoped(Incident.objects.select_related("division", "lead", "opened_by"), viewer)
    return (rows.exclude(state="closed") if is_open else rows).order_by("-opened_at", "-id")


def incident(viewer: Officer, number: str) -> Incident:
    return one(Incident.objects.select_related("division", "lead", "opened_by"), viewer, number=number)


@transaction.atomic
def call_for_support(*, caller: str, phone: str, need: str, lon: float, lat: float, by: Officer | None, at: dt.datetime, division: Division | None = None, incident: Incident | None = None) -> SupportCall:
    """Somebody asks for help; the grid's own screen calls this with the division of its worker."""
    where = division if by is None and division is not None else place_of(by, lon, lat) if by is not None else None
    if where is None:
        raise BadInput("请写明在哪里", field="lon")
    row = SupportCall(number=next_serial(SupportCall, "QY", at, digits=4), caller=words(caller, "求援人", "caller")[:40], phone=phone[:30], need=words(need, "需要什么", "need")[:200], lon=lon, lat=lat, division=where, called_at=at, incident=incident)
    row.save()
    record_event(by=by, subject=f"support_call:{row.pk}", step="call", at=at, after={"need": row.need})
    return row


def calls(viewer: Officer) -> QuerySet[SupportCall]:
    """Open calls of the viewer's division; those that nobody answered first, the longest waiting before."""
    return scoped(SupportCall.objects.select_related("division", "answered_by").exclude(state="closed"), viewer).order_by("-state", "called_at")


def call(viewer: Officer, number: str) -> SupportCall:
    return one(SupportCall.objects.select_related("division"), viewer, number=number)


def step_call(row: SupportCall, step: str, *, by: Officer, at: dt.datetime, why: str = "") -> SupportCall:
    """Answer, arrive or close."""
    changes: dict[str, object] = {}
    if step == "answer":
        changes = {"answered_by": by, "agency": by.agency}
    elif step == "close":
        changes = {"result": words(why, "结果", "why")[:200]}
    return take(row, SUPPORT, step, by=by, at=at, why=why, changes=changes)
