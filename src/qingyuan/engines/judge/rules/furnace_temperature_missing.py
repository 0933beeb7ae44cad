"""A furnace whose temperature is not told: missing is not passing.

Law: 令10 arts. 3, 12 (operation recorder is part of the equipment); 大气污染防治法 art. 100; from 2026-08-15 生态环境法典 art. 1086.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qingyuan.engines.judge import furnace
from qingyuan.engines.judge.finding import Finding
from qingyuan.engines.judge.inforce import LawInForce
from qingyuan.engines.judge.rule import Rule
from qingyuan.engines.judge.series import DAY, MINUTE, Series
from qingyuan.engines.judge.stretch import Point, Stretch
from qingyuan.engines.judge.working import sum_of


def furnace_temperature_missing(stretch: Stretch, law: LawInForce) -> list[Finding]:
    """Return finished days on which a furnace with thermocouples gave fewer 5-minute means than due, unmarked."""
    findings = []
    for mn, point in sorted(stretch.points.items()):
        sections = _thermocouples(stretch, point)
        if not sections:
            continue
        began = furnace.spoken(sections)
        days = stretch.finished_days()
        every = np.arange(stretch.began, stretch.began + len(days) * DAY, 5 * MINUTE, dtype=np.int64)
        due = ~furnace.excused(stretch, point.outlet, every)
        told = due & np.isin(every, began)
        for day in days[told.reshape(-1, 288).sum(axis=1) < (law.p["share"] + 1e-9) * due.reshape(-1, 288).sum(axis=1)]:
            slots = np.arange(day, day + DAY, 5 * MINUTE, dtype=np.int64)
            due = slots[~furnace.excused(stretch, point.outlet, slots)]
            given = int(np.isin(due, began).sum())
            if len(due) < 12 or not _speaks(stretch, mn, int(day)):
                continue
            step = sum_of("炉温数据完整率", "given / due", {"given": given, "due": len(due)})
            if step["value"] < law.p["share"]:
                findings.append(
                    law.finding(
                        stretch, sections[0], int(day), int(day) + DAY, value=step["value"], limit_value=law.p["share"], steps=[step],
                        also=sections[1:], share=step["value"] * 100,
                    )  # fmt: skip
                )
    return findings


def _thermocouples(stretch: Stretch, point: Point) -> list[Series]:
    """Return the thermocouples of a point: those it spoke of, and those registered for it that said nothing."""
    spoken = {one.factor: one for one in furnace.sections(stretch, point.mn)}
    silent = {factor: replace(stretch.place(point.outlet, factor), point=point.mn, kind="minute") for factor in point.factors if factor.startswith(furnace.SECTIONS)}
    return [one for _, one in sorted((silent | spoken).items())]


def _speaks(stretch: Stretch, mn: str, day: int) -> bool:
    """Return whether the point said anything that day; a point that said nothing is offline, and that is another rule's."""
    return any(rows.stop > rows.start for one in stretch.of_point(mn, "minute") for rows in (one.between(day, day + DAY),))


RULE = Rule.beside(__file__, furnace_temperature_missing)
