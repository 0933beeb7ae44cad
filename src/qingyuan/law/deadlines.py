"""Legal clocks: a budget of days plus a ledger of suspensions gives the day it is due, with the sum written out.

How days are counted (``book/procedure/rules``): the first day is not counted; working days where the statute says so;
days inside a suspension are not counted; a last day that is not worked moves to the next working day.  Months and
years end on the corresponding day, or on the last of the month where there is none.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from qingyuan.errors import BadInput

from . import rulebook
from .citation import Citation, parse_all
from .rulebook import Entry
from .workdays import ONE_DAY, day_off, is_provisional, is_workday

NEVER = dt.date.max
FARTHEST = dt.MAXYEAR // 4
UNITS = {"day": "日", "workday": "个工作日", "month": "个月", "year": "年", "hour": "小时"}


Hole = tuple[dt.date, dt.date | None]


@dataclass(frozen=True)
class Suspension:
    """Days that do not count: from ``began`` (not counted) to ``ended`` (counted again); ``ended`` None while it lasts.

    ``ground`` is an id or label of ``procedure/rules/suspensions``; ``citation`` the written form of its article."""

    began: dt.date
    ended: dt.date | None
    ground: str
    citation: str = ""


@dataclass(frozen=True)
class Due:
    """One clock computed.  ``due_on`` is ``NEVER`` while it stands still in an open suspension; ``left`` is what remains then.

    ``arithmetic`` are Chinese lines a lawyer can follow; ``provisional`` says that a day of a year without its
    holiday notice was used; ``grade`` is that of the rule."""

    clock: str
    label: str
    budget: int
    unit: str
    started: dt.date
    due_on: dt.date
    arithmetic: tuple[str, ...]
    citation: Citation
    provisional: bool
    grade: str = "A"
    left: int = 0
    direction: str = "after"
    citations: tuple[Citation, ...] = field(default=())

    @property
    def is_stopped(self) -> bool:
        """Whether it stands still in a suspension that has not ended."""
        return self.due_on == NEVER

    def is_late(self, on: dt.date) -> bool:
        """Whether ``on`` is past the due day; never late while it stands still."""
        return on > self.due_on


def due(
    clock_id: str, started: dt.date, *, suspensions: Sequence[Suspension] = (), extension: int = 0
) -> Due:
    """When a clock that started on a day is due.

    ``extension`` is in the clock's own unit.  Raises BadInput for an unknown clock, a clock counted in hours (use
    ``due_at``), an extension beyond what the article allows, or a suspension the article does not know."""
    for day in (started, *(hole.ended or hole.began for hole in suspensions)):
        if day.year > FARTHEST:
            raise BadInput(f"日期 {day} 太远，不是一个案件的日子", field="started")
    entry = rulebook.load().get(f"procedure/{clock_id}", on=started)
    if "budget" not in entry:
        raise BadInput(f"“{entry['label']}”不是一段期限，时钟列在 law/book/procedure", field="clock")
    if entry["unit"] == "hour":
        raise BadInput(f"“{entry['label']}”按小时计，起点要带时刻", field="started")
    _check_extension(entry, extension)
    holes = _holes(entry, started, suspensions)
    count = _Count(entry, started, entry["budget"] + extension, holes)
    if extension:
        count.say(f"经批准延长{extension}{UNITS[entry['unit']]}，共{count.budget}{UNITS[entry['unit']]}")
    count.run()
    cited = parse_all(entry["citation"])
    return Due(
        clock_id, entry["label"], count.budget, entry["unit"], started, count.due_on, tuple(count.lines), cited[0],
        count.provisional, entry["grade"], count.left, entry.get("direction", "after"), cited,
    )  # fmt: skip


def due_at(clock_id: str, started: dt.datetime) -> dt.datetime:
    """The moment a clock counted in hours runs out, e.g. the 24 hours to approve an urgent seizure (Order 29 art. 13)."""
    entry = rulebook.load().get(f"procedure/{clock_id}", on=started.date())
    if entry["unit"] != "hour":
        raise BadInput(f"“{entry['label']}”按{UNITS[entry['unit']]}计，不按小时", field="started")
    return started + dt.timedelta(hours=entry["budget"])


def yearly(clock_id: str, year: int) -> dt.date:
    """The day of a duty that returns every year, e.g. ``disclosure_annual``: 15 March.  Raises BadInput for another clock."""
    start = dt.date(year, 1, 1)
    entry = rulebook.load().get(f"procedure/{clock_id}", on=start)
    if "month_day" not in entry:
        raise BadInput(f"“{entry['label']}”不是每年固定的日子", field="clock")
    return dt.date.fromisoformat(f"{year:04d}-{entry['month_day']}")


def clocks() -> list[str]:
    """Ids of every clock of the rule book."""
    return [key for key, entry in rulebook.load().folder("procedure").items() if "budget" in rulebook.versions(entry)[0]]


def grounds(clock_id: str) -> dict[str, str]:
    """Ids and labels of the grounds that stop a clock, for a form to choose from; empty when nothing stops it."""
    known = rulebook.load().folder("procedure/rules")["suspensions"]["grounds"]
    return {name: known[name]["label"] for name in rulebook.load().entry(f"procedure/{clock_id}").get("suspended_by", ())}


def _check_extension(entry: Entry, extension: int) -> None:
    most = entry.get("extension", {}).get("max", 0)
    if extension < 0 or extension > most:
        allowed = f"最多可延长{most}{UNITS[entry['unit']]}" if most else "不能延长"
        raise BadInput(f"“{entry['label']}”{allowed}，给出的是{extension}", field="extension")


def _holes(entry: Entry, started: dt.date, suspensions: Sequence[Suspension]) -> list[Hole]:
    holes = []
    for hole in suspensions:
        _check_ground(entry, hole)
        if hole.ended is not None and hole.ended < hole.began:
            raise BadInput(f"中止的结束日 {hole.ended} 早于开始日 {hole.began}", field="suspensions")
        if hole.ended is None or hole.ended > started:
            holes.append((hole.began, hole.ended))
    return sorted(holes, key=lambda hole: (hole[0], hole[1] or NEVER))


def _check_ground(entry: Entry, hole: Suspension) -> None:
    """A known ground must be one that stops this clock; an unknown one needs its own citation."""
    every = rulebook.load().folder("procedure/rules")["suspensions"]["grounds"]
    allowed = {name: every[name]["label"] for name in entry.get("suspended_by", ())}
    if hole.ground in allowed or hole.ground in allowed.values():
        return
    is_known = hole.ground in every or hole.ground in [ground["label"] for ground in every.values()]
    if is_known or not allowed or not (hole.ground.strip() and hole.citation.strip()):
        known = "、".join(f"{key}（{label}）" for key, label in allowed.items()) or "没有可以中止它的事由"
        raise BadInput(f"“{entry['label']}”不因“{hole.ground}”中止；可用的事由：{known}；其他事由要写明依据", field="suspensions")


class _Count:
    """One walk from the start to the due day; collects the lines of the sum as it goes."""

    def __init__(self, entry: Entry, started: dt.date, budget: int, holes: list[Hole]) -> None:
        self.entry, self.started, self.budget, self.holes = entry, started, budget, holes
        self.unit: str = entry["unit"]
        self.lines: list[str] = []
        self.left = 0
        self.provisional = False
        self.due_on: dt.date = NEVER

    def say(self, line: str) -> None:
        self.lines.append(line)

    def run(self) -> None:
        """Fill ``due_on``, ``left``, ``provisional`` and ``lines``."""
        if self.entry.get("direction") == "before":
            self._count_back()
            return
        for began, ended in self.holes:
            self.say(f"中止：{began} 起" + (f"，{ended} 恢复计算" if ended else "，尚未恢复"))
        walk = self._by_calendar if self.unit in ("month", "year") else self._by_days
        last = walk()
        if last is not None:
            self.due_on = self._after(self._roll(last))

    def _in_hole(self, day: dt.date) -> bool:
        return any(began <= day and (ended is None or day < ended) for began, ended in self.holes)

    def _stopped_for_good(self, day: dt.date) -> bool:
        return any(ended is None and began <= day for began, ended in self.holes)

    def _by_days(self) -> dt.date | None:
        day, left, held, off = self.started, self.budget, 0, 0
        self.say(f"{self.started} 为起算日，当日不计，自 {self.started + ONE_DAY} 起算")
        while left:
            day += ONE_DAY
            if self._stopped_for_good(day):
                self.left = left
                self.say(f"至 {day - ONE_DAY} 已计{self.budget - left}，余{left}{UNITS[self.unit]}，恢复后接着计")
                return None
            if self._in_hole(day):
                held += 1
            elif self.unit == "workday" and not self._is_workday(day):
                off += 1
            else:
                left -= 1
        skipped = [f"中止{held}日"] * bool(held) + [f"休息日{off}日"] * bool(off)
        note = f"（其间不计{'、'.join(skipped)}）" if skipped else ""
        self.say(f"第{self.budget}{UNITS[self.unit]}为 {day}{note}")
        return day

    def _by_calendar(self) -> dt.date | None:
        months = self.budget * (12 if self.unit == "year" else 1)
        last = add_months(self.started, months)
        self.say(f"{self.started} 起{self.budget}{UNITS[self.unit]}，届满日为 {last}")
        day, held = self.started if self.holes else last, 0
        while day < last:
            day += ONE_DAY
            if self._stopped_for_good(day):
                self.left = (last - day).days + 1
                self.say(f"自 {day} 起停止计算，余{self.left}日，恢复后接着计")
                return None
            if self._in_hole(day):
                held += 1
                last += ONE_DAY
        if held:
            self.say(f"其间中止{held}日不计，顺延到 {last}")
        return last

    def _count_back(self) -> None:
        day, left = self.started, self.budget
        self.say(f"{self.started} 当日不计，向前数")
        while left:
            day -= ONE_DAY
            left -= self.unit != "workday" or self._is_workday(day)
        while self.entry.get("roll", True) and not self._is_workday(day):
            day -= ONE_DAY
        self.due_on = day
        self.say(f"最迟 {day}")

    def _is_workday(self, day: dt.date) -> bool:
        self.provisional |= is_provisional(day)
        return is_workday(day)

    def _roll(self, last: dt.date) -> dt.date:
        if not self.entry.get("roll", True):
            return last
        day, why = last, day_off(last)
        while self._in_hole(day) or not self._is_workday(day):
            day += ONE_DAY
        if day != last:
            self.say(f"{last} 是{why or '中止期内'}，顺延至 {day}")
        return day

    def _after(self, last: dt.date) -> dt.date:
        then = self.entry.get("then", 0)
        if then:
            self.say(f"期满的次日 {last + then * ONE_DAY} 起")
        return last + then * ONE_DAY


def add_months(day: dt.date, months: int) -> dt.date:
    """The corresponding day ``months`` later, or the last of that month (Civil Code art. 202)."""
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
