"""What the registry hands to the engines: tables of points and limits, the chart of a series, and the sealed trail."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from qingyuan.engines.store import chart, dimensions, schema

from .models import Event, Monitor, Officer, Outlet, PermitLimit
from .scope import one


def export_dimensions(data: Path) -> int:
    """Write the points and limits as the engines read them; return the number of points."""
    points = [
        {
            "mn": m.mn, "pw": m.pw, "st": m.st, "facility": m.outlet.facility.code, "facility_name": m.outlet.facility.name,
            "operator": m.outlet.facility.operator.uscc, "operator_name": m.outlet.facility.operator.name, "outlet": m.outlet.code,
            "outlet_name": m.outlet.name, "division": m.outlet.facility.division_id, "medium": m.outlet.medium, "industry": m.outlet.facility.industry,
            "reference_oxygen": float(m.outlet.reference_oxygen) if m.outlet.reference_oxygen is not None else None,
            "lon": m.outlet.facility.lon, "lat": m.outlet.facility.lat, "factors": m.factors,
        }
        for m in Monitor.objects.select_related("outlet__facility__operator").order_by("mn")
    ]
    limits = [
        {
            "outlet": row.outlet.code, "factor": row.factor, "averaging": row.averaging, "limit_value": row.limit_value, "unit": row.unit,
            "valid_from": row.valid_from, "valid_to": row.valid_to, "kind": row.kind, "citation": row.citation,
        }
        for row in PermitLimit.objects.select_related("outlet").order_by("id")
    ]
    dimensions.write(data, points=pa.Table.from_pylist(points, schema=dimensions.POINTS), limits=pa.Table.from_pylist(limits, schema=dimensions.LIMITS))
    return len(points)


def chart_series(viewer: Officer, outlet_code: str, factor: str, kind: str, began: dt.datetime, ended: dt.datetime) -> dict[str, Any]:
    """The series of one factor at one outlet the viewer may see, thinned for a chart."""
    outlet = one(Outlet.objects.all(), viewer, through="facility", code=outlet_code)
    return chart.series(settings.QINGYUAN_DATA, outlet=outlet.code, factor=factor, kind=kind, began=began, ended=ended)


def factor_name(code: str) -> str:
    """The Chinese name of an HJ 212 factor, or its code when nobody named it."""
    return str(schema.factors().get(code, {}).get("name", code))


def factor_unit(code: str) -> str:
    """The unit in which the lake keeps the factor's value."""
    return schema.unit_of(code)


@transaction.atomic
def seal_events(data: Path, at: dt.datetime, *, most: int = 10_000) -> int:
    """Put the events written since the last time into the ledger, in order; return how many."""
    from qingyuan.engines.ledger import log

    fresh = list(Event.objects.select_for_update().filter(leaf=None).order_by("id")[:most])
    if not fresh:
        return 0
    first = log.append(data, [event_digest(event) for event in fresh], kind="event", at=at)
    for place, event in enumerate(fresh):
        Event.objects.filter(pk=event.pk, leaf=None).update(leaf=first + place)
    return len(fresh)


def event_digest(event: Event) -> bytes:
    """SHA-256 of the event in one fixed spelling; anyone with the row can compute it again."""
    plain = {
        "id": event.pk, "at": event.at.astimezone(dt.UTC).isoformat(), "by": event.by_id, "subject": event.subject, "step": event.step,
        "before": event.before, "after": event.after, "why": event.why,
    }
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).digest()
