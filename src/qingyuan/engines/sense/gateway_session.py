"""One connection: bytes in, arrivals and owed answers out.

A session never answers by itself.  It hands every byte to the gateway's open batch together with the answer that byte
sequence will earn; the gateway writes answers after the batch has been synced.  The connection survives bad packets;
it is closed, with a reason, when it floods, stalls, stays silent or does not listen.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, cast

from . import gateway_envelope as envelope
from .gateway_lookout import IS_HISTORY
from .gateway_presence import DeviceState
from .hj212.frame import Garbage

if TYPE_CHECKING:
    from .gateway import Gateway


@dataclass(frozen=True)
class Limits:
    """What one connection may do.  Seconds, bytes, packets per second."""

    idle_s: float = 3900.0  # a device that only sends hours speaks at least every 3600 s
    silent_s: float = 60.0  # from connecting to the first packet
    stalled_s: float = 30.0  # a begun packet must be finished within
    quiet_s: float = 2.0  # after this silence a packet without line end is taken as it stands
    garbage_bytes: int = 256 << 10  # without one good packet between
    unread_bytes: int = 256 << 10  # answers the peer does not take
    packets_per_s: float = 200.0
    burst_packets: float = 6000.0
    sessions: int = 25_000  # all connections together
    sessions_per_address: int = 25_000  # to be set lower where devices call from addresses of their own
    pending_bytes: int = 64 << 20  # all connections together, waiting to be synced


class Verdict(NamedTuple):
    """What the register says about (mn, pw) from this address: "" or the alarm, and the QnRtn of a refusal (0: none)."""

    alarm: str
    qn_rtn: int
    generation: int


class Terms:
    """How packets with one header are dealt with on one connection; kept so that it is worked out once."""

    __slots__ = ("said", "verdict", "answers", "mn", "cn", "is_history", "is_reply", "state", "looked_at_us")

    def __init__(self, said: envelope.Envelope, verdict: Verdict) -> None:
        self.said, self.verdict = said, verdict
        self.answers = envelope.answers(said, verdict.qn_rtn)
        self.mn = said.mn.decode("utf-8", "replace")
        self.cn = said.cn.decode("latin-1")
        self.is_history = said.cn in IS_HISTORY
        self.is_reply = said.cn in envelope.ANSWERS
        self.state: DeviceState | None = None
        self.looked_at_us = 0

    def answer(self, qn: bytes) -> bytes:
        """The answer owed to the packet numbered ``qn``."""
        if self.answers is not None and len(qn) == 17:
            return self.answers.to(qn)
        said = self.said._replace(qn=qn)
        return envelope.refusal(said, self.verdict.qn_rtn) if self.verdict.qn_rtn else envelope.acknowledgement(said)


class Session(asyncio.Protocol):
    """The protocol of one connection; created by the gateway for each accepted socket."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.transport: asyncio.Transport | None = None
        self.peer = ""
        self.address = ""
        self.buffer = bytearray()
        self.connected_at = self.last_at = self.begun_at = 0.0
        self.packets = 0
        self.garbage = 0
        self.allowance = gateway.limits.burst_packets
        self.mns: set[str] = set()
        self.terms: dict[bytes, Terms] = {}
        self.paused = False
        self.reason = ""

    # -- asyncio ---------------------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own is one in all but name
        where = transport.get_extra_info("peername")
        self.address = str(where[0]) if where else "local"
        self.peer = f"{self.address}:{where[1]}" if where else "local"
        self.transport.set_write_buffer_limits(high=self.gateway.limits.unread_bytes)
        self.connected_at = self.last_at = self.gateway.ticking()
        self.gateway.join(self)

    def data_received(self, data: bytes) -> None:
        gateway = self.gateway
        self.last_at = gateway.ticking()
        before = self.packets
        if self.buffer:
            data = bytes(self.buffer) + data
            self.buffer.clear()
        else:
            self.begun_at = self.last_at
        at_us = gateway.wall()
        at = self._take_plain(data, at_us)
        if at < len(data):
            self.buffer += data[at:]
            self.take(at_us, quiet=False)
        if self.packets != before:
            self.begun_at = self.last_at
            self._spend(self.packets - before)

    def eof_received(self) -> bool:
        self.take(self.gateway.wall(), quiet=True)
        return False

    def pause_writing(self) -> None:
        self.close("deaf")

    def connection_lost(self, error: Exception | None) -> None:
        at_us = self.gateway.wall()
        self.take(at_us, quiet=True)
        if self.buffer:
            self.gateway.arrive(self, at_us, bytes(self.buffer), b"")
            self.buffer.clear()
        self.gateway.leave(self, self.reason or (f"broken: {error}" if error else "closed by the device"))

    # -- work ------------------------------------------------------------------------------------------------------

    def _take_plain(self, data: bytes, at_us: int) -> int:
        """Take the faultless packets at the front of ``data``; returns where the first other byte is."""
        at, gateway = 0, self.gateway
        while (found := envelope.plain(data, at)) is not None:
            end, header = found
            raw = data[at:end] if at or end < len(data) else data
            terms = self.terms.get(header[3])
            if terms is None or terms.verdict.generation != gateway.generation:
                terms = self._terms(header[3], envelope.read(raw[6:]))
            gateway.arrive(self, at_us, raw, terms.answer(header[2]))
            gateway.heard(self, at_us, header[2], raw, terms)
            self.packets += 1
            at = end
        if at:
            self.garbage = 0
        return at

    def _terms(self, key: bytes, said: envelope.Envelope) -> Terms:
        if len(self.terms) > 1000:
            self.terms.clear()
        terms = self.terms[key] = Terms(said, self.gateway.judge(self, said))
        return terms

    def take(self, at_us: int, *, quiet: bool) -> None:
        """Move everything complete from the buffer into the gateway's open batch."""
        gateway = self.gateway
        for one in envelope.split(self.buffer, quiet=quiet):
            if isinstance(one, Garbage):
                gateway.arrive(self, at_us, one.raw, b"")
                self._garbage(len(one.raw), one.reason.code)
                continue
            self.packets += 1
            said = envelope.read(one.segment)
            wrong = "" if one.dialect == "hj212" else gateway.why_wrong(one, said.mn.decode("utf-8", "replace"))
            if wrong:
                gateway.arrive(self, at_us, one.raw, b"" if wrong == "no_key" else envelope.refusal(said, 9))
                gateway.fault(self, wrong, said.mn, one.dialect)
                if not one.dialect:
                    self._count_garbage(len(one.raw))
                continue
            self.garbage = 0
            key = b"%b;%b;%b;%b;%d" % (said.st, said.cn, said.pw, said.mn, said.flag)
            terms = self.terms.get(key)
            if terms is None or terms.verdict.generation != gateway.generation:
                terms = self._terms(key, said)
            gateway.arrive(self, at_us, one.raw, terms.answer(said.qn))
            gateway.heard(self, at_us, said.qn, one.raw, terms)

    def _garbage(self, size: int, code: str) -> None:
        self.gateway.fault(self, "garbage", b"", f"{size} bytes: {code}")
        self._count_garbage(size)

    def _count_garbage(self, size: int) -> None:
        self.garbage += size
        if self.garbage > self.gateway.limits.garbage_bytes:
            self.close("flood")

    def _spend(self, packets: int) -> None:
        self.allowance -= packets
        if self.allowance < 0 and not self.paused:
            self.pause()
            self.gateway.fault(self, "crowded", next(iter(self.mns), "").encode())

    def earn(self, seconds: float) -> None:
        """Refill the allowance; a paused session reads again when it may."""
        limits = self.gateway.limits
        self.allowance = min(limits.burst_packets, self.allowance + seconds * limits.packets_per_s)
        if self.paused and self.allowance >= 0 and not self.gateway.is_crowded:
            self.resume()

    def pause(self) -> None:
        """Stop reading this socket: the device's own TCP window slows it down and nothing is lost."""
        if self.transport is not None and not self.paused and not self.transport.is_closing():
            self.transport.pause_reading()
            self.paused = True

    def resume(self) -> None:
        """Read again."""
        if self.transport is not None and self.paused and not self.transport.is_closing():
            self.transport.resume_reading()
            self.paused = False

    def watch(self, now: float) -> None:
        """Look for what must not last: a stalled packet, a silent or an idle line.  ``now`` on the monotonic clock."""
        limits = self.gateway.limits
        if self.paused:
            return
        if self.buffer and now - self.last_at > limits.quiet_s:
            self.take(self.gateway.wall(), quiet=True)
        if self.buffer and now - self.begun_at > limits.stalled_s:
            self.close("slow")
        elif not self.packets and now - self.connected_at > limits.silent_s:
            self.close("silent")
        elif now - self.last_at > limits.idle_s:
            self.close("idle")

    def close(self, reason: str) -> None:
        """Close with a reason from ALARMS; what is still in the buffer is kept in the spool."""
        if self.transport is None or self.transport.is_closing():
            return
        self.reason = reason
        self.gateway.fault(self, reason, next(iter(self.mns), "").encode())
        self.transport.close() if reason != "deaf" else self.transport.abort()
