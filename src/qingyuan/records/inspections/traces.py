"""The full process of a visit as it was recorded (Penalty Law art. 47): every step in its time, with the gaps visible.

Times are the device's, corrected by its offset from the server; the time of receipt stands beside them.  Nothing here counts
clicks or hours of use: only what was recorded.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from qingyuan.records.dispatch.models import Assignment

from .captures import taken_at
from .field_kinds import kinds
from .sync_models import FieldCapture, FieldRecord, SyncOperation

GAP = dt.timedelta(minutes=30)  # platform setting: longer than this without a record inside a visit is shown as a gap


@dataclass(frozen=True)
class Line:
    """One thing that was recorded.  ``gap_minutes``: how long nothing was recorded before it, 0 when within the ordinary."""

    at: dt.datetime
    received_at: dt.datetime
    who: str
    device: str
    what: str
    words: str
    state: str
    why: str = ""
    doubts: tuple[str, ...] = ()
    gap_minutes: int = 0


@dataclass(frozen=True)
class Trace:
    """What has arrived so far.  ``missing``: steps of the full process that no record shows yet."""

    lines: tuple[Line, ...]
    records: tuple[FieldRecord, ...]
    conflicts: tuple[str, ...]
    missing: tuple[str, ...]
    captures: int
    doubtful: int
    devices: tuple[Any, ...] = field(default_factory=tuple)


STEPS = {"entered": "进入现场", "certificates_shown": "出示执法证件", "rights_told": "告知权利义务", "recusal_asked": "询问回避", "left": "离开现场"}


def trace(task: Assignment, *, at: dt.datetime) -> Trace:
    """Everything devices sent for one task, in the order in which it happened."""
    records = tuple(FieldRecord.objects.filter(assignment=task).prefetch_related("cells").select_related("document").order_by("received_at"))
    ops = list(SyncOperation.objects.filter(record__assignment=task).select_related("officer", "device", "record").order_by("id"))
    taken = list(FieldCapture.objects.filter(assignment=task).select_related("device__officer").order_by("id"))
    lines = with_gaps(sorted([*map(line_of, ops), *map(capture_line, taken)], key=lambda line: (line.at, line.received_at)))
    seen = {cell.field for record in records if record.kind == "visit" for cell in record.cells.all()}
    conflicts = tuple(
        f"{record.kind_label}：{kinds()[record.kind].label_of(cell.field)}" for record in records for cell in record.cells.all() if cell.state in ("conflict", "flagged")
    )
    missing = tuple(label for key, label in STEPS.items() if key not in seen) if records else ()
    devices = tuple({one.device_id: one.device for one in taken}.values())
    return Trace(lines, records, conflicts, missing, len(taken), sum(bool(one.doubts) for one in taken), devices)


ANSWERS = {"yes": "符合", "no": "不符合", "na": "不适用", "unseen": "未能查看"}


def line_of(op: SyncOperation) -> Line:
    assert op.record is not None
    made = (op.made_at or op.received_at) + dt.timedelta(milliseconds=op.offset_ms or 0)
    kind = kinds().get(op.record.kind)
    what = f"{kind.label}：{kind.label_of(op.field)}" if kind is not None else op.field
    jump = (f"设备时钟被拨动约 {abs(op.clock_jump_ms) // 1000} 秒",) if abs(op.clock_jump_ms) > 2000 else ()
    return Line(min(made, op.received_at), op.received_at, op.officer.name, op.device.name, what, shown(op.value), op.outcome, op.why or op.reason, jump)


def capture_line(one: FieldCapture) -> Line:
    made = min(taken_at(one.entry, one.received_at), one.received_at)
    state = "evidence" if one.item_id else "waiting"
    return Line(made, one.received_at, one.device.officer.name, one.device.name, f"采集第 {one.number} 件", str(one.entry.get("name", "")), state, one.refused, tuple(one.doubts))


def with_gaps(lines: list[Line]) -> tuple[Line, ...]:
    """The same lines, each with the minutes of silence before it where they are out of the ordinary."""
    found, before = [], None
    for line in lines:
        silence = line.at - before if before is not None else dt.timedelta()
        gap = int(silence.total_seconds() // 60) if silence > GAP else 0
        found.append(Line(**{**vars(line), "gap_minutes": gap}) if gap else line)
        before = line.at
    return tuple(found)


def shown(value: Any) -> str:
    """A value in a few words: strokes of a signature and lists of heads are named, not printed."""
    if isinstance(value, dict):
        if "strokes" in value:
            return f"{value.get('name', '')}签名（摘要 {str(value.get('sha256', ''))[:8]}…）"
        if "heads" in value:
            return "定稿，待服务器核对"
        if value.get("answer") in ANSWERS:
            return "：".join(str(part) for part in (value.get("text"), ANSWERS[value["answer"]], value.get("note")) if part)[:160]
        if "wants" in value:
            return f"申请回避：{value.get('why', '')}" if value["wants"] else "不申请回避"
        parts = [listed(inner) for key, inner in value.items() if key not in ("at", "strokes") and inner not in (None, "", [], False)]
        return "；".join(parts)[:160] or str(value.get("at", ""))[:19].replace("T", " ")
    return listed(value if value is not None else "（清空）")[:160]


def listed(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)
