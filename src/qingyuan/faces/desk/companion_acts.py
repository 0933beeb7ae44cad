"""What can be done beside the ordinary road: facts, measures, daily penalty, hearing, recusal, opinions, transfers, money.

One table: who may, on what article, on which rows, what is asked, which action of the record does it.  Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from qingyuan.records.cases import (
    daily,
    decision,
    enforcement,
    hearing,
    liaison,
    measures,
    recusal,
    red_flags,
    signing,
    transfer,
)
from qingyuan.records.cases.measure_models import LIAISON_KINDS, MEASURE_KINDS
from qingyuan.records.cases.models import Case
from qingyuan.records.docket.models import SERVICE_WAYS
from qingyuan.records.docket.writing.kinds import kinds
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.models import Officer

from .frame import Look
from .step_forms import day, long_text, tick

Fields = dict[str, forms.Field]
Who = dict[str, Any]
RUNNING = ("filed", "suspended", "investigated", "reviewed", "notified", "answered", "decided", "served", "in_court", "performed")


@dataclass(frozen=True)
class Act:
    """``rows`` gives the things it can be done to now (``[None]`` for the case itself); ``why`` the reasons why not yet."""

    group: str
    label: str
    article: str
    roles: tuple[str, ...]
    rows: Callable[[Case], list[Any]]
    fields: Callable[[Case, Look, Any], Fields]
    take: Callable[[Case, Any, Mapping[str, Any], Who], Any]
    why: Callable[[Any, Look], list[str]] = lambda row, look: []


def text(label: str, size: int = 80, *, required: bool = True, initial: str = "", help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, max_length=size, required=required, initial=initial, help_text=help_text)


def moment(label: str, look: Look) -> forms.DateTimeField:
    hint = {"placeholder": "年-月-日 时:分", "autocomplete": "off"}
    return forms.DateTimeField(label=label, input_formats=["%Y-%m-%d %H:%M"], widget=forms.DateTimeInput(attrs=hint, format="%Y-%m-%d %H:%M"))


def today(field: forms.Field, look: Look) -> forms.Field:
    field.initial = look.today
    return field


def people(label: str, case: Case, look: Look, role: str = "", *, inside: bool | None = False) -> forms.ModelChoiceField:
    """People of the case's agency: outside the investigation, inside it, or both (None)."""
    keys = [p.pk for p in registry.colleagues(look.viewer) if p.agency.authority == case.agency and (not role or p.has_role(role))]
    rows = Officer.objects.filter(pk__in=keys).order_by("name")
    mine = case.investigators.values("pk")
    rows = rows.filter(pk__in=mine) if inside else rows.exclude(pk__in=mine) if inside is False else rows
    return forms.ModelChoiceField(label=label, queryset=rows, empty_label="请选择")


def way(look: Look, *, on: bool = True) -> Fields:
    asked: Fields = {"how": forms.ChoiceField(label="送达方式", choices=SERVICE_WAYS), "receiver": text("签收人", 40)}
    return {**asked, "on": today(day("送达日期"), look)} if on else asked


def items_of(lines: str) -> list[dict[str, str]]:
    """名称，规格，数量，存放地点 – one thing per line."""
    keys = ("title", "model", "count", "place")
    return [dict(zip(keys, (part.strip() for part in line.replace(",", "，").split("，")), strict=False)) for line in lines.splitlines() if line.strip()]


def on_case(*states: str) -> Callable[[Case], list[Any]]:
    return lambda case: [None] if not states or case.state in states else []


def in_states(kind: str, *states: str) -> Callable[[Case], list[Any]]:
    wanted = {"all": [k for k, _ in MEASURE_KINDS if k != "daily_penalty"], "restriction": ["restrict_production", "suspend_production"]}.get(kind, [kind])
    return lambda case: list(case.measures.filter(kind__in=wanted, state__in=states))


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


def parts_of(lines: str) -> list[tuple[Any, int]]:
    """2026-12-01 50000 – day and yuan, one part per line."""
    import datetime as dt

    from qingyuan.errors import BadInput

    rows = []
    for line in lines.splitlines():
        words = line.split()
        try:
            rows.append((dt.date.fromisoformat(words[0]), int(Decimal(words[1].replace(",", "")) * 100)))
        except (ValueError, IndexError, ArithmeticError):
            if words:
                raise BadInput(f"“{line}”读不懂：每行一期，写作 2026-12-01 50000", field="parts") from None
    return rows


TEAM, BOSS, BOTH = ("inspector",), ("leader",), ("inspector", "leader")
ACTS: dict[str, Act] = {
    "facts": Act("facts", "登记配套措施和移送的事实", "刑事司法解释；部令28—30号", BOTH, on_case(*RUNNING), fact_fields, take_facts),
    "propose": Act("measures", "提请实施措施", "行政强制法第18条", TEAM, on_case(*RUNNING), measure_fields, lambda c, r, g, w: measures.propose_measure(c, **{**g, "items": items_of(g["items"])}, **w)),
    "approve": Act("measures", "批准", "行政强制法第18条", BOSS, in_states("all", "proposed"), lambda c, k, r: {"opinion": long_text("意见", rows=2)}, lambda c, r, g, w: measures.approve_measure(r, **g, **w), step_reasons("approve_measure")),
    "refuse": Act("measures", "不批准", "行政强制法第18条", BOSS, in_states("all", "proposed"), lambda c, k, r: {"why": long_text("理由", rows=2)}, lambda c, r, g, w: measures.refuse_measure(r, **g, **w), step_reasons("refuse_measure")),
    "impose": Act("measures", "实施并送达决定", "行政强制法第24条", TEAM, in_states("all", "approved"), lambda c, k, r: {**way(k, on=False), "process": long_text("实施过程", rows=2, required=r.kind == "seize"), "heard": long_text("听取陈述申辩的情况", rows=2, required=r.kind == "seize")}, lambda c, r, g, w: measures.impose(r, **g, **w), step_reasons("impose")),
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
    "reply": Act("transfer", "登记移送回复", "行刑衔接工作办法第9条", BOTH, lambda c: list(c.transfers.filter(replied_on=None)), lambda c, k, r: {"is_taken": tick("对方立案或者受理"), "reply": long_text("回复内容和文书", rows=2)}, lambda c, r, g, w: transfer.record_reply(r, **g, **w)),
    "liaison": Act("transfer", "登记联席会议、会商、挂牌督办", "行刑衔接工作办法", BOTH, on_case(), lambda c, k, r: {"kind": forms.ChoiceField(label="种类", choices=LIAISON_KINDS), "body": text("机关"), "text": long_text("内容", rows=2), "on": today(day("日期"), k), "due_on": day("应办结日期", required=False)}, lambda c, r, g, w: liaison.record_liaison(c, **g, **w)),
    "end_liaison": Act("transfer", "办结", "行刑衔接工作办法", BOTH, lambda c: list(c.liaisons.filter(ended_on=None)), lambda c, k, r: {"result": long_text("结果", rows=2), "on": today(day("日期"), k)}, lambda c, r, g, w: liaison.end_liaison(r, **g, **w)),
    "exemption_notice": Act("opinions", "制发不予行政处罚事先告知书", "行政处罚法第44条", TEAM, lambda c: [None] if (c.proposal or {}).get("exempt") and c.state in ("reviewed", "answered") else [], lambda c, k, r: {}, lambda c, r, g, w: decision.give_exemption_notice(c, **w)),
    "opinion": Act("opinions", "签署审批意见", "令30第18条", (), on_case(*RUNNING, "annulled", "withdrawn", "terminated"), lambda c, k, r: {"matter": forms.ChoiceField(label="审批文书", choices=[(m, kinds()[m].title) for m in signing.MATTERS]), "text": long_text("意见", rows=2)}, lambda c, r, g, w: signing.give_opinion(c, **g, **w)),
    "instalments": Act("money", "同意延期、分期缴纳", "行政处罚法第66条", BOSS, on_case("served"), lambda c, k, r: {"parts": long_text("各期", rows=3, help_text="每行一期：日期 金额（元），如 2026-12-01 50000"), "why": long_text("当事人的申请和困难情况", rows=2)}, lambda c, r, g, w: enforcement.grant_instalments(c, parts=parts_of(g["parts"]), why=g["why"], **w)),
    "no_instalments": Act("money", "不同意延期、分期缴纳", "行政处罚法第66条", BOSS, on_case("served"), lambda c, k, r: {"reason": long_text("申请理由", rows=2), "refusal": long_text("不同意的理由", rows=2)}, lambda c, r, g, w: enforcement.refuse_instalments(c, **g, **w)),
    "waive_late": Act("money", "减免加处罚款", "行政强制法第42条", BOSS, on_case("served", "in_court"), lambda c, k, r: {"why": long_text("执行协议和补救措施", rows=2)}, lambda c, r, g, w: enforcement.waive_late_fine(c, **g, **w)),
    "pay_daily": Act("money", "登记按日连续处罚缴款", "行政处罚法第67条", TEAM, lambda c: list(c.measures.filter(kind="daily_penalty")), lambda c, k, r: {"yuan": forms.DecimalField(label="缴款金额（元）", min_value=0, decimal_places=2), "receipt": text("财政票据号", 40), "on": today(day("缴款日期"), k)}, lambda c, r, g, w: enforcement.record_payment(c, amount_fen=int(g["yuan"] * 100), receipt=g["receipt"], on=g["on"], measure=r, **w)),
}  # fmt: skip
GROUPS = {
    "facts": "事实与红旗", "measures": "查封扣押、限产、停产", "daily": "按日连续处罚", "hearing": "听证", "recusal": "回避与人员", "transfer": "移送与衔接", "money": "缴纳", "opinions": "审批意见、告知",
}
