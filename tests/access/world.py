"""What the access tests stand on: a city with work at every stage, its people, and people who have no business there."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import Resolver404, resolve

from qingyuan import clock
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Account, Agency, Division, Facility, Monitor, Officer
from qingyuan.testing import small_province, telemetry

BEGINS = dt.datetime.fromisoformat("2026-09-15T13:00:00+08:00").astimezone(clock.CHINA)
HOME = "9901"  # 清源市, where all the work lies
EVERY_ROLE = ["inspector", "analyst", "reviewer", "legality_reviewer", "leader", "presiding_officer", "publisher", "auditor"]
PER_ROUTE = 2  # concrete addresses tried of each route
_LINK = re.compile(r"""(?:href|src|hx-get|data-[a-z-]+)=["'](/[^"'#]*)""")
_FORM = re.compile(r"""<form\b[^>]*>""")
_ATTRIBUTE = re.compile(r"""([\w-]+)=["']([^"']*)["']""")


@dataclass
class World:
    """The people, and every concrete address an insider can see: route name → addresses, by method."""

    insiders: list[Officer]
    outsiders: dict[str, Officer]
    idle: Officer
    pages: dict[str, set[str]] = field(default_factory=dict)
    forms: dict[str, set[str]] = field(default_factory=dict)

    def secrets(self) -> set[str]:
        """Strings that nobody outside the home city may read on a page behind the login."""
        places = Facility.objects.filter(city_code__startswith=HOME)
        found = {text for row in places.select_related("operator") for text in (row.name, row.operator.uscc, row.operator.name)}
        found |= set(Monitor.objects.filter(outlet__facility__in=places).values_list("mn", flat=True))
        return found | set(Clue.objects.filter(facility__in=places).values_list("number", flat=True))


class Cast:
    """What ``tests.e2e.screens.crowd`` asks of a stage: the people by name."""

    def officer(self, name: str) -> Officer:
        return Officer.objects.get(name=name, agency__division__code__startswith=HOME)


def raise_world() -> World:
    """The small province, a crowd of work in the home city, and the outsiders."""
    from tests.e2e.screens import crowd

    telemetry(small_province(BEGINS), settings.QINGYUAN_DATA, until=BEGINS)
    crowd(Cast())
    home = Agency.objects.filter(division__code__startswith=HOME, division__level="city").first()
    return World(
        insiders=[Cast().officer("李明"), Cast().officer("吴海涛"), person("多面手", home.division, EVERY_ROLE)],
        outsiders={
            "邻市，全部岗位": person("外人甲", Division.objects.filter(level="city").exclude(code__startswith=HOME).first(), EVERY_ROLE),
            "邻市，无岗位": person("外人乙", Division.objects.filter(level="city").exclude(code__startswith=HOME).first(), []),
            "别省": person("外人丙", Division.objects.create(code="980000000000", name="外省", level="province"), EVERY_ROLE),
        },
        idle=person("闲人", home.division, []),
    )


def person(name: str, division: Division, roles: list[str]) -> Officer:
    """An officer of that division with a login and those roles."""
    agency = Agency.objects.filter(division=division).first() or Agency.objects.create(
        code=f"X{division.code}", name=f"{division.name}生态环境局", short_name="外环", division=division
    )
    account = Account.objects.create_user(username=f"access-{name}")
    return Officer.objects.create(name=name, agency=agency, account=account, roles=roles)


def signed_in(officer: Officer | None) -> Client:
    """A browser without scripts, signed in as that officer; None is a visitor.  Faults come back as pages of 500."""
    client = Client(raise_request_exception=False)
    if officer is not None:
        if officer.account is None:
            officer.account = Account.objects.create_user(username=f"access-{officer.pk}")
            officer.save()
        client.force_login(officer.account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer) -> str:
    """The body as text, whatever it was: a page, a file, a stream."""
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


def walk(world: World) -> None:
    """Follow every link that an insider can see, a few addresses per route, and note every form."""
    for officer in world.insiders:
        client, waiting, seen = signed_in(officer), ["/", *(address for known in world.pages.values() for address in sorted(known))], set()
        while waiting:
            address = waiting.pop(0)
            name = route_of(address)
            if name is None or address in seen or name in {"logout", "login"}:
                continue
            known = world.pages.setdefault(name, set())
            if address not in known and len(known) >= PER_ROUTE:
                continue
            seen.add(address)
            known.add(address)
            answer = client.get(address)
            if answer.status_code == 200 and "html" in answer.get("Content-Type", ""):
                body = text_of(answer)
                waiting += links(body, address)
                note_forms(world, body, address)


def links(body: str, base: str) -> list[str]:
    return [urljoin(base, unescape(found)) for found in _LINK.findall(body)]


def note_forms(world: World, body: str, base: str) -> None:
    for tag in _FORM.findall(body):
        attributes = dict(_ATTRIBUTE.findall(tag))
        if attributes.get("method", "get").lower() != "post" and "hx-post" not in attributes:
            continue
        address = urljoin(base, unescape(attributes.get("hx-post") or attributes.get("action") or base))
        name = route_of(address)
        if name not in (None, "logout", "login"):
            world.forms.setdefault(f"{name}:{step_of(address)}", set()).add(address)


def step_of(address: str) -> str:
    return str(resolve(urlsplit(address).path).kwargs.get("step", ""))


def route_of(address: str) -> str | None:
    """The name of the route that answers this address; None when none does."""
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
