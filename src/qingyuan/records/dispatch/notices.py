"""Notices to governments about problems that are theirs to solve (督企与督政联动)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Division, Officer
from qingyuan.records.registry.serials import next_serial

from .campaign_models import Problem, SupervisionNotice
from .campaign_states import NOTICE
from .campaigns import reasons_of
from .problems import RANK


@transaction.atomic
def send_notice(*, division: Division, content: str, reply_by: dt.date, problems: Sequence[Problem], by: Officer, at: dt.datetime) -> SupervisionNotice:
    """Address a government of the division with problems of its own area; a leader signs, from a level above."""
    reasons = [] if by.has_role("leader") else [f"督办通知由机关负责人签发；{by.name}没有这一岗位"]
    reasons += [] if RANK[by.agency.division.level] < RANK[division.level] else [f"督办通知由上级发给下级政府；{by.agency.name}与{division}不是上下级"]
    outside = [one.number for one in problems if division.code not in (one.city_code, one.county_code)]
    reasons += [f"问题{'、'.join(outside)}不在{division}"] if outside else []
    taken = [one.number for one in problems if one.notice_id]
    reasons += [f"问题{'、'.join(taken)}已列入其他督办通知"] if taken else []
    if not content.strip() or not problems:
        raise BadInput("请写明存在问题与要求，并至少列入一个问题", field="content" if not content.strip() else "problems")
    if reply_by <= at.date():
        raise BadInput("反馈期限须在今天之后", field="reply_by")
    if reasons:
        raise NotAllowed(reasons)
    row = SupervisionNotice(
        number=next_serial(SupervisionNotice, "DB", at, digits=3), division=division, government=f"{division}人民政府", content=content.strip(), sent_on=at.date(),
        reply_by=reply_by, sent_by=by,
    )
    row.save()
    Problem.objects.filter(pk__in=[one.pk for one in problems]).update(notice=row)
    record_event(by=by, subject=f"notice:{row.pk}", step="send_notice", at=at, after={"problems": [one.number for one in problems]})
    return row


def why_not(row: SupervisionNotice, name: str, by: Officer) -> tuple[str, ...]:
    return reasons_of(NOTICE, row.state, name, by, row, {})


@transaction.atomic
def take(row: SupervisionNotice, name: str, *, by: Officer, at: dt.datetime, text: str, reply_by: dt.date | None = None) -> SupervisionNotice:
    """Write the reply down, close it, or send it again; each with words."""
    if not text.strip():
        raise BadInput("请写明反馈内容或者理由", field="text")
    fresh = SupervisionNotice.objects.select_for_update().get(pk=row.pk)
    reasons = list(why_not(fresh, name, by))
    unsolved = fresh.problems.exclude(state__in=["closed", "dropped"]).count()
    reasons += [f"还有{unsolved}个问题没有销号"] if name == "close" and unsolved else []
    reasons += ["请给出新的反馈期限"] if name == "urge" and (reply_by is None or reply_by <= at.date()) else []
    if reasons:
        raise NotAllowed(reasons)
    before, fresh.state = fresh.state, NOTICE.steps[name].target
    if name == "answer":
        fresh.reply, fresh.replied_on = text.strip(), at.date()
    if name == "urge" and reply_by is not None:
        fresh.reply_by, fresh.replied_on = reply_by, None
    fresh.save()
    record_event(by=by, subject=f"notice:{fresh.pk}", step=name, at=at, before={"state": before}, after={"state": fresh.state}, why=text)
    row.refresh_from_db()
    return fresh
