"""The device's end: answers the host's commands, uploads one packet at a time, sends again what was not acknowledged.

Sans-I/O like the rest; simulators, the gateway's tests and the conformance kit stand on it.  Uploads over 1024 bytes go
out in parts with consecutive QN, DataTime in each (2017 Appendix C.47 to C.50), the next only after the 9014 of the last.
"""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .commands import COMMANDS, NOTICE, REQUEST
from .frame import LONGEST_SEGMENT
from .keyring import is_encrypted_command
from .message import Message, build
from .parameters import write_parameters
from .systems import INTERACTION
from .times import read_time, write_qn, write_time
from .versions import IN_PARTS, flag_for, reply_flag

Items = Sequence[Mapping[str, str]]
History = Callable[[str, dt.datetime, dt.datetime], list[Items]]


def _nothing(cn: str, began: dt.datetime, ended: dt.datetime) -> list[Items]:
    return []


@dataclass(slots=True)
class _Upload:
    raw: bytes
    qn: str
    wants_answer: bool
    sent_times: int = 0
    sent_at: dt.datetime | None = None


@dataclass(slots=True)
class Device:
    """One logger.  ``history`` gives the data regions of a command's periods; ``settings`` is what the host has set.

    ``lost`` are uploads given up after ReCount tries (a real logger keeps them and fills the gap later).  ``refused``
    counts the host's 9011 to an upload (wrong check code, password, MN): it goes out again when its time has come.
    """

    mn: str
    pw: str
    st: str
    version: int = 2017
    history: History = _nothing
    key: bytes | None = None
    settings: dict[str, str] = field(
        default_factory=lambda: {"OverTime": "10", "ReCount": "3", "RtdInterval": "30", "MinInterval": "10"}
    )
    clock_offset: dt.timedelta = dt.timedelta(0)
    lost: list[bytes] = field(default_factory=list)
    acknowledged: int = 0
    refused: int = 0
    _queue: deque[_Upload] = field(default_factory=deque)
    _last_qn: str = ""

    def clock(self, at: dt.datetime) -> dt.datetime:
        """What this device believes the time to be."""
        return at + self.clock_offset

    def upload(self, cn: str, items: Items, at: dt.datetime, *, answer: bool = True, backfill: bool = False) -> bytes:
        """Queue an upload or a notice; return the bytes to send now, b"" while another waits for its answer."""
        parts = self._parts(items)
        for number, part in enumerate(parts, 1):
            qn = self._number(at)
            raw = build(
                qn=qn,
                st=self.st,
                cn=cn,
                pw=self.pw,
                mn=self.mn,
                flag=flag_for(self.version, answer=answer, parts=len(parts) > 1),
                cp=part,
                pnum=len(parts) if len(parts) > 1 else None,
                pno=number if len(parts) > 1 else None,
                backfill=backfill and self.version == 2025,
                key=self.key if self.version == 2025 and is_encrypted_command(cn) else None,
            )
            self._queue.append(_Upload(raw, qn, answer))
        return self._send(at)

    def receive(self, message: Message, at: dt.datetime) -> bytes:
        """Take a message of the host; return the answer's bytes, or the next upload's."""
        if message.cn in ("9013", "9014"):
            if self._queue and self._queue[0].qn == message.qn:
                self._queue.popleft()
                self.acknowledged += 1
            return self._send(at)
        if message.cn in ("9011", "9012"):  # an answer is never answered
            self.refused += message.cn == "9011"
            return b""
        return self._answer(message, at)

    def tick(self, at: dt.datetime) -> bytes:
        """Let time pass; return an upload to be sent again, or the next after giving one up."""
        if not self._queue or self._queue[0].sent_at is None:
            return self._send(at)
        first = self._queue[0]
        if first.sent_at is None or at - first.sent_at < dt.timedelta(seconds=int(self.settings["OverTime"])):
            return b""
        if first.sent_times > int(self.settings["ReCount"]):
            self.lost.append(self._queue.popleft().raw)
        elif self._queue:
            first.sent_at = None
        return self._send(at)

    @property
    def waiting(self) -> int:
        """Uploads not acknowledged yet."""
        return len(self._queue)

    def _send(self, at: dt.datetime) -> bytes:
        out = b""
        while self._queue and self._queue[0].sent_at is None:
            first = self._queue[0]
            out += first.raw
            first.sent_at, first.sent_times = at, first.sent_times + 1
            if first.wants_answer:
                break
            self._queue.popleft()
        return out

    def _number(self, at: dt.datetime) -> str:
        moment = self.clock(at)
        while (qn := write_qn(moment)) <= self._last_qn:
            moment += dt.timedelta(milliseconds=1)
        self._last_qn = qn
        return qn

    def _parts(self, items: Items) -> list[Items]:
        """Cut items into data regions that fit 950 bytes, DataTime in each."""
        budget = LONGEST_SEGMENT - 120
        when = [item for item in items if set(item) == {"DataTime"}]
        parts: list[list[Mapping[str, str]]] = [[]]
        for item in items:
            if parts[-1] and len(write_parameters([*parts[-1], item]).encode()) > budget:
                parts.append(list(when))
            parts[-1].append(item)
        return list(parts)

    def _told(self, items: Items) -> list[tuple[int, int, Items]]:
        """A data region as (PNO, PNUM, items) of each packet it needs."""
        parts = self._parts(items)
        return [(number, len(parts), part) for number, part in enumerate(parts, 1)]

    def _answer(self, message: Message, at: dt.datetime) -> bytes:
        command = COMMANDS.get(message.cn)
        if command is not None and command.down == NOTICE:
            return self._reply(message, "9013")
        code = self._why_not(message)
        out = self._reply(message, "9011", QnRtn=code)
        if code != 1:
            return out
        found = self._execute(message, at)
        regions = [] if isinstance(found, int) else [part for region in found for part in self._told(region)]
        for number, of, region in regions:
            own = not message.get("BeginTime")
            out += build(
                qn=message.qn if own else self._number(at),
                st=self.st,
                cn=message.cn,
                pw=self.pw,
                mn=self.mn,
                flag=reply_flag(message.flag) | (IN_PARTS if of > 1 else 0),
                cp=region,
                pnum=of if of > 1 else None,
                pno=number if of > 1 else None,
            )
        return out + self._reply(message, "9012", ExeRtn=found if isinstance(found, int) else 1 if found else 100)

    def _why_not(self, message: Message) -> int:
        """QnRtn: 1 ready, else the first thing wrong with the request (2017 table of request answers)."""
        command = COMMANDS.get(message.cn)
        wrong = (
            (9, not message.crc_ok),
            (4, message.mn != self.mn and message.cn != "1002"),
            (3, message.pw != self.pw),
            (5, message.st != self.st),
            (6, message.flag is None or message.version != self.version),
            (7, len(message.qn) != 17),
            (8, command is None or command.down != REQUEST or self.version not in command.versions),
        )
        return next((code for code, is_wrong in wrong if is_wrong), 1)

    def _execute(self, message: Message, at: dt.datetime) -> list[Items] | int:
        """Do what was asked; return data regions to send, or an ExeRtn."""
        cn, factor = message.cn, message.get("PolId")
        about = [{"PolId": factor}] if factor else []
        if cn == "1011":
            return [[*about, {"SystemTime": write_time(self.clock(at))}]]
        if cn == "1012":
            told = read_time(message.get("SystemTime"))
            if told is None:
                return 3
            self.clock_offset = told - at
            return 1
        if cn in ("1061", "1063"):
            name = "RtdInterval" if cn == "1061" else "MinInterval"
            return [[{name: self.settings[name]}]]
        if message.get("BeginTime"):
            began, ended = read_time(message.get("BeginTime")), read_time(message.get("EndTime"))
            return 3 if began is None or ended is None or ended < began else self.history(cn, began, ended)
        return self._set_or_tell(message, about)

    def _set_or_tell(self, message: Message, about: list[dict[str, str]]) -> list[Items] | int:
        cn, factor = message.cn, message.get("PolId")
        told = {
            "3015": [{"VaseNo": self.settings.get("VaseNo", "1")}],
            "3017": [
                *about,
                {"CstartTime": self.settings.get("CstartTime", "000000")},
                {"CTime": self.settings.get("CTime", "2")},
            ],
            "3018": [*about, {"Stime": self.settings.get("Stime", "40")}],
            "3019": [*about, {f"{factor}-SN": self.mn}],
            "3020": [
                *about,
                {f"{message.get('InfoId')}-Info": self.settings.get(f"{message.get('InfoId')}-Info", "0")},
            ],
        }.get(cn)
        if told is not None:
            return [told]
        for item in message.cp:
            self.settings.update({k: v for k, v in item.items() if k not in ("PolId", "InfoId", "NewPW")})
        if cn == "1072":
            self.pw = message.get("NewPW") or self.pw
        return 1

    def _reply(self, message: Message, cn: str, **values: int) -> bytes:
        items = [{name: str(value)} for name, value in values.items()]
        qn = message.qn
        if self.version == 2005:
            items, qn = [{"QN": message.qn}, *items], ""
        return build(qn=qn, st=INTERACTION, cn=cn, pw=message.pw, mn=self.mn, flag=reply_flag(message.flag), cp=items)
