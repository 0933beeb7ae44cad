"""The violations, matrices and circumstances as written: whole, consistent, cited, and the same as the law says."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from itertools import product

import pytest
import yaml

from qingyuan.errors import BadInput
from qingyuan.law import choice, citation
from qingyuan.law.penalty import PenaltyInput, assess
from qingyuan.law.penalty.bounds import Bounds, tiers_for
from qingyuan.law.penalty.matrix import Table, Use
from qingyuan.law.penalty.models import MODELS
from qingyuan.law.penalty.scoring import Chosen
from qingyuan.law.penalty.shelf import BOOK as BOOK_FOLDER
from qingyuan.law.penalty.shelf import load
from qingyuan.law.penalty.violation import Regime, Tier

BOOK = load()
TABLES = [pytest.param(table, id=table.id) for table in BOOK.all_tables()]
ENTRIES = [pytest.param(violation, id=violation.id) for violation in BOOK.all_violations()]
OVER_100 = {"guangdong/1.8-overdue": 130, "guangdong/1.8-person": 105, "guangdong/4.26-company": 110, "guangdong/4.27-company": 115, "guangdong/3.2.2": 103}
GUANGDONG = ["1.1", "1.2", "1.8", "2.1", "2.2", "2.3", "2.5.1", "2.5.2", "2.6", "2.7.1", "2.7.2", "2.8.1", "2.8.2", "2.25", "2.26", "2.27", "3.1", "3.2.1", "3.2.2", "3.3", "3.4.1", "3.4.2", "3.5.1", "3.5.2", "3.8", "3.14", "3.23", "3.48", "4.12", "4.14", "4.15", "4.17", "4.18", "4.26", "5.4", "8.31", "8.32", "8.33", "8.40", "8.41", "8.42", "8.43"]


def price(table: Table, levels: dict[str, str]) -> Fraction:
    """What the table alone makes of these levels, on its own range (or 100,000–1,000,000 where it serves any)."""
    low, high = (table.low, table.high) if table.high else (Fraction(100_000), Fraction(1_000_000))
    unit = Fraction(1_000_000) if table.unit != "yuan" else Fraction(1)
    bounds = Bounds(Tier("general", "", low, high), low * unit, high * unit, unit=unit)
    chosen = tuple(Chosen(factor, next(level for level in factor.levels if level.id == levels[factor.id]), "") for factor in table.factors)
    return MODELS[table.model](table, chosen, bounds).amount


def test_all_29_guangdong_tables_of_the_note_are_there_with_every_part() -> None:
    """Domain note 3.3, T1–T29; expires 2026-12-31."""
    sections = {table.section.partition("§")[2] for table in BOOK.all_tables() if table.province == "guangdong"}
    assert set(GUANGDONG) <= sections
    assert len(sections) >= 90
    assert BOOK.province("广东").valid_to == dt.date(2026, 12, 31)


@pytest.mark.parametrize("table", TABLES)
def test_a_table_at_its_extremes_gives_the_ends_of_its_range(table: Table) -> None:
    lightest = {factor.id: min(factor.levels, key=lambda level: level.points).id for factor in table.factors}
    heaviest = {factor.id: max(factor.levels, key=lambda level: level.points).id for factor in table.factors}
    low, high = price(table, lightest), price(table, heaviest)
    unit = Fraction(1_000_000) if table.unit != "yuan" else Fraction(1)
    top = (table.high or Fraction(1_000_000)) * unit
    assert low <= high
    if table.model == "bands":
        assert low == min(band.low + band.high for band in table.bands) * unit / 2
        assert high == max(band.low + band.high for band in table.bands) * unit / 2
    elif table.model == "weights":
        start = table.start + sum(min(level.points for level in factor.levels) for factor in table.factors)
        assert low == top * max(start, table.floor_percent) / table.scale
        assert high == top
    elif table.model in ("normalised_start", "grades", "steps"):
        assert high == top
        assert low == (table.low or Fraction(100_000)) or table.model == "steps"


@pytest.mark.parametrize("table", [param for param in TABLES if param.values[0].model == "weights"])
def test_the_points_of_a_weighted_table_add_up(table: Table) -> None:
    """Guangdong: every full table adds up to 100, but for the five that say they are cut there."""
    total = table.start + sum(max(level.points for level in factor.levels) for factor in table.factors)
    assert total == OVER_100.get(table.id, table.scale)


@pytest.mark.parametrize("table", TABLES)
def test_levels_rise_and_measures_leave_no_gap_and_no_overlap(table: Table) -> None:
    for factor in table.factors:
        points = [level.points for level in factor.levels]
        assert points == sorted(points), factor.id
        assert len({level.id for level in factor.levels}) == len(points)
        for measure in factor.measures:
            edges = {end for level in factor.levels for span in level.spans for end in (span.at_least, span.below, span.above, span.at_most) if span.measure == measure and end is not None}
            for number in {edge + shift for edge in edges for shift in (Fraction(-1, 1000), Fraction(0), Fraction(1, 1000))}:
                hit = [level.id for level in factor.levels if any(span.measure == measure and span.holds(number) for span in level.spans)]
                assert len(hit) <= 1, (factor.id, measure, number)
                if number > min(edges) and measure != "ph":
                    assert hit, (factor.id, measure, number)


@pytest.mark.parametrize("table", [param for param in TABLES if param.values[0].model == "bands"])
def test_every_combination_of_a_banded_table_has_a_band_and_graver_is_never_cheaper(table: Table) -> None:
    combinations = [dict(zip([factor.id for factor in table.factors], ids, strict=True)) for ids in product(*[[level.id for level in factor.levels] for factor in table.factors])]
    for levels in combinations:
        here = price(table, levels)
        for factor in table.factors:
            order = [level.id for level in factor.levels]
            place = order.index(levels[factor.id])
            if place + 1 < len(order):
                assert price(table, {**levels, factor.id: order[place + 1]}) >= here


def regimes_of(use: Use) -> list[Regime]:
    return [regime for regime in BOOK.violation(use.violation).regimes if use.regime in ("*", regime.regime)]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_serves_violations_that_exist_and_has_the_range_of_their_article(table: Table) -> None:
    for use in table.applies:
        if use.violation == "*":
            continue
        assert regimes_of(use), use
        for regime in regimes_of(use):
            tiers = [tier for tier in regime.tiers if use.tier in ("", tier.id) and (tier.party in ("any", use.party) or not use.party)]
            assert tiers, use
            if table.high:
                assert any((tier.low, tier.high, tier.unit) == (table.low, table.high, table.unit) for tier in tiers), (use, tiers)


def test_no_case_meets_two_tables_of_one_province() -> None:
    for violation in BOOK.all_violations():
        for regime in violation.regimes:
            for tier in regime.tiers:
                for party in ("company", "person"):
                    if tier in tiers_for(regime, party):
                        own = [table.id for table in BOOK.tables_of("guangdong", violation.id) if table.use_for(violation.id, regime.regime, tier.id, party)]
                        assert len(own) <= 1, own


def test_at_least_sixty_violations_have_both_regimes_and_the_others_say_why() -> None:
    both = [violation for violation in BOOK.all_violations() if {regime.regime for regime in violation.regimes} == {"legacy", "code"}]
    assert len(both) >= 60
    for violation in BOOK.all_violations():
        if violation not in both and violation.regimes[0].regime == "legacy":
            assert violation.regimes[0].notes, violation.id


@pytest.mark.parametrize("violation", ENTRIES)
def test_regimes_meet_without_gap_or_overlap_and_tiers_are_ranges(violation: object) -> None:
    found = BOOK.violation(violation.id)  # type: ignore[attr-defined]
    for before, after in zip(found.regimes, found.regimes[1:], strict=False):
        assert before.valid_to is not None
        assert before.valid_to + dt.timedelta(days=1) == after.valid_from == dt.date(2026, 8, 15)
    for regime in found.regimes:
        assert len({(tier.id, tier.party) for tier in regime.tiers}) == len(regime.tiers)
        assert "fine" in regime.kinds
        for tier in regime.tiers:
            assert 0 <= tier.low <= tier.high
            assert tier.unit == "yuan" or tier.base


@pytest.mark.parametrize("violation", ENTRIES)
def test_every_citation_can_be_printed_and_was_law_in_its_time(violation: object) -> None:
    found = BOOK.violation(violation.id)  # type: ignore[attr-defined]
    for regime in found.regimes:
        for written in {*regime.prohibition, *regime.penalty, *(cite for tier in regime.tiers for cite in tier.citation)}:
            assert citation.parse(written).printed().startswith("《"), written
            if regime.regime == "code":
                assert written.startswith("code:")


def test_the_citations_of_tables_and_circumstances_can_be_printed() -> None:
    written = {table.citation for table in BOOK.all_tables()} | {article["cite"] for item in BOOK.all_circumstances() for article in item.articles}
    for text in written:
        assert citation.parse(text).printed().startswith("《"), text


def test_circumstances_exclude_only_what_exists() -> None:
    levels = {level.id for table in BOOK.all_tables() for factor in table.factors for level in factor.levels}
    for item in BOOK.all_circumstances():
        for other in item.excludes:
            assert BOOK.circumstance(other)
        assert set(item.counted_in) <= {factor.id for table in BOOK.all_tables() for factor in table.factors}, item.id
        assert {level for listed in item.excludes_levels.values() for level in listed} <= levels, item.id
        assert item.province == "national" or item.province in BOOK.provinces, item.id
        assert set(item.violations) - {"*"} <= set(BOOK.violations), item.id


@pytest.mark.parametrize("violation", ENTRIES)
@pytest.mark.parametrize(("ended", "decided_on"), [("2026-08-14", "2026-08-14"), ("2026-08-15", "2026-08-15"), ("2026-08-16", "2026-08-16"), ("", "2026-08-15")])
def test_the_choice_of_law_and_the_fine_name_the_same_law(violation: object, ended: str, decided_on: str) -> None:
    """Penalty Law art. 37: one answer in the whole house."""
    key = violation.id  # type: ignore[attr-defined]
    began, last, day = dt.date(2026, 2, 1), dt.date.fromisoformat(ended) if ended else None, dt.date.fromisoformat(decided_on)
    found = BOOK.violation(key).regime_on(last or day)
    if found is None:
        with pytest.raises(BadInput):
            choice.choose(key, began=began, ended=last, decided_on=day)
    else:
        assert choice.choose(key, began=began, ended=last, decided_on=day).regime == found.regime


def test_the_lighter_law_is_the_same_through_either_door() -> None:
    """``choice.choose`` with the fine of each law as its weight agrees with ``calculate``."""
    factors = {"factor_count": "one", "pollutant": "b", "area": "ordinary", "daily_discharge": 120, "exceedance": {"multiple": "1.5"}, "repeat": 1}
    for key in ("permit_exceedance_water", "water_exceedance"):
        given = PenaltyInput(key, "guangdong", "company", dt.date(2026, 3, 1), dt.date(2026, 8, 1), dt.date(2026, 9, 1), factors)
        result, outcomes = assess(given, BOOK)
        weights = {outcome.regime.regime: outcome.weight for outcome in outcomes}
        chosen = choice.choose(key, began=given.began, ended=given.ended, decided_on=given.decided_on, weigh=weights.__getitem__)
        assert chosen.regime == result.regime


def test_violations_name_rules_and_items_that_exist() -> None:
    rules = {path.stem for path in (BOOK_FOLDER.parents[1] / "engines" / "judge" / "rules").glob("*.yaml")}
    items = set(yaml.safe_load((BOOK_FOLDER / "items" / "catalogue.yaml").read_text(encoding="utf-8")))
    for violation in BOOK.all_violations():
        assert set(violation.rules) <= rules, violation.id
        assert set(violation.items) <= items, violation.id
