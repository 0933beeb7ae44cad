"""Grades and clocks by the scheme a division follows; the numbers stand in ``law/book/clues/schemes``, graded, never here.

Hours are natural hours: nights and days off count.  Working days follow the calendar.  Every clock carries its sum.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput
from qingyuan.law import rulebook, workdays
from qingyuan.records.registry.models import Division, Facility

DEFAULT = "platform"


@dataclass(frozen=True)
class Clock:
    """One clock of a scheme, counted: ``lines`` is the sum in words, ``grade`` how far the scheme's source was checked."""

    kind: str
    label: str
    started_at: dt.datetime
    due_at: dt.datetime
    lines: tuple[str, ...]
    citation: str
    grade: str


def schemes() -> dict[str, str]:
    """Every scheme of the book by id and name."""
    return {key: entry["label"] for key, entry in rulebook.load().folder("clues/schemes").items() if "clocks" in rulebook.versions(entry)[0]}


def scheme(name: str, on: dt.date) -> Mapping[str, Any]:
    """A scheme as it reads on a day; BadInput for one that is not in the book."""
    if name not in schemes():
        raise BadInput(f"没有“{name}”这一分级时限方案；可选：{'、'.join(schemes().values())}", field="scheme")
    return rulebook.load().get(f"clues/schemes/{name}", on=on)


def scheme_for(division: Division, on: dt.date) -> str:
    """The scheme chosen by the division or the nearest above it, else the one written for its province, else the platform's."""
    from .stage_models import SchemeChoice

    here: Division | None = division
    while here is not None:
        chosen = SchemeChoice.objects.filter(division=here, valid_from__lte=on).order_by("-valid_from").first()
        if chosen is not None and chosen.scheme in schemes():
            return chosen.scheme
        here = here.parent
    for key in schemes():
        if division.code[:2] in rulebook.load().entry(f"clues/schemes/{key}").get("provinces", ()):
            return key
    return DEFAULT


def clock(name: str, kind: str, severity: str, started_at: dt.datetime, *, facility: Facility | None = None) -> Clock | None:
    """The clock of that kind for a clue of that grade; None when the scheme has none."""
    told = scheme(name, started_at.astimezone(CHINA).date())
    row = told["clocks"].get(kind)
    if row is None or severity not in row:
        return None
    due_at, lines = count(row[severity], started_at, is_key=facility is not None and facility.is_key_discharger)
    head = f"{told['grades'][severity]}　{row['label']}"
    return Clock(kind, row["label"], started_at, due_at, (head, *lines), str(told["citation"]), told["grade"])


def kinds_from(name: str, start: str, on: dt.date) -> list[str]:
    """The clocks of a scheme that run from finding, from asking the firm, or from acceptance."""
    return [kind for kind, row in scheme(name, on)["clocks"].items() if row["start"] == start]


def count(budget: Mapping[str, Any], started_at: dt.datetime, *, is_key: bool) -> tuple[dt.datetime, list[str]]:
    """Count a budget (hours | workdays | next_day) from a moment; returns when it is over and the sum in words."""
    here = started_at.astimezone(CHINA)
    lines = [f"{here:%Y-%m-%d %H:%M} 起算"]
    if "next_day" in budget:
        due = (here + dt.timedelta(days=1)).replace(hour=budget["next_day"], minute=0, second=0, microsecond=0)
        return due, [*lines, f"次日 {budget['next_day']} 时前：{due:%Y-%m-%d %H:%M}"]
    if "workdays" in budget:
        day, left, off = here.date(), budget["workdays"], 0
        while left:
            day += dt.timedelta(days=1)
            is_work = workdays.is_workday(day)
            left, off = left - is_work, off + (not is_work)
        due = dt.datetime.combine(day, dt.time(23, 59), CHINA)
        return due, [*lines, f"当日不计，第 {budget['workdays']} 个工作日为 {day}" + (f"（其间休息日 {off} 日不计）" if off else "")]
    hours, why = (budget["key_hours"], "重点排污单位 ") if is_key and "key_hours" in budget else (budget["hours"], "")
    due = here + dt.timedelta(hours=hours)
    return due, [*lines, f"＋{why}{hours} 小时（自然小时，夜间、休息日照计）＝ {due:%Y-%m-%d %H:%M}"]


def escalations(name: str, on: dt.date) -> list[Mapping[str, Any]]:
    """After how many hours past due, to whom: duty | leader | superior."""
    return list(scheme(name, on)["escalate"])
