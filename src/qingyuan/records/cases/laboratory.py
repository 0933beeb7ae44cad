"""Sampling and testing together with a laboratory (测管协同): order → samples → hand-over → results → told → evidence of the case.

Measures 30 arts. 29, 30; Penalty Law arts. 41, 42, 46.  Every paper (W09, W13-W15 and the labels) is issued with its step.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, BinaryIO

import segno
from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.law import deadlines, rulebook
from qingyuan.law.deadlines import Due
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket import vault
from qingyuan.records.docket.evidence import link_value
from qingyuan.records.registry.models import Officer

from .models import Case, Result, Sample, SampleTurn, Sampling, Suspension
from .papers import case_facts, people
from .sampling_states import SAMPLING
from .steps import hold, note
from .transfer_clocks import given

MONITORING = "monitoring"
INVESTIGATING = ("filed", "investigated", "reviewed", "notified", "answered")
SAMPLE_WORDS = {"point": "点位", "factor": "监测项目", "volume": "数量", "container": "容器与固定剂", "seal": "封样号"}
RESULT_WORDS = {"code": "样品编号", "factor": "项目", "value": "结果", "unit": "单位", "method": "方法"}


@transaction.atomic
def order_sampling(
    case: Case, *, laboratory: str, qualification: str, items: str, points: str, due_on: dt.date, by: Officer, at: dt.datetime, retest_of: Sampling | None = None,
) -> Sampling:
    """Commission a laboratory (W13); the decision clock does not count the days until its report."""
    held = hold(case)
    if held.state not in INVESTIGATING:
        raise NotAllowed(f"当前状态为“{held.get_state_display()}”，不再委托监测（令30第29条）")
    if not by.has_role("inspector"):
        raise NotAllowed("监测由执法人员委托（令30第29条）")
    asked = {"实验室": laboratory, "资质认定编号": qualification, "检测项目": items, "点位": points}
    missing = [label for label, text in asked.items() if not text.strip()]
    if missing or due_on <= at.date():
        raise BadInput(f"请写明{'、'.join(missing) or '晚于今天的报告期限'}（案卷评查细则2024：机构全称、资质认定标志与编号）", field="laboratory")
    words = {"laboratory": {"name": laboratory}, "commission": {"items": items, "points": points, "due_on": due_on.isoformat()}}
    commission = docket.issue(kind="monitoring_commission", docket=held.docket, by=by, at=at, facts={**case_facts(held), **words})
    if held.decided_on is None and not held.suspensions.filter(ground=MONITORING, ended=None).exists():
        ground = rulebook.load().folder("procedure/rules")["suspensions"]["grounds"][MONITORING]
        Suspension.objects.create(case=held, on=at.date(), by=by, note=f"委托{laboratory}监测", made_at=at, ground=MONITORING, citation=ground["citation"])
    note(held, "order_sampling", by=by, at=at, why=f"{laboratory}：{items}")
    return Sampling.objects.create(
        case=held, on=at.date(), by=by, note=items, made_at=at, number=commission.number, laboratory=laboratory, qualification=qualification, items=items, points=points,
        due_on=due_on, commission=commission, retest_of=retest_of,
    )  # fmt: skip


def facts_of(row: Sampling, *, on: dt.date) -> dict[str, Any]:
    """What the guards of the table ask for."""
    samples = list(row.samples.prefetch_related("turns"))
    return {
        "certified_investigators": sum(officer.is_certified(on) for officer in row.case.investigators.all()), "samples": samples,
        "broken": [sample.code for sample in samples if not is_whole(sample)],
        "not_arrived": [sample.code for sample in samples if not any(turn.action == "arrived" for turn in sample.turns.all())],
    }


def why_not(row: Sampling, name: str, *, by: Officer, on: dt.date) -> list[str]:
    """Every reason why this person cannot take this step with this order."""
    known = SAMPLING.steps[name]
    reasons = list(SAMPLING.why_not(row.state, name, row, facts_of(row, on=on)))
    if not by.has_role(*known.roles):
        reasons.append(f"“{known.label}”由相应岗位人员办理，{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    return reasons


def take(row: Sampling, name: str, *, by: Officer, at: dt.datetime) -> Sampling:
    """Move a held order one step; the caller fills in what the step leaves and saves."""
    hold(row.case)
    fresh = Sampling.objects.select_for_update().select_related("case").get(pk=row.pk)
    reasons = why_not(fresh, name, by=by, on=at.date())
    if reasons:
        raise NotAllowed(reasons)
    fresh.state = SAMPLING.steps[name].target or fresh.state
    return fresh


@transaction.atomic
def take_samples(row: Sampling, *, samples: Sequence[Mapping[str, str]], place: str, storage: str, taken_at: dt.datetime, by: Officer, at: dt.datetime) -> Sampling:
    """Write down the samples, each with its label and the first link of its chain; the register (W09) and the labels are printed."""
    fresh = take(row, "take_samples", by=by, at=at)
    if not samples or not place.strip() or not storage.strip():
        raise BadInput("请登记至少一个样品，并写明采样地点和保存条件（令30第29条）", field="samples")
    for number, given_sample in enumerate(samples, 1):
        missing = [label for key, label in SAMPLE_WORDS.items() if not str(given_sample.get(key, "")).strip()]
        if missing:
            raise BadInput(f"第{number}个样品缺少{'、'.join(missing)}", field="samples")
    if taken_at > at:
        raise BadInput("采样时间晚于现在，请核对", field="taken_at")
    made = [make_sample(fresh, number, words, storage, taken_at, by) for number, words in enumerate(samples, 1)]
    fresh.sheet = issue_sheets(fresh, made, place, storage, taken_at, by, at)
    fresh.save()
    note(fresh.case, "take_samples", by=by, at=at, why=f"{fresh.number}：{'、'.join(sample.code for sample in made)}")
    return fresh


def make_sample(row: Sampling, number: int, words: Mapping[str, str], storage: str, taken_at: dt.datetime, by: Officer) -> Sample:
    told = {key: str(words[key]).strip() for key in SAMPLE_WORDS}
    code = f"CY{taken_at:%Y%m%d}-{row.pk:04d}-{number:02d}"
    digest = link_value("", {"code": code, **told, "taken_at": taken_at.astimezone(dt.UTC).isoformat()})
    sample = Sample.objects.create(sampling=row, code=code, storage=storage, taken_at=taken_at, digest=digest, **told)
    add_turn(sample, "collected", holder=by.name, condition=f"封样号{told['seal']}", at=taken_at, by=by)
    return sample


def issue_sheets(row: Sampling, made: list[Sample], place: str, storage: str, taken_at: dt.datetime, by: Officer, at: dt.datetime) -> Any:
    """The register of samples as evidence, and the sheet of labels with their QR codes."""
    base = case_facts(row.case)
    lines = [
        {"number": s.code, "point": s.point, "factor": s.factor, "volume": s.volume, "container": s.container, "seal": s.seal, "digest": s.digest[:16]} for s in made
    ]
    words = {"at": taken_at.isoformat(), "place": place, "by": people(list(row.case.investigators.all())), "storage": storage, "number": row.number}
    pictures = [{"digest": vault.keep(label_of(sample)).digest, "caption": f"{sample.code}　封样号{sample.seal}"} for sample in made]
    docket.issue(kind="sample_labels", docket=row.case.docket, by=by, at=at, facts={**base, "sampling": words, "samples": lines, "pictures": pictures})
    return docket.issue(kind="sampling_sheet", docket=row.case.docket, by=by, at=at, facts={**base, "sampling": words, "samples": lines})


def label_of(sample: Sample) -> bytes:
    """The QR code of a label as PNG: code and the beginning of its chain; the same sample gives the same bytes."""
    out = io.BytesIO()
    segno.make(f"QY-SAMPLE {sample.code} {sample.digest}", error="m").save(out, kind="png", scale=4, border=3)
    return out.getvalue()


def add_turn(sample: Sample, action: str, *, holder: str, condition: str, at: dt.datetime, by: Officer) -> SampleTurn:
    last = sample.turns.last()
    turn = SampleTurn(sample=sample, action=action, holder=holder, condition=condition, at=at, by=by)
    turn.chain = link_value(last.chain if last else sample.digest, words_of(turn))
    turn.save()
    return turn


def words_of(turn: SampleTurn) -> dict[str, Any]:
    return {"action": turn.action, "holder": turn.holder, "condition": turn.condition, "by": turn.by_id, "at": turn.at.astimezone(dt.UTC).isoformat()}


def is_whole(sample: Sample) -> bool:
    """Whether every link follows from the one before, beginning with what was on the label."""
    before = sample.digest
    for turn in sample.turns.all():
        if turn.chain != link_value(before, words_of(turn)):
            return False
        before = turn.chain
    return True


@transaction.atomic
def hand_samples(row: Sampling, *, codes: Sequence[str], receiver: str, condition: str, moment: dt.datetime, by: Officer, at: dt.datetime) -> Sampling:
    """The laboratory signs for the samples it scanned; one that is missing or unknown is named and nothing is handed over."""
    fresh = take(row, "hand_samples", by=by, at=at)
    known = {sample.code: sample for sample in fresh.samples.all()}
    scanned = {code.strip() for code in codes if code.strip()}
    strange, absent = sorted(scanned - set(known)), sorted(set(known) - scanned)
    if strange:
        raise BadInput(f"样品{'、'.join(strange)}不属于采样单{fresh.number}", field="codes")
    if absent:
        raise BadInput(f"样品{'、'.join(absent)}没有扫描；少一个都不能交接，确已损毁的先取消本单重新采样", field="codes")
    if not receiver.strip() or not condition.strip():
        raise BadInput("请写明实验室签收人和封样、保存状况", field="receiver")
    if moment > at or any(moment < sample.taken_at for sample in known.values()):
        raise BadInput("交接时间须在采样之后、现在之前", field="moment")
    for sample in known.values():
        add_turn(sample, "arrived", holder=f"{fresh.laboratory} {receiver}", condition=condition, at=moment, by=by)
    fresh.save()
    note(fresh.case, "hand_samples", by=by, at=at, why=f"{fresh.number}：{fresh.laboratory} {receiver}签收，{condition}")
    return fresh


@transaction.atomic
def record_results(
    row: Sampling, *, results: Sequence[Mapping[str, str]], report_number: str, qualification: str, signers: str, reported_on: dt.date, file: bytes | BinaryIO | None,
    name: str = "检测报告.pdf", by: Officer, at: dt.datetime,
) -> Sampling:
    """What the laboratory reports: values, method, detection limit, its seal number; the report itself becomes evidence (W14)."""
    fresh = take(row, "record_results", by=by, at=at)
    check_report(fresh, results, report_number, qualification, signers, reported_on, file, at)
    known = {sample.code: sample for sample in fresh.samples.all()}
    for words in results:
        make_result(known, words)
    fresh.report_item = docket.take_evidence(
        docket=fresh.case.docket, kind="expert_opinion", name=name, content=file, source=fresh.laboratory, taken_at=at, by=by, at=at,
        proves=f"{fresh.items}的检测结果", requirements=["monitoring_report"],
    )  # fmt: skip
    fresh.report_number, fresh.reported_on = report_number, reported_on
    fresh.report = issue_report(fresh, qualification, signers, by, at)
    fresh.save()
    if not fresh.case.samplings.filter(state__in=("ordered", "sampled", "handed_over")).exclude(pk=fresh.pk).exists():
        fresh.case.suspensions.filter(ground=MONITORING, ended=None).update(ended=at.date())
    note(fresh.case, "record_results", by=by, at=at, why=f"{report_number}：{results_text(fresh)}")
    return fresh


def check_report(
    row: Sampling, results: Sequence[Mapping[str, str]], number: str, qualification: str, signers: str, reported_on: dt.date, file: Any, at: dt.datetime,
) -> None:
    """Elements the file audit looks for, and the order of days (review criteria 2024, audit rule R32)."""
    asked = {"报告编号": number, "资质认定编号": qualification, "编制、审核、签发人": signers}
    missing = [label for label, text in asked.items() if not text.strip()]
    if file is None:
        missing.append("报告原件")
    if not results:
        missing.append("检测结果")
    if missing:
        raise BadInput(f"请补充{'、'.join(missing)}（案卷评查细则2024）", field="report_number")
    sampled_on = max(sample.taken_at for sample in row.samples.all()).date()
    if not sampled_on <= reported_on <= at.date():
        raise BadInput(f"报告日期{reported_on}应在采样日期{sampled_on}和今天之间", field="reported_on")
    if qualification.strip() != row.qualification:
        raise BadInput(f"报告的资质认定编号“{qualification}”与委托时的“{row.qualification}”不一致，请核对是否为受委托的机构出具", field="qualification")


def make_result(known: Mapping[str, Sample], words: Mapping[str, str]) -> Result:
    """One line of a report; ``<0.02`` means below the detection limit of 0.02."""
    missing = [label for key, label in RESULT_WORDS.items() if not str(words.get(key, "")).strip()]
    if missing:
        raise BadInput(f"检测结果缺少{'、'.join(missing)}", field="results")
    sample = known.get(words["code"].strip())
    if sample is None:
        raise BadInput(f"没有编号为“{words['code']}”的样品，报告与采样单对不上", field="results")
    text = words["value"].strip()
    is_below = text[:1] in "<＜"
    try:
        value = Decimal(text.lstrip("<＜ "))
    except InvalidOperation:
        raise BadInput(f"“{text}”不是数：请照报告填写，低于检出限的写成 <检出限", field="results") from None
    if not value.is_finite() or value < 0:
        raise BadInput(f"结果“{text}”不是有效的数", field="results")
    limit = str(words.get("detection_limit") or (str(value) if is_below else ""))
    return Result.objects.create(
        sample=sample, factor=words["factor"].strip(), value=str(value), is_below_detection=is_below, unit=words["unit"].strip(), detection_limit=limit, method=words["method"].strip(),
    )


def results_text(row: Sampling) -> str:
    """Every value as a sentence: 样品、项目、结果、单位."""
    rows = Result.objects.filter(sample__sampling=row).select_related("sample")
    said = [f"{r.sample.code}（{r.sample.point}）{r.factor}{'低于检出限' if r.is_below_detection else ''}{r.value}{r.unit}" for r in rows]
    return "；".join(said) + "。"


def issue_report(row: Sampling, qualification: str, signers: str, by: Officer, at: dt.datetime) -> Any:
    rows = Result.objects.filter(sample__sampling=row)
    methods = "；".join(sorted({f"{r.factor}：{r.method}" + (f"，检出限{r.detection_limit}{r.unit}" if r.detection_limit else "") for r in rows}))
    words = {
        "number": row.report_number, "qualification": qualification, "commissioned_by": row.case.agency.name, "items": row.items, "points": row.points,
        "sampled_at": max(s.taken_at for s in row.samples.all()).isoformat(), "issued_on": (row.reported_on or at.date()).isoformat(), "methods": methods,
        "results": results_text(row), "signers": signers,
    }  # fmt: skip
    facts = {**case_facts(row.case), "laboratory": {"name": row.laboratory}, "report": words, "sources": {"report": f"evidence:{row.report_item_id}"}}
    return docket.issue(kind="monitoring_report", docket=row.case.docket, by=by, at=at, facts=facts)


@transaction.atomic
def tell_party(row: Sampling, *, how: str, receiver: str, on: dt.date, by: Officer, at: dt.datetime) -> Sampling:
    """Tell the party what was found and that it may object (W15); only then may the investigation end."""
    fresh = take(row, "tell_party", by=by, at=at)
    until = deadlines.due("retest_request", on).due_on
    told = f"{results_text(fresh)}如需复测，请在{until}前书面提出。"
    facts = {**case_facts(fresh.case), "laboratory": {"name": fresh.laboratory}, "report": {"number": fresh.report_number, "results": told}}
    fresh.notice = docket.issue(kind="result_notice", docket=fresh.case.docket, by=by, at=at, facts=facts)
    docket.serve(document=fresh.notice, how=how, receiver=receiver, on=on, by=by, at=at)
    fresh.told_on = on
    fresh.save()
    note(fresh.case, "tell_party", by=by, at=at, why=f"{fresh.report_number}，{on}送达{receiver}")
    return fresh


@transaction.atomic
def ask_retest(row: Sampling, *, why: str, laboratory: str, qualification: str, due_on: dt.date, by: Officer, at: dt.datetime) -> Sampling:
    """The party objects: a second order for the same items and points; the first result stays in the file."""
    if not why.strip():
        raise BadInput("请写明当事人的异议和理由（行政处罚法第41条）", field="why")
    fresh = take(row, "ask_retest", by=by, at=at)
    fresh.save()
    note(fresh.case, "ask_retest", by=by, at=at, why=why)
    return order_sampling(
        fresh.case, laboratory=laboratory, qualification=qualification, items=fresh.items, points=fresh.points, due_on=due_on, by=by, at=at, retest_of=fresh,
    )


@transaction.atomic
def cancel_sampling(row: Sampling, *, why: str, by: Officer, at: dt.datetime) -> Sampling:
    """Give the order up before the laboratory has the samples."""
    if not why.strip():
        raise BadInput("请写明取消委托的理由", field="why")
    fresh = take(row, "cancel_sampling", by=by, at=at)
    fresh.save()
    if not fresh.case.samplings.filter(state__in=("ordered", "sampled", "handed_over")).exists():
        fresh.case.suspensions.filter(ground=MONITORING, ended=None).update(ended=at.date())
    note(fresh.case, "cancel_sampling", by=by, at=at, why=why)
    return fresh


def clocks_of_sampling(row: Sampling) -> list[tuple[Due, dt.date | None, bool, bool]]:
    """Clocks of one order: (due, stopped on, the laboratory's, a wait of ours)."""
    if row.state == "cancelled":
        return []
    rows: list[tuple[Due, dt.date | None, bool, bool]] = [
        (given("laboratory_report", f"实验室出具报告（{row.laboratory}）", row.on, row.due_on, "platform_practice"), row.reported_on, True, False)
    ]
    if row.told_on:
        rows.append((deadlines.due("retest_request", row.told_on), None if row.state == "told" else row.told_on, False, True))
    return rows
