"""Daily consecutive penalty 按日连续处罚 (Code art. 1060; Order 28 of 2014).

Each day from the day after the order to correct until the re-inspection that found the violation again costs the
original fine once more; without cap, repeatable, days add up over repeated orders (arts. 17 to 19).  The Code counts from
the day after the order was *made*, Order 28 from the day after it was *served*: where they differ the later day is
taken, which favours the party, and legality review is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from qingyuan.errors import BadInput, NotAllowed

from . import deadlines
from .citation import Citation, parse, source


@dataclass(frozen=True)
class Round:
    """One order to correct and the re-inspection after it.  ``still_violating`` includes refusing the re-inspection."""

    ordered_on: dt.date
    served_on: dt.date
    reinspected_on: dt.date
    still_violating: bool


@dataclass(frozen=True)
class DailyPenalty:
    """``days`` × ``original_yuan`` = ``amount_yuan`` (the original fine is paid besides).  ``warnings`` for legality review."""

    days: int
    original_yuan: int
    amount_yuan: int
    arithmetic: tuple[str, ...]
    citations: tuple[Citation, ...]
    warnings: tuple[str, ...]


def daily_penalty(
    original_yuan: int, rounds: Sequence[Round], *, original_decided_on: dt.date, original_served_on: dt.date, decided_on: dt.date
) -> DailyPenalty:
    """The sum for one or several rounds.

    Raises NotAllowed when the chain does not carry it: no round found the violation again, or the decision is not later
    than the original one and its service (Order 28 art. 7; file-audit rules 22 to 24)."""
    if original_yuan <= 0:
        raise BadInput("原处罚决定应当是罚款，数额为正整数元（按日连续处罚办法第五条）", field="original_yuan")
    reasons = list(_missing(rounds, original_decided_on, original_served_on, decided_on))
    if reasons:
        raise NotAllowed(reasons)
    lines, warnings, days = [], [], 0
    for number, one in enumerate(rounds, start=1):
        warnings += _late(one)
        if not one.still_violating:
            continue
        base = max(one.ordered_on, one.served_on)
        if one.ordered_on != one.served_on:
            warnings.append(f"第{number}次责令改正的作出日 {one.ordered_on} 与送达日 {one.served_on} 不同，取较晚者起算，提请法制审核")
        span = (one.reinspected_on - base).days
        lines.append(f"第{number}次：{base} 的次日起至 {one.reinspected_on} 复查之日止，{span}日")
        days += span
    amount = original_yuan * days
    lines.append(f"{original_yuan}元 × {days}日 = {amount}元，原罚款{original_yuan}元另行执行")
    cited = tuple(parse(text) for text in _law_on(decided_on))
    return DailyPenalty(days, original_yuan, amount, tuple(lines), cited, tuple(warnings))


def _law_on(day: dt.date) -> tuple[str, ...]:
    law = "code:1060" if day >= source("code")["valid_from"] else "env_law:59"
    return law, "daily_penalty_measures:17", "daily_penalty_measures:19"


def _missing(rounds: Sequence[Round], decided: dt.date, served: dt.date, on: dt.date) -> list[str]:
    reasons = []
    if not rounds:
        reasons.append("没有责令改正和复查的记录（按日连续处罚办法第八条、第十条）")
    if rounds and not any(one.still_violating for one in rounds):
        reasons.append("复查时已经改正或者已停止排污，不启动按日连续处罚（按日连续处罚办法第十二条）")
    if on <= decided or on < served:
        reasons.append("按日连续处罚决定应当在原处罚决定作出并送达之后作出（按日连续处罚办法第七条）")
    for one in rounds:
        if not one.ordered_on <= one.served_on <= one.reinspected_on <= on:
            reasons.append(f"责令改正 {one.ordered_on}、送达 {one.served_on}、复查 {one.reinspected_on}、决定 {on} 的先后不对")
    for earlier, later in zip(rounds, rounds[1:], strict=False):
        if later.ordered_on < earlier.reinspected_on:
            reasons.append("再次责令改正应当在前次复查之后（按日连续处罚办法第十四条）")
        if not earlier.still_violating:
            reasons.append("前次复查已改正的，以后再发现的违法应当重新处罚、重新起算（按日连续处罚办法第十八条）")
    return reasons


def _late(one: Round) -> list[str]:
    last = deadlines.due("correction_reinspection", one.served_on).due_on
    if one.reinspected_on <= last:
        return []
    return [f"{one.reinspected_on} 的复查超过送达之日起的三十日（应在 {last} 前，按日连续处罚办法第十条）"]
