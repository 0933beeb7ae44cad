"""Campaigns: drawn up from the rule book, approved by another, published with their limit, counted while they run (国办发〔2024〕54号)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import rulebook
from qingyuan.machine import Machine
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.queries import facilities
from qingyuan.records.registry.serials import next_serial

from .campaign_models import AssistanceRound, Campaign, Target
from .campaign_states import CAMPAIGN, TARGET_SOURCES
from .models import Assignment

KINDS, PACKS, MOST_LINES = "campaigns", "campaigns/packs", 2000
PLANNERS = ("inspector", "analyst", "leader")


def kinds(on: dt.date) -> dict[str, Mapping[str, Any]]:
    """The kinds of campaign in force that day, by id."""
    return {key: entry for key, entry in rulebook.load().folder(KINDS).items() if "packs" in entry and entry["values"][0]["valid_from"] <= on}


def packs(on: dt.date) -> dict[str, Mapping[str, Any]]:
    """The packs of check points in force that day, by id."""
    return {key: entry for key, entry in rulebook.load().folder(PACKS).items() if entry["values"][0]["valid_from"] <= on}


def points_of(chosen: Iterable[str], on: dt.date) -> list[dict[str, Any]]:
    """Every check point of these packs, in order: id, text, how (check | cross), proof, and the pack's name and grade."""
    known = packs(on)
    return [
        {**point, "pack": key, "pack_label": known[key]["label"], "grade": known[key]["values"][0]["grade"]}
        for key in dict.fromkeys(chosen) if key in known for point in known[key]["points"]
    ]  # fmt: skip


def points_for(task: Assignment, on: dt.date) -> list[dict[str, Any]]:
    """The check points of a task: those of its campaign."""
    return points_of(task.campaign.packs, on) if task.campaign is not None else []


@transaction.atomic
def draw_up(
    *, kind: str, title: str, began: dt.date, ended: dt.date, most: int, by: Officer, at: dt.datetime,
    items: Sequence[str] | None = None, chosen: Sequence[str] | None = None,
) -> Campaign:
    """Draw a campaign up; items, packs, departments and way of working come from its kind unless given."""
    known = kinds(at.date()).get(kind)
    if known is None:
        raise BadInput(f"专项行动种类须为：{'、'.join(entry['label'] for entry in kinds(at.date()).values())}", field="kind")
    if not by.has_role(*PLANNERS):
        raise NotAllowed(f"{by.name}没有拟订专项行动的岗位")
    if not title.strip():
        raise BadInput("请写明名称", field="title")
    if ended < began:
        raise BadInput(f"结束日期{ended}早于开始日期{began}", field="ended")
    wrong = [key for key in chosen or () if key not in packs(at.date())]
    if wrong or most < 0:
        raise BadInput(f"没有检查要点包：{'、'.join(wrong)}" if wrong else "家次不能为负", field="chosen" if wrong else "most")
    row = Campaign(
        number=next_serial(Campaign, "ZX", at, digits=3), kind=kind, title=title.strip(), agency=by.agency.authority, division=by.agency.division, began=began, ended=ended,
        most=most, items=list(items if items is not None else known["items"]), packs=list(chosen if chosen is not None else known["packs"]),
        departments=list(known["departments"]), is_cross=bool(known.get("cross")), drawn_up_by=by,
    )
    row.save()
    record_event(by=by, subject=f"campaign:{row.pk}", step="draw_up_campaign", at=at, after={"kind": kind, "most": most})
    return row


def why_not(row: Campaign, name: str, by: Officer, *, report: str = "—") -> tuple[str, ...]:
    """Every reason why a step of the campaign cannot be taken now."""
    waiting = row.problems.exclude(state__in=["closed", "dropped"]).count()
    facts = {"by": by.pk, "drawn_up_by": row.drawn_up_by_id, "most": row.most, "open": waiting, "wanted": "销号", "report": report}
    foreign = () if by.agency.division_id == row.division_id else (f"由{row.agency.name}办理",)
    return reasons_of(CAMPAIGN, row.state, name, by, row, facts) + foreign


def reasons_of(table: Machine, state: str, name: str, by: Officer, subject: Any, facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What the table and the post say."""
    step = table.steps[name]
    role = () if by.has_role(*step.roles) else (f"{by.name}没有“{step.label}”的岗位",)
    return table.why_not(state, name, subject, facts) + role


@transaction.atomic
def take(row: Campaign, name: str, *, by: Officer, at: dt.datetime, report: str = "") -> Campaign:
    """Approve, publish or close."""
    fresh = Campaign.objects.select_for_update().get(pk=row.pk)
    reasons = why_not(fresh, name, by, report=report)
    if reasons:
        raise NotAllowed(reasons)
    before, fresh.state = fresh.state, CAMPAIGN.steps[name].target
    if name == "approve":
        fresh.approved_by = by
    if name == "publish":
        fresh.published_on = at.date()
    if name == "close":
        fresh.report = report.strip()
    fresh.save()
    record_event(by=by, subject=f"campaign:{fresh.pk}", step=name, at=at, before={"state": before}, after={"state": fresh.state}, why=report)
    row.refresh_from_db()
    return fresh


def is_response(row: Campaign, on: dt.date) -> bool:
    """Whether the campaign answers an emergency: its visits stand on that, and are outside the yearly cap."""
    return bool(kinds(on).get(row.kind, {}).get("is_response"))


def why_not_send(row: Campaign | None, on: dt.date, mode: str) -> list[str]:
    """Why a task may not be issued under the campaign: approved and published, inside its days, inside its number, its way of working."""
    if row is None:
        return ["依据为专项行动的，须写明哪一项已公布的专项行动（国办发〔2024〕54号）"]
    spent = row.assignments.exclude(state="cancelled").count()
    conditions = [
        (row.state == "published", f"《{row.title}》{row.get_state_display()}，批准并公布之后才能派发"),
        (row.began <= on <= row.ended, f"《{row.title}》的检查期为{row.began}至{row.ended}"),
        (spent < row.most, f"《{row.title}》限定{row.most}家次，已派{spent}家次"),
        (not row.is_cross or mode != "ordinary", f"《{row.title}》是异地交叉执法，组织方式须为驻点督查、机动巡查或重案协查"),
    ]
    return [said for holds, said in conditions if not holds]


# -- targets --------------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_targets(
    *, campaign: Campaign | None = None, round: AssistanceRound | None = None, lines: str, source: str, by: Officer, at: dt.datetime, priority: int = 2,
) -> list[Target]:
    """Put places on the list: one a line, ``code or name of place, reason``.  A line that names a facility's code becomes that facility.

    Refused whole when a line cannot be read, so that nobody wonders which half went in.
    """
    if source not in TARGET_SOURCES or priority not in (1, 2, 3):
        raise BadInput(f"来源须为：{'、'.join(TARGET_SOURCES.values())}；优先为 1、2、3", field="source")
    if campaign is None and round is None:
        raise BadInput("请写明列入哪一项专项行动或者哪一轮帮扶")
    rows = [line.strip() for line in lines.splitlines() if line.strip()]
    if not rows or len(rows) > MOST_LINES:
        raise BadInput(f"请每行填一个点位（编码或名称，列入理由），一次不超过{MOST_LINES}行", field="lines")
    read = [parts_of(line) for line in rows]
    known = {one.code: one for one in facilities(by).filter(code__in=[code for code, _ in read])}
    looks_coded = [code for code, _ in read if code.isascii() and code not in known]
    if looks_coded:
        raise BadInput(f"这些编码没有登记或不在您的辖区：{'、'.join(looks_coded[:10])}", field="lines")
    home = (round or campaign).division
    held = set(Target.objects.filter(campaign=campaign, round=round).values_list("facility_id", "place"))
    made = []
    for code, reason in dict(read).items():
        place: Facility | None = known.get(code)
        if (place.pk if place else None, place.name if place else code) in held:
            continue
        row = Target(
            campaign=campaign, round=round, facility=place, division=place.division if place else home, place=place.name if place else code[:120],
            source=source, reason=reason[:200], priority=priority,
        )
        row.save()
        made.append(row)
    subject = f"round:{round.pk}" if round is not None else f"campaign:{campaign.pk}" if campaign else ""
    record_event(by=by, subject=subject, step="add_targets", at=at, after={"count": len(made), "source": source})
    return made


def parts_of(line: str) -> tuple[str, str]:
    """(code or name, reason) of one line; the first comma divides, Chinese or not."""
    first, _, rest = line.replace("，", ",").replace("\t", ",").partition(",")
    return first.strip(), rest.strip()


@transaction.atomic
def answer_target(row: Target, *, answer: str, by: Officer, at: dt.datetime) -> Target:
    """What came of looking at a place without a visit to an enterprise: a grid, a road, a remote check."""
    fresh = Target.objects.select_for_update().get(pk=row.pk)
    if fresh.checked_on is not None:
        raise NotAllowed(f"该点位已于{fresh.checked_on}填写核查结果")
    if not answer.strip():
        raise BadInput("请写明核查结果", field="answer")
    fresh.answer, fresh.checked_on, fresh.checked_by = answer.strip()[:300], at.date(), by
    fresh.save(update_fields=["answer", "checked_on", "checked_by"])
    subject = f"round:{fresh.round_id}" if fresh.round_id else f"campaign:{fresh.campaign_id}"
    record_event(by=by, subject=subject, step="answer_target", at=at, after={"target": fresh.pk}, why=answer)
    return fresh
