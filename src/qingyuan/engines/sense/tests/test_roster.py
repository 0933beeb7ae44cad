"""The register says who may speak, and follows its file."""

from __future__ import annotations

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from qingyuan.engines.sense.roster import Roster
from qingyuan.errors import BadInput


def write(tmp_path, rows, stamp):
    folder = tmp_path / "dimensions"
    folder.mkdir(exist_ok=True)
    path = folder / "points.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    os.utime(path, (stamp, stamp))


def test_a_missing_file_leaves_the_register_open(tmp_path):
    assert Roster.load(tmp_path).is_open


def test_the_register_follows_its_file_and_only_when_it_changes(tmp_path):
    roster = Roster.load(tmp_path)
    write(tmp_path, [{"mn": "A1", "pw": "123456", "facility": "x"}], 1000)
    assert roster.reload() and not roster.is_open and roster.devices["A1"].pw == "123456"
    assert not roster.reload()
    write(tmp_path, [{"mn": "A1", "pw": "654321"}, {"mn": "B2", "pw": None}], 2000)
    assert roster.reload() and roster.devices["A1"].pw == "654321" and roster.devices["B2"].pw == ""


def test_allowed_addresses_and_networks_are_obeyed(tmp_path):
    write(tmp_path, [{"mn": "A1", "pw": "1", "allowed": ["10.2.0.0/16", "192.168.1.7"]}], 1000)
    device = Roster.load(tmp_path).devices["A1"]
    assert device.may_call_from("10.2.3.4") and device.may_call_from("192.168.1.7")
    assert not device.may_call_from("10.3.0.1") and not device.may_call_from("not an address")


def test_an_unreadable_file_says_what_it_should_be(tmp_path):
    (tmp_path / "dimensions").mkdir()
    (tmp_path / "dimensions" / "points.parquet").write_bytes(b"mn,pw\n")
    with pytest.raises(BadInput, match="含 mn、pw 两列的 Parquet"):
        Roster.load(tmp_path)
