"""Acts with a laboratory: the order, the samples, the hand-over, the results, telling the party, the re-test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from qingyuan.records.cases import laboratory
from qingyuan.records.cases.models import Case
from qingyuan.records.cases.sampling_states import SAMPLING

from .companion_fields import TEAM, Act, Fields, Who, moment, on_case, table_of, text, today, way
from .frame import Look
from .step_forms import day, long_text

SAMPLE_LINE = "点位，项目，数量，容器与固定剂，封样号"
RESULT_LINE = "样品编号，项目，结果，单位，方法"


def order_fields(case: Case, look: Look, row: Any) -> Fields:
    return {
        "laboratory": text("实验室（机构全称）", 120), "qualification": text("资质认定（CMA）证书编号", 60), "items": text("检测项目", 200), "points": text("点位", 200), "due_on": day("报告期限"),
    }  # fmt: skip


def sample_fields(case: Case, look: Look, row: Any) -> Fields:
    return {
        "samples": long_text("样品", rows=4, help_text=f"每行一个：{SAMPLE_LINE}"), "place": text("采样地点", 120), "storage": text("保存条件", 120),
        "taken_at": moment("采样时间", look, is_now=True),
    }  # fmt: skip


def take_samples(case: Case, row: Any, given: Mapping[str, Any], who: Who) -> Any:
    lines = table_of(given["samples"], tuple(laboratory.SAMPLE_WORDS), SAMPLE_LINE, "samples")
    return laboratory.take_samples(row, samples=lines, place=given["place"], storage=given["storage"], taken_at=min(given["taken_at"], who["at"]), **who)


def hand_fields(case: Case, look: Look, row: Any) -> Fields:
    listed = "　".join(sample.code for sample in row.samples.all())
    return {
        "codes": long_text("扫描的样品编号", rows=3, help_text=f"每行一个，须与采样单一致：{listed}"), "receiver": text("实验室签收人", 40), "condition": text("封样和保存状况", 120),
        "moment": moment("交接时间", look, is_now=True),
    }  # fmt: skip


def take_hand(case: Case, row: Any, given: Mapping[str, Any], who: Who) -> Any:
    return laboratory.hand_samples(
        row, codes=given["codes"].split(), receiver=given["receiver"], condition=given["condition"], moment=min(given["moment"], who["at"]), **who
    )


def result_fields(case: Case, look: Look, row: Any) -> Fields:
    listed = "　".join(f"{sample.code}（{sample.factor}）" for sample in row.samples.all())
    return {
        "results": long_text("检测结果", rows=4, help_text=f"每行一个：{RESULT_LINE}；低于检出限的结果写成 <检出限。样品：{listed}"), "report_number": text("报告编号", 60),
        "qualification": text("报告上的资质认定编号", 60), "signers": text("编制、审核、签发人", 60), "reported_on": today(day("报告日期"), look),
        "file": forms.FileField(label="报告原件（PDF 或者扫描件）"),
    }  # fmt: skip


def take_results(case: Case, row: Any, given: Mapping[str, Any], who: Who) -> Any:
    lines = table_of(given["results"], tuple(laboratory.RESULT_WORDS), RESULT_LINE, "results")
    words = {key: given[key] for key in ("report_number", "qualification", "signers", "reported_on", "file")}
    return laboratory.record_results(row, results=lines, name=given["file"].name, **words, **who)


def retest_fields(case: Case, look: Look, row: Any) -> Fields:
    return {
        "why": long_text("当事人的异议和理由", rows=2), "laboratory": text("复测实验室", 120), "qualification": text("资质认定（CMA）证书编号", 60), "due_on": day("报告期限"),
    }  # fmt: skip


MADE = {
    "take_samples": (sample_fields, take_samples), "hand_samples": (hand_fields, take_hand), "record_results": (result_fields, take_results),
    "tell_party": (lambda c, k, r: way(k), lambda c, r, g, w: laboratory.tell_party(r, **g, **w)),
    "ask_retest": (retest_fields, lambda c, r, g, w: laboratory.ask_retest(r, **g, **w)),
    "cancel_sampling": (lambda c, k, r: {"why": long_text("理由", rows=2)}, lambda c, r, g, w: laboratory.cancel_sampling(r, **g, **w)),
}  # fmt: skip


def sample_act(name: str) -> Act:
    step, (fields, take) = SAMPLING.steps[name], MADE[name]
    return Act(
        "samples", step.label, step.article, TEAM, lambda case: [row for row in case.samplings.all() if row.state in step.sources], fields, take,
        lambda row, look: laboratory.why_not(row, name, by=look.viewer, on=look.today),
    )


SAMPLE_ACTS: dict[str, Act] = {
    "order": Act("samples", "委托监测（检测）", "令30第29条", TEAM, on_case(*laboratory.INVESTIGATING), order_fields, lambda c, r, g, w: laboratory.order_sampling(c, **g, **w)),
    **{name: sample_act(name) for name in SAMPLING.steps},
}
