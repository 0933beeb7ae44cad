"""Facts that decide companion measures and transfers: noted by people, completed from the record, weighed by ``law``.

A flag never decides (Interpretation of 2023): it says that the transfer must be examined, and is shown on the case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput
from qingyuan.law import conditions, crime, measures, rulebook
from qingyuan.law.conditions import Met
from qingyuan.records.registry.models import Officer

from .models import Case
from .steps import hold, note

# what a case of this violation shows by itself; more is noted by people
BY_VIOLATION = {
    "air_exceedance": ("exceedance",), "water_exceedance": ("exceedance",), "air_monitoring_tamper": ("tampering", "tampering_automatic"),
    "water_monitoring_tamper": ("tampering", "tampering_automatic"), "air_evasion": ("hidden_discharge",), "water_evasion": ("hidden_discharge",),
}  # fmt: skip


def known_facts() -> dict[str, dict[str, Any]]:
    """Every fact of the book: id → label, kind (truth or number), unit."""
    return {key: entry for key, entry in rulebook.load().folder("conditions").items() if "kind" in entry}


@transaction.atomic
def note_signals(case: Case, *, facts: Mapping[str, Any], by: Officer, at: dt.datetime) -> Case:
    """Write down facts such as toxic, hidden_discharge, hazardous_waste_tonnes; None takes one back."""
    held = hold(case)
    kept = {key: value for key, value in {**held.signals, **{k: plain(v) for k, v in facts.items()}}.items() if value is not None}
    conditions.check_facts(typed(kept))
    if kept == held.signals:
        raise BadInput("没有新的事实需要登记", field="facts")
    known = known_facts()
    told = "；".join(f"{known[key]['label']}：{'是' if value is True else '否' if value is False else value}" for key, value in kept.items() if held.signals.get(key) != value)
    return note(held, "note_signals", by=by, at=at, why=told or "撤回已登记的事实", changes={"signals": kept})


def plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value


def typed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Numbers as Decimal: JSON keeps them as text so that no digit is lost."""
    return {key: Decimal(value) if isinstance(value, str) else value for key, value in facts.items()}


def signals_of(case: Case) -> dict[str, Any]:
    """Noted facts over those the record itself shows."""
    own: dict[str, Any] = dict.fromkeys(BY_VIOLATION.get(case.violation, ()), True)
    if case.facility.is_key_discharger:
        own["key_discharger"] = True
    if case.decision_kind == "penalty" and case.served_on and case.fine_fen and not case.annulled_on:
        own["fined"] = True
    if case.inspection.correction_orders.exists():
        own["ordered_to_correct"] = True
    if case.rounds.filter(still_violating=True).exists():
        own["refused_to_correct"] = True
    if case.measures.filter(kind="seize", state__in=("unapproved", "imposed", "extended")).exists():
        own["already_sealed"] = True
    return {**own, **typed(case.signals)}


def red_flags_of(case: Case, on: dt.date) -> tuple[Met, ...]:
    """C1 to C11 and graver; the act decides which interpretation holds, the day only that it is in force."""
    return crime.red_flags(signals_of(case), on=on)


def open_questions(case: Case, on: dt.date) -> tuple[Met, ...]:
    """Flags that one more fact would decide."""
    return crime.undecided(signals_of(case), on=on)


def damage_of(case: Case, on: dt.date) -> tuple[Met, ...]:
    """Why a damage-compensation screening is due."""
    return crime.damage_screening(signals_of(case), on=on)


def force_of(case: Case, kind: str, on: dt.date) -> measures.Measure:
    """What the law says of one measure in this case; ``kind`` is a key of law.measures.MEASURES."""
    return next(row for row in measures.measures(signals_of(case), on=on) if row.measure == kind)


def forces_of(case: Case, on: dt.date) -> tuple[measures.Measure, ...]:
    return measures.measures(signals_of(case), on=on)
