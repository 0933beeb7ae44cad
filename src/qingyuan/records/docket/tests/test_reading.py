"""Sentences on the screen: linked to their records, red when a record has changed since."""

from __future__ import annotations

import pytest

from qingyuan.records.docket import actions, reading
from qingyuan.records.docket.tests.cast import AT
from qingyuan.records.docket.writing.tests.samples import FACTS

pytestmark = pytest.mark.django_db


def test_a_sentence_goes_red_when_its_record_changed_after_signing(cast):
    """The paper stays; the reader is warned."""
    item = cast.take()
    evidence = [{"title": "窑尾照片", "source": f"evidence:{item.pk}"}]
    decision = cast.issue(facts={**FACTS, "evidence": evidence, "sources": {}})
    assert reading.changed(decision) == set()
    actions.verify_evidence(item=item, proves="喷氨泵停运", by=cast.second, at=AT)
    assert reading.changed(decision) == {f"evidence:{item.pk}"}
    red = [s for paragraph in reading.sentences(decision) for s in paragraph if s.changed]
    assert [s.text for s in red] == ["1．《窑尾照片》。"]


def test_later_rooms_may_look_their_own_records_up(cast):
    """A calculation that belongs to the case is compared by the case's own reader."""
    facts = {**FACTS, "sources": {"discretion": "certificate:1"}, "seen": {"certificate:1": reading.digest_of({"amount": 1})}}
    decision = cast.issue(facts=facts)
    amounts = {"certificate:1": {"amount": 1}}
    read = lambda ref: amounts.get(ref) or reading.look_now(ref)  # noqa: E731
    assert reading.changed(decision, read) == set()
    amounts["certificate:1"] = {"amount": 2}
    assert reading.changed(decision, read) == {"certificate:1"}


def test_reading_gives_every_word_of_the_paper(cast):
    """Nothing is left out between paper and screen."""
    decision = cast.issue()
    said = "".join(s.text for paragraph in reading.sentences(decision) for s in paragraph)
    assert "人民币肆拾叁万贰仟元整" in said
    assert "六个月内直接向清源市人民法院" in said
