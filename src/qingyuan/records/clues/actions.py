"""What an officer does with a clue.  Each is one transaction and leaves one event."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.serials import next_serial

from .models import Clue
from .states import CLUE, FALSE_ALARM_CAUSES, SEVERITIES, SOURCES


@transaction.atomic
def open_clue(
    *, facility: Facility, source: str, title: str, severity: str, began: dt.datetime, ended: dt.datetime, at: dt.datetime,
    by: Officer | None = None, rule: str = "", violation: str = "", outlet_code: str = "", factor: str = "",
    evidence_needed: list[str] | None = None,
) -> Clue:
    """Write a clue down; its preliminary review is due by Measures 30 art. 18."""
    if source not in SOURCES or severity not in SEVERITIES:
        raise BadInput(f"线索来源须为{'、'.join(SOURCES.values())}之一，等级须为{'、'.join(SEVERITIES.values())}之一")
    if not title.strip():
        raise BadInput("线索标题不能为空：写明谁、在哪里、涉嫌什么", field="title")
    clue = Clue(
        number=next_serial(Clue, "XS", at, digits=5), title=title, source=source, rule=rule, violation=violation, facility=facility, division=facility.division,
        outlet_code=outlet_code, factor=factor, severity=severity, began=began, ended=ended, found_at=at,
        due_on=deadlines.due("filing", at.date()).due_on, evidence_needed=evidence_needed or [],
    )
    clue.save()
    record_event(by=by, subject=f"clue:{clue.pk}", step="open_clue", at=at, after={"state": clue.state, "title": title})
    return clue


@transaction.atomic
def take(clue: Clue, name: str, *, by: Officer, at: dt.datetime, why: str = "", changes: dict[str, Any] | None = None) -> Clue:
    """Take one step of the table, with everything that changes and the event, or nothing at all."""
    fresh = Clue.objects.select_for_update().get(pk=clue.pk)
    wanted = CLUE.steps[name].roles
    if wanted and not by.has_role(*wanted):
        raise NotAllowed(f"“{CLUE.steps[name].label}”须由具有相应岗位的人员办理；{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    before = {"state": fresh.state}
    fresh.state = CLUE.take(fresh.state, name)
    for field, value in (changes or {}).items():
        setattr(fresh, field, value)
    if fresh.state in CLUE.final:
        fresh.ended_at = at
    fresh.save()
    record_event(by=by, subject=f"clue:{fresh.pk}", step=name, at=at, before=before, after={"state": fresh.state}, why=why)
    clue.refresh_from_db()
    return clue


def accept(clue: Clue, *, by: Officer, at: dt.datetime, why: str = "") -> Clue:
    """Accept a clue for checking (Measures 30 art. 18)."""
    return take(clue, "accept", by=by, at=at, why=why, changes={"handler": by, "accepted_at": at})


def dismiss(clue: Clue, *, cause: str, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Decline a clue with a cause; the cause flows back to the rule that found it."""
    return take(clue, "dismiss", by=by, at=at, why=why, changes=ending(cause, why))


def verify(clue: Clue, *, by: Officer, at: dt.datetime) -> Clue:
    """Somebody has been sent; called when an assignment is issued."""
    return take(clue, "verify", by=by, at=at)


def confirm(clue: Clue, *, why: str, by: Officer, at: dt.datetime) -> Clue:
    """The inspection found what the clue said."""
    return take(clue, "confirm", by=by, at=at, why=why, changes={"outcome_note": why})


def refute(clue: Clue, *, cause: str, why: str, by: Officer, at: dt.datetime) -> Clue:
    """The inspection found a lawful explanation: a false alarm, with its cause."""
    return take(clue, "refute", by=by, at=at, why=why, changes=ending(cause, why))


def refer(clue: Clue, *, to: str, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Refer a clue that belongs to another authority (Measures 30 art. 17)."""
    if not to.strip():
        raise BadInput("请写明移送的机关（令30第17条）", field="to")
    return take(clue, "refer", by=by, at=at, why=why, changes={"outcome_note": f"移送{to}：{why}"})


@transaction.atomic
def merge(clue: Clue, *, into: Clue, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Join a clue to another of the same facility; nothing is lost, the findings stay with their clue."""
    if clue.pk == into.pk or clue.facility_id != into.facility_id:
        raise BadInput("只能并入同一污染源的另一条线索")
    return take(clue, "merge", by=by, at=at, why=why, changes={"merged_into": into})


def ending(cause: str, why: str) -> dict[str, str]:
    """The cause of a false alarm, from the list, and the words that explain it."""
    if cause not in FALSE_ALARM_CAUSES:
        raise BadInput(f"误报原因须为：{'、'.join(FALSE_ALARM_CAUSES.values())}", field="cause")
    if not why.strip():
        raise BadInput("请写明认定理由：看了哪些材料、为什么不构成违法", field="why")
    return {"cause": cause, "outcome_note": why}
