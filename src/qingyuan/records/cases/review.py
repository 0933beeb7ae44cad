"""Review by somebody who did not investigate.  Measures 30 arts. 38-40."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput
from qingyuan.records.registry.models import Officer

from .models import Case, CaseReview
from .steps import hold, take


@transaction.atomic
def pass_review(case: Case, *, opinion: str, by: Officer, at: dt.datetime) -> Case:
    """Find jurisdiction, facts, evidence, procedure, limitation, law and discretion in order."""
    return reviewed(case, "pass_review", True, opinion, by, at)


@transaction.atomic
def send_back(case: Case, *, opinion: str, by: Officer, at: dt.datetime) -> Case:
    """Send the file back for more evidence."""
    return reviewed(case, "send_back", False, opinion, by, at)


def reviewed(case: Case, name: str, is_passed: bool, opinion: str, by: Officer, at: dt.datetime) -> Case:
    if not opinion.strip():
        raise BadInput("审查意见不能为空：管辖、事实、证据、程序、追责期限、法律适用与裁量（令30第39条）", field="opinion")
    held = take(hold(case), name, by=by, on=at.date(), at=at, why=opinion)
    CaseReview.objects.create(case=held, on=at.date(), by=by, note=opinion, made_at=at, is_passed=is_passed)
    return held
