"""Photos, recordings and signatures from the field: the signed list first, then the bytes in pieces, then evidence."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed, NotYours, QingyuanError
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.intake import MEGABYTE, limits
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry.models import Officer

from . import door
from .doubts import doubts, position
from .models import Inspection
from .sync_models import FieldCapture, FieldDevice

PIECE = 1 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")


def announce(device: FieldDevice, entries: Sequence[Any], *, at: dt.datetime) -> list[dict[str, Any]]:
    """Take in entries of the device's chain, oldest first; the same entry again changes nothing."""
    if len(entries) > 200:
        raise BadInput("一次最多上传200条采集清单")
    return [enter(device, entry, at=at) for entry in entries]


@transaction.atomic
def enter(device: FieldDevice, entry: Any, *, at: dt.datetime) -> dict[str, Any]:
    """One entry: refused with the reason when it does not fit its chain, else kept with what looks wrong about it."""
    digest, number = (entry.get("sha256"), entry.get("number")) if isinstance(entry, Mapping) else (None, None)
    if not isinstance(digest, str) or not DIGEST.fullmatch(digest) or not isinstance(number, int) or not is_size(entry.get("size")):
        return {"sha256": str(digest)[:64], "why": "采集清单条目残缺"}
    task = Assignment.objects.select_related("facility").filter(number=entry.get("task"), inspectors=device.officer_id).first()
    if task is None:
        return {"sha256": digest, "why": "不是该任务的检查人员，或者没有这项任务"}
    FieldDevice.objects.select_for_update().get(pk=device.pk)
    chain = list(FieldCapture.objects.filter(device=device, assignment=task).order_by("number"))
    held = next((one for one in chain if one.number == number), None)
    if held is not None and held.entry == entry:
        return progress(held)
    previous = door.link(chain[-1].entry) if chain else door.START
    wrong = door.problem_of(entry, device.public_key, device=str(device.pk), task=task.number, number=len(chain) + 1, previous=previous)
    if wrong:
        return {"sha256": digest, "why": wrong}
    found = doubts(entry, [one.entry for one in chain], place=(task.facility.lon, task.facility.lat))
    row = FieldCapture.objects.create(
        digest=digest, device=device, assignment=task, entry=dict(entry), number=number, size=entry["size"], doubts=found, received_at=at
    )
    return progress(row)


def is_size(told: Any) -> bool:
    return isinstance(told, int) and not isinstance(told, bool) and 0 < told < 1 << 40


def progress(row: FieldCapture) -> dict[str, Any]:
    """How far the bytes have come: whole once they are evidence."""
    return {"sha256": row.digest, "have": row.size if row.item_id else held_size(row), "size": row.size, "is_evidence": row.item_id is not None, "why": row.refused}


def folder_of(device: FieldDevice) -> Path:
    return Path(settings.QINGYUAN_FILES) / "incoming" / str(device.pk)


def held_size(row: FieldCapture) -> int:
    place = folder_of(row.device) / row.digest
    return place.stat().st_size if place.is_file() else 0


def receive(device: FieldDevice, digest: str, *, offset: int, piece: bytes, at: dt.datetime) -> dict[str, Any]:
    """Append one piece at its place; a piece that is not the next one changes nothing and says where to go on."""
    row = FieldCapture.objects.select_related("device__officer", "assignment__facility").filter(device=device, digest=digest).order_by("number").first()
    if row is None:
        raise BadInput("采集清单里没有这一文件，请先上传清单", field="sha256")
    if row.item_id is not None:
        return progress(row)
    largest = max(limits()["limits"].values()) * MEGABYTE
    if row.size > largest or len(piece) > PIECE:
        raise BadInput(f"文件超过{largest // MEGABYTE}MB 的上限，或者单段超过1MB", field="piece")
    have = held_size(row)
    if offset == have and piece:
        append(folder_of(device) / digest, piece, offset)
        have += len(piece)
    if have < row.size:
        return progress(row)
    told = complete(row, at=at)
    if row.item_id is not None:
        file_manifests(row.assignment, at=at)
    return told


def append(place: Path, piece: bytes, offset: int) -> None:
    """Write durably at the offset; a torn piece is written over by the next try."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        os.lseek(handle, offset, os.SEEK_SET)
        os.write(handle, piece)
        os.ftruncate(handle, offset + len(piece))
        os.fsync(handle)
    finally:
        os.close(handle)


def complete(row: FieldCapture, *, at: dt.datetime) -> dict[str, Any]:
    """Compare the digest; then hand the bytes to the docket.  What does not match is thrown away and asked for again."""
    place = folder_of(row.device) / row.digest
    with place.open("rb") as stream:
        if hashlib.file_digest(stream, "sha256").hexdigest() != row.digest:
            place.unlink()
            return {**progress(row), "why": "收到的内容与拍摄时的摘要不符，请重新上传"}
    make_evidence(row, at=at)
    return progress(row)


def make_evidence(row: FieldCapture, *, at: dt.datetime) -> None:
    """Through the docket's own intake, once the visit is open; refused bytes stay where they are, with the reason."""
    visit = Inspection.objects.select_related("docket").filter(assignment=row.assignment).first()
    place = folder_of(row.device) / row.digest
    if visit is None or row.item_id is not None or not place.is_file():
        return
    try:
        with transaction.atomic():
            row.item, row.refused = take_in(row, visit, place, at), ""
    except QingyuanError as error:
        row.refused = str(error)[:300]
    row.save(update_fields=["item", "refused"])
    if row.item_id is not None:
        place.unlink(missing_ok=True)


def take_in(row: FieldCapture, visit: Inspection, place: Path, at: dt.datetime) -> EvidenceItem:
    twin = EvidenceItem.objects.filter(docket=visit.docket, digest=row.digest).first()
    if twin is not None:
        return twin
    entry, by = row.entry, row.device.officer
    with place.open("rb") as stream:
        return docket.take_evidence(
            docket=visit.docket, kind=kind_of(entry), name=str(entry.get("name") or row.digest[:12])[:120], content=stream,
            source=f"{visit.facility.name}现场采集（移动执法）"[:160], taken_at=min(taken_at(entry, at), at), by=by, at=at, proves=str(entry.get("caption") or "")[:300],
            place=str(visit.facility.address or visit.facility.name)[:160], position=position(entry), device=str(row.device_id),
            clock_offset_ms=offset_of(entry), second_officer=second(row.assignment, by),
        )  # fmt: skip


def kind_of(entry: Mapping[str, Any]) -> str:
    return "electronic_data" if entry.get("media_type") == "application/json" else "audiovisual"


def offset_of(entry: Mapping[str, Any]) -> int | None:
    """The clock's offset, where it fits the evidence row; the entry itself keeps any."""
    told = entry.get("offset_ms")
    return told if isinstance(told, int) and abs(told) < 2**31 else None


def taken_at(entry: Mapping[str, Any], at: dt.datetime) -> dt.datetime:
    """The device's clock corrected by its offset; the moment of receipt where it says no time."""
    try:
        told = dt.datetime.fromisoformat(str(entry.get("taken_at")))
        return told + dt.timedelta(milliseconds=int(entry.get("offset_ms") or 0)) if told.tzinfo else at
    except (ValueError, OverflowError):
        return at


def second(task: Assignment, by: Officer) -> Officer | None:
    return task.inspectors.exclude(pk=by.pk).order_by("pk").first()


def take_waiting(task: Assignment, *, at: dt.datetime) -> None:
    """Bytes that came before the visit was open become evidence now."""
    for row in FieldCapture.objects.select_related("device__officer", "assignment__facility").filter(assignment=task, item=None, refused=""):
        if held_size(row) == row.size:
            complete(row, at=at)


def manifest(task: Assignment, device: FieldDevice) -> dict[str, Any]:
    """The list as the device signed it: what ``qingyuan verify`` checks long after the app is gone."""
    rows = FieldCapture.objects.filter(device=device, assignment=task).order_by("number")
    if not rows:
        raise NotAllowed("该设备在这项任务里没有采集")
    return door.manifest(device.public_key, device=str(device.pk), task=task.number, entries=[row.entry for row in rows])


def file_manifests(task: Assignment, *, at: dt.datetime) -> None:
    """Put each device's list into the file once the record is made and nothing of it is still on its way; a longer list follows later captures."""
    visit = Inspection.objects.select_related("docket").filter(assignment=task).exclude(state="opened").first()
    if visit is None:
        return
    for device in FieldDevice.objects.filter(pk__in=FieldCapture.objects.filter(assignment=task).values("device")).select_related("officer__agency"):
        if FieldCapture.objects.filter(assignment=task, device=device, item=None, refused="").exists():
            continue
        content = json.dumps(manifest(task, device), ensure_ascii=False, sort_keys=True, indent=1).encode()
        if not visit.docket.evidence.filter(digest=hashlib.sha256(content).hexdigest()).exists() and visit.docket.archived_at is None:
            docket.take_evidence(
                docket=visit.docket, kind="electronic_data", name=f"采集清单（{device.name}）.json"[:120], content=content, source="移动执法设备签名的采集清单",
                taken_at=at, by=device.officer, at=at, proves="现场采集的时间、位置、顺序和设备签名，可独立核验", device=str(device.pk),
            )  # fmt: skip


def device_of(task: Assignment, key: uuid.UUID) -> FieldDevice:
    """A device that captured something on this task."""
    row = FieldDevice.objects.filter(pk=key, pk__in=FieldCapture.objects.filter(assignment=task).values("device")).first()
    if row is None:
        raise NotYours("没有找到该设备在这项任务里的采集")
    return row
