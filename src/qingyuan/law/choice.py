"""Which law holds for an act: the law of its day, unless it went on into a later law or the later law is lighter.

    goes on on the day the Code begins, or after it   → the Code, without choice (Ministry opinions of 2018 and 2019)
    decided before the Code                           → the law of the day
    ended before, decided after                       → the law of the day of the act, compared with the Code: the lighter
                                                        one (Penalty Law art. 37, Code art. 1057)

Procedure follows the day of the step, never this choice.  The comparison must be of what *this case* would get, not only
of maxima: hand ``choose`` a ``weigh`` that prices the case under a regime (``penalty`` does).
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from qingyuan.errors import BadInput

from . import rulebook
from .citation import Citation, parse_all
from .rulebook import Entry, covers

Weigh = Callable[[str], Any]
NAMES = {"legacy": "旧法", "code": "生态环境法典"}


@dataclass(frozen=True)
class Choice:
    """The law that holds.  Amounts are whole yuan of the named tier; both None where the law counts in shares of a base
    (percent of the investment, times the cost) and no base was given.

    ``reason`` is one Chinese sentence; ``to_compare`` says that old and new law have still to be weighed on this case."""

    violation: str
    name: str
    regime: str
    prohibition: tuple[Citation, ...]
    penalty: tuple[Citation, ...]
    low_yuan: int | None
    high_yuan: int | None
    kinds: tuple[str, ...]
    reason: str
    grade: str = "A"
    tier: str = ""
    to_compare: bool = False


@dataclass(frozen=True)
class _Asked:
    """What the caller knows of the fine: which tier, of what base, how many."""

    tier: str
    base_yuan: int | None
    count: int | None

    def tier_of(self, regime: Entry) -> Mapping[str, Any]:
        tiers = regime.get("tiers") or [regime.get("fine") or {}]
        return next((one for one in tiers if one.get("id") == self.tier), tiers[0])

    def range_of(self, regime: Entry) -> tuple[int, int] | None:
        """Whole yuan, low and high; None where a share of an unknown base is meant."""
        found = self.tier_of(regime)
        unit = found.get("unit", "yuan")
        if "high" not in found or (unit != "yuan" and self.base_yuan is None):
            return None
        times = Fraction(self.count or 1) if found.get("each") else Fraction(1)
        if unit != "yuan":
            base = max(self.base_yuan or 0, found.get("base_floor_yuan", 0))
            times *= Fraction(base, 100) if unit == "percent" else base
        return math.ceil(Fraction(str(found["low"])) * times), math.floor(Fraction(str(found["high"])) * times)

    def comparable(self, regime: Entry) -> tuple[int, int] | None:
        """The range, unless it still depends on a number that was not given."""
        return None if self.tier_of(regime).get("each") and self.count is None else self.range_of(regime)


def choose(
    violation_id: str, *, began: dt.date, ended: dt.date | None, decided_on: dt.date,
    tier: str = "", base_yuan: int | None = None, count: int | None = None, weigh: Weigh | None = None,
) -> Choice:  # fmt: skip
    """The law for one violation.

    ``base_yuan`` what the law takes a share of; ``count`` how many, where it fines one by one.  ``ended`` None means that it still goes on when decided.  ``weigh(regime)`` gives anything comparable, larger =
    heavier for the party.  Raises BadInput for dates out of order, an unknown violation, or an act no law punished."""
    _check_dates(began, ended, decided_on)
    entry = rulebook.load().entry(f"violations/{violation_id}")
    asked = _Asked(tier, base_yuan, count)
    last = ended or decided_on
    old, new = _on(entry, last), _on(entry, decided_on)
    if old is None:
        raise BadInput(f"“{entry['name']}”在 {last} 没有可以适用的处罚规定（行政处罚法第四条、第三十七条）", field="ended")
    if old is new or new is None or old.get("penalty") == new.get("penalty"):
        return _chosen(entry, old, asked, _plain_reason(old, began, ended, decided_on, new))
    return _lighter(entry, old, new, last, decided_on, asked, weigh)


def regimes(violation_id: str) -> list[Entry]:
    """The regimes of a violation as written in the book, in order of date."""
    return sorted(rulebook.load().entry(f"violations/{violation_id}")["regimes"], key=lambda regime: regime["valid_from"])


def _check_dates(began: dt.date, ended: dt.date | None, decided_on: dt.date) -> None:
    if ended is not None and ended < began:
        raise BadInput(f"违法行为终了日 {ended} 早于开始日 {began}", field="ended")
    if decided_on < began:
        raise BadInput(f"决定日 {decided_on} 早于违法行为开始日 {began}", field="decided_on")
    if ended is not None and decided_on < ended:
        raise BadInput(f"决定日 {decided_on} 早于违法行为终了日 {ended}；行为还在继续的，终了日应当留空", field="decided_on")


def _on(entry: Entry, day: dt.date) -> Entry | None:
    return next((regime for regime in entry["regimes"] if covers(regime, day)), None)


def _plain_reason(regime: Entry, began: dt.date, ended: dt.date | None, decided_on: dt.date, new: Entry | None) -> str:
    law = NAMES.get(regime["regime"], regime["regime"])
    begins: dt.date = regime["valid_from"]
    if new is None:
        return f"决定日 {decided_on} 的法律没有收录对应的处罚条款，暂列{law}，是否仍应处罚须经法制审核（行政处罚法第三十七条）"
    if began < begins:
        until = f"于 {ended} 终了" if ended else "仍在继续"
        return f"行为始于{law}施行（{begins}）之前，{until}，连续或者继续到其施行之后，直接适用{law}"
    when = f"行为于 {ended} 终了" if ended else "行为仍在继续"
    return f"{when}，{decided_on} 作出决定，均在{law}施行期间，适用{law}"


def _lighter(
    entry: Entry, old: Entry, new: Entry, last: dt.date, decided_on: dt.date, asked: _Asked, weigh: Weigh | None
) -> Choice:
    start = f"行为于 {last} 终了、{decided_on} 决定，其间法律已变更（行政处罚法第三十七条、生态环境法典第一千零五十七条）："
    if weigh is not None:
        first, second = weigh(old["regime"]), weigh(new["regime"])
        regime = new if second < first else old
        told = "新法处罚较轻，适用新法" if regime is new else "新法处罚不轻于旧法，适用旧法"
        return _chosen(entry, regime, asked, f"{start}比较本案实际结果，{told}")
    before, after = asked.comparable(old), asked.comparable(new)
    if before and after and after != before and after[0] <= before[0] and after[1] <= before[1]:
        reason, regime = f"{start}新法的下限和上限都不高于旧法，适用新法", new
    elif before and after and before[0] <= after[0] and before[1] <= after[1]:
        reason, regime = f"{start}旧法的下限和上限都不高于新法，适用旧法", old
    else:
        reason, regime = f"{start}两法幅度互有轻重，先列旧法，须按本案裁量结果比较后取轻", old
    undecided = regime is old and not (before and after and before[0] <= after[0] and before[1] <= after[1])
    return _chosen(entry, regime, asked, reason, to_compare=undecided)


def _chosen(entry: Entry, regime: Entry, asked: _Asked, reason: str, *, to_compare: bool = False) -> Choice:
    found = asked.tier_of(regime)
    low, high = asked.range_of(regime) or (None, None)
    return Choice(
        entry["id"], entry["name"], regime["regime"], parse_all(regime["prohibition"]), parse_all(found.get("citation") or regime["penalty"]),
        low, high, tuple(regime.get("kinds", ())), reason, regime["grade"], found.get("id", ""), to_compare,
    )  # fmt: skip
