"""Yield: clue → verified → true → case → revoked, by rule, division, season, source; and what one true clue costs in minutes of people."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import defaultdict

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.records.cases import queries as cases
from qingyuan.records.clues import suppression
from qingyuan.records.clues.yields import BY, Later, Row, funnel
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import scoped

from . import names
from .figures import read
from .frame import Look, desk
from .papers import as_file

LONGEST_VISIT = 24 * 60  # a visit nobody closed does not count for weeks


def later_of(viewer: Officer, since: dt.date) -> Later:
    """What cases and visits know about the viewer's clues."""
    rows = cases.cases(viewer).filter(clue__isnull=False, clue__found_at__date__gte=since)
    filed = frozenset(rows.values_list("clue_id", flat=True))
    revoked = frozenset(rows.filter(Q(annulled_on__isnull=False) | Q(state="withdrawn")).values_list("clue_id", flat=True))
    return Later(filed, revoked, visit_minutes(viewer, since))


def visit_minutes(viewer: Officer, since: dt.date) -> dict[int, int]:
    """Minutes of people on visits, by clue: from entering to leaving, times the people sent."""
    rows = scoped(Inspection.objects.filter(assignment__clue__isnull=False, ended_at__isnull=False, began_at__date__gte=since), viewer)
    spent: dict[int, int] = defaultdict(int)
    for clue, began, ended, people in rows.annotate(people=Count("assignment__inspectors")).values_list("assignment__clue", "began_at", "ended_at", "people"):
        spent[clue] += min(LONGEST_VISIT, max(0, int((ended - began) / dt.timedelta(minutes=1)))) * people
    return spent


def table(look: Look, by: str, since: dt.date) -> tuple[list[Row], Row]:
    """The funnel with rules called by their names."""
    rows, whole = funnel(look.viewer, by=by, since=since, later=later_of(look.viewer, since))
    if by == "rule":
        for row in rows:
            row.label = names.rule_name(row.key) if row.key else "人工登记（没有规则）"
    return rows, whole


@desk
def yield_page(request: HttpRequest, look: Look) -> HttpResponse:
    """The funnel in a chosen grouping, and how much was suppressed."""
    by, since = asked(request, look)
    rows, whole = table(look, by, since)
    most = max((row.pushed for row in rows), default=1)
    context = {"rows": rows, "whole": whole, "by": by, "groups": BY.items(), "since": since, "most": most, "hidden": suppression.hidden_since(look.viewer, since), "at": look.at}
    return render(request, "desk/yields.html", context)


@desk
def yield_table(request: HttpRequest, look: Look) -> HttpResponse:
    """The same for a spreadsheet."""
    by, since = asked(request, look)
    rows, whole = table(look, by, since)
    out = io.StringIO()
    lines = csv.writer(out)
    lines.writerow([BY[by], "线索", "已核", "属实", "误报", "立案", "撤销", "人员分钟", "每条属实线索分钟"])
    for row in [*rows, whole]:
        cost = "" if row.minutes_per_true is None else f"{row.minutes_per_true:.0f}"
        lines.writerow([row.label, row.pushed, row.checked, row.true, row.false, row.cases, row.revoked, row.minutes, cost])
    return as_file(("\ufeff" + out.getvalue()).encode(), "线索命中与成本.csv", "text/csv", shown=False)


def asked(request: HttpRequest, look: Look) -> tuple[str, dt.date]:
    """The grouping and the first day; what cannot be read falls back to rules of the last year."""
    by = request.GET.get("by", "rule")
    return by if by in BY else "rule", read(request.GET.get("since", ""), look.today - dt.timedelta(days=365))
