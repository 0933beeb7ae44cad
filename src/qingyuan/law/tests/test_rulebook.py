"""The tree of YAML: folders, entries, versions by day, editions."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from qingyuan.errors import BadInput, Corrupt
from qingyuan.law import rulebook
from qingyuan.law.rulebook import RuleBook


@pytest.fixture
def book(tmp_path: Path) -> RuleBook:
    (tmp_path / "colours").mkdir()
    (tmp_path / "colours" / "warm.yaml").write_text(
        "_about: a note\nred: {label: 红, values: [{valid_from: 2020-01-01, valid_to: 2020-12-31, value: 1}, {valid_from: 2021-01-01, value: 2}]}\n"
        "pink: {label: 粉}\n", encoding="utf-8"
    )  # fmt: skip
    (tmp_path / "colours" / "blue.yaml").write_text("id: blue\nlabel: 蓝\ndepth: {sea: 9}\n", encoding="utf-8")
    return RuleBook(tmp_path)


def test_a_folder_holds_the_entries_of_all_its_files(book: RuleBook) -> None:
    """One file with an id is one entry; another is a collection; notes are not entries."""
    assert set(book.folder("colours")) == {"red", "pink", "blue"}
    assert book.folder("nothing_here") == {}


def test_the_version_in_force_lies_over_the_entry(book: RuleBook) -> None:
    """The last day is inclusive."""
    assert book.get("colours/red", on=dt.date(2020, 12, 31)) == {"label": "红", "valid_from": dt.date(2020, 1, 1), "valid_to": dt.date(2020, 12, 31), "value": 1}
    assert book.at(dt.date(2021, 1, 1)).get("colours/red")["value"] == 2


def test_a_day_without_a_version_is_refused_with_the_spans_there_are(book: RuleBook) -> None:
    """No guess."""
    with pytest.raises(BadInput, match="2020-01-01至2020-12-31"):
        book.get("colours/red", on=dt.date(2019, 12, 31))


def test_deeper_keys_can_be_asked_for(book: RuleBook) -> None:
    """A path may go on inside an entry."""
    assert book.entry("colours/blue/depth/sea") == 9
    with pytest.raises(BadInput, match="不存在"):
        book.entry("colours/blue/depth/lake")


def test_a_wrong_name_is_answered_with_near_ones(book: RuleBook) -> None:
    """People type."""
    with pytest.raises(BadInput, match="blue"):
        book.get("colours/bleu")


def test_an_id_written_twice_is_found(book: RuleBook) -> None:
    """Two files must not quietly shadow one another."""
    (book.root / "colours" / "cold.yaml").write_text("id: blue\n", encoding="utf-8")
    with pytest.raises(Corrupt, match="出现两次"):
        book.folder("colours")


def test_broken_yaml_names_its_file(book: RuleBook) -> None:
    """A typing mistake is found where it is."""
    (book.root / "colours" / "cold.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(Corrupt, match="cold.yaml"):
        book.folder("colours")


def test_the_revision_changes_with_any_byte(book: RuleBook) -> None:
    """A certificate names the edition it was computed with."""
    before = book.revision()
    file = book.root / "colours" / "blue.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "more: 1\n", encoding="utf-8")
    assert book.revision() != before


def test_the_shipped_book_has_its_folders() -> None:
    """What other rooms rely on."""
    book = rulebook.load()
    assert rulebook.load() is book
    assert len(book.folder("sources")) >= 100
    assert len(book.violations()) >= 60
    assert len(book.folder("procedure")) >= 80
    assert book.get("procedure/deliberation_threshold", on=dt.date(2026, 9, 1))["grade"] == "U"
