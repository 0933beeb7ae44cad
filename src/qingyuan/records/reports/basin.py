"""A basin at work: a section rises, it is confirmed, traced, handed out to a locality, built and paid for, closed.

No national text sets hours for tracing; the clocks are the platform's and a province puts its own in place of them (schemes.yaml).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from statistics import median
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event, trail
from qingyuan.records.registry.models import Division, Event, Officer, RiverPlace, SectionReading
from qingyuan.records.registry.places import within
from qingyuan.records.registry.quality import Figure
from qingyuan.records.registry.scope import one, scoped
from qingyuan.records.registry.sections import class_name, class_of
from qingyuan.records.registry.serials import next_serial

from . import door
from .models import Handout, MoneyEntry, Project, SectionWarning, VillageSurvey
from .states import HANDOUT, PROJECT, WARNING, WARNING_DOUBTS
from .stepping import due, schemes, take, why_not, words

UPSIDE_DOWN = {"w01009", "w01001"}  # dissolved oxygen and pH: a rise says nothing
JOIN = dt.timedelta(hours=12)
OPEN_WARNINGS = [state for state in WARNING.states if state not in WARNING.final]
OPEN_PROJECTS = [state for state in PROJECT.states if state not in PROJECT.final]


# -- warnings ---------------------------------------------------------------------------------------------------------------


def find_warnings(places: Iterable[RiverPlace], at: dt.datetime, *, by: Officer | None = None) -> list[SectionWarning]:
    """Look at the last two days of each section: two readings in a row beyond the target class, or far above the usual.

    A rise that is still open is carried on; returns the warnings that are new.
    """
    scheme, found = schemes()["warning"], []
    since = at - dt.timedelta(days=scheme["usual_days"])
    for place in places:
        rows = SectionReading.objects.filter(place=place, way="auto", at__gte=since, at__lte=at, value__isnull=False).order_by("at")
        by_factor: dict[str, list[tuple[dt.datetime, float]]] = {}
        for factor, when, value in rows.values_list("factor", "at", "value"):
            by_factor.setdefault(factor, []).append((when, value))
        for factor, series in by_factor.items():
            new = _warning(place, factor, series, at, scheme, by)
            found += [new] if new is not None else []
    return found


def _warning(place: RiverPlace, factor: str, series: list[tuple[dt.datetime, float]], at: dt.datetime, scheme: dict[str, Any], by: Officer | None) -> SectionWarning | None:
    fresh = [(when, value) for when, value in series if when >= at - dt.timedelta(days=2)]
    past = [value for when, value in series if when < at - dt.timedelta(days=2)]
    usual = median(past) if len(past) >= 6 else None
    beyond = [(when, value, _why(place, factor, value, usual, scheme)) for when, value in fresh]
    runs: list[list[tuple[dt.datetime, float, str]]] = [[]]
    for row in beyond:
        if row[2]:
            runs[-1].append(row)
        elif runs[-1]:
            runs.append([])
    run = next((run for run in reversed(runs) if len(run) >= scheme["consecutive"]), None)
    return _write_warning(place, factor, run, usual, at, by) if run else None


def _why(place: RiverPlace, factor: str, value: float, usual: float | None, scheme: dict[str, Any]) -> str:
    number = class_of(factor, value, is_lake=place.is_lake)
    if number is not None and place.target_class is not None and number > place.target_class:
        return f"{class_name(number)}，劣于目标{class_name(place.target_class)}"
    if usual and factor not in UPSIDE_DOWN and number is not None and value > scheme["times_usual"] * usual:
        return f"为此前 {scheme['usual_days']} 天中位数的 {value / usual:.1f} 倍"
    return ""


@transaction.atomic
def _write_warning(place: RiverPlace, factor: str, run: list[tuple[dt.datetime, float, str]], usual: float | None, at: dt.datetime, by: Officer | None) -> SectionWarning | None:
    began, ended = run[0][0], run[-1][0]
    known = SectionWarning.objects.select_for_update().filter(place=place, factor=factor, ended__gte=began - JOIN, began__lte=ended).order_by("-began").first()
    worst = min(run, key=lambda row: row[1]) if factor == "w01009" else max(run, key=lambda row: row[1])
    number = class_of(factor, worst[1], is_lake=place.is_lake) or 1
    if known is not None:
        if ended > known.ended and known.state in OPEN_WARNINGS:
            SectionWarning.objects.filter(pk=known.pk).update(ended=ended, value=worst[1] if worst[1] > known.value else known.value, quality_class=max(number, known.quality_class))
        return None
    row = SectionWarning(
        number=next_serial(SectionWarning, "DM", at, digits=4), place=place, division=place.division, factor=factor, began=began, ended=ended, value=worst[1], usual=usual,
        quality_class=number, target_class=place.target_class, reason=worst[2], found_at=at, **due(at, schemes()["section"]["confirm"]),
    )
    row.save()
    record_event(by=by, subject=f"section_warning:{row.pk}", step="find", at=at, after={"factor": factor, "value": worst[1], "reason": row.reason})
    return row


def watch(at: dt.datetime) -> list[SectionWarning]:
    """One turn of the worker: what the stations told is written down, and looked at."""
    return find_warnings(door.take_section_readings(at), at)


def warnings(viewer: Officer) -> QuerySet[SectionWarning]:
    """Warnings of the viewer's division, the most urgent first."""
    return scoped(SectionWarning.objects.select_related("place", "division"), viewer).order_by("due_on", "id")


def warning(viewer: Officer, number: str) -> SectionWarning:
    return one(SectionWarning.objects.select_related("place", "division"), viewer, number=number)


def history(row: SectionWarning | Handout | Project) -> list[Event]:
    """What was done to a row of this room."""
    kind = {SectionWarning: "section_warning", Handout: "handout", Project: "project"}[type(row)]
    return trail(f"{kind}:{row.pk}")


def confirm(row: SectionWarning, *, doubts: Sequence[str], why: str, by: Officer, at: dt.datetime) -> SectionWarning:
    """It is a rise of the water, not of the rain, the gate or the instrument: every doubt was looked at (judge.md 9.2)."""
    left = [label for key, label in WARNING_DOUBTS.items() if key not in doubts]
    if left:
        raise BadInput(f"复核须逐项排除：还没有排除 {'、'.join(left)}；不能排除的，选择“排除”预警", field="doubts")
    changes = {"doubts": [WARNING_DOUBTS[key] for key in doubts], **due(at, schemes()["section"]["trace"])}
    return take(row, WARNING, "confirm", by=by, at=at, why=words(why, "复核依据（连续两次、留样复测等）", "why"), changes=changes)


def exclude(row: SectionWarning, *, why: str, by: Officer, at: dt.datetime) -> SectionWarning:
    """It was rain, a gate, the instrument: with what shows it."""
    return take(row, WARNING, "exclude", by=by, at=at, why=why, changes={"conclusion": words(why, "排除的理由和依据", "why", 4)})


def trace(row: SectionWarning, *, by: Officer, at: dt.datetime) -> SectionWarning:
    """Walk upstream from the section and keep the candidates with their reasons; again is allowed, the newest list stands."""
    reasons = why_not(row, WARNING, "trace", by)
    if reasons:
        raise NotAllowed(reasons)
    excess = row.value - row.usual if row.usual is not None and row.value > row.usual else None
    found = door.trace_section(row.place.code, row.factor, row.began, row.ended + dt.timedelta(hours=4), excess=excess, flow=row.place.flow)
    changes = {"candidates": found, "traced_at": at, **due(at, schemes()["section"]["hand_out"])}
    return take(row, WARNING, "trace", by=by, at=at, why=f"候选 {len(found)} 个", changes=changes)


def close(row: SectionWarning, *, why: str, by: Officer, at: dt.datetime) -> SectionWarning:
    """Closed with its cause; a warning that was handed out closes when every hand-out of it is closed."""
    waiting = row.handouts.exclude(state__in=HANDOUT.final).count()
    if waiting:
        raise BadInput(f"还有 {waiting} 件交办没有办结，不能办结预警", field="why")
    return take(row, WARNING, "close", by=by, at=at, why=why, changes={"conclusion": words(why, "查明的原因", "why", 4)})


@transaction.atomic
def hand_to_clue(row: SectionWarning, *, clue_number: str, by: Officer, at: dt.datetime) -> SectionWarning:
    """Remember the clue that was opened from this warning; the clue's own room opens it."""
    fresh = SectionWarning.objects.select_for_update().get(pk=row.pk)
    if fresh.clue_number:
        raise NotAllowed(f"已转为线索 {fresh.clue_number}，不重复转出")
    fresh.clue_number = clue_number
    fresh.save(update_fields=["clue_number"])
    record_event(by=by, subject=f"section_warning:{fresh.pk}", step="hand_to_clue", at=at, after={"clue": clue_number})
    row.refresh_from_db()
    return row


# -- hand-outs ----------------------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_out(*, to: Division, title: str, problem: str, demand: str, due_on: dt.date, by: Officer, at: dt.datetime, warning: SectionWarning | None = None) -> Handout:
    """Hand a problem out to a locality below."""
    within(by, to)
    if not by.has_role("analyst", "leader"):
        raise BadInput("交办由研判人员或者机关负责人办理", field="to")
    if due_on <= at.astimezone(CHINA).date():
        raise BadInput("办理期限须晚于今天", field="due_on")
    row = Handout(
        number=next_serial(Handout, "JB", at, digits=4), title=words(title, "交办事项", "title")[:160], problem=words(problem, "问题", "problem"), demand=words(demand, "办理要求", "demand"), warning=warning, division=to,
        sender=by.agency, issued_by=by, issued_at=at, due_on=due_on,
    )
    row.save()
    record_event(by=by, subject=f"handout:{row.pk}", step="hand_out", at=at, after={"to": to.name, "title": row.title})
    if warning is not None and warning.state != "handed_out":
        take(warning, WARNING, "hand_out", by=by, at=at, why=row.number)
    return row


def handouts(viewer: Officer) -> QuerySet[Handout]:
    """Hand-outs to the viewer's division or below, the most urgent first."""
    return scoped(Handout.objects.select_related("division", "sender", "warning"), viewer).order_by("due_on", "id")


def handout(viewer: Officer, number: str) -> Handout:
    return one(Handout.objects.select_related("division", "sender", "warning"), viewer, number=number)


def step_handout(row: Handout, step: str, *, by: Officer, at: dt.datetime, why: str = "") -> Handout:
    """Accept, answer, send back or close; an answer and a return say what and why."""
    changes = {}
    if step == "answer":
        changes = {"answer": words(why, "办理情况：做了什么、效果如何", "why", 4)}
    elif step in ("send_back", "close"):
        words(why, "理由", "why")
    return take(row, HANDOUT, step, by=by, at=at, why=why, changes=changes)


# -- projects and money -------------------------------------------------------------------------------------------------------


def projects(viewer: Officer) -> QuerySet[Project]:
    """Projects of the viewer's division by their planned end, with what was granted and paid."""
    rows = Project.objects.select_related("division", "handout").annotate(
        granted_fen=Sum("money__amount_fen", filter=Q(money__kind="granted")), paid_fen=Sum("money__amount_fen", filter=Q(money__kind="paid")),
    )  # fmt: skip
    return scoped(rows, viewer).order_by("due_on", "id")


def project(viewer: Officer, code: str) -> Project:
    return one(Project.objects.select_related("division", "handout"), viewer, code=code)


def money_of(viewer: Officer, row: Project) -> QuerySet[MoneyEntry]:
    return scoped(MoneyEntry.objects.filter(project=row).select_related("by"), viewer, through="project")


@transaction.atomic
def open_project(*, code: str, name: str, kind: str, to: Division, owner: str, starts_on: dt.date, due_on: dt.date, planned_fen: int, by: Officer, at: dt.datetime, handout: Handout | None = None) -> Project:
    """Put a project into the ledger."""
    within(by, to)
    if due_on < starts_on or planned_fen < 0:
        raise BadInput("计划完成不能早于开工，投资不能为负", field="due_on")
    if Project.objects.filter(code=code).exists():
        raise BadInput(f"项目编号 {code} 已有", field="code")
    row = Project(code=words(code, "项目编号", "code"), name=words(name, "项目名称", "name"), kind=kind, division=to, owner=words(owner, "责任单位", "owner"), starts_on=starts_on, due_on=due_on, planned_fen=planned_fen,
                  handout=handout, updated_at=at)  # fmt: skip
    row.save()
    record_event(by=by, subject=f"project:{row.pk}", step="open_project", at=at, after={"code": code})
    return row


def step_project(row: Project, step: str, *, by: Officer, at: dt.datetime, why: str = "", progress: int | None = None) -> Project:
    """Start, finish, accept, send back or stop; a finished project stands at 100 %."""
    changes: dict[str, Any] = {"updated_at": at, "note": why or row.note}
    if progress is not None:
        changes["progress"] = progress
    if step in ("finish", "accept"):
        changes["progress"] = 100
    if step in ("send_back", "stop", "accept"):
        words(why, "理由或验收意见", "why")
    return take(row, PROJECT, step, by=by, at=at, why=why, changes=changes)


@transaction.atomic
def add_money(row: Project, *, on: dt.date, fund: str, kind: str, amount_fen: int, note: str, by: Officer, at: dt.datetime) -> MoneyEntry:
    """Write one line of money; what is paid may not pass what was granted."""
    if amount_fen == 0:
        raise BadInput("金额不能为零", field="amount_fen")
    if amount_fen < 0:
        words(note, "冲正的理由", "note")
    if kind == "paid":
        told = row.money.aggregate(granted=Sum("amount_fen", filter=Q(kind="granted")), paid=Sum("amount_fen", filter=Q(kind="paid")))
        if (told["paid"] or 0) + amount_fen > (told["granted"] or 0):
            raise BadInput(f"支付后将超过到位资金 {(told['granted'] or 0) / 100:,.2f} 元；请先登记到位", field="amount_fen")
    made = MoneyEntry.objects.create(project=row, on=on, fund=fund, kind=kind, amount_fen=amount_fen, note=note, by=by, at=at)
    record_event(by=by, subject=f"project:{row.pk}", step="add_money", at=at, after={"kind": kind, "amount_fen": amount_fen}, why=note)
    return made


def ledger(viewer: Officer, today: dt.date) -> dict[str, Any]:
    """The projects in figures: how many in each state, how many late, the money planned, granted and paid, the oldest update."""
    rows = scoped(Project.objects.all(), viewer)
    told = rows.aggregate(
        all=Count("pk"), late=Count("pk", filter=Q(state__in=OPEN_PROJECTS, due_on__lt=today)), accepted=Count("pk", filter=Q(state="accepted")), planned=Sum("planned_fen"),
    )  # fmt: skip
    money = scoped(MoneyEntry.objects.all(), viewer, through="project").aggregate(granted=Sum("amount_fen", filter=Q(kind="granted")), paid=Sum("amount_fen", filter=Q(kind="paid")))
    oldest = rows.filter(state__in=OPEN_PROJECTS).order_by("updated_at").values_list("updated_at", flat=True).first()
    return {**told, **money, "oldest_at": oldest, "handouts": handouts(viewer).count(), "open_handouts": handouts(viewer).exclude(state__in=HANDOUT.final).count()}


# -- villages -----------------------------------------------------------------------------------------------------------------


def villages(viewer: Officer) -> list[VillageSurvey]:
    """The newest survey of each village, those that wait for their remedy first."""
    newest: dict[tuple[str, str], VillageSurvey] = {}
    for row in scoped(VillageSurvey.objects.select_related("division"), viewer).order_by("on", "pk"):
        newest[(row.division_id, row.village)] = row
    order = {"waiting": 0, "under_way": 1, "done": 2, "none": 3}
    return sorted(newest.values(), key=lambda row: (order[row.state], not row.has_black_water, row.division_id, row.village))


def village_figures(rows: Sequence[VillageSurvey], at: dt.datetime) -> list[Figure]:
    """Villages surveyed, households whose sewage is treated, black waters left; the age is that of the oldest newest survey."""
    days = [dt.datetime.combine(row.on, dt.time(), CHINA) for row in rows]
    oldest, newest = min(days, default=None), max(days, default=None)
    households, treated = sum(row.households for row in rows), sum(row.treated_households for row in rows)
    black = sum(row.has_black_water and row.state != "done" for row in rows)
    count = len(rows)
    return [
        Figure("已调查村", float(count), "个", oldest, newest, count, count, "", 0),
        Figure("农户污水治理率", 100 * treated / households if households else None, "%", oldest, newest, count, count),
        Figure("未治理的黑臭水体", float(black), "处", oldest, newest, count, count, "", 0),
    ]  # fmt: skip
