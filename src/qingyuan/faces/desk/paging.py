"""Keyset paging: the next page begins after the last row seen, however deep, however many were added meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from qingyuan.errors import BadInput

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows and the cursor of the next ones ("" when there are none)."""

    rows: Sequence[M]
    after: str


def page_by_due(rows: QuerySet[M], after: str, size: int, *, column: str = "due_on") -> Page[M]:
    """Rows ordered by (a date column, id), after the cursor ``2026-11-24_17``."""
    if after:
        on, key = cursor(after)
        rows = rows.filter(Q(**{f"{column}__gt": on}) | Q(**{column: on, "pk__gt": key}))
    return cut(list(rows[: size + 1]), size, lambda row: f"{getattr(row, column).isoformat()}_{row.pk}")


def page_by_code(rows: QuerySet[M], after: str, size: int, *, column: str = "code") -> Page[M]:
    """Rows ordered by a unique text column."""
    if after:
        rows = rows.filter(**{f"{column}__gt": after})
    return cut(list(rows[: size + 1]), size, lambda row: str(getattr(row, column)))


def page_by_id(rows: QuerySet[M], after: str, size: int) -> Page[M]:
    """Rows newest first by id."""
    if after:
        if not after.isdigit():
            raise BadInput("翻页位置不能识别：请回到第一页")
        rows = rows.filter(pk__lt=int(after))
    return cut(list(rows.order_by("-pk")[: size + 1]), size, lambda row: str(row.pk))


def cut(rows: list[M], size: int, name: Callable[[Any], str]) -> Page[M]:
    more = len(rows) > size
    return Page(rows[:size], name(rows[size - 1]) if more else "")


def cursor(text: str) -> tuple[dt.date, int]:
    """Read a cursor; a mangled one is refused by name, never guessed."""
    day, _, key = text.partition("_")
    try:
        return dt.date.fromisoformat(day), int(key)
    except ValueError:
        raise BadInput("翻页位置不能识别：请回到第一页") from None
