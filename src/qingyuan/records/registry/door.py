"""What the registry hands to the engines and asks of them: points and limits, series, devices and commands, the sealed trail."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from qingyuan.clock import CHINA
from qingyuan.engines.sense import gateway_commands, gateway_journal, rates, skew
from qingyuan.engines.sense import gateway_presence as presence
from qingyuan.engines.store import asof, chart, dimensions, journal, manifest, schema, state
from qingyuan.errors import BadInput, NotAllowed, NotYours

from .events import record_event
from .models import Event, Facility, Monitor, Officer, Outlet, PermitLimit
from .scope import one, scoped
from .sections import station_limits, station_points

HOUR = dt.timedelta(hours=1)
STATIONS_SINCE = dt.date(2023, 1, 1)  # the synthetic rivers' targets; a real section's target is the one registered


def export_dimensions(data: Path) -> int:
    """Write the points and limits as the engines read them; return the number of points."""
    points = [
        {
            "mn": m.mn, "pw": m.pw, "st": m.st, "facility": m.outlet.facility.code, "facility_name": m.outlet.facility.name,
            "operator": m.outlet.facility.operator.uscc, "operator_name": m.outlet.facility.operator.name, "outlet": m.outlet.code,
            "outlet_name": m.outlet.name, "division": m.outlet.facility.division_id, "medium": m.outlet.medium, "industry": m.outlet.facility.industry,
            "reference_oxygen": float(m.outlet.reference_oxygen) if m.outlet.reference_oxygen is not None else None,
            "lon": m.outlet.facility.lon, "lat": m.outlet.facility.lat, "factors": m.factors,
        }
        for m in Monitor.objects.select_related("outlet__facility__operator").order_by("mn")
    ]
    limits = [
        {
            "outlet": row.outlet.code, "factor": row.factor, "averaging": row.averaging, "limit_value": row.limit_value, "unit": row.unit,
            "valid_from": row.valid_from, "valid_to": row.valid_to, "kind": row.kind, "citation": row.citation,
        }
        for row in PermitLimit.objects.select_related("outlet").order_by("id")
    ]
    points, limits = [*points, *station_points()], [*limits, *station_limits(STATIONS_SINCE)]
    dimensions.write(data, points=pa.Table.from_pylist(points, schema=dimensions.POINTS), limits=pa.Table.from_pylist(limits, schema=dimensions.LIMITS))
    return len(points)


def chart_series(viewer: Officer, outlet_code: str, factor: str, kind: str, began: dt.datetime, ended: dt.datetime) -> dict[str, Any]:
    """The series of one factor at one outlet the viewer may see, thinned for a chart."""
    outlet = one(Outlet.objects.all(), viewer, through="facility", code=outlet_code)
    return chart.series(settings.QINGYUAN_DATA, outlet=outlet.code, factor=factor, kind=kind, began=began, ended=ended)


def factor_name(code: str) -> str:
    """The Chinese name of an HJ 212 factor, or its code when nobody named it."""
    return str(schema.factors().get(code, {}).get("name", code))


def factor_unit(code: str) -> str:
    """The unit in which the lake keeps the factor's value."""
    return schema.unit_of(code)


@transaction.atomic
def seal_events(data: Path, at: dt.datetime, *, most: int = 10_000) -> int:
    """Put the events written since the last time into the ledger, in order; return how many."""
    from qingyuan.engines.ledger import log

    fresh = list(Event.objects.select_for_update().filter(leaf=None).order_by("id")[:most])
    if not fresh:
        return 0
    first = log.append(data, [event_digest(event) for event in fresh], kind="event", at=at)
    for place, event in enumerate(fresh):
        Event.objects.filter(pk=event.pk, leaf=None).update(leaf=first + place)
    return len(fresh)


def event_digest(event: Event) -> bytes:
    """SHA-256 of the event in one fixed spelling; anyone with the row can compute it again."""
    plain = {
        "id": event.pk, "at": event.at.astimezone(dt.UTC).isoformat(), "by": event.by_id, "subject": event.subject, "step": event.step,
        "before": event.before, "after": event.after, "why": event.why,
    }
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).digest()


# -- devices: who is there, what they owe, what they are told to do -----------------------------------------------------

ORDERING = ("inspector", "analyst")
PLAIN_READING = {"read_clock", "read_real_time_interval", "read_minute_interval", "history", "read_sampling_cycle", "read_delivery_time", "read_serial_number", "read_information"}
"""Commands that change nothing at the site; every other one needs a reason."""


@dataclass(frozen=True)
class Standing:
    """How one device stands, as the gateway last wrote it.  ``heard_at``: its newest packet, or the end of its newest reading.

    ``is_known`` is false while no gateway runs: nobody can then say who is online.  ``offset_s`` is how far its clock is ahead of ours; ``packets`` and ``faults`` count since the gateway started.
    """

    mn: str
    st: str
    outlet: str
    facility: str
    place: str
    is_known: bool
    is_online: bool
    heard_at: dt.datetime | None
    since: dt.datetime | None = None
    peer: str = ""
    packets: int = 0
    faults: int = 0
    last_fault: str = ""
    offset_s: float | None = None
    version: int = 0

    @property
    def is_skewed(self) -> bool:
        """Whether the clock is wrong by more than the gateway tolerates."""
        return self.offset_s is not None and abs(self.offset_s) > skew.LIMIT_S


def gateway_is_alive(at: dt.datetime) -> bool:
    """Whether the gateway wrote its table within the last minute; without it nobody is known to be online."""
    return presence.is_fresh(settings.QINGYUAN_DATA, at)


def standings(viewer: Officer, at: dt.datetime, *, facility: str = "", mn: str = "") -> list[Standing]:
    """Every device in the viewer's division (of one facility, or one device), by MN."""
    rows = scoped(Monitor.objects.order_by("mn"), viewer, through="outlet__facility")
    rows = rows.filter(outlet__facility__code=facility) if facility else rows
    rows = rows.filter(mn=mn) if mn else rows
    told = {row["mn"]: row for row in presence.read(settings.QINGYUAN_DATA)}
    heard, alive = heard_of_devices(str(settings.QINGYUAN_DATA), int(at.timestamp()) // 60), gateway_is_alive(at)
    columns = ("mn", "st", "outlet__code", "outlet__facility__code", "outlet__facility__name")
    return [standing(row, told.get(row[0], {}), heard.get(row[0]), alive) for row in rows.values_list(*columns)]


def standing(row: tuple[str, ...], told: Mapping[str, Any], heard: dt.datetime | None, alive: bool) -> Standing:
    last = told.get("last_at")
    return Standing(
        *row, is_known=alive, is_online=alive and bool(told.get("is_online")), heard_at=max(last, heard) if last and heard else last or heard,
        **{name: told[name] for name in ("since", "peer", "packets", "faults", "offset_s", "version") if told.get(name) is not None},
        last_fault=alarm_label(str(told.get("last_fault") or "")),
    )


@lru_cache(maxsize=2)
def heard_of_devices(data: str, minute: int) -> dict[str, dt.datetime]:
    """The end of each device's newest reading; kept for the minute given."""
    now = dt.datetime.fromtimestamp(minute * 60, dt.UTC)
    ages = state.ages(data, at=now) if Path(data).exists() else {}
    return {mn: now - dt.timedelta(seconds=age) for mn, age in ages.items() if age is not None}


def alarm_label(kind: str) -> str:
    """The Chinese sentence of a kind of alarm."""
    return gateway_journal.ALARMS.get(kind, kind)


MOST_ALARMS = 2000  # of one look, from the newest backwards


def alarms(viewer: Officer, since: dt.datetime, *, mn: str = "") -> list[gateway_journal.Alarm]:
    """What the gateway noticed about the viewer's devices since a moment, newest first.

    What strangers did (a device nobody registered) belongs to no city; only a province sees it.
    """
    devices = scoped(Monitor.objects.all(), viewer, through="outlet__facility")
    known = set(devices.filter(mn=mn).values_list("mn", flat=True) if mn else devices.values_list("mn", flat=True))
    strangers = not mn and viewer.agency.division.level == "province"
    foreign = set(Monitor.objects.exclude(mn__in=known).values_list("mn", flat=True)) if strangers else set()
    rows = gateway_journal.latest(settings.QINGYUAN_DATA, since, mn=mn, most=MOST_ALARMS)
    return [row for row in rows if row.mn in known or (strangers and row.mn not in foreign)]


def seconds_online(viewer: Officer, day: dt.date, at: dt.datetime) -> dict[str, float]:
    """Seconds each of the viewer's devices was connected on a day of China."""
    mine = set(scoped(Monitor.objects.all(), viewer, through="outlet__facility").values_list("mn", flat=True))
    return {mn: seconds for mn, seconds in rates.online_seconds(settings.QINGYUAN_DATA, day, at).items() if mn in mine}


def skew_of(viewer: Officer, mn: str, moments: Sequence[dt.datetime]) -> list[float | None]:
    """How far the device's clock was ahead at each moment; None before it was first measured that week."""
    one(Monitor.objects.all(), viewer, through="outlet__facility", mn=mn)
    ledger = skew.SkewLedger.load(settings.QINGYUAN_DATA, min(moments) - dt.timedelta(days=1))
    return [ledger.offset(mn, at) for at in moments]


@dataclass(frozen=True)
class HourState:
    """What arrived of one device and factor for one hour: "valid", "marked" (a mark other than N), "missing", "stopped", "before" (the first it ever sent)."""

    mn: str
    factor: str
    began: dt.datetime
    state: str


def hours_of(viewer: Officer, mns: Sequence[str], began: dt.datetime, ended: dt.datetime) -> list[HourState]:
    """Every hour due in [began, ended) of each of the viewer's devices and each factor registered for it.

    Not due are hours before the device first spoke, and those of a stop that was declared (and not refused).  Grade U: the yearly assessment's own text
    was not at hand, see ``engines/sense/rates``.
    """
    rows = scoped(Monitor.objects.filter(mn__in=list(mns)), viewer, through="outlet__facility").order_by("mn")
    owed = list(rows.values_list("mn", "outlet__code", "factors"))
    if not owed or not settings.QINGYUAN_DATA.exists():
        return [HourState(mn, factor, hour, "missing") for mn, _, factors in owed for factor in factors for hour in hours_between(began, ended)]
    table = asof.read(settings.QINGYUAN_DATA, mn=[mn for mn, _, _ in owed], kinds=["hour"], began=began, ended=ended)
    got = {(r["mn"], r["factor"], r["began"]): r["flag"] in ("", "N", "n") for r in table.select(["mn", "factor", "began", "value", "flag"]).to_pylist() if r["value"] is not None}
    stops, first = stops_of(began, ended), first_hours([mn for mn, _, _ in owed], got, began)

    def state_at(mn: str, outlet: str, factor: str, hour: dt.datetime) -> str:
        if hour < first.get(mn, began):
            return "before"
        if any(a <= hour and hour + HOUR <= b for a, b in stops.get(outlet, ())):
            return "stopped"
        valid = got.get((mn, factor, hour))
        return "missing" if valid is None else "valid" if valid else "marked"

    return [HourState(mn, factor, hour, state_at(mn, outlet, factor, hour)) for mn, outlet, factors in owed for factor in factors for hour in hours_between(began, ended)]


def first_hours(mns: Sequence[str], got: Mapping[tuple[str, str, dt.datetime], bool], began: dt.datetime) -> dict[str, dt.datetime]:
    """Of devices that had never sent an hour before ``began`` and have since: the first hour they sent."""
    first: dict[str, dt.datetime] = {}
    for mn, _, hour in got:
        first[mn] = min(hour, first.get(mn, hour))
    late = [mn for mn in mns if first.get(mn, began) > began]
    if late:
        older = asof.read(settings.QINGYUAN_DATA, mn=late, kinds=["hour"], began=began - dt.timedelta(days=3650), ended=began)
        for mn in set(older.column("mn").to_pylist()):
            first.pop(mn, None)
    return {mn: first[mn] for mn in late if mn in first}


def hours_between(began: dt.datetime, ended: dt.datetime) -> list[dt.datetime]:
    return [began + HOUR * place for place in range(int((ended - began) / HOUR))]


def stops_of(began: dt.datetime, ended: dt.datetime) -> dict[str, list[tuple[dt.datetime, dt.datetime]]]:
    """Stops declared for whole outlets that touch a window, by outlet."""
    found: dict[str, list[tuple[dt.datetime, dt.datetime]]] = {}
    for row in journal.marks(settings.QINGYUAN_DATA).to_pylist():
        if row["code"] == "stopped" and row["review"] != "rejected" and not row["factors"] and row["began"] < ended and (row["ended"] is None or row["ended"] > began):
            found.setdefault(row["outlet"], []).append((row["began"], row["ended"] or ended))
    return found


def rates_of(hours: Iterable[HourState]) -> list[rates.Rate]:
    """传输率 and 有效率 of each device, factor and day of China, from its hours; hours that were not due count in neither."""
    sums: dict[tuple[str, str, dt.date], list[int]] = {}
    for hour in hours:
        if hour.state not in ("stopped", "before"):
            row = sums.setdefault((hour.mn, hour.factor, hour.began.astimezone(CHINA).date()), [0, 0, 0])
            row[0] += 1
            row[1] += hour.state != "missing"
            row[2] += hour.state == "valid"
    return [rates.Rate(*key, *row) for key, row in sums.items()]


def why_no_command(viewer: Officer, row: Standing, at: dt.datetime) -> tuple[str, ...]:
    """Why this person cannot send this device a command now; empty when they can."""
    reasons = []
    if not viewer.has_role(*ORDERING):
        reasons.append(f"向设备下发命令由执法人员、技术中心研判员办理；{viewer.name}的岗位是：{'、'.join(viewer.role_names) or '无'}")
    if not gateway_is_alive(at):
        reasons.append("接收网关没有运行（状态超过一分钟没有更新），命令送不到设备")
    elif not row.is_online:
        seen = f"最近一次数据 {row.heard_at.astimezone(CHINA):%Y-%m-%d %H:%M}" if row.heard_at else "从未收到过它的数据"
        reasons.append(f"设备 {row.mn} 不在线（{seen}），命令没有发出：请待设备上线后再发，或先通知运维单位恢复联网")
    return tuple(reasons)


@transaction.atomic
def send_command(viewer: Officer, mn: str, command: str, arguments: Mapping[str, Any], *, why: str, at: dt.datetime) -> str:
    """Leave a command for a device the viewer may see; returns the order's id.

    NotYours for a device that is unknown or out of scope, NotAllowed with the reason when nobody would receive it, BadInput for a
    value outside the standard's range or a command the device's version of HJ 212 has not.
    """
    one(Monitor.objects.all(), viewer, through="outlet__facility", mn=mn)
    (row,) = standings(viewer, at, mn=mn)
    if reasons := why_no_command(viewer, row, at):
        raise NotAllowed(reasons)
    request = gateway_commands.request_of(command, arguments)
    if row.version:
        request.check_version(row.version)
    if command not in PLAIN_READING and not why.strip():
        raise BadInput("请写明下发理由：这一命令会改变现场设备的状态", field="why")
    told = {"command": command, "label": gateway_commands.COMMANDS[command], "arguments": dict(arguments)}
    record_event(by=viewer, subject=f"device:{mn}", step="send_command", at=at, after=told, why=why.strip())
    return gateway_commands.ask(settings.QINGYUAN_DATA, mn, command, arguments, by=viewer.name, at=at)


def command_result(viewer: Officer, mn: str, order: str) -> dict[str, Any]:
    """What has become of a command to a device the viewer may see; NotYours when there is no such command."""
    one(Monitor.objects.all(), viewer, through="outlet__facility", mn=mn)
    found = gateway_commands.result(settings.QINGYUAN_DATA, order)
    if found is None or found.get("mn") != mn:
        raise NotYours("没有这条命令")
    return found


def recent_commands(viewer: Officer, mn: str) -> list[dict[str, Any]]:
    """The last commands to a device the viewer may see, newest first."""
    one(Monitor.objects.all(), viewer, through="outlet__facility", mn=mn)
    return gateway_commands.recent(settings.QINGYUAN_DATA, mn)


def command_names() -> dict[str, str]:
    return dict(gateway_commands.COMMANDS)


# -- one facility on one time axis --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timeline:
    """What people and instruments said of one facility in a window: marks, dated facts, instrument parameters, metered equipment."""

    series: list[tuple[str, str]]
    marks: list[dict[str, Any]]
    facts: list[dict[str, Any]]
    parameters: list[dict[str, Any]]
    equipment: dict[tuple[str, str], str]


def timeline_of(viewer: Officer, code: str, began: dt.datetime, ended: dt.datetime) -> Timeline:
    """Everything but the readings that belongs on the time axis of a facility the viewer may see."""
    place = one(Facility.objects.all(), viewer, code=code)
    if not settings.QINGYUAN_DATA.exists():
        return Timeline([], [], [], [], {})
    latest = asof.latest(settings.QINGYUAN_DATA, facility=place.code).select(["mn", "outlet", "factor", "kind"]).to_pylist()
    mns = {row["mn"]: row["outlet"] for row in latest}

    def touches(row: Mapping[str, Any]) -> bool:
        return row["facility"] == place.code and row["began"] < ended and (row["ended"] is None or row["ended"] > began)

    has_said = mns and manifest.load(settings.QINGYUAN_DATA).parameters
    said = asof.parameters(settings.QINGYUAN_DATA, mn=list(mns)).to_pylist() if has_said else []
    return Timeline(
        series=sorted({(row["outlet"], row["factor"]) for row in latest if row["kind"] in ("minute", "hour", "real")}),
        marks=[row for row in journal.marks(settings.QINGYUAN_DATA).to_pylist() if touches(row)],
        facts=[row for row in journal.events(settings.QINGYUAN_DATA).to_pylist() if touches(row) and row["kind"] != "filed"],
        parameters=[row for row in said if row["began"] < ended],
        equipment={
            (mns.get(row["mn"], ""), row["factor"]): row["name"]
            for row in dimensions.load(settings.QINGYUAN_DATA).equipment.to_pylist() if row["facility"] == place.code
        },
    )
