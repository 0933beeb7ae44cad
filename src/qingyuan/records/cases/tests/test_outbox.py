"""Reminders by mail and short message: a real server, each once, and a worker killed at the worst moment."""

from __future__ import annotations

import datetime as dt
import json
from email.header import decode_header, make_header

import pytest

from qingyuan.errors import BadInput
from qingyuan.records.cases import outbox, reminders
from qingyuan.records.cases.models import ReminderDelivery

from .cast import AT, file, officer
from .sink import Sink

pytestmark = pytest.mark.django_db
LATE = AT + dt.timedelta(days=95)


@pytest.fixture
def server(settings):
    made = Sink()
    settings.QINGYUAN_MAIL = f"smtp://127.0.0.1:{made.port}"
    yield made
    made.stop()


def remind(visit, **address) -> None:
    """A case whose decision clock has run out, and one officer with an address."""
    file(visit)
    outbox.set_address(officer("李明"), **{"mail": "li@example.org", "phone": "", **address}, at=AT)


def test_a_reminder_reaches_a_real_mail_server_once(visit, server):
    """Subject and text are Chinese, the identifier is that of the delivery; a second turn sends nothing."""
    remind(visit)
    for _ in range(3):
        reminders.turn(LATE)
    assert len(server.letters) == 1
    letter = server.letters[0]
    assert "超期" in str(make_header(decode_header(letter["Subject"])))
    assert letter["Message-ID"] == f"<{ReminderDelivery.objects.get().key}>" and letter["To"] == "li@example.org"


def test_a_server_that_refuses_is_asked_again_when_the_lease_ends(visit, server):
    """The failure is kept with its words; nothing is lost."""
    remind(visit)
    server.refuse = True
    reminders.turn(LATE)
    row = ReminderDelivery.objects.get()
    assert (row.sent_at, row.attempts) == (None, 1) and "451" in row.fault
    server.refuse = False
    reminders.turn(LATE + dt.timedelta(minutes=1))
    assert not server.letters
    reminders.turn(LATE + dt.timedelta(minutes=6))
    assert len(server.letters) == 1 and ReminderDelivery.objects.get().fault == ""


class Killed(BaseException):
    """What kill -9 looks like from inside: nothing after it is done."""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_worker_killed_while_sending_loses_nothing_and_writes_one_message(visit, settings, tmp_path, monkeypatch, moment):
    """Before or after the file was written: the next worker ends with exactly one message of that key."""
    settings.QINGYUAN_SMS_FOLDER = str(tmp_path / "sms")
    remind(visit, mail="", phone="13800000000")
    real = outbox.ShortMessageFiles.send

    def dies(self, delivery, at):
        if moment == "after":
            real(self, delivery, at)
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(outbox.ShortMessageFiles, "send", dies)
        reminders.turn(LATE)
    reminders.turn(LATE + dt.timedelta(minutes=1))
    assert ReminderDelivery.objects.get().sent_at is None
    reminders.turn(LATE + dt.timedelta(minutes=6))
    written = list((tmp_path / "sms").iterdir())
    assert len(written) == 1 and json.loads(written[0].read_text())["to"] == "13800000000"
    assert ReminderDelivery.objects.get().sent_at is not None


def test_without_a_server_reminders_stay_on_the_desk(visit, settings):
    """Nothing is queued that could never go out."""
    remind(visit)
    reminders.turn(LATE)
    assert not ReminderDelivery.objects.exists() and reminders.box(officer("李明")).exists()


@pytest.mark.parametrize("wrong", [{"mail": "not an address"}, {"phone": "12"}, {"phone": "1380000000x"}])
def test_what_is_no_address_is_refused(visit, wrong):
    """A sentence, at its field."""
    with pytest.raises(BadInput):
        outbox.set_address(officer("李明"), **{"mail": "", "phone": "", **wrong}, at=AT)


def test_a_server_address_that_cannot_be_read_is_named(settings):
    """QINGYUAN_MAIL is smtp:// or smtps://."""
    settings.QINGYUAN_MAIL = "mail.example.org"
    with pytest.raises(BadInput, match="smtp://"):
        outbox.channels()
