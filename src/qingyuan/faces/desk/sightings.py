"""What was seen from above: the list by urgency, one sighting with its photos and steps, its hand-over to a clue."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.clues import reporting
from qingyuan.records.registry import queries as registry
from qingyuan.records.reports import exif, sightings
from qingyuan.records.reports.models import Sighting
from qingyuan.records.reports.states import SIGHTING, SIGHTING_KINDS
from qingyuan.records.reports.stepping import schemes

from . import sightings_forms as forms_of
from .draws import settle
from .frame import Look, desk
from .paging import page_by_due
from .papers import as_file
from .places import divisions_of
from .steps import Offer

SIZE = 30
SOURCES = {"patch": "remote_sensing", "hot_spot": "remote_sensing", "uav": "uav", "smoke": "tower_video", "mobile": "mobile_monitoring"}
GRADES = {"smoke": "orange", "hot_spot": "orange"}


@desk
def sighting_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Sightings of the viewer's division, the most urgent first."""
    chosen = {name: request.GET.get(name, "") for name in ("state", "kind", "division", "words")}
    if "state" not in request.GET:
        chosen["state"] = "open"
    rows = sightings.open_sightings(look.viewer) if chosen["state"] == "open" else sightings.sightings(look.viewer)
    if chosen["state"] not in ("", "open"):
        rows = rows.filter(state=chosen["state"])
    if chosen["kind"]:
        rows = rows.filter(kind=chosen["kind"])
    if chosen["division"]:
        rows = rows.filter(city_code=chosen["division"]) | rows.filter(county_code=chosen["division"])
    if chosen["words"].strip():
        rows = rows.filter(title__icontains=chosen["words"].strip()) | rows.filter(number=chosen["words"].strip())
    context = {
        "page": page_by_due(rows, request.GET.get("after", ""), SIZE), "chosen": chosen, "states": [("open", "未办结"), *((k, v) for k, v in SIGHTING.states.items() if k != "merged")], "kinds": SIGHTING_KINDS.items(),
        "divisions": divisions_of(look.viewer), "today": look.today, "at": look.at, "tally": sightings.tally(look.viewer, look.today), "lead": sightings.LEAD,
        "late": sightings.open_sightings(look.viewer).filter(due_on__lt=look.today).count(),
    }
    part = request.htmx and not request.htmx.boosted
    return render(request, "desk/_sighting_table.html" if part else "desk/sightings.html", context)


@desk
def sighting_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    return show(request, look, sightings.sighting(look.viewer, number))


def show(request: HttpRequest, look: Look, row: Sighting, bound: dict[str, Any] | None = None, code: int = 200) -> HttpResponse:
    """One sighting: what was seen, what was found there, the photos by stage, what may be done now."""
    built = forms_of.build(row, look.viewer) | (bound or {})
    offers = [Offer(step.name, step.label, step.article, sightings.reasons_against(row, step.name, look.viewer), built[step.name], built[step.name].is_bound) for step in SIGHTING.open_steps(row.state)]
    photos = list(sightings.photos(look.viewer, row).select_related("by"))
    context = {
        "row": row, "offers": offers, "photos": photos, "photo_form": built["photos"], "may_add": row.state not in SIGHTING.final, "history": sightings.history(row), "joined": sightings.joined(row), "lead": sightings.LEAD,
        "today": look.today, "at": look.at, "candidates": row.data.get("candidates", []), "told": [(key, value) for key, value in row.data.items() if key not in ("candidates", "track") and value not in (None, "")],
        "shape": json.dumps(row.geometry) if row.geometry else "", "clue_reasons": why_no_clue(row, look), "scheme": schemes()["sightings"][row.kind],
    }
    return render(request, "desk/sighting.html", context, status=code)


@require_POST
@desk
def sighting_step(request: HttpRequest, look: Look, number: str, step: str) -> HttpResponse:
    """Take one step; a form that cannot be read comes back with its words."""
    row = sightings.sighting(look.viewer, number)
    built = forms_of.build(row, look.viewer, request.POST, request.FILES, step)
    if step not in built:
        raise BadInput("没有这一步：请刷新页面后办理")
    done = "收入照片" if step == "photos" else SIGHTING.steps[step].label
    if settle(request, built[step], lambda given: act(row, step, given, look), done):
        return redirect("desk:sighting", number=row.number)
    return show(request, look, row, {step: built[step]}, 400)


def act(row: Sighting, step: str, given: dict[str, Any], look: Look) -> object:
    """Hand the cleaned form to the action of the same name."""
    who = {"by": look.viewer, "at": look.at}
    if step == "photos":
        return [add_photo(row, given["stage"], file.name, file.read(), look) for file in given["files"]]
    if step == "merge":
        return sightings.merge(row, into=sightings.sighting(look.viewer, given["number"].strip()), **who)
    if step == "confirm":
        code = given.pop("facility_code").strip()
        given["facility"] = registry.facility(look.viewer, code) if code else None
    return getattr(sightings, step)(row, **given, **who)


def add_photo(row: Sighting, stage: str, name: str, content: bytes, look: Look) -> object:
    """A photo taken on site; where it says where it was taken, that is kept."""
    try:
        about = exif.about(name, content)
    except BadInput:
        about = {}
    return sightings.add_photo(row, stage=stage, name=name, content=content, by=look.viewer, at=look.at, about=about)


@desk
def photo(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    row = sightings.photo(look.viewer, pk)
    return as_file(sightings.photo_content(row), row.name, row.media_type, shown=True)


# -- to a clue ----------------------------------------------------------------------------------------------------------------


def why_no_clue(row: Sighting, look: Look) -> list[str]:
    """Why no clue can be opened from it now."""
    if row.clue_number:
        return [f"已转为线索 {row.clue_number}"]
    if row.kind not in SOURCES:
        return ["这类发现没有对应的线索来源"]
    if row.state in ("refuted", "lawful", "merged"):
        return [f"{row.get_state_display()}的发现不转为线索"]
    return [] if look.viewer.has_role("inspector", "analyst") else ["转为线索由执法、研判人员办理"]


@require_POST
@desk
def to_clue(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    """Open a clue from a sighting, with its facts and photos; the clue knows that it rests on a lead."""
    row = sightings.sighting(look.viewer, number)
    reasons = why_no_clue(row, look)
    if reasons:
        raise NotAllowed(reasons)
    with transaction.atomic():
        clue = reporting.register_clue(
            source=SOURCES[row.kind], title=row.title, severity=GRADES.get(row.kind, "yellow"), facts=facts(row, look), began=row.seen_at, ended=None, by=look.viewer, at=look.at, facility=row.facility, division=row.division,
            place=f"{row.division}（{row.lon:.5f}，{row.lat:.5f}）", papers=papers(row, look),
        )
        sightings.hand_to_clue(row, clue_number=clue.number, by=look.viewer, at=look.at)
    messages.success(request, f"已转为线索 {clue.number}；发现只是线索，须经现场核查")
    return redirect("desk:clue", number=clue.number)


def facts(row: Sighting, look: Look) -> dict[str, Any]:
    """What the clue's source must say, from what the sighting knows."""
    told, unknown = row.data, "来源未载明"
    return {
        "position": f"{row.lon:.6f},{row.lat:.6f}", "before_on": told.get("date_before") or unknown, "after_on": told.get("date_after") or row.seen_at.date().isoformat(), "sensor": row.source or unknown,
        "flown_at": row.seen_at.isoformat(), "pilot": unknown, "aircraft": unknown, "seen_at": row.seen_at.isoformat(), "camera": told.get("camera") or told.get("camera_id") or unknown,
        "bearing": told.get("bearing") or 0, "passed_at": row.seen_at.isoformat(), "vehicle": row.source or unknown, "peak": told.get("peak") or 0, "background": told.get("background") or 0,
    }  # fmt: skip


def papers(row: Sighting, look: Look) -> list[tuple[str, bytes]]:
    """The photos of the sighting, and its own record as it stands."""
    record = json.dumps({**sightings.facts_of(row), "source_fields": row.data}, ensure_ascii=False, indent=1).encode()
    return [(one.name, sightings.photo_content(one)) for one in sightings.photos(look.viewer, row)] + [(f"{row.number}发现登记.json", record)]
