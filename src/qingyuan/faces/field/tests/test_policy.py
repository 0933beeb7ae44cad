"""No check-in, points, ranking, hours on line or forced download: a schema that has no place for them cannot grow them in silence.

国办发〔2024〕54号 and the rules against burdens by app ("指尖上的形式主义").  Usage figures come from results, not from clicks.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

import qingyuan.faces.field as face

COLUMNS = re.compile(r"check_?in|sign_?in_count|punch|streak|leaderboard|rank(ing)?$|points_(earned|total)|online_(time|seconds|minutes)|active_(time|minutes)|last_seen|login_count|click|forced", re.IGNORECASE)
NAMES = re.compile("打卡|签到次数|排行|积分|在线时长|活跃度|使用时长|点击次数|强制下载")
ROOM = {"inspections", "field", "dispatch"}


def test_no_column_of_these_rooms_can_hold_them() -> None:
    """The lint of the schema."""
    bad = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models() if model._meta.app_label in ROOM for field in model._meta.concrete_fields
        if COLUMNS.search(field.name) or NAMES.search(str(field.verbose_name))
    ]  # fmt: skip
    assert not bad, bad


@pytest.mark.parametrize("name", ["check_in_at", "online_minutes", "ranking", "last_seen_at"])
def test_the_lint_would_see_them(name: str) -> None:
    """A test that cannot fail is no test."""
    assert COLUMNS.search(name)


def test_the_app_measures_nobody() -> None:
    """No beacon, no analytics, no remote script, and nothing shown but the promise itself."""
    folder = Path(face.__file__).parent
    for path in [*folder.rglob("*.js"), *folder.rglob("*.html")]:
        text = path.read_text("utf-8")
        assert "sendBeacon" not in text and "https://" not in text and "eval(" not in text and "innerHTML" not in text, path.name
        promised = [line for line in text.splitlines() if NAMES.search(line)]
        assert all("不设" in line for line in promised), (path.name, promised)


def test_scripts_stay_small_and_say_what_they_are_for() -> None:
    """Under 400 lines, a comment first, nothing inline."""
    folder = Path(face.__file__).parent / "static" / "field"
    for path in folder.glob("*.js"):
        text = path.read_text("utf-8")
        assert text.startswith("//") and text.count("\n") < 400, path.name
    shell = (folder.parents[1] / "templates" / "field" / "shell.html").read_text("utf-8")
    assert "onclick" not in shell and "<style" not in shell and not re.search(r"<script(?![^>]*src=)", shell)
