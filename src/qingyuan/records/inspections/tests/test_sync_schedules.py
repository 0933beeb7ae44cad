"""Random days of up to five devices.  The long form (``make prove-sync``) plays thousands."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from qingyuan.records.inspections.models import FieldDevice, SyncOperation

from .cast import AT, officer, sent
from .schedules import play, proven

SHORT, LONG, BLOCK = 100, 3_000, 150  # random days; a block is what one test plays


def devices(count: int) -> list[FieldDevice]:
    """Two officers with one to five devices between them."""
    people = [officer("李明"), officer("王建国")]
    return [FieldDevice.objects.create(id=uuid.UUID(int=n + 1), officer=people[n % 2], name=f"设备{n + 1}", public_key="", enrolled_at=AT) for n in range(count)]


def prove(seeds: range, steps: int) -> dict[str, int]:
    """Play and check; returns how often each outcome was seen, so that a test can say that the schedules were hard enough."""
    task, seen = sent(), {}
    for seed in seeds:
        try:
            with transaction.atomic():
                tablets = play(seed, devices(1 + seed % 5), task.number, steps)
                proven(tablets)
                for outcome in SyncOperation.objects.values_list("outcome", flat=True):
                    seen[outcome] = seen.get(outcome, 0) + 1
                raise Undone
        except Undone:
            continue
    return seen


class Undone(Exception):
    """Takes a played day back, so that the next begins with an empty inbox."""


@pytest.mark.django_db
def test_a_hundred_random_days_lose_nothing_and_merge_nothing_in_silence() -> None:
    """G6-G9: lost answers, duplicates, reordering, changed clocks, killed tabs."""
    seen = prove(range(SHORT), steps=12)
    assert all(seen.get(outcome, 0) > 3 for outcome in ("applied", "conflict", "flagged", "superseded")), seen


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("first", range(0, LONG, BLOCK))
def test_thousands_of_random_days_lose_nothing_and_merge_nothing_in_silence(first: int) -> None:
    seen = prove(range(first, first + BLOCK), steps=40)
    print(f"days {first} to {first + BLOCK - 1}, {sum(seen.values())} operations: {seen}")
