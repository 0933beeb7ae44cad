"""How heavily inspections weigh on enterprises: visits, minutes, repeats, caps, visits spared.  Every figure says how it was counted.

国办发〔2024〕54号: a published yearly cap, warnings of repeated and frequent inspection.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from qingyuan.records.registry.models import Division, Facility, Officer
from qingyuan.records.registry.scope import scoped

from . import gate, pool
from .models import Assignment, InspectionPlan, OffSiteCheck
from .states import BASES

METHOD = (
    "入企：已到场开始的检查任务，一项任务算一次，与其他部门合并的也算一次；未到场、撤销的不算。在场分钟：现场检查的进入至离开时间，未离开的不算。"
    "重复：同一单位两次入企相隔不满规定日数的后一次，整改复查、案件调查不算重复。计划内：双随机、专项、帮扶，计入年度频次上限。"
)
FOLLOW_UPS = ("reinspection", "case")
ENTERED = ("started", "finished")
Times = Mapping[int, tuple[dt.datetime, dt.datetime | None]]


@dataclass(frozen=True)
class Visit:
    """One entry: ``minutes`` None while nobody has left; ``is_repeat`` when it came too soon after another."""

    task: int
    number: str
    on: dt.date
    basis: str
    minutes: int | None
    is_planned: bool
    is_repeat: bool = False
    departments: int = 0

    @property
    def basis_label(self) -> str:
        return BASES[self.basis]


@dataclass
class Load:
    """What one enterprise bore in a year."""

    place: Facility
    visits: list[Visit] = field(default_factory=list)
    cap: InspectionPlan | None = None
    planned: int = 0
    spared: int = 0

    @property
    def minutes(self) -> int:
        return sum(visit.minutes or 0 for visit in self.visits)

    @property
    def repeats(self) -> int:
        return sum(visit.is_repeat for visit in self.visits)

    @property
    def is_over(self) -> bool:
        return self.cap is not None and self.planned > self.cap.frequency_cap

    @property
    def is_full(self) -> bool:
        return self.cap is not None and self.planned == self.cap.frequency_cap

    @property
    def warning(self) -> str:
        """Why this enterprise stands where it does in the list; "" when there is nothing to say."""
        said = []
        if self.is_over:
            said.append(f"计划内 {self.planned} 次，超过上限 {self.cap.frequency_cap} 次" if self.cap else "")
        elif self.is_full:
            said.append("计划内检查已到上限，本年不再派计划内任务")
        if self.repeats:
            said.append(f"重复入企 {self.repeats} 次")
        return "；".join(said)

    @property
    def urgency(self) -> tuple[int, int, int, str]:
        return (-int(self.is_over), -self.repeats, -len(self.visits), self.place.code)


def loads(viewer: Officer, year: int, times: Times) -> list[Load]:
    """Every enterprise of the viewer's division that was visited or spared this year, the most burdened first.

    ``times``: by task (entered, left) as the inspections have them.
    """
    tasks = scoped(Assignment.objects.filter(issued_on__year=year), viewer)
    rows = tasks.exclude(state="cancelled").order_by("issued_on", "pk").values_list("pk", "number", "facility_id", "issued_on", "basis", "state", "departments")
    spared = scoped(OffSiteCheck.objects.filter(checked_on__year=year), viewer).values_list("facility_id", flat=True)
    found: dict[int, Load] = {}
    visits: dict[int, list[Visit]] = {}
    planned: dict[int, int] = {}
    for pk, number, place, issued_on, basis, state, departments in rows:
        planned[place] = planned.get(place, 0) + (basis in pool.PLANNED and state in ENTERED)
        if state in ENTERED:
            visits.setdefault(place, []).append(visit_of(pk, number, issued_on, basis, times.get(pk), len(departments)))
    counts: dict[int, int] = {}
    for place in spared:
        counts[place] = counts.get(place, 0) + 1
    plans = pool.plans_of(year)
    for place in Facility.objects.filter(pk__in={*visits, *counts}).select_related("operator", "division"):
        found[place.pk] = Load(place, marked(visits.get(place.pk, []), year), pool.cap_of(place, plans), planned.get(place.pk, 0), counts.get(place.pk, 0))
    return sorted(found.values(), key=lambda load: load.urgency)


def visit_of(pk: int, number: str, issued_on: dt.date, basis: str, times: tuple[dt.datetime, dt.datetime | None] | None, departments: int) -> Visit:
    began, ended = times or (None, None)
    minutes = int((ended - began).total_seconds() // 60) if began and ended else None
    return Visit(pk, number, began.date() if began else issued_on, basis, minutes, basis in pool.PLANNED, departments=departments)


def marked(visits: Iterable[Visit], year: int) -> list[Visit]:
    """The visits in order, each repeat marked."""
    days, rows, last = gate.window("repeat", None)["days"], [], None
    for visit in sorted(visits, key=lambda one: (one.on, one.task)):
        again = last is not None and (visit.on - last).days < days and visit.basis not in FOLLOW_UPS
        rows.append(Visit(**{**visit.__dict__, "is_repeat": again}))
        last = visit.on
    return rows


@dataclass
class Sum:
    """The same for a division."""

    division: Division
    enterprises: int = 0
    visits: int = 0
    minutes: int = 0
    middle: int | None = None
    repeats: int = 0
    over: int = 0
    full: int = 0
    spared: int = 0
    merged: int = 0


def by_division(found: Iterable[Load]) -> list[Sum]:
    """One line for each division, most repeats first."""
    sums: dict[str, Sum] = {}
    lasted: dict[str, list[int]] = {}
    for load in found:
        row = sums.setdefault(load.place.division_id, Sum(load.place.division))
        row.enterprises += bool(load.visits)
        row.visits += len(load.visits)
        row.minutes += load.minutes
        row.repeats += load.repeats
        row.over += load.is_over
        row.full += load.is_full
        row.spared += load.spared
        row.merged += sum(bool(visit.departments) for visit in load.visits)
        lasted.setdefault(load.place.division_id, []).extend(visit.minutes for visit in load.visits if visit.minutes is not None)
    for code, row in sums.items():
        row.middle = int(median(lasted[code])) if lasted[code] else None
    return sorted(sums.values(), key=lambda row: (-row.over, -row.repeats, -row.visits, row.division.code))
