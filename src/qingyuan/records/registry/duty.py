"""The supervision line, the duty roster, the declared capacity: who gets something, to whom it goes up, how much fits.

The supervision line is not the administrative one: a county branch answers to the city bureau whose branch it is, not to the
county's government (省以下垂直管理).  Where no line is written down, an agency answers to its ``parent``, else to the agency of the
division above.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook, workdays

from .duty_models import Capacity, DutyShift, SupervisionLine
from .events import record_event
from .models import Agency, Division, Officer

MOST_A_WEEK = 200  # what one person may declare; more is a slip of the pen
LONGEST_SHIFT = dt.timedelta(days=8)
WEEK = dt.timedelta(days=7)


# -- the two lines ------------------------------------------------------------------------------------------------------


def line_of(agency: Agency, on: dt.date) -> SupervisionLine | None:
    """The written line of an agency on a day."""
    rows = SupervisionLine.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), agency=agency, valid_from__lte=on)
    return rows.select_related("answers_to__division", "government").order_by("-valid_from").first()


def superior_of(agency: Agency, on: dt.date) -> Agency | None:
    """The agency that supervises this one; None at the top.  A team answers through its bureau."""
    body = agency.authority
    written = line_of(body, on)
    if written is not None:
        return written.answers_to.authority
    if body.parent_id is not None:
        return body.parent.authority
    above = body.division.parent
    return unit_for(above) if above is not None else None


def chain_of(agency: Agency, on: dt.date) -> list[Agency]:
    """The agency and everybody above it on the supervision line, the nearest first; a circle ends where it closes."""
    chain: list[Agency] = []
    here: Agency | None = agency.authority
    while here is not None and here not in chain:
        chain.append(here)
        here = superior_of(here, on)
    return chain


def government_of(agency: Agency, on: dt.date) -> Division:
    """The division of the government the agency belongs to administratively: its own, unless a line says another."""
    written = line_of(agency.authority, on)
    return written.government if written is not None and written.government is not None else agency.division


def unit_for(division: Division | None) -> Agency | None:
    """The bureau that handles what happens in a division (village, township, county …): the nearest one going up the tree."""
    here = division
    while here is not None:
        found = Agency.objects.filter(division=here, kind="bureau").select_related("division", "parent").order_by("id").first()
        if found is not None:
            return found
        here = here.parent
    return None


def members_of(unit: Agency) -> QuerySet[Officer]:
    """The people of a bureau and of its team."""
    body = unit.authority
    return Officer.objects.filter(Q(agency=body) | Q(agency__parent=body, agency__kind="team")).select_related("agency__division", "agency__parent").order_by("id")


def leaders_of(unit: Agency) -> list[Officer]:
    return [person for person in members_of(unit) if person.has_role("leader")]


@transaction.atomic
def set_line(
    *, agency: Agency, answers_to: Agency, government: Division | None, is_branch: bool, valid_from: dt.date, basis: str, by: Officer, at: dt.datetime
) -> SupervisionLine:
    """Write down to whom an agency answers from a day on; the line before ends the day before."""
    if not by.has_role("leader"):
        raise NotAllowed(f"监督关系由机关负责人确定；{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    if not basis.strip():
        raise BadInput("请写明机构改革文件或者三定规定等依据", field="basis")
    if agency.authority in chain_of(answers_to, valid_from):
        raise BadInput(f"{answers_to}现在就归{agency}监督，不能倒过来再成为它的上级", field="answers_to")
    before = SupervisionLine.objects.filter(agency=agency, valid_from__lt=valid_from).filter(Q(valid_to=None) | Q(valid_to__gte=valid_from))
    before.update(valid_to=valid_from - dt.timedelta(days=1))
    row, _ = SupervisionLine.objects.update_or_create(
        agency=agency, valid_from=valid_from, defaults={"answers_to": answers_to, "government": government, "is_branch": is_branch, "basis": basis.strip()},
    )
    after = {"answers_to": answers_to.name, "government": government.name if government else "", "valid_from": valid_from.isoformat()}
    record_event(by=by, subject=f"agency:{agency.pk}", step="set_line", at=at, after=after, why=basis)
    return row


# -- duty -----------------------------------------------------------------------------------------------------------------


def is_office_hour(at: dt.datetime) -> bool:
    """Whether the office is open at that moment, by the platform's office hours and the working-day calendar."""
    here = at.astimezone(CHINA)
    hours = rulebook.load().get("clues/schemes/office_hours", on=here.date())
    return workdays.is_workday(here.date()) and hours["begins"] <= f"{here:%H:%M}" < hours["ends"]


def on_duty(unit: Agency, at: dt.datetime) -> list[Officer]:
    """Who is on duty for a bureau at a moment, the lead last."""
    body = unit.authority
    rows = DutyShift.objects.filter(Q(agency=body) | Q(agency__parent=body), began_at__lte=at, ended_at__gt=at, cancelled_at=None)
    return [row.officer for row in rows.select_related("officer__agency__division").order_by("is_lead", "id")]


def receivers(unit: Agency, at: dt.datetime, *, handler: Officer | None = None) -> tuple[list[Officer], str]:
    """Who gets something for a bureau now, and why they: the handler in office hours, else who is on duty, else the leaders."""
    if handler is not None and is_office_hour(at):
        return [handler], "承办人（办公时间）"
    found = on_duty(unit, at)
    if found:
        return found, "值班"
    if handler is not None:
        return [handler], "承办人（没有值班安排）"
    if is_office_hour(at):
        people = [person for person in members_of(unit) if person.has_role("analyst", "inspector")]
        if people:
            return people, "研判、执法岗位（办公时间）"
    return leaders_of(unit), "负责人（没有值班安排）"


@transaction.atomic
def set_shift(*, officer: Officer, began_at: dt.datetime, ended_at: dt.datetime, by: Officer, at: dt.datetime, phone: str = "", is_lead: bool = False) -> DutyShift:
    """Put an officer on duty.  BadInput for a period that is empty, too long, or overlaps another turn of the same person."""
    if not began_at < ended_at <= began_at + LONGEST_SHIFT:
        raise BadInput(f"值班须先起后止，一班不超过 {LONGEST_SHIFT.days} 天", field="ended_at")
    if officer.agency.authority.pk != by.agency.authority.pk or not by.has_role("leader", "inspector", "analyst"):
        raise NotAllowed("值班表由本单位的执法、研判人员或者负责人安排，只能安排本单位的人")
    clash = DutyShift.objects.filter(officer=officer, cancelled_at=None, began_at__lt=ended_at, ended_at__gt=began_at).first()
    if clash is not None:
        raise BadInput(f"{officer.name}在 {clash.began_at.astimezone(CHINA):%m-%d %H:%M} 至 {clash.ended_at.astimezone(CHINA):%m-%d %H:%M} 已有值班", field="began_at")
    row = DutyShift.objects.create(agency=officer.agency.authority, officer=officer, began_at=began_at, ended_at=ended_at, phone=phone.strip(), is_lead=is_lead)
    after = {"officer": officer.name, "began_at": began_at.isoformat(), "ended_at": ended_at.isoformat()}
    record_event(by=by, subject=f"shift:{row.pk}", step="set_shift", at=at, after=after)
    return row


@transaction.atomic
def cancel_shift(row: DutyShift, *, why: str, by: Officer, at: dt.datetime) -> None:
    """Take somebody off the roster, with the reason."""
    if not why.strip():
        raise BadInput("请写明换班、取消的理由", field="why")
    if row.agency_id != by.agency.authority.pk:
        raise NotAllowed("只能改动本单位的值班表")
    if DutyShift.objects.filter(pk=row.pk, cancelled_at=None).update(cancelled_at=at) != 1:
        raise NotAllowed("这一班已经取消")
    record_event(by=by, subject=f"shift:{row.pk}", step="cancel_shift", at=at, why=why)


def roster(viewer: Officer, since: dt.datetime) -> QuerySet[DutyShift]:
    """The turns of the viewer's own bureau that end after a moment, the next first."""
    rows = DutyShift.objects.filter(agency=viewer.agency.authority, ended_at__gt=since, cancelled_at=None)
    return rows.select_related("officer").order_by("began_at", "id")


def shift_for(viewer: Officer, pk: int) -> DutyShift | None:
    return DutyShift.objects.filter(agency=viewer.agency.authority, pk=pk).first()


# -- capacity -------------------------------------------------------------------------------------------------------------


def monday(on: dt.date) -> dt.date:
    """The Monday of a day's week."""
    return on - dt.timedelta(days=on.weekday())


@transaction.atomic
def declare_capacity(*, officer: Officer, week: dt.date, clues: int, by: Officer, at: dt.datetime) -> Capacity:
    """Declare how many clues one can check in a week; for oneself, or by a leader for the people of the bureau."""
    if not 0 <= clues <= MOST_A_WEEK:
        raise BadInput(f"一周可核查线索数须在 0 至 {MOST_A_WEEK} 之间", field="clues")
    is_own = officer.pk == by.pk
    if not is_own and not (by.has_role("leader") and by.agency.authority.pk == officer.agency.authority.pk):
        raise NotAllowed("核查能力由本人申报，或者由本单位负责人代为申报")
    row, _ = Capacity.objects.update_or_create(officer=officer, week=monday(week), defaults={"clues": clues, "declared_at": at})
    record_event(by=by, subject=f"officer:{officer.pk}", step="declare_capacity", at=at, after={"week": row.week.isoformat(), "clues": clues})
    return row


def capacity_of(unit: Agency, on: dt.date) -> int | None:
    """What the people of a bureau declared for the week of a day; the last declared week goes on; None while nobody ever declared."""
    people = members_of(unit)
    known = Capacity.objects.filter(officer__in=people, week__lte=monday(on)).order_by("officer", "-week").values_list("officer_id", "clues")
    latest: dict[int, int] = {}
    for officer, clues in known:
        latest.setdefault(officer, clues)
    return sum(latest.values()) if latest else None


def declared(unit: Agency, weeks: Sequence[dt.date]) -> dict[tuple[int, dt.date], int]:
    """What each person declared for each of the weeks (their Mondays)."""
    rows = Capacity.objects.filter(officer__in=members_of(unit), week__in=list(weeks))
    return {(row.officer_id, row.week): row.clues for row in rows}

