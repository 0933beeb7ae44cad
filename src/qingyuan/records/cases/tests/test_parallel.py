"""Several people at one case and at one row of numbers at once.  On PostgreSQL the row lock orders them, on SQLite the write lock."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, connections

from qingyuan.errors import NotAllowed
from qingyuan.records.cases import enforcement, investigation, notice
from qingyuan.records.cases.models import Case, Payment
from qingyuan.records.docket.models import Document, DocumentNumber, NumberSeries
from qingyuan.records.docket.numbering import gaps
from qingyuan.records.registry.models import Event

from .cast import AT, FACTORS, file, forward, inspected, officer

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]
MANY = 8 if connection.vendor == "postgresql" else 4


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all works at the same moment, each with a connection of its own; what each returned or why it was refused."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            start.wait(timeout=30)
            answers[place] = work()
        except (NotAllowed, DatabaseError) as error:
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return answers


@pytest.fixture
def case(settings, tmp_path) -> Case:
    settings.QINGYUAN_FILES = tmp_path
    return file(inspected())


def test_of_many_changes_to_one_version_one_is_kept_and_the_others_are_told(case):
    """Nobody's change is lost silently: whoever comes second reads that the case has changed."""
    seen, li = case.version, officer("李明")
    levels = ["0.1", "0.5", "1.5", "2.5"] * 2

    def change(multiple: str) -> Callable[[], object]:
        factors = {**FACTORS, "exceedance": {"multiple": multiple}}
        return lambda: investigation.propose_penalty(case, factors=factors, circumstances=[], by=li, at=AT, version=seen)

    answers = at_once(*(change(multiple) for multiple in levels[:MANY]))
    kept = [answer for answer in answers if isinstance(answer, Case)]
    assert len(kept) == 1
    assert all("已被他人修改" in str(answer) for answer in answers if not isinstance(answer, Case))
    fresh = Case.objects.get(pk=case.pk)
    assert (fresh.version, fresh.proposal["factors"]) == (seen + 1, kept[0].proposal["factors"])


def test_payments_that_arrive_together_are_all_kept_and_each_receipt_once(case):
    """Eight clerks, half of them with the same receipt."""
    forward(case, "served")
    li = officer("李明")
    receipts = [f"票{n // 2}" for n in range(MANY)]

    def pay(receipt: str) -> Callable[[], object]:
        return lambda: enforcement.record_payment(case, amount_fen=100, receipt=receipt, on=AT.date(), by=li, at=AT)

    version = Case.objects.get(pk=case.pk).version
    answers = at_once(*(pay(receipt) for receipt in receipts))
    assert sum(isinstance(answer, Payment) for answer in answers) == MANY // 2
    assert all("没有重复记账" in str(answer) for answer in answers if not isinstance(answer, Payment))
    assert Payment.objects.count() == MANY // 2
    assert Case.objects.get(pk=case.pk).version == version + MANY // 2
    assert Event.objects.filter(subject=f"case:{case.pk}", step="record_payment").count() == MANY // 2


def test_a_notice_given_by_many_at_once_is_one_notice_with_one_number(case):
    """A double click, or two people: one document, no gap in the row of numbers."""
    forward(case, "reviewed")
    li = officer("李明")
    answers = at_once(*([lambda: notice.give_notice(case, by=li, at=AT)] * MANY))
    assert sum(isinstance(answer, Document) for answer in answers) == 1
    assert Document.objects.filter(kind="prior_notice").count() == 1
    assert all(gaps(series) == [] for series in NumberSeries.objects.all())
    texts = list(DocumentNumber.objects.values_list("text", flat=True))
    assert len(texts) == len(set(texts))
