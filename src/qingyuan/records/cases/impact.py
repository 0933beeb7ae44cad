"""Which open cases a change of the rule book touches: the half of ``law impact`` that needs the records."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from qingyuan.law import citation, penalty
from qingyuan.law.impact import Impact
from qingyuan.records.registry.models import Officer

from .clocks import clocks_of
from .models import Case
from .queries import open_cases

MOST = 400  # cases looked at, oldest filing first; a page says when there are more


@dataclass(frozen=True)
class Touched:
    """An open case and every reason why it has to be looked at again, in Chinese."""

    case: Case
    reasons: tuple[str, ...]


def touched(viewer: Officer, found: Impact, on: dt.date) -> list[Touched]:
    """Open cases of the viewer whose violation, calculation or running clock rests on what changed."""
    rows = (Touched(case, tuple(reasons(case, found, on))) for case in looked_at(viewer))
    return [row for row in rows if row.reasons]


def reasons(case: Case, found: Impact, on: dt.date) -> Iterable[str]:
    changed = {*found.changed, *found.lost}
    proposal = case.proposal or {}
    if case.violation in {*found.touched.get("violations", ()), *changed}:
        yield f"案由的条文：{case.cause}"
    cited = [text for text in dict.fromkeys((*proposal.get("citations", ()), *proposal.get("prohibition", ()), *proposal.get("penalty", ()))) if text.partition(":")[0] in changed]
    if cited:
        yield f"裁量计算引用：{'、'.join(printed(text) for text in cited)}"
    if proposal.get("table") in {*found.touched.get("matrix", ()), *changed}:
        yield f"裁量表：{proposal['table']}"
    clocks = set(found.touched.get("procedure", ()))
    running = [clock.label for clock in clocks_of(case, on) if clock.done_on is None and clock.due.clock in clocks]
    if running:
        yield f"在计的期限：{'、'.join(running)}"


def outdated(viewer: Officer) -> list[Touched]:
    """Open cases whose calculation rests on pages of the rule book that have changed since."""
    rows = ((case, penalty.outdated((case.proposal or {})["certificate"])) for case in looked_at(viewer) if (case.proposal or {}).get("certificate"))
    return [Touched(case, tuple(changes)) for case, changes in rows if changes]


def looked_at(viewer: Officer) -> Iterable[Case]:
    return open_cases(viewer).prefetch_related("suspensions", "payments")[:MOST]


def printed(text: str) -> str:
    return str(citation.parse(text))
