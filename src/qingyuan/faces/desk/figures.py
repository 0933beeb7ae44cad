"""Statistics: cases, money, days, and what was not punished with the sums that were spared."""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.records.cases import statistics
from qingyuan.records.cases.models import TRANSFER_KINDS

from .frame import Look, desk
from .papers import as_file


@desk
def figures_page(request: HttpRequest, look: Look) -> HttpResponse:
    """Figures of a period, this year by default."""
    period = period_of(request, look)
    found = statistics.figures(look.viewer, period)
    kinds = [(label, found["transfers"].get(key, 0)) for key, label in TRANSFER_KINDS]
    return render(request, "desk/figures.html", {**found, "period": period, "transfer_kinds": kinds, "at": look.at})


@desk
def figures_table(request: HttpRequest, look: Look) -> HttpResponse:
    """The table by cause, for a spreadsheet."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(["案由", "处罚（件）", "罚款（元）", "不予处罚（件）", "免予处罚金额（元）"])
    for row in statistics.figures(look.viewer, period_of(request, look))["by_violation"]:
        rows.writerow([row["cause"], row["punished"], (row["fined"] or 0) / 100, row["spared"], (row["exempted"] or 0) / 100])
    return as_file(("\ufeff" + out.getvalue()).encode(), "案件统计.csv", "text/csv", shown=False)


def period_of(request: HttpRequest, look: Look) -> statistics.Period:
    """The days asked for; a day that cannot be read falls back to this year."""
    return statistics.Period(read(request.GET.get("began", ""), dt.date(look.today.year, 1, 1)), read(request.GET.get("ended", ""), look.today))


def read(text: str, otherwise: dt.date) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        return otherwise
