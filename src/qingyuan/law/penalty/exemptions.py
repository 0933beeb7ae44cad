"""Which no-penalty catalogues fit a case, condition by condition (不予处罚、首违不罚、轻微免罚).

Penalty Law art. 33; Code art. 1056; provincial catalogues as data.  An answer is one of three: every condition is met; some
condition is not; some fact is not known yet.  A catalogue known only at second hand (grade C or U) never holds, it is a hint.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from qingyuan.errors import BadInput

from . import shelf
from .circumstance import Circumstance
from .given import number
from .selection import NATIONAL
from .shelf import Shelf

FIRM = ("A", "B")


@dataclass(frozen=True)
class Fit:
    """How a catalogue entry fits; ``met``, ``unmet``, ``unknown`` are its conditions in words, in order.

    effect: "no_penalty" (应当不予) or "may_no_penalty" (可以不予).  citations: written form, those in force on the day."""

    id: str
    name: str
    effect: str
    grade: str
    citations: tuple[str, ...]
    met: tuple[str, ...]
    unmet: tuple[str, ...]
    unknown: tuple[str, ...]
    evidence: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Every condition is met and the catalogue is firm enough to rest a decision on."""
        return not self.unmet and not self.unknown and self.grade in FIRM

    @property
    def hint(self) -> bool:
        """Nothing speaks against it, but a fact is missing or the catalogue is not firm."""
        return not self.unmet and not self.holds


def assess(violation: str, province: str, facts: Mapping[str, Any], *, on: dt.date, book: Shelf | None = None) -> list[Fit]:
    """Every entry of the national and the province's catalogues for this violation in force on that day, best fit first.

    facts: fact id → bool, number or level id (see ``facts_for``); an absent fact is unknown.  Raises BadInput for an unknown
    violation, province or fact, or a fact of the wrong kind."""
    book = book or shelf.load()
    book.violation(violation)
    home = book.province(province).id
    entries = [page for page in _entries(book, violation, home) if Circumstance.read(page).cited(on)]
    known = {leaf["fact"]: leaf for page in entries for leaf in _leaves(page["conditions"])}
    _check(facts, known)
    fits = [_fit(page, facts, on) for page in entries]
    return sorted(fits, key=lambda fit: (not fit.holds, not fit.hint, len(fit.unmet), fit.id))


def facts_for(violation: str, province: str, *, on: dt.date, book: Shelf | None = None) -> dict[str, tuple[str, ...]]:
    """The facts that decide between the entries: fact id → the conditions it appears in, in words."""
    book = book or shelf.load()
    found: dict[str, list[str]] = {}
    for page in _entries(book, violation, book.province(province).id):
        if Circumstance.read(page).cited(on):
            for leaf in _leaves(page["conditions"]):
                names = found.setdefault(leaf["fact"], [])
                if leaf["name"] not in names:
                    names.append(leaf["name"])
    return {fact: tuple(names) for fact, names in found.items()}


def _entries(book: Shelf, violation: str, province: str) -> list[Mapping[str, Any]]:
    pages = [page for page in book.circumstances.values() if "conditions" in page]
    return [page for page in pages if page["province"] in (NATIONAL, province) and (violation in page["violations"] or "*" in page["violations"])]


def _leaves(conditions: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for condition in conditions:
        inner = condition.get("any") or condition.get("all")
        found += _leaves(inner) if inner else [condition]
    return found


def _check(facts: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> None:
    for fact, value in facts.items():
        if fact not in known:
            allowed = "、".join(f"{key}（{leaf['name']}）" for key, leaf in known.items())
            raise BadInput(f"facts 里没有“{fact}”；可用的有：{allowed}（行政处罚法第三十三条）", field=f"facts.{fact}")
        leaf = known[fact]
        if "is_true" in leaf and not isinstance(value, bool):
            raise BadInput(f"facts.{fact}（{leaf['name']}）须填 true 或 false", field=f"facts.{fact}")
        if "one_of" not in leaf and "is_true" not in leaf and number(value) is None:
            raise BadInput(f"facts.{fact}（{leaf['name']}）须填数值", field=f"facts.{fact}")


def _fit(page: Mapping[str, Any], facts: Mapping[str, Any], on: dt.date) -> Fit:
    sorted_names: dict[bool | None, list[str]] = {True: [], False: [], None: []}
    for condition in page["conditions"]:
        sorted_names[_holds(condition, facts)].append(condition["name"])
    return Fit(
        page["id"],
        page["name"],
        page["effect"],
        page["grade"],
        Circumstance.read(page).cited(on),
        tuple(sorted_names[True]),
        tuple(sorted_names[False]),
        tuple(sorted_names[None]),
        tuple(page.get("evidence", ())),
    )


def _holds(condition: Mapping[str, Any], facts: Mapping[str, Any]) -> bool | None:
    if "any" in condition:
        answers = [_holds(inner, facts) for inner in condition["any"]]
        return True if True in answers else None if None in answers else False
    if "all" in condition:
        answers = [_holds(inner, facts) for inner in condition["all"]]
        return False if False in answers else None if None in answers else True
    value = facts.get(condition["fact"])
    if value is None:
        return None
    if "is_true" in condition:
        return bool(value == condition["is_true"])
    if "one_of" in condition:
        return str(value) in condition["one_of"]
    return _within(condition, Fraction(number(value) or 0))


def _within(condition: Mapping[str, Any], amount: Fraction) -> bool:
    tests = {"at_most": amount.__le__, "below": amount.__lt__, "at_least": amount.__ge__, "above": amount.__gt__}
    return all(test(Fraction(str(condition[key]))) for key, test in tests.items() if key in condition)
