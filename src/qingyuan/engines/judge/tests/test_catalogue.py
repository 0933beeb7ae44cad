"""The page of rules is the rules."""

from __future__ import annotations

from pathlib import Path

from qingyuan.engines.judge import catalogue, rule


def test_the_committed_page_is_the_page_of_the_rules():
    page = (Path(__file__).parents[5] / "docs" / "rules.md").read_text("utf-8")
    assert page == catalogue.page(), "请运行 python -m qingyuan.engines.judge.catalogue > docs/rules.md"


def test_every_family_has_a_name_and_every_rule_a_family():
    assert {one.family for one in rule.chosen()} == set(catalogue.FAMILIES)


def test_every_parameter_has_a_chinese_name_and_a_unit():
    for one in rule.chosen():
        for name, parameter in one.parameters.items():
            assert any("一" <= letter <= "鿿" for letter in parameter.label), f"{one.name}.{name}"
            assert parameter.unit, f"{one.name}.{name}"


def test_there_are_at_least_fifty_rules_and_none_gives_a_number_without_a_source():
    assert len(rule.names()) >= 50
    for one in rule.chosen():
        for parameter in one.parameters.values():
            assert parameter.citation and parameter.grade in rule.GRADES
