import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.sense.hj212.crc import POSSIBLE, POWERS, TABLE, crc16, crc16_bitwise, dialect, modbus, swapped

from .vectors import vectors


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=1100))
def test_the_folded_code_is_the_standards_code(data: bytes) -> None:
    """Appendix A, bit by bit."""
    assert crc16(data) == crc16_bitwise(data)


def test_the_folded_code_holds_at_every_length() -> None:
    source = random.Random(212)
    for size in [*range(40), 1023, 1024, 1025, 5591, 5600, 5601, 9999]:
        data = source.randbytes(size)
        assert crc16(data) == crc16_bitwise(data), size


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", 0xFFFF),
        (b"\x00", 0x4040),
        (b"A", 0x7080),
        (b"##", 0xB381),
        (b"123456789", 0x2F80),
        (
            b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;CP=&&RtdInterval=30&&",
            0x1C80,
        ),
    ],
)
def test_check_values(text: bytes, code: int) -> None:
    """The last is the standard's own example; its running text misprints 1C08."""
    assert crc16(text) == code


def test_only_256_values_are_possible() -> None:
    """A claimed code outside them comes from another algorithm."""
    assert len(POSSIBLE) == 256
    assert all(crc16(bytes([a, b])) in POSSIBLE for a in range(0, 256, 7) for b in range(256))


def test_h_applied_eight_times_is_the_identity() -> None:
    assert [TABLE[x] >> 8 for x in POWERS[7]] == list(range(256))


def test_modbus_is_told_apart_by_its_own_check_value() -> None:
    assert modbus(b"123456789") == 0x4B37
    assert dialect(b"123456789", 0x4B37) == "modbus"
    assert dialect(b"123456789", swapped(0x4B37)) == "modbus-swapped"
    assert dialect(b"123456789", swapped(0x2F80)) == "hj212-swapped"
    assert dialect(b"123456789", 0x2F81) == ""


def test_every_vector_has_the_code_it_was_recorded_with() -> None:
    checked = [v for v in vectors() if v["crc_ok"] and v["length_ok"]]
    assert len(checked) > 150
    for vector in checked:
        segment = vector["bytes"][6 : 6 + vector["len_actual"]]
        assert f"{crc16(segment):04X}" == vector["crc_calc"], vector["note"]


def test_a_right_code_does_not_prove_an_unaltered_value() -> None:
    """Two values changed sixteen bytes apart: the code stays; that is why raw bytes are hashed on arrival."""
    (vector,) = vectors("tampered")
    assert f"{crc16(vector['bytes'][6:-6]):04X}".encode() == vector["bytes"][-6:-2]
