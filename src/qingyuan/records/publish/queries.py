"""What officers see of publications by scope, and what everyone sees of those that are public."""

from __future__ import annotations

from django.db.models import QuerySet

from qingyuan.errors import NotYours
from qingyuan.records.cases.models import Case
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import one, scoped

from .models import Release

PUBLIC = ("released", "withdrawn")


def releases(viewer: Officer) -> QuerySet[Release]:
    return scoped(Release.objects.select_related("case"), viewer).order_by("due_on", "id")


def release_by_id(viewer: Officer, pk: int) -> Release:
    return one(Release.objects.select_related("case", "case__party"), viewer, pk=pk)


def release_of(viewer: Officer, case: Case) -> Release | None:
    return releases(viewer).filter(case=case).first()


def published(words: str = "") -> QuerySet[Release]:
    """Everything public, newest first; a withdrawn one stays as a tombstone."""
    rows = Release.objects.filter(state__in=PUBLIC).order_by("-released_on", "-id")
    return rows.filter(title__icontains=words.strip()) if words.strip() else rows


def published_by_id(pk: int) -> Release:
    """One public row; a draft and a row that does not exist look the same."""
    row = Release.objects.filter(pk=pk, state__in=PUBLIC).first()
    if row is None:
        raise NotYours("没有找到该公示")
    return row
