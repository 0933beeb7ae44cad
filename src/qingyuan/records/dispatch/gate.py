"""The gate before a visit: basis, items, cap, positive list, overlap.  What was found is frozen into the task.

国办发〔2024〕54号; 优化营商环境条例 art. 54 (merge several items into one visit).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from qingyuan.law import rulebook
from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Facility, Officer

from . import items as catalogue
from . import pool, positive
from .models import Assignment
from .secrecy import unveiled
from .states import BASES
from .visit_models import OutsideVisit

DOCUMENT = "国办发〔2024〕54号"


@dataclass(frozen=True)
class Line:
    """One thing looked at: ``state`` good | warn | stop; a ``stop`` is a reason to refuse."""

    name: str
    label: str
    state: str
    said: str
    cited: str = ""
    grade: str = "B"


@dataclass(frozen=True)
class Near:
    """A visit near in time: ours (``number``) or another department's (``outside`` is its key)."""

    who: str
    place: str
    on: dt.date
    what: str
    number: str = ""
    outside: int | None = None


def lines(
    *, facility: Facility, basis: str, on: dt.date, viewer: Officer, items: Sequence[str] = (), clue: Clue | None = None,
    near: Sequence[Near] = (), answer: str = "",
) -> list[Line]:
    """Everything the gate looks at, in the order in which it is shown."""
    return [
        basis_line(basis, clue), items_line(items, on), cap_line(facility, basis, on), list_line(facility, basis, clue, on),
        overlap_line(basis, near, answer),
    ]  # fmt: skip


def stops(found: Sequence[Line]) -> list[str]:
    return [line.said for line in found if line.state == "stop"]


def frozen(found: Sequence[Line]) -> list[dict[str, Any]]:
    return [asdict(line) for line in found]


def basis_line(basis: str, clue: Clue | None) -> Line:
    if basis not in BASES:
        return Line("basis", "检查依据", "stop", f"没有检查依据，不得入企；依据须为：{'、'.join(BASES.values())}", DOCUMENT)
    if basis == "clue" and clue is None:
        return Line("basis", "检查依据", "stop", "依据为线索核实的，须写明哪一条线索", DOCUMENT)
    return Line("basis", "检查依据", "good", BASES[basis] + (f"：{clue.number}" if clue else ""), DOCUMENT)


def items_line(items: Sequence[str], on: dt.date) -> Line:
    wrong = catalogue.unknown(items, on)
    if wrong:
        return Line("items", "检查事项", "stop", f"事项{'、'.join(wrong)}不在公布的检查事项清单内，不得检查", DOCUMENT)
    told = "、".join(one.name for one in catalogue.named(items, on))
    return Line("items", "检查事项", "good" if told else "warn", told or "未列明事项，任务码上只显示事由", DOCUMENT)


def cap_line(facility: Facility, basis: str, on: dt.date) -> Line:
    """How many planned visits the year has seen against the published cap; a case-driven check is outside it."""
    plan = pool.cap_of(facility, pool.plans_of(on.year))
    seen = pool.planned_visits([facility], on.year).get(facility.pk, 0)
    told = f"本年度计划内检查已 {seen} 次" + (f"，《{plan.title}》上限 {plan.frequency_cap} 次" if plan else "，本辖区还没有批准的年度计划，没有上限可对照")
    if basis not in pool.PLANNED:
        return Line("cap", "年度频次", "good", f"{told}；{BASES.get(basis, '')}不计入上限", DOCUMENT)
    full = pool.cap_reason(facility, on)
    if full:
        return Line("cap", "年度频次", "stop", full, DOCUMENT)
    return Line("cap", "年度频次", "good" if plan else "warn", told, DOCUMENT)


def list_line(facility: Facility, basis: str, clue: Clue | None, on: dt.date) -> Line:
    exempt = positive.exempt_reason(facility=facility, basis=basis, clue=clue, on=on)
    entry = positive.listing(facility, on)
    told = "不在正面清单内" if entry is None else f"在正面清单内（{entry.listed_on}列入），本次依据允许现场检查"
    return Line("positive", "正面清单", "stop" if exempt else "good", exempt or told, "环办执法〔2021〕10号")


def overlap_line(basis: str, near: Sequence[Near], answer: str) -> Line:
    """Visits near in time must be merged, or it is said why not; a case-driven check is only told of them."""
    days = window("overlap", None)["days"]
    if not near:
        return Line("overlap", "重复检查", "good", f"前后 {days} 日内没有其他检查", DOCUMENT, "U")
    told = "；".join(f"{one.on} {one.who}（{one.what}）" for one in near)
    if answer.strip():
        return Line("overlap", "重复检查", "good", f"{told}。{answer.strip()}", DOCUMENT, "U")
    state = "stop" if basis in pool.PLANNED else "warn"
    return Line("overlap", "重复检查", state, f"前后 {days} 日内另有 {len(near)} 次检查：{told}。请合并（综合查一次），不能合并的写明理由", DOCUMENT, "U")


def window(name: str, on: dt.date | None) -> Any:
    """A number of days or times of ``law/book/visits``; without a day the newest version."""
    entry = rulebook.load().get(f"visits/{name}", on=on)
    return entry if on is not None else {**entry, **entry["values"][-1]}


def near_visits(facility: Facility, on: dt.date, viewer: Officer, *, but: Assignment | None = None) -> list[Near]:
    """Visits to the same operator near in time: tasks of any division that are no secret to the viewer, and other departments' plans."""
    span = dt.timedelta(days=window("overlap", None)["days"])
    tasks = Assignment.objects.filter(facility__operator_id=facility.operator_id, issued_on__range=(on - span, on + span)).exclude(state="cancelled")
    tasks = tasks.exclude(pk=but.pk) if but is not None else tasks
    rows = [
        Near(task.issued_by.agency.authority.name, task.facility.name, task.issued_on, f"{task.get_basis_display()}，{task.get_state_display()}", task.number)
        for task in unveiled(tasks, viewer).select_related("facility", "issued_by__agency__parent").order_by("issued_on", "pk")[:20]
    ]
    told = OutsideVisit.objects.filter(facility__operator_id=facility.operator_id, planned_on__range=(on - span, on + span), merged_into=None)
    rows += [
        Near(one.department, one.facility.name, one.planned_on, f"计划检查：{one.items}", outside=one.pk)
        for one in told.select_related("facility").order_by("planned_on", "pk")[:20]
    ]
    return sorted(rows, key=lambda near: (near.on, near.who))
