"""统一文号: no gap, no duplicate, every void number explained."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
from django.db import DatabaseError, IntegrityError, connection, connections, transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.docket import actions, queries
from qingyuan.records.docket.models import DocumentNumber, NumberSeries
from qingyuan.records.docket.numbering import gaps
from qingyuan.records.docket.tests.cast import AT, Cast

UNTIL = AT + dt.timedelta(days=3)


def take(cast: Cast, kind: str = "penalty_decision", year: int = 2026, agency=None) -> str:
    return actions.next_number(agency=agency or cast.agency, kind=kind, year=year, by=cast.officer, at=AT)


@pytest.mark.django_db
def test_each_agency_word_and_year_counts_for_itself(cast):
    """机关代字、文种字、年份 make a series."""
    assert [take(cast), take(cast), take(cast, "prior_notice"), take(cast, year=2027), take(cast, agency=cast.other_agency)] == [
        "清环罚〔2026〕1号", "清环罚〔2026〕2号", "清环罚告〔2026〕1号", "清环罚〔2027〕1号", "云环罚〔2026〕1号",
    ]  # fmt: skip


@pytest.mark.django_db
def test_a_number_taken_before_is_used_once(cast):
    """One number, one document."""
    number = take(cast)
    assert cast.issue(number=number).number == number
    with pytest.raises(NotAllowed, match="只能用一次"):
        cast.issue(number=number)
    with pytest.raises(BadInput, match="没有取过"):
        cast.issue(number="清环罚〔2026〕99号")


@pytest.mark.django_db
def test_a_void_number_says_why_and_is_never_used(cast):
    """断号 must be explained (稽查规则 R41)."""
    row = DocumentNumber.objects.get(text=take(cast))
    with pytest.raises(BadInput, match="作废理由"):
        actions.void_number(number=row, why=" ", by=cast.officer, at=AT)
    actions.void_number(number=row, why="当事人名称有误，未发出", by=cast.officer, at=AT)
    with pytest.raises(NotAllowed, match="当事人名称有误"):
        cast.issue(number=row.text)
    with pytest.raises(NotAllowed, match="已经作废"):
        actions.void_number(number=row, why="再次", by=cast.officer, at=AT)
    assert take(cast) == "清环罚〔2026〕2号"
    assert gaps(row.series) == []
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentNumber.objects.filter(pk=row.pk).update(void_reason="")


@pytest.mark.django_db
def test_a_used_number_cannot_be_made_void(cast):
    """An issued document is annulled or changed by law, not by its number."""
    document = cast.issue()
    with pytest.raises(NotAllowed, match="撤销或者变更"):
        actions.void_number(number=DocumentNumber.objects.get(document=document), why="错了", by=cast.officer, at=AT)


@pytest.mark.django_db
def test_numbers_lent_to_a_device_come_back_explained(cast):
    """Off-line blocks: used ones are used, the rest become void with the reason."""
    take(cast)
    block = actions.reserve_numbers(
        agency=cast.agency, kind="penalty_decision", year=2026, count=5, device="PDA-07", until=UNTIL, by=cast.officer, at=AT
    )
    assert (block.first, block.last) == (2, 6)
    assert take(cast) == "清环罚〔2026〕7号"
    assert cast.issue(number="清环罚〔2026〕3号").number == "清环罚〔2026〕3号"
    assert actions.return_numbers(block=block, by=cast.officer, at=UNTIL) == 4
    with pytest.raises(NotAllowed, match="PDA-07"):
        cast.issue(number="清环罚〔2026〕4号")
    with pytest.raises(NotAllowed, match="收回"):
        actions.return_numbers(block=block, by=cast.officer, at=UNTIL)
    series = block.series
    series.refresh_from_db()
    assert gaps(series) == []
    assert {n.value: n.state for n in queries.numbers_of(cast.officer, series)}[4] == "void"
    assert not queries.numbers_of(cast.stranger, series).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(("change", "words"), [({"count": 0}, "1至200"), ({"count": 201}, "1至200"), ({"until": AT}, "晚于"), ({"kind": "on_site_record"}, "不编文号")])
def test_a_block_has_a_size_a_device_and_an_end(cast, change, words):
    """Bad input is a sentence."""
    given = {"agency": cast.agency, "kind": "penalty_decision", "year": 2026, "count": 5, "device": "PDA", "until": UNTIL, "by": cast.officer, "at": AT}
    with pytest.raises(BadInput, match=words):
        actions.reserve_numbers(**{**given, **change})


@pytest.mark.django_db
def test_an_overdue_block_is_taken_back_by_the_worker(cast):
    """Nobody has to remember; before its time a block is left alone."""
    actions.reserve_numbers(agency=cast.agency, kind="penalty_decision", year=2026, count=3, device="PDA", until=UNTIL, by=cast.officer, at=AT)
    assert actions.return_overdue(at=AT) == 0
    assert actions.return_overdue(at=UNTIL) == 3
    assert actions.return_overdue(at=UNTIL) == 0


@pytest.mark.django_db
def test_a_step_that_fails_gives_its_number_back(cast):
    """A number taken in a transaction that is rolled back was never taken."""
    with pytest.raises(RuntimeError), transaction.atomic():
        take(cast)
        raise RuntimeError
    assert take(cast) == "清环罚〔2026〕1号"


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_parallel_clerks_never_share_or_skip_a_number(settings, tmp_path):
    """Real threads with connections of their own; on PostgreSQL the row lock orders them, on SQLite the write lock."""
    settings.QINGYUAN_FILES = tmp_path
    cast = Cast()
    clerks, each = (12, 15) if connection.vendor == "postgresql" else (4, 6)
    texts: list[str] = []
    troubles: list[BaseException] = []
    start = threading.Barrier(clerks)

    def clerk(number: int) -> None:
        try:
            start.wait(timeout=20)
            for turn in range(each):
                try:
                    with transaction.atomic():
                        text = take(cast)
                        if (turn + number) % 5 == 0:
                            raise InterruptedError  # this clerk's machine died before the commit
                    texts.append(text)
                except InterruptedError:
                    continue
        except (DatabaseError, threading.BrokenBarrierError) as error:
            troubles.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=clerk, args=(n,)) for n in range(clerks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not troubles
    values = sorted(int(text.split("〕")[1].removesuffix("号")) for text in texts)
    assert values == list(range(1, len(texts) + 1))
    assert NumberSeries.objects.get().last == len(texts)
    assert gaps(NumberSeries.objects.get()) == []
