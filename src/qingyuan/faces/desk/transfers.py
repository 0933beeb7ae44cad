"""The transfer desk: what we owe, what the police owe us, meetings, listed supervision, damage claims; each with its clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.records.cases import queries
from qingyuan.records.cases.models import Transfer, TransferTurn
from qingyuan.records.cases.transfer_clocks import Running, clocks_of_transfer
from qingyuan.records.cases.transfer_states import TABLES

from .frame import Look, desk

SIZE = 200


@dataclass(frozen=True)
class Line:
    """One transfer: where it stands, the clock that matters now and whose it is, every clock for the fold-out."""

    row: Transfer
    clocks: list[Running]

    @property
    def nearest(self) -> Running | None:
        """The running clock that ends first, ours before theirs on one day."""
        running = [clock for clock in self.clocks if clock.done_at is None]
        return min(running, key=lambda clock: (clock.due.due_on, not clock.is_ours), default=None)

    @property
    def last_turn(self) -> TransferTurn | None:
        return next(reversed(list(self.row.turns.all())), None)

    @property
    def is_over(self) -> bool:
        return self.row.state in TABLES[self.row.kind].final

    def urgency(self) -> tuple[bool, dt.date, int]:
        near = self.nearest
        return self.is_over, near.due.due_on if near else dt.date.max, self.row.pk


@desk
def transfer_list(request: HttpRequest, look: Look) -> HttpResponse:
    """Everything handed over or to be handed over, the nearest clock first; then what runs between the authorities."""
    lines = [Line(row, clocks_of_transfer(row, look.at)) for row in queries.transfers(look.viewer)[:SIZE]]
    context = {
        "lines": sorted(lines, key=Line.urgency), "liaisons": queries.liaisons_open(look.viewer)[:SIZE], "supervisions": queries.supervisions(look.viewer)[:SIZE],
        "claims": queries.claims(look.viewer)[:SIZE], "unscreened": queries.unscreened(look.viewer, look.today)[:SIZE], "today": look.today, "at": look.at,
    }  # fmt: skip
    context["late_ours"] = sum(any(c.is_ours and c.is_late and c.done_at is None for c in line.clocks) for line in lines)
    context["late_theirs"] = sum(any(not c.is_ours and c.is_late and c.done_at is None for c in line.clocks) for line in lines)
    return render(request, "desk/transfers.html", context)
