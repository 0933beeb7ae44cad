"""Red flags of a crime, C1 to C11 of the 2023 interpretation art. 1, the graver ones of arts. 2 and 3, and art. 10.

A flag is a warning that the transfer to the police must be examined (transfer within 24 hours of the decision; no fine in
place of a transfer).  It never decides: the police, the procuratorate and the court do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from . import rulebook
from .conditions import Facts, Met, weigh
from .deadlines import add_months

LEVELS = {"crime": "严重污染环境", "serious": "情节严重", "gravest": "七年以上有期徒刑的情形", "false_report": "提供虚假证明文件"}


def red_flags(facts: Facts, *, on: dt.date) -> tuple[Met, ...]:
    """The flags that the facts raise; ``extra['level']`` is a key of LEVELS.  C11 (other) is raised by people only."""
    return tuple(met for met in _all(facts, on) if met.answer)


def undecided(facts: Facts, *, on: dt.date) -> tuple[Met, ...]:
    """Flags that cannot be told yet although at least one of their facts is given and true: what to ask next."""
    given = {key for key, value in facts.items() if value}
    return tuple(met for met in _all(facts, on) if met.answer is None and given & _facts_of(met.extra["when"]))


def penalties_within_two_years(effective_on: Sequence[dt.date], *, act_on: dt.date) -> int:
    """How many earlier penalties count for C6 and C8: from the day a penalty took effect to the day of the new act
    (interpretation of 2023, art. 19)."""
    years = rulebook.load().folder("procedure/rules")["repeat_window"]["years"]
    return sum(day < act_on <= add_months(day, 12 * years) for day in effective_on)


def damage_screening(facts: Facts, *, on: dt.date) -> tuple[Met, ...]:
    """Why a damage-compensation screening sheet must be filled in; empty when it need not (a practice of this platform)."""
    entries = {key: entry for key, entry in rulebook.load().folder("conditions").items() if "screen" in entry}
    return tuple(met for met in weigh(entries, facts, on) if met.answer)


def _all(facts: Facts, on: dt.date) -> tuple[Met, ...]:
    entries = {key: entry for key, entry in rulebook.load().folder("conditions").items() if "level" in entry}
    return weigh(entries, facts, on)


def _facts_of(when: dict[str, object]) -> set[str]:
    if "fact" in when:
        return {str(when["fact"])}
    parts = when.get("any") or when.get("all") or []
    return {fact for one in parts for fact in _facts_of(one)}  # type: ignore[attr-defined]
