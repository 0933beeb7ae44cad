"""Tracing bad air from a station or a cluster of complaints, on the desk."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotYours
from qingyuan.records.registry import quality
from qingyuan.records.reports import air

from .frame import Look, desk
from .step_forms import long_text

FACTORS = [("", "不指明（如异味）"), ("a24088", "非甲烷总烃"), ("a21002", "氮氧化物"), ("a21026", "二氧化硫"), ("a34013", "颗粒物")]


class Ask(forms.Form):
    receptors = long_text("受体", rows=4, help_text="每行一个：经度,纬度,时间。一个站点写一行；投诉集中时每件一行，如 104.2300,36.4900,2026-09-15 11:30")
    factor = forms.ChoiceField(label="因子", choices=FACTORS, required=False)
    hours = forms.FloatField(label="回推小时", initial=4, min_value=0.5, max_value=24)

    def clean_receptors(self) -> list[air.Receptor]:
        """Lines of longitude, latitude, moment."""
        rows = []
        for number, line in enumerate(self.cleaned_data["receptors"].splitlines(), 1):
            if not line.strip():
                continue
            parts = [part.strip() for part in line.replace("，", ",").split(",")]
            try:
                at = dt.datetime.fromisoformat(parts[2])
                rows.append((float(parts[0]), float(parts[1]), at if at.tzinfo else at.replace(tzinfo=CHINA)))
            except (ValueError, IndexError):
                raise forms.ValidationError(f"第 {number} 行应为 经度,纬度,时间，如 104.2300,36.4900,2026-09-15 11:30") from None
        return rows


@desk
def air_trace(request: HttpRequest, look: Look) -> HttpResponse:
    """A question in the address, so that it can be sent to a colleague; without one the form, filled from a station when it is named."""
    told: dict[str, Any] | None = None
    station = quality.stations(look.viewer).filter(code=request.GET.get("station", "")).first()
    start = {"hours": 4, "receptors": f"{station.lon},{station.lat},{look.at - dt.timedelta(hours=1):%Y-%m-%d %H:00}" if station else ""}
    form = Ask(request.GET) if "receptors" in request.GET else Ask(initial=start)
    if form.is_bound and form.is_valid():
        try:
            told = air.trace(look.viewer, form.cleaned_data["receptors"], hours=form.cleaned_data["hours"], factor=form.cleaned_data["factor"])
        except (BadInput, NotYours) as error:
            form.add_error("receptors", str(error))
    context = {"form": form, "told": told, "candidates": told["candidates"] if told else [], "stations": quality.stations(look.viewer)[:60], "at": look.at}
    return render(request, "desk/air_trace.html", context, status=400 if form.errors else 200)
