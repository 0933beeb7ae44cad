"""Suppressing what is known: a scope, a reason, another person's approval, an end, and every finding it hid counted and kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Division, Facility, Officer
from qingyuan.records.registry.scope import one, scoped

from .states import FALSE_ALARM_CAUSES, SEVERITIES, SUPPRESSION
from .suppression_models import HiddenFinding, Suppression

LONGEST = dt.timedelta(days=90)  # platform setting: what is known for longer is a matter for the rule, not for a suppression
NEVER_HIDDEN = ("red",)


@transaction.atomic
def propose_suppression(
    *, rule: str, division: Division, facility: Facility | None, outlet_code: str = "", factor: str = "", began_at: dt.datetime, expires_at: dt.datetime,
    cause: str, why: str, by: Officer, at: dt.datetime,
) -> Suppression:
    """Propose that a rule makes no clues for a while; it does nothing until somebody else approves."""
    if not by.has_role("analyst", "inspector"):
        raise NotAllowed("抑制由技术中心研判员或者执法人员提出")
    if cause not in FALSE_ALARM_CAUSES:
        raise BadInput(f"原因须为：{'、'.join(FALSE_ALARM_CAUSES.values())}", field="cause")
    if not why.strip() or not rule:
        raise BadInput("请写明抑制哪条规则、凭什么材料", field="why")
    if not began_at < expires_at <= began_at + LONGEST or expires_at <= at:
        raise BadInput(f"抑制须有终点：先起后止，不超过 {LONGEST.days} 天，且不能已经过去；长期如此的，应当修改规则的参数", field="expires_at")
    row = Suppression(
        rule=rule, facility=facility, division=facility.division if facility else division, outlet_code=outlet_code.strip(), factor=factor.strip(), began_at=began_at,
        expires_at=expires_at, cause=cause, why=why.strip(), proposed_by=by, proposed_at=at,
    )
    row.save()
    record_event(by=by, subject=f"suppression:{row.pk}", step="propose_suppression", at=at, after={"rule": rule, "until": expires_at.isoformat()}, why=why)
    return row


@transaction.atomic
def decide_suppression(row: Suppression, *, is_approved: bool, why: str, by: Officer, at: dt.datetime) -> Suppression:
    """Another person, a leader, says yes or no."""
    held = Suppression.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if by.pk == held.proposed_by_id:
        raise NotAllowed("抑制须由提出人以外的负责人批准（双人复核）")
    return step(held, "approve_suppression" if is_approved else "decline_suppression", why, by, at, {"decided_by": by, "decided_at": at})


@transaction.atomic
def end_suppression(row: Suppression, *, why: str, by: Officer, at: dt.datetime) -> Suppression:
    """End it before its time."""
    if not why.strip():
        raise BadInput("请写明提前终止的理由", field="why")
    held = Suppression.objects.select_for_update(of=("self",)).get(pk=row.pk)
    return step(held, "end_suppression", why, by, at, {"ended_at": at})


def step(row: Suppression, name: str, why: str, by: Officer, at: dt.datetime, changes: Mapping[str, Any]) -> Suppression:
    wanted = SUPPRESSION.steps[name]
    if not by.has_role(*wanted.roles):
        raise NotAllowed(f"“{wanted.label}”由负责人办理；{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    before = row.state
    row.state = SUPPRESSION.take(before, name)
    for field, value in changes.items():
        setattr(row, field, value)
    row.save()
    record_event(by=by, subject=f"suppression:{row.pk}", step=name, at=at, before={"state": before}, after={"state": row.state}, why=why)
    return row


def hide(finding: Mapping[str, Any], place: Facility, at: dt.datetime) -> bool:
    """Whether an approved suppression covers the finding; then it is kept and counted instead of making a clue.

    The gravest are never hidden.  A finding that was hidden stays hidden until somebody brings it back.
    """
    if HiddenFinding.objects.filter(finding_id=finding["id"], brought_back_at=None).exists():
        return True
    if finding.get("severity") in NEVER_HIDDEN:
        return False
    began, ended = (read(finding[key]) for key in ("began", "ended"))
    rows = Suppression.objects.filter(rule=finding["rule"], state="approved", began_at__lte=began, expires_at__gte=ended)
    rows = rows.filter(Q(facility=place) | Q(facility=None, division__in=divisions_over(place)))
    rows = rows.filter(Q(outlet_code="") | Q(outlet_code=finding.get("outlet", "")), Q(factor="") | Q(factor=finding.get("factor") or ""))
    row = rows.order_by("id").first()
    if row is None or HiddenFinding.objects.filter(finding_id=finding["id"]).exists():
        return False
    severity = finding.get("severity") if finding.get("severity") in SEVERITIES else "yellow"
    HiddenFinding.objects.create(suppression=row, finding_id=finding["id"], facility=place, severity=severity, began=began, ended=ended, hidden_at=at, data=dict(finding))
    return True


def read(value: Any) -> dt.datetime:
    return value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))


def divisions_over(place: Facility) -> list[str]:
    """The codes of the divisions a facility lies in."""
    return [code for code in (place.province_code, place.city_code, place.county_code, place.division_id) if code]


@transaction.atomic
def bring_back(row: Suppression, *, why: str, by: Officer, at: dt.datetime) -> int:
    """Make clues of what a suppression hid after all; returns how many findings came back."""
    from .door import take_findings

    if not by.has_role("analyst", "inspector", "leader"):
        raise NotAllowed("恢复被抑制的判定由研判、执法人员或者负责人办理")
    if not why.strip():
        raise BadInput("请写明为什么恢复", field="why")
    if row.state == "approved" and at < row.expires_at:
        raise NotAllowed("抑制还在生效：先提前终止，再恢复它挡下的判定")
    rows = list(row.hidden.filter(brought_back_at=None))
    row.hidden.filter(brought_back_at=None).update(brought_back_at=at)
    take_findings([hidden.data for hidden in rows], at=at)
    record_event(by=by, subject=f"suppression:{row.pk}", step="bring_back", at=at, after={"findings": len(rows)}, why=why)
    return len(rows)


def suppressions(viewer: Officer) -> QuerySet[Suppression]:
    """The viewer's suppressions, each with how much it hid; those waiting for approval first, then those in force."""
    rows = scoped(Suppression.objects.select_related("facility", "division", "proposed_by", "decided_by"), viewer)
    return rows.annotate(hidden_count=Count("hidden"), back_count=Count("hidden", filter=Q(hidden__brought_back_at__isnull=False))).order_by("-id")


def suppression_for(viewer: Officer, pk: int) -> Suppression:
    return one(Suppression.objects.select_related("facility", "division"), viewer, pk=pk)


def hidden_since(viewer: Officer, since: dt.date) -> int:
    """How many findings suppressions kept from making clues since a day."""
    day = dt.datetime.combine(since, dt.time(), CHINA)
    return scoped(HiddenFinding.objects.filter(hidden_at__gte=day, brought_back_at=None), viewer, through="suppression").count()
