"""Devices: who is there, how well they report, whose clock is wrong, and what they were told to do."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from qingyuan.clock import CHINA
from qingyuan.engines.sense.hj212.systems import SYSTEMS
from qingyuan.errors import BadInput, NotYours
from qingyuan.records.registry import door
from qingyuan.records.registry.door import HourState, Standing
from qingyuan.records.registry.events import trail
from qingyuan.records.registry.models import Monitor, Officer
from qingyuan.records.registry.scope import one

from . import device_forms
from .frame import Look, desk

SIZE = 30
DAYS = 7
STATES = {"trouble": "需要处理", "online": "在线", "offline": "离线", "skewed": "时钟偏差超限", "faulty": "有报文错误"}
STILL = ("unsent", "waiting", "sent", "accepted")  # states of a command that is under way
LATE = dt.timedelta(minutes=15)  # an hour is not missing before this long after its end


@dataclass(frozen=True)
class Share:
    """How much of what was due arrived and could be used; shares None where nothing was due or received."""

    due: int
    received: int
    valid: int

    @property
    def transmission(self) -> float | None:
        return min(1.0, self.received / self.due) if self.due else None

    @property
    def validity(self) -> float | None:
        return self.valid / self.received if self.received else None

    @property
    def effective(self) -> float | None:
        return None if not self.due else (self.transmission or 0.0) * (self.validity or 0.0)


def share(hours: Iterable[HourState]) -> Share:
    """The rates of some hours taken together."""
    rows = door.rates_of(hours)
    return Share(sum(r.due for r in rows), sum(r.received for r in rows), sum(r.valid for r in rows))


@desk
def device_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Every device of the viewer's division, those in trouble first, each with yesterday's rates."""
    wanted, words = request.GET.get("state", ""), request.GET.get("words", "").strip()
    everything = door.standings(look.viewer, look.at)
    rows = [row for row in everything if (not wanted or is_a(row, wanted, look.at)) and (not words or words in f"{row.mn} {row.place} {row.outlet}")]
    rows.sort(key=lambda row: (not is_a(row, "trouble", look.at), row.is_online, row.mn))
    page, after = cut(rows, request.GET.get("after", ""))
    day = midnight(look.at) - dt.timedelta(days=1)
    hours = {mn: list(told) for mn, told in groupby(door.hours_of(look.viewer, [r.mn for r in page], day, day + dt.timedelta(days=1)), key=lambda h: h.mn)}
    lines = [(row, SYSTEMS[row.st].name if row.st in SYSTEMS else row.st, share(hours.get(row.mn, ()))) for row in page]
    context = {
        "lines": lines, "after": after, "wanted": wanted, "words": words, "day": day, "at": look.at, "alive": door.gateway_is_alive(look.at), "total": len(everything), "count": len(rows),
        "states": [(name, label, sum(is_a(row, name, look.at) for row in everything)) for name, label in STATES.items()],
    }
    if request.htmx and not request.htmx.boosted:
        return render(request, "desk/_device_table.html", context)
    return render(request, "desk/devices.html", {**context, "noticed": noticed(look), "oldest": oldest(everything), "known": {row.mn for row in everything}})


def is_a(row: Standing, state: str, at: dt.datetime) -> bool:
    """Whether a device belongs under a filter; an unknown filter matches nothing."""
    silent = row.heard_at is None or at - row.heard_at > dt.timedelta(hours=2)
    return {
        "online": row.is_online, "offline": row.is_known and not row.is_online, "skewed": row.is_skewed, "faulty": row.faults > 0,
        "trouble": silent or (row.is_known and not row.is_online) or row.is_skewed or row.faults > 0,
    }.get(state, False)


def health_of(viewer: Officer, place: str, at: dt.datetime) -> list[tuple[Standing, Share]]:
    """The devices of one facility, each with yesterday's rates."""
    rows = door.standings(viewer, at, facility=place)
    day = midnight(at) - dt.timedelta(days=1)
    hours = door.hours_of(viewer, [row.mn for row in rows], day, day + dt.timedelta(days=1))
    return [(row, share(hour for hour in hours if hour.mn == row.mn)) for row in rows]


def cut(rows: list[Standing], after: str) -> tuple[list[Standing], str]:
    """The page that begins behind a device, and the device the next one begins behind ("" at the end)."""
    places = {row.mn: place for place, row in enumerate(rows)}
    start = places[after] + 1 if after in places else 0
    page = rows[start : start + SIZE]
    return page, page[-1].mn if page and start + SIZE < len(rows) else ""


def oldest(rows: list[Standing]) -> dt.datetime | None:
    """The oldest of the newest data behind the figures; None when a device never spoke or there is none."""
    heard = [row.heard_at for row in rows]
    return None if not heard or None in heard else min(at for at in heard if at)


def noticed(look: Look) -> list[tuple[str, str, str, int, dt.datetime, str]]:
    """The alarms of a day, one line for each kind and device, most frequent first: (kind, label, mn, times, last, detail)."""
    rows = door.alarms(look.viewer, look.at - dt.timedelta(days=1))
    times = Counter()
    last: dict[tuple[str, str], Any] = {}
    for row in rows:
        times[row.kind, row.mn] += 1 + row.more
        last.setdefault((row.kind, row.mn), row)
    return [(kind, last[kind, mn].label, mn, count, last[kind, mn].at, last[kind, mn].detail) for (kind, mn), count in times.most_common(15)]


@desk
def device_page(request: HttpRequest, look: Look, mn: str) -> HttpResponse:
    start = window_of(request.GET.get("began", ""), request.GET.get("ended", ""))
    return show(request, look, monitor_of(look.viewer, mn), start=start)


def monitor_of(viewer: Officer, mn: str) -> Monitor:
    return one(Monitor.objects.select_related("outlet__facility__operator"), viewer, through="outlet__facility", mn=mn)


def window_of(began: str, ended: str) -> dict[str, dt.datetime] | None:
    """A window to be pulled that a link proposes; None when there is none or it cannot be read."""
    try:
        return {"began": dt.datetime.fromisoformat(began), "ended": dt.datetime.fromisoformat(ended)}
    except ValueError:
        return None


def show(request: HttpRequest, look: Look, monitor: Monitor, *, sent: str = "", data: QueryDict | None = None, start: Mapping[str, Any] | None = None,
         refused: str = "", code: int = 200) -> HttpResponse:  # fmt: skip
    """One device: a week of hours, its rates, its clock, what went wrong, and the commands."""
    (row,) = door.standings(look.viewer, look.at, mn=monitor.mn)
    today = midnight(look.at)
    first, hour = today - dt.timedelta(days=DAYS - 1), (look.at - LATE).astimezone(CHINA).replace(minute=0, second=0, microsecond=0)
    hours = door.hours_of(look.viewer, [monitor.mn], first, hour)
    yesterday = share(h for h in hours if today - dt.timedelta(days=1) <= h.began < today)
    passed = max((look.at - today).total_seconds(), 1.0)
    context = {
        "monitor": monitor, "row": row, "system": SYSTEMS[monitor.st].name if monitor.st in SYSTEMS else "", "yesterday": yesterday,
        "online_today": min(1.0, door.seconds_online(look.viewer, look.today, look.at).get(monitor.mn, 0.0) / passed), "alive": door.gateway_is_alive(look.at),
        "days": days_of(look, monitor.mn, hours, first), "factors": factors_of(hours), "gaps": gaps_of(hours), "reasons": door.why_no_command(look.viewer, row, look.at),
        "alarms": door.alarms(look.viewer, look.at - dt.timedelta(days=3), mn=monitor.mn)[:40], "orders": orders_of(look.viewer, monitor.mn, request.GET.get("sent", "")),
        "groups": device_forms.offered(monitor, row.version, look.at, sent=sent, data=data, start=start), "refused": refused, "sent": sent,
        "history": trail(f"device:{monitor.mn}")[-20:][::-1], "at": look.at, "today": look.today, "clock_limit": 120,
    }
    return render(request, "desk/device.html", context, status=code)


def midnight(at: dt.datetime) -> dt.datetime:
    return at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Day:
    """One day of a device: 24 cells (place in pixels, tone, words), its rates, its clock at the end of the day."""

    on: dt.date
    cells: list[tuple[int, str, str]]
    told: Share
    offset_s: float | None


def days_of(look: Look, mn: str, hours: list[HourState], first: dt.datetime) -> list[Day]:
    """The days of the week shown, newest first."""
    starts = [first + dt.timedelta(days=n) for n in range(DAYS)]
    offsets = door.skew_of(look.viewer, mn, [min(start + dt.timedelta(days=1), look.at) for start in starts])
    by_hour: dict[dt.datetime, list[HourState]] = {}
    for hour in hours:
        by_hour.setdefault(hour.began, []).append(hour)
    return [
        Day(start.date(), [cell(n, by_hour.get(start + dt.timedelta(hours=n), []), start.date()) for n in range(24)], told := share(h for h in hours if start <= h.began < start + dt.timedelta(days=1)), offset if told.received else None)
        for start, offset in zip(starts, offsets, strict=True)
    ][::-1]


def cell(place: int, hours: list[HourState], on: dt.date) -> tuple[int, str, str]:
    """One hour over all factors: its worst state gives the tone; the words name the factors."""
    by = {state: [h.factor for h in hours if h.state == state] for state in ("missing", "marked", "valid", "stopped", "before")}
    when = f"{on:%m-%d} {place:02d} 时"
    if not hours:
        return place * 12, "ahead", f"{when}：未到"
    if len(by["before"]) == len(hours):
        return place * 12, "ahead", f"{when}：设备尚未接入"
    if by["missing"]:
        tone, words = ("gone", "全部缺失") if len(by["missing"]) == len(hours) else ("part", "缺 " + "、".join(map(door.factor_name, by["missing"])))
    elif by["marked"]:
        tone, words = "marked", "带标记 " + "、".join(map(door.factor_name, by["marked"]))
    else:
        tone, words = ("stopped", "停运") if by["stopped"] and not by["valid"] else ("valid", "齐全有效")
    return place * 12, tone, f"{when}：{words}"


def factors_of(hours: list[HourState]) -> list[tuple[str, Share]]:
    """The week's rates of each factor."""
    by: dict[str, list[HourState]] = {}
    for hour in hours:
        by.setdefault(hour.factor, []).append(hour)
    return [(factor, share(rows)) for factor, rows in by.items()]


def gaps_of(hours: list[HourState]) -> list[tuple[dt.datetime, dt.datetime, int]]:
    """Runs of hours for which nothing at all arrived, newest first: (first hour, last hour, how many)."""
    by: dict[dt.datetime, set[str]] = {}
    for hour in hours:
        by.setdefault(hour.began, set()).add(hour.state)
    runs: list[list[dt.datetime]] = []
    for began in sorted(at for at, states in by.items() if states == {"missing"}):
        if runs and began - runs[-1][-1] == door.HOUR:
            runs[-1].append(began)
        else:
            runs.append([began])
    return [(run[0], run[-1], len(run)) for run in runs[::-1]]


def orders_of(viewer: Officer, mn: str, sent: str) -> list[dict[str, Any]]:
    """The last commands, and before them the one just ``sent`` while the gateway has not taken it."""
    rows = door.recent_commands(viewer, mn)
    if sent and all(row["id"] != sent for row in rows):
        with suppress(NotYours):
            rows.insert(0, door.command_result(viewer, mn, sent))
    return [readable(row) for row in rows]


def readable(order: dict[str, Any]) -> dict[str, Any]:
    """A result of a command as the page shows it."""
    data = ["　".join(f"{k}={v}" for item in items for k, v in item.items()) for items in order.get("data") or []]
    tone = "live" if order["state"] in STILL else "done" if order["state"] in ("done", "empty") else "stop"
    return {
        **order, "title": door.command_names().get(order["command"], order["command"]), "lines": data, "tone": tone, "is_under_way": order["state"] in STILL,
        "asked_at": moment_of(order.get("at")), "told_at": moment_of(order.get("changed_at")),
    }


def moment_of(text: Any) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


@desk
def command_result(request: HttpRequest, look: Look, mn: str, order: str) -> HttpResponse:
    """One line of the table of commands, asked again while the command is under way; without scripts the page itself."""
    told = door.command_result(look.viewer, mn, order)
    if not request.htmx:
        return redirect(reverse("desk:device", args=[mn]) + "#orders")
    return render(request, "desk/_device_order.html", {"order": readable(told), "mn": mn})


@require_POST
@desk
def send_command(request: HttpRequest, look: Look, mn: str, command: str) -> HttpResponse:
    """Leave a command for the gateway; a refusal comes back on the page with its reasons."""
    monitor = monitor_of(look.viewer, mn)
    known = device_forms.COMMANDS.get(command)
    if known is None or not known.suits(monitor.st, 0):
        raise NotYours("没有这个命令")
    form = device_forms.built(known, monitor, look.at, request.POST)
    if not form.is_valid():
        return show(request, look, monitor, sent=command, data=request.POST, code=400)
    try:
        order = door.send_command(look.viewer, mn, command, form.arguments(), why=form.cleaned_data.get("why", ""), at=look.at)
    except BadInput as wrong:
        return show(request, look, monitor, sent=command, data=request.POST, refused=str(wrong), code=400)
    messages.success(request, f"“{door.command_names()[command]}”已交给网关，结果见下方命令记录")
    return redirect(reverse("desk:device", args=[mn]) + f"?sent={order}#orders")
