"""Precision and recall per rule against a table of what was planted.

A planted violation is found when a finding of its rule overlaps it at its point (and factor, where both name one).
A finding is true when it overlaps a violation planted for its rule; related when it only overlaps a violation planted for
another rule at the same point (a held value may well hug a limit too); false when it overlaps none.
precision = true / (true + false); related findings are told beside it, in neither sum.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .finding import Finding


@dataclass(frozen=True)
class Score:
    """How one rule did.  ``precision``/``recall`` are None where there is nothing to divide by."""

    rule: str
    planted: int
    found: int
    findings: int
    true: int
    related: int
    false: int
    missed: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def recall(self) -> float | None:
        """Return the share of planted violations that were found."""
        return self.found / self.planted if self.planted else None

    @property
    def precision(self) -> float | None:
        """Return true / (true + false)."""
        told = self.true + self.false
        return self.true / told if told else None


def score(findings: Sequence[Finding], truth: Iterable[Mapping[str, Any]], rules: Iterable[str]) -> list[Score]:
    """Return a score per rule.

    ``truth`` rows: rule, mn, factor, began, ended (aware datetimes), is_violation; rows that only look like a violation
    never make a finding true.
    """
    planted = [row for row in truth if row.get("is_violation", True)]
    return [_score(rule, [f for f in findings if f.rule == rule], planted) for rule in rules]


def _score(rule: str, findings: list[Finding], planted: list[Mapping[str, Any]]) -> Score:
    mine = [row for row in planted if row["rule"] == rule]
    missed = [row for row in mine if not any(_meets(finding, row) for finding in findings)]
    true = [finding for finding in findings if any(_meets(finding, row) for row in mine)]
    rest = [finding for finding in findings if not any(_meets(finding, row) for row in mine)]
    related = [finding for finding in rest if any(_near(finding, row) for row in planted)]
    wrong = [finding for finding in rest if not any(_near(finding, row) for row in planted)]
    return Score(
        rule=rule,
        planted=len(mine),
        found=len(mine) - len(missed),
        findings=len(findings),
        true=len(true),
        related=len(related),
        false=len(wrong),
        missed=tuple(f"{row['mn']} {row['factor']} {row['began']:%Y-%m-%d %H:%M}–{row['ended']:%m-%d %H:%M}" for row in missed),
        wrong=tuple(f"{one.point} {one.factor} {one.began:%Y-%m-%d %H:%M} {one.title}" for one in wrong),
    )


def _meets(finding: Finding, row: Mapping[str, Any]) -> bool:
    factors = (finding.factor.partition("-")[0], (row["factor"] or "").partition("-")[0])  # a parameter belongs to its factor
    return _near(finding, row) and ("" in factors or factors[0] == factors[1])


def _near(finding: Finding, row: Mapping[str, Any]) -> bool:
    return finding.point == row["mn"] and finding.began < row["ended"] and finding.ended > row["began"]
