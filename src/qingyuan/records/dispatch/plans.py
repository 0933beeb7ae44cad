"""The yearly inspection plan: drawn up with quotas from the rule book, approved by another, published with its cap."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Count

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.scope import scoped

from .models import InspectionPlan
from .plan_states import PLAN
from .pool import inspectors_of, quota_lines


def counts_of(viewer: Officer) -> dict[str, int]:
    """Facilities of the viewer's division by class."""
    rows = scoped(Facility.objects.all(), viewer).values_list("is_key_discharger").annotate(n=Count("pk")).order_by()
    found = dict(rows)
    return {"key": found.get(True, 0), "plain": found.get(False, 0)}


def default_cap(on: dt.date) -> int:
    """The cap proposed when nothing local is known (platform setting, grade U)."""
    return int(rulebook.load().get("draw/frequency_cap", on=on)["visits"])


@transaction.atomic
def draw_up(*, year: int, by: Officer, on: dt.date, at: dt.datetime, frequency_cap: int | None = None, scope: str = "national") -> InspectionPlan:
    """Draw up the plan of a city or county agency for a year; quotas are computed, not typed."""
    division = by.agency.division
    if not by.has_role("inspector", "analyst", "leader"):
        raise NotAllowed(f"{by.name}没有拟订检查计划的岗位")
    if division.level not in ("city", "county"):
        raise NotAllowed("检查计划由市、县两级拟订（环办〔2015〕88号）")
    agency = by.agency.authority
    if InspectionPlan.objects.filter(agency=agency, year=year).exists():
        raise NotAllowed(f"{agency.name}{year}年度检查计划已经拟订")
    cap = default_cap(on) if frequency_cap is None else frequency_cap
    if cap < 1:
        raise BadInput("年度频次上限至少为1次", field="frequency_cap")
    lines = quota_lines(level=division.level, scope=scope, counts=counts_of(by), officers=len(inspectors_of(by, on)), on=on)
    plan = InspectionPlan(
        number=f"JH{division.code[:6].rstrip('0')}-{year}", title=f"{agency.name}{year}年度检查计划", year=year, agency=agency, division=division, level=division.level,
        scope=scope, quotas=lines, frequency_cap=cap, drawn_up_by=by, drawn_up_on=on,
    )
    plan.save()
    record_event(by=by, subject=f"plan:{plan.pk}", step="draw_up", at=at, after={"year": year, "frequency_cap": cap, "quotas": {q["object_class"]: q["quota"] for q in lines}})
    return plan


def why_not(plan: InspectionPlan, name: str, by: Officer) -> tuple[str, ...]:
    """Every reason why a step of the plan cannot be taken by this person now."""
    known = PLAN.steps[name]
    role = () if by.has_role(*known.roles) else (f"{by.name}没有“{known.label}”的岗位",)
    return PLAN.why_not(plan.state, name, plan, {"by": by.pk, "drawn_up_by": plan.drawn_up_by_id}) + role


def approve(plan: InspectionPlan, *, by: Officer, on: dt.date, at: dt.datetime) -> InspectionPlan:
    """A leader other than the one who drew it up approves."""
    return take(plan, "approve", by=by, at=at, approved_by=by, approved_on=on)


def publish(plan: InspectionPlan, *, by: Officer, on: dt.date, at: dt.datetime) -> InspectionPlan:
    """Make plan and cap known to the enterprises."""
    return take(plan, "publish", by=by, at=at, published_on=on)


@transaction.atomic
def take(plan: InspectionPlan, name: str, *, by: Officer, at: dt.datetime, **changes: Any) -> InspectionPlan:
    fresh = InspectionPlan.objects.select_for_update().get(pk=plan.pk)
    reasons = why_not(fresh, name, by)
    if reasons:
        raise NotAllowed(reasons)
    before, fresh.state = fresh.state, PLAN.steps[name].target
    for key, value in changes.items():
        setattr(fresh, key, value)
    fresh.save()
    record_event(by=by, subject=f"plan:{fresh.pk}", step=name, at=at, before={"state": before}, after={"state": fresh.state})
    plan.refresh_from_db()
    return plan
