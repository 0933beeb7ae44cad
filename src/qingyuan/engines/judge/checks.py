"""The battery every rule must pass, given readings on which it finds something and readings on which it must not.

Each check returns Chinese sentences about what does not hold; nothing means it holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa

from qingyuan.law import citation as citations

from . import applies, cases, working
from .finding import Finding, ordered
from .rule import Rule
from .run import starts
from .series import DAY
from .stretch import Stretch, cut

Case = Mapping[str, Any]


def lines(rule: Rule, case: Case, stretch: Stretch) -> list[str]:
    """Return the findings of a stretch as canonical lines."""
    return [finding.line() for finding in ordered(cases.judged(rule, case, stretch))]


def order_does_not_matter(rule: Rule, case: Case) -> list[str]:
    """Rows in any order give the same findings."""
    readings = cases.table(case, cases.points_of(case))
    shuffled = readings.take(pa.array(np.random.default_rng(7).permutation(readings.num_rows)))
    return _same(rule, case, shuffled, "读数乱序后结果不同")


def doubling_does_not_matter(rule: Rule, case: Case) -> list[str]:
    """Every row sent twice gives the same findings."""
    readings = cases.table(case, cases.points_of(case))
    return _same(rule, case, pa.concat_tables([readings, readings.slice(0, readings.num_rows // 2), readings]), "读数重复后结果不同")


def splitting_does_not_matter(rule: Rule, case: Case) -> list[str]:
    """A window cut at every midnight gives the findings of the whole window."""
    whole = cases.stretch(case)
    found: list[Finding] = []
    for day in range(whole.began, whole.ended, DAY):
        found += cases.judged(rule, case, _day(rule, whole, day))
    pieces = [one.line() for one in ordered(found)]
    return [] if pieces == lines(rule, case, whole) else [f"{rule.name}「{case['name']}」按日切分后结果不同"]


def more_look_back_does_not_matter(rule: Rule, case: Case) -> list[str]:
    """Readings from before the declared look-back change nothing: what a rule may see is what it declares."""
    whole = cases.stretch(case)
    last = whole.ended - DAY
    if last == whole.began:
        return []
    far = replace(whole, began=last)
    near = _day(rule, whole, last)
    return [] if lines(rule, case, far) == lines(rule, case, near) else [f"{rule.name}「{case['name']}」依赖未声明的回看时段"]


def _day(rule: Rule, whole: Stretch, day: int) -> Stretch:
    start = starts(day, [rule])
    kept = [cut(series, start[series.kind], day + DAY) for series in whole.all_series if series.kind in start]
    return replace(whole, began=day, ended=day + DAY, all_series=tuple(series for series in kept if len(series)))


def twice_is_once(rule: Rule, case: Case) -> list[str]:
    """Judging again gives the same lines, and leaves the stretch as it was."""
    stretch = cases.stretch(case)
    return [] if lines(rule, case, stretch) == lines(rule, case, stretch) else [f"{rule.name}「{case['name']}」两次判定不同"]


def law_is_of_the_day(rule: Rule, case: Case) -> list[str]:
    """Every finding cites at least one text, all of them in force on the day of the act."""
    problems = []
    for finding in cases.judged(rule, case, cases.stretch(case)):
        day = finding.began.date()
        if not finding.basis:
            problems.append(f"{rule.name} 没有 {day} 有效的依据")
        for told in finding.basis:
            resolved = citations.resolve(citations.parse(told), day)
            if not resolved.in_force:
                problems.append(f"{rule.name} 引用了 {day} 无效的 {told}：{resolved.reason}")
    return problems


def working_recomputes(rule: Rule, case: Case) -> list[str]:
    """Every sum agrees when done again, the finding's own value is one of the tree's, and the digest is that of its rows."""
    problems = []
    for finding in cases.judged(rule, case, cases.stretch(case)):
        problems += working.recompute(finding.working)
        digest = hashlib.sha256("".join(row["digest"] for row in finding.working["rows"]).encode()).hexdigest()
        if digest != finding.inputs_digest:
            problems.append(f"{rule.name} 的输入摘要与各序列摘要不符")
        if not finding.working["children"]:
            problems.append(f"{rule.name} 的计算过程是空的")
    return problems


def evidence_is_named(rule: Rule, case: Case) -> list[str]:
    """Every finding says what a lawful finding still needs, in a Chinese title without blanks left open."""
    problems = []
    for finding in cases.judged(rule, case, cases.stretch(case)):
        if not finding.evidence_needed:
            problems.append(f"{rule.name} 没有列出尚需证据")
        if "{" in finding.title or "None" in finding.title or not any("一" <= letter <= "鿿" for letter in finding.title):
            problems.append(f"{rule.name} 的标题不成句：{finding.title}")
        if not finding.violation:
            problems.append(f"{rule.name} 没有对应的案由")
    return problems


def _same(rule: Rule, case: Case, readings: pa.Table, complaint: str) -> list[str]:
    plain = lines(rule, case, cases.stretch(case))
    other = lines(rule, case, cases.stretch(case, readings))
    return [] if plain == other else [f"{rule.name}「{case['name']}」{complaint}"]


def unripe_says_nothing(rule: Rule, case: Case) -> list[str]:
    """A rule that speaks of whole days, months or quarters says nothing about one that is not over."""
    whole = cases.stretch(case)
    last = replace(_day(rule, whole, whole.ended - DAY), until=whole.ended - 1)
    found = cases.judged(rule, case, last) if rule.ripens not in ("", "hour") else []
    return [f"{rule.name}「{case['name']}」在{rule.ripens}未结束时已有结果"] if found else []


def needs_are_told(rule: Rule, case: Case) -> list[str]:
    """Where a rule finds something, what it says it needs is there."""
    stretch = cases.stretch(case)
    lacks = not applies.applies(rule, applies.site_of(stretch)) or not applies.is_ripe(rule, stretch.began, stretch.known_until)
    return [f"{rule.name}「{case['name']}」有结果，却不满足其 needs 或 ripens"] if lacks and cases.judged(rule, case, stretch) else []


BATTERY: tuple[Callable[[Rule, Case], list[str]], ...] = (
    order_does_not_matter,
    doubling_does_not_matter,
    splitting_does_not_matter,
    more_look_back_does_not_matter,
    twice_is_once,
    law_is_of_the_day,
    working_recomputes,
    evidence_is_named,
    unripe_says_nothing,
    needs_are_told,
)


def failures(rule: Rule) -> list[str]:
    """Run the battery over every case of a rule."""
    return [problem for case in rule.cases for check in BATTERY for problem in check(rule, case)]

