"""The conformance kit's socket: one connection per case, a sound upload at its end as the sign that all is answered."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Container, Iterator

from .frame import Frame, take_frame
from .message import Message, build, parse_frame
from .tck import Case, Identity, Verdict, judge, packets
from .times import write_qn

ANSWERS = ("9011", "9012", "9013", "9014")
LOST = "连接断开或在规定时间内没有应答其后的正常数据包"


def numbers(start: dt.datetime) -> Iterator[str]:
    """Request numbers, a millisecond apart."""
    while True:
        yield write_qn(start)
        start += dt.timedelta(milliseconds=1)


class Line:
    """One connection to the server under test."""

    def __init__(self, host: str, port: int, patience: float) -> None:
        self._socket = socket.create_connection((host, port), timeout=patience)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = bytearray()

    def send(self, raw: bytes, chunk: int) -> None:
        """Send bytes, in pieces of ``chunk`` when it is not 0."""
        for begin in range(0, len(raw), chunk or max(len(raw), 1)):
            self._socket.sendall(raw[begin : begin + (chunk or len(raw))])

    def answers(self, until: str, sent: Container[str] = ()) -> list[Message] | None:
        """Return the answers before the one with this QN; None when the line breaks or stays silent first.

        What the server asks on its own account (a pull of history, a clock to be set) answers none of the QNs ``sent``.
        """
        seen: list[Message] = []
        while True:
            while (taken := take_frame(self._buffer)) is not None:
                if not isinstance(taken, Frame):
                    continue
                message = parse_frame(taken)
                if message.qn == until:
                    return seen
                if message.cn in ANSWERS or message.qn in sent:
                    seen.append(message)
            try:
                data = self._socket.recv(65536)
            except OSError:
                return None
            if not data:
                return None
            self._buffer += data

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


def run(case: Case, host: str, port: int, who: Identity, fresh: Iterator[str], patience: float = 5.0) -> Verdict:
    """Play one case against a server; raises OSError when no connection can be made at all."""
    if case.direction == "down":
        return Verdict(case, "not_run", "上位机主动发起，客户端不能令服务器发送")
    sent = packets(case, who, fresh)
    if case.glue:
        sent = [(b"".join(raw for raw, _, _ in sent), 0, "")] + [(b"", 0, qn) for _, _, qn in sent]
    answers = _play(sent, host, port, who, fresh, patience)
    if answers is None and case.may_close:
        answers = _play(sent[1:], host, port, who, fresh, patience)
    if answers is None:
        return Verdict(case, "fail", LOST)
    return judge(case, [qn for _, _, qn in sent], answers, who)


def _play(
    sent: list[tuple[bytes, int, str]], host: str, port: int, who: Identity, fresh: Iterator[str], patience: float
) -> list[Message] | None:
    line = Line(host, port, patience)
    until = next(fresh)
    probe = build(
        qn=until,
        st="32",
        cn="2051",
        pw=who.pw,
        mn=who.mn,
        flag=5,
        cp=f"DataTime={until[:14]};w01018-Avg=1,w01018-Flag=N",
    )
    try:
        for raw, chunk, _ in sent:
            line.send(raw, chunk)
        line.send(probe, 0)
        return line.answers(until, {qn for _, _, qn in sent})
    except OSError:
        return None
    finally:
        line.close()
