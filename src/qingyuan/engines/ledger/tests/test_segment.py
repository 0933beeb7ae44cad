"""Segments: every byte is a record, a torn last write, or damage that is named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.ledger import segment


def closed(batches: list[list[bytes]], number: int = 7) -> bytes:
    data, count = segment.header(number, 1_700_000_000_000_000), 0
    for batch in batches:
        data += segment.pack(number, len(data), batch)[0]
        count += len(batch)
    return data + segment.footer(number, len(data), count, [])


BATCHES = [[b"one", b"two" * 50], [b""], [b"QY" * 9, segment.MARK * 3, b"\0" * 40]]


def test_what_was_packed_is_read_back_in_order():
    data = closed(BATCHES)
    found = segment.contents(data, 7)
    assert [data[r.payload_at : r.ended] for r in found.records] == [p for batch in BATCHES for p in batch]
    assert found.closed and not found.damages and not found.torn


def test_every_single_bit_flip_of_a_closed_segment_is_damage():
    data = closed(BATCHES)
    for position in range(len(data) * 8):
        changed = bytearray(data)
        changed[position // 8] ^= 1 << (position % 8)
        found = segment.contents(changed, 7)
        in_footer = not found.closed
        assert found.damages or in_footer, f"bit {position} went unseen"
        if found.damages:
            assert min(d.offset for d in found.damages) <= position // 8


def test_a_cut_last_write_is_torn_and_what_was_synced_before_is_kept():
    data = closed(BATCHES[:2])
    body = data[: segment.contents(data, 7).records[-1].ended]
    last, _ = segment.pack(7, len(body), [b"alpha" * 30, b"beta" * 30])
    for cut in range(1, len(last)):
        torn = body + last[:cut] + bytes(500)
        found = segment.contents(torn, 7)
        assert not found.damages, (cut, found.damages)
        assert len(found.records) in (3, 4)
        assert found.torn or cut == segment.RECORD_BYTES + 150


def test_a_hole_before_a_later_commit_is_damage_not_a_torn_write():
    data = bytearray(closed(BATCHES))
    first = segment.contents(data, 7).records[0]
    data[first.offset : first.ended] = bytes(first.ended - first.offset)
    (damage,) = segment.contents(data, 7).damages
    assert (damage.offset, damage.ended) == (first.offset, first.ended)


def test_below_the_synced_mark_nothing_is_torn():
    data = closed(BATCHES[:1])
    body = data[: segment.contents(data, 7).records[-1].ended]
    changed = bytearray(body)
    changed[-1] ^= 1
    assert segment.contents(changed, 7).torn and not segment.contents(changed, 7).damages
    assert segment.contents(changed, 7, synced=len(body)).damages


def test_a_record_moved_or_from_another_segment_does_not_pass():
    data = closed([[b"even"], [b"odds"], [b"ends"]])
    assert segment.contents(data, 8).records == ()
    first, second, _ = segment.contents(data, 7).records
    moved = data[: second.offset] + data[first.offset : first.ended] + data[second.ended :]
    (damage,) = segment.contents(moved, 7).damages
    assert damage.offset == second.offset


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.binary(max_size=60), min_size=1, max_size=4), max_size=5), st.data())
def test_any_cut_or_replaced_run_of_a_closed_segment_is_seen(batches, data):
    whole = closed(batches)
    start = data.draw(st.integers(0, len(whole) - 1))
    other = data.draw(st.binary(min_size=1, max_size=20))
    changed = whole[:start] + other + whole[start + len(other) :]
    found = segment.contents(changed, 7)
    if changed != whole:
        assert found.damages or found.torn or not found.closed
    else:
        assert not found.damages and found.closed


@pytest.mark.parametrize("size", [0, 5, 31])
def test_a_file_too_short_for_a_header_is_damage(size):
    assert segment.contents(closed(BATCHES)[:size], 7).damages
