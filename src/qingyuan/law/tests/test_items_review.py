"""The catalogue of items, the review rules, the documents and the checks as data that other rooms stand on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from qingyuan.errors import BadInput
from qingyuan.law import citation, rulebook
from qingyuan.law.crime import damage_screening, penalties_within_two_years
from qingyuan.law.file_review import score, vetoes
from qingyuan.law.impact import used_by
from qingyuan.law.items import item, items
from qingyuan.law.lint import citations_of, placed

BEFORE, AFTER = dt.date(2026, 8, 14), dt.date(2026, 8, 15)


def test_the_day_decides_which_article_an_item_rests_on() -> None:
    """Code art. 1242."""
    assert [one.written for one in item("EE-A01", on=BEFORE).basis] == ["air_law:99.1.2"]
    assert [one.written for one in item("EE-A01", on=AFTER).basis] == ["code:1107"]


def test_a_regulation_that_was_not_repealed_still_carries_its_item() -> None:
    """Permit Regulation art. 41: forging a permit."""
    assert [one.written for one in item("EE-X12", on=AFTER).basis] == ["permit_regulation:41"]


def test_an_item_that_the_code_brought_is_not_there_before() -> None:
    """Code art. 1234: the access list."""
    assert "EE-L04" not in {one.code for one in items(on=BEFORE)}
    assert "EE-L04" in {one.code for one in items(on=AFTER)}
    assert len(items(on=AFTER)) == 87


def test_a_township_has_only_what_was_delegated_to_it_and_may_be() -> None:
    """Penalty Law art. 24: a province decides; the list is given, never guessed."""
    assert items(on=AFTER, level="township") == []
    given = items(on=AFTER, level="township", delegated=["EE-A09", "EE-H06"])
    assert [one.code for one in given] == ["EE-A09"]


def test_the_levels_are_suggestions_and_say_so() -> None:
    """Grade U never decides alone."""
    assert {one.level_grade for one in items(on=AFTER)} == {"U"}
    with pytest.raises(BadInput, match="层级"):
        items(on=AFTER, level="village")
    with pytest.raises(BadInput, match="没有"):
        item("EE-ZZZ", on=AFTER)


def test_every_item_of_a_violation_is_in_the_catalogue() -> None:
    """Violations link to items."""
    known = rulebook.load().folder("items")
    linked = {(key, one) for key, entry in rulebook.load().violations().items() for one in entry.get("items", ())}
    assert [pair for pair in sorted(linked) if pair[1] not in known] == []


@pytest.mark.parametrize("volume", ["general", "no_penalty", "daily", "seizure", "detention", "crime"])
def test_the_points_of_a_volume_add_up_to_its_full_mark(volume: str) -> None:
    """Review rules of 2024, the score tables."""
    sheet = rulebook.load().entry(f"review/{volume}")
    assert sum(sheet["points"].values()) == sheet["full"]


def test_the_basic_elements_are_worth_twenty_points() -> None:
    """Ten for documents, ten for records."""
    most = {key: Decimal(str(one["most"])) for key, one in rulebook.load().folder("review").items() if "most" in one}
    assert sum(value for key, value in most.items() if key.startswith("document")) == 10
    assert sum(value for key, value in most.items() if key.startswith("record")) == 10


def full(volume: str) -> dict[str, Decimal]:
    return {key: Decimal(value) for key, value in rulebook.load().entry(f"review/{volume}")["points"].items()}


def test_a_perfect_file_has_a_hundred_points() -> None:
    """50 + 50 × 1."""
    assert score("general", full("general"), on=AFTER).total == 100


def test_what_the_case_did_not_need_does_not_count_against_it() -> None:
    """No hearing, no urging, no court: not assessed."""
    won = {key: value for key, value in full("general").items() if not key.startswith(("hearing", "urging", "court"))}
    assert score("general", won, on=AFTER).total == 100
    won["penalty_decision"] = Decimal(7)
    assert score("general", won, on=AFTER, deductions={"record_pages": Decimal("0.5")}).total == Decimal("94.56")


def test_any_veto_takes_everything() -> None:
    """Twenty-five grave faults."""
    found = score("general", full("general"), on=AFTER, vetoes=["V20"])
    assert found.total == 0
    assert "追责期限" in found.vetoes[0]


def test_points_that_do_not_exist_are_refused() -> None:
    """No more than there are, no documents of another volume, no bonus where there is none."""
    for more in ({"won": {"penalty_decision": Decimal(16)}}, {"won": {"seizure_record": Decimal(1)}}, {"won": {}}, {"bonus": Decimal(1)}, {"vetoes": ["V26"]}, {"deductions": {"ink": Decimal(1)}}):
        given = {"won": full("general"), **more}
        won = given.pop("won")
        with pytest.raises(BadInput):
            score("general", won, on=AFTER, **given)  # type: ignore[arg-type]


def test_there_are_twenty_five_vetoes_and_the_first_changes_with_the_code() -> None:
    """Code art. 53: a branch office may act in its own name."""
    assert len(vetoes(AFTER)) == 25
    assert "没有法律依据" in vetoes(BEFORE)["V1"]["reading"]
    assert "自己名义" in vetoes(AFTER)["V1"]["reading"]
    assert set(vetoes(AFTER, automation="machine")) >= {"V2", "V10", "V12", "V20", "V25"}


def test_there_are_sixty_eight_checks_each_with_severity_and_basis() -> None:
    """The oversight room runs them."""
    checks = rulebook.load().folder("checks")
    assert len(checks) == 68
    assert {one["severity"] for one in checks.values()} == {"high", "medium", "low"}
    known = rulebook.load().folder("review")
    assert all(veto in known for one in checks.values() for veto in one.get("vetoes", ()))


def test_there_are_fifty_eight_documents_with_their_elements() -> None:
    """W01 to W58."""
    documents = rulebook.load().folder("documents")
    assert sorted(one["number"] for one in documents.values()) == [f"W{number:02d}" for number in range(1, 59)]
    assert all(one["elements"] and one["name"] for one in documents.values())


def test_every_step_names_clocks_and_documents_that_exist() -> None:
    """The ordinary procedure, S0 to S16."""
    book = rulebook.load()
    steps = book.folder("procedure/steps")
    assert [key for one in steps.values() for key in one.get("clocks", ()) if key not in book.folder("procedure")] == []
    assert [key for one in steps.values() for key in one["documents"] if key not in book.folder("documents")] == []
    assert {f"S{number}" for number in range(17)} <= {one["step"] for one in steps.values()}


@pytest.mark.parametrize(("effective", "act", "count"), [("2024-09-01", "2026-09-01", 1), ("2024-08-31", "2026-09-01", 0), ("2026-09-01", "2026-09-01", 0)])
def test_two_years_run_from_the_day_a_penalty_took_effect(effective: str, act: str, count: int) -> None:
    """Interpretation of 2023, art. 19."""
    assert penalties_within_two_years([dt.date.fromisoformat(effective)], act_on=dt.date.fromisoformat(act)) == count


def test_a_damage_screening_is_asked_for_where_harm_is_likely() -> None:
    """Damage rules of 2022; a practice of this platform, grade U."""
    told = damage_screening({"toxic": True, "protected_water": True, "exceedance": True}, on=AFTER)
    assert [one.id for one in told] == ["damage_toxic", "damage_water_source"]
    assert {one.grade for one in told} == {"U"}
    assert damage_screening({"exceedance": True}, on=AFTER) == ()


def test_every_article_that_a_clock_or_a_condition_rests_on_has_a_paraphrase() -> None:
    """Issue 5: our own one line for each article used."""
    book = rulebook.load()
    silent = {
        found.written
        for one in placed(book)
        if one.folder in ("procedure", "procedure/rules", "conditions")
        for _, found, _ in citations_of(one, book)
        if found is not None and found.article and not citation.says(found, book)
    }
    assert silent == set()


def test_who_rests_on_an_article_is_told_by_name() -> None:
    """What `law show` prints below the paraphrase."""
    users = used_by(citation.parse("penalty_law:60"))
    assert "作出处罚决定" in users["procedure"]
    assert "移送拘留：未批先建拒不停止" in used_by(citation.parse("env_law:63.1.1"))["conditions"]
