"""Reminders beyond the box on the desk: by mail and by short message, each at most once and never forgotten.

A delivery is claimed by an update that must touch one row, sent, and marked.  A worker killed between sending and marking leaves a
claim that ends with its lease, and the next one would send again: the ``key`` goes out as Message-ID (and as the key of the short
message), so that the receiving side knows the second copy; the file adapter writes one file per key, so there it is exactly one.
Mail goes to the server of settings (QINGYUAN_MAIL, smtp://user:password@host:port); without one nothing is queued.
"""

from __future__ import annotations

import datetime as dt
import json
import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import F, Q

from qingyuan.errors import BadInput
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from .models import Reminder, ReminderAddress, ReminderDelivery

LEASE = dt.timedelta(minutes=5)
TIMEOUT = 20  # seconds a server may take to answer
MOST = 8  # attempts; then a person has to look at it


class Channel(Protocol):
    """What carries a reminder out: ``send`` returns once the other side has it, and raises OSError or smtplib.SMTPException if not."""

    def send(self, delivery: ReminderDelivery, at: dt.datetime) -> None: ...


class Mail:
    """One message to a real server."""

    def __init__(self, url: str) -> None:
        self.at = urlsplit(url)
        if self.at.scheme not in ("smtp", "smtps") or not self.at.hostname:
            raise BadInput("邮件服务器写作 smtp://用户:口令@主机:端口 或者 smtps://…", field="QINGYUAN_MAIL")

    def send(self, delivery: ReminderDelivery, at: dt.datetime) -> None:
        kind = smtplib.SMTP_SSL if self.at.scheme == "smtps" else smtplib.SMTP
        with kind(self.at.hostname or "", self.at.port or 25, timeout=TIMEOUT) as server:
            if self.at.username:
                if self.at.scheme == "smtp":
                    server.starttls(context=ssl.create_default_context())
                server.login(unquote(self.at.username), unquote(self.at.password or ""))
            server.send_message(letter(delivery, at))


class ShortMessageFiles:
    """The contract with a short-message gateway, as files: one JSON per key, written whole; the gateway takes them from the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, delivery: ReminderDelivery, at: dt.datetime) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        place = self.folder / f"{delivery.key.partition('@')[0]}.json"
        aside = place.with_suffix(".tmp")
        told = {"key": delivery.key, "to": delivery.address, "text": f"【清源】{delivery.reminder.text}", "at": at.isoformat()}
        aside.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        aside.replace(place)


def letter(delivery: ReminderDelivery, at: dt.datetime) -> EmailMessage:
    """The reminder as mail: the case and the clock in the subject, where to look in the body."""
    row, mail = delivery.reminder, EmailMessage()
    mail["Subject"] = f"办案期限提醒：{row.text[:60]}".replace("\n", " ")
    mail["From"], mail["To"] = settings.QINGYUAN_MAIL_FROM, delivery.address
    mail["Message-ID"], mail["Date"] = f"<{delivery.key}>", at
    mail.set_content(f"{row.text}\n\n{settings.QINGYUAN_PUBLIC_URL}/cases/{row.case_id}/\n\n本邮件由系统发出，请勿回复。\n")
    return mail


def channels() -> dict[str, Channel]:
    """The ways out that this installation has."""
    found: dict[str, Channel] = {}
    if settings.QINGYUAN_MAIL:
        found["mail"] = Mail(settings.QINGYUAN_MAIL)
    if settings.QINGYUAN_SMS_FOLDER:
        found["sms"] = ShortMessageFiles(Path(settings.QINGYUAN_SMS_FOLDER))
    return found


def set_address(officer: Officer, *, mail: str, phone: str, at: dt.datetime) -> ReminderAddress:
    """Where a person wants to be reminded besides the desk; "" for nowhere.  BadInput for what is no address."""
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    try:
        if mail:
            validate_email(mail)
    except ValidationError:
        raise BadInput(f"“{mail}”不是邮箱地址", field="mail") from None
    if phone and not (phone.isdigit() and len(phone) == 11):
        raise BadInput("手机号码应为11位数字", field="phone")
    row, _ = ReminderAddress.objects.update_or_create(officer=officer, defaults={"mail": mail, "phone": phone})
    record_event(by=officer, subject=f"officer:{officer.pk}", step="set_address", at=at, after={"has_mail": bool(mail), "has_phone": bool(phone)})
    return row


def queue(at: dt.datetime, ways: dict[str, Channel]) -> int:
    """A row for every reminder of the last week that should go out and has none; the row's uniqueness makes a second writing harmless."""
    rows = []
    for address in ReminderAddress.objects.exclude(mail="", phone=""):
        for reminder in Reminder.objects.filter(officer=address.officer_id, made_at__gte=at - dt.timedelta(days=7)):
            for channel, where in (("mail", address.mail), ("sms", address.phone)):
                if where and channel in ways:
                    key = f"qingyuan-{reminder.pk}-{channel}@{urlsplit(settings.QINGYUAN_PUBLIC_URL).hostname or 'localhost'}"
                    rows.append(ReminderDelivery(reminder=reminder, channel=channel, address=where, key=key, made_at=at))
    before = ReminderDelivery.objects.count()
    ReminderDelivery.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return ReminderDelivery.objects.count() - before


def turn(at: dt.datetime) -> int:
    """What the worker does: queue what is due, send what waits; returns how many went out."""
    ways = channels()
    if not ways:
        return 0
    queue(at, ways)
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    waiting = ReminderDelivery.objects.filter(free, sent_at=None, attempts__lt=MOST, channel__in=list(ways)).order_by("pk").values_list("pk", flat=True)
    return sum(carry(key, ways, at) for key in list(waiting[:200]))


def carry(key: int, ways: dict[str, Channel], at: dt.datetime) -> bool:
    """Claim one delivery, send it, mark it; a failure is kept with its words and tried again when the lease ends."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=at)
    if ReminderDelivery.objects.filter(free, pk=key, sent_at=None).update(claimed_until=at + LEASE, attempts=F("attempts") + 1) != 1:
        return False
    row = ReminderDelivery.objects.select_related("reminder").get(pk=key)
    try:
        ways[row.channel].send(row, at)
    except (OSError, smtplib.SMTPException) as error:
        ReminderDelivery.objects.filter(pk=key).update(fault=f"{type(error).__name__}: {error}"[:200])
        return False
    ReminderDelivery.objects.filter(pk=key).update(sent_at=at, claimed_until=None, fault="")
    return True
