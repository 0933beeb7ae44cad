"""The series behind a chart, as numbers; what may be seen is decided by the registry's door."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput
from qingyuan.records.registry import door
from qingyuan.records.registry import queries as registry

from . import names
from .frame import Look, desk

LONGEST = dt.timedelta(days=400)


@desk
def chart(request: HttpRequest, look: Look) -> HttpResponse:
    """``outlet, factor, kind, began, ended`` in the query → ``x`` seconds, ``y`` values, unit, name and the limit in force, for uPlot.

    ``y`` is the corrected value wherever the device sent one: the figure that is held against the limit.
    """
    asked = request.GET
    kind, outlet, factor = asked.get("kind", "hour"), asked.get("outlet", ""), asked.get("factor", "")
    if kind not in names.KINDS:
        raise BadInput(f"数据类型须为：{'、'.join(names.KINDS)}", field="kind")
    began, ended = moment(asked.get("began", ""), "began"), moment(asked.get("ended", ""), "ended")
    if not began < ended <= began + LONGEST:
        raise BadInput("时间范围须先起后止，且不超过 400 天", field="ended")
    told = door.chart_series(look.viewer, outlet, factor, kind, began, ended)
    values = [value if fixed is None else fixed for value, fixed in zip(told["values"], told["corrected"], strict=True)]
    body = {"x": told["times"], "y": values, "unit": told["unit"], "name": told["name"], "kind": names.KINDS[kind], "limits": limits(look, outlet, factor, kind, ended)}
    return JsonResponse(body)


def limits(look: Look, outlet: str, factor: str, kind: str, at: dt.datetime) -> list[dict[str, Any]]:
    """The limits of that averaging period in force on the last day shown, the permit's before the standard's."""
    place = registry.facility(look.viewer, outlet.split("/")[0])
    on = at.astimezone(CHINA).date()
    averaging = "day" if kind == "day" else "hour"
    rows = [
        row for row in registry.limits_of(look.viewer, place)
        if (row.outlet.code, row.factor, row.averaging) == (outlet, factor, averaging) and row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
    ]
    rows.sort(key=lambda row: row.kind != "permit")
    return [{"value": row.limit_value, "unit": row.unit, "citation": row.citation, "kind": row.get_kind_display()} for row in rows]


def moment(text: str, field: str) -> dt.datetime:
    """An ISO 8601 moment; one without an offset is China's time."""
    try:
        found = dt.datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise BadInput("时间须写成 2026-11-24T08:00:00+08:00", field=field) from None
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
