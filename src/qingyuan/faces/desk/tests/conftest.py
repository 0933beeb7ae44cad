"""Telemetry that the tests of devices and time axes share."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from qingyuan import clock
from qingyuan.clock import CHINA
from qingyuan.engines.province.small import small
from qingyuan.engines.store import ingest, planting
from qingyuan.testing import spool_of

AT = dt.datetime(2026, 9, 15, 13, 20, tzinfo=CHINA)


@pytest.fixture(scope="session")
def lake(tmp_path_factory) -> Path:
    """The small province's packets since yesterday's midnight, ingested once; to be copied, never changed."""
    data, plan = tmp_path_factory.mktemp("lake"), small(1, AT)
    planting.write_dimensions(data, plan)
    spool_of(plan, data, AT, int((AT - clock.yesterday(AT)).total_seconds() // 3600))
    ingest.ingest(data)
    return data
