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
BASES = {"clue": "线索核实", "draw": "双随机抽查", "campaign": "专项行动", "complaint": "投诉举报", "case": "案件调查", "reinspection": "整改复查"}
