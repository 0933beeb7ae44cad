"""Past fines for like cases: what a proposed fine is compared with (同案不同罚).

Decree 30 of 2023 art. 41: like violations, like penalties.  The viewer's own division for the desk; for everyone else only
what has been published.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet

from qingyuan.law import penalty
from qingyuan.law.penalty import Distribution
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import scoped

from .models import Case

MOST = 2000  # the newest decisions of one violation; an index answers this


def decided(viewer: Officer, violation: str, *, but: Case | None = None) -> list[dict[str, Any]]:
    """Decided fines of the viewer's division for one violation, newest first, as ``penalty.similar`` reads them."""
    rows = scoped(fined(violation), viewer)
    return told(rows.exclude(pk=but.pk) if but is not None else rows)


def published(violation: str) -> list[dict[str, Any]]:
    """The same over what anyone may read: published and not withdrawn."""
    return told(fined(violation).filter(published_on__isnull=False, publication_withdrawn_on=None))


def fined(violation: str) -> QuerySet[Case]:
    """Decisions that fined and still stand."""
    rows = Case.objects.filter(violation=violation, decided_on__isnull=False, annulled_on=None, fine_fen__gt=0, decision_kind="penalty")
    return rows.order_by("-decided_on", "-id")


def told(rows: QuerySet[Case]) -> list[dict[str, Any]]:
    found = rows.values("pk", "number", "violation", "decided_on", "fine_fen", "proposal__regime", "proposal__levels")[:MOST]
    return [
        {
            "pk": row["pk"], "number": row["number"], "violation": row["violation"], "decided_on": row["decided_on"], "regime": row["proposal__regime"],
            "factors": row["proposal__levels"] or {}, "amount_yuan": row["fine_fen"] // 100,
        }
        for row in found
    ]  # fmt: skip


def compared(rows: Iterable[Mapping[str, Any]], result: Mapping[str, Any]) -> Distribution:
    """Where the fine of a calculation stands among the rows; a calculation that fines nothing is compared with nothing."""
    rows = [] if result["exempt"] else rows
    return penalty.similar(
        rows, violation=result["violation"], regime=result["regime"], factors=result.get("levels", {}), proposed_yuan=result["amount_yuan"],
    )
