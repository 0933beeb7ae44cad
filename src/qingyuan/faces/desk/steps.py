"""What may be done next with a row, what may not yet and why: read from the step table, never decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from qingyuan.machine import Machine, Step
from qingyuan.records.registry.models import ROLES, Officer

ROLE_NAMES = dict(ROLES)


@dataclass(frozen=True)
class Offer:
    """One step on the screen: its form when it can be taken now, else the reasons why not."""

    name: str
    label: str
    article: str
    reasons: tuple[str, ...]
    form: forms.Form | None
    is_open: bool = False
    note: str = ""


def role_reasons(step: Step, viewer: Officer) -> tuple[str, ...]:
    """The sentence that names who does this, when the viewer is not one of them."""
    if not step.roles or viewer.has_role(*step.roles):
        return ()
    who = "、".join(label for role, label in ROLE_NAMES.items() if role in step.roles)
    return (f"由{who}办理",)


def offers(
    machine: Machine, state: str, viewer: Officer, built: Mapping[str, forms.Form], *,
    reasons: Mapping[str, tuple[str, ...]] | None = None, subject: Any = None,
) -> list[Offer]:
    """The steps that leave ``state``, in the table's order.

    ``built`` are the forms by step; a step without a form is not offered here (another step takes it).
    ``reasons`` are those the record's own ``why_not`` gave; where it gave none the table is asked.
    """
    rows = []
    for step in machine.open_steps(state):
        if step.name not in built:
            continue
        known = (reasons or {}).get(step.name)
        why = (known if known is not None else machine.why_not(state, step.name, subject)) + role_reasons(step, viewer)
        form = built[step.name]
        rows.append(Offer(step.name, step.label, step.article, tuple(dict.fromkeys(why)), form, form.is_bound))
    return rows
