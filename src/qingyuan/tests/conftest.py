"""The cast of the room of reports, for tests of what lies above the rooms."""

from qingyuan.records.reports.tests.conftest import cast, province  # noqa: F401
