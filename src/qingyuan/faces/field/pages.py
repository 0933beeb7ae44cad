"""Pages at the desk: one's devices, and what comes in from a visit while it goes on."""

from __future__ import annotations

import json
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.faces.desk.frame import Look, desk
from qingyuan.records.dispatch import queries as dispatch
from qingyuan.records.inspections import captures, devices, traces


@desk
def device_list(request: HttpRequest, look: Look) -> HttpResponse:
    rows = devices.devices(look.viewer)[:200]
    return render(request, "field/devices.html", {"rows": rows, "viewer": look.viewer})


@require_POST
@desk
def revoke(request: HttpRequest, look: Look, key: uuid.UUID) -> HttpResponse:
    row = devices.revoke(devices.device(look.viewer, key), why=request.POST.get("why", ""), by=look.viewer, at=look.at)
    messages.success(request, f"已吊销设备“{row.name}”，它下次联网时清除本机数据")
    return redirect("field:devices")


@desk
def trace(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    """The whole visit as it was recorded, gaps and all; a part of the inspection's page, asked for again every few seconds."""
    task = dispatch.assignment(look.viewer, number)
    context = {"task": task, "trace": traces.trace(task, at=look.at)}
    part = request.htmx and not request.htmx.boosted
    return render(request, "field/_trace.html" if part else "field/trace.html", context)


@desk
def captures_file(request: HttpRequest, look: Look, number: str, key: uuid.UUID) -> HttpResponse:
    """The list a device signed, to be checked by anybody with ``qingyuan verify``."""
    task = dispatch.assignment(look.viewer, number)
    device = captures.device_of(task, key)
    told = json.dumps(captures.manifest(task, device), ensure_ascii=False, sort_keys=True, indent=1)
    return HttpResponse(told, content_type="application/json", headers={"Content-Disposition": f'attachment; filename="captures-{task.number}-{str(key)[:8]}.json"'})
