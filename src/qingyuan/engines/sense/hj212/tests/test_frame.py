"""h11's three shapes (whole, byte by byte, with trailing bytes), and the law of conservation."""

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qingyuan.engines.sense.hj212.frame import WINDOW, Frame, Garbage, read_frame, take_frame

from .vectors import SOUND, vectors

EXAMPLE = SOUND[0]


def take_all(stream: bytes, sizes: list[int] | None = None) -> tuple[list[bytes], list[Frame | Garbage], bytes]:
    """Feed a stream in chunks of the given sizes (then the rest); return frames, everything taken, and the buffer."""
    buffer, taken, position = bytearray(), [], 0
    for size in [*(sizes or []), len(stream)]:
        buffer += stream[position : position + size]
        position += size
        while (one := take_frame(buffer)) is not None:
            taken.append(one)
    return [t.raw for t in taken if isinstance(t, Frame)], taken, bytes(buffer)


def merged(taken: list[Frame | Garbage]) -> list[tuple[str, bytes]]:
    """Return what was taken with neighbouring garbage joined: how a stream was cut may split garbage, nothing else."""
    joined: list[tuple[str, bytes]] = []
    for one in taken:
        kind = type(one).__name__
        if kind == "Garbage" and joined and joined[-1][0] == "Garbage":
            joined[-1] = (kind, joined[-1][1] + one.raw)
        else:
            joined.append((kind, one.raw))
    return joined


@pytest.mark.parametrize("raw", SOUND, ids=range(len(SOUND)))
def test_a_sound_packet_is_one_frame_whole_and_byte_by_byte_and_with_bytes_after_it(raw: bytes) -> None:
    assert take_all(raw)[0] == [raw]
    assert take_all(raw, [1] * len(raw))[0] == [raw]
    frames, _, rest = take_all(raw + b"##01")
    assert frames == [raw] and rest == b"##01"


def test_glued_packets_come_apart() -> None:
    assert take_all(b"".join(SOUND))[0] == SOUND


_pieces = st.lists(
    st.one_of(
        st.sampled_from(SOUND),
        st.sampled_from([v["bytes"] for v in vectors()]),
        st.binary(max_size=40),
        st.sampled_from([b"##", b"##00", b"##0010", b"##9999", b"&&", b"&&1C80", b"\r\n", b"#", b"&&ABCD\r\n", b"**"]),
        st.tuples(st.sampled_from(SOUND), st.integers(0, 400)).map(lambda cut: cut[0][: cut[1]]),
        st.tuples(st.sampled_from(SOUND), st.integers(2, 5), st.integers(48, 57)).map(
            lambda lie: lie[0][: lie[1]] + bytes([lie[2]]) + lie[0][lie[1] + 1 :]
        ),
    ),
    max_size=8,
)


@settings(max_examples=100, deadline=None)
@example([b"\x00", b"##", b"\x00"], [1])
@example([b"##0000", b"&&ABCD", b"\r"], [1] * 20)
@given(_pieces, st.lists(st.integers(1, 300), max_size=40))
def test_bytes_in_are_bytes_in_frames_garbage_and_buffer(pieces: list[bytes], sizes: list[int]) -> None:
    """And the chunks in which they came make no difference."""
    stream = b"".join(pieces)
    _, taken, rest = take_all(stream, sizes)
    assert b"".join(t.raw for t in taken) + rest == stream
    assert all(t.raw for t in taken)
    _, whole, rest_of_whole = take_all(stream)
    assert (merged(taken), rest) == (merged(whole), rest_of_whole)


def test_three_thousand_random_streams_lose_no_byte() -> None:
    source = random.Random(2017)
    for _ in range(3000):
        stream = bytes(source.choice(b"##&&0123456789ABCDEF\r\n;=") for _ in range(source.randrange(60)))
        _, taken, rest = take_all(stream, [source.randrange(1, 9) for _ in range(9)])
        assert b"".join(t.raw for t in taken) + rest == stream


def test_after_garbage_the_next_packet_is_found() -> None:
    frames, taken, rest = take_all(b"noise###" + EXAMPLE)
    assert frames == [EXAMPLE] and rest == b""
    assert merged(taken)[0] == ("Garbage", b"noise###")


def test_half_a_packet_waits_and_a_new_header_ends_the_wait() -> None:
    half = EXAMPLE[:60]
    assert take_all(half) == ([], [], half)
    frames, taken, rest = take_all(half + EXAMPLE + EXAMPLE)
    assert frames == [EXAMPLE, EXAMPLE] and taken[0].raw == half and rest == b""


@pytest.mark.parametrize("length", [b"0000", b"0099", b"0100", b"0102", b"0113", b"0500"])
def test_a_lying_length_is_repaired_when_the_check_code_fits(length: bytes) -> None:
    liar = b"##" + length + EXAMPLE[6:]
    frames, taken, _ = take_all(liar + EXAMPLE * 6)
    assert frames == [liar] + [EXAMPLE] * 6
    assert [f.code for f in taken[0].faults] == ["length_repaired"]


def test_a_length_that_ends_where_a_later_packet_ends_is_repaired_too() -> None:
    """The lie happens to point at another packet's closing characters: the check code tells."""
    stream = b"##%04d" % (len(EXAMPLE) * 2 - 12) + EXAMPLE[6:] + EXAMPLE
    frames, taken, _ = take_all(stream)
    assert [len(f) for f in frames] == [len(EXAMPLE)] * 2 and taken[0].faults[0].code == "length_repaired"


def test_a_length_too_great_is_repaired_on_a_silent_line() -> None:
    """No further packet comes to prove the lie; the silence does."""
    liar = b"##0500" + EXAMPLE[6:]
    buffer = bytearray(liar)
    assert take_frame(buffer) is None
    frame = take_frame(buffer, quiet=True)
    assert isinstance(frame, Frame) and frame.raw == liar and not buffer


def test_a_wrong_check_code_is_a_fault_and_the_bytes_are_kept() -> None:
    wrong = EXAMPLE[:-6] + b"1C08\r\n"
    frames, taken, _ = take_all(wrong)
    assert frames == [wrong]
    assert taken[0].dialect == "" and [f.code for f in taken[0].faults] == ["crc_wrong"]


def test_wrong_length_and_wrong_check_code_is_garbage_up_to_the_line_end() -> None:
    _, taken, _ = take_all(b"##0090" + EXAMPLE[6:-6] + b"1C08\r\n" + EXAMPLE)
    assert [type(t).__name__ for t in taken] == ["Garbage", "Frame"]
    assert taken[0].reason.code == "length_and_crc"


@pytest.mark.parametrize(
    ("tail", "code"), [(b"", "line_end"), (b"\n", "line_end"), (b"\r", "line_end"), (b"**\r\n", "tail_junk")]
)
def test_odd_tails_are_taken_when_the_next_packet_follows(tail: bytes, code: str) -> None:
    odd = EXAMPLE[:-2] + tail
    frames, taken, _ = take_all(odd + EXAMPLE)
    assert frames == [odd, EXAMPLE]
    assert [f.code for f in taken[0].faults] == [code]


def test_a_packet_without_line_end_is_taken_on_a_silent_line() -> None:
    buffer = bytearray(EXAMPLE[:-2])
    assert take_frame(buffer) is None
    assert isinstance(take_frame(buffer, quiet=True), Frame)


def test_lower_case_code_and_unpadded_length_are_taken() -> None:
    lower = EXAMPLE[:-6] + EXAMPLE[-6:].lower()
    short = next(raw for raw in SOUND if raw.startswith(b"##0087"))
    unpadded = b"##87" + short[6:]
    _, taken, _ = take_all(lower + unpadded)
    assert [[f.code for f in t.faults] for t in taken] == [["crc_lower_case"], ["length_unpadded"]]


def test_cipher_text_may_hold_headers_and_line_ends() -> None:
    """2025 encrypts to raw bytes: only the length tells where the packet ends."""
    region = b"\x81##0101\r\n&&AB12\r\nx" * 3
    raw = b"##%04d" % (len(region) + 24) + b"ST=31;CN=2051;PW=1;CP=&&" + region + b"&&"
    raw = b"##%04d" % (len(raw) - 6) + raw[6:] + b"1C80\r\n"
    assert take_all(raw)[0] == [raw]


def test_ten_megabytes_without_a_line_end_keep_the_buffer_bounded() -> None:
    for stream in (b"##9999" + b"x" * 10_000_000, b"##0000" * 100_000):
        buffer, seen = bytearray(), 0
        for begin in range(0, len(stream), 65_536):
            buffer += stream[begin : begin + 65_536]
            while (one := take_frame(buffer)) is not None:
                seen += len(one.raw)
            assert len(buffer) <= WINDOW
        assert seen + len(buffer) == len(stream)


def test_read_frame_wants_exactly_one() -> None:
    assert read_frame(EXAMPLE) is not None
    assert read_frame(EXAMPLE + b"x") is None
    assert read_frame(b"") is None
