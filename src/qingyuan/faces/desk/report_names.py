"""What the trail calls the steps of sightings, basins and incidents: tables by subject, and steps that move no table."""

from __future__ import annotations

from qingyuan.records.reports.states import HANDOUT, INCIDENT, PROJECT, SIGHTING, SUPPORT, WARNING

TABLES = {machine.name: machine for machine in (SIGHTING, WARNING, HANDOUT, PROJECT, INCIDENT, SUPPORT)}
NOTED = {
    "register": "登记发现", "add_photo": "收入照片", "hand_to_clue": "转为线索", "find": "发现预警", "hand_out": "交办", "open_project": "登记项目", "add_money": "登记资金", "open": "登记事件", "call": "求援",
}  # fmt: skip
