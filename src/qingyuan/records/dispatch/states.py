"""The life of an assignment as a table: who goes, on what basis, and how it ended."""

from __future__ import annotations

from qingyuan.machine import step, table

STATES = {"issued": "已派发", "started": "进行中", "finished": "已完成", "cancelled": "已撤销"}

ASSIGNMENT = table(
    "assignment",
    STATES,
    [
        step("start", "到场开始", "issued", "started", article="行政处罚法第55条", roles="inspector"),
        step("finish", "完成", "started", "finished", roles="inspector"),
        step("cancel", "撤销", "issued", "cancelled", roles="inspector analyst leader"),
    ],
    initial="issued",
    final=("finished", "cancelled"),
)
BASES = {
    "clue": "线索核实", "draw": "双随机抽查", "campaign": "专项行动", "assist": "监督帮扶", "complaint": "投诉举报", "case": "案件调查",
    "reinspection": "整改复查", "response": "应急响应",
}  # fmt: skip
# how people are put together; all but the first are cross-jurisdiction work, which nobody does at home
MODES = {"ordinary": "属地检查", "stationed": "驻点督查", "mobile": "机动巡查", "grave": "重案协查"}
CROSS = ("stationed", "mobile", "grave")
# who never holds a task to inspect an enterprise, whatever else is written about them (国办发〔2024〕54号; Penalty Law art. 42)
BARRED = {
    "grid_worker": "网格员", "auxiliary": "执法辅助人员", "third_party": "第三方人员", "trainee": "见习（未取得执法证件）人员",
    "temporary": "临时人员", "village_head": "村（社区）负责人", "expert": "专家",
}  # fmt: skip
