"""Checks from the desk: papers asked for, a video call, a look at the data.  Each with its minutes, so that a true clue has a cost."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput
from qingyuan.records.registry.models import Officer

from . import actions, reporting
from .models import Clue
from .stage_models import RemoteCheck
from .states import REMOTE_RESULTS, REMOTE_WAYS

MOST_MINUTES = 600


@transaction.atomic
def check_remotely(
    clue: Clue, *, way: str, minutes: int, found: str, result: str, by: Officer, at: dt.datetime, people: str = "", done_at: dt.datetime | None = None,
    file: tuple[str, bytes] | None = None,
) -> RemoteCheck:
    """Write a check from the desk down, with its record (video, papers) when there is one."""
    if way not in REMOTE_WAYS or result not in REMOTE_RESULTS:
        raise BadInput(f"方式须为{'、'.join(REMOTE_WAYS.values())}，结果须为{'、'.join(REMOTE_RESULTS.values())}", field="way")
    if not 1 <= minutes <= MOST_MINUTES:
        raise BadInput(f"用时须在 1 至 {MOST_MINUTES} 分钟之间", field="minutes")
    if not found.strip():
        raise BadInput("请写明核查了什么、看到什么", field="found")
    if way == "video_call" and not people.strip():
        raise BadInput("视频连线请写明对方是谁（姓名、职务）", field="people")
    done = done_at or at
    if done > at:
        raise BadInput("核查时间不能晚于现在", field="done_at")
    clue = actions.take(clue, "check_remotely", by=by, at=at, why=found.strip()[:200], after={"way": way, "result": result, "minutes": minutes})
    item = reporting.add_paper(clue, name=file[0], content=file[1], source=f"{REMOTE_WAYS[way]}（非现场核查）", by=by, at=at) if file else None
    return RemoteCheck.objects.create(clue=clue, way=way, done_at=done, minutes=minutes, by=by, people=people.strip()[:120], found=found.strip(), result=result, item=item)
