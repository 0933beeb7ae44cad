"""The task code on the inspectors' screen: big enough to scan at the gate, with what it says beside it."""

from __future__ import annotations

import io

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from qingyuan.records.dispatch import codes, queries, visit_queries

from .frame import Look, desk
from .step_forms import Why


@desk
def code_page(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    """GET shows the live code; POST makes one (or shows the one there is)."""
    task = queries.assignment(look.viewer, number)
    if request.method == "POST":
        codes.show_code(task, by=look.viewer, at=look.at)
        return redirect("desk:task_code", number=number)
    row = visit_queries.live_code(look.viewer, task, look.at)
    address = settings.QINGYUAN_PUBLIC_URL.rstrip("/") + reverse("visit:visit", args=[row.code]) if row else ""
    context = {
        "task": task, "row": row, "address": address, "picture": drawn(address) if row else "", "reasons": codes.why_no_code(task, look.viewer),
        "standing": codes.standing(row, look.at) if row else None, "form": Why(),
    }
    return render(request, "desk/task_code.html", context)


def drawn(text: str) -> SafeString:
    """A QR code as an inline drawing; nothing of the text goes into the markup."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, svgns=False, omitsize=True, title="检查任务码")
    return mark_safe(out.getvalue().decode())


@require_POST
@desk
def withdraw(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    task = queries.assignment(look.viewer, number)
    row = visit_queries.live_code(look.viewer, task, look.at)
    if row is not None:
        codes.withdraw_code(row, why=request.POST.get("why", ""), by=look.viewer, at=look.at)
        messages.success(request, "任务码已作废")
    return redirect("desk:task_code", number=number)
