"""What the trail calls the steps of dispatch: tables by subject, and steps that move no table."""

from __future__ import annotations

from qingyuan.records.dispatch.campaign_states import CAMPAIGN, NOTICE, PROBLEM, ROUND

TABLES = {"campaign": CAMPAIGN, "round": ROUND, "problem": PROBLEM, "notice": NOTICE}
NOTED = {
    "show_code": "出示任务码", "withdraw_code": "作废任务码", "confirm_entry": "企业确认入企", "reveal": "向检查人员揭晓", "merge_outside": "并入其他部门的检查",
    "note_outside": "登记其他部门的检查", "draw_up_campaign": "拟订专项行动", "add_targets": "列入点位", "answer_target": "填写核查结果", "plan_round": "派出帮扶组",
    "note_problem": "登记问题", "to_clue": "转为线索", "note_further": "登记立案、移送", "send_notice": "发出督办通知",
}  # fmt: skip
