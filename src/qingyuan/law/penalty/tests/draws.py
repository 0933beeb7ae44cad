"""Random cases over the whole book, the same for the same seed: every violation, law, province, tier, table and circumstance."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from qingyuan.errors import BadInput
from qingyuan.law.penalty import PenaltyInput, PenaltyResult, assess
from qingyuan.law.penalty.bounds import tiers_for
from qingyuan.law.penalty.matrix import Table
from qingyuan.law.penalty.selection import candidates, table_for
from qingyuan.law.penalty.shelf import load

SPANS = [  # (last day of the act, day of the decision): old law alone, Code alone, old against Code, going on
    (dt.date(2026, 8, 14), dt.date(2026, 8, 14)),
    (dt.date(2026, 8, 15), dt.date(2026, 8, 16)),
    (dt.date(2026, 8, 14), dt.date(2026, 12, 31)),
    (None, dt.date(2026, 12, 31)),
]
PROVINCES = ["guangdong", "guangdong", "hunan", "zhejiang", "demo", "jiangsu"]
BENCHMARKS = ["", "", "", "", "national", "jiangsu/reference", "jiangmen/reference"]


@cache
def shape(violation: str, province: str, party: str, span: int, benchmark: str, tier: str) -> tuple[tuple[str, Table], ...] | None:
    """(regime, table) of every law weighed in such a case, or None where the law knows no such case."""
    book = load()
    ended, decided_on = SPANS[span]
    given = PenaltyInput(violation, province, party, dt.date(2026, 3, 1), ended, decided_on, tier=tier, benchmark=benchmark)
    try:
        regimes = candidates(given, book.violation(violation)).regimes
    except BadInput:
        return None
    if not any(tier == one.id for regime in regimes for one in tiers_for(regime, party)):
        return None
    found = []
    for regime in regimes:
        tiers = tiers_for(regime, party)
        held = next((one for one in tiers if one.id in given.tiers_for(regime.regime)), tiers[0] if len(tiers) == 1 else None)
        if held is None:
            return None
        found.append((regime.regime, table_for(book, given, book.violation(violation), regime, held.id).table))
    return tuple(found)


@cache
def tier_ids(violation: str, party: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tier.id for regime in load().violation(violation).regimes for tier in tiers_for(regime, party))) or ("general",)


def draw(chance: random.Random) -> tuple[PenaltyInput, tuple[tuple[str, Table], ...]] | None:
    violation = chance.choice(load().all_violations()).id
    party, province, span = chance.choice(["company", "company", "person"]), chance.choice(PROVINCES), chance.randrange(len(SPANS))
    tier, benchmark = chance.choice(tier_ids(violation, party)), chance.choice(BENCHMARKS)
    tables = shape(violation, province, party, span, benchmark, tier)
    if tables is None:
        return None
    factors = {f"{regime}.{factor.id}": chance.choice(factor.levels).id for regime, table in tables for factor in table.factors}
    grounds = [entry for item in chance.sample(load().all_circumstances(), chance.choice([0, 0, 1, 2])) for entry in [written(item, chance)]]
    ended, decided_on = SPANS[span]
    base = int(10 ** chance.uniform(2, 9))
    given = PenaltyInput(violation, province, party, dt.date(2026, 3, 1), ended, decided_on, factors, grounds, tier, base, benchmark)
    return replace(given, count=chance.randint(1, 40)), tables


def written(item: Any, chance: random.Random) -> str:
    return f"{item.id}:{chance.randint(item.extent.at_least, item.extent.at_most)}" if item.extent else item.id


def results(count: int, seed: int) -> Iterator[tuple[PenaltyInput, PenaltyResult, PenaltyInput, PenaltyResult | None]]:
    """``count`` cases that the law knows: the case, its fine, the same case one level graver, and that fine (None where
    the graver level contradicts a circumstance)."""
    chance, book, made = random.Random(seed), load(), 0
    while made < count:
        drawn = draw(chance)
        if drawn is None:
            continue
        given, tables = drawn
        try:
            result, _ = assess(given, book)
        except BadInput:
            given = replace(given, circumstances=())
            result, _ = assess(given, book)
        graver = heavier(given, tables, chance)
        try:
            second = assess(graver, book)[0]
        except BadInput:
            second = None
        made += 1
        yield given, result, graver, second


def heavier(given: PenaltyInput, tables: tuple[tuple[str, Table], ...], chance: random.Random) -> PenaltyInput:
    regime, table = chance.choice(tables)
    factor = chance.choice(table.factors)
    key = f"{regime}.{factor.id}"
    now = next(level for level in factor.levels if level.id == given.factors[key])
    above = [level for level in factor.levels if level.points > now.points]
    return replace(given, factors={**given.factors, key: chance.choice(above).id}) if above else given
