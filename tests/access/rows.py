"""One row of any model, in the home city: so that every route has something a stranger could ask for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.apps import apps
from django.db import models

from qingyuan.records.docket import vault
from qingyuan.records.registry.models import Division, Officer
from qingyuan.testing import PHOTO

from .world import BEGINS, HOME

# what a column must hold where any value of its type will not do: "app.Model" → column → value
A_ROW = "row of "
WORDS: dict[str, dict[str, Any]] = {
    "registry.Area": {"geometry": {"type": "Polygon", "coordinates": [[[113.0, 28.0], [113.1, 28.0], [113.1, 28.1], [113.0, 28.0]]]}},
    "registry.RiverPlace": {"kind": "section"},
    "clues.Suppression": {"expires_at": BEGINS + dt.timedelta(days=30)},
    "dispatch.Target": {"campaign": "row of dispatch.Campaign"},
}


def row_of(label: str, *, by: Officer) -> models.Model:
    """The newest row of that model in the home city; made when there is none."""
    model = apps.get_model(label)
    rows = model._default_manager.all()
    if hasattr(model, "city_code"):
        rows = rows.filter(city_code__startswith=HOME)
    return rows.order_by("-pk").first() or made(model, WORDS.get(label, {}), by)


def made(model: type[models.Model], words: dict[str, Any], by: Officer) -> models.Model:
    """A row whose required columns hold the simplest value of their type; ``words`` says where that will not do."""
    values = {name: row_of(said.removeprefix(A_ROW), by=by) if isinstance(said, str) and said.startswith(A_ROW) else said for name, said in words.items()}
    for column in model._meta.concrete_fields:
        if column.name in values or column.primary_key and column.get_internal_type().endswith("AutoField"):
            continue
        if column.has_default() or column.null or getattr(column, "auto_now", False) or not column.editable:
            continue
        values[column.name] = value_for(column, by)
    row = model(**values)
    row.save()
    return row


def value_for(column: models.Field, by: Officer) -> Any:
    """The simplest value a column takes."""
    if column.is_relation:
        return related(column.related_model, by)
    if column.choices:
        return next(value for value, _ in column.flatchoices if value != "")
    kind = column.get_internal_type()
    if column.name.endswith("digest"):
        return vault.keep(PHOTO).digest
    if kind in ("CharField", "TextField", "SlugField"):
        return "" if column.blank and not column.unique else f"X{column.model.__name__}"[: column.max_length or 40]
    if kind == "DateTimeField":
        return BEGINS
    if kind == "DateField":
        return BEGINS.date()
    if kind == "JSONField":
        return column.get_default() or {}
    if kind == "UUIDField":
        import uuid

        return uuid.UUID(int=7)
    if kind in ("BooleanField",):
        return False
    if kind == "DurationField":
        return dt.timedelta(0)
    if kind == "BinaryField":
        return b""
    return 1


def related(model: type[models.Model], by: Officer) -> models.Model:
    if model is Officer:
        return by
    if model is Division:
        return by.agency.division
    return row_of(model._meta.label, by=by)
