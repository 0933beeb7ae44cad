"""The kit against a server made of our own Connection, and against servers that get things wrong."""

import datetime as dt
import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from qingyuan.cli import main
from qingyuan.engines.sense.hj212.connection import Connection, PacketReceived, answer_to
from qingyuan.engines.sense.hj212.console import hj212
from qingyuan.engines.sense.hj212.message import parse
from qingyuan.engines.sense.hj212.tck import FAMILIES, Case, Identity, corpus, packets
from qingyuan.engines.sense.hj212.tck_wire import numbers, run

AT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def honest(event: PacketReceived) -> bytes:
    """What is owed."""
    return event.answer


def blind(event: PacketReceived) -> bytes:
    """A server that acknowledges whatever has a header, a wrong check code too."""
    return event.answer or (answer_to(event.header, "9014") if event.header.flag == 5 else b"")


def outspoken(event: PacketReceived) -> bytes:
    """A server that says when a check code is wrong, as 2017 lets it."""
    return event.answer if event.frame.dialect == "hj212" else answer_to(event.header, "9011", QnRtn=9)


def forgetful(event: PacketReceived) -> bytes:
    """A server that answers with a number of its own."""
    event.header.qn = "20260101000000000" if event.header.cn == "2061" else event.header.qn
    return answer_to(event.header, "9014") if event.answer else b""


@contextmanager
def server(policy) -> Iterator[int]:
    """A TCP server that answers by the policy; yields its port."""

    class Talk(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            line = Connection()
            while data := self.request.recv(65536):
                events = line.receive(data, AT)
                self.request.sendall(b"".join(policy(e) for e in events if isinstance(e, PacketReceived)))

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as listening:
        listening.daemon_threads = True
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield listening.server_address[1]
        listening.shutdown()


def results(policy) -> dict[str, str]:
    """Result by case id."""
    with server(policy) as port:
        fresh = numbers(AT)
        return {c.id: run(c, "127.0.0.1", port, Identity(), fresh).result for c in corpus()}


def test_our_own_connection_passes_every_case() -> None:
    outcome = results(honest)
    assert [i for i, r in outcome.items() if r == "fail"] == []
    assert sum(r == "pass" for r in outcome.values()) > 100


def test_a_server_that_acknowledges_wrong_check_codes_is_found_out() -> None:
    outcome = results(blind)
    assert {i for i, r in outcome.items() if r == "fail"} >= {
        "2017-A-1C08",
        "bad-crc-wrong",
        "bad-crc-modbus",
        "bad-crc-swapped",
    }


def test_a_server_may_say_that_a_check_code_is_wrong() -> None:
    """2017: 9011 with QnRtn=9, or silence."""
    assert [i for i, r in results(outspoken).items() if r == "fail"] == []


def test_a_server_that_loses_the_number_is_found_out() -> None:
    outcome = results(forgetful)
    assert outcome["2017-C.17-2061"] == "fail" and outcome["2017-C.16-2051"] == "pass"


def test_case_numbers_are_unique_and_all_families_are_there() -> None:
    cases = corpus()
    assert len({c.id for c in cases}) == len(cases) and {c.family for c in cases} == set(FAMILIES)
    assert {c.version for c in cases} == {2005, 2017, 2025}


def test_every_example_of_2017_appendix_c_is_in_the_corpus() -> None:
    """C.1 to C.50."""
    assert {c.id.split("-")[1] for c in corpus() if c.id.startswith("2017-C.")} == {f"C.{n}" for n in range(1, 51)}


@pytest.mark.parametrize("case", [c for c in corpus(["exchange"]) if c.direction == "down"], ids=lambda c: c.id)
def test_the_hosts_part_is_sound_too(case: Case) -> None:
    """These are not run against servers; they must at least be packets."""
    for raw, _, _ in packets(case, Identity(), numbers(AT)):
        message = parse(raw)
        assert message.crc_ok and message.cn


def test_the_command_prints_one_object_per_case_and_says_1_on_failure() -> None:
    with server(blind) as port:
        result = CliRunner().invoke(
            hj212, ["tck", "--target", f"127.0.0.1:{port}", "--json", "--family", "malformed"], standalone_mode=False
        )
        rows = [json.loads(line) for line in result.stdout.splitlines()]
        assert result.return_value == 1 and len(rows) == len(corpus(["malformed"]))
        assert {"id", "result", "expected", "got", "reason"} <= rows[0].keys()
        assert main(["hj212", "tck", "--target", f"127.0.0.1:{port}", "--family", "contradiction"]) == 1


def test_no_server_is_exit_2_and_one_line(capsys) -> None:
    assert main(["hj212", "tck", "--target", "127.0.0.1:1"]) == 2
    assert "连不上127.0.0.1:1" in capsys.readouterr().err
