"""Fill the registry from plain values: the synthetic province of ``engines/province``, or anything of its shape."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.hashers import make_password
from django.db import transaction

from qingyuan.engines.province.plan import Plan

from .load_rivers import load_rivers
from .models import Account, Agency, Division, Facility, Monitor, Officer, Operator, Outlet, Permit, PermitLimit

# the plan's words for a post → ours
ROLES = {"case_reviewer": "reviewer", "clerk": "publisher"}


@transaction.atomic
def load_plan(plan: Plan, *, boundaries: Mapping[str, object] | None = None, passwords: Mapping[str, str] | None = None) -> None:
    """Write a plan into an empty registry; a second call changes nothing.

    ``boundaries``: GeoJSON geometry by division code.  ``passwords``: login name → password, given to the officer
    whose certificate number is the login name.
    """
    if Division.objects.exists():
        return
    divisions = load_divisions(plan, boundaries or {})
    agencies = load_agencies(plan, divisions)
    load_people(plan, agencies, passwords or {})
    load_sources(plan, divisions)
    load_rivers(plan.river)


def load_divisions(plan: Plan, boundaries: Mapping[str, object]) -> dict[str, Division]:
    made: dict[str, Division] = {}
    for row in plan.divisions:
        made[row.code] = Division.objects.create(
            code=row.code, name=row.name, level=row.level, parent=made.get(row.parent), boundary=boundaries.get(row.code)
        )
    return made


def load_agencies(plan: Plan, divisions: Mapping[str, Division]) -> dict[str, Agency]:
    made: dict[str, Agency] = {}
    for row in plan.agencies:
        place = divisions[row.division]
        made[row.code] = Agency.objects.create(
            code=row.code, name=row.name, short_name=f"{place.name[0]}环", division=place, kind=row.kind, parent=made.get(row.parent),
            address=f"{place.name}行政中心", phone="12369", payee=f"{place.name}财政局非税收入专户（示范）",
            reconsideration_body=f"{place.name}人民政府", court=f"{place.name}人民法院",
        )
    return made


def load_people(plan: Plan, agencies: Mapping[str, Agency], passwords: Mapping[str, str]) -> None:
    hashed = {password: make_password(password) for password in set(passwords.values())}
    for row in plan.people:
        account = None
        if row.certificate in passwords:
            account = Account.objects.create(username=row.certificate, password=hashed[passwords[row.certificate]], first_name=row.name)
        Officer.objects.create(
            name=row.name, agency=agencies[row.agency], account=account, roles=[ROLES.get(role, role) for role in row.roles],
            certificate_number=row.certificate, certificate_from=row.valid_from, certificate_to=row.valid_to,
            is_legally_qualified="legality_reviewer" in row.roles,
        )


def load_sources(plan: Plan, divisions: Mapping[str, Division]) -> None:
    operators = {
        row.uscc: Operator.objects.create(
            uscc=row.uscc, name=row.name, legal_representative=row.legal_representative, address=row.address, phone=row.phone
        )
        for row in plan.operators
    }
    facilities: dict[str, Facility] = {}
    for row in plan.facilities:
        facilities[row.code] = Facility(
            code=row.code, name=row.name, operator=operators[row.operator], division=divisions[row.division], industry=row.industry,
            is_key_discharger=row.is_key_discharger, address=row.address, lon=row.lon, lat=row.lat,
        )
        facilities[row.code].save()
    outlets = {
        row.id: Outlet.objects.create(code=row.id, name=row.name, facility=facilities[row.facility], medium=row.medium, reference_oxygen=row.reference_oxygen)
        for row in plan.outlets
    }
    Monitor.objects.bulk_create(Monitor(mn=row.mn, pw=row.pw, st=row.st, outlet=outlets[row.outlet], factors=list(row.factors)) for row in plan.points)
    Permit.objects.bulk_create(
        Permit(number=row.number, facility=facilities[row.facility], valid_from=row.valid_from, valid_to=row.valid_to) for row in plan.permits
    )
    PermitLimit.objects.bulk_create(
        PermitLimit(
            outlet=outlets[row.outlet], factor=row.factor, averaging=row.averaging, limit_value=row.limit_value, unit=row.unit, kind=row.kind,
            citation=row.citation, valid_from=row.valid_from, valid_to=row.valid_to,
        )
        for row in plan.limits
    )
