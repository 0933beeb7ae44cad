"""The one place that decides which rows a viewer may reach: deny by default."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from qingyuan.errors import NotYours

from .models import Officer

M = TypeVar("M", bound=Model)
BY_LEVEL = {"province": "province_code", "city": "city_code", "county": "county_code"}


def scoped(rows: QuerySet[M], viewer: Officer | None, *, through: str = "") -> QuerySet[M]:
    """Narrow ``rows`` to the viewer's division; ``through`` is the path to the model that carries the codes."""
    if viewer is None:
        return rows.none()
    division = viewer.agency.division
    column = BY_LEVEL.get(division.level)
    if column is None:
        return rows.none()
    path = f"{through}__{column}" if through else column
    return rows.filter(**{path: division.code})


def one(rows: QuerySet[M], viewer: Officer | None, *, through: str = "", **by: object) -> M:
    """The one row a viewer asks for; NotYours when it is out of scope or does not exist (the two look the same)."""
    row = scoped(rows, viewer, through=through).filter(**by).first()
    if row is None:
        raise NotYours("没有找到，或不在您的辖区范围内")
    return row
