"""The host's commands to a device: one state machine per exchange (2017 §6.1, 6.2; time-outs §6.7).

    sent ── 9011 QnRtn=1 ──▶ accepted ── 9012 ExeRtn=1 ──▶ done
      │ 9011 QnRtn≠1 ─▶ refused          9012 ExeRtn=100 ─▶ empty      other ExeRtn ─▶ failed
      │ no 9011 for OverTime: sent again, after ReCount times ─▶ no_answer (the line counts as down)
      └ accepted, and no data and no 9012 for OverTime ─▶ timed_out (not sent again: it may have been executed)

A notice goes from sent to done with 9013.  A 9012 without a 9011 before it is taken too: the 9011 was lost, the result
was not.  Time is an argument; acknowledging uploads is the Connection's business, not ours.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from dataclasses import dataclass, field

from .commands import EXE_RTN, QN_RTN, QUERIES_WITH_DATA
from .message import Message, build
from .requests import Request
from .times import read_time, write_qn
from .versions import flag_for

STATES = {
    "waiting": "待发送",
    "sent": "已发送",
    "accepted": "现场机准备执行",
    "done": "执行成功",
    "empty": "没有数据",
    "failed": "执行失败",
    "refused": "现场机拒绝",
    "no_answer": "无应答",
    "timed_out": "执行超时",
}
FINAL = frozenset(("done", "empty", "failed", "refused", "no_answer", "timed_out"))


@dataclass(slots=True)
class Station:
    """Whom the commands go to.  ``over_time`` and ``re_count``: 10 s × 3 on radio, 5 s × 3 on ADSL (2017 table 3)."""

    mn: str
    pw: str
    st: str
    version: int = 2017
    over_time: dt.timedelta = dt.timedelta(seconds=10)
    re_count: int = 3


@dataclass(slots=True)
class Exchange:
    """One command on its way.  ``code`` is QnRtn or ExeRtn of the answer, ``data`` what came in between."""

    request: Request
    station: Station
    qn: str = ""
    state: str = "waiting"
    code: int | None = None
    data: list[Message] = field(default_factory=list)
    sent_times: int = 0
    began: dt.datetime | None = None
    moved: dt.datetime | None = None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in FINAL

    @property
    def reason(self) -> str:
        """The outcome in Chinese, with the device's own answer where there was one."""
        said = (QN_RTN if self.state == "refused" else EXE_RTN).get(self.code or 0, "")
        return f"{STATES[self.state]}：{said}" if said and self.state != "done" else STATES[self.state]

    def send(self, at: dt.datetime) -> bytes:
        """Return the request's bytes; the same QN each time."""
        self.qn = self.qn or write_qn(at)
        self.state, self.moved = "sent", at
        self.began = self.began or at
        self.sent_times += 1
        station = self.station
        return build(
            qn=self.qn,
            st=station.st,
            cn=self.request.cn,
            pw=station.pw,
            mn=station.mn,
            flag=3 if station.version == 2005 else flag_for(station.version, answer=True),
            cp=self.request.region(at),
        )

    def receive(self, message: Message, at: dt.datetime) -> bool:
        """Take a message of this station; return whether it belongs to this exchange."""
        if self.state not in ("sent", "accepted") or message.mn != self.station.mn:
            return False
        if message.cn in ("9011", "9012", "9013"):
            if message.qn != self.qn:
                return False
            self._reply(message, at)
            return True
        if not self._is_data(message):
            return False
        self.data.append(message)
        self.state, self.moved = "accepted", at
        return True

    def _reply(self, message: Message, at: dt.datetime) -> None:
        self.moved = at
        if message.cn == "9013":
            if self.request.is_notice:
                self.state = "done"
            return
        if message.cn == "9011":
            self.code = _code(message.get("QnRtn"))
            self.state = "accepted" if self.code == 1 else "refused"
            return
        self.code = _code(message.get("ExeRtn"))
        self.state = {1: "done", 100: "empty"}.get(self.code, "failed")

    def _is_data(self, message: Message) -> bool:
        """Whether a packet answers this request: the same command, and inside the window that was asked for."""
        if message.cn != self.request.cn or message.cn not in QUERIES_WITH_DATA:
            return False
        asked = {k: v for item in self.request.items for k, v in item.items()}
        begin, end, when = (
            read_time(t) for t in (asked.get("BeginTime", ""), asked.get("EndTime", ""), message.get("DataTime"))
        )
        if begin and end and when:
            return begin <= when <= end
        return asked.get("PolId", "") in ("", message.get("PolId"))

    def tick(self, at: dt.datetime) -> bytes:
        """Let time pass; return bytes to send again, or b""."""
        if self.state not in ("sent", "accepted") or self.moved is None or at - self.moved < self.station.over_time:
            return b""
        if self.state == "accepted":
            self.state = "timed_out"
        elif self.sent_times > self.station.re_count:
            self.state = "no_answer"
        else:
            return self.send(at)
        return b""


def _code(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 5 else -1


@dataclass(slots=True)
class Host:
    """All commands to one device: one at a time, in order, each with its own QN."""

    station: Station
    finished: list[Exchange] = field(default_factory=list)
    _waiting: deque[Exchange] = field(default_factory=deque)
    _last_qn: str = ""

    def ask(self, request: Request, at: dt.datetime) -> bytes:
        """Queue a command; return the bytes to send now, b"" when another is on its way.  Raises BadInput."""
        request.check_version(self.station.version)
        self._waiting.append(Exchange(request, self.station))
        return self._next(at)

    def receive(self, message: Message, at: dt.datetime) -> bytes:
        """Take a message of the device; return the bytes of the next command when this one ended."""
        if self._waiting:
            self._waiting[0].receive(message, at)
        return self._next(at)

    def tick(self, at: dt.datetime) -> bytes:
        """Let time pass; return bytes to send (again, or next)."""
        again = self._waiting[0].tick(at) if self._waiting else b""
        return again + self._next(at)

    @property
    def current(self) -> Exchange | None:
        """The exchange on its way."""
        return self._waiting[0] if self._waiting else None

    def _next(self, at: dt.datetime) -> bytes:
        while self._waiting and self._waiting[0].is_over:
            self.finished.append(self._waiting.popleft())
        if not self._waiting or self._waiting[0].state != "waiting":
            return b""
        exchange = self._waiting[0]
        moment = at
        while (qn := write_qn(moment)) <= self._last_qn:
            moment += dt.timedelta(milliseconds=1)
        exchange.qn = self._last_qn = qn
        return exchange.send(at)
