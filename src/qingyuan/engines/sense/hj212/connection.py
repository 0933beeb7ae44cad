"""The host's end of one device connection, without any I/O.

``receive`` takes the bytes of a socket and returns what they are: packets, each with the answer bytes that are owed,
and garbage.  Nothing is sent here: the caller writes the raw bytes down, waits for fsync, and only then sends
``answer``.  Time is an argument.

What is owed (2017 §6.1, 6.2): 9014 to an upload whose Flag wants an answer, 9013 to a notice, nothing to a reply, and
nothing to a packet whose check code is wrong: it will be sent again.  The answer keeps the packet's QN, PW and MN, ST
is 91, Flag the sender's version bits alone.  2005 has no QN in the header: the number goes into the data region.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from .commands import COMMANDS, NOTICE, REPLY
from .faults import Fault, fault
from .frame import Frame, Garbage, take_frame
from .header import Header, read_header
from .keyring import KeyRing
from .message import Message, build, parse_frame
from .systems import INTERACTION
from .versions import ANSWER_WANTED, reply_flag


@dataclass(slots=True)
class PacketReceived:
    """A packet, whatever its faults.  ``answer`` is owed once ``raw`` is durable; b"" when nothing is owed."""

    frame: Frame
    header: Header
    at: dt.datetime
    answer: bytes
    keys: KeyRing | None = None

    @property
    def raw(self) -> bytes:
        """The packet's bytes as they came."""
        return self.frame.raw

    def message(self) -> Message:
        """Read the whole packet (the header alone was read so far)."""
        return parse_frame(self.frame, self.keys)


@dataclass(slots=True)
class GarbageReceived:
    """Bytes that are no packet; they are kept too."""

    raw: bytes
    reason: Fault
    at: dt.datetime


Event = PacketReceived | GarbageReceived


@dataclass(slots=True)
class Connection:
    """One device connection as seen by the host.

    ``dialects`` are the check code algorithms this station may use (crc.DIALECTS); packets in another are kept and not
    acknowledged.  ``heartbeat_answer`` is 9013 or 9014: 2025's table was not seen, implementations differ (grade U).
    ``received``, ``in_packets`` and ``in_garbage`` count bytes; the rest is in the buffer.
    """

    keys: KeyRing | None = None
    dialects: Iterable[str] = ("hj212",)
    heartbeat_answer: str = "9013"
    received: int = 0
    in_packets: int = 0
    in_garbage: int = 0
    _buffer: bytearray = field(default_factory=bytearray)

    def receive(self, data: bytes, at: dt.datetime) -> list[Event]:
        """Take bytes off the wire; return the packets and the garbage they complete, in order."""
        self.received += len(data)
        self._buffer += data
        return self._drain(at, quiet=False)

    def quiet(self, at: dt.datetime) -> list[Event]:
        """Say that the line has been silent for about a second.

        A packet without its line end, or with too great a length field, is then taken as it stands; half a packet stays.
        """
        return self._drain(at, quiet=True)

    def close(self, at: dt.datetime) -> list[Event]:
        """Say that the line is closed; what is left of the buffer comes back as garbage."""
        events = self._drain(at, quiet=True)
        if self._buffer:
            rest = bytes(self._buffer)
            self._buffer.clear()
            self.in_garbage += len(rest)
            events.append(GarbageReceived(rest, fault("not_a_frame", "连接断开时数据包没有收完"), at))
        return events

    @property
    def buffered(self) -> int:
        """Bytes waiting for more; never more than about ten thousand."""
        return len(self._buffer)

    def _drain(self, at: dt.datetime, *, quiet: bool) -> list[Event]:
        events: list[Event] = []
        buffer = self._buffer
        while buffer:
            taken = take_frame(buffer, quiet=quiet)
            if taken is None:
                break
            if isinstance(taken, Garbage):
                self.in_garbage += len(taken.raw)
                events.append(GarbageReceived(taken.raw, taken.reason, at))
                continue
            self.in_packets += len(taken.raw)
            header = read_header(taken.segment)
            events.append(PacketReceived(taken, header, at, self._owed(taken, header), self.keys))
        return events

    def _owed(self, frame: Frame, header: Header) -> bytes:
        if header.flag is None or not header.flag & ANSWER_WANTED or not self._is_sound(frame, header):
            return b""
        command = COMMANDS.get(header.cn)
        kind = command.up if command else "upload"
        if kind == REPLY:
            return b""
        cn = self.heartbeat_answer if header.cn == "9015" else "9013" if kind == NOTICE else "9014"
        return answer_to(header, cn)

    def _is_sound(self, frame: Frame, header: Header) -> bool:
        if frame.dialect:
            return frame.dialect in self.dialects
        if header.version != 2025 or self.keys is None:
            return False
        return parse_frame(frame, self.keys).crc_ok  # the code is on the plain text


def answer_to(header: Header, cn: str, **values: str | int) -> bytes:
    """Return a 9011…9014 to a packet; ``values`` go into the data region (QnRtn=1, ExeRtn=1).

    A command code outside the table is acknowledged like an upload: the bytes are kept, and silence would only
    bring them again.
    """
    items = [{name: str(value)} for name, value in values.items()]
    qn = header.qn
    if header.version == 2005:
        from_cp = qn or _number_in(header.cp)
        items = ([{"QN": from_cp}] if from_cp else [{"CN": header.cn}]) + items
        qn = ""
    return build(qn=qn, st=INTERACTION, cn=cn, pw=header.pw, mn=header.mn, flag=reply_flag(header.flag), cp=items)


def _number_in(cp: bytes) -> str:
    for pair in cp.replace(b",", b";").split(b";"):
        if pair.startswith(b"QN="):
            return pair[3:].decode("latin-1").strip()
    return ""
