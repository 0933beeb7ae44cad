"""The draw: exact, repeatable by strangers, not to be steered by whoever runs it."""

from __future__ import annotations

import copy
import datetime as dt
import json
import math
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from qingyuan.engines.draw import algorithm, bundle
from qingyuan.engines.draw.commitment import committed, faults, sources
from qingyuan.errors import BadInput, NotAllowed

from .pools import AT, LATER, NUMBERS, pool

VERIFIER = Path(__file__).parents[5] / "docs" / "verify_draw.py"


def commitment(nonce: bytes = bytes(32), **changes):
    return committed(pool(**changes), number=1, nonce=nonce, at=AT)


def values(count: int, salt: int = 0) -> list[str]:
    """Public values as a lottery would give them."""
    dice = random.Random(salt)
    return [f"{' '.join(f'{n:02}' for n in sorted(dice.sample(range(1, 34), 6)))}+{dice.randint(1, 16):02}" for _ in range(count)]


def test_the_same_commitment_and_value_give_the_same_draw_and_another_value_another():
    one, two, other = (algorithm.draw(commitment(), value) for value in (NUMBERS, NUMBERS, "03 07 11 19 24 31+08"))
    assert one == two != other


def test_quotas_teams_recusals_and_zero_weights_hold_for_every_seed():
    """Penalty Law arts. 42, 43."""
    made = commitment()
    for value in values(60):
        drawn = algorithm.draw(made, value)
        assert Counter(row.stratum for row in drawn) == {"key": 3, "plain": 4}
        assert len({row.object for row in drawn}) == 7 and "K000" not in {row.object for row in drawn}
        assert all(len(set(row.officers)) == 2 for row in drawn)
        assert all("990100" not in row.officers for row in drawn if row.object == "P001")
        load = Counter(officer for row in drawn for officer in row.officers)
        assert max(load.values()) - min(load.get(f"99010{i}", 0) for i in range(6)) <= 2


def test_a_number_that_would_favour_anyone_is_rejected():
    """2**64 is no multiple of 3: the last number below it must not count."""
    rows = [("a", 1), ("b", 1), ("c", 1)]
    assert algorithm.pick(iter([algorithm.SPACE - 1, 4]), rows) == "b"
    assert algorithm.pick(iter([algorithm.SPACE - 2]), rows) == "c"


def test_the_spelling_does_not_depend_on_the_order_in_which_the_pool_was_given():
    given = pool()
    turned = {**given, "objects": given["objects"][::-1], "officers": given["officers"][::-1]}
    assert algorithm.digest_of(committed(given, number=1, nonce=bytes(32), at=AT)) == algorithm.digest_of(committed(turned, number=1, nonce=bytes(32), at=AT))


CHANGES = [
    ("objects", lambda c: c["objects"][3].update(weight=9999)), ("quota", lambda c: c["strata"]["key"].update(quota=4)),
    ("recusal", lambda c: c["recusals"].clear()), ("officer", lambda c: c["officers"][2].update(name="别人")), ("nonce", lambda c: c.update(nonce="1" * 64)),
    ("plan", lambda c: c.update(plan="JH2026-02")),
]


@pytest.mark.parametrize("change", [c for _, c in CHANGES], ids=[name for name, _ in CHANGES])
def test_any_change_after_the_commitment_shows(change):
    made = bundle.run(commitment(), value=NUMBERS, published_at=LATER)
    assert bundle.problems(made) == []
    told = copy.deepcopy(made)
    change(told["commitment"])
    assert any("摘要不符" in said for said in bundle.problems(told))


def test_a_swapped_object_or_officer_shows_where():
    made = bundle.run(commitment(), value=NUMBERS, published_at=LATER)
    made["result"][2]["officers"].reverse()
    assert "第 3 个应为" in bundle.problems(made)[0]


@pytest.mark.parametrize("changes, words", [
    ({"quotas": (8, 4)}, "可抽的只有 7 家"), ({"team": 1}, "不得少于两人"), ({"officers": 1}, "不足2人"), ({"beacon": {"source": "dice", "round": "1", "earliest": LATER.isoformat()}}, "未列入"),
    ({"beacon": {"source": "drand", "round": "1", "earliest": AT.isoformat()}}, "晚于承诺时间"), ({"recusals": [[f"99010{i}", "P002"] for i in range(5)]}, "只剩1人"), ({"objects": None}, "抽取池"),
])  # fmt: skip
def test_a_pool_that_cannot_give_a_lawful_draw_is_not_committed(changes, words):
    with pytest.raises(BadInput, match=words):
        commitment(**changes)


def test_a_value_in_another_spelling_or_too_early_is_refused():
    """Two spellings would be two draws to choose from."""
    for value in ("3 7 11 19 24 30+08", "03 07 11 19 24 30 + 08", "03 07 11 19 24 30+08 "):
        with pytest.raises(NotAllowed, match="写法应为"):
            bundle.run(commitment(), value=value, published_at=LATER)
    with pytest.raises(NotAllowed, match="早于承诺"):
        bundle.run(commitment(), value=NUMBERS, published_at=AT + dt.timedelta(minutes=1))
    with pytest.raises(NotAllowed, match="封存之前"):
        bundle.run(commitment(), value=NUMBERS, published_at=LATER, seal={"sealed_at": LATER.isoformat()})


def test_every_public_source_shows_an_example_in_its_own_spelling():
    import re

    assert all(re.fullmatch(row["pattern"], row["example"]) for row in sources().values())


def test_a_second_draw_must_name_the_first_and_why():
    first = algorithm.digest_of(commitment())
    for number, redraws in ((2, None), (1, {"number": 0, "digest": first, "why": "x"}), (2, {"number": 1, "digest": first, "why": " "}), (3, {"number": 1, "digest": first, "why": "x"})):
        with pytest.raises(BadInput, match="重抽|替代"):
            committed(pool(), number=number, nonce=bytes(32), at=AT, redraws=redraws)
    made = committed(pool(), number=2, nonce=bytes(32), at=AT, redraws={"number": 1, "digest": first, "why": "一名检查人员证件失效"})
    assert faults(made) == []


def test_damaged_bundles_are_told_not_raised():
    for told in ({}, {"format": bundle.FORMAT}, {"format": bundle.FORMAT, "commitment": {}, "beacon": {}, "digest": "", "result": []}):
        assert bundle.problems(told)
    made = bundle.run(commitment(), value=NUMBERS, published_at=LATER)
    for key in made["commitment"]:
        assert bundle.problems({**made, "commitment": {**made["commitment"], key: 7}}), key


# -- the stranger's thirty lines -----------------------------------------------------------------------------------------


def verified(made: dict, folder: Path) -> subprocess.CompletedProcess:
    file = folder / "bundle.json"
    file.write_text(json.dumps(made, ensure_ascii=False, indent=2), encoding="utf-8")
    return subprocess.run([sys.executable, "-I", "-S", str(VERIFIER), str(file)], capture_output=True, text=True, check=False)


def test_the_verifier_is_short_and_needs_only_python():
    text = VERIFIER.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 30 and "qingyuan." not in text


def test_the_verifier_agrees_with_the_engine_on_many_pools(tmp_path):
    """Two programs written apart, the same draws."""
    dice = random.Random(5)
    for number, value in enumerate(values(6, salt=9)):
        sizes = {"key": dice.randint(4, 30), "plain": dice.randint(4, 40), "officers": dice.randint(3, 9)}
        made = bundle.run(commitment(nonce=bytes([number]) * 32, **sizes, quotas=(3, 4)), value=value, published_at=LATER)
        answer = verified(made, tmp_path)
        assert answer.returncode == 0 and "holds" in answer.stdout, answer.stderr


def test_the_verifier_refuses_what_was_changed(tmp_path):
    made = bundle.run(commitment(), value=NUMBERS, published_at=LATER)
    swapped = copy.deepcopy(made)
    swapped["result"][0]["object"] = "K000"
    reweighed = copy.deepcopy(made)
    reweighed["commitment"]["objects"][5]["weight"] += 1
    for told in (swapped, reweighed):
        answer = verified(told, tmp_path)
        assert answer.returncode == 1 and "DOES NOT HOLD" in answer.stdout


# -- fairness ----------------------------------------------------------------------------------------------------------


def chi_square(seen: list[int], expected: list[float]) -> float:
    """p-value of Pearson's test: the upper incomplete gamma function by its series."""
    x, half = sum((s - e) ** 2 / e for s, e in zip(seen, expected, strict=True)) / 2, (len(seen) - 1) / 2
    term = total = 1 / half
    for n in range(1, 2000):
        term *= x / (half + n)
        total += term
    return max(0.0, 1 - total * math.exp(half * math.log(x) - x - math.lgamma(half)) if x else 1.0)


def test_the_chi_square_of_the_tables():
    """The 5 % points of the printed tables, for 1 and 10 degrees of freedom."""
    assert chi_square([100 + 13.859, 100 - 13.859], [100, 100]) == pytest.approx(0.05, abs=1e-4)
    assert chi_square([100 + 42.787, *[100] * 10], [100.0] * 11) == pytest.approx(0.05, abs=1e-4)


def first_picks(made: dict, rounds: int) -> Counter:
    """Who is drawn first from the stratum of key dischargers, over many public values."""
    return Counter(algorithm.draw_objects(made, algorithm.seed_of(made, value))[0][0] for value in values(rounds, salt=3))


def fairness(rounds: int) -> float:
    """p-value of the chi-square test: first picks against the committed weights."""
    made = commitment()
    weights = {o["id"]: o["weight"] for o in made["objects"] if o["stratum"] == "key" and o["weight"]}
    seen, total = first_picks(made, rounds), sum(weights.values())
    return chi_square([seen[k] for k in weights], [rounds * w / total for w in weights.values()])


def officer_fairness(rounds: int) -> float:
    """p-value: how often each pair of officers is the team, where nobody must stand back."""
    made = commitment(quotas=(1, 0), recusals=[])
    pairs = Counter(tuple(sorted(row.officers)) for value in values(rounds, salt=4) for row in algorithm.draw(made, value))
    return chi_square([pairs[(f"99010{a}", f"99010{b}")] for a in range(6) for b in range(a + 1, 6)], [rounds / 15] * 15)


def test_objects_are_drawn_in_proportion_to_their_weights():
    """A draw that favoured anybody by a tenth would fail."""
    assert fairness(3000) > 0.001


def test_every_pair_of_officers_is_as_likely():
    assert officer_fairness(1500) > 0.001


def test_the_fairness_test_would_see_a_bias():
    """The same test on a draw that takes the remainder of one byte."""
    weights = {f"K{i}": 1 for i in range(100)}
    dice = random.Random(1)
    biased = Counter(f"K{dice.randrange(256) % 100}" for _ in range(3000))
    assert chi_square([biased[k] for k in weights], [30.0] * 100) < 1e-6


@pytest.mark.slow
def test_fairness_over_many_seeds():
    """Chi-square on 200,000 draws of objects and 40,000 of teams."""
    assert fairness(200_000) > 0.001
    assert officer_fairness(40_000) > 0.001


@pytest.mark.slow
def test_who_can_fix_the_nonce_gains_nothing():
    """With any nonce each object's chance over the values is its weight's share: no nonce is a good one (40 nonces × 2,000 values)."""
    found = [chi_square(*expected(bytes([n]) * 32, 2000)) for n in range(40)]
    quarters = Counter(int(p * 4) for p in found)
    assert min(found) > 0.0001 and chi_square([quarters[q] for q in range(4)], [10.0] * 4) > 0.001


def expected(nonce: bytes, rounds: int) -> tuple[list[int], list[float]]:
    made = commitment(nonce=nonce)
    weights = {o["id"]: o["weight"] for o in made["objects"] if o["stratum"] == "key" and o["weight"]}
    seen = first_picks(made, rounds)
    return [seen[k] for k in weights], [rounds * w / sum(weights.values()) for w in weights.values()]
