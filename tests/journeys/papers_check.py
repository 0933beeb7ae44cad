"""What must be true of the papers of a finished case."""

from __future__ import annotations

import datetime as dt
import hashlib

from qingyuan.records.cases.clocks import clocks_of
from qingyuan.records.cases.models import Case
from qingyuan.records.docket import queries as docket


def check(case: Case, on: dt.date) -> None:
    """The decision's bytes match its digest, its number is its year's first, and no clock ran out."""
    decision = case.decision
    assert decision is not None and decision.number
    for form in ("pdf", "docx"):
        assert docket.content(decision, form)[:4] in (b"%PDF", b"PK\x03\x04")
    assert hashlib.sha256(docket.content(decision, "pdf")).hexdigest() == decision.digest
    late = [clock.label for clock in clocks_of(case, on) if clock.is_late]
    assert not late, f"超期：{late}"
    low, high = case.proposal["low_yuan"], case.proposal["high_yuan"]
    assert low <= case.fine_fen // 100 <= high
