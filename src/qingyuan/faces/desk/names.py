"""What codes are called on the screen: factors, rules, periods, things written in the trail."""

from __future__ import annotations

from qingyuan.engines.judge import rule
from qingyuan.engines.province.industries import industries
from qingyuan.errors import BadInput
from qingyuan.law.citation import parse
from qingyuan.records.cases.sampling_states import SAMPLING
from qingyuan.records.cases.states import CASE
from qingyuan.records.cases.transfer_states import AGENCY, CRIME, DAMAGE, DETENTION, SUPERVISION
from qingyuan.records.clues.states import CLUE
from qingyuan.records.dispatch.plan_states import DRAW, PLAN, POSITIVE
from qingyuan.records.dispatch.states import ASSIGNMENT
from qingyuan.records.inspections.states import INSPECTION
from qingyuan.records.publish.states import RELEASE
from qingyuan.records.registry import door

from . import dispatch_names, report_names

KINDS = {"real": "实时", "minute": "分钟", "hour": "小时", "day": "日"}

# steps that are written in the trail but do not move a table
NOTED = {
    "open_clue": "发现线索", "issue": "派发任务", "assign": "派发任务", "open_inspection": "进入现场", "order_correction": "责令改正", "verify_correction": "复查确认改正",
    "file_case": "立案", "attach_telemetry": "提取自动监测数据", "propose_penalty": "裁量计算", "serve_notice": "送达事先告知书", "record_waiver": "当事人放弃陈述申辩和听证",
    "record_statement": "登记陈述申辩", "answer_statement": "复核陈述申辩", "request_hearing": "要求听证", "close_hearing": "听证结束",
    "review_legality": "法制审核", "deliberate": "集体讨论", "record_payment": "登记缴款", "note_published": "向社会公开", "note_withdrawn": "撤回公开",
    "draft": "起草公示", "take_evidence": "收入证据", "open_docket": "建立案卷", "urge": "催告", "record_remedy": "登记复议、诉讼", "end_remedy": "复议、诉讼终结",
    "schedule_hearing": "确定听证", "serve_hearing_notice": "送达听证通知书", "report_hearing": "提出听证报告", "cancel_hearing": "取消听证", "give_up_hearing": "当事人放弃听证",
    "request_recusal": "登记回避申请", "decide_recusal": "决定回避", "appoint_investigator": "增派调查人员", "give_opinion": "签署审批意见", "note_signals": "登记措施、移送事实",
    "propose_measure": "提请实施措施", "approve_measure": "批准措施", "refuse_measure": "不批准措施", "impose": "实施措施", "extend": "延长措施期限", "release_measure": "解除措施",
    "file_rectification": "整改备案", "serve_order": "送达责令改正决定书", "reinspect": "复查", "order_again": "再次责令改正", "decide_daily_penalty": "按日连续处罚",
    "change_decision": "决定变更", "waive_late_fine": "减免加处罚款", "refuse_instalments": "不同意延期、分期", "record_liaison": "登记衔接事项", "end_liaison": "衔接事项办结", "give_exemption_notice": "不予处罚事先告知",
    "note_court_acceptance": "法院受理", "grant_instalments": "批准延期、分期缴纳", "transfer": "移送", "record_reply": "登记移送回复", "report_transfer": "提出移送书面报告", "list_supervision": "挂牌督办", "screen_damage": "损害赔偿线索筛查", "order_sampling": "委托监测",
    "impose_urgently": "情况紧急，先行实施措施", "approve_afterwards": "补办批准", "let_fall": "未获补批，解除措施", "record_commitment": "登记整改承诺", "check_commitment": "核查整改承诺",
    "send_guidance": "行政指导", "decide_on_spot": "当场处罚", "send_command": "下发设备命令",
    "take_in": "并入其他线索", "escalate": "超时上报", "hold": "退回等候队列", "answer": "企业说明", "accept_answer": "认定说明成立", "refuse_answer": "认定说明不成立",
    "withdraw_request": "撤回说明要求", "seal_bundle": "封存证据包", "propose_suppression": "提出抑制", "approve_suppression": "批准抑制", "decline_suppression": "不批准抑制",
    "end_suppression": "终止抑制", "bring_back": "恢复被抑制的判定",
    "draw_up": "拟订计划", "commit": "承诺抽取池并封存", "record_result": "填写抽查结果", "propose": "提出拟列入", "note_objection": "登记异议", "check_off_site": "以非现场检查替代",
    **dispatch_names.NOTED,
    **report_names.NOTED,
}
TABLES = {"clue": CLUE, "assignment": ASSIGNMENT, "inspection": INSPECTION, "case": CASE, "release": RELEASE, "plan": PLAN, "draw": DRAW, "positive": POSITIVE, **dispatch_names.TABLES, **report_names.TABLES}

BESIDE = (CRIME, DETENTION, AGENCY, SUPERVISION, DAMAGE, SAMPLING)  # tables whose steps are written in the trail of the case


def event_label(subject: str, step: str) -> str:
    """What a step is called in the trail of its subject (``case:12``): the same word may mean another thing elsewhere."""
    table = TABLES.get(subject.partition(":")[0])
    if table is not None and step in table.steps:
        return table.steps[step].label
    beside = next((one.steps[step].label for one in BESIDE if step in one.steps), step) if table is CASE else step
    return NOTED.get(step, beside)


def rule_names() -> dict[str, str]:
    """Every rule by its code and Chinese name."""
    return {name: rule.named(name).chinese for name in rule.names()}


def rule_name(code: str) -> str:
    """The Chinese name of a rule; the code itself for a rule that is no longer there, — for none."""
    if not code:
        return "—"
    try:
        return rule.named(code).chinese
    except BadInput:
        return code


def factor_name(code: str) -> str:
    return door.factor_name(code) if code else "—"


def citation(text: str) -> str:
    """The written form of a citation id; a text that is not an id is returned as it came."""
    try:
        return str(parse(text))
    except (BadInput, ValueError, KeyError):
        return text


def industry_name(code: str) -> str:
    """The Chinese name of a trade profile of the province, or the text itself; — for none."""
    if not code:
        return "—"
    profile = industries().get(code)
    return profile.name if profile else code
