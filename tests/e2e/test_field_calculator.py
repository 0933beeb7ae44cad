"""The calculator in the pocket is the calculator of the desk: the same drawn cases, the same yuan, level by level."""

from __future__ import annotations

from itertools import islice

import pytest

from qingyuan.law.penalty import shelf
from qingyuan.law.penalty.scoring import MEASURES
from qingyuan.law.penalty.tests.draws import results

pytestmark = pytest.mark.browser
SHORT, LONG, BLOCK = 1_500, 30_000, 1_500
SAME = ("regime", "low_yuan", "high_yuan", "amount_yuan", "floor_yuan", "exempt", "table", "tier", "levels", "provisional", "panel_required")
RUN = """async ([cases, book, module]) => {
  const { attempt } = await import(module);
  return cases.map((one) => attempt(book, one));
}"""


@pytest.fixture
def page(live_server, chromium):
    context = chromium.new_context()
    made = context.new_page()
    made.goto(live_server.url + "/field/")
    yield made
    context.close()


def book() -> dict:
    """Every page, as the pack would carry those of one province."""
    whole = shelf.load()
    return {
        "violations": dict(whole.violations), "provinces": dict(whole.provinces), "tables": dict(whole.tables), "circumstances": dict(whole.circumstances),
        "measures": MEASURES, "home": "guangdong",
    }  # fmt: skip


def compare(page, count: int, seed: int) -> int:
    """Draw ``count`` cases with and without circumstances; every answer must be the desk's.  Returns how many were compared."""
    drawn = [(given, result) for given, result, _, _ in islice(results(count, seed), count) if given.benchmark in ("", "national")]
    for _, result in drawn:
        assert result.amount_yuan == result.benchmark_yuan, "no panel in the field"
    told = page.evaluate(RUN, [[plain(given) for given, _ in drawn], book(), "/static/field/calc.js"])
    for (given, result), ours in zip(drawn, told, strict=True):
        desk = result.plain()
        assert {key: ours.get(key) for key in SAME} == {key: desk[key] for key in SAME}, (given, ours)
    return len(drawn)


def plain(given) -> dict:
    """The input as the app would write it."""
    return {**given.canonical(), "base_yuan": given.base_yuan, "count": given.count}


def test_a_thousand_drawn_cases_come_out_the_same_in_the_pocket_and_at_the_desk(transactional_db, page) -> None:
    """G23: every violation, both laws, every model, every circumstance."""
    assert compare(page, SHORT, seed=20260815) > SHORT // 2


MEASURED = [("multiple", ["0", "0.1", "0.5", "1", "1.5", "3", "10", "50.25"]), ("days", ["0", "1", "3", "10", "30", "400"]), ("tonnes", ["0", "0.5", "10", "1000", "5000"])]


def test_numbers_fall_on_the_same_level_in_the_pocket_and_at_the_desk(transactional_db, page) -> None:
    """Exact ends of every span: decimals as text, never floating point."""
    from qingyuan.errors import BadInput
    from qingyuan.law.penalty.scoring import choose

    pairs, asked = [], []
    for table in shelf.load().all_tables():
        others = {factor.id: factor.levels[0].id for factor in table.factors}
        for factor in table.factors:
            for measure in factor.measures:
                ends = {str(getattr(span, end)) for level in factor.levels for span in level.spans for end in ("at_least", "above", "below", "at_most") if getattr(span, end) is not None}
                for number in sorted(end for end in ends if "/" not in end) + dict(MEASURED).get(measure, ["7"]):
                    facts = {**others, factor.id: {measure: number}}
                    try:
                        level = next(one.level.id for one in choose(table, facts) if one.factor.id == factor.id)
                    except BadInput:
                        level = None
                    pairs.append((table.id, factor.id, measure, number, level))
                    asked.append([table.id, facts, factor.id])
    told = page.evaluate("""async ([asked, tables, module]) => {
      const { levelIn } = await import(module);
      return asked.map(([table, facts, factor]) => levelIn(tables[table], facts, factor));
    }""", [asked, dict(shelf.load().tables), "/static/field/calc.js"])  # fmt: skip
    assert len(pairs) > 500
    assert [(*pair[:4], ours) for pair, ours in zip(pairs, told, strict=True)] == pairs


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(LONG // BLOCK))
def test_tens_of_thousands_of_drawn_cases_come_out_the_same(transactional_db, page, seed: int) -> None:
    print(f"{compare(page, BLOCK, seed)} cases, the same in the pocket and at the desk")
