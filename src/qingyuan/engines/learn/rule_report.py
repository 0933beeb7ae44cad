"""How right each rule was: per rule, division and season.

precision = true / (true + false) over what was checked, with a 90 % interval, because three checks prove nothing.
Nothing here changes a rule: a number is changed by a person, with a what-if beside it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

from .outcomes import Outcome

SEASONS = {12: "冬", 1: "冬", 2: "冬", 3: "春", 4: "春", 5: "春", 6: "夏", 7: "夏", 8: "夏", 9: "秋", 10: "秋", 11: "秋"}
NORMAL_90 = 1.6448536269514722


@dataclass(frozen=True)
class Line:
    """One line of the report; ``division`` is cut to the level asked for, days are medians of calendar days."""

    rule: str
    revision: int
    division: str
    season: str
    pushed: int
    checked: int
    true: int
    false: int
    cases: int
    revoked: int
    days_to_check: float | None
    days_to_case: float | None
    causes: tuple[tuple[str, int], ...]

    @property
    def precision(self) -> float | None:
        """Return true / (true + false); None where nothing was decided."""
        told = self.true + self.false
        return self.true / told if told else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Return the 90 % interval of the precision (Wilson 1927)."""
        told = self.true + self.false
        if not told:
            return None
        share, square = self.true / told, NORMAL_90**2
        centre = (share + square / (2 * told)) / (1 + square / told)
        half = NORMAL_90 * math.sqrt(share * (1 - share) / told + square / (4 * told**2)) / (1 + square / told)
        return max(0.0, centre - half), min(1.0, centre + half)


def rule_report(outcomes: Iterable[Outcome], *, digits: int = 4, by_season: bool = True) -> list[Line]:
    """Return the report, sorted by rule; ``digits`` of the division code: 2 province, 4 city, 6 county."""
    groups: dict[tuple[str, int, str, str], list[Outcome]] = {}
    for one in outcomes:
        key = (one.rule, one.revision, one.division[:digits], season(one.pushed_on) if by_season else "")
        groups.setdefault(key, []).append(one)
    return [_line(key, several) for key, several in sorted(groups.items())]


def season(day: dt.date) -> str:
    """Return the year and season of a day, winter under the year it begins in: 2026冬 is December 2026 to February 2027."""
    return f"{day.year - (day.month < 3)}{SEASONS[day.month]}"


def _line(key: tuple[str, int, str, str], several: list[Outcome]) -> Line:
    causes: dict[str, int] = {}
    for one in several:
        if one.verdict == "false":
            causes[one.cause or "未说明"] = causes.get(one.cause or "未说明", 0) + 1
    return Line(
        *key,
        pushed=len(several),
        checked=sum(one.checked_on is not None for one in several),
        true=sum(one.verdict == "true" for one in several),
        false=sum(one.verdict == "false" for one in several),
        cases=sum(one.case_filed_on is not None for one in several),
        revoked=sum(one.revoked_on is not None for one in several),
        days_to_check=_median((one.checked_on - one.pushed_on).days for one in several if one.checked_on),
        days_to_case=_median((one.case_filed_on - one.pushed_on).days for one in several if one.case_filed_on),
        causes=tuple(sorted(causes.items(), key=lambda item: (-item[1], item[0]))),
    )


def _median(days: Iterable[int]) -> float | None:
    known = list(days)
    return float(median(known)) if known else None
