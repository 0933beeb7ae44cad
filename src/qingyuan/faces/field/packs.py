"""What an officer carries: the tasks, one firm's file for each, the check list, and the rule book for the calculator.

A pack holds what the officer may see at the desk and nothing else; it is chosen task by task, its size is shown before, and it ends.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import orjson

from qingyuan.errors import BadInput
from qingyuan.faces.desk.names import factor_name
from qingyuan.law import rulebook
from qingyuan.law.penalty import shelf
from qingyuan.law.penalty.scoring import MEASURES
from qingyuan.records.cases import queries as cases
from qingyuan.records.clues import queries as clues
from qingyuan.records.dispatch import items as inspection_items
from qingyuan.records.dispatch import queries as dispatch
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.inspections import checklists
from qingyuan.records.inspections import queries as inspections
from qingyuan.records.inspections.models import Instrument
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Facility, Officer

from . import gate

KEPT_DAYS, NATIONAL, SHOWN = 7, "national", 10


def tasks(viewer: Officer, at: dt.datetime) -> list[dict[str, Any]]:
    """The officer's open tasks with the size of each pack in bytes."""
    return [{**task_of(row), "bytes": len(orjson.dumps(pack(viewer, row, at)))} for row in dispatch.open_tasks(viewer).prefetch_related("inspectors")[:60]]


def task_of(row: Assignment) -> dict[str, Any]:
    return {
        "number": row.number, "basis": row.get_basis_display(), "reason": row.reason, "state": row.state, "due_on": row.due_on.isoformat(),
        "facility": row.facility.name, "address": row.facility.address, "lon": row.facility.lon, "lat": row.facility.lat,
        "team": [{"name": o.name, "certificate": o.certificate_number, "until": o.certificate_to.isoformat() if o.certificate_to else ""} for o in row.inspectors.all()],
    }  # fmt: skip


def pack(viewer: Officer, row: Assignment, at: dt.datetime) -> dict[str, Any]:
    """Everything about one task, as of now, good for a week."""
    place, today = row.facility, at.date()
    body = {
        "task": {**task_of(row), "items": item_names(row, today), "clue": row.clue.title if row.clue else "", "violation": row.clue.violation if row.clue else ""},
        "firm": firm(viewer, place), "findings": findings(viewer, row), "visits": visits(viewer, place), "cases": case_lines(viewer, place),
        "map": gate.sketch(viewer, place), "checklist": checklists.checklist(viewer, row, on=today, name_of=factor_name), "instruments": instruments(viewer), "agency": viewer.agency.authority.name,
        "made_at": at.isoformat(), "expires_at": (at + dt.timedelta(days=KEPT_DAYS)).isoformat(),
    }  # fmt: skip
    return {**body, "digest": hashlib.sha256(orjson.dumps({k: v for k, v in body.items() if not k.endswith("_at")}, option=orjson.OPT_SORT_KEYS)).hexdigest()}


def item_names(row: Assignment, on: dt.date) -> list[str]:
    return [one.name for one in inspection_items.named(row.items, on)]


def firm(viewer: Officer, place: Facility) -> dict[str, Any]:
    """One firm, one file: who, permit, outlets with their limits, instruments."""
    limits = list(registry.limits_of(viewer, place))
    return {
        "name": place.name, "code": place.code, "operator": place.operator.name, "uscc": place.operator.uscc, "phone": place.operator.phone,
        "legal_representative": place.operator.legal_representative, "address": place.address, "industry": place.industry, "is_key": place.is_key_discharger,
        "permits": [{"number": p.number, "from": p.valid_from.isoformat(), "to": p.valid_to.isoformat()} for p in registry.permits_of(viewer, place)],
        "outlets": [
            {"code": o.code, "name": o.name, "medium": o.get_medium_display(), "limits": [
                {"factor": m.factor, "name": factor_name(m.factor), "averaging": m.get_averaging_display(), "value": f"{m.limit_value:g}", "unit": m.unit, "kind": m.get_kind_display(), "citation": m.citation}
                for m in limits if m.outlet_id == o.pk
            ]} for o in registry.outlets_of(viewer, place)
        ],
        "monitors": [{"mn": m.mn, "outlet": m.outlet.name, "factors": m.factors} for m in registry.monitors_of(viewer, place)],
    }  # fmt: skip


def findings(viewer: Officer, row: Assignment) -> list[dict[str, Any]]:
    """Recent findings as a sealed summary: what, when, how much, and the digest of the whole."""
    found = []
    for clue in clues.clues_of(viewer, row.facility)[:SHOWN]:
        for one in clue.findings.all()[:3]:
            digest = hashlib.sha256(orjson.dumps(one.data, option=orjson.OPT_SORT_KEYS)).hexdigest()
            found.append({"clue": clue.number, "title": clue.title, "state": clue.get_state_display(), "began": one.began.isoformat(), "ended": one.ended.isoformat(),
                          "value": one.value, "limit": one.limit_value, "sha256": digest})  # fmt: skip
    return found[: 3 * SHOWN]


def visits(viewer: Officer, place: Facility) -> list[dict[str, str]]:
    rows = inspections.inspections_of(viewer, place).select_related("record")[:SHOWN]
    return [
        {"on": v.began_at.date().isoformat(), "conclusion": v.get_conclusion_display(), "facts": v.record.facts[:300] if hasattr(v, "record") else ""} for v in rows
    ]


def case_lines(viewer: Officer, place: Facility) -> list[dict[str, str]]:
    """Cases in outline: number, cause, state; the file itself stays at the desk."""
    return [{"number": c.number, "cause": c.cause, "state": c.get_state_display(), "on": c.filed_on.isoformat()} for c in cases.cases_of(viewer, facility=place)[:SHOWN]]


def instruments(viewer: Officer) -> list[dict[str, str]]:
    rows = Instrument.objects.filter(agency__in=[viewer.agency, viewer.agency.authority]).order_by("name", "serial")
    return [{"name": i.name, "serial": i.serial, "measures": i.measures, "from": str(i.calibrated_on or ""), "to": str(i.valid_to or "")} for i in rows]


def law(viewer: Officer, on: dt.date) -> dict[str, Any]:
    """The pages the calculator and the look-up need, exactly as the desk uses them; ``digest`` is the same when they are."""
    book, home = shelf.load(), home_of(viewer)
    provinces = {NATIONAL, home}
    body: dict[str, Any] = {
        "violations": dict(book.violations), "provinces": {key: book.provinces[key] for key in sorted(provinces)},
        "tables": {key: page for key, page in book.tables.items() if page["province"] in provinces},
        "circumstances": {key: page for key, page in book.circumstances.items() if page.get("province", NATIONAL) in provinces},
        "measures": MEASURES, "home": home, "articles": articles(),
    }  # fmt: skip
    return {**body, "digest": shelf.digest(body), "on": on.isoformat()}


def articles() -> list[dict[str, str]]:
    """One line of our own for each article, with its instrument and grade."""
    book = rulebook.load()
    sources = book.folder("sources")
    found = []
    for key, entry in sorted(book.folder("sources/says").items()):
        source = sources.get(key, {})
        for number, line in dict(entry.get("articles", {})).items():
            found.append({"name": str(source.get("short") or source.get("name") or key), "article": str(number), "says": str(line), "grade": str(source.get("grade", "U"))})
    return found


def home_of(viewer: Officer) -> str:
    """The id of the province whose discretion table holds for the viewer; the national framework where none is known."""
    here = viewer.agency.division
    while here is not None and here.level != "province":
        here = here.parent
    try:
        return shelf.load().province(here.name if here is not None else "").id
    except BadInput:
        return NATIONAL
