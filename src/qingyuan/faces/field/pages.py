"""Pages at the desk: one's devices, and what comes in from a visit while it goes on."""

from __future__ import annotations

import json
import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.faces.desk.frame import Look, desk
from qingyuan.faces.desk.step_forms import day
from qingyuan.records.dispatch import queries as dispatch
from qingyuan.records.inspections import captures, devices, instruments, traces


@desk
def device_list(request: HttpRequest, look: Look) -> HttpResponse:
    rows = devices.devices(look.viewer)[:200]
    return render(request, "field/devices.html", {"rows": rows, "viewer": look.viewer})


class Calibration(forms.Form):
    """One instrument and its calibration."""

    name = forms.CharField(label="仪器名称", max_length=80)
    serial = forms.CharField(label="出厂编号", max_length=60, help_text="已登记的编号：更新检定信息，原信息留痕")
    measures = forms.CharField(label="检测项目", max_length=120, required=False)
    certificate = forms.CharField(label="检定（校准）证书编号", max_length=60)
    calibrated_on = day("检定（校准）日期")
    valid_to = day("有效期止")


@desk
def instrument_list(request: HttpRequest, look: Look) -> HttpResponse:
    """What may be used on site today; the form registers one or writes down a new calibration."""
    form = Calibration(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = instruments.calibrate(**form.cleaned_data, by=look.viewer, on=look.today, at=look.at)
            messages.success(request, f"已登记：{row}，有效期至{row.valid_to}")
            return redirect("field:instruments")
        except BadInput as error:
            form.add_error(error.field if error.field in form.fields else None, str(error))
    rows = instruments.instruments(look.viewer)[:300]
    return render(request, "field/instruments.html", {"rows": rows, "form": form, "today": look.today}, status=400 if form.errors else 200)


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
