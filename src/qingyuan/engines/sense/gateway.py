"""The gateway: many sockets in, one spool out, and no acknowledgement that is not yet true.

One tick: everything that has arrived on all sockets is appended to the spool, the spool is synced once (fdatasync),
and only then are the answers written that those packets earned.  A disk that is full or broken stops the answers and
the reading, never the truth: devices resend what nobody acknowledged.

Bad packets are kept like good ones; they are named in the journal of alarms (``gateway_journal``) and the connection
goes on.  Nothing here reads the data region: that is the store's work.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import structlog

from qingyuan import clock
from qingyuan.errors import BadInput

from .gateway_envelope import Envelope
from .gateway_journal import Journal, moment
from .gateway_lookout import Lookout
from .gateway_session import Limits, Session, Terms, Verdict
from .hj212.frame import Frame
from .hj212.keyring import KeyRing
from .hj212.message import parse_frame
from .roster import Device, Roster, read_keys
from .spool import SEGMENT_BYTES, Arrival, Spool

log = structlog.get_logger("gateway")

TICK_S = 0.005
WATCH_S = 0.5
RETRY_S = 0.5
JUMP_S = 5.0
STALE_S = 300.0
LOG_LINES = 20  # per look round; a herd of strangers must not be slowed by their names being printed


def wall_us() -> int:
    """This moment in microseconds since 1970."""
    return int(clock.now().timestamp() * 1e6)


class Gateway:
    """An HJ 212 server for one data directory.

    ``await start()`` listens (``port`` then holds the real port, also when 0 was asked for); ``await stop()`` stops
    listening, syncs what has arrived, writes the answers owed and closes the spool.  ``wall`` gives microseconds since
    1970 and is an argument so that a test can make the clock jump.
    """

    def __init__(
        self,
        data_dir: Path | str,
        host: str = "127.0.0.1",
        port: int = 0,
        roster: Roster | None = None,
        *,
        limits: Limits | None = None,
        keys: KeyRing | None = None,
        pulls_history: bool = True,
        tick_s: float = TICK_S,
        segment_bytes: int = SEGMENT_BYTES,
        wall: Callable[[], int] = wall_us,
    ) -> None:
        self.data_dir = Path(data_dir)
        self.host, self.port = host, port
        self.roster = roster if roster is not None else Roster.load(self.data_dir)
        self.limits = limits or Limits()
        self.keys = keys if keys is not None else read_keys(self.data_dir)
        self.tick_s, self.segment_bytes, self.wall = tick_s, segment_bytes, wall
        self.ticking = clock.monotonic
        self.generation = 1
        self.sessions: set[Session] = set()
        self.by_mn: dict[str, Session] = {}
        self.by_address: Counter[str] = Counter()
        self.journal = Journal(self.data_dir / "gateway" / "alarms")
        self.comings = Journal(self.data_dir / "gateway" / "sessions")
        self.lookout = Lookout(self, pulls_history=pulls_history)
        self.arrivals: list[Arrival] = []
        self.owed: list[tuple[Session, bytes]] = []
        self.done: list[Callable[[], None]] = []
        self.pending_bytes = 0
        self.is_crowded = self.has_work = self._stopping = False
        self.disk_error = ""
        self.lines_left, self._day = LOG_LINES, 0
        self.packets = self.acknowledged = self.syncs = 0
        self._work = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._server: asyncio.Server | None = None

    # -- life ------------------------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the spool, close what a crash left open, and listen."""
        self.spool = Spool(self.data_dir / "spool", at_us=self.wall(), segment_bytes=self.segment_bytes)
        self.comings.write(self.wall(), {"kind": "restart", "mn": "", "peer": "", "detail": ""})
        for found in self.spool.recovered:
            log.warning("spool recovered", segment=found.number, records=len(found.records), torn=len(found.torn), damaged=len(found.damages))
            for damage in found.damages:
                self.journal.alarm(self.wall(), "damage", "", "", f"segment {found.number} [{damage.offset},{damage.ended}): {damage.reason}")
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(lambda: Session(self), self.host, self.port, backlog=4096)
        except OSError as error:
            self.spool.close()
            raise BadInput(f"网关不能监听 {self.host}:{self.port}（{error.strerror or error}）；请换一个端口或地址", field="port") from error
        self.port = self._server.sockets[0].getsockname()[1]
        self._tasks = [asyncio.create_task(self._ticks()), asyncio.create_task(self._watch())]
        log.info("listening", host=self.host, port=self.port, data=str(self.data_dir), devices=len(self.roster.devices))

    async def stop(self) -> None:
        """Stop without losing or promising anything: last sync, last answers, footer."""
        if self._server is None:
            return
        self._stopping = True
        self._server.close()
        for session in list(self.sessions):
            session.pause()
        self._work.set()
        await self._tasks[0]
        self._tasks[1].cancel()
        for session in list(self.sessions):
            session.reason = session.reason or "the gateway stops"
            if session.transport is not None:
                session.transport.close()
        with contextlib.suppress(asyncio.CancelledError):
            await self._tasks[1]
        for _ in range(100):
            if not self.sessions:
                break
            await asyncio.sleep(0.01)
        await self._commit(last=True)
        try:
            self.spool.close()
        except OSError as error:  # the next start closes the segment as after a crash; nothing acknowledged is in doubt
            log.error("spool could not be closed in good order", error=str(error))
        await self.lookout.finish()
        self._server = None
        log.info("stopped", packets=self.packets, acknowledged=self.acknowledged)

    # -- what sessions call ----------------------------------------------------------------------------------------

    def join(self, session: Session) -> None:
        """A socket was accepted; beyond the limits it is closed at once, with a reason."""
        self.sessions.add(session)
        self.by_address[session.address] += 1
        if len(self.sessions) > self.limits.sessions or self.by_address[session.address] > self.limits.sessions_per_address:
            session.close("full")
        if self.is_crowded or self._stopping:
            session.pause()

    def leave(self, session: Session, reason: str) -> None:
        """A socket is gone."""
        self.sessions.discard(session)
        self.by_address[session.address] -= 1
        if not self.by_address[session.address]:
            del self.by_address[session.address]
        for mn in session.mns:
            if self.by_mn.get(mn) is session:
                del self.by_mn[mn]
                self.lookout.offline(mn, self.wall())
                self.comings.write(self.wall(), {"kind": "offline", "mn": mn, "peer": session.peer, "detail": reason})

    def arrive(self, session: Session, at_us: int, raw: bytes, answer: bytes) -> None:
        """Put bytes, and the answer they will have earned once synced, into the open batch."""
        self.arrivals.append((at_us, session.peer, raw))
        self.pending_bytes += len(raw)
        if answer:
            self.owed.append((session, answer))
        if not self.has_work:
            self.has_work = True
            self._work.set()
        if self.pending_bytes > self.limits.pending_bytes and not self.is_crowded:
            self._crowd()

    def take_in(self, peer: str, raws: Iterable[bytes], done: Callable[[], None]) -> None:
        """Put bytes of another line than a socket (an adapter) into the open batch; ``done`` is called after its sync."""
        at_us = self.wall()
        self.arrivals += [(at_us, peer, raw) for raw in raws]
        self.done.append(done)
        self.has_work = True
        self._work.set()

    def why_wrong(self, frame: Frame, mn: str) -> str:
        """Why the check code is not right; "" when it is right for this station after all.

        Another algorithm than the standard's is right where the register has it for the MN.  An encrypted packet of
        2025 is right when a key opens it (the code is on the plain text); without the key it is kept and neither
        acknowledged nor refused: nobody can say yet whether it is whole.
        """
        if frame.dialect:
            device = self.roster.devices.get(mn)
            return "" if device is not None and frame.dialect in device.check_codes else "crc_dialect"
        message = parse_frame(frame, self.keys)
        if message.version != 2025 or not message.encrypted:
            return "crc_wrong"
        opened = self.keys is not None and message.crc_ok and "encrypted" not in message.fault_codes()
        return "" if opened else "no_key"

    def fault(self, session: Session, kind: str, mn: bytes, detail: str = "") -> None:
        """Name what was wrong in the journal; at most a few lines per minute for one device and fault."""
        name = mn.decode("utf-8", "replace")
        self.lookout.faulty(name, kind)
        if self.journal.alarm(self.wall(), kind, name, session.peer, detail) and self.lines_left > 0:
            self.lines_left -= 1
            log.info(kind, mn=name, peer=session.peer, detail=detail)

    def judge(self, session: Session, said: Envelope) -> Verdict:
        """What the register says of this device, this password, this address."""
        if self.roster.is_open:
            return Verdict("unknown_mn", 0, self.generation)
        if said.cn == b"1001" and not said.mn and said.flag >> 2 == 2:
            return Verdict("unknown_mn", 0, self.generation)  # 2025: a new logger says what it is and waits for its MN
        device = self.roster.devices.get(said.mn.decode("utf-8", "replace"))
        alarm, qn_rtn = _opinion(device, said.pw.decode("utf-8", "replace"), session.address)
        if alarm in ("wrong_pw", "address_not_allowed"):
            self.fault(session, "impostor", said.mn, alarm)
        return Verdict(alarm, qn_rtn, self.generation)

    def heard(self, session: Session, at_us: int, qn: bytes, raw: bytes, terms: Terms) -> None:
        """A packet with a right check code was read; a credible one puts its device online."""
        verdict = terms.verdict
        if verdict.alarm:
            self.fault(session, verdict.alarm, terms.said.mn)
        if verdict.qn_rtn or not terms.mn:
            return
        holder = self.by_mn.get(terms.mn)
        if holder is not session:
            self._come(session, terms.mn, holder)
        self.lookout.heard(session, at_us, qn, raw, terms)

    def _come(self, session: Session, mn: str, holder: Session | None) -> None:
        """The device speaks on another connection than before: it has reconnected, or there are two of it.

        Two: from two addresses at once, or the old connection speaks again after the new one was taken for its successor.
        """
        if holder is not None and self.ticking() - holder.last_at < STALE_S:
            if holder.address != session.address or mn in session.mns:
                self.fault(session, "duplicate_mn", mn.encode(), f"also from {holder.peer}")
            if mn in session.mns:
                return
        session.mns.add(mn)
        self.by_mn[mn] = session
        self.lookout.online(mn, session, self.wall())
        self.comings.write(self.wall(), {"kind": "online", "mn": mn, "peer": session.peer, "detail": ""})

    # -- the tick --------------------------------------------------------------------------------------------------

    async def _ticks(self) -> None:
        while not self._stopping:
            await self._work.wait()
            await asyncio.sleep(self.tick_s)
            self._work.clear()
            self.has_work = False
            await self._commit()
        await self._commit(last=True)

    async def _commit(self, *, last: bool = False) -> None:
        """Append and sync the open batch, then write what it earned; on a disk error try again, answer nothing."""
        arrivals, owed, done = self.arrivals, self.owed, self.done
        self.arrivals, self.owed, self.done = [], [], []
        size, self.pending_bytes = self.pending_bytes, 0
        loop = asyncio.get_running_loop()
        while arrivals:
            try:
                self._new_day(arrivals[-1][0])
                self.spool.append(arrivals)
                await loop.run_in_executor(None, self.spool.sync)
                break
            except OSError as error:
                self._disk_trouble(error)
                if last or self._stopping:
                    log.error("stopping with unsynced packets; they were not acknowledged", packets=len(arrivals))
                    return
                await asyncio.sleep(RETRY_S)
        if self.disk_error:
            self.disk_error = ""
            log.info("disk writable again")
        self.packets += len(arrivals)
        self.syncs += 1
        self._answer(owed)
        for call in done:
            call()
        if self.is_crowded and self.pending_bytes <= max(size, self.limits.pending_bytes // 2):
            self._uncrowd()

    def _new_day(self, at_us: int) -> None:
        """Begin a segment with each legal day (China), so that a day's bytes can be handed over as files."""
        day = (at_us // 1_000_000 + 8 * 3600) // 86_400
        if day != self._day:
            if self._day:
                self.spool.rotate(at_us)
            self._day = day

    def _answer(self, owed: list[tuple[Session, bytes]]) -> None:
        by_session: dict[Session, list[bytes]] = {}
        for session, answer in owed:
            by_session.setdefault(session, []).append(answer)
        for session, answers in by_session.items():
            if session.transport is not None and not session.transport.is_closing():
                session.transport.write(answers[0] if len(answers) == 1 else b"".join(answers))
                self.acknowledged += len(answers)

    def _disk_trouble(self, error: OSError) -> None:
        if not self.disk_error:
            self.disk_error = str(error)
            self.journal.alarm(self.wall(), "disk", "", "", str(error))
            log.error("cannot write the spool; no packet is acknowledged until it can", error=str(error))
        self._crowd()

    def _crowd(self) -> None:
        self.is_crowded = True
        for session in self.sessions:
            session.pause()

    def _uncrowd(self) -> None:
        self.is_crowded = False
        for session in self.sessions:
            if session.allowance >= 0:
                session.resume()

    # -- once a second ---------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        before, wall_before = self.ticking(), self.wall()
        while True:
            await asyncio.sleep(WATCH_S)
            now, wall_now = self.ticking(), self.wall()
            jump = (wall_now - wall_before) / 1e6 - (now - before)
            if abs(jump) > JUMP_S:
                self.journal.alarm(wall_now, "clock_jump", "", "", f"{jump:+.1f} s")
                log.warning("clock_jump", seconds=round(jump, 1))
            try:
                self._look_round(now, now - before)
            except Exception:  # the watch must outlive its errors: without it nobody is slowed, closed or seen
                log.exception("watch failed")
            before, wall_before = now, wall_now

    def _look_round(self, now: float, seconds: float) -> None:
        if self.lines_left <= 0:
            log.info("more faults than log lines; all are in the journal of alarms")
        self.lines_left = LOG_LINES
        for session in list(self.sessions):
            session.earn(seconds)
            session.watch(now)
        self.lookout.look_round(now, moment(self.wall()))
        try:
            if self.roster.reload():
                self.generation += 1
                log.info("register read again", devices=len(self.roster.devices))
        except Exception as error:  # a half-written table must not stop the gateway; the old register holds
            log.error("register unreadable, the old one holds", error=str(error))


def _opinion(device: Device | None, pw: str, address: str) -> tuple[str, int]:
    """(alarm, QnRtn): 4 for an unknown MN, 3 for a wrong password, 2 (refused) for a forbidden address."""
    if device is None:
        return "unknown_mn", 4
    if device.pw and device.pw != pw:
        return "wrong_pw", 3
    if not device.may_call_from(address):
        return "address_not_allowed", 2
    return "", 0


async def serve(
    data_dir: Path | str, host: str, port: int, roster: Roster | None = None, *, stop: asyncio.Event | None = None, limits: Limits | None = None
) -> None:
    """Run a gateway until ``stop`` is set (or for ever)."""
    gateway = Gateway(data_dir, host, port, roster, limits=limits)
    await gateway.start()
    try:
        await (stop or asyncio.Event()).wait()
    finally:
        await gateway.stop()
