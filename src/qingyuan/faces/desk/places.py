"""Divisions a viewer can choose among: those in which the viewer's facilities lie."""

from __future__ import annotations

from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Division, Officer


def divisions_of(viewer: Officer) -> list[Division]:
    """Cities and counties below the viewer that have a facility, in the order of their codes."""
    places = registry.facilities(viewer).order_by()
    codes = {code for column in ("city_code", "county_code") for code in places.values_list(column, flat=True).distinct()}
    return list(Division.objects.filter(code__in=codes - {"", viewer.agency.division_id}).order_by("code"))


def shapes_of(viewer: Officer) -> list[Division]:
    """The viewer's own division and every city and county in it, for the map."""
    own = viewer.agency.division
    width = {"province": 2, "city": 4, "county": 6}.get(own.level, 12)
    return list(Division.objects.filter(code__startswith=own.code[:width], level__in=["city", "county"]).order_by("code"))
