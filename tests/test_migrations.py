"""The tables in the code and the migrations say the same."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command


@pytest.mark.django_db
def test_no_model_changed_without_a_migration():
    """A new installation and an old one reach the same tables."""
    out = io.StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=3, stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())


@pytest.mark.django_db
def test_the_system_checks_find_nothing():
    """`qingyuan manage check`."""
    call_command("check", fail_level="WARNING")
