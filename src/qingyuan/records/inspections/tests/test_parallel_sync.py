"""The same batch over several connections at once, and two devices on one field at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from qingyuan.records.inspections import sync
from qingyuan.records.inspections.models import FieldCell, FieldRecord, Inspection, SyncOperation
from qingyuan.records.registry.models import Event

from .cast import AT, device, operation, sent

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all works at the same moment, each with a connection of its own."""
    start, answers = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            start.wait(timeout=30)
            answers[place] = work()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return answers


def test_one_batch_over_four_connections_at_once_happens_once(settings, tmp_path) -> None:
    """G9: whoever comes second hears what the first was told."""
    settings.QINGYUAN_FILES = tmp_path
    task, mine = sent(), device()
    batch = [operation(task, "entered", {"at": AT.isoformat()}, kind="visit")]
    batch += [operation(task, field, "甲") for field in ("facts", "position", "production")]
    answers = at_once(*[lambda: sync.push(mine, batch, at=AT)] * 4)
    assert all(isinstance(one, list) and {a["outcome"] for a in one} == {"applied"} for one in answers), answers
    assert sum(not a["repeated"] for one in answers for a in one) == len(batch) == SyncOperation.objects.count() == Event.objects.filter(step="sync").count()
    assert Inspection.objects.count() == 1 and FieldRecord.objects.get(kind="on_site").version == 3


def test_two_devices_on_one_legal_field_at_the_same_moment_are_a_conflict(settings, tmp_path) -> None:
    """G7: neither overwrites the other, whoever's row lock came first."""
    settings.QINGYUAN_FILES = tmp_path
    task = sent()
    works = [lambda one=one, words=words: sync.push(one, [operation(task, "facts", words)], at=AT) for one, words in ((device("李明"), "甲"), (device("王建国"), "乙"))]
    assert all(isinstance(one, list) for one in at_once(*works))
    cell = FieldCell.objects.get()
    assert cell.state == "conflict" and cell.value is None and len(cell.heads) == 2
