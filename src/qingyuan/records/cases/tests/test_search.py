"""Cases are found by Chinese words: any two neighbouring characters, any single one, several words together."""

from __future__ import annotations

import pytest

from qingyuan.records.cases import queries, search
from qingyuan.records.cases.models import CaseText

from .cast import file, officer

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("words", "found"),
    [("清河水泥", 1), ("河水", 1), ("泥", 1), ("清河 排放", 1), ("清立〔２０２６〕", 0), ("清环立〔２０２６〕", 1), ("水清", 0), ("清泥", 0), ("东山造纸", 0), ('"; DROP TABLE', 0), ("　", 1), ("*", 1)],
)
def test_words_find_the_case_they_stand_in(visit, words, found):
    """The index knows pairs; that they stand together in this order is checked in the text."""
    file(visit)
    assert queries.filtered(officer("李明"), words=words).count() == found


def test_what_was_written_before_the_index_is_indexed_later(visit):
    """The worker calls it until nothing is left."""
    file(visit)
    CaseText.objects.all().delete()
    assert queries.filtered(officer("李明"), words="清河").count() == 0
    assert (search.index_missing(), search.index_missing()) == (1, 0)
    assert queries.filtered(officer("李明"), words="清河").count() == 1


def test_a_pair_has_one_ascii_name():
    """Both databases see letters and digits only."""
    assert search.pairs("清河A") == ["x6e056cb3", "x6cb30061", "x0061"]
    assert search.pairs("Ａ") == ["x0061"]
