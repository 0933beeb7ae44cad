"""The transfer desk: police, other agencies, damage compensation; who has not answered, and by when they should."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.law import deadlines
from qingyuan.records.cases import queries
from qingyuan.records.cases.clocks import TRANSFER_CLOCKS

from .frame import Look, desk

SIZE = 200


@desk
def transfer_list(request: HttpRequest, look: Look) -> HttpResponse:
    """What was handed over, unanswered first, with the other side's clock where the law sets one."""
    rows = []
    for row in queries.transfers(look.viewer)[:SIZE]:
        names = TRANSFER_CLOCKS.get(row.kind, ())
        rows.append((row, deadlines.due(names[0], row.on) if names else None))
    context = {"rows": rows, "liaisons": queries.liaisons_open(look.viewer)[:SIZE], "today": look.today}
    return render(request, "desk/transfers.html", context)
