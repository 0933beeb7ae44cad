"""Credit grades as they are handed in, until the credit room hands them over itself; they weigh in the draw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer
from qingyuan.records.registry.queries import facilities
from qingyuan.records.registry.scope import scoped

from .joint_states import CREDIT_GRADES
from .result_models import CreditGrade

MOST = 5000
WORDS = {label[0]: key for key, label in CREDIT_GRADES.items()}  # 绿 蓝 黄 红 黑


def grades(places: Iterable[Facility], on: dt.date) -> dict[str, str]:
    """By facility code the grade that holds that day; who is not named has none."""
    rows = CreditGrade.objects.filter(facility__in=[place.pk for place in places], valid_from__lte=on).order_by("facility", "valid_from", "pk")
    return dict(rows.values_list("facility__code", "grade"))


def grade_rows(viewer: Officer) -> QuerySet[CreditGrade]:
    return scoped(CreditGrade.objects.select_related("facility"), viewer, through="facility").order_by("-handed_on", "-pk")


@transaction.atomic
def take_grades(*, lines: str, source: str, by: Officer, at: dt.datetime) -> int:
    """Hand grades in, one a line: ``code, grade, first day``.  All or none; returns how many are new or changed."""
    rows = [line.replace("，", ",").replace("\t", ",").split(",") for line in lines.splitlines() if line.strip()]
    if not by.has_role("analyst", "leader", "inspector"):
        raise NotAllowed(f"{by.name}没有登记信用等级的岗位")
    if not source.strip() or not rows or len(rows) > MOST:
        raise BadInput(f"请写明来源，每行填“编码，等级，起始日期”，一次不超过{MOST}行", field="lines" if source.strip() else "source")
    known = {place.code: place for place in facilities(by).filter(code__in=[cells[0].strip() for cells in rows])}
    read = [line_of(number, cells, known) for number, cells in enumerate(rows, 1)]
    changed = 0
    for place, grade, began in read:
        row, is_new = CreditGrade.objects.get_or_create(
            facility=place, valid_from=began, defaults={"grade": grade, "source": source.strip()[:120], "handed_on": at.date()}
        )
        if not is_new and row.grade != grade:
            row.grade, row.source, row.handed_on = grade, source.strip()[:120], at.date()
            row.save()
        changed += is_new or row.handed_on == at.date()
    record_event(by=by, subject=f"agency:{by.agency_id}", step="take_grades", at=at, after={"count": changed, "source": source.strip()[:120]})
    return changed


def line_of(number: int, cells: list[str], known: dict[str, Facility]) -> tuple[Facility, str, dt.date]:
    """One line read; BadInput names the line and what would be right."""
    told = [cell.strip() for cell in cells]
    if len(told) != 3:
        raise BadInput(f"第{number}行应为“编码，等级，起始日期”三项，得到{len(told)}项", field="lines")
    if told[0] not in known:
        raise BadInput(f"第{number}行的编码{told[0]}没有登记或不在您的辖区", field="lines")
    grade = told[1] if told[1] in CREDIT_GRADES else WORDS.get(told[1][:1], "")
    if not grade:
        raise BadInput(f"第{number}行的等级应为绿、蓝、黄、红、黑之一，得到“{told[1]}”", field="lines")
    try:
        return known[told[0]], grade, dt.date.fromisoformat(told[2])
    except ValueError:
        raise BadInput(f"第{number}行的日期应写作 2026-01-01，得到“{told[2]}”", field="lines") from None
