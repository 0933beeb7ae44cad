"""双公示: every field code, right units, nothing personal, once per decision."""

from __future__ import annotations

import csv
import io

import pytest

from qingyuan.errors import BadInput
from qingyuan.records.docket import exchange
from qingyuan.records.docket.writing.tests.samples import FACTS

pytestmark = pytest.mark.django_db


def test_a_decision_becomes_one_row_with_every_code(cast):
    """law.md 6.2; the fine is kept in fen and written in 万元 with six decimals."""
    told = exchange.row(cast.issue(), shown_until="20271020")
    assert list(told) == list(exchange.fields())
    assert (told["CF_WSH"], told["CF_NR_FK"], told["CF_JDRQ"], told["CF_GSJZQ"]) == ("清环罚〔2026〕1号", "43.200000", "20261020", "20271020")
    assert told["CF_XDR_SHXYM"] == "91990101MA00000011"
    assert "第九十九条第二项" in told["CF_YJ"]
    assert told["CF_CFLB"] == "罚款"


def test_a_person_is_masked(cast):
    """Personal numbers are sent masked."""
    party = {"kind": "person", "name": "张某", "id_number": "990101199001010011", "address": "清波路2号"}
    told = exchange.row(cast.issue(facts={**{k: v for k, v in FACTS.items() if k != "agency"}, "party": party}), shown_until="20271020")
    assert told["CF_XDR_ZJHM"] == "990*************11"
    assert told["CF_XDR_LB"] == "自然人"
    assert (told["CF_XDR_SHXYM"], told["CF_FRDB"]) == ("", "")


def test_what_cannot_be_sent_is_named(cast):
    """A required field that is empty, a field too long, a paper that is no decision."""
    with pytest.raises(BadInput, match="CF_GSJZQ（公示截止期）不能为空"):
        exchange.row(cast.issue(), shown_until="")
    with pytest.raises(BadInput, match="CF_XDR_MC.*超过200字"):
        exchange.row(cast.issue(facts={**FACTS, "party": {**FACTS["party"], "name": "长" * 201}}), shown_until="20271020")
    with pytest.raises(BadInput, match="不是行政处罚决定"):
        exchange.row(cast.issue("prior_notice"), shown_until="20271020")


def test_the_file_holds_each_decision_once_and_no_formula(cast):
    """The key is CF_WSH; a name that begins with = is text to a spreadsheet."""
    party = {**FACTS["party"], "name": "=cmd|' /C calc'!A0"}
    told = exchange.row(cast.issue(facts={**FACTS, "party": party}), shown_until="20271020")
    rows = list(csv.reader(io.StringIO(exchange.csv_file([told, told]).decode("utf-8-sig"))))
    assert len(rows) == 3
    assert rows[0][0] == "CF_XDR_MC"
    assert rows[2][0].startswith("'=")
