"""Large files in pieces, and out again in pieces: nothing half-written, never whole in memory."""

from __future__ import annotations

import datetime as dt
import hashlib
import tracemalloc

import pytest

from qingyuan.errors import BadInput, Corrupt, NotAllowed, NotYours
from qingyuan.records.docket import uploads, vault
from qingyuan.records.docket.models import EvidenceItem, Upload
from qingyuan.records.docket.tests.cast import AT

pytestmark = pytest.mark.django_db
MEGABYTE = 1 << 20
VIDEO = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * (10 * 4096)
TAKEN = {"kind": "audiovisual", "source": "执法记录仪", "taken_at": AT, "at": AT}


def begin(cast, content: bytes = VIDEO, **changes) -> Upload:
    words = {"docket": cast.docket, "name": "执法记录仪.mp4", "size": len(content), "digest": hashlib.sha256(content).hexdigest(), "by": cast.officer, "at": AT}
    return uploads.begin_upload(**{**words, **changes})


def send(row: Upload, content: bytes = VIDEO, piece: int = 4 * MEGABYTE) -> Upload:
    for offset in range(0, len(content), piece):
        row = uploads.add_piece(row, offset=offset, content=content[offset : offset + piece])
    return row


def left(settings) -> list[str]:
    return sorted(p.name for p in settings.QINGYUAN_FILES.rglob("*") if p.is_file())


def test_a_recording_sent_in_pieces_is_one_item_of_evidence(cast, django_capture_on_commit_callbacks, settings):
    """Digest and size are of the whole; finishing twice gives the same item; the pieces are gone afterwards."""
    row = send(begin(cast))
    with django_capture_on_commit_callbacks(execute=True):
        item = uploads.finish_upload(row, by=cast.officer, **TAKEN)
    assert (item.size, item.digest, item.media_type) == (len(VIDEO), hashlib.sha256(VIDEO).hexdigest(), "video/mp4")
    assert uploads.finish_upload(row, by=cast.officer, **TAKEN) == item
    assert left(settings) == [item.digest]


def test_a_broken_connection_goes_on_where_it_was(cast):
    """A piece that came before is taken once; a gap is refused with the place to go on from."""
    row = begin(cast)
    row = uploads.add_piece(row, offset=0, content=VIDEO[:MEGABYTE])
    assert uploads.add_piece(row, offset=0, content=VIDEO[:MEGABYTE]).received == MEGABYTE
    with pytest.raises(NotAllowed, match=f"从第{MEGABYTE}字节接着传"):
        uploads.add_piece(row, offset=2 * MEGABYTE, content=VIDEO[2 * MEGABYTE : 3 * MEGABYTE])
    with pytest.raises(NotAllowed, match="还差"):
        uploads.finish_upload(row, by=cast.officer, **TAKEN)
    assert not EvidenceItem.objects.exists()
    assert uploads.add_piece(row, offset=MEGABYTE, content=VIDEO[MEGABYTE : 2 * MEGABYTE]).received == 2 * MEGABYTE


@pytest.mark.parametrize(
    ("change", "words"),
    [({"size": 1500 * MEGABYTE}, "1500MB，超过1024MB"), ({"size": 0}, "大于零"), ({"name": " "}, "文件名"), ({"digest": "abc"}, "SHA-256")],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused_before_a_byte_is_sent(cast, change, words):
    """Too big, empty, without a name or a digest."""
    with pytest.raises(BadInput, match=words):
        begin(cast, **change)
    assert not Upload.objects.exists()


def test_a_file_that_is_not_what_was_announced_never_becomes_evidence(cast, settings):
    """Another content, another type, more bytes than announced."""
    changed = VIDEO[:-1] + b"\0"
    row = send(begin(cast), changed)
    with pytest.raises(BadInput, match="传输中损坏"):
        uploads.finish_upload(row, by=cast.officer, **TAKEN)
    with pytest.raises(BadInput, match="不是能收取的文件类型"):
        uploads.add_piece(begin(cast), offset=0, content=b"MZ\x90\0" + b"\0" * 100)
    small = begin(cast, size=100)
    with pytest.raises(BadInput, match="超过申报的100字节"):
        uploads.add_piece(small, offset=0, content=VIDEO[:200])
    with pytest.raises(BadInput, match="4MB"):
        uploads.add_piece(begin(cast), offset=0, content=VIDEO[: 5 * MEGABYTE])
    text = begin(cast, content=b"a" * (30 * MEGABYTE))
    with pytest.raises(BadInput, match="20MB 的上限"):
        uploads.add_piece(text, offset=0, content=b"a" * 1000)
    assert not EvidenceItem.objects.exists()
    assert not [name for name in left(settings) if len(name) == 64]


def test_what_was_begun_and_forgotten_is_dropped_and_another_s_upload_is_not_there(cast, settings):
    """Pieces do not pile up; only who began may go on."""
    row = send(begin(cast), VIDEO[: 2 * MEGABYTE])
    assert uploads.upload_for(cast.officer, row.pk) == row
    for other in (cast.second, cast.stranger):
        with pytest.raises(NotYours):
            uploads.upload_for(other, row.pk)
    assert uploads.drop_stale(AT + dt.timedelta(days=2)) == 0
    assert uploads.drop_stale(AT + dt.timedelta(days=4)) == 1
    assert left(settings) == []


def test_a_kept_file_is_read_in_pieces_and_one_that_changed_is_refused(cast, settings):
    """Half a gigabyte or ten megabytes: the memory is that of one piece."""
    content = b"\0\0\0\x18ftypmp42" + b"\7" * (48 * MEGABYTE)
    item = cast.take("执法记录仪.mp4", content)
    tracemalloc.start()
    with vault.checked(item.digest) as handle:
        size = sum(len(piece) for piece in iter(lambda: handle.read(MEGABYTE), b""))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == len(content) and peak < 6 * MEGABYTE
    place = vault.path_of(item.digest)
    place.write_bytes(content[:-1])
    with pytest.raises(Corrupt, match="已被改动"):
        vault.checked(item.digest)
    place.unlink()
    with pytest.raises(Corrupt, match="不在存储里"):
        vault.checked(item.digest)
