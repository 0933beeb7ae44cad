"""Keeping and dropping a question to the list of cases."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from qingyuan.errors import BadInput
from qingyuan.records.cases import saved

from .frame import Look, desk


@require_POST
@desk
def save_filter(request: HttpRequest, look: Look) -> HttpResponse:
    query = request.POST.get("query", "")
    try:
        row = saved.save_filter(look.viewer, name=request.POST.get("name", ""), query=query)
    except BadInput as error:
        messages.error(request, str(error))
        return redirect("desk:cases")
    messages.success(request, f"已保存常用筛选：{row.name}")
    return redirect(f"{reverse('desk:cases')}?{row.query}")


@require_POST
@desk
def drop_filter(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    saved.drop_filter(look.viewer, pk)
    return redirect("desk:cases")
