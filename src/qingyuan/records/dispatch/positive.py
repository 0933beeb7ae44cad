"""The positive list: who is on it, since when and why; what may still bring people to the gate; visits that were not made.

环办执法〔2021〕10号 and provincial measures; grounds, periods and grades stand in ``law/book/draw/positive_list.yaml``.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines, rulebook
from qingyuan.law.deadlines import Due
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer

from .models import DrawnItem, OffSiteCheck, PositiveListEntry
from .plan_states import OFF_SITE_WAYS, POSITIVE
from .states import BASES

LAWFUL = ("complaint", "case", "reinspection")
TOLD = ("complaint", "referral", "superior", "patrol", "grid", "police", "media", "self_report")  # clues that people bring, with what they saw


def grounds(kind: str) -> dict[str, Mapping[str, Any]]:
    """Grounds of one kind (entry | exclusion | removal) by id."""
    return {key: entry for key, entry in rulebook.load().folder("draw").items() if entry.get("kind") == kind}


def listing(facility: Facility, on: dt.date) -> PositiveListEntry | None:
    """The entry that exempts the facility that day."""
    return PositiveListEntry.objects.filter(facility=facility, state="listed", listed_on__lte=on, valid_to__gte=on).first()


def exempt_reason(*, facility: Facility, basis: str, clue: Clue | None, on: dt.date) -> str:
    """Why nobody may be sent to a listed facility on this basis; "" when they may.

    A complaint, a case, a check of corrections, or a clue with evidence (a finding of the judge, a tip-off, a referral) is a lawful reason.
    """
    entry = listing(facility, on)
    if entry is None or basis in LAWFUL or (basis == "clue" and clue is not None and has_evidence(clue)):
        return ""
    return (
        f"{facility.name}在监督执法正面清单内（{entry.listed_on}列入，有效至{entry.valid_to}），没有投诉举报、有证据的线索或案件，不得派发现场检查任务；请改用非现场检查（环办执法〔2021〕10号）"
    )


def has_evidence(clue: Clue) -> bool:
    return clue.source in TOLD or clue.findings.exists()


def exclusions(facility: Facility, on: dt.date) -> list[str]:
    """Grounds of exclusion that the records show and a text bears out.  Others (crime record, river bank) a person must look up."""
    return [f"{said}，不得列入正面清单" for said, grade in shown(facility, on) if grade != "U"]


def cautions(facility: Facility, on: dt.date) -> list[str]:
    """The same where no text was read (grade U): to be weighed by a person, never a bar of themselves."""
    return [f"{said}，列入前请核实是否适宜（平台建议，未见成文规定）" for said, grade in shown(facility, on) if grade == "U"]


def shown(facility: Facility, on: dt.date) -> list[tuple[str, str]]:
    """(what the records show, grade of the rule) for each ground of exclusion in force that day."""
    found = []
    for key in grounds("exclusion"):
        rule = rulebook.load().get(f"draw/{key}", on=on)
        if facility.industry in rule.get("industries", ()):
            found.append((f"{facility.name}属于{rule['label']}", rule["grade"]))
        if "months" in rule:
            since = months_after(on, -rule["months"])
            count = Clue.objects.filter(facility=facility, state="confirmed", ended_at__date__gt=since, ended_at__date__lte=on).count()
            if count:
                found.append((f"{facility.name}{rule['label']}（{count}件）", rule["grade"]))
    return found


@transaction.atomic
def propose(*, facility: Facility, ground: str, reason: str, by: Officer, on: dt.date, at: dt.datetime) -> PositiveListEntry:
    """Name a candidate.  Refused while an entry is open, and in the cooling-off after a removal."""
    if not by.has_role("inspector", "analyst", "leader"):
        raise NotAllowed(f"{by.name}没有提出正面清单的岗位")
    if ground not in grounds("entry") or not reason.strip():
        raise BadInput(f"列入情形须为：{'、'.join(e['label'] for e in grounds('entry').values())}，并写明理由", field="ground")
    open_entry = PositiveListEntry.objects.filter(facility=facility).exclude(state__in=POSITIVE.final).first()
    if open_entry is not None:
        raise NotAllowed(f"{facility.name}已{open_entry.get_state_display()}")
    last = PositiveListEntry.objects.filter(facility=facility, state="removed").order_by("-ended_on").first()
    if last is not None and on < months_after(last.ended_on, periods(on)["cooling_months"]):
        raise NotAllowed(f"{facility.name}于{last.ended_on}移出，{months_after(last.ended_on, periods(on)['cooling_months'])}起方可再次提出（冷却期，平台设置）")
    entry = PositiveListEntry(facility=facility, division=facility.division, ground=ground, reason=reason.strip()[:300], proposed_by=by, proposed_on=on)
    entry.save()
    record_event(by=by, subject=f"positive:{entry.pk}", step="propose", at=at, after={"ground": ground}, why=reason)
    return entry


def facts_of(entry: PositiveListEntry, on: dt.date) -> dict[str, Any]:
    return {"on": on, "exclusions": exclusions(entry.facility, on), "notice_ends_on": entry.notice_ends_on, "objections": entry.objections, "answer": entry.answer}


def why_not(entry: PositiveListEntry, name: str, by: Officer, on: dt.date) -> tuple[str, ...]:
    """Every reason why a step cannot be taken now."""
    known = POSITIVE.steps[name]
    role = () if by.has_role(*known.roles) else (f"{by.name}没有“{known.label}”的岗位",)
    return POSITIVE.why_not(entry.state, name, entry, facts_of(entry, on)) + role


@transaction.atomic
def take(entry: PositiveListEntry, name: str, *, by: Officer, on: dt.date, at: dt.datetime, why: str = "", **changes: Any) -> PositiveListEntry:
    """One step of the table with its columns, and the event."""
    fresh = PositiveListEntry.objects.select_for_update().select_related("facility").get(pk=entry.pk)
    reasons = why_not(fresh, name, by, on)
    if reasons:
        raise NotAllowed(reasons)
    before, fresh.state = fresh.state, POSITIVE.steps[name].target
    for key, value in changes.items():
        setattr(fresh, key, value)
    fresh.save()
    record_event(by=by, subject=f"positive:{fresh.pk}", step=name, at=at, before={"state": before}, after={"state": fresh.state}, why=why)
    entry.refresh_from_db()
    return entry


def notice_due(on: dt.date) -> Due:
    """The notice of a day: the last of its working days."""
    return deadlines.due("positive_list_notice", on)


def give_notice(entry: PositiveListEntry, *, by: Officer, on: dt.date, at: dt.datetime) -> PositiveListEntry:
    """Announce the candidate; the working days of the notice begin."""
    return take(entry, "give_notice", by=by, on=on, at=at, noticed_on=on, notice_ends_on=notice_due(on).due_on)


@transaction.atomic
def note_objection(entry: PositiveListEntry, *, objection: str, answer: str, by: Officer, at: dt.datetime) -> PositiveListEntry:
    """Write down what was objected during the notice and what came of looking into it."""
    fresh = PositiveListEntry.objects.select_for_update().get(pk=entry.pk)
    if fresh.state != "noticed":
        raise NotAllowed(f"{fresh.get_state_display()}，不在公示期")
    if not objection.strip():
        raise BadInput("请写明异议内容", field="objection")
    fresh.objections, fresh.answer = objection.strip(), answer.strip()
    fresh.save(update_fields=["objections", "answer"])
    record_event(by=by, subject=f"positive:{fresh.pk}", step="note_objection", at=at, after={"answered": bool(fresh.answer)}, why=objection)
    entry.refresh_from_db()
    return entry


def enter(entry: PositiveListEntry, *, by: Officer, on: dt.date, at: dt.datetime) -> PositiveListEntry:
    """Put it on the list for its period."""
    return take(entry, "enter", by=by, on=on, at=at, listed_on=on, valid_to=months_after(on, periods(on)["valid_months"]))


def refuse(entry: PositiveListEntry, *, why: str, by: Officer, on: dt.date, at: dt.datetime) -> PositiveListEntry:
    """Do not enter it, and say why."""
    return take(entry, "refuse", by=by, on=on, at=at, why=needed(why), ended_on=on, end_reason=why.strip()[:300])


def suspend(entry: PositiveListEntry, *, why: str, by: Officer, on: dt.date, at: dt.datetime) -> PositiveListEntry:
    """The exemption rests while something is looked into."""
    return take(entry, "suspend", by=by, on=on, at=at, why=needed(why))


def resume(entry: PositiveListEntry, *, why: str, by: Officer, on: dt.date, at: dt.datetime) -> PositiveListEntry:
    """The exemption holds again."""
    return take(entry, "resume", by=by, on=on, at=at, why=needed(why))


def remove(entry: PositiveListEntry, *, removal: str, why: str, by: Officer, on: dt.date, at: dt.datetime) -> PositiveListEntry:
    """Take it off the list on a ground of the rule book; the cooling-off begins."""
    if removal not in grounds("removal"):
        raise BadInput(f"移出情形须为：{'、'.join(e['label'] for e in grounds('removal').values())}", field="removal")
    return take(entry, "remove", by=by, on=on, at=at, why=needed(why), removal=removal, ended_on=on, end_reason=why.strip()[:300])


@transaction.atomic
def check_off_site(
    *, facility: Facility, basis: str, way: str, found: str, by: Officer, on: dt.date, at: dt.datetime, item: DrawnItem | None = None
) -> OffSiteCheck:
    """A check from afar in place of a visit that the list forbids: this, and only this, counts as a visit avoided."""
    entry = listing(facility, on)
    if entry is None or not exempt_reason(facility=facility, basis=basis, clue=None, on=on):
        raise NotAllowed(f"{facility.name}当日不在正面清单内，或该依据允许现场检查，不计为减少的现场检查")
    if way not in OFF_SITE_WAYS or basis not in BASES or not found.strip():
        raise BadInput("请写明非现场检查的方式和结果", field="found")
    check = OffSiteCheck(
        facility=facility, division=facility.division, entry=entry, basis=basis, item=item, way=way, found=found.strip()[:300], checked_on=on, checked_by=by
    )
    check.save()
    record_event(by=by, subject=f"positive:{entry.pk}", step="check_off_site", at=at, after={"way": way, "basis": basis}, why=found)
    return check


def periods(on: dt.date) -> Mapping[str, Any]:
    """Months an entry lasts and months of cooling-off (platform setting, grade U)."""
    return rulebook.load().get("draw/periods", on=on)


def months_after(day: dt.date, months: int) -> dt.date:
    """The corresponding day so many months later (earlier when negative), or the last of its month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def needed(why: str) -> str:
    if not why.strip():
        raise BadInput("请写明理由", field="why")
    return why
