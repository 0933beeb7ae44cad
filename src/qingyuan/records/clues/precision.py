"""How right each rule was, per division and season, in one question to the database: what the ranking of waiting clues rests on."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncMonth

from qingyuan.clock import CHINA
from qingyuan.law import rulebook
from qingyuan.law.deadlines import add_months

from .models import Clue
from .states import OUTCOMES, verdict_of

SEASONS = {12: "冬", 1: "冬", 2: "冬", 3: "春", 4: "春", 5: "春", 6: "夏", 7: "夏", 8: "夏", 9: "秋", 10: "秋", 11: "秋"}


@dataclass(frozen=True)
class Precision:
    """Verdicts of the last months: (rule, division, season) → (true, false), and (rule,) → the same in all."""

    near: dict[tuple[str, str, str], tuple[int, int]]
    whole: dict[str, tuple[int, int]]
    prior: tuple[int, int]
    least: int

    def of(self, rule: str, division: str, found_at: dt.datetime) -> tuple[float, str]:
        """The share of true ones, drawn toward the prior while few were checked, and the words that say what it rests on."""
        season = SEASONS[found_at.astimezone(CHINA).month]
        true, false = self.near.get((rule, division, season), (0, 0))
        said = f"本规则本地{season}季 {true + false} 条核实 {true} 条属实"
        if true + false < self.least:
            true, false = self.whole.get(rule, (0, 0))
            said = f"本规则 {true + false} 条核实 {true} 条属实" if rule and true + false else "没有核实记录"
        a, b = self.prior
        return (true + a) / (true + false + a + b), f"命中率（{said}，先验 {a}∕{a + b}）"


def precision_table(on: dt.date) -> Precision:
    """What the last months say, by the day."""
    told: Any = rulebook.load().get("clues/governor/rank", on=on)
    since = add_months(on, -told["months"])
    rows = (
        Clue.objects.filter(state__in=OUTCOMES, found_at__date__gte=since).exclude(rule="")
        .annotate(month=TruncMonth("found_at", tzinfo=CHINA)).values("rule", "county_code", "city_code", "month", "state", "cause").annotate(n=Count("id")).order_by()
    )  # fmt: skip
    near: dict[tuple[str, str, str], list[int]] = defaultdict(lambda: [0, 0])
    whole: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        verdict = verdict_of(row["state"], row["cause"])
        if verdict:
            place = 0 if verdict == "true" else 1
            near[row["rule"], row["county_code"] or row["city_code"], SEASONS[row["month"].month]][place] += row["n"]
            whole[row["rule"]][place] += row["n"]
    return Precision(
        {key: (a, b) for key, (a, b) in near.items()}, {key: (a, b) for key, (a, b) in whole.items()},
        (told["prior"]["true"], told["prior"]["false"]), told["least"],
    )  # fmt: skip
