"""Reminders reach their officer once, although workers die; work that nobody may do is seen."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys

import pytest
from django.db import connection

from qingyuan.records.cases import notice, reminders, untouchable
from qingyuan.records.cases.models import Case, Notice, Reminder
from qingyuan.records.registry.models import Officer

from .cast import AT, DAY, file, forward, inspected, officer, serve

DIES = """
import os, signal, sys, datetime as dt
from qingyuan import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
os.environ["DJANGO_SETTINGS_MODULE"] = "qingyuan.settings"
import django; django.setup()
from qingyuan.records.cases import reminders
reminders.hand_over = lambda key, at: os.kill(os.getpid(), signal.SIGKILL)
reminders.turn(dt.datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_claim_and_delivery_loses_nothing_and_doubles_nothing(settings, tmp_path):
    """The claim of the dead ends with its lease; the next worker hands over, and only once."""
    settings.QINGYUAN_FILES = tmp_path
    file(inspected())
    at = AT + 84 * DAY
    name = str(connection.settings_dict["NAME"])
    died = subprocess.run([sys.executable, "-c", DIES, name, at.isoformat()], check=False, env={**os.environ, "QINGYUAN_HOME": str(tmp_path)})
    assert died.returncode == -signal.SIGKILL
    assert (Reminder.objects.count(), Reminder.objects.exclude(claimed_until=None).count(), Notice.objects.count()) == (2, 1, 0)
    assert reminders.turn(at) == 1, "the other row waits for nobody"
    assert reminders.turn(at) == 0, "the claim of the dead still holds"
    assert reminders.turn(at + reminders.LEASE + dt.timedelta(seconds=1)) == 1
    assert reminders.turn(at + 2 * reminders.LEASE) == 0
    assert sorted(Notice.objects.values_list("officer__name", flat=True)) == ["李明", "王建国"]


@pytest.mark.django_db
def test_each_stage_speaks_once_and_leaders_hear_of_what_is_late(visit):
    """Seven, three, no days before, and after: one reminder each, however often the loop runs."""
    case = file(visit)
    stages = []
    for day in range(80, 95):
        at = AT + day * DAY
        for _ in range(2):
            reminders.turn(at)
        stages = list(Reminder.objects.filter(officer=officer("李明"), clock="decision_90").order_by("pk").values_list("stage", flat=True))
    assert stages == [7, 3, 0, -1]
    late = Reminder.objects.filter(stage=-1, clock="decision_90")
    assert set(late.values_list("officer__name", flat=True)) == {"李明", "王建国", "吴海涛"}
    assert "行政处罚法" in late.first().text or "60" in late.first().text
    assert reminders.box(officer("李明")).count() == 4
    assert reminders.mark_read(officer("李明"), AT) == 4
    assert not reminders.box(officer("李明"), unread=True).exists()
    assert case.number in late.first().text


@pytest.mark.django_db
def test_nobody_is_reminded_of_the_party_s_own_periods_or_of_a_clock_that_stands(visit):
    """Days to answer or to pay are the party's."""
    case = forward(file(visit), "served")
    assert not [row for row in reminders.reminders_of(case, (AT + 14 * DAY).date(), AT) if row.clock in ("payment", "statement", "litigation")]


@pytest.mark.django_db
def test_a_case_that_nobody_may_review_is_seen_and_says_what_is_missing(visit):
    """Measures 30 art. 38; Penalty Law arts. 42, 58, 64."""
    case = file(visit)
    viewer = officer("吴海涛")
    assert untouchable.stuck(viewer, AT.date()) == []
    assert "不足两人" in untouchable.stuck(viewer, AT.date() + 9000 * DAY)[0].reasons[0]
    Case.objects.filter(pk=case.pk).update(state="investigated")
    Officer.objects.filter(name="赵晓燕").update(roles=["inspector"])
    for person in Officer.objects.exclude(name="赵晓燕"):
        person.roles = [role for role in person.roles if role != "reviewer"]
        person.save()
    (row,) = untouchable.stuck(viewer, AT.date())
    assert (row.kind, row.key) == ("case", str(case.pk))
    assert "令30第38条" in row.reasons[0]


@pytest.mark.django_db
def test_a_hearing_without_anybody_to_preside_is_seen(visit):
    """Penalty Law art. 64."""
    case = forward(file(visit), "notified")
    serve(case)
    notice.request_hearing(case, on=AT.date(), by=officer("李明"), at=AT)
    viewer = officer("吴海涛")
    assert untouchable.stuck(viewer, AT.date()) == []
    for person in Officer.objects.all():
        person.roles = [role for role in person.roles if role != "presiding_officer"]
        person.save()
    assert "听证主持人" in untouchable.stuck(viewer, AT.date())[0].reasons[0]
