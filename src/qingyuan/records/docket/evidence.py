"""Taking evidence in and passing it on.  Penalty Law arts. 41, 46, 54; Measures 30 arts. 26-33."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import Max

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from . import vault
from .intake import MEGABYTE, NAMES, Recognised, examine, limits, recognise
from .issuing import hold_open
from .models import CUSTODY_ACTIONS, EVIDENCE_KINDS, CustodyEntry, Docket, EvidenceItem
from .writing.paper import canonical

STREAMED = ("video", "audio")


@transaction.atomic
def take_evidence(
    *, docket: Docket, kind: str, name: str, content: bytes | BinaryIO, source: str, taken_at: dt.datetime, by: Officer, at: dt.datetime,
    holder: str = "", proves: str = "", requirements: Sequence[str] = (), place: str = "", position: tuple[float, float] | None = None,
    device: str = "", clock_offset_ms: int | None = None, second_officer: Officer | None = None,
    copy_of: EvidenceItem | None = None, origin_statement: str = "",
) -> EvidenceItem:
    """Take one item in: recognised, limited, digested (SHA-256 and SM3) and kept before anything else happens to it.

    ``content`` is bytes or a binary file; a recording is streamed, never held in memory.  The same bytes twice in one file
    are refused, so that a double tap on a slow network makes one item.
    """
    reasons = why_not_take(kind=kind, name=name, source=source, taken_at=taken_at, at=at, copy_of=copy_of, origin_statement=origin_statement)
    if reasons:
        raise BadInput("；".join(reasons), field="kind" if kind not in dict(EVIDENCE_KINDS) else "")
    held = hold_open(docket)
    found, kept = _keep(name, content)
    twin = held.evidence.filter(digest=kept.digest, kind=kind).first()
    if twin is not None:
        raise NotAllowed(f"同一文件已作为第{twin.ordinal}号证据“{twin.name}”收取，没有重复收取")
    lon, lat = position or (None, None)
    item = EvidenceItem.objects.create(
        docket=held, ordinal=(held.evidence.aggregate(n=Max("ordinal"))["n"] or 0) + 1, kind=kind, name=name, source=source,
        holder=holder or by.agency.name, proves=proves, requirements=list(requirements), media_type=found.media_type, size=kept.size,
        digest=kept.digest, sm3=kept.sm3, taken_at=taken_at, taken_by=by, second_officer=second_officer, place=place, lon=lon, lat=lat,
        device=device, clock_offset_ms=clock_offset_ms, copy_of=copy_of, origin_statement=origin_statement,
    )
    add_link(item, action="collected", holder=item.holder, by=by, at=at, why=source)
    record_event(by=by, subject=f"evidence:{item.pk}", step="take_evidence", at=at, after={"name": name, "digest": kept.digest})
    return item


def why_not_take(
    *, kind: str, name: str, source: str, taken_at: dt.datetime, at: dt.datetime, copy_of: EvidenceItem | None, origin_statement: str
) -> list[str]:
    """Every reason why an item cannot be taken in as described."""
    reasons = []
    if kind not in dict(EVIDENCE_KINDS):
        reasons.append(f"证据种类须为{'、'.join(label for _, label in EVIDENCE_KINDS)}之一（行政处罚法第46条）")
    if not name.strip():
        reasons.append("请写明证据名称")
    if not source.strip():
        reasons.append("请写明证据来源（提供人、取得地点或者系统），来源不明的不能作为证据（行政处罚法第46条）")
    if taken_at > at + dt.timedelta(minutes=5):
        reasons.append(f"取得时间{taken_at:%Y-%m-%d %H:%M}晚于现在，请核对设备时钟")
    if copy_of is not None and not origin_statement.strip():
        reasons.append("复制件须注明出处，并写明“经核对与原件无误”（令30；案卷评查细则2024）")
    return reasons


def _keep(name: str, content: bytes | BinaryIO) -> tuple[Recognised, vault.Kept]:
    if isinstance(content, bytes):
        return examine(name, content), vault.keep(content)
    head = content.read(1 << 16)
    found = recognise(head)
    if found is not None and found.family in STREAMED:
        limit = limits()["limits"][found.family] * MEGABYTE
        announced = getattr(content, "size", None)
        if isinstance(announced, int) and announced > limit:
            raise BadInput(f"“{name}”有{announced // MEGABYTE}MB，超过{NAMES[found.family]}{limit // MEGABYTE}MB 的上限，没有保存；请分段后上传", field="content")
        return found, vault.keep(_pieces(head, content), limit=limit, what=f"“{name}”（{NAMES[found.family]}）")
    largest = max(limits()["limits"][f] for f in limits()["limits"] if f not in STREAMED) * MEGABYTE
    whole = head + content.read(largest + 1 - len(head))
    return examine(name, whole), vault.keep(whole)


def _pieces(head: bytes, rest: BinaryIO) -> Iterator[bytes]:
    yield head
    while piece := rest.read(vault.PIECE):
        yield piece


@transaction.atomic
def pass_on(*, item: EvidenceItem, action: str, holder: str, why: str, by: Officer, at: dt.datetime) -> CustodyEntry:
    """Write the next link of the chain: sealed, copied, handed over, consulted, exported, returned."""
    if action not in dict(CUSTODY_ACTIONS) or action == "collected":
        raise BadInput(f"保管动作须为{'、'.join(label for key, label in CUSTODY_ACTIONS if key != 'collected')}之一", field="action")
    if not holder.strip() or not why.strip():
        raise BadInput("请写明此后的保管人和事由，保管链不得中断", field="holder")
    held = EvidenceItem.objects.select_for_update().get(pk=item.pk)
    link = add_link(held, action=action, holder=holder, by=by, at=at, why=why)
    held.holder = holder
    held.save(update_fields=["holder"])
    record_event(by=by, subject=f"evidence:{held.pk}", step=action, at=at, after={"holder": holder}, why=why)
    return link


@transaction.atomic
def verify_evidence(*, item: EvidenceItem, proves: str, requirements: Sequence[str] = (), by: Officer, at: dt.datetime) -> EvidenceItem:
    """Check an item and say what it proves: only then may it carry a finding (Penalty Law art. 46)."""
    if not proves.strip():
        raise BadInput("请写明证明内容（行政处罚法第46条；案卷评查细则2024）", field="proves")
    vault.checked(item.digest).close()
    held = EvidenceItem.objects.select_for_update().get(pk=item.pk)
    held.proves, held.is_verified, held.verified_by, held.verified_at = proves, True, by, at
    held.requirements = sorted({*held.requirements, *requirements})
    held.save(update_fields=["proves", "requirements", "is_verified", "verified_by", "verified_at"])
    record_event(by=by, subject=f"evidence:{held.pk}", step="verify_evidence", at=at, after={"proves": proves})
    return held


def add_link(item: EvidenceItem, *, action: str, holder: str, by: Officer, at: dt.datetime, why: str) -> CustodyEntry:
    before = item.custody.last()
    entry = CustodyEntry(item=item, action=action, holder=holder, by=by, at=at, why=why)
    entry.chain = chain_value(before.chain if before else item.digest, entry)
    entry.save()
    return entry


def chain_value(before: str, entry: CustodyEntry) -> str:
    """SHA-256 over the previous value and this link's words; the first link hangs on the digest of the item itself."""
    words: dict[str, Any] = {"action": entry.action, "holder": entry.holder, "by": entry.by_id, "at": entry.at.astimezone(dt.UTC).isoformat(), "why": entry.why}
    return link_value(before, words)


def link_value(before: str, words: dict[str, Any]) -> str:
    """SHA-256 over the value of the link before and the words of this one: the chain of evidence, and that of samples."""
    return hashlib.sha256(before.encode() + canonical(words)).hexdigest()


def broken_links(item: EvidenceItem) -> list[int]:
    """Places (from 1) at which the chain does not follow from what came before; [] when it is whole."""
    before, broken = item.digest, []
    for place, entry in enumerate(item.custody.all(), start=1):
        if entry.chain != chain_value(before, entry):
            broken.append(place)
        before = entry.chain
    return broken
