"""Which tasks are a secret before the visit, and from whom: drawn objects and surprise checks (四不两直)."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import scoped

from .models import Assignment

HIDDEN = ("issued", "cancelled")  # a task called off before entry stays a secret: it may be issued again


def is_secret(task: Assignment) -> bool:
    """Whether the task's own number and place must not be told to people who do not know of it."""
    return task.state in HIDDEN and (task.basis == "draw" or task.is_surprise)


def unveiled(rows: QuerySet[Assignment], viewer: Officer) -> QuerySet[Assignment]:
    """Without what this viewer may not know yet.

    A drawn object: who issued it and who is sent know it.  A surprise check: only who issued it, until it is revealed to the
    people sent; everybody else learns of it when it has begun.
    """
    mine = Assignment.objects.filter(inspectors=viewer).values("pk")
    drawn = ~Q(basis="draw") | ~Q(state__in=HIDDEN) | Q(issued_by=viewer) | Q(pk__in=mine)
    surprise = Q(is_surprise=False) | ~Q(state__in=HIDDEN) | Q(issued_by=viewer) | (Q(pk__in=mine) & Q(revealed_at__isnull=False))
    return rows.filter(drawn, surprise)


def reachable(rows: QuerySet[Assignment], viewer: Officer | None) -> QuerySet[Assignment]:
    """What lies in the viewer's division, and what the viewer is sent to wherever it lies (cross-jurisdiction work), without secrets."""
    if viewer is None:
        return rows.none()
    here = scoped(Assignment.objects.all(), viewer).values("pk")
    sent = Assignment.objects.filter(inspectors=viewer).values("pk")
    return unveiled(rows.filter(Q(pk__in=here) | Q(pk__in=sent)), viewer)
