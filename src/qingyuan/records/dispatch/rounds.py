"""Rounds of assistance: a team from elsewhere goes to a place, or a list is pushed to it; problems are handed over before it ends (监督帮扶)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Division, Officer
from qingyuan.records.registry.serials import next_serial

from . import people
from .campaign_models import AssistanceRound, Campaign
from .campaign_states import ROUND, ROUND_MODES
from .campaigns import PLANNERS, reasons_of


def at_home(officer: Officer, division: Division) -> str:
    """Why this person does not belong to a team for that place; "" when they do."""
    city = division.scope_codes()["city_code"]
    if not city or people.home_city(officer) != city:
        return ""
    return f"{officer.name}来自{officer.agency.name}，不参加本地的监督帮扶（异地交叉）"


def team_reasons(team: Sequence[Officer], division: Division, mode: str, on: dt.date) -> list[str]:
    """Every reason why these people are no team: certificates, two at least on site, nobody at home."""
    found = [reason for one in team if (reason := people.not_certified(one, on))]
    found += [reason for one in team if (reason := at_home(one, division))] if mode != "remote" else []
    needed = 1 if mode == "remote" else 2
    return found + ([] if len(team) >= needed else [f"组员（含组长）不少于{needed}人，现有{len(team)}人"])


@transaction.atomic
def plan_round(
    *, mode: str, theme: str, division: Division, began: dt.date, ended: dt.date, lead: Officer, team: Sequence[Officer], by: Officer, at: dt.datetime,
    campaign: Campaign | None = None,
) -> AssistanceRound:
    """Plan a round; the team may be completed until it begins, but nobody at home is ever taken in."""
    if mode not in ROUND_MODES:
        raise BadInput(f"方式须为：{'、'.join(ROUND_MODES.values())}", field="mode")
    if not theme.strip() or ended < began:
        raise BadInput("请写明主题" if not theme.strip() else f"结束日期{ended}早于开始日期{began}", field="theme" if not theme.strip() else "ended")
    members = list({one.pk: one for one in (lead, *team)}.values())
    reasons = [] if by.has_role(*PLANNERS) else [f"{by.name}没有派出帮扶组的岗位"]
    reasons += [reason for reason in team_reasons(members, division, mode, at.date()) if "不少于" not in reason]
    if reasons:
        raise NotAllowed(reasons)
    row = AssistanceRound(
        number=next_serial(AssistanceRound, "BF", at, digits=3), campaign=campaign, mode=mode, theme=theme.strip(), division=division, began=began, ended=ended, lead=lead,
        planned_by=by,
    )
    row.save()
    row.team.set(members)
    record_event(by=by, subject=f"round:{row.pk}", step="plan_round", at=at, after={"mode": mode, "team": [one.name for one in members]})
    return row


def why_not(row: AssistanceRound, name: str, by: Officer, on: dt.date) -> tuple[str, ...]:
    """Every reason why a step of the round cannot be taken now."""
    facts = {
        "team": team_reasons(list(row.team.select_related("agency__division")), row.division, row.mode, on),
        "open": row.problems.filter(state="found").count(), "wanted": "交办属地或者认定不属实",
    }
    return reasons_of(ROUND, row.state, name, by, row, facts)


@transaction.atomic
def take(row: AssistanceRound, name: str, *, by: Officer, at: dt.datetime) -> AssistanceRound:
    fresh = AssistanceRound.objects.select_for_update().select_related("division").get(pk=row.pk)
    reasons = why_not(fresh, name, by, at.date())
    if reasons:
        raise NotAllowed(reasons)
    before, fresh.state = fresh.state, ROUND.steps[name].target
    fresh.save(update_fields=["state"])
    record_event(by=by, subject=f"round:{fresh.pk}", step=name, at=at, before={"state": before}, after={"state": fresh.state})
    row.refresh_from_db()
    return fresh


def why_not_send(row: AssistanceRound | None) -> list[str]:
    """Why a task may not be issued under the round."""
    if row is None:
        return ["依据为监督帮扶的，须写明哪一轮"]
    return [] if row.state == "running" else [f"{row}{row.get_state_display()}，开始之后才能派发"]
