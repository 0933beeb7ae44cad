"""What the trail calls the steps of dispatch: tables by subject, and steps that move no table."""

from __future__ import annotations

from qingyuan.records.dispatch.campaign_states import CAMPAIGN, NOTICE, PROBLEM, ROUND
from qingyuan.records.dispatch.joint_states import ALERT

TABLES = {"alert": ALERT, "campaign": CAMPAIGN, "round": ROUND, "problem": PROBLEM, "notice": NOTICE}
NOTED = {
    "show_code": "出示任务码", "withdraw_code": "作废任务码", "confirm_entry": "企业确认入企", "reveal": "向检查人员揭晓", "set_items": "列明检查事项", "hand_evidence": "移交证据给属地", "receive_evidence": "签收移交的证据", "report_handover": "反馈办理结果", "merge_outside": "并入其他部门的检查",
    "note_outside": "登记其他部门的检查", "draw_up_campaign": "拟订专项行动", "add_targets": "列入点位", "answer_target": "填写核查结果", "plan_round": "派出帮扶组",
    "note_problem": "登记问题", "to_clue": "转为线索", "note_further": "登记立案、移送", "send_notice": "发出督办通知",
    "publish_result": "公开检查结果", "note_leave": "登记请假", "register_agreement": "登记协议", "share_clue": "线索互通", "receive_shared": "登记签收",
    "answer_shared": "登记反馈", "recognise": "证据互认", "raise_alert": "启动响应", "check_measures": "核查减排措施", "draw_up_area_plan": "拟订专项计划", "patrol": "巡查", "take_grades": "登记信用等级",
}  # fmt: skip
