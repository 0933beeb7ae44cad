"""What the gateway learns on the way: who is there, whose clock is wrong, what is missing, what came of a command.

None of it is on the path of an acknowledgement; most of it looks at a device once a minute.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import gateway_presence as presence
from .gaps import STEP_S, Budget, GapFinder
from .gateway_commands import Commands
from .gateway_journal import Journal, moment
from .gateway_presence import DeviceState
from .hj212.host import Exchange, Station
from .hj212.message import parse
from .hj212.requests import history
from .hj212.times import read_time
from .skew import Estimate

if TYPE_CHECKING:
    from .gateway import Gateway
    from .gateway_session import Session, Terms

LOOK_US = 60_000_000
SETTLE_S = 30.0
PULL_TURNS = 60  # look rounds in which all devices have been looked at for gaps once: half a minute
PRESENCE_S = 5.0
_DATA_TIME = re.compile(rb"DataTime=(\d{14})")
_VERSIONS = {0: 2005, 1: 2017, 2: 2025}


class _Settled:
    """The devices that have been connected for a while: one that has just come back fills its gaps by itself first."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway, self.before = gateway, gateway.ticking() - SETTLE_S

    def __contains__(self, mn: object) -> bool:
        session = self.gateway.by_mn.get(str(mn))
        return session is not None and session.connected_at < self.before


class Lookout:
    """The gateway's memory of its devices.  ``pulls_history``: ask for missing periods by itself."""

    def __init__(self, gateway: Gateway, *, pulls_history: bool, budget: Budget | None = None) -> None:
        self.gateway = gateway
        self.states: dict[str, DeviceState] = {}
        self.skews: dict[str, Estimate] = {}
        self.skew_journal = Journal(gateway.data_dir / "gateway" / "skew")
        self.gaps = GapFinder(budget)
        self.pulls_history = pulls_history
        self.commands = Commands(gateway.data_dir, self._send, self._station, self._ended)
        self._presence_at = 0.0
        self._writing: asyncio.Future[None] | None = None

    # -- per packet ------------------------------------------------------------------------------------------------

    def state(self, mn: str) -> DeviceState:
        """The row of a device; a thousand unknown names do not make a million rows."""
        found = self.states.get(mn)
        if found is None:
            found = DeviceState(mn)
            if len(self.states) < 200_000:
                self.states[mn] = found
        return found

    def heard(self, session: Session, at_us: int, qn: bytes, raw: bytes, terms: Terms) -> None:
        """A credible packet of a device that is online on this session."""
        state = terms.state
        if state is None:
            state = terms.state = self.state(terms.mn)
            state.version = _VERSIONS.get(max(terms.said.flag, 0) >> 2, 0)
        state.last_us = at_us
        state.packets += 1
        if terms.is_history:
            self._see(terms, raw)
        if self.commands.lines and terms.mn in self.commands.lines:
            self.commands.receive(terms.mn, parse(raw), moment(at_us))
        if at_us - terms.looked_at_us > LOOK_US and len(qn) == 17 and not terms.is_reply:
            terms.looked_at_us = at_us
            self._look_at_clock(session, at_us, qn, terms, state)

    def _see(self, terms: Terms, raw: bytes) -> None:
        found = _DATA_TIME.search(raw)
        start = read_time(found[1].decode()) if found else None
        if start is not None:
            self.gaps.see(terms.mn, terms.cn, start)

    def _look_at_clock(self, session: Session, at_us: int, qn: bytes, terms: Terms, state: DeviceState) -> None:
        device = read_time(qn.decode())
        if device is None:
            return
        estimate = self.skews.setdefault(terms.mn, Estimate())
        if estimate.take(int(device.timestamp() * 1e6), at_us):
            self.skew_journal.write(at_us, {"mn": terms.mn, "offset_s": round(estimate.offset_s or 0.0, 3)})
            if estimate.is_beyond:
                self.gateway.fault(session, "skew", terms.said.mn, f"{estimate.offset_s:+.0f} s")
        state.offset_s = estimate.offset_s

    def online(self, mn: str, session: Session, at_us: int) -> None:
        """The device has come online on this session."""
        state = self.state(mn)
        state.is_online, state.peer, state.since_us = True, session.peer, at_us

    def offline(self, mn: str, at_us: int) -> None:
        """The device's session is gone."""
        state = self.state(mn)
        state.is_online, state.since_us = False, at_us

    def faulty(self, mn: str, kind: str) -> None:
        """A fault was named for a device we know."""
        state = self.states.get(mn)
        if state is not None:
            state.faults += 1
            state.last_fault = kind

    # -- now and then ----------------------------------------------------------------------------------------------

    def look_round(self, now: float, at: dt.datetime) -> None:
        """Called about twice a second; ``now`` on the monotonic clock."""
        self.commands.poll(at)
        if self.pulls_history:
            self._pull(at)
        if self._writing is None or self._writing.done():
            states: list[DeviceState] = []
            if now - self._presence_at > PRESENCE_S:
                self._presence_at, states = now, list(self.states.values())
            lines = [(journal, journal.take()) for journal in self._journals()]
            self._writing = asyncio.get_running_loop().run_in_executor(None, _write, self.gateway.data_dir, states, lines)

    async def finish(self) -> None:
        """The gateway has stopped: nobody is online any more."""
        if self._writing is not None:
            await self._writing
        for state in self.states.values():
            state.is_online = False
        _write(self.gateway.data_dir, list(self.states.values()), [(journal, journal.take()) for journal in self._journals()])

    def _journals(self) -> tuple[Journal, ...]:
        return self.gateway.journal, self.gateway.comings, self.skew_journal

    def _pull(self, at: dt.datetime) -> None:
        for pull in self.gaps.due(at, _Settled(self.gateway), turns=PULL_TURNS):
            self.commands.order(pull.mn, history(pull.cn, pull.began, pull.ended), at)

    def _send(self, mn: str, raw: bytes) -> bool:
        session = self.gateway.by_mn.get(mn)
        if session is None or session.transport is None or session.transport.is_closing():
            return False
        session.transport.write(raw)
        return True

    def _station(self, mn: str) -> Station | None:
        """How to address a device: as it addresses us."""
        session = self.gateway.by_mn.get(mn)
        if session is None:
            return None
        for terms in session.terms.values():
            if terms.mn == mn and not terms.is_reply and terms.said.st != b"91":
                said = terms.said
                version = _VERSIONS.get(max(said.flag, 0) >> 2, 2017)
                return Station(mn, said.pw.decode("latin-1"), said.st.decode("latin-1"), version)
        return None

    def _ended(self, mn: str, exchange: Exchange) -> None:
        if exchange.state == "no_answer":
            self.gaps.silent(mn, exchange.moved or moment(self.gateway.wall()))
        else:
            self.gaps.answered(mn)


def _write(data_dir: Path, states: list[DeviceState], lines: list[tuple[Journal, list[tuple[int, dict[str, Any]]]]]) -> None:
    for journal, said in lines:
        journal.put(said)
    if not states:
        return
    try:
        presence.write(data_dir, states)
    except OSError:  # a full disk: the page grows stale, the gateway goes on
        return


IS_HISTORY = frozenset(cn.encode() for cn in STEP_S)
