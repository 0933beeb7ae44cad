"""The visit that most tests of this room begin with."""

from __future__ import annotations

import pytest

from .cast import inspected


@pytest.fixture
def visit(db, settings, tmp_path):
    settings.QINGYUAN_FILES = tmp_path
    return inspected()
