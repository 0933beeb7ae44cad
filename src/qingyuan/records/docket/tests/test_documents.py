"""Issued documents: numbered, digested, kept, never changed."""

from __future__ import annotations

import hashlib

import pytest
from django.db import DatabaseError, transaction

from qingyuan.errors import BadInput, Corrupt, NotAllowed, NotYours
from qingyuan.records.docket import actions, queries, vault
from qingyuan.records.docket.models import Document, DocumentNumber
from qingyuan.records.docket.numbering import gaps
from qingyuan.records.docket.tests.cast import AT, photo
from qingyuan.records.docket.writing.tests.samples import FACTS
from qingyuan.records.registry.models import Event

pytestmark = pytest.mark.django_db


def test_a_decision_is_numbered_digested_and_kept(cast):
    """Penalty Law art. 59; the digest is of the very bytes that are handed out."""
    decision = cast.issue()
    assert decision.number == "清环罚〔2026〕1号"
    assert hashlib.sha256(queries.content(decision, "pdf")).hexdigest() == decision.digest
    assert queries.content(decision, "docx")[:4] == b"PK\x03\x04"
    assert (decision.pages, decision.issued_on.isoformat()) == (4, "2026-10-20")
    assert Event.objects.filter(subject=f"document:{decision.pk}", step="issue").exists()


def test_the_code_on_the_paper_leads_to_the_document(cast):
    """What the QR code says is found; so is the PDF by its own digest; anything else is not."""
    decision = cast.issue()
    assert decision.paper["verification"].endswith(decision.content_digest)
    assert queries.verified(decision.content_digest) == decision
    assert queries.verified(decision.digest) == decision
    assert queries.verified("0" * 64) is None
    assert queries.verified("") is None


def test_an_issued_document_cannot_be_changed_by_anyone(cast):
    """Not by a form, not by a query, not by a script."""
    decision = cast.issue()
    decision.title = "别的"
    with pytest.raises(NotAllowed, match="不得更改"):
        decision.save()
    with pytest.raises(NotAllowed, match="不得抽取"):
        decision.delete()
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        Document.objects.filter(pk=decision.pk).update(digest="0" * 64)
    decision.refresh_from_db()
    assert decision.title == "行政处罚决定书"


def test_a_missing_element_stops_the_document_and_no_number_is_lost(cast):
    """Penalty Law art. 59: what is missing is named, nothing is half-written."""
    facts = {k: v for k, v in FACTS.items() if k not in ("agency", "notice", "violation")}
    with pytest.raises(BadInput, match="事先告知书送达日期.*第五十九条|违法事实.*第五十九条"):
        cast.issue(facts=facts)
    assert not Document.objects.exists()
    assert not DocumentNumber.objects.exists()
    assert cast.issue().number.endswith("〔2026〕1号")


def test_a_fault_while_typesetting_leaves_no_hole(cast, monkeypatch):
    """A template error is a sentence, and the number comes back."""
    first = cast.issue()
    monkeypatch.setattr("qingyuan.records.docket.issuing.pdf", lambda *a: (_ for _ in ()).throw(BadInput("文书排版失败")))
    with pytest.raises(BadInput, match="排版失败"):
        cast.issue()
    monkeypatch.undo()
    second = cast.issue()
    assert [first.number, second.number] == ["清环罚〔2026〕1号", "清环罚〔2026〕2号"]
    assert gaps(DocumentNumber.objects.get(document=second).series) == []


def test_changed_bytes_are_noticed_when_read(cast):
    """What was sealed is not what is there now."""
    decision = cast.issue()
    vault.path_of(decision.digest).write_bytes(b"%PDF-another")
    with pytest.raises(Corrupt, match="已被改动"):
        queries.content(decision)
    vault.path_of(decision.digest).unlink()
    with pytest.raises(Corrupt, match="备份"):
        queries.content(decision)


def test_a_draft_takes_no_number_and_leaves_nothing(cast):
    """A draft is not a document."""
    content = actions.draft(kind="penalty_decision", docket=cast.docket, facts={"party": {"name": "清河水泥有限公司"}}, by=cast.officer, at=AT)
    assert content.startswith(b"%PDF")
    assert not Document.objects.exists()
    assert not DocumentNumber.objects.exists()


def test_flat_facts_of_the_procedure_rooms_are_completed(cast):
    """The rooms hand over what they know; the agency, the remedy and the evidence come from registry and file."""
    cast.take()
    order = cast.issue(
        "correction_order",
        facts={
            "party": "清河水泥有限公司", "uscc": "91990101MA00000011", "address": "清河路88号", "legal_representative": "陈立",
            "facts": "喷氨泵停运。", "requirement": "立即修复。", "correct_by": "2026-10-30", "inspected_on": "2026-10-19",
        },
    )  # fmt: skip
    said = "".join(s["text"] for b in order.paper["blocks"] for s in b.get("sentences", []))
    assert order.number == "清环责改〔2026〕1号"
    for words in ("喷氨泵停运。", "立即修复。", "2026年10月30日", "清源市人民政府", "窑尾照片"):
        assert words in said, words


def test_a_picture_in_a_record_is_printed_from_the_evidence(cast):
    """Photos are shown from the bytes taken in, never from a copy."""
    item = cast.take()
    facts = {**{k: v for k, v in FACTS.items() if k != "agency"}, "pictures": [{"digest": item.digest, "caption": "照片1"}]}
    assert cast.issue("on_site_record", facts=facts).pages >= 2


def test_documents_are_seen_in_their_own_division_only(cast):
    """Another city's officer may not even know that it exists."""
    decision = cast.issue()
    assert queries.document_for(cast.officer, decision.pk) == decision
    assert list(queries.documents_of(cast.officer, cast.docket)) == [decision]
    with pytest.raises(NotYours):
        queries.document_for(cast.stranger, decision.pk)
    assert not queries.documents_of(cast.stranger, cast.docket).exists()
    assert not queries.dockets(cast.stranger).exists()


def test_service_makes_its_proof_and_keeps_its_rules(cast):
    """Penalty Law art. 61."""
    decision = cast.issue()
    row = actions.serve(document=decision, how="direct", receiver="陈立", on=AT.date(), by=cast.officer, at=AT)
    assert row.record.kind == "service_record"
    assert row.record.facts["served"]["number"] == decision.number
    refused = [
        ({"how": "leave", "receiver": ""}, "见证人"),
        ({"how": "electronic", "receiver": "陈立"}, "确认书"),
        ({"how": "announcement", "receiver": ""}, "凭证"),
        ({"how": "direct", "receiver": ""}, "签收"),
        ({"how": "direct", "receiver": "陈立", "on": AT.date().replace(day=19)}, "早于文书日期"),
        ({"how": "direct", "receiver": "陈立", "on": AT.date().replace(day=21)}, "晚于今天"),
    ]
    for given, words in refused:
        with pytest.raises(NotAllowed, match=words):
            actions.serve(**{"document": decision, "on": AT.date(), "by": cast.officer, "at": AT, **given})
    internal = cast.issue("filing_approval")
    with pytest.raises(NotAllowed, match="内部文书"):
        actions.serve(document=internal, how="direct", receiver="陈立", on=AT.date(), by=cast.officer, at=AT)
    with pytest.raises(BadInput, match="送达方式"):
        actions.serve(document=decision, how="pigeon", receiver="陈立", on=AT.date(), by=cast.officer, at=AT)
    assert decision.services.count() == 1


def test_nothing_is_added_to_an_archived_file(cast):
    """归档后不得增删改."""
    with pytest.raises(NotAllowed, match="没有材料"):
        actions.archive_docket(docket=cast.docket, by=cast.officer, at=AT)
    cast.take()
    actions.archive_docket(docket=cast.docket, by=cast.officer, at=AT)
    for add in (cast.issue, lambda: cast.take("另一张.jpg", photo((1, 2, 3)))):
        with pytest.raises(NotAllowed, match="归档后不得"):
            add()
    with pytest.raises(NotAllowed, match="已于2026-10-20归档"):
        actions.archive_docket(docket=cast.docket, by=cast.officer, at=AT)
    assert cast.docket.evidence.count() == 1


def test_a_photo_is_a_photo():
    """The sample picture of these tests is what it says."""
    assert photo()[:3] == b"\xff\xd8\xff"
