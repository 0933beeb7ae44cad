"""How screens read the registry; every query takes the viewer."""

from __future__ import annotations

from django.db.models import QuerySet

from .models import Agency, Facility, Monitor, Officer, Outlet, Permit, PermitLimit
from .scope import one, scoped


def facilities(viewer: Officer) -> QuerySet[Facility]:
    """Facilities in the viewer's division, by code."""
    return scoped(Facility.objects.select_related("operator", "division"), viewer).order_by("code")


def facility(viewer: Officer, code: str) -> Facility:
    return one(Facility.objects.select_related("operator", "division"), viewer, code=code)


def outlets_of(viewer: Officer, place: Facility) -> QuerySet[Outlet]:
    return scoped(Outlet.objects.filter(facility=place), viewer, through="facility").order_by("code")


def monitors_of(viewer: Officer, place: Facility) -> QuerySet[Monitor]:
    return scoped(Monitor.objects.filter(outlet__facility=place).select_related("outlet"), viewer, through="outlet__facility").order_by("mn")


def permits_of(viewer: Officer, place: Facility) -> QuerySet[Permit]:
    return scoped(Permit.objects.filter(facility=place), viewer, through="facility").order_by("-valid_from")


def limits_of(viewer: Officer, place: Facility) -> QuerySet[PermitLimit]:
    rows = PermitLimit.objects.filter(outlet__facility=place).select_related("outlet")
    return scoped(rows, viewer, through="outlet__facility").order_by("outlet__code", "factor", "averaging")


def colleagues(viewer: Officer) -> QuerySet[Officer]:
    """People of agencies within the viewer's division, inspectors first by name."""
    codes = {"province": "division__code__startswith", "city": "division__code__startswith", "county": "division__code__startswith"}
    division = viewer.agency.division
    if division.level not in codes:
        return Officer.objects.none()
    width = {"province": 2, "city": 4, "county": 6}[division.level]
    agencies = Agency.objects.filter(division__code__startswith=division.code[:width])
    return Officer.objects.filter(agency__in=agencies).select_related("agency").order_by("name")
