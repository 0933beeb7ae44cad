"""One way to take a step in any of this room's tables: locked, guarded by post and table, written with its event or not at all."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from django.db import transaction
from django.db.models import Model

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.machine import Machine
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

M = TypeVar("M", bound=Model)


@transaction.atomic
def take(row: M, machine: Machine, name: str, *, by: Officer, at: dt.datetime, why: str = "", changes: dict[str, Any] | None = None) -> M:
    """Take one step; ``row`` has ``state`` and, where its end is kept, ``ended_at``.  Raises NotAllowed with the reasons."""
    fresh: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    reasons = why_not(fresh, machine, name, by)
    if reasons:
        raise NotAllowed(reasons)
    before = fresh.state
    fresh.state = machine.take(before, name)
    for field, value in (changes or {}).items():
        setattr(fresh, field, value)
    if fresh.state in machine.final and hasattr(fresh, "ended_at"):
        fresh.ended_at = at
    fresh.save()
    record_event(by=by, subject=f"{machine.name}:{fresh.pk}", step=name, at=at, before={"state": before}, after={"state": fresh.state}, why=why)
    row.refresh_from_db()
    return row


def why_not(row: Any, machine: Machine, name: str, by: Officer) -> tuple[str, ...]:
    """The table's reasons, and the post that is missing."""
    reasons = machine.why_not(row.state, name, row)
    step = machine.steps.get(name)
    if step is not None and step.roles and not by.has_role(*step.roles):
        reasons += (f"“{step.label}”须由具有相应岗位的人员办理；{by.name}的岗位是：{'、'.join(by.role_names) or '无'}",)
    return reasons


def words(text: str, what: str, field: str, least: int = 2) -> str:
    """The text without blanks around it; BadInput when there is none."""
    if len(text.strip()) < least:
        raise BadInput(f"请写明{what}", field=field)
    return text.strip()


@cache
def schemes() -> dict[str, Any]:
    """The clocks of schemes.yaml, in hours."""
    return dict(yaml.safe_load((Path(__file__).parent / "schemes.yaml").read_text("utf-8")))


def due(at: dt.datetime, hours: float) -> dict[str, Any]:
    """The two columns of a clock: the moment and its day in China."""
    when = at + dt.timedelta(hours=hours)
    return {"due_at": when, "due_on": when.astimezone(CHINA).date()}
