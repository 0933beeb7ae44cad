"""One facility on one time axis: emission against its limit, process parameters, power, marks, instrument settings, what was found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from qingyuan.clock import CHINA
from qingyuan.engines.judge import factors as judged
from qingyuan.engines.judge import marking
from qingyuan.errors import BadInput
from qingyuan.records.clues import queries as clues
from qingyuan.records.registry import door
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Facility

from . import bands, names
from .charts import moment
from .frame import Look, desk

SPANS = {1: "1 日", 2: "2 日", 7: "7 日", 30: "30 日"}
KINDS = {"hour": "小时", "minute": "分钟", "real": "实时"}
LONGEST = dt.timedelta(days=31)
MOST_SERIES = 60
FIRST = ("i33400", "a19001", "a00000", "w00000", "w01001")  # load, oxygen, flow, pH: what is looked at beside a concentration


@dataclass(frozen=True)
class Line:
    """One series of a lane; ``scale`` turns its value into the lane's unit (100 ÷ limit for emissions)."""

    outlet: str
    factor: str
    name: str
    unit: str
    scale: float = 1.0
    limit_value: float | None = None


@dataclass(frozen=True)
class Lane:
    """One plot of the stack: its title, the unit of its axis, its lines."""

    key: str
    title: str
    unit: str
    lines: list[Line] = field(default_factory=list)
    is_tall: bool = False


@dataclass(frozen=True)
class Asked:
    """Facility, kind and window that the address asks for."""

    place: Facility
    kind: str
    began: dt.datetime
    ended: dt.datetime

    @property
    def days(self) -> int:
        return round((self.ended - self.began) / dt.timedelta(days=1))


def asked(request: HttpRequest, look: Look, code: str) -> Asked:
    """Read the address: ``ended`` (default: the next full hour), ``days`` 1, 2, 7 or 30, ``kind``."""
    place = registry.facility(look.viewer, code)
    kind, days = request.GET.get("kind", "hour"), request.GET.get("days", "2")
    if kind not in KINDS:
        raise BadInput(f"数据类型须为：{'、'.join(KINDS)}", field="kind")
    if not days.isdigit() or int(days) not in SPANS:
        raise BadInput(f"时间跨度须为 {'、'.join(map(str, SPANS))} 天之一", field="days")
    full = look.at.astimezone(CHINA).replace(minute=0, second=0, microsecond=0) + door.HOUR
    ended = moment(request.GET["ended"], "ended") if request.GET.get("ended") else full
    return Asked(place, kind, ended - dt.timedelta(days=int(days)), ended)


@desk
def stack_page(request: HttpRequest, look: Look, code: str) -> HttpResponse:
    """The stack with, under each lane, what it is made of in numbers: it can be read without scripts."""
    ask = asked(request, look, code)
    told = door.timeline_of(look.viewer, code, ask.began, ask.ended)
    lanes = lanes_of(look, ask, told)
    lines = [(lane, [summary(look, ask, line) for line in lane.lines]) for lane in lanes]
    newest = [row["newest"] for _, rows in lines for row in rows]
    step = dt.timedelta(days=ask.days)
    context = {
        "place": ask.place, "ask": ask, "lanes": lines, "bands": bands.draw(rows_of_bands(look, ask, told), ask.began, ask.ended), "kinds": KINDS, "spans": SPANS,
        "at": look.at, "began": ask.began, "ended": ask.ended, "before": (ask.ended - step).isoformat(), "after": (ask.ended + step).isoformat() if ask.ended < look.at else "",
        "oldest": min((at for at in newest if at), default=None), "has_silent": any(at is None for at in newest), "most": MOST_SERIES,
        "source": reverse("desk:stack_data", args=[code]) + f"?days={ask.days}&kind={ask.kind}&ended={ask.ended.strftime('%Y-%m-%dT%H:%M')}",
    }
    return render(request, "desk/stack.html", context)


@desk
def stack_data(request: HttpRequest, look: Look, code: str) -> HttpResponse:
    """The numbers of every lane: for each line ``x`` seconds, ``y`` in the lane's unit, ``raw`` as measured; for uPlot."""
    ask = asked(request, look, code)
    timeline = door.timeline_of(look.viewer, code, ask.began, ask.ended)
    lanes = lanes_of(look, ask, timeline)
    body = [{"key": lane.key, "unit": lane.unit, "limit": 100 if lane.key == "emission" else None, "lines": [numbers(look, ask, line) for line in lane.lines]} for lane in lanes]
    return JsonResponse({"began": int(ask.began.timestamp()), "ended": int(ask.ended.timestamp()), "lanes": body, "shades": shades(rows_of_bands(look, ask, timeline))})


def shades(rows: list[bands.Row]) -> list[tuple[int, int, str]]:
    """What lies behind the curves: (from, to, tone) of every mark, judged period and turn of a setting."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for band in (band for row in rows for band in row.bands):
        spans.setdefault(band.tone.split()[0], []).append((int(band.began.timestamp()), int(band.ended.timestamp())))
    return [(began, ended, tone) for tone, some in spans.items() for began, ended in (sorted(set(some)) if tone == "turn" else joined(some))]


def joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch or overlap as one, in order: what is shaded twice is not darker."""
    found: list[tuple[int, int]] = []
    for began, ended in sorted(spans):
        if found and began <= found[-1][1]:
            found[-1] = (found[-1][0], max(ended, found[-1][1]))
        else:
            found.append((began, ended))
    return found


def lanes_of(look: Look, ask: Asked, told: door.Timeline) -> list[Lane]:
    """Sort the series of a facility into lanes: what has a limit, what flows and how hot, power, instrument and process states."""
    limits = limits_of(look, ask)
    several = len({outlet for outlet, _ in told.series}) > 1
    emission, power, process = Lane("emission", "排放", "占小时限值 %", is_tall=True), Lane("power", "用电", "A"), {}
    for outlet, factor in told.series[:MOST_SERIES]:
        name = told.equipment.get((outlet, factor)) or door.factor_name(factor)
        unit = door.factor_unit(factor)
        label = f"{name} {outlet.rsplit('/', 1)[-1]}" if several else name
        limit = limits.get((outlet, factor))
        if limit:
            emission.lines.append(Line(outlet, factor, label, unit, 100 / limit, limit))
        elif (outlet, factor) in told.equipment or factor[:2] in ("d2", "d3", "g1", "g2", "g3", "e3") and unit == "A":
            power.lines.append(Line(outlet, factor, label, unit))
        else:
            lane = process.setdefault(factor, Lane(f"process-{factor}", door.factor_name(factor), unit or "原值"))
            lane.lines.append(Line(outlet, factor, label, unit))
    emission.lines.sort(key=lambda line: (line.factor not in judged.POLLUTANTS, line.outlet, line.factor))
    rest = [process[factor] for factor in sorted(process, key=lambda code: (FIRST.index(code) if code in FIRST else len(FIRST), code))]
    return [lane for lane in (emission, power, *rest) if lane.lines]


def limits_of(look: Look, ask: Asked) -> dict[tuple[str, str], float]:
    """The hourly limit in force at the end of the window, the permit's before the standard's; pH has two and is no share."""
    on = ask.ended.astimezone(CHINA).date()
    found: dict[tuple[str, str], float] = {}
    rows = [r for r in registry.limits_of(look.viewer, ask.place) if r.averaging in ("hour", "day") and r.valid_from <= on and (r.valid_to is None or on < r.valid_to)]
    for row in sorted(rows, key=lambda r: (r.averaging != "hour", r.kind != "permit")):
        if row.limit_value > 0 and row.factor != "w01001":
            found.setdefault((row.outlet.code, row.factor), row.limit_value)
    return found


def series(look: Look, ask: Asked, line: Line) -> dict[str, Any]:
    """A line's numbers; the corrected value wherever the device sent one, as it is held against the limit."""
    told = door.chart_series(look.viewer, line.outlet, line.factor, ask.kind, ask.began, ask.ended)
    told["y"] = [value if fixed is None else fixed for value, fixed in zip(told["values"], told["corrected"], strict=True)]
    return told


def numbers(look: Look, ask: Asked, line: Line) -> dict[str, Any]:
    told = series(look, ask, line)
    return {"name": line.name, "unit": line.unit, "x": told["times"], "raw": told["y"], "y": [None if v is None else v * line.scale for v in told["y"]]}


def summary(look: Look, ask: Asked, line: Line) -> dict[str, Any]:
    """What a line is made of: extremes, last value, how much of what was due is valid, how old the newest is."""
    told = series(look, ask, line)
    known = [v for v in told["y"] if v is not None]
    over = sum(v * line.scale > 100 for v in known) if line.limit_value else None
    return {
        "line": line, "low": min(known, default=None), "high": max(known, default=None), "last": known[-1] if known else None, "rows": told["rows"], "over": over,
        "valid_share": told["valid_share"], "newest": dt.datetime.fromisoformat(told["newest"]) if told["newest"] else None,
    }


def rows_of_bands(look: Look, ask: Asked, told: door.Timeline) -> list[bands.Row]:
    """Marks, dated facts, instrument settings and judged periods, one row of bands for each kind."""
    marks = [bands.Band(row["began"], row["ended"] or ask.ended, marking.chinese(row["code"]), f"{row['author']}：{row['reason']}", "mark is-rejected" if row["review"] == "rejected" else "mark") for row in told.marks]
    facts = [bands.Band(row["began"], row["ended"] or row["began"], FACTS.get(row["kind"], row["kind"]), row["text"] or row["name"], "fact") for row in told.facts]
    found = [
        bands.Band(row.began, row.ended, names.rule_name(row.rule), f"{clue.number} {names.rule_name(row.rule)}", "finding")
        for clue in clues.clues_of(look.viewer, ask.place).filter(began__lt=ask.ended, ended__gt=ask.began).prefetch_related("findings")[:100]
        for row in clue.findings.all() if row.began < ask.ended and row.ended > ask.began
    ]
    rows = [bands.Row("判定", found), bands.Row("标记", marks), bands.Row("工单、指令", facts), bands.Row("仪器参数", turns(told.parameters, ask.began))]
    return [row for row in rows if row.bands]


FACTS = {"ticket": "运维工单", "stop_order": "停产指令", "limit_order": "限产指令", "stagger": "错峰生产", "quota": "总量", "permit": "许可", "design": "设计", "video": "视频", "door": "站房开门", "restart": "设备重启",
         "self_monitoring_due": "自行监测期限", "self_monitoring": "自行监测", "report_due": "执行报告期限", "report_submitted": "执行报告", "disclosure_due": "公开期限", "disclosed": "信息公开",
         "ledger": "台账", "reported_mass": "申报排放量", "permit_place": "许可坐标", "located": "现场定位", "reach": "上游断面", "reach_load": "区间许可量"}  # fmt: skip


def turns(parameters: list[Mapping[str, Any]], began: dt.datetime) -> list[bands.Band]:
    """Each moment in the window at which an instrument reported another value than before."""
    before: dict[tuple[str, str, str], Any] = {}
    found = []
    for row in parameters:
        key, value = (row["mn"], row["factor"], row["name"]), row["value"] if row["value"] is not None else row["text"]
        if key in before and before[key] != value and row["began"] >= began:
            what = f"{door.factor_name(row['factor']) if row['factor'] else '数采仪'}{door.factor_name(row['name'])}"
            found.append(bands.Band(row["began"], row["began"], f"{what} {before[key]:g}→{value:g}" if isinstance(value, float) else what, f"{row['mn']} {row['name']}", "turn"))
        before[key] = value
    return found
