"""Host and device talk to each other here, byte for byte through the framing; every branch of the exchange is walked."""

import datetime as dt

import pytest

from qingyuan.engines.sense.hj212 import requests as ask
from qingyuan.engines.sense.hj212.connection import Connection, PacketReceived
from qingyuan.engines.sense.hj212.device import Device
from qingyuan.engines.sense.hj212.host import Exchange, Host, Station
from qingyuan.engines.sense.hj212.keyring import KeyRing
from qingyuan.engines.sense.hj212.message import Message, build, parse
from qingyuan.engines.sense.hj212.reassembly import Reassembly
from qingyuan.engines.sense.hj212.requests import Request
from qingyuan.errors import BadInput

from .vectors import vectors

AT = dt.datetime(2016, 8, 1, 0, 58, 57, 223000, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
MN = "010000A8900016F000169DC0"


def station(version: int = 2017) -> Station:
    """The station of the standard's examples."""
    return Station(MN, "123456", "32", version)


def reply(exchange: Exchange, cn: str, **values: int) -> Message:
    """A device's answer to this exchange."""
    cp = [{k: str(v)} for k, v in values.items()]
    return parse(build(qn=exchange.qn, st="91", cn=cn, pw="123456", mn=MN, flag=4, cp=cp))


def begun(request: Request | None = None) -> Exchange:
    """An exchange just sent at AT."""
    exchange = Exchange(request or ask.set_real_time_interval(30), station())
    exchange.send(AT)
    return exchange


def converse(host: Host, device: Device, data: bytes, at: dt.datetime = AT) -> list[Message]:
    """Carry bytes to and fro until both are silent; return what the host saw."""
    seen: list[Message] = []
    down, up = Connection(), Connection()
    while data:
        out = b"".join(device.receive(e.message(), at) for e in down.receive(data, at) if isinstance(e, PacketReceived))
        data = b""
        for event in up.receive(out, at):
            assert isinstance(event, PacketReceived)
            seen.append(event.message())
            data += event.answer + host.receive(event.message(), at)
    return seen


def test_the_request_is_the_standards_request() -> None:
    """2017 C.6, byte for byte."""
    told = next(v["bytes"] for v in vectors() if "C.6 " in v["note"] and b"CN=1062" in v["bytes"])
    assert Exchange(ask.set_real_time_interval(30), station()).send(AT) == told


def test_sent_accepted_done() -> None:
    exchange = begun()
    assert exchange.state == "sent"
    assert exchange.receive(reply(exchange, "9011", QnRtn=1), AT) and exchange.state == "accepted"
    assert exchange.receive(reply(exchange, "9012", ExeRtn=1), AT) and exchange.state == "done"
    assert exchange.reason == "执行成功" and exchange.is_over


@pytest.mark.parametrize(("code", "reason"), [(2, "请求被拒绝"), (3, "PW错误"), (9, "CRC校验错误"), (100, "未知错误")])
def test_a_refusal_ends_it_with_the_devices_reason(code: int, reason: str) -> None:
    """2017 §6.1: QnRtn other than 1 ends the exchange."""
    exchange = begun()
    exchange.receive(reply(exchange, "9011", QnRtn=code), AT)
    assert exchange.state == "refused" and exchange.reason == f"现场机拒绝：{reason}"
    assert exchange.tick(AT + 60 * SECOND) == b""


@pytest.mark.parametrize(("code", "state"), [(1, "done"), (100, "empty"), (2, "failed"), (4, "failed"), (6, "failed")])
def test_every_execution_result_has_its_state(code: int, state: str) -> None:
    exchange = begun()
    exchange.receive(reply(exchange, "9011", QnRtn=1), AT)
    exchange.receive(reply(exchange, "9012", ExeRtn=code), AT)
    assert (exchange.state, exchange.code) == (state, code)


def test_a_result_without_a_code_has_failed() -> None:
    exchange = begun()
    exchange.receive(reply(exchange, "9012"), AT)
    assert exchange.state == "failed"


def test_without_an_answer_it_is_sent_again_recount_times_and_then_the_line_is_down() -> None:
    """2017 §6.7: OverTime 10 s, ReCount 3: four sendings in all, the same QN each time."""
    exchange = begun()
    first = exchange.qn
    assert exchange.tick(AT + 9 * SECOND) == b""
    for n in (1, 2, 3):
        again = exchange.tick(AT + 10 * n * SECOND)
        assert parse(again).qn == first
    assert exchange.tick(AT + 40 * SECOND) == b"" and exchange.state == "no_answer"
    assert exchange.sent_times == 4


def test_an_answer_after_a_second_sending_still_counts() -> None:
    exchange = begun()
    exchange.tick(AT + 10 * SECOND)
    exchange.receive(reply(exchange, "9011", QnRtn=1), AT + 11 * SECOND)
    assert exchange.state == "accepted"


def test_once_accepted_it_is_never_sent_again() -> None:
    """It may have been executed: a second calibration is not the same as one."""
    exchange = begun(ask.calibrate("w01018"))
    exchange.receive(reply(exchange, "9011", QnRtn=1), AT)
    assert exchange.tick(AT + 9 * SECOND) == b"" and exchange.state == "accepted"
    assert exchange.tick(AT + 10 * SECOND) == b"" and exchange.state == "timed_out"


def test_data_in_between_start_the_clock_anew() -> None:
    exchange = begun(ask.history("2061", AT, AT + 5 * 3600 * SECOND))
    exchange.receive(reply(exchange, "9011", QnRtn=1), AT)
    data = build(
        qn="20160801085857534", st="32", cn="2061", pw="123456", mn=MN, flag=4, cp="DataTime=20160801090000;a=1"
    )
    assert exchange.receive(parse(data), AT + 8 * SECOND)
    assert exchange.tick(AT + 12 * SECOND) == b"" and exchange.state == "accepted"
    assert len(exchange.data) == 1


def test_live_uploads_outside_the_window_are_not_the_answer() -> None:
    exchange = begun(ask.history("2061", AT - 48 * 3600 * SECOND, AT - 24 * 3600 * SECOND))
    live = build(
        qn="20160801090000001", st="32", cn="2061", pw="123456", mn=MN, flag=5, cp="DataTime=20160801080000;a=1"
    )
    assert not exchange.receive(parse(live), AT) and exchange.state == "sent"


def test_data_for_another_factor_are_not_the_answer() -> None:
    exchange = begun(ask.read_clock("w01018"))
    other = build(
        qn=exchange.qn, st="32", cn="1011", pw="123456", mn=MN, flag=4, cp="PolId=w21003;SystemTime=20160801085857"
    )
    assert not exchange.receive(parse(other), AT)


def test_a_result_whose_9011_was_lost_is_taken() -> None:
    exchange = begun()
    exchange.receive(reply(exchange, "9012", ExeRtn=1), AT)
    assert exchange.state == "done"


def test_replies_to_other_numbers_and_of_other_stations_are_left_alone() -> None:
    exchange = begun()
    other = begun()
    other.qn = "20160801085857224"
    assert not exchange.receive(reply(other, "9011", QnRtn=1), AT)
    stranger = parse(build(qn=exchange.qn, st="91", cn="9011", pw="1", mn="X" * 24, flag=4, cp="QnRtn=1"))
    assert not exchange.receive(stranger, AT) and exchange.state == "sent"


def test_nothing_moves_a_finished_exchange() -> None:
    exchange = begun()
    exchange.receive(reply(exchange, "9012", ExeRtn=1), AT)
    assert not exchange.receive(reply(exchange, "9011", QnRtn=2), AT) and exchange.state == "done"


def test_a_notice_ends_with_9013() -> None:
    """2017 C.11: stop watching."""
    exchange = begun(ask.stop_real_time())
    exchange.receive(reply(exchange, "9013"), AT)
    assert exchange.state == "done"


def test_a_9013_does_not_end_a_request() -> None:
    exchange = begun()
    exchange.receive(reply(exchange, "9013"), AT)
    assert exchange.state == "sent"


COMMANDS_2017 = [
    ask.set_timeouts(5, 2), ask.read_clock("w01018"), ask.read_clock(), ask.set_clock("w01018"),
    ask.read_real_time_interval(), ask.set_real_time_interval(60), ask.read_minute_interval(),
    ask.set_minute_interval(5), ask.set_password("654321"), ask.start_real_time(), ask.stop_real_time(),
    ask.start_facility_states(), ask.stop_facility_states(), ask.calibrate("w01018"), ask.sample_now("w01018"),
    ask.clean("w01018"), ask.compare("w01018"), ask.retain_sample(), ask.set_sampling_cycle("w01018", "000000", 2),
    ask.read_sampling_cycle("w01018"), ask.read_delivery_time("w01018"), ask.read_serial_number("w01018"),
    ask.read_information("i12001", "w01018"), ask.set_parameter("i13004", "168.0", "w01018"),
    *(ask.history(cn, AT, AT) for cn in ("2031", "2041", "2051", "2061")),
]  # fmt: skip


@pytest.mark.parametrize("request_", COMMANDS_2017, ids=lambda r: r.cn)
def test_every_command_of_2017_runs_to_its_end_against_a_device(request_: Request) -> None:
    """2017 Appendix C.1 to C.46."""
    device = Device(
        MN, "123456", "32", history=lambda cn, a, b: [[{"DataTime": "20160801085857"}, {"w01018-Avg": "1"}]]
    )
    host = Host(station())
    seen = converse(host, device, host.ask(request_, AT))
    (exchange,) = host.finished
    assert exchange.state == "done", exchange.reason
    assert [m.cn for m in seen][-1] == ("9013" if request_.is_notice else "9012")
    assert all(m.crc_ok and m.version == 2017 for m in seen)


@pytest.mark.parametrize(
    "request_",
    [ask.calibrate("a21026", 1), ask.retain_sample_now(), ask.check_standard("a21026"), ask.set_key(AT, "k" * 16)],
    ids=lambda r: r.cn,
)
def test_the_commands_that_2025_adds_run_to_their_end(request_: Request) -> None:
    device, host = Device(MN, "123456", "31", 2025), Host(Station(MN, "123456", "31", 2025))
    seen = converse(host, device, host.ask(request_, AT))
    assert host.finished[0].state == "done" and {m.version for m in seen} == {2025}


def test_2005_answers_carry_the_number_in_the_data_region() -> None:
    device, host = Device("88888880000001", "123456", "32", 2005), Host(Station("88888880000001", "123456", "32", 2005))
    seen = converse(host, device, host.ask(ask.read_real_time_interval(), AT))
    assert host.finished[0].state == "done"
    assert b"MN=88888880000001;Flag=0;CP=&&QN=" in seen[0].raw


def test_commands_go_one_at_a_time_each_with_its_own_number() -> None:
    """First connection, 2017 §6.5: clock, time-outs, intervals, what to send."""
    device, host = Device(MN, "123456", "32"), Host(station())
    data = b"".join(host.ask(r, AT) for r in ask.first_connection(60, 5))
    assert data.count(b"##") == 1
    converse(host, device, data)
    assert [e.request.cn for e in host.finished] == ["1012", "1000", "1062", "1064", "2011", "2021"]
    assert len({e.qn for e in host.finished}) == 6 and all(e.state == "done" for e in host.finished)
    assert device.settings["RtdInterval"] == "60" and device.settings["MinInterval"] == "5"


def test_a_dead_exchange_lets_the_next_one_go() -> None:
    host = Host(station())
    host.ask(ask.read_clock(), AT)
    host.ask(ask.read_minute_interval(), AT)
    sent = [host.tick(AT + 10 * n * SECOND) for n in range(1, 5)]
    assert parse(sent[-1]).cn == "1063" and host.finished[0].state == "no_answer"


def test_setting_the_clock_sends_the_time_of_sending() -> None:
    """A command that waited, or is sent again, must not set yesterday's time."""
    exchange = Exchange(ask.set_clock(), station())
    assert parse(exchange.send(AT)).get("SystemTime") == "20160801085857"
    assert parse(exchange.tick(AT + 10 * SECOND)).get("SystemTime") == "20160801085907"


def test_a_device_with_a_wrong_clock_is_right_after_1012() -> None:
    device, host = Device(MN, "123456", "32", clock_offset=dt.timedelta(days=-3)), Host(station())
    converse(host, device, host.ask(ask.set_clock(), AT))
    assert abs(device.clock_offset) < SECOND


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"pw": "000000"}, 3), ({"mn": "X" * 24}, 4), ({"st": "31"}, 5), ({"flag": 9}, 6),
        ({"qn": "2016"}, 7), ({"cn": "4711"}, 8), ({"cn": "1021"}, 8),
    ],
)  # fmt: skip
def test_a_device_says_what_is_wrong_with_a_request(other: dict[str, object], code: int) -> None:
    """QnRtn, 2017."""
    sound = {"qn": "20160801085857223", "st": "32", "cn": "1061", "pw": "123456", "mn": MN, "flag": 5}
    answer = Device(MN, "123456", "32").receive(parse(build(**{**sound, **other})), AT)
    assert parse(answer).get("QnRtn") == str(code)


def test_a_device_refuses_a_wrong_check_code() -> None:
    raw = Exchange(ask.read_clock(), station()).send(AT)
    assert parse(Device(MN, "123456", "32").receive(parse(raw[:-6] + b"0000\r\n"), AT)).get("QnRtn") == "9"


def test_history_that_is_not_there_is_code_100() -> None:
    device, host = Device(MN, "123456", "32"), Host(station())
    converse(host, device, host.ask(ask.history("2061", AT, AT), AT))
    assert host.finished[0].state == "empty"


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: ask.set_real_time_interval(29), lambda: ask.set_minute_interval(7), lambda: ask.set_timeouts(0, 3),
        lambda: ask.set_password("12345"), lambda: ask.history("2012", AT, AT), lambda: ask.history("2061", AT, AT - SECOND),
        lambda: ask.set_sampling_cycle("w01018", "00", 2), lambda: ask.set_parameter("i12001", "1"),
        lambda: ask.set_key(AT, "short"), lambda: ask.calibrate("a21026", 2),
        lambda: Host(station()).ask(ask.retain_sample_now(), AT), lambda: Host(station(2025)).ask(Request("1021"), AT),
    ],
)  # fmt: skip
def test_a_value_outside_the_standard_never_leaves_the_host(wrong) -> None:
    with pytest.raises(BadInput):
        wrong()


def test_uploads_go_one_by_one_and_again_until_acknowledged() -> None:
    """2017 §6.2, C.49: the next packet only after the 9014 of the last."""
    device = Device(MN, "123456", "32")
    items = [{"DataTime": "20160801084000"}, {"w01018-Avg": "1"}]
    first = device.upload("2051", items, AT)
    assert device.upload("2061", items, AT) == b"" and device.waiting == 2
    assert device.tick(AT + 9 * SECOND) == b""
    assert device.tick(AT + 10 * SECOND) == first
    (event,) = Connection().receive(first, AT)
    second = device.receive(parse(event.answer), AT + 11 * SECOND)
    assert parse(second).cn == "2061" and device.acknowledged == 1
    for n in range(1, 5):
        device.tick(AT + (11 + 10 * n) * SECOND)
    assert device.waiting == 0 and device.lost == [second]


def test_a_long_upload_goes_out_in_parts_with_the_time_in_each() -> None:
    """2017 C.47 to C.50; 1024 bytes at most."""
    device = Device(MN, "123456", "31", 2025, key=b"0123456789abcdef")
    items = [{"DataTime": "20260105084000"}, *({f"a{n:05d}-Avg": "1.234", f"a{n:05d}-Flag": "N"} for n in range(80))]
    raw, parts, line = device.upload("2051", items, AT, backfill=True), [], Connection()
    line.keys, joined = KeyRing(default=[b"0123456789abcdef"]), []
    reassembly = Reassembly()
    while raw:
        (event,) = line.receive(raw, AT)
        message = event.message()
        assert (
            len(raw) <= 1036 and message.encrypted and message.backfill and message.get("DataTime") == "20260105084000"
        )
        parts.append(message)
        joined += reassembly.add(message, AT)
        raw = device.receive(parse(event.answer), AT)
    assert [p.pno for p in parts] == list(range(1, len(parts) + 1)) and len(parts) > 2
    assert [int(p.qn) for p in parts] == list(range(int(parts[0].qn), int(parts[0].qn) + len(parts)))
    (whole,) = joined
    assert whole.complete and whole.cp == items


def test_a_device_does_not_answer_a_refusal_and_sends_again() -> None:
    device = Device(MN, "123456", "31")
    raw = device.upload("2011", [{"DataTime": "20260105083000"}, {"a21026-Rtd": "1"}], AT)
    refusal = parse(build(qn=parse(raw).qn, st="91", cn="9011", pw="123456", mn=MN, flag=4, cp="QnRtn=9"))
    assert device.receive(refusal, AT) == b"" and device.refused == 1 and device.waiting == 1
    assert device.tick(AT + 11 * SECOND) == raw


def test_history_that_does_not_fit_a_packet_is_told_in_numbered_parts() -> None:
    items = [{"DataTime": "20260105080000"}, *({f"a{n:05d}-Avg": "1.000", f"a{n:05d}-Min": "0.500", f"a{n:05d}-Flag": "N"} for n in range(40))]
    device = Device(MN, "123456", "31", history=lambda cn, began, ended: [items])
    host = Host(Station(MN, "123456", "31", 2017))
    out = device.receive(parse(host.ask(ask.history("2061", AT, AT), AT)), AT)
    told = [parse(raw + b"\r\n") for raw in out.split(b"\r\n") if raw]
    parts = [m for m in told if m.cn == "2061"]
    assert [m.pno for m in parts] == list(range(1, len(parts) + 1)) and {m.pnum for m in parts} == {len(parts)} and len(parts) > 1
    assert all(m.get("DataTime") == "20260105080000" and len(m.raw) <= 1036 for m in parts)
    assert sum(len(m.cp) - 1 for m in parts) == 40 and told[-1].cn == "9012"
