"""From a clue to the bytes: one sealed file that a stranger checks without our machines."""

from __future__ import annotations

import json
import zipfile

import pytest
from django.conf import settings

from qingyuan.engines import ledger
from qingyuan.engines.ledger import bundle
from qingyuan.errors import BadInput, Corrupt
from qingyuan.records.clues import door, reporting
from qingyuan.records.clues.models import Clue
from qingyuan.testing import PHOTO, telemetry

from .cast import AT, officer


def test_the_bundle_of_a_clue_holds_working_papers_trail_and_every_packet(province, tmp_path):
    telemetry(province, settings.QINGYUAN_DATA, until=AT)
    li = officer("李明")
    clue = next(row for row in Clue.objects.filter(source="rule", city_code="990100000000") if row.findings.exists())
    reporting.add_paper(clue, name="站房.jpg", content=PHOTO, source="企业", by=li, at=AT)
    file = tmp_path / "clue.zip"
    with pytest.raises(BadInput, match="封存|seal"):
        door.seal_clue_bundle(li, clue.number, file, at=AT)
    ledger.seal(settings.QINGYUAN_DATA, AT)
    digest = door.seal_clue_bundle(li, clue.number, file, at=AT)
    told = bundle.verify(file)
    assert len(digest) == 64 and told.manifest["about"]["number"] == clue.number and len(told.manifest["packets"]) > 10
    with zipfile.ZipFile(file) as archive:
        whole = json.loads(archive.read("files/clue.json"))
        assert archive.read("files/evidence/001") == PHOTO
    assert {row["id"] for row in whole["findings"]} == set(clue.findings.values_list("finding_id", flat=True)) and whole["gaps"] and whole["clocks"] and whole["events"]
    broken = bytearray(file.read_bytes())
    broken[len(broken) // 2] ^= 1
    file.write_bytes(bytes(broken))
    with pytest.raises(Corrupt):
        bundle.verify(file)
