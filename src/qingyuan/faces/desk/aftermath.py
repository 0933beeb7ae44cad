"""After the visit: corrections to check again, results to record and to publish, each with its clock."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.errors import NotYours
from qingyuan.law import deadlines
from qingyuan.records.dispatch import campaign_queries, queries, results
from qingyuan.records.inspections import actions as inspections
from qingyuan.records.inspections.models import CorrectionOrder
from qingyuan.records.registry.scope import scoped

from .draws import settle
from .frame import Look, desk
from .step_forms import long_text

CLOCK, MOST = "correction_reinspection", 200


class Verify(forms.Form):
    note = long_text("复查情况", rows=2, help_text="时间、方式、看到什么、是否改正到位")


class Result(forms.Form):
    result = forms.ChoiceField(label="检查结果", choices=[("", "请选择"), *results.OF_A_VISIT.items()])
    note = forms.CharField(label="后续处理", max_length=200, required=False, help_text="将向社会公开；不写个人姓名和举报信息")


def orders_of(look: Look) -> Any:
    """Orders to correct that nobody has checked again, of the viewer's division."""
    rows = scoped(CorrectionOrder.objects.filter(corrected_on=None), look.viewer, through="inspection")
    return rows.select_related("inspection__facility", "inspection__assignment", "document").order_by("correct_by", "pk")


def order_for(look: Look, pk: int) -> CorrectionOrder:
    row = orders_of(look).filter(pk=pk).first()
    if row is None:
        raise NotYours("没有找到，或不在您的辖区范围内")
    return row


@desk
def after_page(request: HttpRequest, look: Look) -> HttpResponse:
    return shown(request, look, {})


def shown(request: HttpRequest, look: Look, bound: dict[str, forms.Form], code: int = 200) -> HttpResponse:
    """What is late or due first, in three lists."""
    orders = [(order, deadlines.due(CLOCK, order.ordered_on), bound.get(f"order-{order.pk}") or Verify(auto_id=f"order-{order.pk}-%s")) for order in orders_of(look)[:MOST]]
    waiting = [
        (task, day, due, bound.get(f"task-{task.pk}") or Result(auto_id=f"task-{task.pk}-%s"), results.why_not_record(task, look.viewer))
        for task, day, due in results.waiting(look.viewer, MOST)
    ]
    unpublished = [(row, results.due_of(row.finished_on)) for row in results.recorded(look.viewer).filter(published_on=None)[:MOST]]
    late = sum(due.is_late(look.today) for _, due, _ in orders) + sum(row[2].is_late(look.today) for row in waiting) + sum(due.is_late(look.today) for _, due in unpublished)
    context = {
        "orders": orders, "waiting": waiting, "unpublished": unpublished, "late": late, "today": look.today, "is_publisher": look.viewer.has_role("publisher", "leader"),
        "problems": campaign_queries.open_problems(look.viewer).exclude(assignment=None)[:20],
    }  # fmt: skip
    return render(request, "desk/aftermath.html", context, status=code)


@require_POST
@desk
def verify(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    """Write the re-inspection down."""
    order, form = order_for(look, pk), Verify(request.POST, auto_id=f"order-{pk}-%s")
    if settle(request, form, lambda given: inspections.verify_correction(order, by=look.viewer, at=look.at, **given), "登记复查"):
        return redirect("desk:aftermath")
    return shown(request, look, {f"order-{pk}": form}, 400)


@require_POST
@desk
def record(request: HttpRequest, look: Look, number: str) -> HttpResponse:
    task = queries.assignment(look.viewer, number)
    form = Result(request.POST, auto_id=f"task-{task.pk}-%s")
    if settle(request, form, lambda given: results.record_result(task, by=look.viewer, at=look.at, **given), "填写检查结果"):
        return redirect("desk:aftermath")
    return shown(request, look, {f"task-{task.pk}": form}, 400)


@require_POST
@desk
def publish(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    row = results.recorded(look.viewer).filter(pk=pk).first()
    if row is None:
        raise NotYours("没有找到，或不在您的辖区范围内")
    results.publish(row, by=look.viewer, at=look.at)
    messages.success(request, "已向社会公开")
    return redirect("desk:aftermath")
