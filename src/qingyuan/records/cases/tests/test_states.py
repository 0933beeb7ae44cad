"""The ordinary procedure, walked with invented facts: no database, no law book."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.errors import NotAllowed
from qingyuan.records.cases.states import CASE, HEARD, MAY_DECIDE

DAY = dt.date(2026, 10, 12)
GOOD = {
    "on": DAY, "by": 9, "by_is_leader": True, "investigators": {1, 2}, "certified_investigators": 2, "has_on_site_record": True,
    "evidence_missing": [], "documents_missing": [], "amount_yuan": 200_000, "low_yuan": 100_000, "high_yuan": 1_000_000,
    "penalty_citation": "法典第1107条", "notified_yuan": 200_000, "owed_fen": 0, "notice_served_on": dt.date(2026, 9, 28), "has_waived": False,
    "answer_until": dt.date(2026, 10, 11), "has_open_statement": False, "hearing_requested": False, "hearing_closed_on": None,
    "legality_required": True, "legality_reason": "属听证范围", "legality_result": "passed", "legality_is_stale": False,
    "deliberation_required": True, "deliberation_reason": "数额较大", "deliberated_on": DAY, "deliberation_is_stale": False,
    "limitation_on": dt.date(2028, 9, 15), "open_corrections": 0, "open_recusals": 0, "running_measures": [], "late_fen": 0, "daily_fen": 0,
    "is_exempt": True, "urged_on": dt.date(2026, 9, 1), "urged_until": dt.date(2026, 9, 20), "open_remedy": "", "remedy_until": dt.date(2026, 9, 30),
    "court_until": dt.date(2026, 12, 30), "court_accepted_on": dt.date(2026, 10, 12),
}  # fmt: skip
BROKEN = [
    ("conclude", "filed", {"certified_investigators": 1}, "第42条"),
    ("conclude", "filed", {"has_on_site_record": False}, "第55条"),
    ("conclude", "filed", {"evidence_missing": ["监测报告"]}, "监测报告"),
    ("conclude", "filed", {"limitation_on": dt.date(2026, 10, 11)}, "第36条"),
    ("pass_review", "investigated", {"by": 1}, "令30第38条"),
    ("give_notice", "reviewed", {"amount_yuan": 99_999}, "法典第1107条"),
    ("settle_notice", "notified", {"notice_served_on": None}, "第44条"),
    ("settle_notice", "notified", {"answer_until": DAY}, "第45条、第64条"),
    ("settle_notice", "notified", {"has_open_statement": True}, "第45条"),
    ("settle_notice", "notified", {"hearing_requested": True}, "第63条"),
    ("decide", "answered", {"by_is_leader": False}, "第57条"),
    ("decide", "answered", {"legality_result": None}, "第58条"),
    ("decide", "answered", {"legality_is_stale": True}, "再次审核"),
    ("decide", "answered", {"deliberated_on": None}, "第57条"),
    ("decide", "answered", {"deliberation_is_stale": True}, "再次讨论"),
    ("decide", "answered", {"notified_yuan": 150_000}, "第45条"),
    ("decide", "answered", {"amount_yuan": None}, "第34条"),
    ("perform", "served", {"owed_fen": 1}, "0.01元"),
    ("perform", "served", {"open_corrections": 1}, "第28条"),
    ("exempt", "reviewed", {"is_exempt": False}, "第33条"),
    ("apply_to_court", "served", {"urged_on": None}, "第54条"),
    ("apply_to_court", "served", {"urged_until": DAY}, "第54条"),
    ("apply_to_court", "served", {"open_remedy": "行政诉讼"}, "行政诉讼"),
    ("apply_to_court", "served", {"remedy_until": DAY}, "第53条"),
    ("apply_to_court", "served", {"court_until": dt.date(2026, 10, 11)}, "第53条"),
    ("close_in_court", "in_court", {"court_accepted_on": None}, "法院受理"),
    ("perform", "served", {"late_fen": 300}, "第72条"),
    ("decide", "answered", {"open_recusals": 1}, "第43条"),
    ("decide", "answered", {"has_open_statement": True}, "尚未复核"),
    ("exempt", "answered", {"has_open_statement": True}, "尚未复核"),
    ("close", "performed", {"running_measures": ["查封、扣押"]}, "查封、扣押尚未解除"),
    ("close", "performed", {"documents_missing": ["立案审批表"]}, "立案审批表"),
]


@pytest.mark.parametrize(("step", "state", "change", "words"), BROKEN)
def test_each_guard_stops_its_step_and_names_the_article(step, state, change, words):
    """One fact is wrong: the step is refused, with the article that asks for it."""
    assert CASE.take(state, step, facts=GOOD)
    with pytest.raises(NotAllowed, match=words):
        CASE.take(state, step, facts={**GOOD, **change})


def test_waiving_in_writing_ends_the_wait():
    """Penalty Law art. 44, 45: the party may waive."""
    early = {**GOOD, "answer_until": DAY + dt.timedelta(days=3)}
    assert CASE.why_not("notified", "settle_notice", facts=early)
    assert not CASE.why_not("notified", "settle_notice", facts={**early, "has_waived": True})


FACTS = st.fixed_dictionaries(
    {
        "by": st.integers(1, 4), "by_is_leader": st.booleans(), "certified_investigators": st.integers(0, 3), "has_on_site_record": st.booleans(),
        "evidence_missing": st.sampled_from([[], ["监测报告"]]), "amount_yuan": st.sampled_from([None, 50_000, 100_000, 1_000_000, 1_000_001]),
        "notified_yuan": st.sampled_from([None, 100_000, 1_000_000]), "owed_fen": st.integers(-1, 1),
        "notice_served_on": st.sampled_from([None, dt.date(2026, 9, 28)]), "has_waived": st.booleans(),
        "answer_until": st.sampled_from([DAY, dt.date(2026, 10, 11)]), "has_open_statement": st.booleans(), "hearing_requested": st.booleans(),
        "hearing_closed_on": st.sampled_from([None, DAY]), "legality_required": st.booleans(), "legality_result": st.sampled_from([None, "passed", "failed"]),
        "legality_is_stale": st.booleans(), "deliberation_required": st.booleans(), "deliberated_on": st.sampled_from([None, DAY]),
        "deliberation_is_stale": st.booleans(), "limitation_on": st.sampled_from([DAY, dt.date(2026, 10, 11)]), "open_corrections": st.integers(0, 1),
        "documents_missing": st.sampled_from([[], ["决定书"]]),
    }
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(CASE.steps)), FACTS), max_size=40))
def test_no_walk_reaches_a_state_whose_guards_did_not_hold(walk):
    """Whatever is tried in whatever order: notified before answered before decided, and every guard held on the way."""
    state, passed = CASE.initial, []
    for name, changes in walk:
        facts = {**GOOD, **changes}
        try:
            state = CASE.take(state, name, facts=facts)
        except NotAllowed as refusal:
            assert all(refusal.reasons)
            continue
        assert all(guard(None, facts) is None for guard in CASE.steps[name].guards)
        passed.append(name)
    if "decide" in passed:
        before = passed[: passed.index("decide")]
        assert {"conclude", "pass_review", "give_notice", "settle_notice"} <= set(before)
        assert before.index("give_notice") < before.index("settle_notice")


def test_the_guards_of_hearing_and_deciding_are_all_in_the_table():
    """A guard that nobody asks protects nothing."""
    assert CASE.steps["settle_notice"].guards == HEARD
    assert CASE.steps["decide"].guards == MAY_DECIDE
