"""Heavy-pollution weather and major events: an alert level comes in, a checklist goes out to each enterprise, checks come back.

Whoever is on the positive list is not stopped, limited or checked for it (Hubei's measures, grade B); the checklist says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Case, Count, IntegerField, Q, QuerySet, When

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Division, Facility, Officer
from qingyuan.records.registry.places import may_reach
from qingyuan.records.registry.scope import one, scoped
from qingyuan.records.registry.serials import next_serial

from . import positive
from .alert_models import Alert, FirmMeasure
from .campaigns import PLANNERS, reasons_of
from .joint_states import ALERT, ALERT_KINDS, ALERT_LEVELS, CHECK_WAYS
from .models import Assignment
from .problems import note_problem

FOLDER = "responses"


def alerts(viewer: Officer) -> QuerySet[Alert]:
    """Alerts in the viewer's division, and those of the levels above that cover it; active ones first."""
    codes = [code for code in viewer.agency.division.scope_codes().values() if code]
    rows = Alert.objects.select_related("division", "raised_by")
    return (scoped(rows, viewer) | rows.filter(division_id__in=codes)).order_by("state", "-began_at", "-pk")


def alert(viewer: Officer, number: str) -> Alert:
    row = alerts(viewer).filter(number=number).first()
    return row if row is not None else one(Alert.objects.none(), viewer)


def firms(viewer: Officer, row: Alert) -> QuerySet[FirmMeasure]:
    """The checklists of the viewer's enterprises: failed first, then unchecked, then met, then exempt."""
    rows = scoped(row.firms.select_related("facility__operator", "facility__division", "problem", "checked_by"), viewer, through="facility")
    rank = Case(When(~Q(exempt=""), then=3), When(is_met=False, then=0), When(is_met=None, then=1), default=2, output_field=IntegerField())
    return rows.annotate(rank=rank).order_by("rank", "facility__code")


def tally(viewer: Officer, row: Alert) -> dict[str, int]:
    """How many are unmet, waiting, met and exempt; all of them, however long the list."""
    counts = dict(firms(viewer, row).order_by().values_list("rank").annotate(n=Count("pk")))
    return {name: counts.get(rank, 0) for rank, name in enumerate(("unmet", "waiting", "met", "exempt"))}


def measures_for(industry: str, level: str, on: dt.date) -> list[str]:
    """What an enterprise of a trade has to do at a level, in the order of the book."""
    found: list[str] = []
    for entry in rulebook.load().folder(FOLDER).values():
        if level in entry["levels"] and (industry in entry["industries"] or "all" in entry["industries"]) and entry["values"][0]["valid_from"] <= on:
            found += [text for text in entry["measures"] if text not in found]
    return found


def exempts_listed(level: str, on: dt.date) -> Mapping[str, Any] | None:
    """The rule that leaves listed enterprises alone at that level."""
    rules = (entry for entry in rulebook.load().folder(FOLDER).values() if entry.get("exempts") == "positive_list")
    return next((entry for entry in rules if level in entry["levels"] and entry["values"][0]["valid_from"] <= on), None)


@transaction.atomic
def raise_alert(*, kind: str, level: str, title: str, document: str, division: Division, began_at: dt.datetime, by: Officer, at: dt.datetime) -> Alert:
    """Write the alert down and make the checklist of every enterprise it reaches."""
    if kind not in ALERT_KINDS or level not in ALERT_LEVELS or (kind == "major_event") != (level == "event"):
        raise BadInput("重污染天气的级别为黄色、橙色、红色；重大活动的级别为保障期", field="level")
    if not title.strip() or not document.strip():
        raise BadInput("请写明名称和启动文号", field="title" if not title.strip() else "document")
    reasons = [] if by.has_role(*PLANNERS) else [f"{by.name}没有登记应急响应的岗位"]
    reasons += [] if may_reach(by, division) else [f"{division}不在您的辖区内"]
    reasons += [f"{division}已有正在响应的{ALERT_LEVELS[level]}{ALERT_KINDS[kind]}"] if Alert.objects.filter(division=division, kind=kind, level=level, state="active").exists() else []
    if reasons:
        raise NotAllowed(reasons)
    row = Alert(
        number=next_serial(Alert, "YJ", at, digits=3), kind=kind, level=level, title=title.strip(), document=document.strip(), division=division, began_at=began_at, raised_by=by
    )
    row.save()
    made = [list_of(row, place, at.date()) for place in places_of(division)]
    FirmMeasure.objects.bulk_create([one for one in made if one is not None])
    record_event(by=by, subject=f"alert:{row.pk}", step="raise_alert", at=at, after={"level": level, "firms": sum(one is not None for one in made)})
    return row


def places_of(division: Division) -> QuerySet[Facility]:
    column = {"province": "province_code", "city": "city_code", "county": "county_code"}[division.level]
    return Facility.objects.filter(**{column: division.code}).order_by("code")


def list_of(row: Alert, place: Facility, on: dt.date) -> FirmMeasure | None:
    """The checklist of one enterprise; None when nothing is asked of its trade at this level."""
    measures = measures_for(place.industry, row.level, on)
    if not measures:
        return None
    rule = exempts_listed(row.level, on)
    listed = positive.listing(place, on) if rule is not None else None
    exempt = f"在正面清单内（{listed.listed_on}列入），不停限产、不入企检查" if listed is not None else ""
    return FirmMeasure(alert=row, facility=place, measures=[] if exempt else measures, exempt=exempt)


@transaction.atomic
def check(row: FirmMeasure, *, way: str, is_met: bool, found: str, by: Officer, at: dt.datetime) -> FirmMeasure:
    """Whether an enterprise does what its list asks.  From afar first; what is not met becomes a problem of the ledger."""
    fresh = FirmMeasure.objects.select_for_update(of=("self",)).select_related("alert", "facility").get(pk=row.pk)
    if way not in CHECK_WAYS or not found.strip():
        raise BadInput(f"核查方式须为：{'、'.join(CHECK_WAYS.values())}，并写明核查情况", field="way" if way not in CHECK_WAYS else "found")
    reasons = [] if fresh.alert.state == "active" else ["响应已解除"]
    reasons += [f"{fresh.facility.name}{fresh.exempt}"] if fresh.exempt else []
    reasons += [f"已于{fresh.checked_at:%Y-%m-%d %H:%M}认定未落实，请在问题台账办理"] if fresh.problem_id else []
    if way == "on_site":
        been = Assignment.objects.filter(facility=fresh.facility, state__in=["started", "finished"], issued_on__gte=fresh.alert.began_at.date()).exists()
        reasons += [] if been else ["现场检查须先派发任务并到场（依据：应急响应）"]
    if reasons:
        raise NotAllowed(reasons)
    fresh.way, fresh.is_met, fresh.found, fresh.checked_at, fresh.checked_by = way, is_met, found.strip()[:300], at, by
    if not is_met:
        fresh.problem = note_problem(kind="response_ignored", description=f"{fresh.alert.title}期间：{found.strip()}", facility=fresh.facility, by=by, at=at)
    fresh.save()
    record_event(by=by, subject=f"alert:{fresh.alert_id}", step="check_measures", at=at, after={"facility": fresh.facility.code, "is_met": is_met, "way": way})
    row.refresh_from_db()
    return fresh


@transaction.atomic
def end(row: Alert, *, by: Officer, at: dt.datetime) -> Alert:
    fresh = Alert.objects.select_for_update().get(pk=row.pk)
    reasons = reasons_of(ALERT, fresh.state, "end", by, fresh, {}) + (() if may_reach(by, fresh.division) else ("由登记响应的一级解除",))
    if reasons:
        raise NotAllowed(reasons)
    fresh.state, fresh.ended_at = ALERT.steps["end"].target, at
    fresh.save(update_fields=["state", "ended_at"])
    record_event(by=by, subject=f"alert:{fresh.pk}", step="end", at=at)
    row.refresh_from_db()
    return fresh
