"""双公示 of a period: the decisions of a division as rows of the exchange file, with how long each is shown.

The classes and their months are law/book/credit/publicity (grade C): the shortest classes by procedure and by whether the decision
came within the range of a hearing.
"""

from __future__ import annotations

import datetime as dt

from qingyuan.errors import BadInput
from qingyuan.law import rulebook
from qingyuan.law.deadlines import add_months
from qingyuan.records.docket import exchange
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import scoped

from .models import Case

LONGEST = 366
MOST = 5000


def rows(viewer: Officer, *, began: dt.date, ended: dt.date) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """(rows by field code, decisions that cannot be sent with the reason); at most a year at a time, BadInput otherwise."""
    if not 0 <= (ended - began).days < LONGEST:
        raise BadInput(f"截止日不得早于起始日，一次最多{LONGEST}天", field="ended")
    found = scoped(Case.objects.filter(decided_on__range=(began, ended), annulled_on=None), viewer)
    good, bad = [], []
    for case in found.exclude(decision=None).filter(decision__kind__in=exchange.DECISIONS).select_related("decision__agency").order_by("decided_on", "pk")[:MOST]:
        try:
            good.append(exchange.row(case.decision, shown_until=shown_until(case).strftime("%Y%m%d")))
        except BadInput as error:
            bad.append({"number": case.decision.number, "reason": str(error)})
    return good, bad


def shown_until(case: Case) -> dt.date:
    """The last day of publicity, counted from the decision."""
    months = rulebook.load().folder("credit")[grade_of(case)]["longest_months"]
    return add_months(case.decided_on, int(months))


def grade_of(case: Case) -> str:
    """minor, ordinary or serious."""
    if case.procedure == "summary":
        return "minor"
    return "serious" if (case.proposal or {}).get("hearing_required") else "ordinary"
