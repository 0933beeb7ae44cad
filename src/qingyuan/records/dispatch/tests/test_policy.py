"""No check-in, points, ranking, hours on line or forced download anywhere: not as a column of any table, not as an address of any page.

国办发〔2024〕54号 and the rules against burdens by app.  A firm's credit is scored by law elsewhere; people are not.
"""

from __future__ import annotations

import re

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

WORDS = {
    "checkin", "clockin", "punch", "attendance", "streak", "leaderboard", "ranking", "badge", "onlinetime", "onlineminutes", "onlinehours", "screentime", "logindays",
    "lastseen", "clicks", "clickcount", "forceddownload", "downloadquota", "appopens",
}  # fmt: skip
CHINESE = re.compile("打卡|签到次数|排行榜|活跃度|在线时长|使用时长|点击次数|强制下载|登录天数")
PEOPLE = {"registry.Officer", "registry.Account"}
POINTS = re.compile(r"(^|_)(points|credits_earned|rank)($|_)")


def squeezed(name: str) -> set[str]:
    """A name's words, and each pair of them run together: check_in_at → check, in, at, checkin, inat."""
    parts = re.split(r"[^a-z0-9]+", name.lower())
    return {part for part in parts if part} | {first + second for first, second in zip(parts, parts[1:], strict=False)}


def of_people(model) -> bool:
    """Whether a row of the table is about a person: it is one, or points at one as its subject."""
    return model._meta.label in PEOPLE or any(
        field.is_relation and field.related_model is not None and field.related_model._meta.label in PEOPLE and field.name in ("officer", "account", "person", "inspector")
        for field in model._meta.concrete_fields
    )


def columns() -> list[str]:
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("qingyuan."):
            continue
        for field in model._meta.concrete_fields:
            bad = squeezed(field.name) & WORDS or CHINESE.search(str(field.verbose_name)) or (of_people(model) and POINTS.search(field.name))
            if bad:
                found.append(f"{model._meta.label}.{field.name}")
    return found


def routes(node: URLResolver, before: str = "") -> list[str]:
    found: list[str] = []
    for one in node.url_patterns:
        address = before + str(one.pattern)
        found += routes(one, address) if isinstance(one, URLResolver) else [f"{address} {one.name or ''}"] if isinstance(one, URLPattern) else []
    return found


def test_no_column_of_any_table_can_hold_them():
    assert columns() == []


def test_no_address_of_any_page_leads_to_them():
    known = routes(get_resolver())
    assert len(known) > 80 and [address for address in known if squeezed(address) & WORDS] == []


@pytest.mark.parametrize("name", ["check_in_at", "clock_in", "online_minutes", "team_ranking", "last_seen_at", "click_count", "forced_download"])
def test_the_lint_sees_what_it_is_for(name):
    """A test that cannot fail is no test."""
    assert squeezed(name) & WORDS


@pytest.mark.parametrize("name", ["checked_in_full", "check_points", "monitoring_points", "checked_on", "online"])
def test_the_lint_leaves_honest_words_alone(name):
    assert not squeezed(name) & WORDS
