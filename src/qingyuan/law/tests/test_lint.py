"""`law lint`: the shipped book is clean, and each check finds the mistake it is there for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from qingyuan.law import rulebook
from qingyuan.law.impact import changed_ids, impact
from qingyuan.law.lint import dangling_elsewhere, problems, python_numbers

GOOD = "a: {label: 甲, from: 起, meaning: latest, values: [{valid_from: 2024-01-01, budget: 3, unit: day, citation: penalty_law:44, grade: A}]}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("sources", "procedure/rules"):
        shutil.copytree(rulebook.BOOK / name, tmp_path / "book" / name)
    return tmp_path / "book"


def found(folder: Path, text: str) -> set[str]:
    (folder / "procedure" / "probe.yaml").write_text(text, encoding="utf-8")
    return {one.check for one in problems(rulebook.RuleBook(folder), code=folder)}


def test_the_shipped_book_and_its_code_are_clean() -> None:
    """`make lint` relies on it."""
    assert problems() == []


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        ("valid_from: 2024-01-01, ", "", "no_date"),
        ("citation: penalty_law:44, ", "", "no_source"),
        ("grade: A", "grade: sure", "no_grade"),
        (", grade: A}]", ", grade: A}, {valid_from: 2025-01-01, budget: 3, unit: day, citation: penalty_law:44, grade: A}]", "overlap"),
        ("2024-01-01,", "2024-01-01, valid_to: 2024-12-31,", None),
        ("penalty_law:44", "penalty_law:444", "dangling"),
        ("penalty_law:44", "penalty_law:44.9", "dangling"),
        ("penalty_law:44", "lost_law:44", "dangling"),
        ("penalty_law:44", "env_law:59", "repealed"),
        ("unit: day", "unit: moon", "clock_words"),
        ("label: 甲", "label: 甲, suspended_by: [moon]", "clock_words"),
    ],
)
def test_each_check_finds_its_mistake(folder: Path, old: str, new: str, check: str | None) -> None:
    """Issue 5: no date, no source, gap, overlap, dangling citation, repealed article used after its day."""
    assert found(folder, GOOD) == set()
    assert found(folder, GOOD.replace(old, new, 1)) == ({check} if check else set())


def test_a_gap_between_two_versions_is_found(folder: Path) -> None:
    """A day on which nothing holds is a mistake unless it says so."""
    second = ", {valid_from: 2025-02-01, budget: 3, unit: day, citation: penalty_law:44, grade: A}]"
    text = GOOD.replace("2024-01-01,", "2024-01-01, valid_to: 2024-12-31,").replace("}]", "}" + second)
    assert found(folder, text) == {"gap"}
    assert found(folder, text.replace("valid_from: 2025-02-01,", "valid_from: 2025-02-01, gap: true,")) == set()


@pytest.mark.parametrize("line", ["FINE = 500000", "import datetime\nCODE = datetime.date(2026, 8, 15)"])
def test_a_number_of_the_law_in_python_is_found(tmp_path: Path, line: str) -> None:
    """Law numbers live in the book."""
    (tmp_path / "probe.py").write_text(line + "\n", encoding="utf-8")
    assert {one.check for one in python_numbers(tmp_path)} == {"python_number"}


def test_a_small_number_in_python_is_left_alone(tmp_path: Path) -> None:
    """Five is a number, not a law."""
    (tmp_path / "probe.py").write_text("SATURDAY = 5\n", encoding="utf-8")
    assert list(python_numbers(tmp_path)) == []


def test_the_impact_of_a_source_reaches_clocks_violations_rules_and_items() -> None:
    """Issue 5: what a changed source touches."""
    touched = impact(("air_law",))
    assert "air_exceedance" in touched.touched["violations"]
    assert "hourly_mean_exceedance" in touched.rules
    assert "EE-A01" in touched.items
    assert "filing" in impact(("measures_30",)).touched["procedure"]


def test_the_impact_reaches_the_data_of_other_rooms() -> None:
    """Judging rules and document kinds cite the book by the same ids."""
    assert any(place.startswith("engines/judge/") for place in impact(("air_law",)).elsewhere)
    assert any(place.startswith("records/docket/") for place in impact(("measures_30",)).elsewhere)


def test_a_dangling_citation_in_another_room_is_found(tmp_path: Path) -> None:
    """The whole package is read, not only the book."""
    (tmp_path / "rule.yaml").write_text("basis: [{citation: penalty_law:44}, {citation: penalty_law:144}]\n", encoding="utf-8")
    told = list(dangling_elsewhere(rulebook.load(), tmp_path))
    assert [one.where for one in told] == ["rule.yaml:basis"]
    assert "没有第144条" in told[0].what


def test_only_entries_that_differ_count_as_changed(tmp_path: Path) -> None:
    """A proposed edition of a file is compared with the shipped one."""
    shipped = rulebook.BOOK / "procedure" / "ordinary.yaml"
    proposed = tmp_path / "ordinary.yaml"
    proposed.write_text(shipped.read_text(encoding="utf-8").replace("budget: 90", "budget: 60"), encoding="utf-8")
    assert changed_ids(proposed) == (("decision_90",), ())
    proposed.write_text("filing: {label: x}\n", encoding="utf-8")
    assert "decision_90" in changed_ids(proposed)[1]
