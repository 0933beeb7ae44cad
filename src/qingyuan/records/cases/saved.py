"""Questions an officer keeps: a name and the query of the list of cases."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.db.models import QuerySet

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.models import Officer

from .models import SavedFilter

KNOWN = ("state", "words", "violation", "began", "ended")
MOST = 20


def saved(viewer: Officer) -> QuerySet[SavedFilter]:
    return SavedFilter.objects.filter(officer=viewer).order_by("name")


@transaction.atomic
def save_filter(viewer: Officer, *, name: str, query: str) -> SavedFilter:
    """Keep a question under a name; the same name again replaces it.  Parts the list does not know are dropped."""
    asked = urlencode([(key, value) for key, value in parse_qsl(query) if key in KNOWN and value])
    if not name.strip() or not asked or len(asked) > 400:
        raise BadInput("请写明筛选名称，并至少选择一个条件", field="name")
    if saved(viewer).exclude(name=name.strip()[:40]).count() >= MOST:
        raise NotAllowed(f"最多保存{MOST}个常用筛选，请先删除不用的")
    return SavedFilter.objects.update_or_create(officer=viewer, name=name.strip()[:40], defaults={"query": asked})[0]


def drop_filter(viewer: Officer, pk: int) -> int:
    return SavedFilter.objects.filter(officer=viewer, pk=pk).delete()[0]
