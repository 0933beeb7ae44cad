"""Devices of officers: registered once on line, known by a key that never leaves them, revoked when lost."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from . import door
from .sync_models import FieldDevice

SALT, FRESH_SECONDS = "qingyuan.field", 900


@transaction.atomic
def enrol(*, key: uuid.UUID, name: str, public_key: str, by: Officer, at: dt.datetime) -> FieldDevice:
    """Register this officer's key on this device; the same key again changes nothing."""
    if not by.has_role("inspector"):
        raise NotAllowed(f"{by.name}不是执法人员，移动执法只供执法人员使用（行政处罚法第42条）")
    if not name.strip() or len(name) > 80:
        raise BadInput("请写明设备名称（不超过80字），例如“支队平板3号”", field="name")
    door.check_key(public_key)
    known = FieldDevice.objects.filter(pk=key).first()
    if known is not None:
        if (known.officer_id, known.public_key) != (by.pk, public_key) or known.revoked_at is not None:
            raise NotAllowed("该设备编号已登记过或者已吊销，请清除本机数据后重新登记")
        return known
    row = FieldDevice.objects.create(id=key, officer=by, name=name.strip(), public_key=public_key, recovery=secrets.token_urlsafe(32), enrolled_at=at)
    record_event(by=by, subject=f"field_device:{row.pk}", step="enrol", at=at, after={"name": row.name, "key_sha256": fingerprint(public_key)})
    return row


def fingerprint(public_key: str) -> str:
    return hashlib.sha256(public_key.encode()).hexdigest()


def recover(*, key: uuid.UUID, by: Officer, at: dt.datetime) -> str:
    """The key to this officer's data on this device, for a forgotten PIN; every use is in the trail."""
    row = FieldDevice.objects.filter(pk=key, officer=by, revoked_at=None).first()
    if row is None:
        raise NotYours("没有找到该设备，或者设备已吊销")
    record_event(by=by, subject=f"field_device:{row.pk}", step="recover", at=at, why="忘记口令，联网取回")
    return row.recovery


@transaction.atomic
def revoke(device: FieldDevice, *, why: str, by: Officer, at: dt.datetime) -> FieldDevice:
    """A lost device: its key no longer counts, its recovery key is destroyed, it wipes itself when it next calls."""
    if device.officer_id != by.pk and not by.has_role("leader"):
        raise NotAllowed("设备由使用人本人或者机关负责人吊销")
    if not why.strip():
        raise BadInput("请写明吊销事由，例如遗失、损坏、调离", field="why")
    held = FieldDevice.objects.select_for_update().get(pk=device.pk)
    if held.revoked_at is not None:
        raise NotAllowed(f"该设备已于{held.revoked_at:%Y-%m-%d}吊销")
    held.revoked_at, held.revoked_by, held.revoke_reason, held.recovery = at, by, why.strip()[:200], ""
    held.save(update_fields=["revoked_at", "revoked_by", "revoke_reason", "recovery"])
    record_event(by=by, subject=f"field_device:{held.pk}", step="revoke", at=at, why=why)
    device.refresh_from_db()
    return device


@transaction.atomic
def note_wiped(device: FieldDevice, *, at: dt.datetime) -> None:
    """The device says that it has destroyed what it held."""
    if device.wiped_at is None:
        device.wiped_at = at
        device.save(update_fields=["wiped_at"])
        record_event(by=device.officer, subject=f"field_device:{device.pk}", step="wipe", at=at)


def devices(viewer: Officer) -> QuerySet[FieldDevice]:
    """A leader sees those of the division, everybody else their own."""
    rows = FieldDevice.objects.select_related("officer__agency").order_by("revoked_at", "officer__name", "-enrolled_at")
    if not viewer.has_role("leader"):
        return rows.filter(officer=viewer)
    from qingyuan.records.registry.queries import colleagues

    return rows.filter(officer__in=colleagues(viewer))


def device(viewer: Officer, key: uuid.UUID) -> FieldDevice:
    row = devices(viewer).filter(pk=key).first()
    if row is None:
        raise NotYours("没有找到，或不在您的辖区范围内")
    return row


def challenge() -> str:
    """A word of ours that a device has to sign with its request; good for a quarter of an hour."""
    return signing.TimestampSigner(salt=SALT).sign(secrets.token_hex(8))


def message(word: str, method: str, path: str, body: bytes) -> bytes:
    """What a device signs of a request."""
    return "\n".join(["qingyuan-field-1", word, method, path, hashlib.sha256(body).hexdigest()]).encode()


def caller(*, key: str, word: str, signature: str, method: str, path: str, body: bytes) -> FieldDevice:
    """The device that made a request; NotYours unless its registered key signed exactly this request with a fresh word of ours."""
    try:
        signing.TimestampSigner(salt=SALT).unsign(word, max_age=FRESH_SECONDS)
        row = FieldDevice.objects.select_related("officer__agency__division", "officer__account").filter(pk=uuid.UUID(key)).first()
    except (signing.BadSignature, ValueError) as error:
        raise NotYours("请求没有有效的设备签名，请联网重试") from error
    is_active = row is not None and (row.officer.account is None or row.officer.account.is_active)
    if row is None or not is_active or not door.is_signed(row.public_key, signature, message(word, method, path, body)):
        raise NotYours("请求没有有效的设备签名，请联网重试")
    return row


