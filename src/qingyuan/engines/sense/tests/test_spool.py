"""The spool keeps every synced byte, and says so when it cannot."""

from __future__ import annotations

import os

import pytest

from qingyuan.engines.ledger import segment
from qingyuan.engines.sense import spool
from qingyuan.engines.sense.spool import Position, Spool
from qingyuan.errors import BadInput, Corrupt

AT = 1_763_900_000_000_000


def arrivals(count: int, start: int = 0) -> list[tuple[int, str, bytes]]:
    return [(AT + n, f"10.0.0.{n % 250}:212", b"##0001%d\r\n" % n) for n in range(start, start + count)]


@pytest.fixture
def writer(tmp_path):
    opened = Spool(tmp_path, at_us=AT, segment_bytes=64 << 10)
    yield opened
    opened.close()


def test_what_was_synced_is_read_back_with_time_peer_and_bytes(tmp_path, writer):
    positions = writer.append(arrivals(5))
    assert list(spool.read(tmp_path)) == []
    writer.sync()
    found = list(spool.read(tmp_path))
    assert [(r.received_at, r.peer, r.raw) for r in found] == arrivals(5)
    assert [r.position for r in found] == positions == sorted(positions)


def test_reading_after_a_position_gives_exactly_the_rest(tmp_path, writer):
    for n in range(40):
        writer.append(arrivals(50, n * 50))
        writer.sync()
    assert writer.number > 1
    everything = list(spool.read(tmp_path))
    assert [r.raw for r in everything] == [raw for _, _, raw in arrivals(2000)]
    for cut in (0, 1, 777, 1998, 1999):
        assert list(spool.read(tmp_path, everything[cut].position)) == everything[cut + 1 :]


def test_a_packet_larger_than_a_segment_is_kept_whole(tmp_path, writer):
    big = os.urandom(200 << 10)
    writer.append([(AT, "p", b"small"), (AT, "p", big), (AT, "p", b"after")])
    writer.sync()
    assert [r.raw for r in spool.read(tmp_path)] == [b"small", big, b"after"]


def test_after_a_crash_the_next_writer_keeps_all_synced_records_and_begins_a_new_segment(tmp_path):
    first = Spool(tmp_path, at_us=AT, segment_bytes=64 << 10)
    first.append(arrivals(3))
    first.sync()
    first.append(arrivals(2, 3))  # written, never synced
    tail = first.offset
    os.pwrite(first._fd, b"\x9dQY\x0a half a record", tail)
    os.close(first._lock)  # the process is gone
    second = Spool(tmp_path, at_us=AT, segment_bytes=64 << 10)
    assert second.number == first.number + 1
    (found,) = second.recovered
    assert [d.offset for d in found.torn] == [tail] and not found.damages
    second.close()
    assert [r.raw for r in spool.read(tmp_path)][:3] == [raw for _, _, raw in arrivals(3)]


def test_a_flipped_bit_stops_the_reader_and_names_segment_and_offset(tmp_path):
    with_close = Spool(tmp_path, at_us=AT)
    positions = with_close.append(arrivals(9))
    with_close.close()
    path = spool.path_of(tmp_path, 1)
    data = bytearray(path.read_bytes())
    data[positions[4].offset + 20] ^= 4
    path.write_bytes(data)
    with pytest.raises(Corrupt, match=f"缓存段 1 第 {positions[4].offset}–"):
        list(spool.read(tmp_path))
    lost: list[spool.Lost] = []
    kept = list(spool.read(tmp_path, on_damage=lost))
    assert len(kept) == 8 and lost[0].offset == positions[4].offset


def test_a_flip_in_the_last_synced_record_of_a_crashed_segment_is_damage_not_a_torn_write(tmp_path):
    first = Spool(tmp_path, at_us=AT)
    last = first.append(arrivals(3))[-1]
    first.sync()
    os.pwrite(first._fd, b"!", last.offset + 30)
    os.close(first._lock)
    second = Spool(tmp_path, at_us=AT)
    assert [d.offset for d in second.recovered[0].damages] == [last.offset]
    second.close()
    with pytest.raises(Corrupt):
        list(spool.read(tmp_path))


def test_a_crash_between_the_footer_and_cutting_the_room_off_is_tidied_and_no_damage(tmp_path, monkeypatch):
    first = Spool(tmp_path, at_us=AT)
    first.append(arrivals(3))
    monkeypatch.setattr(os, "ftruncate", lambda fd, size: None)
    first.close()
    monkeypatch.undo()
    path = spool.path_of(tmp_path, 1)
    assert path.stat().st_size == spool.SEGMENT_BYTES
    assert segment.contents(path.read_bytes(), 1).damages == ()
    second = Spool(tmp_path, at_us=AT)
    assert second.recovered == [] and path.stat().st_size < 1000
    second.close()
    assert [r.raw for r in spool.read(tmp_path)] == [raw for _, _, raw in arrivals(3)]


def test_a_write_that_is_cut_short_is_gone_on_with(tmp_path, writer, monkeypatch):
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda fd, data, offset: real(fd, data[:7], offset))
    writer.append(arrivals(4))
    writer.rotate(AT)
    monkeypatch.undo()
    assert [r.raw for r in spool.read(tmp_path)] == [raw for _, _, raw in arrivals(4)]


def test_a_good_record_that_is_no_spool_record_is_reported_not_raised(tmp_path):
    head = segment.header(1, AT)
    data = head + segment.pack(1, len(head), [b"\0"])[0]
    spool.path_of(tmp_path, 1).write_bytes(data + segment.footer(1, len(data), 1, []))
    lost: list[spool.Lost] = []
    assert list(spool.read(tmp_path, on_damage=lost)) == [] and lost[0].reason == "not a record of a spool"


def test_two_writers_cannot_share_a_folder(tmp_path, writer):
    with pytest.raises(BadInput, match="另一个网关"):
        Spool(tmp_path, at_us=AT)


def test_after_a_failed_sync_the_segment_is_left_and_the_records_go_to_the_next(tmp_path, writer, monkeypatch):
    writer.append(arrivals(2))
    writer.sync()
    writer.append(arrivals(1, 2))
    real = os.fdatasync

    def failing(fd: int) -> None:
        raise OSError(5, "I/O error")

    monkeypatch.setattr(os, "fdatasync", failing)
    with pytest.raises(OSError):
        writer.sync()
    monkeypatch.setattr(os, "fdatasync", real)
    (again,) = writer.append(arrivals(1, 2))
    writer.sync()
    assert again.segment == 2
    raws = [r.raw for r in spool.read(tmp_path)]
    assert raws[:2] == [raw for _, _, raw in arrivals(2)] and raws[-1] == arrivals(1, 2)[0][2]


def test_an_unreadable_mark_of_durability_does_not_hide_records(tmp_path, writer):
    writer.append(arrivals(4))
    writer.sync()
    (tmp_path / "durable").write_bytes(b"nonsense")
    assert len(list(spool.read(tmp_path))) == 4


def test_positions_order_by_segment_then_offset():
    assert Position(1, 900) < Position(2, 32) < Position(2, 33)


def test_one_record_is_read_alone_by_its_position(tmp_path, writer):
    positions = writer.append(arrivals(2000))
    writer.sync()
    for n in (0, 1, 999, 1999):
        found = spool.read_one(tmp_path, positions[n])
        assert (found.position, found.raw, found.peer) == (positions[n], arrivals(1, n)[0][2], arrivals(1, n)[0][1])


def test_a_position_where_no_record_begins_and_a_changed_record_are_told_apart(tmp_path, writer):
    (first, second) = writer.append(arrivals(2))
    writer.sync()
    with pytest.raises(BadInput, match="没有第 99 段"):
        spool.read_one(tmp_path, Position(99, 64))
    with pytest.raises(BadInput, match="没有记录的开头"):
        spool.read_one(tmp_path, Position(first.segment, first.offset + 3))
    with open(spool.path_of(tmp_path, second.segment), "r+b") as file:
        file.seek(second.offset + 30)
        file.write(b"?")
    assert spool.read_one(tmp_path, first).raw == arrivals(1)[0][2]
    with pytest.raises(Corrupt, match=f"段 {second.segment} 第 {second.offset} 字节"):
        spool.read_one(tmp_path, second)
