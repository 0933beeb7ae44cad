"""Every route × people who have no business there: nothing read, nothing written, and no route forgotten."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse

from qingyuan import clock
from qingyuan.records.registry.models import Event, Officer

from .rows import row_of
from .world import BEGINS, World, raise_world, signed_in, text_of, walk

REFUSED = {302, 400, 403, 404, 405}
# published pages and what a signed code opens; the API has its own test with tokens
OPEN_TO_ALL = ("public:", "visit:", "login", "logout", "api:", "desk:answer", "field:worker")
# routes whose rows are the same for everybody: the rules, the law, the person's own filters and box
NOT_OF_A_PLACE = {"desk:rule", "desk:trial", "desk:tile", "desk:read_all", "desk:clue_messages_read", "desk:save_filter", "desk:drop_filter", "desk:opening_step"}
# routes that the crowd of this test has no row for, each with the test that tries it as a stranger
ROOT = Path(__file__).resolve().parents[2]
SAMPLES: dict[str, dict[str, object]] = yaml.safe_load((Path(__file__).parent / "samples.yaml").read_text())
ELSEWHERE: dict[str, str] = yaml.safe_load((Path(__file__).parent / "elsewhere.yaml").read_text())


@pytest.fixture
def world(db, settings, tmp_path, monkeypatch) -> World:
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: BEGINS)
    made = raise_world()
    by = made.insiders[-1]
    for route, told in SAMPLES.items():
        address = reverse(route, kwargs={name: word(name, said, by) for name, said in told.items() if name != "post"})
        place = made.forms if told.get("post") else made.pages
        place.setdefault(f"{route}:" if told.get("post") else route, set()).add(address)
    walk(made)
    return made


def word(name: str, said: object, by: Officer) -> object:
    """A word of an address: told outright, or a column of a row in the home city ("app.Model")."""
    return getattr(row_of(said, by=by), name) if isinstance(said, str) and said[0].islower() and said.count(".") == 1 else said


def test_nobody_outside_reads_or_writes_anything_and_no_route_is_forgotten(world: World, monkeypatch) -> None:
    secrets = world.secrets()
    assert len(secrets) > 20
    for who, officer in {"访客": None, **world.outsiders}.items():
        assert leaks(world, officer, secrets) == [], f"{who} 看到了不该看的"
        assert writes(world, officer) == [], f"{who} 写了不该写的"
    assert lost(world) == [], "这些地址本地人员也打不开，样例没有意义"
    assert writes(world, world.idle, may_be_form=True) == [], "无岗位的人办成了事"
    assert forgotten(world) == [], "这些路由没有走到：在 ELSEWHERE 写明由哪个测试覆盖，或让页面链到它"

    monkeypatch.setattr("qingyuan.records.registry.scope.BY_LEVEL", {})
    monkeypatch.setattr("qingyuan.records.clues.queries.scoped", lambda rows, viewer, through="": rows)
    assert leaks(world, world.outsiders["邻市，全部岗位"], secrets), "埋下的泄漏没有被发现：这个测试不会失败"


def test_every_route_said_to_be_tested_elsewhere_is() -> None:
    assert set(ELSEWHERE) <= route_names(), "这些路由已经没有了"
    for route, where in ELSEWHERE.items():
        path, name = where.split("::")
        assert f"def {name}(" in (ROOT / path).read_text(), f"{route} 指向的测试不在：{where}"


def lost(world: World) -> list[str]:
    """Sample pages that do not open for the insider they were made for."""
    client = signed_in(world.insiders[-1])
    return [f"{code} {address}" for route in SAMPLES for address in world.pages.get(route, ()) if (code := client.get(address).status_code) in (404, 500)]


def leaks(world: World, officer: Officer | None, secrets: set[str]) -> list[str]:
    """Addresses that showed somebody a row of another place."""
    client, found = signed_in(officer), []
    for name, addresses in sorted(world.pages.items()):
        if name.startswith(OPEN_TO_ALL) or name in NOT_OF_A_PLACE:
            continue
        for address in sorted(addresses):
            answer = client.get(address)
            if answer.status_code == 500 or (names_a_row(address) and answer.status_code not in REFUSED):
                found.append(f"{answer.status_code} {address}")
            elif shown := sorted(secret for secret in secrets if secret in text_of(answer) and secret not in address):
                found.append(f"{address} 显示了 {shown[:2]}")
    return found


def writes(world: World, officer: Officer | None, *, may_be_form: bool = False) -> list[str]:
    """Forms that took something from somebody who may not; an empty form back is no write."""
    client, found = signed_in(officer), []
    for name, addresses in sorted(world.forms.items()):
        if name.startswith(OPEN_TO_ALL):
            continue
        for address in sorted(addresses):
            before = Event.objects.count()
            answer = client.post(address, {"why": "越权测试", "text": "越权测试"})
            refused = answer.status_code in REFUSED or (may_be_form and answer.status_code < 500)
            if Event.objects.count() != before or (names_a_row(address) and not refused):
                found.append(f"{answer.status_code} {address}")
    return found


def names_a_row(address: str) -> bool:
    return bool(resolve(urlsplit(address).path).kwargs)


def forgotten(world: World) -> list[str]:
    """Named routes behind the login that neither the walk nor another test reaches."""
    reached = NOT_OF_A_PLACE | set(world.pages) | {name.rsplit(":", 1)[0] for name in world.forms}
    return sorted(name for name in route_names() if name not in reached and name not in ELSEWHERE and not name.startswith(OPEN_TO_ALL))


def route_names() -> set[str]:
    return {name for name in every(get_resolver(), "") if name}


def every(resolver: URLResolver, space: str):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield f"{space}{entry.name}" if entry.name else ""
        else:
            yield from every(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
