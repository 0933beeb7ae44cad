import datetime as dt

from qingyuan.engines.sense.hj212.connection import Connection, GarbageReceived, PacketReceived
from qingyuan.engines.sense.hj212.keyring import KeyRing
from qingyuan.engines.sense.hj212.message import build, parse

from .vectors import KEY_OF_THE_EXAMPLES, SOUND, vectors

AT = dt.datetime(2026, 1, 5, 8, 30, tzinfo=dt.UTC)
MN = "010000A8900016F000169DC0"


def upload(
    cn: str = "2051", flag: int | None = 5, qn: str = "20260105083000123", st: str = "32", cp: str = ""
) -> bytes:
    """A packet of a device."""
    return build(qn=qn, st=st, cn=cn, pw="123456", mn=MN, flag=flag, cp=cp or "DataTime=20260105082000;w01018-Avg=1")


def answer(raw: bytes, **options: object) -> bytes:
    """What the host owes to one packet."""
    (event,) = Connection(**options).receive(raw, AT)
    assert isinstance(event, PacketReceived) and event.raw == raw and event.at == AT
    return event.answer


def test_an_upload_that_wants_an_answer_is_owed_9014() -> None:
    """2017 Appendix C.16: the answer in the standard, byte for byte."""
    told = [v["bytes"] for v in vectors() if "C.16" in v["note"]]
    assert parse(told[0]).cn == "2051"
    assert answer(told[0]) == told[1]


def test_an_upload_that_wants_no_answer_is_owed_none() -> None:
    assert answer(upload(flag=4)) == b""


def test_a_notice_is_owed_9013() -> None:
    """2017 C.4: the device asks for its clock to be set."""
    reply = parse(answer(upload("1013", cp="PolId=w01018")))
    assert (reply.cn, reply.st, reply.flag, reply.qn, reply.cp) == ("9013", "91", 4, "20260105083000123", [])


def test_a_heartbeat_is_answered_as_the_setting_says() -> None:
    """2025: 9013 in one implementation, 9014 in another; not verified."""
    beat = upload("9015", flag=9)
    assert parse(answer(beat)).cn == "9013" and parse(answer(beat)).flag == 8
    assert parse(answer(beat, heartbeat_answer="9014")).cn == "9014"
    assert answer(upload("9015", flag=8)) == b""


def test_a_reply_is_owed_nothing() -> None:
    assert answer(upload("9012", st="91", cp="ExeRtn=1")) == b""


def test_a_wrong_check_code_is_kept_and_not_acknowledged() -> None:
    """The device will send it again; an answer would say that it is safe."""
    raw = upload()
    assert answer(raw[:-6] + b"0000\r\n") == b""


def test_a_dialect_is_acknowledged_only_where_the_station_has_it() -> None:
    raw = upload()
    from qingyuan.engines.sense.hj212.crc import modbus

    dialect = raw[:-6] + b"%04X\r\n" % modbus(raw[6:-6])
    assert answer(dialect) == b""
    assert parse(answer(dialect, dialects=("hj212", "modbus"))).cn == "9014"


def test_an_encrypted_upload_is_acknowledged_when_a_key_opens_it() -> None:
    """2025 §6.4: the check code is on the plain text."""
    raw = next(v["bytes"] for v in vectors("official-encrypted") if v["enc"] == "latin1")
    assert answer(raw) == b""
    assert parse(answer(raw, keys=KeyRing(default=[KEY_OF_THE_EXAMPLES]))).cn == "9014"
    assert answer(raw, keys=KeyRing(default=[b"x" * 16])) == b""


def test_2005_gets_its_number_in_the_data_region() -> None:
    reply = parse(answer(upload(flag=1, qn="", cp="QN=20040516010101001;DataTime=20040516010000;011-Rtd=1")))
    assert (reply.version, reply.cn, reply.cp) == (2005, "9014", [{"QN": "20040516010101001"}])


def test_an_unknown_command_is_acknowledged_like_an_upload() -> None:
    assert parse(answer(upload("8051"))).cn == "9014"


def test_a_connection_accounts_for_every_byte() -> None:
    stream = b"noise" + b"".join(SOUND) + SOUND[0][:50]
    line = Connection()
    events = [e for i in range(0, len(stream), 77) for e in line.receive(stream[i : i + 77], AT)]
    assert [e.raw for e in events if isinstance(e, PacketReceived)] == SOUND
    assert line.received == len(stream) == line.in_packets + line.in_garbage + line.buffered
    (last,) = line.close(AT)
    assert isinstance(last, GarbageReceived) and last.raw == SOUND[0][:50] and line.buffered == 0
    assert line.received == line.in_packets + line.in_garbage


def test_a_silent_line_releases_a_packet_without_line_end() -> None:
    line = Connection()
    assert line.receive(upload()[:-2], AT) == []
    (event,) = line.quiet(AT)
    assert isinstance(event, PacketReceived) and event.answer and line.quiet(AT) == []


def test_half_a_packet_outlives_a_silence() -> None:
    line = Connection()
    line.receive(upload()[:40], AT)
    assert line.quiet(AT) == []
    (event,) = line.receive(upload()[40:], AT)
    assert isinstance(event, PacketReceived)


def test_the_whole_message_is_read_on_demand() -> None:
    (event,) = Connection().receive(upload(), AT)
    assert isinstance(event, PacketReceived) and event.message().get("w01018-Avg") == "1"
