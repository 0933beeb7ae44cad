"""More of a pollutant leaves a reach of a river than entered it and than its outlets may let in: section against outlet.

Load = concentration x flow.  Above: the sections next upstream, at their highest within the hours of travel; between: what the permits of
the outlets allow together.  The rest came from somewhere: the finding starts a trace, not a case.
Law: 水污染防治法 art. 10 and, from 2026-08-15, 生态环境法典 art. 151 bind whoever is found between.  Thresholds are ours.
"""

from __future__ import annotations

import numpy as np

from qingyuan.engines.judge import averaging, factors
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, HOUR, Series, Times, Values, align
from qingyuan.engines.judge.stretch import Event, Stretch
from qingyuan.engines.judge.working import fact, sum_of

KG_PER_HOUR = 3.6e-3  # of mg/L x L/s


def section_load_unexplained(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return two section readings in a row whose load is far above what sections upstream and permitted outlets between explain."""
    findings = []
    for series in stretch.series(kind="hour", medium="section", factors=factors.WATER_POLLUTANTS):
        reaches = [one for one in stretch.events_of("reach", series.outlet) if one.outlet == series.outlet and one.value <= law.p["farthest"]]
        if not reaches:
            continue
        at = series.began[series.between(stretch.began - DAY, stretch.ended)]
        below = _load(stretch, series, at)
        above = sum((_arrived(stretch, one, series.factor, at, law.p["slack"]) for one in reaches), np.zeros(len(at)))
        between = sum((one.value for one in stretch.events_of("reach_load", series.outlet, series.factor)), 0.0)
        odd = below - above - between > law.p["share"] * below
        again = odd & np.insert(odd[:-1], 0, False)
        for row in np.flatnonzero(again & ~np.insert(again[:-1], 0, False) & stretch.judged(at)):
            step = sum_of("来源不明的负荷", "below - above - between", {"below": below[row], "above": above[row], "between": between}, "千克/小时")
            share = sum_of("占断面负荷的比例", "extra / below", {"extra": step["value"], "below": below[row]})
            findings.append(
                law.finding(
                    stretch, series, int(at[row - 1]), int(at[row]) + HOUR, value=step["value"], unit="千克/小时", limit_value=law.p["share"] * below[row],
                    steps=[fact("上游断面", len(reaches), "个"), step, share], also=_read(stretch, series, reaches), anchor=int(at[row]),
                    read_from=int(at[row - 1]) - round(law.p["farthest"] * law.p["slack"]) * HOUR, share=share["value"] * 100,
                )  # fmt: skip
            )
    return findings


def _load(stretch: Stretch, series: Series, at: Times) -> Values:
    """Return kg an hour past a section at the given moments of its own series; NaN where concentration or flow is missing."""
    found = np.full(len(at), np.nan)
    flow = stretch.find(series.point, averaging.WATER_FLOW, "hour")
    if flow is not None:
        here, there = align(series.began, flow.began)
        value = np.full(len(series), np.nan)
        value[here] = np.where(series.normal[here] & flow.normal[there], series.value[here] * flow.value[there] * KG_PER_HOUR, np.nan)
        mine, place = align(at, series.began)
        found[mine] = value[place]
    return found


def _arrived(stretch: Stretch, reach: Event, factor: str, at: Times, slack: float) -> Values:
    """Return the highest load that passed the section above within ``slack`` times the hours of travel; NaN where none is known."""
    upper = stretch.find(reach.text, factor, "hour")
    if upper is None:
        return np.full(len(at), np.nan)
    load = _load(stretch, upper, upper.began)
    first, last = np.searchsorted(upper.began, (at - round(reach.value * slack + 8) * HOUR, at + 1))
    windows = (load[a:b][np.isfinite(load[a:b])] for a, b in zip(first, last, strict=True))
    return np.array([one.max() if len(one) else np.nan for one in windows])


def _read(stretch: Stretch, series: Series, reaches: list[Event]) -> list[Series]:
    found = [stretch.find(series.point, averaging.WATER_FLOW, "hour")]
    found += [stretch.find(one.text, factor, "hour") for one in reaches for factor in (series.factor, averaging.WATER_FLOW)]
    return [one for one in found if one is not None]


RULE = Rule.beside(__file__, section_load_unexplained)
