"""Key areas: special plans over the borders that the registry holds, patrols against the plan, enterprises inside."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Max, QuerySet
from shapely.geometry import Point, shape

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.registry import places
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.place_models import Area
from qingyuan.records.registry.queries import facilities

from . import campaigns
from .area_models import AreaPatrol, AreaPlan
from .problems import note_problem

KINDS = ("protected_area", "water_source_zone", "control_unit", "key_area")
DAYS = 365


@dataclass(frozen=True)
class Standing:
    """An area with its plan of the year: walked how often, last when, due when."""

    area: Area
    plan: AreaPlan | None
    walked: int
    last: dt.date | None
    due_on: dt.date | None


def standings(viewer: Officer, on: dt.date, *, kind: str = "") -> list[Standing]:
    """Areas the viewer may see; those with a plan, soonest due first, then those without."""
    rows = list(places.areas(viewer, on, kinds=[kind] if kind in KINDS else KINDS))
    plans = {plan.area_id: plan for plan in AreaPlan.objects.filter(area__in=rows, year=on.year).select_related("officer")}
    walks = {area: (n, last) for area, n, last in AreaPatrol.objects.filter(area__in=rows, on__year=on.year).order_by().values_list("area").annotate(n=Count("pk"), last=Max("on"))}
    found = []
    for area in rows:
        plan, (n, last) = plans.get(area.pk), walks.get(area.pk, (0, None))
        found.append(Standing(area, plan, n, last, due_of(plan, n) if plan else None))
    return sorted(found, key=lambda row: (row.due_on or dt.date.max, row.area.kind, row.area.code))


def due_of(plan: AreaPlan, walked: int) -> dt.date | None:
    """The next patrol: the year divided evenly by the number planned; None when all are walked."""
    if walked >= plan.times:
        return None
    return dt.date(plan.year, 1, 1) + dt.timedelta(days=DAYS * (walked + 1) // plan.times - 1)


def area(viewer: Officer, pk: int, on: dt.date) -> Area:
    row = places.areas(viewer, on, kinds=KINDS).filter(pk=pk).first()
    if row is None:
        raise NotYours("没有找到，或不在您的辖区范围内")
    return row


def inside(viewer: Officer, row: Area) -> list[Facility]:
    """The viewer's enterprises whose place lies in the area or on its border."""
    border = shape(row.geometry)
    near = facilities(viewer).filter(lon__gte=row.west, lon__lte=row.east, lat__gte=row.south, lat__lte=row.north)
    return [place for place in near if border.covers(Point(place.lon, place.lat))]


def patrols(viewer: Officer, row: Area) -> QuerySet[AreaPatrol]:
    """Walks of an area the viewer reached."""
    return AreaPatrol.objects.filter(area=row, area__in=places.areas(viewer, row.valid_from)).select_related("by", "problem").order_by("-on", "-pk")


def plan_of(row: Area, year: int) -> AreaPlan | None:
    return AreaPlan.objects.filter(area=row, year=year).select_related("officer").first()


@transaction.atomic
def draw_up(row: Area, *, year: int, times: int, content: str, officer: Officer, by: Officer, at: dt.datetime, pack: str = "") -> AreaPlan:
    """Draw up, or change, the special plan of an area for a year."""
    if not 1 <= times <= DAYS or not content.strip():
        raise BadInput("请写明每年巡查次数（1 至 365）和专项计划", field="times" if not 1 <= times <= DAYS else "content")
    if pack and pack not in campaigns.packs(at.date()):
        raise BadInput("没有这个检查要点包", field="pack")
    if not by.has_role(*campaigns.PLANNERS):
        raise NotAllowed(f"{by.name}没有拟订专项计划的岗位")
    plan = AreaPlan.objects.filter(area=row, year=year).first() or AreaPlan(area=row, year=year, division=row.division)
    plan.times, plan.content, plan.officer, plan.pack, plan.drawn_up_on = times, content.strip(), officer, pack, at.date()
    plan.save()
    record_event(by=by, subject=f"area:{row.pk}", step="draw_up_area_plan", at=at, after={"year": year, "times": times})
    return plan


@transaction.atomic
def patrol(row: Area, *, on: dt.date, found: str, by: Officer, at: dt.datetime, has_problem: bool = False) -> AreaPatrol:
    """Write a walk down.  It is public ground: an enterprise inside is entered through the gate only (国办发〔2024〕54号)."""
    if not found.strip() or on > at.date():
        raise BadInput("请写明巡查情况" if found.strip() == "" else "巡查日期不能晚于今天", field="found" if not found.strip() else "on")
    kind = "water_zone" if row.kind == "water_source_zone" else "reserve"
    problem = note_problem(kind=kind, description=found, place=row.name, division=row.division, by=by, at=at) if has_problem else None
    walk = AreaPatrol(area=row, division=row.division, on=on, found=found.strip(), problem=problem, by=by)
    walk.save()
    record_event(by=by, subject=f"area:{row.pk}", step="patrol", at=at, after={"on": on.isoformat(), "problem": problem.number if problem else ""})
    return walk
