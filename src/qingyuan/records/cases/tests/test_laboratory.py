"""With a laboratory: chain, hand-over, results, telling the party, re-test; what does not fit is named and nothing is written."""

from __future__ import annotations

import datetime as dt
import io

import pikepdf
import pytest

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.cases import investigation, laboratory
from qingyuan.records.cases.clocks import clocks_of
from qingyuan.records.cases.models import SampleTurn, Sampling
from qingyuan.records.docket import queries as docket
from qingyuan.records.registry.models import Event

from .cast import AT, DAY, evidence, file, officer

pytestmark = pytest.mark.django_db
ORDER = {"laboratory": "清源市环境监测中心", "qualification": "CMA-2026-001", "items": "氮氧化物", "points": "窑尾排放口", "due_on": (AT + 10 * DAY).date()}
SAMPLES = [{"point": "窑尾", "factor": "氮氧化物", "volume": "2升", "container": "气袋", "seal": "F-01"}, {"point": "窑头", "factor": "颗粒物", "volume": "1张", "container": "滤膜盒", "seal": "F-02"}]


def report_file() -> bytes:
    pdf, out = pikepdf.new(), io.BytesIO()
    pdf.add_blank_page()
    pdf.save(out)
    return out.getvalue()


def sampled(case) -> Sampling:
    row = laboratory.order_sampling(case, by=officer("李明"), at=AT, **ORDER)
    return laboratory.take_samples(row, samples=SAMPLES, place="窑尾平台", storage="避光冷藏", taken_at=AT, by=officer("李明"), at=AT)


def handed(case) -> Sampling:
    row = sampled(case)
    codes = list(row.samples.values_list("code", flat=True))
    return laboratory.hand_samples(row, codes=codes, receiver="钱工", condition="封样完好，4℃", moment=AT, by=officer("李明"), at=AT)


def results(row: Sampling, **changes) -> dict:
    first, second = row.samples.all()
    lines = [
        {"code": first.code, "factor": "氮氧化物", "value": "612", "unit": "mg/m³", "method": "HJ 693"},
        {"code": second.code, "factor": "颗粒物", "value": "<1.0", "unit": "mg/m³", "method": "HJ 836"},
    ]
    words = {"report_number": "QJ2026-88", "qualification": "CMA-2026-001", "signers": "甲、乙、丙", "reported_on": AT.date(), "file": report_file(), "by": officer("李明"), "at": AT}
    return {"results": lines, **words, **changes}


def test_from_the_order_to_the_party_every_step_leaves_its_paper(visit):
    """Measures 30 arts. 29, 30: commission, register with labels, report, notice; the decision clock stands still in between."""
    case = file(visit)
    row = handed(case)
    assert case.suspensions.filter(ground="monitoring", ended=None).exists()
    row = laboratory.record_results(row, **results(row))
    assert not case.suspensions.filter(ground="monitoring", ended=None).exists()
    assert docket.evidence_missing(case.docket, violation="air_exceedance").count("监测（检测）报告") == 0
    row = laboratory.tell_party(row, how="direct", receiver="陈立", on=AT.date(), by=officer("李明"), at=AT)
    kinds = set(case.docket.documents.values_list("kind", flat=True))
    assert {"monitoring_commission", "sampling_sheet", "sample_labels", "monitoring_report", "result_notice"} <= kinds
    assert "612mg/m³" in row.notice.facts["report"]["results"] and "低于检出限1.0" in row.notice.facts["report"]["results"]
    clock = next(clock for clock in clocks_of(case, AT.date()) if clock.due.clock == "retest_request")
    assert clock.is_wait and clock.due.grade == "U"


def test_an_investigation_does_not_end_while_a_result_is_kept_from_the_party(visit):
    """Measures 30 art. 29."""
    case = file(visit)
    evidence(case)
    row = handed(case)
    row = laboratory.record_results(row, **results(row))
    with pytest.raises(NotAllowed, match="尚未告知当事人：QJ2026-88"):
        investigation.conclude(case, summary="清楚。", by=officer("李明"), at=AT)
    laboratory.tell_party(row, how="direct", receiver="陈立", on=AT.date(), by=officer("李明"), at=AT)
    assert investigation.conclude(case, summary="清楚。", by=officer("李明"), at=AT).state == "investigated"


def test_a_missing_or_strange_sample_stops_the_hand_over_by_name(visit):
    """What was not scanned did not arrive."""
    row = sampled(file(visit))
    first, second = row.samples.values_list("code", flat=True)
    hand = {"receiver": "钱工", "condition": "完好", "moment": AT, "by": officer("李明"), "at": AT}
    before = Event.objects.count()
    with pytest.raises(BadInput, match=second):
        laboratory.hand_samples(row, codes=[first], **hand)
    with pytest.raises(BadInput, match="CY-OTHER"):
        laboratory.hand_samples(row, codes=[first, second, "CY-OTHER"], **hand)
    with pytest.raises(BadInput, match="采样之后"):
        laboratory.hand_samples(row, codes=[first, second], **{**hand, "moment": AT - DAY})
    assert (Event.objects.count(), SampleTurn.objects.count()) == (before, 2)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"qualification": "CMA-OTHER"}, "不一致"), ({"reported_on": (AT - DAY).date()}, "采样日期"), ({"reported_on": (AT + DAY).date()}, "采样日期"), ({"file": None}, "报告原件"),
        ({"report_number": " "}, "报告编号"), ({"results": []}, "检测结果"),
    ],
)  # fmt: skip
def test_a_report_that_does_not_fit_is_refused_whole(visit, change, words):
    """Review criteria 2024 and audit rule R32: seal number, days in order, original attached."""
    row = handed(file(visit))
    with pytest.raises(BadInput, match=words):
        laboratory.record_results(row, **results(row, **change))
    row.refresh_from_db()
    assert row.state == "handed_over" and not row.samples.filter(results__isnull=False).exists()


@pytest.mark.parametrize(("value", "words"), [("很高", "不是数"), ("-1", "不是有效"), ("NaN", "不是有效"), ("", "缺少结果")])
def test_a_value_that_is_no_number_is_named(visit, value, words):
    """The digits of the report, or <detection limit."""
    row = handed(file(visit))
    asked = results(row)
    asked["results"][1]["value"] = value
    with pytest.raises(BadInput, match=words):
        laboratory.record_results(row, **asked)
    assert not row.samples.filter(results__isnull=False).exists()


def test_a_broken_chain_keeps_a_sample_from_becoming_evidence(visit, monkeypatch):
    """Every link follows from the one before, beginning with the label."""
    row = handed(file(visit))
    sample = row.samples.first()
    assert laboratory.is_whole(sample)
    link = sample.turns.last()
    SampleTurn(sample=sample, action="kept", holder="某人", condition="换样", at=AT, by=officer("李明"), chain=link.chain).save()
    assert not laboratory.is_whole(sample)
    with pytest.raises(NotAllowed, match="接不上"):
        laboratory.record_results(row, **results(row))


def test_a_label_is_the_same_bytes_for_the_same_sample(visit):
    """The QR code on the bottle leads to code and chain."""
    sample = sampled(file(visit)).samples.first()
    assert laboratory.label_of(sample) == laboratory.label_of(sample)
    assert laboratory.label_of(sample).startswith(b"\x89PNG")


def test_the_party_may_ask_for_a_second_test_and_both_stay_in_the_file(visit):
    """Penalty Law art. 41: a re-test is a new order that points to the first."""
    case = file(visit)
    row = handed(case)
    row = laboratory.record_results(row, **results(row))
    row = laboratory.tell_party(row, how="direct", receiver="陈立", on=AT.date(), by=officer("李明"), at=AT)
    later = AT + dt.timedelta(days=2)
    again = laboratory.ask_retest(row, why="对结果有异议。", laboratory="省监测中心", qualification="CMA-9", due_on=(later + DAY).date(), by=officer("李明"), at=later)
    assert (again.retest_of, again.state, case.samplings.count()) == (row, "ordered", 2)


def test_one_certified_officer_alone_takes_no_sample(visit):
    """Penalty Law art. 42."""
    case = file(visit)
    row = laboratory.order_sampling(case, by=officer("李明"), at=AT, **ORDER)
    case.investigators.remove(officer("王建国"))
    with pytest.raises(NotAllowed, match="仅1人"):
        laboratory.take_samples(row, samples=SAMPLES, place="平台", storage="冷藏", taken_at=AT, by=officer("李明"), at=AT)
