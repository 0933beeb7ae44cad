"""The random draw on the records: commit, draw, send, result, publish; a redraw names what it replaces and why.

优化营商环境条例 art. 54; Penalty Law arts. 42, 43; results public within 20 working days.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines
from qingyuan.law.deadlines import Due
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer

from . import actions, door, gate, positive
from .models import Assignment, Draw, DrawnItem, InspectionPlan
from .plan_states import DRAW, RESULTS, WITHOUT_VISIT
from .pool import pool_of

RUNNERS = ("inspector", "analyst", "leader")


def period_of(on: dt.date) -> str:
    """The quarter a day lies in: 2026Q4."""
    return f"{on.year}Q{(on.month + 2) // 3}"


def why_no_commitment(plan: InspectionPlan, by: Officer, on: dt.date) -> tuple[str, ...]:
    """Every reason why this person cannot commit a draw under the plan now."""
    reasons = []
    if plan.state == "drafted":
        reasons.append("检查计划尚未批准，不能抽取")
    if plan.year != on.year:
        reasons.append(f"这是{plan.year}年度的计划，今天是{on}")
    if by.agency.division_id != plan.division_id or not by.has_role(*RUNNERS):
        reasons.append(f"由{plan.agency.name}的执法人员、研判员或负责人抽取")
    return tuple(reasons)


@transaction.atomic
def commit_draw(
    plan: InspectionPlan, *, source: str, round_: str, earliest: dt.datetime, by: Officer, at: dt.datetime, on: dt.date,
    why: str = "", credit: Mapping[str, str] | None = None,
) -> Draw:
    """Fix the pool of this quarter and seal it.  A second one of the quarter replaces the first and needs ``why``.

    ``earliest``: when the public value can be known at the soonest.  ``credit``: grade by facility code; without it the grades handed in.
    """
    reasons = why_no_commitment(plan, by, on)
    earlier = Draw.objects.select_for_update().filter(plan=plan, period=period_of(on)).order_by("-number").first()
    if earlier is not None:
        reasons += DRAW.why_not(earlier.state, "replace", earlier, {"why": why})
        used = any(item.result or (item.assignment and item.assignment.state != "cancelled") for item in earlier.items.select_related("assignment"))
        reasons += ("已有抽中对象派发检查或有了结果，不能重抽",) if used else ()
    if reasons:
        raise NotAllowed(reasons)
    name = f"{plan.number}/{period_of(on)}"
    beacon = {"source": source, "round": round_.strip(), "earliest": earliest.isoformat(timespec="seconds")}
    pool = pool_of(by, plan, name=name, beacon=beacon, on=on, credit=credit)
    if not sum(row["quota"] for row in pool["strata"].values()):
        raise NotAllowed("没有可抽的对象：都在正面清单内或已达年度频次上限")
    if earlier is not None:
        earlier.state = DRAW.steps["replace"].target
        earlier.save(update_fields=["state"])
    made, proof = door.commit_and_seal(pool, why=why or "上一次封存后未能入库", at=at)
    draw = Draw(
        plan=plan, division=plan.division, period=period_of(on), number=made["number"], replaces=earlier, why=why, commitment=made, digest=door.digest_of(made),
        seal=proof, committed_by=by, committed_at=at,
    )
    draw.save()
    record_event(by=by, subject=f"draw:{draw.pk}", step="commit", at=at, after={"digest": draw.digest, "leaf": proof["leaf"], "number": draw.number}, why=why)
    return draw


def why_no_run(draw: Draw, by: Officer) -> tuple[str, ...]:
    known = DRAW.steps["run"]
    role = () if by.has_role(*known.roles) and by.agency.division_id == draw.division_id else (f"由{draw.plan.agency.name}的执法人员、研判员或负责人抽取",)
    return DRAW.why_not(draw.state, "run", draw) + role


@transaction.atomic
def run_draw(draw: Draw, *, value: str, published_at: dt.datetime, evidence: str, by: Officer, at: dt.datetime) -> Draw:
    """Enter the public value and draw.  NotAllowed when it was public before the sealing, lies in the future, or is spelled otherwise."""
    fresh = Draw.objects.select_for_update().select_related("plan__agency").get(pk=draw.pk)
    reasons = why_no_run(fresh, by)
    if reasons:
        raise NotAllowed(reasons)
    if published_at > at:
        raise BadInput(f"公布时间 {published_at:%Y-%m-%d %H:%M} 还没有到", field="published_at")
    if not evidence.strip():
        raise BadInput("请写明何处可以查到这一公开的随机数", field="evidence")
    told = door.draw(fresh.commitment, fresh.seal, value=value, published_at=published_at, evidence=evidence.strip())
    fresh.beacon, fresh.state, fresh.drawn_by, fresh.drawn_at = told["beacon"], DRAW.steps["run"].target, by, at
    fresh.result_digest, fresh.result_leaf = door.seal_result(told, at)
    fresh.save()
    keep_items(fresh, told["result"])
    record_event(by=by, subject=f"draw:{fresh.pk}", step="run", at=at, after={"value": value, "items": len(told["result"]), "result_digest": fresh.result_digest})
    draw.refresh_from_db()
    return draw


def keep_items(draw: Draw, result: list[dict[str, Any]]) -> None:
    people = {person.certificate_number: person for person in Officer.objects.filter(certificate_number__in={c for row in result for c in row["officers"]})}
    places = {place.code: place for place in Facility.objects.filter(code__in=[row["object"] for row in result])}
    for row in result:
        item = DrawnItem.objects.create(draw=draw, order=row["order"], facility=places[row["object"]], stratum=row["stratum"])
        item.officers.set([people[number] for number in row["officers"]])


@transaction.atomic
def send(item: DrawnItem, *, by: Officer, at: dt.datetime, due_on: dt.date | None = None, answer: str = "", items: Sequence[str] = ()) -> Assignment:
    """Issue the task of a drawn object to the people drawn for it; every gate of an assignment holds.

    ``answer``: why visits near in time cannot be merged; needed only when there are any.
    """
    fresh = DrawnItem.objects.select_for_update().select_related("draw", "facility").get(pk=item.pk)
    if by.pk != fresh.draw.drawn_by_id:
        raise NotAllowed("抽中名单在检查之前保密，由抽取人派发")
    open_task = fresh.assignment is not None and fresh.assignment.state != "cancelled"
    reasons = [f"已派发任务{fresh.assignment.number}"] if open_task else []
    reasons += [] if fresh.draw.state == "drawn" and not fresh.result else ["本次抽取已被替代、已公开或该对象已有结果"]
    people = list(fresh.officers.order_by("certificate_number"))
    actions.hold(fresh.facility)
    reasons += actions.why_not_assign(facility=fresh.facility, inspectors=people, on=at.date(), basis="draw")
    near = gate.near_visits(fresh.facility, at.date(), by)
    seen = gate.lines(facility=fresh.facility, basis="draw", on=at.date(), viewer=by, items=items, near=near, answer=answer)
    reasons = list(dict.fromkeys(reasons + gate.stops(seen)))
    if reasons:
        raise NotAllowed(reasons)
    fresh.assignment = actions.issue(
        facility=fresh.facility, basis="draw", reason=f"双随机抽查 {fresh.draw}", clue=None, inspectors=people, by=by, at=at, due_on=due_on,
        items=list(items), gate=gate.frozen(seen),
    )
    fresh.save(update_fields=["assignment"])
    item.refresh_from_db()
    return fresh.assignment


@transaction.atomic
def record_result(item: DrawnItem, *, result: str, note: str, on: dt.date, by: Officer, at: dt.datetime, way: str = "") -> DrawnItem:
    """What came of a drawn object.  Without a finished visit only: not found, closed, or (listed meanwhile) checked off site."""
    fresh = DrawnItem.objects.select_for_update(of=("self",)).select_related("draw", "assignment", "facility").get(pk=item.pk)
    if not may_see(fresh, by):
        raise NotAllowed("抽中名单在检查之前保密")
    if result not in RESULTS:
        raise BadInput(f"检查结果须为：{'、'.join(RESULTS.values())}", field="result")
    if fresh.result or fresh.draw.state == "replaced":
        raise NotAllowed("该对象已有结果，或本次抽取已被替代")
    task = fresh.assignment
    if result in WITHOUT_VISIT and task is not None and task.state == "started":
        raise NotAllowed("检查已经开始，请按检查结论填写")
    if result not in WITHOUT_VISIT and (task is None or task.state != "finished"):
        raise NotAllowed("检查尚未完成，不能填写结果")
    if result == "off_site":
        positive.check_off_site(facility=fresh.facility, basis="draw", way=way, found=note, by=by, on=on, at=at, item=fresh)
    if task is not None and task.state == "issued":
        actions.cancel(task, why=RESULTS[result], by=by, at=at)
    fresh.result, fresh.result_note, fresh.finished_on = result, note.strip()[:200], on
    fresh.save(update_fields=["result", "result_note", "finished_on"])
    record_event(by=by, subject=f"draw:{fresh.draw_id}", step="record_result", at=at, after={"order": fresh.order, "result": result})
    item.refresh_from_db()
    return item


def publication_due(item: DrawnItem) -> Due | None:
    """Until when the result must be public; None while there is none."""
    return deadlines.due("draw_results_publication", item.finished_on) if item.finished_on else None


@transaction.atomic
def publish_results(draw: Draw, *, by: Officer, on: dt.date, at: dt.datetime) -> int:
    """Make public the results there are; the draw ends when none is left.  Returns how many became public now."""
    fresh = Draw.objects.select_for_update().get(pk=draw.pk)
    reasons = list(DRAW.why_not(fresh.state, "publish", fresh))
    if not by.has_role(*DRAW.steps["publish"].roles):
        reasons.append(f"{by.name}没有公开抽查结果的岗位")
    ready = fresh.items.exclude(result="").filter(published_on=None)
    if not reasons and not ready.exists():
        reasons.append("还没有可以公开的检查结果")
    if reasons:
        raise NotAllowed(reasons)
    count = ready.update(published_on=on)
    if not fresh.items.filter(published_on=None).exists():
        fresh.state = DRAW.steps["publish"].target
        fresh.save(update_fields=["state"])
    record_event(by=by, subject=f"draw:{fresh.pk}", step="publish", at=at, after={"count": count, "state": fresh.state})
    draw.refresh_from_db()
    return count


def is_open_to_all(item: DrawnItem) -> bool:
    """Whether the visit has begun or the object is done: from then on its name is no secret."""
    return bool(item.result) or (item.assignment is not None and item.assignment.state in ("started", "finished"))


def may_see(item: DrawnItem, viewer: Officer) -> bool:
    """Before the visit only who ran the draw and the people drawn for the object know it."""
    return is_open_to_all(item) or viewer.pk == item.draw.drawn_by_id or item.officers.filter(pk=viewer.pk).exists()
