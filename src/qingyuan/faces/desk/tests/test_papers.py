"""Evidence on its way out: streamed, in parts, never run in our page."""

from __future__ import annotations

import tracemalloc

import pytest
from django.urls import reverse

from qingyuan.records.cases.tests.cast import AT, file, inspected, officer
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket import vault

from .test_pages import signed_in

pytestmark = pytest.mark.django_db
MEGABYTE = 1 << 20
VIDEO = b"\0\0\0\x18ftypmp42" + bytes(range(256)) * (24 * 4096)


@pytest.fixture
def item(settings, tmp_path):
    settings.QINGYUAN_FILES = tmp_path
    case = file(inspected())
    return docket.take_evidence(docket=case.docket, kind="audiovisual", name="执法记录仪.mp4", content=VIDEO, source="执法记录仪", taken_at=AT, by=officer("李明"), at=AT)


def ask(item, **headers):
    return signed_in(officer("李明")).get(reverse("desk:evidence", args=[item.pk]), headers=headers)


def test_a_recording_is_streamed_whole_and_never_held_in_memory(item):
    """What comes out is what came in; the memory is that of a few pieces."""
    answer = ask(item)
    tracemalloc.start()
    size = sum(len(piece) for piece in answer.streaming_content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (answer.status_code, answer["Content-Length"], size) == (200, str(len(VIDEO)), len(VIDEO))
    assert peak < 3 * MEGABYTE
    assert answer["X-Content-Type-Options"] == "nosniff" and "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("asked", "began", "ended"),
    [("bytes=0-99", 0, 100), ("bytes=1000-", 1000, len(VIDEO)), ("bytes=-10", len(VIDEO) - 10, len(VIDEO)), (f"bytes=5-{len(VIDEO) * 2}", 5, len(VIDEO))],
)
def test_a_player_gets_the_part_it_asks_for(item, asked, began, ended):
    """RFC 9110 section 14."""
    answer = ask(item, Range=asked)
    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == VIDEO[began:ended]
    assert answer["Content-Range"] == f"bytes {began}-{ended - 1}/{len(VIDEO)}"


@pytest.mark.parametrize("asked", [f"bytes={len(VIDEO)}-", "bytes=9-3", "bytes=-0"])
def test_a_part_that_is_not_there_is_refused(item, asked):
    """416 with the size, and nothing else."""
    answer = ask(item, Range=asked)
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(VIDEO)}")


def test_a_file_that_was_changed_is_never_handed_out(item):
    """Checked against the digest of its intake before the first byte goes out."""
    vault.path_of(item.digest).write_bytes(VIDEO[:-1] + b"x")
    answer = ask(item)
    assert answer.status_code >= 500 and "已被改动" in answer.content.decode()
