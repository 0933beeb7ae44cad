"""The ordinary procedure of an administrative penalty as a table.

Read a row as: from these states this step leads there, if every guard is silent.  A guard looks at plain facts
(``cases/facts.py`` collects them) and answers with the sentence that says what is missing and which article asks for it.
This module knows no database: the property test walks it with facts made of numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qingyuan.machine import Guard, step, table

Facts = Mapping[str, Any]

STATES = {
    "filed": "调查取证",
    "suspended": "中止调查",
    "investigated": "调查终结",
    "reviewed": "审查通过",
    "notified": "已告知",
    "answered": "告知程序完成",
    "decided": "已决定",
    "served": "已送达",
    "in_court": "已申请强制执行",
    "performed": "已履行",
    "annulled": "已撤销",
    "closed": "已结案",
    "archived": "已归档",
    "withdrawn": "已撤案",
    "terminated": "已终止",
}


def two_certified_investigators(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 42."""
    if f["certified_investigators"] >= 2:
        return None
    return f"调查人员中当日执法证件有效的不足两人，现有{f['certified_investigators']}人（行政处罚法第42条）"


def on_site_record(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 55."""
    return None if f["has_on_site_record"] else "没有现场检查（勘察）笔录（行政处罚法第55条）"


def evidence_complete(_: Any, f: Facts) -> str | None:
    """Penalty Law arts. 40, 46."""
    return f"尚缺证据：{'、'.join(f['evidence_missing'])}（行政处罚法第40条、第46条）" if f["evidence_missing"] else None


def results_told(_: Any, f: Facts) -> str | None:
    """Measures 30 art. 29: what a laboratory found is told to the party."""
    untold = f.get("untold_results")
    return f"检测结果尚未告知当事人：{'、'.join(untold)}（令30第29条）" if untold else None


def not_time_barred(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 36."""
    if f["on"] <= f["limitation_on"]:
        return None
    return f"违法行为已超过追责期限，最后一日为{f['limitation_on']}（行政处罚法第36条）"


def proposal_in_range(_: Any, f: Facts) -> str | None:
    """Penalty Law arts. 4, 34; G7."""
    if f["amount_yuan"] is None:
        return "尚未计算拟处罚金额：请先完成裁量计算（行政处罚法第34条）"
    if f["low_yuan"] <= f["amount_yuan"] <= f["high_yuan"]:
        return None
    return f"拟处罚款{f['amount_yuan']}元，不在法定幅度{f['low_yuan']}—{f['high_yuan']}元之内（{f['penalty_citation']}）"


def reviewer_did_not_investigate(_: Any, f: Facts) -> str | None:
    """Measures 30 art. 38; G10."""
    return "调查人员不得审查自己调查的案件（令30第38条）" if f["by"] in f["investigators"] else None


def notice_served(_: Any, f: Facts) -> str | None:
    """Penalty Law arts. 44, 62."""
    return None if f["notice_served_on"] else "事先告知书尚未送达当事人（行政处罚法第44条、第62条）"


def statement_period_over(_: Any, f: Facts) -> str | None:
    """Penalty Law arts. 45, 64; Measures 30 art. 44; G3."""
    if not f["notice_served_on"] or f["has_waived"] or f["on"] > f["answer_until"]:
        return None
    return f"陈述申辩和要求听证的期限到{f['answer_until']}止，当事人未明确放弃的，期满前不得作出决定（行政处罚法第45条、第64条）"


def statement_answered(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 45."""
    return "当事人的陈述申辩意见尚未复核（行政处罚法第45条）" if f["has_open_statement"] else None


def hearing_held(_: Any, f: Facts) -> str | None:
    """Penalty Law arts. 63-65; G4."""
    if not f["hearing_requested"] or f["hearing_closed_on"]:
        return None
    return "当事人已要求听证，听证尚未结束（行政处罚法第63条、第64条）"


def legality_passed(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 58; G5."""
    if not f["legality_required"]:
        return None
    if f["legality_result"] != "passed":
        return f"未经法制审核或者审核未通过，不得作出决定：{f['legality_reason']}（行政处罚法第58条）"
    if f["legality_is_stale"]:
        return "法制审核后又有新的证据、申辩或听证，须再次审核（行政处罚法第58条）"
    return None


def deliberated(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 57; G6."""
    if not f["deliberation_required"]:
        return None
    if not f["deliberated_on"]:
        return f"须由机关负责人集体讨论决定：{f['deliberation_reason']}（行政处罚法第57条）"
    if f["deliberation_is_stale"]:
        return "集体讨论后又有申辩或听证，须再次讨论（行政处罚法第57条）"
    return None


def not_heavier_than_notified(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 45; G8."""
    if f["notified_yuan"] is None or f["amount_yuan"] is None or f["amount_yuan"] <= f["notified_yuan"]:
        return None
    return f"决定罚款{f['amount_yuan']}元，重于告知的{f['notified_yuan']}元；不得因当事人申辩加重处罚，另有新事实的应重新告知（行政处罚法第45条）"


def decided_by_a_leader(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 57."""
    return None if f["by_is_leader"] else "行政处罚决定由行政机关负责人作出（行政处罚法第57条）"


def exemption_grounded(_: Any, f: Facts) -> str | None:
    """Penalty Law arts. 30, 31, 33, 57."""
    return None if f["is_exempt"] else "裁量计算没有得出不予处罚的结论：须有法定的不予处罚情形并附证据（行政处罚法第30条、第31条、第33条）"


def urged_in_vain(_: Any, f: Facts) -> str | None:
    """Compulsion Law arts. 53, 54."""
    if f["urged_on"] is None:
        return "申请人民法院强制执行前应当催告当事人履行（行政强制法第54条）"
    if f["on"] <= f["urged_until"]:
        return f"催告书送达后当事人可履行至{f['urged_until']}，期满仍不履行的才能申请（行政强制法第54条）"
    return None


def remedies_over(_: Any, f: Facts) -> str | None:
    """Compulsion Law art. 53."""
    if f["open_remedy"]:
        return f"当事人的{f['open_remedy']}尚未终结（行政强制法第53条）"
    if f["on"] <= f["remedy_until"]:
        return f"当事人在{f['remedy_until']}前仍可申请复议或者起诉（行政强制法第53条）"
    return None


def within_three_months(_: Any, f: Facts) -> str | None:
    """Compulsion Law art. 53."""
    if f["on"] <= f["court_until"]:
        return None
    return f"申请强制执行的期限到{f['court_until']}止，已经超过（行政强制法第53条）"


def court_accepted(_: Any, f: Facts) -> str | None:
    """Measures 30 art. 77 (article number unverified)."""
    return None if f["court_accepted_on"] else "申请强制执行的案件，须有人民法院受理的材料才能结案（令30第77条，条号未核实）"


def correction_verified(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 28."""
    return "责令改正的违法行为尚未复查确认改正（行政处罚法第28条）" if f["open_corrections"] else None


def fine_paid(_: Any, f: Facts) -> str | None:
    """Penalty Law arts. 66, 67, 72."""
    names = (("owed_fen", "罚款尚有", "（行政处罚法第66条、第67条）"), ("late_fen", "加处罚款尚有", "（行政处罚法第72条）"), ("daily_fen", "按日连续处罚尚有", "（法典第1060条）"))
    return "；".join(f"{label}{f[key] / 100:.2f}元未缴纳{article}" for key, label, article in names if f[key] > 0) or None


def recusals_decided(_: Any, f: Facts) -> str | None:
    """Penalty Law art. 43."""
    return f"还有{f['open_recusals']}件回避申请没有决定（行政处罚法第43条）" if f["open_recusals"] else None


def measures_ended(_: Any, f: Facts) -> str | None:
    """Compulsion Law art. 28; Order 30 of 2014 art. 18."""
    return f"{'、'.join(f['running_measures'])}尚未解除（行政强制法第28条；限产停产办法第18条）" if f["running_measures"] else None


def volume_complete(_: Any, f: Facts) -> str | None:
    """Review criteria 2024, item 14."""
    return f"案卷缺少：{'、'.join(f['documents_missing'])}（案卷评查细则第14项）" if f["documents_missing"] else None


HEARD: tuple[Guard, ...] = (notice_served, statement_period_over, statement_answered, hearing_held)
MAY_DECIDE: tuple[Guard, ...] = (
    decided_by_a_leader, two_certified_investigators, recusals_decided, statement_answered, evidence_complete, proposal_in_range, not_heavier_than_notified, legality_passed,
    deliberated,
)

CASE = table(
    "case",
    STATES,
    [
        step("suspend", "中止调查", "filed", "suspended", article="令30第35条", roles="leader"),
        step("resume", "恢复调查", "suspended", "filed", article="令30第35条", roles="leader"),
        step("withdraw_filing", "撤销立案", "filed investigated", "withdrawn", article="令30第20条", roles="leader"),
        step("terminate", "终止调查", "filed suspended", "terminated", article="令30第36条", roles="leader"),
        step("conclude", "调查终结", "filed", "investigated", two_certified_investigators, on_site_record, evidence_complete, results_told, not_time_barred,
             article="令30第37条", roles="inspector"),
        step("send_back", "退回补充调查", "investigated", "filed", reviewer_did_not_investigate, article="令30第38条", roles="reviewer"),
        step("pass_review", "审查通过", "investigated", "reviewed", reviewer_did_not_investigate, proposal_in_range,
             article="令30第38条", roles="reviewer"),
        step("give_notice", "事先告知", "reviewed", "notified", proposal_in_range, article="行政处罚法第44条", roles="inspector"),
        step("settle_notice", "告知程序完成", "notified", "answered", *HEARD, article="行政处罚法第45条", roles="inspector"),
        step("notify_again", "重新告知", "answered", "notified", proposal_in_range, article="行政处罚法第44条", roles="inspector"),
        step("decide", "作出处罚决定", "answered", "decided", *MAY_DECIDE, article="行政处罚法第57条", roles="leader"),
        step("exempt", "作出不予处罚决定", "reviewed answered", "decided", decided_by_a_leader, two_certified_investigators, recusals_decided, statement_answered, exemption_grounded,
             article="行政处罚法第33条", roles="leader"),
        step("serve_decision", "送达决定", "decided", "served", article="行政处罚法第61条", roles="inspector"),
        step("perform", "履行完毕", "served", "performed", fine_paid, correction_verified, article="行政处罚法第66条", roles="inspector"),
        step("apply_to_court", "申请强制执行", "served", "in_court", urged_in_vain, remedies_over, within_three_months,
             article="行政强制法第53条", roles="leader"),
        step("enforce", "强制执行完毕", "in_court", "performed", fine_paid, article="行政强制法第58条", roles="inspector"),
        step("annul", "决定被撤销", "decided served in_court performed closed", "annulled", article="行政处罚法第48条", roles="leader"),
        step("close_in_court", "结案（法院已受理）", "in_court", "closed", volume_complete, court_accepted,
             article="令30第77条（未核实条号）", roles="leader"),
        step("close", "结案", "performed annulled withdrawn terminated", "closed", volume_complete, measures_ended, article="令30第77条（未核实条号）", roles="leader"),
        step("archive", "归档", "closed", "archived", article="令30第78条（未核实条号）", roles="inspector"),
    ],
    initial="filed",
    final=("archived",),
)
