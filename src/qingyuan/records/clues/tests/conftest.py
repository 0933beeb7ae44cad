import pytest

from qingyuan.testing import small_province

from .cast import AT


@pytest.fixture
def province(db, settings, tmp_path):
    """The small province, with files of its own."""
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    return small_province(AT)
