"""A small province with borders, and one moment."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan.clock import CHINA
from qingyuan.engines.province import geography
from qingyuan.engines.province.small import small
from qingyuan.records.registry.load import load_plan
from qingyuan.records.registry.models import Officer

AT = dt.datetime(2026, 9, 15, 13, 20, tzinfo=CHINA)


@pytest.fixture
def province(db, settings, tmp_path):
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    plan = small(1, AT)
    load_plan(plan, boundaries={feature["properties"]["code"]: feature["geometry"] for feature in geography.geojson(plan)["features"]})
    return plan


@pytest.fixture
def cast(province):
    """The people of 清源市 by name, as plain dictionary."""
    return {officer.name: officer for officer in Officer.objects.filter(agency__division__code="990100000000").select_related("agency__division")}
