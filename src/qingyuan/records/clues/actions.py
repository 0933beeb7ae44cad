"""What an officer does with a clue.  Each is one transaction and leaves one event."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.records.registry import duty
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Division, Facility, Officer
from qingyuan.records.registry.serials import next_serial

from . import grounds, schemes, timing
from .models import Clue
from .states import CLUE, FALSE_ALARM_CAUSES, SEVERITIES, SOURCES, TRUE_KINDS


@transaction.atomic
def open_clue(
    *, source: str, title: str, severity: str, began: dt.datetime, ended: dt.datetime, at: dt.datetime, facility: Facility | None = None,
    by: Officer | None = None, rule: str = "", violation: str = "", outlet_code: str = "", factor: str = "",
    evidence_needed: list[str] | None = None, division: Division | None = None, more: dict[str, Any] | None = None, is_held: bool = False,
) -> Clue:
    """Write a clue down; its preliminary review is due by Measures 30 art. 18.

    Without ``facility`` the source is not known yet and ``division`` says where.  ``is_held`` leaves it to the governor to let
    people have it; else it is theirs at once, and the clocks of its scheme run.
    """
    if source not in SOURCES or severity not in SEVERITIES:
        raise BadInput(f"线索来源须为{'、'.join(SOURCES.values())}之一，等级须为{'、'.join(SEVERITIES.values())}之一")
    if not title.strip():
        raise BadInput("线索标题不能为空：写明谁、在哪里、涉嫌什么", field="title")
    where = facility.division if facility is not None else division
    if where is None:
        raise BadInput("请认定污染源，或者写明发现地点所在的区划", field="division")
    clue = Clue(
        number=next_serial(Clue, "XS", at, digits=5), title=title.strip()[:160], source=source, rule=rule, violation=violation, facility=facility, division=where,
        outlet_code=outlet_code, factor=factor, severity=severity, began=began, ended=ended, found_at=at, registered_by=by,
        due_on=deadlines.due("filing", at.astimezone(CHINA).date()).due_on, evidence_needed=evidence_needed or [], agency=duty.unit_for(where),
        scheme=schemes.scheme_for(where, at.astimezone(CHINA).date()), **(more or {}),
    )
    clue.save()
    record_event(by=by, subject=f"clue:{clue.pk}", step="open_clue", at=at, after={"state": clue.state, "title": clue.title, "source": source})
    if not is_held:
        let_out(clue, at)
    return clue


def let_out(clue: Clue, at: dt.datetime, bypass: str = "") -> None:
    """People may have it now, and its clocks run."""
    clue.released_at, clue.bypass = at, bypass or clue.bypass
    clue.save(update_fields=["released_at", "bypass"])
    timing.start(clue, "found", at)


@transaction.atomic
def take(clue: Clue, name: str, *, by: Officer, at: dt.datetime, why: str = "", changes: dict[str, Any] | None = None, after: dict[str, Any] | None = None) -> Clue:
    """Take one step of the table, with everything that changes and the event, or nothing at all."""
    fresh = Clue.objects.select_for_update(of=("self",)).get(pk=clue.pk)
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
    if fresh.state in CLUE.final:
        timing.stop(fresh, at)
    record_event(by=by, subject=f"clue:{fresh.pk}", step=name, at=at, before=before, after={"state": fresh.state, **(after or {})}, why=why)
    clue.refresh_from_db()
    return clue


@transaction.atomic
def accept(clue: Clue, *, by: Officer, at: dt.datetime, why: str = "") -> Clue:
    """Accept a clue for checking (Measures 30 art. 18); one that waits in the queue is not anybody's yet."""
    if clue.released_at is None and clue.state == "found":
        raise NotAllowed(f"{clue.number}在等候队列里：本单位手上的线索已到申报的核查能力。先办完手上的，或由负责人“提前放出”并写明理由")
    accepted = take(clue, "accept", by=by, at=at, why=why, changes={"handler": by, "accepted_at": at})
    timing.stop(accepted, at, "triage")
    timing.start(accepted, "accepted", at)
    return accepted


def dismiss(clue: Clue, *, cause: str, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Decline a clue with a cause; the cause flows back to the rule that found it."""
    return take(clue, "dismiss", by=by, at=at, why=why, changes=ending(cause, why))


@transaction.atomic
def verify(clue: Clue, *, by: Officer, at: dt.datetime) -> Clue:
    """Somebody has been sent; called when an assignment is issued.  Needs a known source, and a ground for going out."""
    ground = grounds.ground_of(clue, at)
    reasons = [] if clue.facility_id else ["还没有认定是哪一家污染源，不能派人入企；请先“认定污染源”"]
    if not ground and clue.state == "accepted":
        reasons.append(grounds.WANTED)
    if reasons:
        raise NotAllowed(reasons)
    return take(clue, "verify", by=by, at=at, changes={"on_site_ground": ground}, after={"on_site_ground": ground})


@transaction.atomic
def go_on_site(clue: Clue, *, ground: str, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Leave the off-site stage: say why somebody has to go there."""
    if ground not in grounds.reasons_to_give():
        raise BadInput(f"转现场的事由须为：{'、'.join(grounds.reasons_to_give().values())}", field="ground")
    if not why.strip():
        raise BadInput("请写明为什么非到现场不可", field="why")
    return take(clue, "go_on_site", by=by, at=at, why=why, changes={"on_site_ground": ground, "on_site_why": why.strip()}, after={"ground": ground})


def confirm(clue: Clue, *, why: str, by: Officer, at: dt.datetime, outcome: str = "confirmed") -> Clue:
    """The inspection found what the clue said; ``outcome`` is one of the book's true codes."""
    if outcome not in TRUE_KINDS:
        raise BadInput(f"属实的办结代码须为：{'、'.join(TRUE_KINDS.values())}", field="outcome")
    return take(clue, "confirm", by=by, at=at, why=why, changes={"outcome_note": why, "outcome": outcome})


def refute(clue: Clue, *, cause: str, why: str, by: Officer, at: dt.datetime) -> Clue:
    """The inspection found a lawful explanation: a false alarm, with its cause."""
    return take(clue, "refute", by=by, at=at, why=why, changes=ending(cause, why))


def refer(clue: Clue, *, to: str, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Refer a clue that belongs to another authority (Measures 30 art. 17)."""
    if not to.strip():
        raise BadInput("请写明移送的机关（令30第17条）", field="to")
    return take(clue, "refer", by=by, at=at, why=why, changes={"outcome_note": f"移送{to}：{why}"})


@transaction.atomic
def identify(clue: Clue, *, facility: Facility, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Say which source it was; the clue goes to where that source lies."""
    if not why.strip():
        raise BadInput("请写明凭什么认定是这一家", field="why")
    before = clue.facility.name if clue.facility else ""
    changes = {"facility": facility, "division": facility.division, "agency": duty.unit_for(facility.division)}
    return take(clue, "identify", by=by, at=at, why=why, changes=changes, after={"facility": facility.name, "before": before})


@transaction.atomic
def regrade(clue: Clue, *, severity: str, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Give a clue another grade, with the reason; its running clocks are counted again."""
    if severity not in SEVERITIES or severity == clue.severity:
        raise BadInput(f"请从{'、'.join(SEVERITIES.values())}中选一个与现在不同的等级", field="severity")
    if not why.strip():
        raise BadInput("请写明调整等级的理由", field="why")
    before = clue.get_severity_display()
    row = take(clue, "regrade", by=by, at=at, why=why, changes={"severity": severity}, after={"severity": severity, "before": before})
    timing.recount(row)
    return row


@transaction.atomic
def choose_scheme(*, division: Division, scheme: str, valid_from: dt.date, why: str, by: Officer, at: dt.datetime) -> Any:
    """Follow another scheme of grades and clocks from a day on; clues opened before keep theirs."""
    from .stage_models import SchemeChoice

    schemes.scheme(scheme, valid_from)
    own = by.agency.division
    if not by.has_role("leader") or own.code[: WIDTH.get(own.level, 12)] != division.code[: WIDTH.get(own.level, 12)]:
        raise NotAllowed("分级时限方案由辖区内的机关负责人选定")
    if not why.strip():
        raise BadInput("请写明选用的文件依据", field="why")
    row, _ = SchemeChoice.objects.update_or_create(division=division, valid_from=valid_from, defaults={"scheme": scheme, "chosen_by": by, "why": why.strip()})
    record_event(by=by, subject=f"division:{division.code}", step="choose_scheme", at=at, after={"scheme": scheme, "valid_from": valid_from.isoformat()}, why=why)
    return row


WIDTH = {"province": 2, "city": 4, "county": 6}


def ending(cause: str, why: str) -> dict[str, str]:
    """The cause of a false alarm, from the list, and the words that explain it."""
    if cause not in FALSE_ALARM_CAUSES:
        raise BadInput(f"误报原因须为：{'、'.join(FALSE_ALARM_CAUSES.values())}", field="cause")
    if not why.strip():
        raise BadInput("请写明认定理由：看了哪些材料、为什么不构成违法", field="why")
    return {"cause": cause, "outcome": cause, "outcome_note": why}
