"""The funnel counts what happened, the cost is minutes of people, codes flow back, gaps and bulletins are made from the records."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.clues import actions, bulletins, gaps, liaison, queries, remote, reporting
from qingyuan.records.clues.yields import Later, funnel
from qingyuan.testing import PHOTO

from .cast import AT, data_clue, found, officer

pytestmark = pytest.mark.usefixtures("province")
SINCE = dt.date(2026, 9, 1)


def ended(title: str, *, cause: str = "", minutes: int = 0, **changes):
    """A clue that was checked from the desk and ended: with a cause, or as true."""
    li, clue = officer("李明"), data_clue(title=title, source=changes.pop("source", "complaint"), rule=changes.pop("rule", "offline"), **changes)
    if minutes:
        remote.check_remotely(clue, way="data_check", minutes=minutes, found="查", result="problem", by=li, at=AT)
    actions.accept(clue, by=li, at=AT)
    if cause:
        return actions.refute(clue, cause=cause, why="查明", by=li, at=AT)
    actions.verify(clue, by=li, at=AT)
    return actions.confirm(clue, why="属实。", by=li, at=AT, outcome="corrected")


def test_the_funnel_goes_from_clue_to_revoked_with_minutes_per_true_clue():
    true = ended("一", minutes=30)
    ended("二", cause="known_work", minutes=10)
    ended("三", cause="duplicate")
    data_clue(title="四", source="grid", rule="")
    li = officer("李明")
    later = Later(frozenset({true.pk}), frozenset({true.pk}), {true.pk: 120})
    rows, whole = funnel(li, by="rule", since=SINCE, later=later)
    assert [(row.key, row.pushed, row.checked, row.true, row.false, row.cases, row.revoked, row.minutes) for row in rows] == [("offline", 3, 3, 1, 1, 1, 1, 160), ("", 1, 0, 0, 0, 0, 0, 0)]
    assert (rows[0].precision, rows[0].minutes_per_true, rows[1].minutes_per_true, whole.pushed) == (0.5, 160.0, None, 4)
    assert {row.key: row.pushed for row in funnel(li, by="source", since=SINCE, later=later)[0]} == {"complaint": 3, "grid": 1}
    assert [row.label for row in funnel(li, by="season", since=SINCE, later=later)[0]] == ["2026秋"]
    assert all(row.label for row in funnel(li, by="division", since=SINCE, later=later)[0])
    with pytest.raises(BadInput, match="分组须为"):
        funnel(li, by="mood", since=SINCE, later=later)


def test_a_duplicate_says_nothing_about_its_rule():
    ended("一", cause="duplicate")
    assert queries.yield_by_rule(officer("李明"), since=SINCE) == []
    li = officer("李明")
    with pytest.raises(BadInput, match="误报原因须为"):
        ended("二", cause="nonsense")
    clue = data_clue(title="三", source="complaint")
    actions.accept(clue, by=li, at=AT)
    actions.verify(clue, by=li, at=AT)
    with pytest.raises(BadInput, match="办结代码须为"):
        actions.confirm(clue, why="x", by=li, at=AT, outcome="lawful")


def test_gaps_come_from_the_rule_and_from_the_violation_and_close_when_papers_come():
    clue = found()
    rows = {gap.name: gap for gap in gaps.gaps_of(clue)}
    assert set(rows["现场检查（勘察）笔录"].asked_by) == {"案由要求", "规则列出"} and not any(gap.is_met for gap in rows.values()) and "运维记录" in rows
    reporting.add_paper(clue, name="运维记录.jpg", content=PHOTO, source="企业", by=officer("李明"), at=AT)
    told = gaps.gaps_of(clue)
    assert [gap.name for gap in told if gap.is_met] == ["运维记录"] and told[-1].name == "运维记录"
    assert gaps.gaps_of(data_clue(violation="")) == []


def test_a_bulletin_says_what_was_counted_as_pdf_and_as_docx():
    ended("一")
    ended("二", cause="known_work")
    leader = officer("吴海涛")
    for kind in ("monthly", "typical"):
        row = bulletins.make_bulletin(kind=kind, began=SINCE, ended=AT.date(), by=leader, at=AT)
        assert (row.figures["found"], row.figures["checked"], row.figures["true"]) == (2, 2, 1)
        for form, head in (("pdf", b"%PDF-"), ("docx", b"PK")):
            assert bulletins.bulletin_content(leader, row.pk, form)[1].startswith(head)
    with pytest.raises(BadInput, match="先起后止"):
        bulletins.make_bulletin(kind="monthly", began=AT.date(), ended=SINCE, by=leader, at=AT)
    with pytest.raises(BadInput, match="没有线索"):
        bulletins.make_bulletin(kind="monthly", began=dt.date(2025, 1, 1), ended=dt.date(2025, 2, 1), by=leader, at=AT)
    with pytest.raises(NotAllowed, match="编制"):
        bulletins.make_bulletin(kind="monthly", began=SINCE, ended=AT.date(), by=officer("周文博"), at=AT)


def test_an_alert_of_the_weather_office_holds_for_its_days_and_gives_a_check_list():
    leader, day = officer("吴海涛"), AT.date()
    given = {"title": "重污染天气橙色预警", "parties": "市气象局", "on": day, "content": "12 时起", "by": leader, "at": AT}
    with pytest.raises(BadInput, match="级别和解除日期"):
        liaison.register_entry(kind="weather", **given)
    row = liaison.register_entry(kind="weather", level="orange", until=day + dt.timedelta(days=2), **given)
    assert liaison.alert_in_force(officer("李明"), day) == row and liaison.alert_in_force(leader, day + dt.timedelta(days=3)) is None
    listed = liaison.cut_list(leader, row).decode()
    assert "橙色（Ⅱ级）应急减排核查清单" in listed and "清河水泥有限公司" in listed
    with pytest.raises(BadInput, match="早于开始"):
        liaison.register_entry(kind="agreement", until=day - dt.timedelta(days=1), **given)
