"""What is owed: the fine, the additional fine for late payment, daily penalties.  Penalty Law arts. 66, 67, 72, 73."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from qingyuan.law import late_fine
from qingyuan.law.deadlines import Suspension

from .models import Case


@dataclass(frozen=True)
class Owed:
    """Fen still to be paid on a day: of the fine, of the late fine, of daily penalties; what was paid too much; the late fine's sum."""

    fine_fen: int
    late_fen: int
    daily_fen: int
    refund_fen: int
    late: late_fine.LateFine | None

    @property
    def total_fen(self) -> int:
        return self.fine_fen + self.late_fen + self.daily_fen


def late_fine_of(case: Case, on: dt.date) -> late_fine.LateFine | None:
    """The additional fine accrued by ``on``; None when nothing was to be paid or the decision fell."""
    if not case.fine_fen or case.served_on is None or case.annulled_on or case.decision_kind == "no_penalty":
        return None
    paid = [late_fine.Payment(row.on, row.amount_fen) for row in case.payments.all() if row.measure_id is None]
    return late_fine.late_fine(case.fine_fen, served_on=case.served_on, until=on, payments=paid, suspensions=stops(case))


def stops(case: Case) -> list[Suspension]:
    """Days that do not accrue: a remedy that runs, a deferral that was granted."""
    holes = [Suspension(row.on, row.ended_on, "remedy") for row in case.remedies.all()]
    parts = list(case.instalments.all())
    if parts:
        holes.append(Suspension(min(row.on for row in parts), max(row.due_on for row in parts) + dt.timedelta(days=1), "deferral"))
    return holes


def owed(case: Case, on: dt.date) -> Owed:
    """What is still to be paid on that day; payments go to the fine first."""
    dead = bool(case.annulled_on) or case.decision_kind == "no_penalty"
    fine = 0 if dead else (case.fine_fen or 0)
    rows = list(case.payments.all())
    paid = sum(row.amount_fen for row in rows if row.measure_id is None)
    late = late_fine_of(case, on)
    late_fen = late.amount_fen if late and case.late_waived_on is None else 0
    beyond = max(0, paid - fine)
    daily = sum(row.fine_fen or 0 for row in case.measures.all() if row.kind == "daily_penalty") - sum(row.amount_fen for row in rows if row.measure_id)
    return Owed(max(0, fine - paid), max(0, late_fen - beyond), max(0, daily), max(0, beyond - late_fen), late)
