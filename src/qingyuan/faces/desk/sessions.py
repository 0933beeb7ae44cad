"""The hearing desk and the deliberation desk: what is wanted, what is set, what is ready."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.clock import CHINA
from qingyuan.records.cases import queries
from qingyuan.records.cases.hearing import earliest

from .frame import Look, desk


@desk
def session_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Hearings that are asked for and set, cases to deliberate, each with its nearest facts."""
    hearings = [(row, (row.held_at.astimezone(CHINA).date() - look.today).days) for row in queries.hearings_open(look.viewer)[:100]]
    context = {
        "wanted": queries.hearings_wanted(look.viewer)[:100], "hearings": hearings, "ready": queries.to_deliberate(look.viewer)[:100], "today": look.today,
        "earliest": earliest(look.today),
    }  # fmt: skip
    return render(request, "desk/sessions.html", context)
