"""Where a clue comes from: the least it must say, its papers, and what it can never carry alone."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.records.clues import actions, grounds, queries, reporting
from qingyuan.records.clues.models import Clue
from qingyuan.records.clues.states import SOURCES
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.testing import PHOTO

from .cast import AT, cement, data_clue, found, officer

pytestmark = pytest.mark.usefixtures("province")
SEEN = {"text": "看到的情况", "moment": "2026-09-15 08:30", "number": "12.5", "position": "112.93,28.22"}


def register(source: str, **changes):
    facts = {key: SEEN[kind] for key, (_, kind) in reporting.facts_of(source).items()}
    given = {
        "source": source, "title": "某处异常", "severity": "blue", "facts": facts, "began": AT - dt.timedelta(hours=2), "ended": None, "facility": cement(),
        "papers": [("照片.jpg", PHOTO)], "by": officer("李明"), "at": AT,
    }  # fmt: skip
    return reporting.register_clue(**{**given, **changes})


def test_every_source_but_the_rules_is_written_down_by_hand_with_its_papers():
    for source in SOURCES.keys() - {"rule"}:
        clue = register(source)
        assert (clue.source, clue.registered_by.name, clue.docket.evidence.count()) == (source, "李明", 1)
        assert set(clue.source_facts) == set(reporting.facts_of(source))
        assert queries.papers_of(officer("李明"), clue).get().digest


def test_what_a_machine_saw_from_afar_never_carries_a_penalty_alone():
    """行政处罚法第41条; the sentence carries its grade."""
    for source in ("remote_sensing", "uav", "tower_video", "mobile_monitoring", "section"):
        clue = register(source)
        assert "不得单独作为处罚依据" in grounds.lead_only(source) and "可信度" in grounds.lead_only(source)
        assert "不能据此立案" in grounds.why_not_sole_basis(clue, [])[0]
        assert grounds.why_not_sole_basis(clue, ["现场检查（勘察）笔录"]) == []
    assert grounds.why_not_sole_basis(register("grid"), []) == []


def test_a_source_that_leaves_out_what_it_must_say_is_refused_and_nothing_is_written():
    with pytest.raises(BadInput, match="飞手及执照不能为空.*拍摄位置“某处”不是位置"):
        register("uav", facts={"flown_at": "2026-09-15 08:30", "aircraft": "M350", "position": "某处"})
    with pytest.raises(BadInput, match="须附原件"):
        register("remote_sensing", papers=[])
    with pytest.raises(BadInput, match="不是能收取的文件类型"):
        register("uav", papers=[("x.exe", b"MZ\x90\x00 nothing")])
    with pytest.raises(BadInput, match="请写明地点"):
        register("grid", facility=None, division=cement().division)
    with pytest.raises(BadInput, match="线索来源须为"):
        register("rule", facts={})
    with pytest.raises(BadInput, match="两年前"):
        register("grid", began=AT - dt.timedelta(days=900))
    with pytest.raises(BadInput, match="我国范围"):
        register("uav", facts={**{key: SEEN[kind] for key, (_, kind) in reporting.facts_of("uav").items()}, "position": "28.22,112.93"})
    assert Clue.objects.count() == EvidenceItem.objects.count() == 0


def test_nobody_is_sent_to_a_place_whose_source_is_not_known():
    li = officer("李明")
    clue = register("grid", facility=None, division=cement().division, place="河边")
    actions.accept(clue, by=li, at=AT)
    with pytest.raises(NotAllowed, match="还没有认定是哪一家"):
        actions.verify(clue, by=li, at=AT)
    actions.identify(clue, facility=cement(), why="沿管线找到排口", by=li, at=AT)
    assert actions.verify(clue, by=li, at=AT).facility == cement()


def test_a_yellow_data_clue_needs_a_desk_check_or_a_written_ground_before_a_visit():
    """Off-site first: no ground, nobody goes."""
    li, clue = officer("李明"), data_clue()
    actions.accept(clue, by=li, at=AT)
    with pytest.raises(NotAllowed, match="还没有非现场核查"):
        actions.verify(clue, by=li, at=AT)
    with pytest.raises(BadInput, match="事由须为"):
        actions.go_on_site(clue, ground="graver", why="x", by=li, at=AT)
    actions.go_on_site(clue, ground="must_sample", why="须取瞬时样", by=li, at=AT)
    actions.verify(clue, by=li, at=AT)
    assert (clue.state, clue.on_site_ground) == ("verified", "must_sample")


def test_a_valid_exceedance_needs_no_more_than_it_did_as_ever():
    li = officer("李明")
    clue = found()
    actions.accept(clue, by=li, at=AT)
    actions.verify(clue, by=li, at=AT)
    assert clue.on_site_ground == "exceedance"


def test_every_source_and_ground_of_the_book_is_dated_cited_and_graded():
    for folder in ("clues/sources", "clues/grounds", "clues/outcomes", "clues/governor", "clues/schemes"):
        for key, entry in rulebook.load().folder(folder).items():
            assert all({"valid_from", "citation", "grade"} <= set(version) for version in rulebook.versions(entry)), (folder, key)
