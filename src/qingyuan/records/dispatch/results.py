"""Telling the public what came of visits that were not drawn: recorded by who went, published by another, within twenty working days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.law.deadlines import Due
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Event, Officer
from qingyuan.records.registry.scope import scoped

from .models import Assignment
from .plan_states import RESULTS, WITHOUT_VISIT
from .result_models import VisitResult
from .states import BASES

CLOCK = "publication_other"
OF_A_VISIT = {key: label for key, label in RESULTS.items() if key not in WITHOUT_VISIT}


def finished_days(tasks: Iterable[Assignment]) -> dict[int, dt.date]:
    """By task the day it was finished, as the trail has it."""
    subjects = {f"assignment:{task.pk}": task.pk for task in tasks}
    rows = Event.objects.filter(subject__in=list(subjects), step="finish").values_list("subject", "at")
    return {subjects[subject]: at.astimezone(CHINA).date() for subject, at in rows}


def due_of(finished_on: dt.date) -> Due:
    """Until when the result of a visit is public."""
    return deadlines.due(CLOCK, finished_on)


def waiting(viewer: Officer, most: int = 200) -> list[tuple[Assignment, dt.date, Due]]:
    """Finished visits without a recorded result, soonest due first; drawn ones have their own desk."""
    rows = scoped(Assignment.objects.filter(state="finished", result=None).exclude(basis="draw").select_related("facility"), viewer)
    tasks = list(rows.order_by("issued_on", "pk")[:most])
    days = finished_days(tasks)
    found = [(task, days[task.pk], due_of(days[task.pk])) for task in tasks if task.pk in days]
    return sorted(found, key=lambda row: (row[2].due_on, row[0].pk))


def recorded(viewer: Officer) -> QuerySet[VisitResult]:
    rows = VisitResult.objects.select_related("assignment__facility", "recorded_by", "published_by")
    return scoped(rows, viewer).order_by("published_on", "finished_on", "pk")


def why_not_record(task: Assignment, by: Officer) -> list[str]:
    conditions = [
        (task.state == "finished", "检查尚未完成，不能填写结果"),
        (task.basis != "draw", "双随机抽查的结果在抽查页填写"),
        (not VisitResult.objects.filter(assignment=task).exists(), "该检查已填写结果"),
        (by.has_role("leader") or task.inspectors.filter(pk=by.pk).exists(), f"由本次检查的检查人员或负责人填写；{by.name}不在其中"),
    ]
    return [said for holds, said in conditions if not holds]


@transaction.atomic
def record_result(task: Assignment, *, result: str, note: str, by: Officer, at: dt.datetime) -> VisitResult:
    """Write down what the public will read.  No reason of the visit and no name of a person is part of it."""
    fresh = Assignment.objects.select_for_update(of=("self",)).select_related("division").get(pk=task.pk)
    reasons = why_not_record(fresh, by)
    if reasons:
        raise NotAllowed(reasons)
    if result not in OF_A_VISIT:
        raise BadInput(f"检查结果须为：{'、'.join(OF_A_VISIT.values())}", field="result")
    finished_on = finished_days([fresh]).get(fresh.pk, at.date())
    row = VisitResult(assignment=fresh, division=fresh.division, result=result, note=note.strip()[:200], finished_on=finished_on, recorded_by=by)
    row.save()
    record_event(by=by, subject=f"assignment:{fresh.pk}", step="record_result", at=at, after={"result": result})
    return row


@transaction.atomic
def publish(row: VisitResult, *, by: Officer, at: dt.datetime) -> VisitResult:
    """Make it public: by another person than who recorded it."""
    fresh = VisitResult.objects.select_for_update().get(pk=row.pk)
    conditions = [
        (by.has_role("publisher", "leader"), f"{by.name}没有公开检查结果的岗位"), (fresh.published_on is None, "已经公开"),
        (fresh.recorded_by_id != by.pk, "填写结果的人不能自己公开（两人核对）"),
    ]  # fmt: skip
    reasons = [said for holds, said in conditions if not holds]
    if reasons:
        raise NotAllowed(reasons)
    fresh.published_on, fresh.published_by = at.date(), by
    fresh.save(update_fields=["published_on", "published_by"])
    record_event(by=by, subject=f"assignment:{fresh.assignment_id}", step="publish_result", at=at)
    row.refresh_from_db()
    return fresh


def public_results(*, year: int) -> list[dict[str, Any]]:
    """What anyone may read of visits that were not drawn, in the shape of ``plan_queries.public_results``."""
    rows = VisitResult.objects.filter(published_on__year=year).select_related("assignment__facility__operator", "assignment__issued_by__agency__parent")
    return [
        {
            "name": row.assignment.facility.name, "uscc": row.assignment.facility.operator.uscc, "on": row.finished_on, "basis": BASES[row.assignment.basis],
            "department": row.assignment.issued_by.agency.authority.name, "certificates": [one.certificate_number for one in row.assignment.inspectors.all()],
            "result": RESULTS[row.result], "note": row.note, "published_on": row.published_on, "draw": "", "digest": "",
        }
        for row in rows.prefetch_related("assignment__inspectors").order_by("-published_on", "-pk")
    ]  # fmt: skip
