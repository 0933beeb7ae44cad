"""Large files in pieces: announced with size and digest, sent in order, kept only when whole.

A connection that breaks loses nothing: ``received`` says where to go on.  Nothing reaches the vault, and no row of evidence is
written, before every byte is there and the digest is the announced one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import one

from .evidence import take_evidence
from .intake import MEGABYTE, limits, recognise
from .issuing import hold_open
from .models import Docket, EvidenceItem, Upload

HEX = re.compile(r"[0-9a-f]{64}")


def place_of(row: Upload) -> Path:
    """Where the pieces of an unfinished file lie."""
    return Path(settings.QINGYUAN_FILES) / ".uploads" / str(row.pk)


@transaction.atomic
def begin_upload(*, docket: Docket, name: str, size: int, digest: str, by: Officer, at: dt.datetime) -> Upload:
    """Announce a file; one that is too big is refused before a byte is sent."""
    largest = max(limits()["limits"].values()) * MEGABYTE
    if not name.strip() or size <= 0:
        raise BadInput("请写明文件名和大于零的字节数", field="size")
    if size > largest:
        raise BadInput(f"“{name}”有{size // MEGABYTE}MB，超过{largest // MEGABYTE}MB 的上限，没有保存；请分段录制或者压缩后上传", field="size")
    if not HEX.fullmatch(digest):
        raise BadInput("请给出文件的 SHA-256（64 个小写十六进制字符），收齐后按它核对", field="digest")
    hold_open(docket)
    drop_stale(at)
    row = Upload.objects.create(docket=docket, name=name, size=size, digest=digest, by=by, began_at=at)
    place_of(row).parent.mkdir(parents=True, exist_ok=True)
    place_of(row).write_bytes(b"")
    return row


@transaction.atomic
def add_piece(row: Upload, *, offset: int, content: bytes) -> Upload:
    """Append one piece; a piece sent twice is taken once, a gap is refused with the place to go on from."""
    held = Upload.objects.select_for_update().get(pk=row.pk)
    if held.item_id is not None:
        raise NotAllowed(f"“{held.name}”已经收齐，不再接收")
    most = limits()["piece"] * MEGABYTE
    if not content or len(content) > most:
        raise BadInput(f"每段须为1字节至{most // MEGABYTE}MB，收到{len(content)}字节", field="content")
    if offset + len(content) <= held.received and offset >= 0:
        return held
    if offset != held.received:
        raise NotAllowed(f"应当从第{held.received}字节接着传，收到的这一段从第{offset}字节开始")
    if offset + len(content) > held.size:
        raise BadInput(f"收到的字节数超过申报的{held.size}字节，文件与申报不符", field="content")
    if offset == 0:
        refuse_type(held, content)
    with open(place_of(held), "r+b") as out:
        out.truncate(offset)  # what a killed process wrote past the last row
        out.seek(offset)
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    held.received = offset + len(content)
    held.save(update_fields=["received"])
    return held


def refuse_type(row: Upload, head: bytes) -> None:
    """The first piece shows what the file is; its own limit holds."""
    found = recognise(head[: 1 << 16])
    if found is None:
        raise BadInput(f"“{row.name}”不是能收取的文件类型；可以上传 PDF、图片、录音、录像、Word、Excel、压缩包或文本", field="content")
    limit = limits()["limits"][found.family] * MEGABYTE
    if row.size > limit:
        raise BadInput(f"“{row.name}”有{row.size // MEGABYTE}MB，超过该类文件{limit // MEGABYTE}MB 的上限；请分段后上传", field="size")


@transaction.atomic
def finish_upload(row: Upload, *, kind: str, source: str, taken_at: dt.datetime, by: Officer, at: dt.datetime, **words: Any) -> EvidenceItem:
    """The file is whole: check it against the announced digest and take it in as evidence; ``words`` are those of ``take_evidence``."""
    held = Upload.objects.select_for_update(of=("self",)).select_related("docket").get(pk=row.pk)
    if held.item is not None:
        return held.item
    if held.received != held.size:
        raise NotAllowed(f"“{held.name}”还差{held.size - held.received}字节，收齐后才能入卷")
    with open(place_of(held), "rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != held.digest:
            raise BadInput(f"“{held.name}”收到的内容与申报的 SHA-256 不符，传输中损坏，没有入卷；请重新上传", field="digest")
        content.seek(0)
        item = take_evidence(docket=held.docket, kind=kind, name=held.name, content=content, source=source, taken_at=taken_at, by=by, at=at, **words)
    held.item = item
    held.save(update_fields=["item"])
    record_event(by=by, subject=f"evidence:{item.pk}", step="finish_upload", at=at, after={"name": held.name, "size": held.size})
    transaction.on_commit(lambda: place_of(held).unlink(missing_ok=True))
    return item


def drop_upload(row: Upload) -> None:
    """Forget a file that was begun: its pieces and its row."""
    if row.item_id is None:
        place_of(row).unlink(missing_ok=True)
        row.delete()


def drop_stale(at: dt.datetime) -> int:
    """Forget files that were begun days ago and never finished; returns how many."""
    old = Upload.objects.filter(item=None, began_at__lt=at - dt.timedelta(days=limits()["unfinished_days"]))
    rows = list(old)
    for row in rows:
        drop_upload(row)
    return len(rows)


def upload_for(viewer: Officer, pk: int) -> Upload:
    """An upload of the viewer's own; another person's is not there."""
    row = one(Upload.objects.select_related("docket", "item"), viewer, through="docket", pk=pk)
    if row.by_id != viewer.pk:
        raise NotYours("没有找到，或不在您的辖区范围内")
    return row
