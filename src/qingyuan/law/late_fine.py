"""Additional fine for late payment 加处罚款 (Penalty Law art. 72; Compulsion Law art. 45).

A share of the unpaid fine for each day of delay, never more than the fine; days of reconsideration or litigation do not
count (Penalty Law art. 73), nor days for which deferral was granted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from qingyuan.errors import BadInput

from . import deadlines, rulebook
from .citation import Citation, parse_all
from .deadlines import Suspension
from .workdays import ONE_DAY

STOPS = ("remedy", "deferral")


@dataclass(frozen=True)
class Payment:
    """Money paid on a day, in fen."""

    on: dt.date
    amount_fen: int


@dataclass(frozen=True)
class LateFine:
    """``amount_fen`` accrued up to and including ``until``; ``days`` counted; ``is_capped`` when the cap was reached."""

    days: int
    amount_fen: int
    is_capped: bool
    starts_on: dt.date
    arithmetic: tuple[str, ...]
    citations: tuple[Citation, ...]


def late_fine(
    fine_fen: int, *, served_on: dt.date, until: dt.date, payments: Sequence[Payment] = (), suspensions: Sequence[Suspension] = ()
) -> LateFine:
    """What has accrued by ``until``.  A payment counts from the day it is made: that day no longer accrues on it.

    Raises BadInput for a fine that is not positive or a suspension on a ground other than remedy or deferral."""
    if fine_fen <= 0:
        raise BadInput("罚款数额应当是正整数（分）", field="fine_fen")
    for hole in suspensions:
        if hole.ground not in STOPS:
            raise BadInput("加处罚款只因复议、诉讼（remedy）或者批准延期分期（deferral）停止计算（行政处罚法第七十三条）", field="suspensions")
    rule = rulebook.load().get("procedure/late_fine_rate", on=served_on)
    starts = deadlines.due("late_fine_start", served_on).due_on
    total, days, day = 0, 0, starts
    while day <= until:
        unpaid = fine_fen - sum(paid.amount_fen for paid in payments if paid.on <= day)
        if unpaid > 0 and not _stopped(day, suspensions):
            days += 1
            total += unpaid * rule["percent_a_day"]
        day += ONE_DAY
    accrued = total // 100
    cap = fine_fen * rule["cap_percent"] // 100
    lines = _lines(served_on, starts, until, days, rule, accrued, cap)
    return LateFine(days, min(accrued, cap), accrued >= cap, starts, lines, parse_all(rule["citation"]))


def _stopped(day: dt.date, suspensions: Sequence[Suspension]) -> bool:
    return any(hole.began <= day and (hole.ended is None or day < hole.ended) for hole in suspensions)


def _lines(
    served_on: dt.date, starts: dt.date, until: dt.date, days: int, rule: rulebook.Entry, accrued: int, cap: int
) -> tuple[str, ...]:
    lines = [f"{served_on} 收到决定书，缴款期满次日 {starts} 起加处罚款", f"至 {until} 计{days}日，每日按未缴罚款的{rule['percent_a_day']}%，合计{yuan(accrued)}元"]
    if accrued >= cap:
        lines.append(f"加处罚款不超过罚款本数，为{yuan(cap)}元")
    return tuple(lines)


def yuan(fen: int) -> str:
    """Fen as yuan with two decimals: 150050 → 1500.50."""
    return f"{fen // 100}.{fen % 100:02d}"
