"""How often a rule was right, said honestly: with its interval, because three checks prove nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from qingyuan.records.cases import queries as cases
from qingyuan.records.clues import door
from qingyuan.records.registry.models import Division

from .frame import Look

ENOUGH = 10  # verdicts below which a precision is shown as a hint only


def precision_of(look: Look, rule: str, window: dt.timedelta) -> dict[str, Any]:
    """The year's lines of a rule for its page: in all, and per division and season."""
    since = look.today - window
    filed = dict(cases.cases(look.viewer).filter(clue__isnull=False, filed_on__gte=since).values_list("clue_id", "filed_on"))
    whole = door.precision_of(look.viewer, rule, since=since, filed=filed, by_season=False)
    lines = door.precision_of(look.viewer, rule, since=since, filed=filed)
    named = {row.code: row.name for row in Division.objects.filter(level__in=["city", "county"])}
    return {"precise": {"whole": whole, "lines": [(line, place_of(line.division, named)) for line in lines], "enough": ENOUGH}}


def place_of(digits: str, named: dict[str, str]) -> str:
    return named.get(digits.ljust(12, "0"), digits)
