"""Taking a step: the one place where a case changes state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from qingyuan.errors import NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from . import search
from .facts import facts_of
from .models import Case
from .states import CASE


def hold(case: Case, *, version: int | None = None) -> Case:
    """Lock the row for this transaction; refuse when somebody changed it since the caller looked."""
    fresh = Case.objects.select_for_update().get(pk=case.pk)
    if version is not None and fresh.version != version:
        raise NotAllowed(f"案件{fresh.number}在您打开之后已被他人修改，请刷新后核对再提交；您填写的内容没有写入")
    return fresh


def why_not(case: Case, name: str, *, by: Officer, on: dt.date, facts: Mapping[str, Any] | None = None) -> list[str]:
    """Every reason why this person cannot take this step on that day; empty means they can.

    ``facts`` are those of ``facts_of`` for this case, person and day, when several steps are asked about at once.
    """
    known = CASE.steps[name]
    reasons = list(CASE.why_not(case.state, name, case, facts_of(case, by=by, on=on) if facts is None else facts))
    if known.roles and not by.has_role(*known.roles):
        reasons.append(f"“{known.label}”由相应岗位人员办理，{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    return reasons


def take(case: Case, name: str, *, by: Officer, on: dt.date, at: dt.datetime, why: str = "", changes: dict[str, Any] | None = None) -> Case:
    """Move a held case one step; everything that changes and the event go in the caller's transaction."""
    before = {"state": case.state}
    for field, value in (changes or {}).items():
        before[field] = plain(getattr(case, field))
        setattr(case, field, value)
    reasons = why_not(case, name, by=by, on=on)
    if reasons:
        raise NotAllowed(reasons)
    case.state = CASE.steps[name].target or case.state
    return save(case, name, by=by, at=at, why=why, before=before, changed=changes or {})


def note(case: Case, name: str, *, by: Officer, at: dt.datetime, why: str = "", changes: dict[str, Any] | None = None) -> Case:
    """Write something on a held case without moving it."""
    before = {field: plain(getattr(case, field)) for field in changes or {}}
    for field, value in (changes or {}).items():
        setattr(case, field, value)
    return save(case, name, by=by, at=at, why=why, before=before, changed=changes or {})


def save(case: Case, name: str, *, by: Officer, at: dt.datetime, why: str, before: dict[str, Any], changed: dict[str, Any]) -> Case:
    case.version += 1
    case.save()
    search.index(case)
    after = {"state": case.state, **{field: plain(value) for field, value in changed.items()}}
    record_event(by=by, subject=f"case:{case.pk}", step=name, at=at, before=before, after=after, why=why)
    return case


def plain(value: Any) -> Any:
    """A value as the event keeps it."""
    if value is None or isinstance(value, (bool, int, float, str, dict, list)):
        return value
    return value.isoformat() if isinstance(value, (dt.date, dt.datetime)) else str(value)
