"""What can be done beside the ordinary road: facts, measures, daily penalty, hearing, recusal, opinions, transfers, money.

One table: who may, on what article, on which rows, what is asked, which action of the record does it.  Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from qingyuan.records.cases import (
    commitment,
    daily,
    decision,
    enforcement,
    hearing,
    measures,
    recusal,
    red_flags,
    signing,
)
from qingyuan.records.cases.measure_models import MEASURE_KINDS
from qingyuan.records.cases.models import Case
from qingyuan.records.docket.writing.kinds import kinds

from .companion_fields import (
    BOSS,
    BOTH,
    RUNNING,
    TEAM,
    Act,
    Fields,
    Who,
    in_states,
    items_of,
    moment,
    on_case,
    parts_of,
    people,
    text,
    today,
    way,
)
from .companion_samples import SAMPLE_ACTS
from .companion_transfers import TRANSFER_ACTS
from .frame import Look
from .step_forms import day, long_text, tick


def step_reasons(name: str) -> Callable[[Any, Look], list[str]]:
    return lambda row, look: measures.why_not(row, name, by=look.viewer, at=look.at)


def fact_fields(case: Case, look: Look, row: Any) -> Fields:
    """Every fact of the book that bears on measures and transfers; unknown stays unknown."""
    given = red_flags.signals_of(case)
    asked: Fields = {}
    for key, entry in red_flags.known_facts().items():
        if entry["kind"] == "truth":
            known = {True: "yes", False: "no"}.get(given.get(key), "")
            asked[key] = forms.ChoiceField(label=entry["label"], choices=[("", "尚未查清"), ("yes", "是"), ("no", "否")], required=False, initial=known)
        else:
            asked[key] = forms.DecimalField(label=f"{entry['label']}（{entry.get('unit', '')}）", required=False, min_value=0, initial=given.get(key))
    return asked


def take_facts(case: Case, row: Any, given: Mapping[str, Any], who: Who) -> Any:
    told = {key: {"yes": True, "no": False}[value] if value in ("yes", "no") else value if isinstance(value, Decimal) else None for key, value in given.items()}
    own = red_flags.signals_of(case)
    return red_flags.note_signals(case, facts={key: value for key, value in told.items() if value != own.get(key)}, **who)


def minutes_fields(case: Case, look: Look, row: Any) -> Fields:
    parts = {"party_present": "当事人及代理人", "investigators_said": "调查人员陈述", "party_said": "当事人陈述、申辩", "examination": "质证情况", "last_words": "最后陈述"}
    return {**{key: long_text(label, rows=2) for key, label in parts.items()}, "witnesses": text("证人及其他参加人", required=False), "ended_at": moment("结束时间", look)}


def close_hearing(case: Case, row: Any, given: Mapping[str, Any], who: Who) -> Any:
    words = dict(given)
    ended_at = words.pop("ended_at")
    return hearing.close_hearing(row, minutes=hearing.Minutes(**words), ended_at=ended_at, **who)


def measure_fields(case: Case, look: Look, row: Any) -> Fields:
    return {
        "kind": forms.ChoiceField(label="措施", choices=MEASURE_KINDS[:3]), "why": long_text("理由", rows=2), "content": long_text("对象，或者方式和期限", rows=2),
        "requirements": long_text("改正要求", rows=2, required=False),
        "items": long_text("物品清单", rows=3, required=False, help_text="查封、扣押必填；每行一件：名称，规格，数量，存放地点"), "place": text("存放地、保管方式", required=False),
    }


ACTS: dict[str, Act] = {
    "facts": Act("facts", "登记配套措施和移送的事实", "刑事司法解释；部令28—30号", BOTH, on_case(*RUNNING), fact_fields, take_facts),
    "propose": Act("measures", "提请实施措施", "行政强制法第18条", TEAM, on_case(*RUNNING), measure_fields, lambda c, r, g, w: measures.propose_measure(c, **{**g, "items": items_of(g["items"])}, **w)),
    "approve": Act("measures", "批准", "行政强制法第18条", BOSS, in_states("all", "proposed"), lambda c, k, r: {"opinion": long_text("意见", rows=2)}, lambda c, r, g, w: measures.approve_measure(r, **g, **w), step_reasons("approve_measure")),
    "refuse": Act("measures", "不批准", "行政强制法第18条", BOSS, in_states("all", "proposed"), lambda c, k, r: {"why": long_text("理由", rows=2)}, lambda c, r, g, w: measures.refuse_measure(r, **g, **w), step_reasons("refuse_measure")),
    "impose": Act("measures", "实施并送达决定", "行政强制法第24条", TEAM, in_states("all", "approved"), lambda c, k, r: {**way(k, on=False), "process": long_text("实施过程", rows=2, required=r.kind == "seize"), "heard": long_text("听取陈述申辩的情况", rows=2, required=r.kind == "seize")}, lambda c, r, g, w: measures.impose(r, **g, **w), step_reasons("impose")),
    "impose_urgently": Act("measures", "情况紧急，当场实施并送达（24小时内补批）", "行政强制法第19条", TEAM, in_states("seize", "proposed"), lambda c, k, r: {"urgency": long_text("来不及事先批准的理由", rows=2), **way(k, on=False), "process": long_text("实施过程", rows=2), "heard": long_text("听取陈述申辩的情况", rows=2), "began_at": moment("开始实施的时间", k, is_now=True)}, lambda c, r, g, w: measures.impose_urgently(r, **g, **w), step_reasons("impose_urgently")),
    "approve_afterwards": Act("measures", "补办批准", "行政强制法第19条", BOSS, in_states("seize", "unapproved"), lambda c, k, r: {"opinion": long_text("意见", rows=2)}, lambda c, r, g, w: measures.approve_afterwards(r, **g, **w), step_reasons("approve_afterwards")),
    "let_fall": Act("measures", "未获补批，立即解除", "行政强制法第19条", BOTH, in_states("seize", "unapproved"), lambda c, k, r: {"why": long_text("未获批准或者逾期的情况", rows=2), "receiver": text("签收人", 40)}, lambda c, r, g, w: measures.let_fall(r, **g, **w), step_reasons("let_fall")),
    "extend": Act("measures", "延长期限", "行政强制法第25条", BOSS, in_states("all", "imposed"), lambda c, k, r: {"why": long_text("理由", rows=2)}, lambda c, r, g, w: measures.extend(r, **g, **w), step_reasons("extend")),
    "rectify": Act("measures", "登记整改方案、整改完成", "限产停产办法第16条、第17条", TEAM, in_states("restriction", "imposed", "extended"), lambda c, k, r: {"is_finished": tick("整改已经完成"), "text": long_text("方案或者完成情况", rows=2), "monitoring": text("监测报告情况", 200), "usage": text("整改期间用电、用水、产量", 200), "on": today(day("收到日期"), k)}, lambda c, r, g, w: measures.file_rectification(r, **g, **w)),
    "lift": Act("measures", "解除", "行政强制法第28条", BOTH, in_states("all", "imposed", "extended"), lambda c, k, r: {"why": long_text("理由和依据", rows=2)}, lambda c, r, g, w: measures.release_measure(r, **g, **w), step_reasons("release_measure")),
    "serve_order": Act("daily", "送达责令改正决定书", "按日连续处罚办法第8条", TEAM, lambda c: [d for d in c.docket.documents.filter(kind__in=daily.ORDERS) if not d.services.exists()], lambda c, k, r: way(k), lambda c, r, g, w: daily.serve_order(c, r, **g, **w)),
    "reinspect": Act("daily", "复查", "按日连续处罚办法第10条", TEAM, lambda c: [d for d, _ in daily.served_orders(c)], lambda c, k, r: {"still_violating": tick("仍在违法排放，或者拒绝、阻挠复查"), "manner": text("复查方式", 40, initial="暗查"), "findings": long_text("复查发现", rows=2), "refusal": long_text("拒绝、阻挠的情况", rows=2, required=False), "began_at": moment("开始时间", k)}, lambda c, r, g, w: daily.reinspect(c, r, **g, **w)),
    "order_again": Act("daily", "再次责令改正", "按日连续处罚办法第14条", TEAM, lambda c: [None] if c.rounds.exists() else [], lambda c, k, r: {"content": long_text("改正内容", rows=2), "correct_by": day("改正期限")}, lambda c, r, g, w: daily.order_again(c, **g, **w)),
    "daily": Act("daily", "作出按日连续处罚决定", "法典第1060条", BOSS, lambda c: [None] if c.rounds.filter(still_violating=True).exists() and c.served_on else [], lambda c, k, r: {"heard": long_text("告知和听取陈述申辩的情况", rows=2), **way(k, on=False)}, lambda c, r, g, w: daily.decide_daily_penalty(c, **g, **w)),
    "request_recusal": Act("recusal", "登记回避申请", "行政处罚法第43条", BOTH, on_case(*RUNNING), lambda c, k, r: {"person": people("被申请回避人", c, k, inside=None), "applicant": text("申请人"), "reason": long_text("事由", rows=2)}, lambda c, r, g, w: recusal.request_recusal(c, **g, **w)),
    "decide_recusal": Act("recusal", "决定回避", "行政处罚法第43条", BOSS, lambda c: list(c.recusals.filter(decided_on=None)), lambda c, k, r: {"is_granted": forms.TypedChoiceField(label="决定", choices=[("1", "同意回避"), ("0", "驳回申请")], coerce=lambda v: v == "1"), "why": long_text("理由", rows=2)}, lambda c, r, g, w: recusal.decide_recusal(r, **g, **w)),
    "appoint": Act("recusal", "增派调查人员", "行政处罚法第42条", BOSS, on_case("filed", "investigated", "answered"), lambda c, k, r: {"person": people("执法人员", c, k, "inspector"), "why": long_text("理由", rows=2)}, lambda c, r, g, w: recusal.appoint_investigator(c, **g, **w)),
    "schedule": Act("hearing", "确定听证并制发通知书", "行政处罚法第64条", ("reviewer", "legality_reviewer", "presiding_officer", "leader"), lambda c: [None] if c.hearing_requested_on and not c.hearing_closed_on and not c.hearings.filter(closed_on=None, cancelled_on=None).exists() else [], lambda c, k, r: {"held_at": moment("听证时间", k), "place": text("地点", 120), "is_public": tick("公开举行"), "presiding_officer": people("主持人", c, k, "presiding_officer"), "recorder": people("记录员", c, k)}, lambda c, r, g, w: hearing.schedule_hearing(c, **g, **w)),
    "serve_hearing": Act("hearing", "送达听证通知书", "行政处罚法第64条", (*TEAM, "presiding_officer"), lambda c: list(c.hearings.filter(notice_served_on=None, cancelled_on=None)), lambda c, k, r: way(k), lambda c, r, g, w: hearing.serve_hearing_notice(r, **g, **w)),
    "close_hearing": Act("hearing", "登记听证笔录", "行政处罚法第64条", ("presiding_officer", "reviewer"), lambda c: list(c.hearings.filter(closed_on=None, cancelled_on=None).exclude(notice_served_on=None)), minutes_fields, close_hearing),
    "report_hearing": Act("hearing", "提出听证报告", "行政处罚法第65条", ("presiding_officer",), lambda c: list(c.hearings.exclude(closed_on=None).filter(report=None)), lambda c, k, r: {"issues": long_text("争议焦点", rows=2), "findings": long_text("查明的情况", rows=2), "advice": long_text("处理意见和建议", rows=2)}, lambda c, r, g, w: hearing.report_hearing(r, **g, **w)),
    "cancel_hearing": Act("hearing", "取消、改期", "行政处罚法第64条", ("presiding_officer", "reviewer", "leader"), lambda c: list(c.hearings.filter(closed_on=None, cancelled_on=None)), lambda c, k, r: {"why": long_text("理由", rows=2)}, lambda c, r, g, w: hearing.cancel_hearing(r, **g, **w)),
    "give_up_hearing": Act("hearing", "当事人撤回听证、不出席或者退出", "行政处罚法第64条", TEAM, lambda c: [None] if c.hearing_requested_on and not c.hearing_closed_on else [], lambda c, k, r: {"why": long_text("情况", rows=2), "on": today(day("日期"), k)}, lambda c, r, g, w: hearing.give_up_hearing(c, **g, **w)),
    "exemption_notice": Act("opinions", "制发不予行政处罚事先告知书", "行政处罚法第44条", TEAM, lambda c: [None] if (c.proposal or {}).get("exempt") and c.state in ("reviewed", "answered") else [], lambda c, k, r: {}, lambda c, r, g, w: decision.give_exemption_notice(c, **w)),
    "opinion": Act("opinions", "签署审批意见", "令30第18条", (), on_case(*RUNNING, "annulled", "withdrawn", "terminated"), lambda c, k, r: {"matter": forms.ChoiceField(label="审批文书", choices=[(m, kinds()[m].title) for m in signing.MATTERS]), "text": long_text("意见", rows=2)}, lambda c, r, g, w: signing.give_opinion(c, **g, **w)),
    "instalments": Act("money", "同意延期、分期缴纳", "行政处罚法第66条", BOSS, on_case("served"), lambda c, k, r: {"parts": long_text("各期", rows=3, help_text="每行一期：日期 金额（元），如 2026-12-01 50000"), "why": long_text("当事人的申请和困难情况", rows=2)}, lambda c, r, g, w: enforcement.grant_instalments(c, parts=parts_of(g["parts"]), why=g["why"], **w)),
    "no_instalments": Act("money", "不同意延期、分期缴纳", "行政处罚法第66条", BOSS, on_case("served"), lambda c, k, r: {"reason": long_text("申请理由", rows=2), "refusal": long_text("不同意的理由", rows=2)}, lambda c, r, g, w: enforcement.refuse_instalments(c, **g, **w)),
    "waive_late": Act("money", "减免加处罚款", "行政强制法第42条", BOSS, on_case("served", "in_court"), lambda c, k, r: {"why": long_text("执行协议和补救措施", rows=2)}, lambda c, r, g, w: enforcement.waive_late_fine(c, **g, **w)),
    "pay_daily": Act("money", "登记按日连续处罚缴款", "行政处罚法第67条", TEAM, lambda c: list(c.measures.filter(kind="daily_penalty")), lambda c, k, r: {"yuan": forms.DecimalField(label="缴款金额（元）", min_value=0, decimal_places=2), "receipt": text("财政票据号", 40), "on": today(day("缴款日期"), k)}, lambda c, r, g, w: enforcement.record_payment(c, amount_fen=int(g["yuan"] * 100), receipt=g["receipt"], on=g["on"], measure=r, **w)),
    "commit": Act("commitment", "登记整改承诺", "行政处罚法第33条", TEAM, on_case(*commitment.OPEN), lambda c, k, r: {"text": long_text("承诺内容", rows=2), "due_on": day("完成期限"), "signer": text("承诺人", 40)}, lambda c, r, g, w: commitment.record_commitment(c, **g, **w)),
    "check_commitment": Act("commitment", "核查整改承诺", "行政处罚法第33条", TEAM, lambda c: list(c.commitments.filter(checked_on=None)), lambda c, k, r: {"is_kept": tick("已经履行"), "finding": long_text("核查情况", rows=2)}, lambda c, r, g, w: commitment.check_commitment(r, **g, **w)),
    "guide": Act("commitment", "制发并送达行政指导书", "行政处罚法第6条", BOTH, on_case(*commitment.OPEN), lambda c, k, r: {"facts": long_text("发现的问题", rows=2), "law": long_text("有关规定的说明", rows=2), "advice": long_text("改进建议", rows=2), **way(k, on=False)}, lambda c, r, g, w: commitment.send_guidance(c, **g, **w)),
    **TRANSFER_ACTS,
    **SAMPLE_ACTS,
}  # fmt: skip
GROUPS = {
    "facts": "事实与红旗", "measures": "查封扣押、限产、停产", "daily": "按日连续处罚", "hearing": "听证", "recusal": "回避与人员", "samples": "采样检测", "transfer": "移送", "liaison": "会商与督办", "supervision": "挂牌督办",
    "damage": "生态环境损害赔偿", "commitment": "承诺与指导", "money": "缴纳", "opinions": "审批意见、告知",
}
