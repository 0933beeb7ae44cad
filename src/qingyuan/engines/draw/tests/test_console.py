"""``qingyuan draw``: sealed first, drawn later, checked by anyone."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from qingyuan import clock
from qingyuan.cli import main
from qingyuan.engines.draw import seal

from .pools import AT, LATER, NUMBERS, pool


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    (tmp_path / "pool.json").write_text(json.dumps(pool()), encoding="utf-8")
    return tmp_path


def commit(place, name: str = "c1.json", *more: str) -> int:
    return main(["draw", "commit", str(place / "pool.json"), "--data", str(place / "data"), "-o", str(place / name), *more])


def drawn(place, name: str = "c1.json", at: dt.datetime = LATER, value: str = NUMBERS) -> int:
    return main(["draw", "run", str(place / name), "--value", value, "--published-at", at.isoformat(), "-o", str(place / "b.json")])


def verify(place, *more: str) -> int:
    return main(["draw", "verify", str(place / "b.json"), *more])


def changed(place, change) -> None:
    told = json.loads((place / "b.json").read_text(encoding="utf-8"))
    change(told)
    (place / "b.json").write_text(json.dumps(told), encoding="utf-8")


def test_commit_run_verify(place, capsys):
    assert (commit(place), drawn(place), verify(place, "--data", str(place / "data"), "--key", str(place / "data" / "ledger" / "key.pub"))) == (0, 0, 0)
    assert "7 个对象" in capsys.readouterr().out


def test_what_is_sealed_does_not_tell_the_pool(place):
    commit(place)
    assert seal.sealed_draws(place / "data", "JH2026-01")[0][0] == 1
    assert b"K001" not in b"".join(f.read_bytes() for f in (place / "data" / "ledger").iterdir())


def test_a_seed_that_was_public_before_the_sealing_is_refused(place, capsys):
    """Exit 2: the one who runs it is told."""
    commit(place)
    assert drawn(place, at=AT - dt.timedelta(hours=1)) == 2
    assert "早于" in capsys.readouterr().err


def test_a_bundle_dated_to_look_later_fails_at_the_seal(place, capsys):
    commit(place)
    drawn(place)
    changed(place, lambda told: told["seal"].update(sealed_at=(AT - dt.timedelta(days=1)).isoformat()))
    assert verify(place) == 1 and "封存时间" in capsys.readouterr().out


def test_a_bundle_whose_proof_is_of_another_leaf_fails(place, capsys):
    commit(place)
    drawn(place)
    changed(place, lambda told: told["seal"].update(leaf=told["seal"]["leaf"] + 1))
    assert verify(place, "--json") == 1
    assert not json.loads(capsys.readouterr().out.splitlines()[-1])["ok"]


def test_a_second_draw_of_a_plan_cannot_pass_for_the_first(place, capsys):
    """Redraws cannot hide."""
    assert commit(place) == 0 and commit(place, "c2.json") == 2
    assert "已有 1 次承诺" in capsys.readouterr().err
    assert commit(place, "c2.json", "--replaces", str(place / "c1.json")) == 2
    assert commit(place, "c2.json", "--replaces", str(place / "c1.json"), "--why", "一名检查人员证件失效") == 0
    drawn(place, "c1.json")
    capsys.readouterr()
    assert verify(place) == 0 and verify(place, "--data", str(place / "data")) == 1
    assert "第 2 次承诺" in capsys.readouterr().out
    drawn(place, "c2.json")
    assert verify(place, "--data", str(place / "data")) == 0


def test_a_file_that_is_no_pool_is_told_in_one_line(place, capsys):
    for text in ("{", "[]", "{}"):
        (place / "pool.json").write_text(text)
        assert commit(place) == 2
        assert capsys.readouterr().err.count("\n") == 1
