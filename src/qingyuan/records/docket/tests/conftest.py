"""Every test of the docket has its own cast and its own empty store of files."""

from __future__ import annotations

import pytest

from qingyuan.records.docket.tests.cast import Cast


@pytest.fixture
def cast(db, settings, tmp_path):
    settings.QINGYUAN_FILES = tmp_path / "files"
    return Cast()
