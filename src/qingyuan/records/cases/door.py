"""What became of findings, handed to the engine that learns: plain values, never models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.db.models.fields.json import KT

from qingyuan.engines.learn import outcomes as learn
from qingyuan.engines.learn.outcomes import Outcome
from qingyuan.records.clues.door import outcome_of
from qingyuan.records.clues.models import ClueFinding

from .models import Case

FILE = "outcomes.parquet"


def outcomes() -> list[Outcome]:
    """One outcome for each rule that had a part in a clue, with the case that followed, if any."""
    cases = {row.clue_id: row for row in Case.objects.exclude(clue=None).order_by("id")}
    told = ClueFinding.objects.select_related("clue__facility").annotate(revision=KT("data__revision")).defer("data")
    last = {(row.clue_id, row.rule): row for row in told.order_by("id")}
    return [with_case(outcome_of(row, None), cases.get(clue)) for (clue, _), row in last.items()]


def with_case(outcome: Outcome, case: Case | None) -> Outcome:
    if case is None:
        return outcome
    return replace(outcome, case_filed_on=case.filed_on, decided_on=case.decided_on, revoked_on=case.annulled_on)


def hand_outcomes(data: Path) -> int:
    """Write what is known today for ``qingyuan score`` and the precision ledger; return how many findings it covers."""
    data.mkdir(parents=True, exist_ok=True)
    return learn.write(data / FILE, outcomes())
