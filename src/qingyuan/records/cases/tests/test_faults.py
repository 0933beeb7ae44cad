"""Faults on the way: large recordings, hostile files, a template that fails; a clear sentence, and nothing half-written."""

from __future__ import annotations

import io
import tracemalloc
import zlib

import pikepdf
import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile

from qingyuan.errors import BadInput
from qingyuan.records.cases import notice
from qingyuan.records.cases.models import Case
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket import intake, issuing
from qingyuan.records.docket.models import Document, DocumentNumber, EvidenceItem
from qingyuan.records.docket.writing import compose
from qingyuan.records.registry.models import Event

from .cast import AT, file, forward, officer

pytestmark = pytest.mark.django_db
MEGABYTE = 1 << 20


def state_of_the_world(case: Case) -> tuple:
    """Everything a half-written step would have changed."""
    row = Case.objects.filter(pk=case.pk).values().get()
    return row, Event.objects.count(), Document.objects.count(), EvidenceItem.objects.count(), sorted(DocumentNumber.objects.values_list("text", "state"))


def video(folder, size: int) -> UploadedFile:
    """A recording of that size that takes no room on the disk: a head, then a hole."""
    upload = TemporaryUploadedFile("执法记录仪.mp4", "video/mp4", size, None)
    upload.file.write(b"\0\0\0\x18ftypmp42")
    upload.file.truncate(size)
    upload.seek(0)
    return upload


def take(case: Case, content) -> EvidenceItem:
    return docket.take_evidence(docket=case.docket, kind="audiovisual", name="执法记录仪.mp4", content=content, source="执法记录仪", taken_at=AT, by=officer("李明"), at=AT)


def test_a_recording_is_streamed_and_one_of_1500_megabytes_is_refused_with_a_sentence(visit, tmp_path):
    """What fits is kept without ever being in memory; what does not is refused before it is read."""
    case = file(visit)
    tracemalloc.start()
    item = take(case, video(tmp_path, 96 * MEGABYTE))
    _, peak = tracemalloc.get_traced_memory()
    before = state_of_the_world(case)
    with pytest.raises(BadInput, match="1500MB，超过录像1024MB"):
        take(case, video(tmp_path, 1500 * MEGABYTE))
    tracemalloc.stop()
    assert (item.size, item.media_type) == (96 * MEGABYTE, "video/mp4")
    assert peak < 12 * MEGABYTE
    assert state_of_the_world(case) == before


def bomb() -> bytes:
    """A small PDF whose one stream opens into 100 megabytes."""
    engine = zlib.compressobj(9)
    packed = b"".join(engine.compress(b"\0" * MEGABYTE) for _ in range(100)) + engine.flush()
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.pages[0].Contents = pikepdf.Stream(pdf, b"")
        pdf.pages[0].Contents.write(packed, filter=pikepdf.Name.FlateDecode)
        pdf.save(out)
    return out.getvalue()


def test_a_pdf_bomb_is_refused_and_leaves_nothing(visit, monkeypatch):
    """A small file that would fill the memory of whoever opens the volume (the limit is lowered so that the test is quick)."""
    low = {**intake.limits(), "unpacked": 50}
    monkeypatch.setattr(intake, "limits", lambda: low)
    case = file(visit)
    content = bomb()
    assert len(content) < MEGABYTE
    before = state_of_the_world(case)
    with pytest.raises(BadInput, match="压缩炸弹"):
        docket.take_evidence(docket=case.docket, kind="documentary", name="报告.pdf", content=content, source="当事人", taken_at=AT, by=officer("李明"), at=AT)
    assert state_of_the_world(case) == before


@pytest.mark.parametrize("fault", ["typesetting", "composer"])
def test_a_template_that_fails_leaves_no_decision_and_no_number(visit, monkeypatch, fault):
    """The decision, its number, its event and its document stand together or not at all; afterwards it can be made."""
    case = forward(file(visit), "answered")

    def fails(*_, **__):
        raise BadInput("文书排版失败：模板第3行括号不配对")

    def gap(facts):
        raise KeyError("discretion.low_yuan")

    with monkeypatch.context() as broken:
        if fault == "typesetting":
            broken.setattr(issuing, "pdf", fails)
        else:
            broken.setitem(compose.COMPOSERS, "discretion_reasoning", gap)
        made = case.legality_reviews.count()
        with pytest.raises(BadInput, match="排版失败|要素不全"):
            forward(case, "decided")
        assert case.legality_reviews.count() == made + (fault == "composer")
        case.refresh_from_db()
        assert (case.state, case.decision, case.decided_on) == ("answered", None, None)
        before = state_of_the_world(case)
        with pytest.raises(BadInput, match="排版失败|要素不全"):
            notice.give_notice(case, by=officer("李明"), at=AT)
        assert state_of_the_world(case) == before
    forward(case, "decided")
    assert case.decision.number.endswith("1号")
