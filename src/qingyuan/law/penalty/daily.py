"""Daily penalty (按日连续处罚): the original fine once more for every day of refusal.

Code art. 1060 (before 2026-08-15: Environmental Protection Law art. 59); measures on daily penalty (decree 28 of 2014)
arts. 5, 7, 17–19.  Days run from the day after the order to correct was served to the day the violation was found again,
that day included; no cap, no limit on the number of rounds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from qingyuan.errors import BadInput

from .working import Step, yuan


@dataclass(frozen=True)
class Round:
    """One order to correct and the re-inspection that found the violation again.

    ordered_on: day of the order; served_on: day it was served (the later of both starts the count, in the party's favour)."""

    ordered_on: dt.date
    served_on: dt.date
    found_again_on: dt.date


@dataclass(frozen=True)
class DailyPenalty:
    """``amount_yuan`` = original fine × days, to be paid beside the original fine."""

    days: int
    amount_yuan: int
    total_yuan: int
    working: Step


def daily_penalty(original_fine_yuan: int, rounds: Sequence[Round], *, decided_on: dt.date, original_decided_on: dt.date) -> DailyPenalty:
    """The daily penalty for one or several rounds, days added up (decree 28 arts. 14, 17).

    Raises BadInput: no fine, no round, dates out of order, a gap in the chain, or a decision before the original one (art. 7)."""
    if original_fine_yuan <= 0:
        raise BadInput("按日连续处罚须先有罚款处罚：original_fine_yuan 应大于 0（令28第五条）", field="original_fine_yuan")
    if not rounds:
        raise BadInput("按日连续处罚须有责令改正和复查：rounds 不能为空（令28第十条、第十三条）", field="rounds")
    if decided_on < original_decided_on:
        raise BadInput(f"按日处罚决定日 {decided_on} 早于原处罚决定日 {original_decided_on}；应在原处罚决定之后作出（令28第七条）", field="decided_on")
    lines, days = [], 0
    before: Round | None = None
    for turn in rounds:
        days_now, line = _count(turn, before)
        days += days_now
        lines.append(line)
        before = turn
    if decided_on < rounds[-1].found_again_on:
        raise BadInput(f"按日处罚决定日 {decided_on} 早于最后一次复查 {rounds[-1].found_again_on}", field="decided_on")
    cite = "code:1060" if rounds[-1].found_again_on >= CODE_DAY else "env_law:59"
    amount = original_fine_yuan * days
    lines.append(Step("按日连续罚款", f"原罚款 {yuan(original_fine_yuan)} × {days} 日", yuan(amount), f"{cite}、daily_penalty_measures:18"))
    total = amount + original_fine_yuan
    return DailyPenalty(days, amount, total, Step("按日连续处罚", "连同原罚款", yuan(total), cite, tuple(lines)))


CODE_DAY = dt.date(2026, 8, 15)


def _count(turn: Round, before: Round | None) -> tuple[int, Step]:
    start = max(turn.ordered_on, turn.served_on)
    if turn.served_on < turn.ordered_on or turn.found_again_on <= start:
        raise BadInput(f"日期次序不对：责令改正 {turn.ordered_on}、送达 {turn.served_on}、复查 {turn.found_again_on} 应依次在后（令28第十条、第十七条）", field="rounds")
    if before is not None and start < before.found_again_on:
        raise BadInput(f"再次责令改正 {start} 早于上次复查 {before.found_again_on}，同一日不能计罚两次（令28第十四条）", field="rounds")
    days = (turn.found_again_on - start).days
    first = start + dt.timedelta(days=1)
    return days, Step("计罚日数", f"{first} 至 {turn.found_again_on}（含）", f"{days} 日", "daily_penalty_measures:17")
