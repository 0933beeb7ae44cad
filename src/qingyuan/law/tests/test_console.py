"""`qingyuan law …` and `qingyuan clock` as an outsider uses them; docs/law.md is what the book says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from qingyuan.cli import main
from qingyuan.law.pages import page

DOCS = Path(__file__).parents[4] / "docs" / "law.md"


def clock_file(folder: Path, content: object) -> str:
    file = folder / "clock.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return str(file)


def test_docs_law_is_what_the_book_says() -> None:
    """Run `qingyuan law docs` after a change of the book."""
    assert DOCS.read_text(encoding="utf-8") == page()


def test_law_lint_answers_zero_on_a_clean_book(capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0: nothing wrong."""
    assert main(["law", "lint"]) == 0
    assert "没有问题" in capsys.readouterr().out


@pytest.mark.parametrize(("day", "code"), [("2026-08-14", 0), ("2026-08-15", 1)])
def test_law_show_exits_one_when_the_text_is_not_law_that_day(day: str, code: int, capsys: pytest.CaptureFixture[str]) -> None:
    """The border of the Code."""
    assert main(["law", "show", "air_law:99.1.2", "--on", day, "--json"]) == code
    told = json.loads(capsys.readouterr().out)
    assert told["in_force"] is (code == 0)
    assert told["successors"] == ([] if code == 0 else ["code:1107"])


def test_law_show_refuses_what_is_no_citation_with_exit_two(capsys: pytest.CaptureFixture[str]) -> None:
    """One clear line on stderr."""
    assert main(["law", "show", "第四十四条"]) == 2
    assert "读不懂的引用" in capsys.readouterr().err


def test_law_impact_of_a_source(capsys: pytest.CaptureFixture[str]) -> None:
    """What a change of the Air Law touches."""
    assert main(["law", "impact", "air_law", "--json"]) == 0
    assert "air_exceedance" in json.loads(capsys.readouterr().out)["touched"]["violations"]


def test_a_clock_answers_in_json_with_its_arithmetic(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The example of the domain note."""
    file = clock_file(tmp_path, {"clock": "decision_90", "started": "2026-03-02"})
    assert main(["clock", file, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["due_on"] == "2026-06-01"
    assert told["citations"] == ["penalty_law:60", "measures_30:57"]
    assert any("顺延" in line for line in told["arithmetic"])


@pytest.mark.parametrize(("day", "code"), [("2026-06-01", 0), ("2026-06-02", 1)])
def test_a_clock_that_is_late_exits_one(tmp_path: Path, day: str, code: int) -> None:
    """Exit 1: the thing checked does not hold."""
    assert main(["clock", clock_file(tmp_path, {"clock": "decision_90", "started": "2026-03-02", "on": day})]) == code


def test_a_clock_in_an_open_suspension_has_no_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It stands still."""
    given = {"clock": "decision_90", "started": "2026-03-02", "suspensions": [{"began": "2026-04-01", "ground": "hearing"}]}
    assert main(["clock", clock_file(tmp_path, given), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["due_on"], told["left"]) == (None, 61)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        ("{", "JSON"),
        ({"started": "2026-03-02"}, "clock"),
        ({"clock": "decision_90", "started": "2026-3-2"}, "日期"),
        ({"clock": "decision_90", "started": "9999-12-31"}, "太远"),
        ([1], "对象"),
        ({"clock": "nothing", "started": "2026-03-02"}, "没有"),
        ({"clock": "decision_90", "started": "2026-03-02", "extension": "more"}, "整数"),
        ({"clock": "decision_90", "started": "2026-03-02", "colour": 1}, "colour"),
        ({"clock": "decision_90", "started": "2026-03-02", "suspensions": [{"began": "2026-04-01"}]}, "ground"),
    ],
)
def test_bad_clocks_exit_two_with_one_line(tmp_path: Path, content: object, word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Names the field and what would be right."""
    assert main(["clock", clock_file(tmp_path, content)]) == 2
    told = capsys.readouterr().err
    assert word in told
    assert told.count("\n") == 1
