"""The life of an inspection as a table."""

from __future__ import annotations

from qingyuan.machine import step, table

STATES = {"opened": "检查中", "recorded": "已制作笔录", "concluded": "已得出结论"}

INSPECTION = table(
    "inspection",
    STATES,
    [
        step("record", "制作现场检查笔录", "opened", "recorded", article="行政处罚法第55条", roles="inspector"),
        step("conclude", "得出检查结论", "recorded", "concluded", roles="inspector"),
    ],
    initial="opened",
    final=("concluded",),
)
CONCLUSIONS = {"violation": "发现涉嫌违法行为", "lawful": "未发现违法行为"}
