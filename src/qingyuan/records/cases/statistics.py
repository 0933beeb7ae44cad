"""Figures of a division over a period: cases, money, days, and what was not punished and why.

Days are natural days.  A case counts in the period in which it was filed, a decision in that in which it was made.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from qingyuan.errors import BadInput
from qingyuan.records.registry.models import Division, Officer
from qingyuan.records.registry.scope import scoped

from .models import Case, Payment, Transfer
from .states import STATES


@dataclass(frozen=True)
class Period:
    began: dt.date
    ended: dt.date

    def __post_init__(self) -> None:
        if self.began > self.ended:
            raise BadInput(f"起始日{self.began}晚于截止日{self.ended}", field="began")


def figures(viewer: Officer, period: Period) -> dict[str, Any]:
    """Everything the page of statistics shows; money in fen."""
    rows = scoped(Case.objects.all(), viewer)
    filed = rows.filter(filed_on__range=(period.began, period.ended))
    decided = rows.filter(decided_on__range=(period.began, period.ended))
    punished = decided.filter(decision_kind="penalty", annulled_on=None)
    spared = decided.filter(decision_kind="no_penalty", annulled_on=None)
    return {
        "filed": filed.count(), "decided": punished.count(), "fined_fen": total(punished, "fine_fen"), "spared": spared.count(),
        "exempted_fen": total(spared, "exempted_fen"), "summary": punished.filter(procedure="summary").count(), "annulled": rows.filter(annulled_on__range=(period.began, period.ended)).count(),
        "changed": rows.filter(changed_on__range=(period.began, period.ended)).count(), "paid_fen": paid(rows, period), "days": days_to_decide(punished),
        "transfers": counted(Transfer.objects.filter(case__in=rows, on__range=(period.began, period.ended)), "kind"),
        "by_violation": by_violation(decided), "by_month": by_month(filed, decided), "by_place": by_place(viewer, filed, decided), "by_state": by_state(filed),
    }


def total(rows: QuerySet[Case], column: str) -> int:
    return rows.aggregate(sum=Sum(column))["sum"] or 0


def paid(rows: QuerySet[Case], period: Period) -> int:
    return Payment.objects.filter(case__in=rows, on__range=(period.began, period.ended)).aggregate(sum=Sum("amount_fen"))["sum"] or 0


def days_to_decide(rows: QuerySet[Case]) -> dict[str, int | None]:
    """Natural days from filing to decision: the middle case, the slowest tenth begins at, the longest."""
    spans = sorted((decided - filed).days for filed, decided in rows.exclude(procedure="summary").values_list("filed_on", "decided_on"))
    if not spans:
        return {"median": None, "ninetieth": None, "longest": None}
    return {"median": spans[len(spans) // 2], "ninetieth": spans[min(len(spans) - 1, len(spans) * 9 // 10)], "longest": spans[-1]}


def counted(rows: QuerySet[Any], column: str) -> dict[str, int]:
    return dict(rows.order_by().values_list(column).annotate(n=Count("pk")))


def by_violation(decided: QuerySet[Case]) -> list[dict[str, Any]]:
    """Cause by cause: decisions, money, and how many were not punished with what sum."""
    punished, spared = Q(decision_kind="penalty", annulled_on=None), Q(decision_kind="no_penalty", annulled_on=None)
    rows = decided.order_by().values("violation", "cause").annotate(
        punished=Count("pk", filter=punished), fined=Sum("fine_fen", filter=punished), spared=Count("pk", filter=spared), exempted=Sum("exempted_fen", filter=spared)
    )  # fmt: skip
    return sorted(rows, key=lambda row: -(row["punished"] + row["spared"]))


def by_month(filed: QuerySet[Case], decided: QuerySet[Case]) -> list[dict[str, Any]]:
    months: dict[dt.date, dict[str, Any]] = {}
    for name, rows, column in (("filed", filed, "filed_on"), ("decided", decided, "decided_on")):
        for month, count, money in rows.order_by().annotate(month=TruncMonth(column)).values_list("month").annotate(n=Count("pk"), sum=Sum("fine_fen")):
            line = months.setdefault(month, {"month": month, "filed": 0, "decided": 0, "fined": 0})
            line[name] = count
            if name == "decided":
                line["fined"] = money or 0
    return [months[month] for month in sorted(months)]


def by_place(viewer: Officer, filed: QuerySet[Case], decided: QuerySet[Case]) -> list[dict[str, Any]]:
    """The divisions one level below the viewer's; the viewer's own for a county."""
    level = viewer.agency.division.level
    column = {"province": "city_code", "city": "county_code"}.get(level, "county_code")
    began, ended = dict(filed.order_by().values_list(column).annotate(n=Count("pk"))), {}
    for code, count, money in decided.filter(annulled_on=None).order_by().values_list(column).annotate(n=Count("pk"), sum=Sum("fine_fen")):
        ended[code] = (count, money or 0)
    names = dict(Division.objects.filter(code__in=[*began, *ended]).values_list("code", "name"))
    rows = [
        {"place": names.get(code, "本级"), "filed": began.get(code, 0), "decided": ended.get(code, (0, 0))[0], "fined": ended.get(code, (0, 0))[1]} for code in {*began, *ended}
    ]
    return sorted(rows, key=lambda row: (-row["filed"], row["place"]))


def by_state(filed: QuerySet[Case]) -> list[tuple[str, int]]:
    known = counted(filed, "state")
    return [(label, known[state]) for state, label in STATES.items() if known.get(state)]
