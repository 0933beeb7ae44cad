"""Reading one operation as a device sends it.  Pure: nothing is looked up, nothing is guessed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qingyuan.errors import BadInput

from .field_kinds import NAMESPACE, Kind, kinds, single_id
from .merging import spelled

LONGEST = 60_000  # characters of one value, as JSON
MOST_BASES = 20
DEEPEST = 12


@dataclass(frozen=True)
class Operation:
    """One change of one field.

    ``bases``: ids of the operations whose values the author saw.  ``made_at``: the device's clock, aware.  ``offset_ms``: server
    minus device at their last contact; None when they never met.  ``elapsed_ms``: on the device's monotonic clock.
    ``after_final``: the finishing operation this change comes after, "" for none.
    """

    id: uuid.UUID
    record: uuid.UUID
    kind: Kind
    task: str
    field: str
    value: Any
    bases: tuple[str, ...]
    is_resolution: bool
    reason: str
    after_final: str
    made_at: dt.datetime
    offset_ms: int | None
    elapsed_ms: int
    clock_jump_ms: int

    def happened_at(self, received_at: dt.datetime) -> dt.datetime:
        """The moment it was made by the server's clock as far as that is known; never later than it was received."""
        return min(self.made_at + dt.timedelta(milliseconds=self.offset_ms or 0), received_at)


def storable(told: Any, level: int = 0) -> Any:
    """The same JSON value without the few characters that no database keeps (NUL, half surrogates), each replaced visibly."""
    if isinstance(told, str):
        return told.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if level > 2 * DEEPEST:
        return "（层次太深，未保存）" if isinstance(told, (list, dict)) else told
    if isinstance(told, Mapping):
        return {storable(str(key)): storable(inner, level + 1) for key, inner in told.items()}
    return [storable(inner, level + 1) for inner in told] if isinstance(told, list) else told


def identity(body: Any) -> uuid.UUID | None:
    """The id the device gave; None when it is no UUIDv7 written in the usual way."""
    told = body.get("id") if isinstance(body, Mapping) else None
    found = as_uuid(told)
    return found if found is not None and found.version == 7 else None


def identity_of_content(device: uuid.UUID, digest: str) -> uuid.UUID:
    """An id for what came without one of its own, or under one that was taken: the same bytes get the same id."""
    return uuid.uuid5(NAMESPACE, f"{device}/{digest}")


def as_uuid(told: Any) -> uuid.UUID | None:
    try:
        found = uuid.UUID(told) if isinstance(told, str) and len(told) == 36 else None
    except ValueError:
        return None
    return found if found is not None and str(found) == told else None


def read(body: Mapping[str, Any]) -> Operation:
    """The operation, or BadInput saying what is wrong with it."""
    kind = kinds().get(str(body.get("kind")))
    if kind is None:
        raise BadInput(f"没有“{str(body.get('kind'))[:20]}”这种现场记录；可用：{'、'.join(k.label for k in kinds().values())}", field="kind")
    found, record, task = identity(body), as_uuid(body.get("record")), body.get("task")
    if found is None:
        raise BadInput("操作编号须是 UUIDv7", field="id")
    if record is None or not isinstance(task, str) or not 0 < len(task) <= 20:
        raise BadInput("没有写明属于哪一项任务、哪一份记录", field="record")
    if kind.is_single and record != single_id(task, kind.name):
        raise BadInput(f"一项任务只有一份{kind.label}，记录编号与任务编号不符", field="record")
    field = body.get("field")
    if not isinstance(field, str) or kind.field(field) is None:
        raise BadInput(f"{kind.label}里没有“{str(field)[:20]}”这一项", field="field")
    if len(spelled_safely(body.get("value"))) > LONGEST:
        raise BadInput(f"{kind.label_of(field)}太长，上限{LONGEST}字；请分段填写，或者作为附件收取", field="value")
    return Operation(
        id=found, record=record, kind=kind, task=task, field=field, value=body.get("value"), bases=bases_of(body, found),
        is_resolution=body.get("op") == "resolve", reason=words(body, "reason", 300), after_final=words(body, "after_final", 36), made_at=moment(body),
        offset_ms=whole(body, "offset_ms"), elapsed_ms=whole(body, "elapsed_ms") or 0, clock_jump_ms=whole(body, "clock_jump_ms") or 0,
    )  # fmt: skip


def bases_of(body: Mapping[str, Any], own: uuid.UUID) -> tuple[str, ...]:
    told = body.get("bases", [])
    if not isinstance(told, list) or len(told) > MOST_BASES or any(as_uuid(base) is None for base in told) or str(own) in told:
        raise BadInput(f"所依据的前一次填写须是不超过{MOST_BASES}个编号的列表，且不含自己", field="bases")
    return tuple(sorted(set(told)))


def moment(body: Mapping[str, Any]) -> dt.datetime:
    """The device's clock; it may be wrong by years, but it must be a time of a known zone."""
    try:
        found = dt.datetime.fromisoformat(str(body.get("at")))
    except ValueError as error:
        raise BadInput("没有写明填写时间", field="at") from error
    if found.tzinfo is None or not 2000 <= found.year <= 2200:
        raise BadInput("填写时间须带时区，年份在2000至2200之间", field="at")
    return found


def whole(body: Mapping[str, Any], name: str) -> int | None:
    told = body.get(name)
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, (int, float)) or abs(told) > 1e13:
        raise BadInput(f"{name} 须是毫秒数", field=name)
    return int(told)


def words(body: Mapping[str, Any], name: str, longest: int) -> str:
    told = body.get(name) or ""
    if not isinstance(told, str) or len(told) > longest:
        raise BadInput(f"{name} 须是不超过{longest}字的文字", field=name)
    return told.strip()


def spelled_safely(value: Any) -> str:
    """The value as JSON; BadInput when it is nested too deeply to be a field."""
    if depth(value) > DEEPEST:
        raise BadInput("填写内容的层次太深", field="value")
    return spelled(value)


def depth(value: Any) -> int:
    """How many lists and mappings lie inside one another, counted no further than a little past the limit."""
    level, row = 0, [value]
    while row and level <= DEEPEST:
        row = [inner for one in row if isinstance(one, (list, dict)) for inner in (one.values() if isinstance(one, dict) else one)]
        level += 1
    return level
