"""Conditions of the law as data: which are met by the facts of a case, which are not, and which cannot be told yet.

A condition is ``{fact: X}``, ``{fact: X, at_least: n}``, ``{fact: X, above: n}``, ``{all: […]}`` or ``{any: […]}``.  A fact
that was not given is unknown, neither true nor false: an undecided condition names the facts that would decide it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qingyuan.errors import BadInput

from . import rulebook
from .citation import Citation, parse_all
from .rulebook import Entry, covers

Facts = Mapping[str, bool | int | Decimal]


@dataclass(frozen=True)
class Met:
    """One condition of the book with its answer.

    ``answer`` True met, False not met, None undecided; ``missing`` are labels of the facts that would decide it."""

    id: str
    label: str
    answer: bool | None
    missing: tuple[str, ...]
    citations: tuple[Citation, ...]
    grade: str
    extra: Mapping[str, Any]


def weigh(entries: Mapping[str, Entry], facts: Facts, on: dt.date) -> tuple[Met, ...]:
    """Every condition in force on the day, in the book's order.  Raises BadInput for an unknown or ill-typed fact."""
    known = rulebook.load().folder("conditions")
    check_facts(facts)
    told = []
    for key, entry in entries.items():
        if "when" not in entry or not covers(entry, on):
            continue
        answer, missing = _answer(entry["when"], facts)
        labels = tuple(known[fact]["label"] for fact in missing) if answer is None else ()
        told.append(Met(key, entry["label"], answer, labels, parse_all(entry["citation"]), entry["grade"], entry))
    return tuple(told)


def check_facts(facts: Facts) -> None:
    """Refuse facts the book does not know or whose value is of the wrong kind."""
    known = {key: entry for key, entry in rulebook.load().folder("conditions").items() if "kind" in entry}
    for key, value in facts.items():
        if key not in known:
            raise BadInput(f"没有“{key}”这个事实，可用的有：{'、'.join(known)}", field=key)
        if (known[key]["kind"] == "number") == isinstance(value, bool):
            wanted = f"数（{known[key].get('unit', '')}）" if known[key]["kind"] == "number" else "是或否"
            raise BadInput(f"“{known[key]['label']}”应当是{wanted}，得到 {value}", field=key)


def _answer(when: Mapping[str, Any], facts: Facts) -> tuple[bool | None, tuple[str, ...]]:
    if "fact" in when:
        return _answer_fact(when, facts)
    decisive = "any" in when
    parts = [_answer(one, facts) for one in when["any" if decisive else "all"]]
    if any(answer is decisive for answer, _ in parts):
        return decisive, ()
    missing = tuple(dict.fromkeys(fact for answer, facts_missing in parts if answer is None for fact in facts_missing))
    return (None, missing) if missing else (not decisive, ())


def _answer_fact(when: Mapping[str, Any], facts: Facts) -> tuple[bool | None, tuple[str, ...]]:
    value = facts.get(when["fact"])
    if value is None:
        return None, (when["fact"],)
    if "at_least" in when:
        return value >= when["at_least"], ()
    if "above" in when:
        return value > when["above"], ()
    return bool(value), ()
