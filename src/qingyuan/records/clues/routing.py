"""Whose clue it is: by the five-level tree down to who is nearest, up the supervision line, across with a reason, and back with a reason."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry import duty
from qingyuan.records.registry.models import Agency, Division, Officer

from . import actions, timing
from .models import Clue
from .stage_models import ClueMove

WIDTH = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}


def holds(agency: Agency, division: Division) -> bool:
    """Whether a division lies within the agency's."""
    width = WIDTH.get(agency.division.level, 12)
    return agency.division.code[:width] == division.code[:width]


def targets(clue: Clue) -> list[tuple[Agency, str]]:
    """Where a clue can go: up the supervision line, down to those in its own division's tree, across to the neighbours; each with how."""
    here = timing.unit_of(clue)
    bodies = Agency.objects.filter(kind="bureau").select_related("division", "parent").order_by("division__code", "id")
    on = clue.found_at.astimezone(CHINA).date()
    above = {row.pk for row in duty.chain_of(here, on)[1:]} if here is not None else set()
    rows = []
    for body in bodies:
        if here is not None and body.pk == here.pk:
            continue
        how = "上级" if body.pk in above else "属地下级" if here is not None and holds(here, body.division) else "其他属地"
        rows.append((body, how))
    order = {"属地下级": 0, "上级": 1, "其他属地": 2}
    return sorted(rows, key=lambda row: order[row[1]])


@transaction.atomic
def transfer(clue: Clue, *, to: Agency, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Hand a clue to another bureau: the one whose it is by place (down), the superior (up), or another division's (across).

    An agency up the line keeps the clue's place; one elsewhere gets the clue into its own division.
    """
    here = timing.unit_of(clue)
    if here is not None and to.authority.pk == here.pk:
        raise BadInput("这条线索已经在该单位手上", field="to")
    if not why.strip():
        raise BadInput("请写明转办理由（令30第17条）：为什么由该单位办", field="why")
    return hand(clue, to.authority, "transfer", why, by, at)


@transaction.atomic
def return_back(clue: Clue, *, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Give a transferred clue back to who sent it, with the reason."""
    last = last_move(clue)
    if last is None or last.kind != "transfer":
        raise NotAllowed("这条线索不是别的单位转来的，没有可退的单位")
    if not why.strip():
        raise BadInput("请写明退回理由：为什么不属于本单位、应由谁办", field="why")
    return hand(clue, last.from_agency, "return", why, by, at, home=last.from_division)


def last_move(clue: Clue) -> ClueMove | None:
    return clue.clue_moves.select_related("from_agency__division", "to_agency", "from_division").order_by("-id").first()


def hand(clue: Clue, to: Agency, kind: str, why: str, by: Officer, at: dt.datetime, home: Division | None = None) -> Clue:
    """Move the clue and its papers; the receiver starts afresh, nobody's, with the clocks from now."""
    here = timing.unit_of(clue)
    if here is None:
        raise NotAllowed("线索没有承办单位，请先认定污染源或者地点")
    place = clue.division
    where = home or (place if holds(to, place) else to.division)
    step = "transfer" if kind == "transfer" else "return_back"
    changes = {"agency": to, "division": where, "handler": None, "released_at": at, "state": "found", "bypass": "", "accepted_at": None}
    row = actions.take(clue, step, by=by, at=at, why=why, changes=changes, after={"from": here.name, "to": to.name})
    ClueMove.objects.create(clue=row, kind=kind, from_agency=here, to_agency=to, from_division=place, at=at, by=by, why=why.strip())
    if row.docket_id:
        row.docket.agency, row.docket.division = to, to.division
        row.docket.save()
    timing.stop(row, at, "triage", "feedback")
    timing.start(row, "found", at)
    people, because = duty.receivers(to, at)
    word = "转来" if kind == "transfer" else "退回"
    timing.post(row, f"move:{row.clue_moves.count()}:{row.pk}", people, f"{here.name}{word} {row.number} {row.title}：{why.strip()}", because, at)
    return row


def sent_away(viewer: Officer) -> QuerySet[ClueMove]:
    """What the viewer's bureau handed to others, newest first; of the clue itself only number, title and state."""
    rows = ClueMove.objects.filter(from_agency=viewer.agency.authority).select_related("clue", "to_agency", "by")
    return rows.order_by("-id")
