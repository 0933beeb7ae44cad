"""What leaders and planners read: people by the state of their tasks, a year's quotas, a year's dated things.  Secrets stay out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet

from qingyuan.law import rulebook
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.queries import colleagues
from qingyuan.records.registry.scope import scoped

from . import campaign_queries, people, plan_queries, queries, visit_queries
from .models import Assignment, DrawnItem
from .result_models import Leave


@dataclass
class Person:
    """One officer: tasks begun (where they are), open and finished this year, days a certificate is left, leave."""

    officer: Officer
    places: list[Assignment] = field(default_factory=list)
    waiting: int = 0
    finished: int = 0
    left: int | None = None
    leave: str = ""
    barred: str = ""

    @property
    def urgency(self) -> tuple[int, int, str]:
        return (0 if self.barred else 1 if self.left is not None and self.left <= 0 else 2, self.left if self.left is not None else -1, self.officer.name)


def team(viewer: Officer, on: dt.date, soon: int) -> list[Person]:
    """Inspectors of the viewer's division, whose certificate is over or runs out first, then by name.

    A task the viewer may not know is counted in nobody's load here.
    """
    rows = {one.pk: Person(one) for one in colleagues(viewer) if one.has_role("inspector")}
    tasks = queries.assignments(viewer).filter(Q(state__in=["issued", "started"]) | Q(state="finished", issued_on__year=on.year)).prefetch_related("inspectors")
    for task in tasks:
        for officer in task.inspectors.all():
            person = rows.get(officer.pk)
            if person is None:
                continue
            if task.state == "started":
                person.places.append(task)
            person.waiting += task.state == "issued"
            person.finished += task.state == "finished"
    away = {row.officer_id: f"{row.began}至{row.ended}请假（{row.why}）" for row in Leave.objects.filter(officer__in=rows, began__lte=on, ended__gte=on)}
    for person in rows.values():
        until = person.officer.certificate_to
        person.left = (until - on).days if until else None
        person.barred = people.not_certified(person.officer, on)
        person.leave = away.get(person.officer.pk, "")
    ending = [one for one in rows.values() if one.barred or (one.left is not None and one.left <= soon)]
    others = [one for one in rows.values() if one not in ending]
    return sorted(ending, key=lambda one: one.urgency) + sorted(others, key=lambda one: (-len(one.places), -one.waiting, one.officer.name))


def leaves(viewer: Officer, on: dt.date) -> QuerySet[Leave]:
    """Leave that lasts or is to come."""
    return Leave.objects.filter(officer__in=colleagues(viewer), ended__gte=on).select_related("officer").order_by("began", "pk")


def quotas(viewer: Officer, year: int) -> list[dict[str, Any]]:
    """By plan and class: quota of each quarter, drawn, finished.  Counts only; which enterprises stays secret."""
    rows = []
    for plan in plan_queries.plans(viewer).filter(year=year):
        items = scoped(DrawnItem.objects.filter(draw__plan=plan).exclude(draw__state="replaced"), viewer, through="draw").order_by()
        drawn = {(period, stratum): n for period, stratum, n in items.values_list("draw__period", "stratum").annotate(n=Count("pk"))}
        done = {(period, stratum): n for period, stratum, n in items.exclude(result="").values_list("draw__period", "stratum").annotate(n=Count("pk"))}
        for line in plan.quotas:
            quarters = [(f"{year}Q{number}", drawn.get((f"{year}Q{number}", line["object_class"]), 0), done.get((f"{year}Q{number}", line["object_class"]), 0)) for number in range(1, 5)]
            rows.append({"plan": plan, "label": line["label"], "quota": line["quota"], "population": line["population"], "quarters": quarters, "grade": line["grade"]})
    return rows


def dated(viewer: Officer, year: int) -> list[tuple[dt.date, str, str, str]]:
    """(day, kind, words, key of a page) of a year: campaigns, rounds, tasks due, other departments' visits, results to publish, problems due."""
    found: list[tuple[dt.date, str, str, str]] = []
    for row in campaign_queries.campaigns(viewer):
        found += [(row.began, "campaign", f"{row.title}开始", row.number), (row.ended, "campaign", f"{row.title}到期", row.number)]
    for one in campaign_queries.rounds(viewer):
        found += [(one.began, "round", f"{one.division} {one.theme}", one.number)]
    due: dict[dt.date, int] = {}
    for day in queries.assignments(viewer).filter(state__in=["issued", "started"], due_on__year=year).values_list("due_on", flat=True):
        due[day] = due.get(day, 0) + 1
    found += [(day, "tasks", f"检查任务到期 {count} 项", "") for day, count in due.items()]
    found += [(visit.planned_on, "outside", f"{visit.department}：{visit.facility.name}", visit.facility.code) for visit in visit_queries.outside_visits(viewer, dt.date(year, 1, 1))]
    late: dict[dt.date, int] = {}
    for _, clock in plan_queries.unpublished(viewer, dt.date(year, 1, 1)):
        late[clock.due_on] = late.get(clock.due_on, 0) + 1
    found += [(day, "publish", f"抽查结果公开到期 {count} 条", "") for day, count in late.items()]
    terms: dict[dt.date, int] = {}
    for day in campaign_queries.open_problems(viewer).filter(state="handed", due_on__year=year).values_list("due_on", flat=True):
        terms[day] = terms.get(day, 0) + 1
    found += [(day, "problems", f"问题整改到期 {count} 个", "") for day, count in terms.items()]
    return sorted(row for row in found if row[0].year == year)


def credit_weights(on: dt.date) -> Mapping[str, int]:
    """Thousandths by grade, as the rule book has them (grade U)."""
    return rulebook.load().get("draw/credit", on=on)["permille"]
