"""The command line contract: a file, a pipe, a certificate; 0 done, 1 does not hold, 2 wrong use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from qingyuan.cli import main

from .test_certificate import CASE


@pytest.fixture
def case(tmp_path: Path) -> Path:
    path = tmp_path / "case.json"
    path.write_text(json.dumps(CASE, ensure_ascii=False), encoding="utf-8")
    return path


def test_a_file_becomes_a_fine_with_its_working(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["penalty", str(case)]) == 0
    told = capsys.readouterr().out
    assert "12万元" in told
    assert "《水污染防治法》第八十三条第二项" in told


def test_json_out_can_be_verified_and_a_changed_amount_exits_with_one(case: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["penalty", str(case), "--json"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert result["amount_yuan"] == 120_000
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(result["certificate"]), encoding="utf-8")
    assert main(["penalty", "verify", str(path)]) == 0
    assert "相符" in capsys.readouterr().out
    result["certificate"]["result"]["amount_yuan"] = 1
    path.write_text(json.dumps(result["certificate"]), encoding="utf-8")
    assert main(["penalty", "verify", str(path), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["holds"] is False


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"violation": "water_exceedance"}', '{"violation": "none"}', "null"])
def test_wrong_input_is_one_line_and_exit_two(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text, encoding="utf-8")
    assert main(["penalty", str(path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_missing_file_and_a_bad_key_are_one_line_and_exit_two(case: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["penalty", "/nowhere/case.json"]) == 2
    assert main(["penalty", "verify", str(case), "--key", "短"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 2


def test_what_has_to_be_asked_is_listed_without_any_fact_given(case: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "open.json"
    path.write_text(json.dumps({key: value for key, value in CASE.items() if key != "factors"}), encoding="utf-8")
    assert main(["penalty", "ask", str(path), "--json"]) == 0
    asked = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {"factors.exceedance", "factors.area"} <= {question["field"] for question in asked}
    assert main(["penalty", "ask", str(path)]) == 0
    assert "water_source_first（饮用水水源一级保护区）" in capsys.readouterr().out
