"""The small province written once for a whole file of tests; every test starts from it and is rolled back to it."""

from __future__ import annotations

import pytest
from django.db import transaction

from qingyuan.testing import small_province

from .cast_visits import AT


@pytest.fixture(scope="module")
def province(django_db_setup, django_db_blocker):
    """Tests that use this share the registry; each of them still runs in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic():
        small_province(AT)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def files(settings, tmp_path):
    """Keys, ledger and files of this test alone."""
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    return tmp_path
