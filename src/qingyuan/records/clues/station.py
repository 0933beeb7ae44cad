"""The early-warning station (预警站): a technical centre looks first, then warns the firm and the county, graded.

Its name is a local one; no provincial text was found that regulates it, so everything here is a setting of the platform.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, QuerySet, Value, When

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry import duty
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import one, scoped

from . import actions, answers, timing
from .models import Clue
from .stage_models import EarlyWarning
from .states import SEVERITIES

GRAVITY = Case(*(When(severity=key, then=Value(place)) for place, key in enumerate(SEVERITIES)), default=Value(9))


def to_screen(viewer: Officer) -> QuerySet[Clue]:
    """Clues nobody has taken or warned of yet and that do not wait for room, the gravest first, then those found first."""
    warned = EarlyWarning.objects.filter(clue=OuterRef("pk"))
    rows = Clue.objects.filter(state="found", released_at__isnull=False).exclude(Exists(warned))
    return scoped(rows.select_related("facility", "division", "agency"), viewer).annotate(gravity=GRAVITY).order_by("gravity", "found_at", "id")


@transaction.atomic
def warn(
    clue: Clue, *, tier: str, text: str, by: Officer, at: dt.datetime, to_county: bool = True, to_firm: bool = True, questions: Sequence[str] = (), wanted: Sequence[str] = ()
) -> EarlyWarning:
    """Send a graded warning to the firm (which has to answer in time) and to the county; a graver tier regrades the clue."""
    if tier not in SEVERITIES:
        raise BadInput(f"预警级别须为：{'、'.join(SEVERITIES.values())}", field="tier")
    if not text.strip():
        raise BadInput("请写明预警内容：哪里、什么数据、要对方做什么", field="text")
    if not (to_county or to_firm):
        raise BadInput("请选择推送给企业、属地，或者两者", field="to_firm")
    row = actions.take(clue, "warn", by=by, at=at, why=text.strip()[:300], after={"tier": tier, "to_firm": to_firm, "to_county": to_county})
    if tier != row.severity:
        row.severity = tier
        row.save(update_fields=["severity"])
        timing.recount(row)
    request = answers.ask_firm(row, questions=questions or [text], wanted=wanted, by=by, at=at) if to_firm else None
    unit = timing.unit_of(row) if to_county else None
    warning = EarlyWarning.objects.create(clue=row, tier=tier, text=text.strip(), to_agency=unit, request=request, pushed_by=by, pushed_at=at)
    if unit is not None:
        people, because = duty.receivers(unit, at, handler=row.handler)
        timing.post(row, f"warning:{warning.pk}", people, f"{SEVERITIES[tier]}预警 {row.number} {row.title}：{text.strip()}", because, at)
    return warning


@transaction.atomic
def receive(warning: EarlyWarning, *, by: Officer, at: dt.datetime) -> EarlyWarning:
    """Somebody of the county has it."""
    if warning.to_agency is None or by.agency.authority.pk != warning.to_agency_id:
        raise NotAllowed("预警由被推送的单位签收")
    if EarlyWarning.objects.filter(pk=warning.pk, received_at=None).update(received_by=by, received_at=at) != 1:
        raise NotAllowed("这条预警已经签收")
    warning.refresh_from_db()
    return warning


def warnings(viewer: Officer) -> QuerySet[EarlyWarning]:
    """Warnings of the viewer's division, newest first."""
    rows = EarlyWarning.objects.select_related("clue__facility", "to_agency", "request", "pushed_by", "received_by")
    return scoped(rows, viewer, through="clue").order_by("-pushed_at", "-id")


def warning_for(viewer: Officer, pk: int) -> EarlyWarning:
    return one(EarlyWarning.objects.select_related("clue"), viewer, through="clue", pk=pk)
