"""Evidence: recognised, digested, kept, passed on, and never changed."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib

import pikepdf
import pyarrow as pa
import pytest
from django.db import DatabaseError, transaction
from PIL import Image

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.docket import actions, evidence, intake, queries
from qingyuan.records.docket.door import freeze, rows_of
from qingyuan.records.docket.evidence import broken_links
from qingyuan.records.docket.models import CustodyEntry, EvidenceItem
from qingyuan.records.docket.tests.cast import AT, page, photo

pytestmark = pytest.mark.django_db


def test_an_item_is_digested_before_anything_else(cast):
    """Penalty Law art. 46; SHA-256 and SM3 of the bytes as they came."""
    item = cast.take()
    assert item.digest == hashlib.sha256(photo()).hexdigest()
    assert len(item.sm3) == 64
    assert (item.ordinal, item.media_type, item.size) == (1, "image/jpeg", len(photo()))
    assert queries.evidence_content(item) == photo()


def test_the_same_photo_twice_is_one_item(cast):
    """A double tap on a slow network is not two pieces of evidence."""
    cast.take()
    with pytest.raises(NotAllowed, match="没有重复收取"):
        cast.take()
    assert EvidenceItem.objects.count() == 1


def test_what_was_taken_in_is_never_changed(cast):
    """Neither the digest nor the source, not even by a query."""
    item = cast.take()
    item.source = "别处"
    with pytest.raises(NotAllowed, match="不得更改"):
        item.save()
    for change in ({"digest": "0" * 64}, {"source": "别处"}, {"taken_at": AT.replace(year=2025)}):
        with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
            EvidenceItem.objects.filter(pk=item.pk).update(**change)


def test_the_chain_of_custody_is_whole_or_says_where_it_broke(cast):
    """Who held it, when, why; each link hangs on the one before."""
    item = cast.take()
    for action, holder in (("sealed", "证据室"), ("consulted", "法制科"), ("returned", "证据室")):
        actions.pass_on(item=item, action=action, holder=holder, why="办案需要", by=cast.second, at=AT)
    item.refresh_from_db()
    assert item.holder == "证据室"
    assert [entry.action for entry in item.custody.all()] == ["collected", "sealed", "consulted", "returned"]
    assert broken_links(item) == []
    with pytest.raises(DatabaseError, match="written once"), transaction.atomic():
        CustodyEntry.objects.filter(item=item, action="sealed").update(holder="某人")
    with pytest.raises(BadInput, match="不得中断"):
        actions.pass_on(item=item, action="sealed", holder="", why="", by=cast.second, at=AT)


def test_a_copy_says_where_it_came_from(cast):
    """复制件 names its origin and that it was compared with the original."""
    original = cast.take()
    with pytest.raises(BadInput, match="经核对与原件无误"):
        cast.take("副本.pdf", page(), kind="documentary", copy_of=original)
    copy = cast.take("副本.pdf", page(), kind="documentary", copy_of=original, origin_statement="复制自原件，经核对与原件无误，陈立")
    assert copy.copy_of == original


@pytest.mark.parametrize(
    ("change", "words"),
    [({"kind": "hearsay"}, "证据种类"), ({"source": " "}, "来源不明"), ({"name": " "}, "证据名称"), ({"taken_at": AT.replace(year=2027)}, "设备时钟")],
)
def test_an_item_without_its_particulars_is_refused(cast, change, words):
    """A clear sentence, with the article."""
    with pytest.raises(BadInput, match=words):
        cast.take(**change)
    assert not EvidenceItem.objects.exists()


@pytest.fixture
def small_limits(monkeypatch):
    """The same refusals at a fiftieth of the size, so that the suite stays quick."""
    known = intake.limits()
    small = {**known, "unpacked": 16, "limits": {**known["limits"], "video": 8}}
    monkeypatch.setattr(intake, "limits", lambda: small)
    monkeypatch.setattr(evidence, "limits", lambda: small)


def bomb_zip(lies: bool = False) -> bytes:
    """20 MB of nothing in 20 kB; with ``lies`` the directory says each member is one byte."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for n in range(5):
            archive.writestr(f"{n}.bin", b"\0" * (4 << 20))
    content = out.getvalue()
    return content.replace((4 << 20).to_bytes(4, "little"), (1).to_bytes(4, "little")) if lies else content


def bomb_pdf() -> bytes:
    engine = zlib.compressobj(9)
    packed = b"".join([engine.compress(b"\0" * (1 << 20)) for _ in range(20)]) + engine.flush()
    file = pikepdf.new()
    file.add_blank_page()
    stream = file.make_indirect(pikepdf.Stream(file, b""))
    stream.write(packed, filter=pikepdf.Name.FlateDecode)
    file.Root.Bomb = stream
    out = io.BytesIO()
    file.save(out)
    return out.getvalue()


def locked_pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(page())) as file:
        file.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def wide_png() -> bytes:
    """A PNG whose header promises a billion pixels."""
    out = io.BytesIO()
    Image.new("L", (1, 1)).save(out, "PNG")
    content = bytearray(out.getvalue())
    content[16:24] = (40_000).to_bytes(4, "big") + (40_000).to_bytes(4, "big")
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    return bytes(content)


HOSTILE = {
    "空.pdf": (lambda: b"", "空文件"),
    "程序.exe": (lambda: b"MZ\x90\0\x03" + b"\0" * 64, "不是能收取"),
    "照片.jpg": (lambda: page(), "内容不是 JPG"),
    "说明.pdf": (lambda: "营业执照".encode(), "内容不是 PDF"),
    "截断.pdf": (lambda: b"%PDF-1.7\n" + b"x" * 200, "打不开"),
    "加密.pdf": (locked_pdf, "密码"),
    "炸弹.pdf": (bomb_pdf, "压缩炸弹"),
    "炸弹.zip": (bomb_zip, "压缩炸弹"),
    "谎报.zip": (lambda: bomb_zip(lies=True), "压缩炸弹|打不开"),
    "坏.zip": (lambda: b"PK\x03\x04" + b"\xff" * 100, "打不开"),
    "断.jpg": (lambda: b"\xff\xd8\xff\xe0" + b"\0" * 50, "打不开"),
    "巨图.png": (wide_png, "像素"),
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_a_sentence_and_leaves_nothing(cast, small_limits, name):
    """What is wrong and what to do; nothing is kept."""
    make, words = HOSTILE[name]
    with pytest.raises(BadInput, match=words):
        actions.take_evidence(
            docket=cast.docket, kind="documentary", name=name, content=make(), source="当事人", taken_at=AT, by=cast.officer, at=AT
        )
    assert not EvidenceItem.objects.exists()


class Endless(io.RawIOBase):
    """A recording of 500 MB that is never in memory."""

    def __init__(self, size: int) -> None:
        self.left, self.largest_read = size, 0

    def read(self, size: int = -1) -> bytes:
        self.largest_read = max(self.largest_read, size)
        head = b"\0\0\0\x18ftypmp42" if self.left == 500 << 20 else b""
        take = min(size, self.left)
        self.left -= take
        return head + b"\0" * (take - len(head))


def test_a_video_of_500_megabytes_is_refused_in_passing(cast, small_limits, settings):
    """It is streamed, stopped at the limit, and nothing of it stays on the disk."""
    video = Endless(500 << 20)
    with pytest.raises(BadInput, match="8MB 的上限"):
        cast.take("执法记录仪.mp4", video)
    assert 0 < video.largest_read <= 1 << 20
    assert video.left > 480 << 20
    assert not [p for p in settings.QINGYUAN_FILES.rglob("*") if p.is_file()]


def test_a_video_within_the_limit_is_streamed_and_kept(cast, monkeypatch):
    """Digest and size are of the whole recording."""
    video = io.BytesIO(b"\0\0\0\x18ftypmp42" + b"\1" * (3 << 20))
    item = cast.take("执法记录仪.mp4", video)
    assert (item.media_type, item.size) == ("video/mp4", (3 << 20) + 12)


def test_gbk_text_is_text():
    """Field instruments still write GBK."""
    assert intake.examine("说明.txt", "现场情况".encode("gbk")).family == "text"


def test_missing_evidence_is_named_and_the_gap_closes(cast):
    """The list of law/book/violations; telemetry stands in for a laboratory report (令30第30条)."""
    before = queries.evidence_missing(cast.docket, violation="air_exceedance")
    assert {"现场检查（勘察）笔录", "调查询问笔录", "当事人主体资格证明", "自动监测数据提取件", "监测（检测）报告"} <= set(before)
    cast.issue("on_site_record")
    cast.take()
    cast.take("营业执照.pdf", page("营业执照"), kind="documentary")
    cast.take("排污许可证副本.pdf", page("许可证"), kind="documentary")
    cast.take("调查询问笔录.pdf", page("询问"), kind="statement_of_party")
    assert set(queries.evidence_missing(cast.docket, violation="air_exceedance")) == {"自动监测数据提取件", "监测（检测）报告", "采样记录"}
    freeze(docket=cast.docket, rows=pa.table({"mn": ["A"], "value": [1.0]}), outlet="F1/DA001", factor="a21002", by=cast.officer, at=AT)
    assert queries.evidence_missing(cast.docket, violation="air_exceedance") == []
    stands_in = next(row for row in queries.evidence_gaps(cast.docket, violation="air_exceedance") if row["id"] == "monitoring_report")
    assert stands_in["because"] == "measures_30:30"


def test_every_requirement_of_the_rule_book_is_known():
    """A violation may not ask for evidence that nobody can take."""
    from qingyuan.law import rulebook

    asked = {str(e) for entry in rulebook.load().folder("violations").values() for e in entry.get("evidence", ())}
    assert asked
    assert asked <= set(queries.requirements())


def test_an_extract_is_frozen_and_the_same_rows_give_the_same_bytes(cast):
    """Penalty Law art. 41: what the party will see is what was judged."""
    rows = pa.table({"mn": ["B", "A"], "factor": ["x", "x"], "value": [2.0, 1.0], "segment": [1, 0], "offset": [5, 9]})
    extract = freeze(docket=cast.docket, rows=rows, outlet="F1/DA001", factor="x", findings=[{"id": "f1"}], by=cast.officer, at=AT)
    assert rows_of(extract)["value"].to_pylist() == [1.0, 2.0]
    assert extract.proof == {"positions": [[0, 9], [1, 5]], "count": 2}
    assert extract.digest == extract.item.digest
    again = freeze(docket=cast.open(), rows=rows.take([1, 0]), outlet="F1/DA001", factor="x", by=cast.officer, at=AT)
    assert again.digest == extract.digest
    with pytest.raises(NotAllowed, match="没有已收到的监测数据"):
        freeze(docket=cast.docket, rows=rows.slice(0, 0), by=cast.officer, at=AT)


def test_evidence_is_seen_in_its_own_division_only(cast):
    """Scope."""
    item = cast.take()
    assert queries.evidence_for(cast.officer, item.pk) == item
    with pytest.raises(NotYours):
        queries.evidence_for(cast.stranger, item.pk)
    assert not queries.evidence_of(cast.stranger, cast.docket).exists()
