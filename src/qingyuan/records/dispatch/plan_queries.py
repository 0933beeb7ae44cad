"""How screens read plans, draws and the positive list; every query takes the viewer.  A drawn list is secret until the visit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from qingyuan.errors import NotAllowed
from qingyuan.law import deadlines
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.scope import one, scoped

from . import door
from .draws import is_open_to_all
from .models import Draw, DrawnItem, InspectionPlan, OffSiteCheck, PositiveListEntry
from .plan_states import CLASSES, RESULTS
from .states import BASES

METHOD = "只计：单位当日在正面清单内、原本的依据（抽查、专项）不允许现场检查、且确实做了非现场检查并写明结果的次数；没有做非现场检查的、因合并检查或未抽中而没有去的，都不计"


def plans(viewer: Officer) -> QuerySet[InspectionPlan]:
    return scoped(InspectionPlan.objects.select_related("agency", "drawn_up_by", "approved_by"), viewer).order_by("-year", "number")


def plan(viewer: Officer, number: str) -> InspectionPlan:
    return one(InspectionPlan.objects.select_related("agency", "drawn_up_by", "approved_by"), viewer, number=number)


def draws(viewer: Officer, *, under: InspectionPlan | None = None) -> QuerySet[Draw]:
    """Draws without their pools."""
    rows = scoped(Draw.objects.select_related("plan", "committed_by", "drawn_by", "replaces").defer("commitment"), viewer).order_by("-committed_at", "-id")
    return rows.filter(plan=under) if under is not None else rows


def draw(viewer: Officer, pk: int) -> Draw:
    return one(Draw.objects.select_related("plan__agency", "committed_by", "drawn_by", "replaces"), viewer, pk=pk)


def drawn_items(viewer: Officer, of: Draw) -> QuerySet[DrawnItem]:
    """Of a draw the objects this viewer may know: all for who ran it, else one's own and those whose visit has begun."""
    rows = scoped(DrawnItem.objects.filter(draw=of), viewer, through="draw").select_related("facility", "assignment", "draw").prefetch_related("officers")
    if viewer.pk == of.drawn_by_id:
        return rows
    own = DrawnItem.objects.filter(officers=viewer).values("pk")
    return rows.filter(~Q(result="") | Q(assignment__state__in=["started", "finished"]) | Q(pk__in=own))


def drawn_item(viewer: Officer, of: Draw, order: int) -> DrawnItem:
    """One of them; NotYours when secret or absent (the two look the same)."""
    return one(drawn_items(viewer, of), viewer, through="draw", order=order)


def hidden_count(viewer: Officer, of: Draw) -> int:
    return of.items.count() - drawn_items(viewer, of).count()


def pool_summary(of: Draw) -> list[dict[str, Any]]:
    """Of a committed pool what may be known before the draw ends: per class how many, how many able, the quota and its sum; no names."""
    pool = of.commitment
    return [
        {
            "label": CLASSES.get(name, name), "count": sum(1 for row in pool["objects"] if row["stratum"] == name),
            "able": sum(1 for row in pool["objects"] if row["stratum"] == name and row["weight"]), **told,
        }
        for name, told in sorted(pool["strata"].items())
    ]  # fmt: skip


def why_no_bundle(viewer: Officer, of: Draw) -> str:
    """Why the bundle, which names every object, is not given out; "" when it is."""
    last = of
    while (later := Draw.objects.filter(replaces=last).first()) is not None:
        last = later
    if not of.result_digest:
        return "尚未抽取，没有验证包"
    if viewer.pk == of.drawn_by_id or (last.result_digest and all(is_open_to_all(item) for item in last.items.select_related("assignment"))):
        return ""
    return "验证包载有全部抽中对象，待各对象的检查都已开始或办结后提供"


def bundle(viewer: Officer, of: Draw) -> dict[str, Any]:
    """The verification bundle; NotAllowed while objects in it are secret."""
    reason = why_no_bundle(viewer, of)
    if reason:
        raise NotAllowed(reason)
    return told(of)


def bundle_problems(viewer: Officer, of: Draw) -> list[str]:
    """Recompute the draw and look into the ledger; what does not hold."""
    return door.problems(bundle(viewer, of))


def unpublished(viewer: Officer, on: dt.date) -> list[tuple[DrawnItem, deadlines.Due]]:
    """Results that wait for publication, with the clock of each, most urgent first."""
    rows = scoped(DrawnItem.objects.exclude(result="").filter(published_on=None), viewer, through="draw").select_related("facility", "draw")
    return sorted(((item, deadlines.due("draw_results_publication", item.finished_on)) for item in rows), key=lambda pair: pair[1].due_on)


def public_results(*, year: int) -> list[dict[str, Any]]:
    """What anyone may read: enterprise, credit code, day, basis, department, certificate numbers, result.  No names of persons."""
    rows = DrawnItem.objects.filter(published_on__year=year).select_related("facility__operator", "draw__plan__agency").prefetch_related("officers")
    return [
        {
            "name": item.facility.name, "uscc": item.facility.operator.uscc, "on": item.finished_on, "basis": BASES["draw"], "department": item.draw.plan.agency.name,
            "certificates": [person.certificate_number for person in item.officers.all()], "result": RESULTS[item.result], "note": item.result_note,
            "published_on": item.published_on, "draw": str(item.draw), "digest": item.draw.digest,
        }
        for item in rows.order_by("-published_on", "draw_id", "order")
    ]  # fmt: skip


def public_draws(*, year: int) -> list[dict[str, Any]]:
    """Every draw of a year as anyone may see it from the day of its sealing: digest, place in the ledger, beacon, standing.  No object, no officer."""
    rows = Draw.objects.filter(committed_at__year=year).select_related("plan__agency", "replaces").defer("commitment").order_by("-committed_at", "-pk")
    return [
        {
            "digest": row.digest, "agency": row.plan.agency.name, "period": row.period, "number": row.number, "state": row.get_state_display(), "committed_at": row.committed_at,
            "leaf": row.seal.get("leaf"), "replaces": row.replaces.digest if row.replaces else "", "why": row.why, "beacon": row.beacon, "has_bundle": may_publish_bundle(row),
        }
        for row in rows
    ]  # fmt: skip


def may_publish_bundle(of: Draw) -> bool:
    """Whether the bundle may go to anyone: the last draw of the period has all its results public."""
    last = of
    while (later := Draw.objects.filter(replaces=last).defer("commitment").first()) is not None:
        last = later
    return bool(of.result_digest) and last.state == "published"


def public_draw(digest: str) -> Draw | None:
    """The draw with that digest; what of it may be shown, the caller asks of ``may_publish_bundle``."""
    return Draw.objects.select_related("plan__agency", "replaces").filter(digest=digest).first()


def public_bundle(of: Draw) -> dict[str, Any]:
    """The verification bundle for anyone; NotAllowed while a result is not public."""
    if not may_publish_bundle(of):
        raise NotAllowed("验证包载有全部抽中对象，待抽查结果全部公开后提供")
    return told(of)


def told(of: Draw) -> dict[str, Any]:
    beacon = of.beacon
    return door.draw(of.commitment, of.seal, value=beacon["value"], published_at=dt.datetime.fromisoformat(beacon["published_at"]), evidence=beacon["evidence"])


def positive_entries(viewer: Officer) -> QuerySet[PositiveListEntry]:
    return scoped(PositiveListEntry.objects.select_related("facility__operator", "proposed_by", "division"), viewer).order_by("-proposed_on", "-id")


def positive_entry(viewer: Officer, pk: int) -> PositiveListEntry:
    return one(PositiveListEntry.objects.select_related("facility__operator", "proposed_by"), viewer, pk=pk)


def off_site_checks(viewer: Officer, *, of: Facility | None = None) -> QuerySet[OffSiteCheck]:
    rows = scoped(OffSiteCheck.objects.select_related("facility", "checked_by"), viewer).order_by("-checked_on", "-id")
    return rows.filter(facility=of) if of is not None else rows


@dataclass(frozen=True)
class Avoided:
    """Visits not made in a period: how many, by original basis, and how it was counted."""

    count: int
    by_basis: dict[str, int]
    facilities: int
    method: str


def avoided(viewer: Officer, began: dt.date, ended: dt.date) -> Avoided:
    """Visits avoided in [began, ended)."""
    rows = off_site_checks(viewer).filter(checked_on__gte=began, checked_on__lt=ended)
    found = dict(rows.order_by().values_list("basis").annotate(n=Count("pk")))
    return Avoided(sum(found.values()), {BASES[key]: n for key, n in found.items()}, rows.order_by().values("facility").distinct().count(), METHOD)
