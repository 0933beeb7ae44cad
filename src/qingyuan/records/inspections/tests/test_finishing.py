"""From what was written on site to the documents of the file."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import uuid
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from qingyuan.engines.ledger import captures as ledger
from qingyuan.engines.ledger.console import verify
from qingyuan.errors import BadInput, Corrupt, NotAllowed, NotYours
from qingyuan.records.inspections import captures, devices, finishing, sync
from qingyuan.records.inspections.models import FieldCapture, FieldDevice, FieldRecord, Inspection, Instrument
from qingyuan.testing import PHOTO, photo

from .cast import AT, officer, operation, sent

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
STEPS = {
    "entered": {"at": AT.isoformat()}, "certificates_shown": {"at": AT.isoformat(), "officers": ["李明", "王建国"]}, "rights_told": {"at": AT.isoformat()},
    "recusal_asked": {"at": AT.isoformat(), "wants": False},
}  # fmt: skip
WORDS = {"production": "2 号窑正常生产。", "permits": "持有排污许可证。", "treatment": "喷氨泵停运。", "facts": "喷氨泵停运三日。", "person_on_site": "陈立"}
SIGNED = {"signature_officer_1": {"name": "李明"}, "signature_officer_2": {"name": "王建国"}, "signature_party": {"name": "陈立"}}


class Tablet:
    """A device with a real key."""

    def __init__(self, name: str = "李明") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.entries: list[dict[str, Any]] = []
        self.row = devices.enrol(key=uuid.uuid4(), name="平板", public_key=self.public, by=officer(name), at=AT)

    @property
    def public(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)).decode()

    def sign(self, message: bytes) -> str:
        r, s = utils.decode_dss_signature(self.key.sign(message, ec.ECDSA(hashes.SHA256())))
        return base64.b64encode(r.to_bytes(32, "big") + s.to_bytes(32, "big")).decode()

    def capture(self, task, content: bytes, **more: Any) -> dict[str, Any]:
        entry = {
            "number": len(self.entries) + 1, "task": task.number, "device": str(self.row.pk), "sha256": hashlib.sha256(content).hexdigest(), "size": len(content),
            "name": "窑尾.jpg", "media_type": "image/jpeg", "caption": "喷氨泵停运", "taken_at": AT.isoformat(), "elapsed_ms": 1000 * len(self.entries), "boot": "b",
            "offset_ms": 0, "clock_jump_ms": 0, "previous": ledger.link(self.entries[-1]) if self.entries else ledger.START,
            "position": {"lon": f"{task.facility.lon:.6f}", "lat": f"{task.facility.lat:.6f}", "accuracy": 8, "at": AT.isoformat()}, **more,
        }  # fmt: skip
        entry["signature"] = self.sign(ledger.spelled(entry))
        self.entries.append(entry)
        return entry


@pytest.fixture
def task(db, settings, tmp_path):
    settings.QINGYUAN_FILES = tmp_path
    return sent()


def write(device: FieldDevice, task, cells: dict[str, Any], kind: str = "on_site") -> dict[str, list[str]]:
    """Fill the fields; returns what each stands on, as the finishing entry lists it."""
    ops = [operation(task, field, value, kind=kind) for field, value in cells.items()]
    assert {a["outcome"] for a in sync.push(device, ops, at=AT)} == {"applied"}
    return {op["field"]: [op["id"]] for op in ops}


def finish(device: FieldDevice, task, heads: dict[str, list[str]], kind: str = "on_site", bases: tuple[str, ...] = ()) -> FieldRecord:
    final = operation(task, "_final", {"heads": heads, "at": (AT + HOUR).isoformat()}, kind=kind, bases=bases)
    sync.push(device, [final], at=AT + HOUR)
    finishing.settle(task, at=AT + HOUR)
    return FieldRecord.objects.get(kind=kind)


def test_a_finished_record_becomes_the_on_site_record_of_the_file(task):
    """Penalty Law art. 55; Measures 30 art. 28: the same document as the desk makes."""
    tablet = Tablet()
    write(tablet.row, task, STEPS, kind="visit")
    record = finish(tablet.row, task, write(tablet.row, task, WORDS | SIGNED))
    visit = Inspection.objects.get()
    assert (record.state, record.problems, visit.state) == ("accepted", [], "recorded")
    assert record.document.kind == "on_site_record" and visit.record.facts == "喷氨泵停运三日。" and visit.ended_at == AT + HOUR
    assert "已制成文书" in sync.push(tablet.row, [operation(task, "facts", "运行正常。")], at=AT)[0]["why"]


@pytest.mark.parametrize(("without", "words"), [
    ("certificates_shown", "第55条"), ("rights_told", "告知权利义务"), ("recusal_asked", "回避"), ("facts", "没有填写检查所见"), ("signature_officer_2", "两人以上签名"), ("signature_party", "拒签"),
])  # fmt: skip
def test_nothing_is_made_while_an_element_is_missing(task, without, words):
    """Every element with its article; what is missing can be added and finished again."""
    tablet = Tablet()
    write(tablet.row, task, {key: value for key, value in STEPS.items() if key != without}, kind="visit")
    record = finish(tablet.row, task, write(tablet.row, task, {key: value for key, value in (WORDS | SIGNED).items() if key != without}))
    assert record.state == "received" and words in "；".join(record.problems) and record.document is None


def test_a_refusal_needs_a_witness_or_a_recording(task):
    """Measures 30 art. 28."""
    tablet = Tablet()
    write(tablet.row, task, STEPS, kind="visit")
    cells = {key: value for key, value in (WORDS | SIGNED).items() if key != "signature_party"}
    heads = write(tablet.row, task, cells | {"refusal": {"reason": "不认可检查结果"}})
    record = finish(tablet.row, task, heads)
    assert "见证人" in "；".join(record.problems)
    refusal = operation(task, "refusal", {"reason": "不认可检查结果", "witness": "社区干部林芳"}, bases=tuple(heads["refusal"]), reason="补记见证人", after_final="")
    sync.push(tablet.row, [refusal], at=AT)
    record = finish(tablet.row, task, {**heads, "refusal": [refusal["id"]]}, bases=tuple(record.cells.get(field="_final").heads))
    assert record.state == "accepted" and "林芳" in Inspection.objects.get().record.refusal


def test_what_changed_after_signing_has_to_be_read_and_signed_again(task):
    """A colleague's entry that arrives later is kept, and the record waits."""
    tablet, other = Tablet(), Tablet("王建国")
    write(tablet.row, task, STEPS, kind="visit")
    heads = write(tablet.row, task, WORDS | SIGNED)
    sync.push(other.row, [operation(task, "facts", "喷氨泵停运五日。")], at=AT)
    record = finish(tablet.row, task, heads)
    assert record.state == "received" and any("检查所见有不同填写" in reason for reason in record.problems) and any("重新定稿" in reason for reason in record.problems)


def test_an_interview_becomes_its_record_with_questions_and_answers(task):
    """Measures 30 arts. 23, 25."""
    tablet = Tablet()
    write(tablet.row, task, STEPS, kind="visit")
    cells = {"began": {"at": AT.isoformat()}, "ended": {"at": AT.isoformat()}, "place": "中控室", "asked_name": "陈立", "employer": "清河水泥", "position": "环保负责人", "relation": "当事人员工"}
    asked = {key: STEPS[key] for key in ("certificates_shown", "rights_told", "recusal_asked")}
    heads = write(tablet.row, task, cells | asked | SIGNED | {"qa_001": {"question": "喷氨泵何时停运？", "answer": "九月十二日。"}}, kind="interview")
    record = finish(tablet.row, task, heads, kind="interview")
    assert record.state == "accepted", record.problems
    assert record.document.facts["questions"] == [{"question": "喷氨泵何时停运？", "answer": "九月十二日。"}]


def test_a_reading_of_an_instrument_out_of_calibration_is_no_evidence(task):
    """Penalty Law art. 46."""
    tablet = Tablet()
    Instrument.objects.create(agency=officer("李明").agency, name="便携烟气分析仪", serial="YQ-7", calibrated_on=dt.date(2025, 9, 1), valid_to=dt.date(2026, 8, 31))
    write(tablet.row, task, {"instrument": {"serial": "YQ-7"}, "measured_at": {"at": AT.isoformat()}, "value": "318"}, kind="reading")
    finishing.settle(task, at=AT)
    assert "2026-08-31" in FieldRecord.objects.get().problems[0] and "不能作为证据" in FieldRecord.objects.get().problems[0]
    Instrument.objects.update(valid_to=dt.date(2026, 9, 15))
    finishing.settle(task, at=AT)
    assert FieldRecord.objects.get().problems == []


def upload(tablet: Tablet, entry: dict[str, Any], content: bytes, step: int = 300) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for offset in range(0, len(content), step):
        told = captures.receive(tablet.row, entry["sha256"], offset=offset, piece=content[offset : offset + step], at=AT)
    return told


def test_a_photo_comes_in_pieces_and_becomes_evidence_once(task):
    """G9-G11: resumable, checked, through the docket's intake with place, clock and second officer."""
    tablet = Tablet()
    write(tablet.row, task, STEPS, kind="visit")
    entry = tablet.capture(task, PHOTO, offset_ms=60_000, taken_at=(AT - HOUR).isoformat())
    assert [a["have"] for a in captures.announce(tablet.row, [entry, entry], at=AT)] == [0, 0]
    first = captures.receive(tablet.row, entry["sha256"], offset=0, piece=PHOTO[:200], at=AT)
    assert first["have"] == 200 and captures.receive(tablet.row, entry["sha256"], offset=0, piece=PHOTO[:200], at=AT)["have"] == 200
    told = captures.receive(tablet.row, entry["sha256"], offset=200, piece=PHOTO[200:], at=AT)
    item = FieldCapture.objects.get().item
    assert told["is_evidence"] and item.digest == entry["sha256"] and item.second_officer.name == "王建国" and item.clock_offset_ms == 60_000
    assert item.taken_at == AT - HOUR + dt.timedelta(minutes=1) and upload(tablet, entry, PHOTO)["is_evidence"]
    assert Inspection.objects.get().docket.evidence.count() == 1


def test_bytes_that_are_not_what_was_photographed_are_asked_for_again(task):
    """The digest taken at capture decides."""
    tablet = Tablet()
    write(tablet.row, task, STEPS, kind="visit")
    entry = tablet.capture(task, PHOTO)
    captures.announce(tablet.row, [entry], at=AT)
    assert "不符" in upload(tablet, entry, PHOTO[:-1] + b"x")["why"]
    assert upload(tablet, entry, PHOTO)["is_evidence"]


def test_bytes_that_come_before_the_visit_is_open_wait_for_it(task):
    """Order of arrival does not matter."""
    tablet = Tablet()
    entry = tablet.capture(task, PHOTO)
    captures.announce(tablet.row, [entry], at=AT)
    assert not upload(tablet, entry, PHOTO)["is_evidence"]
    write(tablet.row, task, STEPS, kind="visit")
    finishing.settle(task, at=AT)
    assert FieldCapture.objects.get().item is not None


def test_a_chain_with_a_link_missing_changed_or_forged_is_refused(task):
    """Verifiable after the app is gone: by the file alone."""
    tablet, thief = Tablet(), Tablet("王建国")
    entries = [tablet.capture(task, photo((n, n, n))) for n in range(3)]
    assert "接不上" in captures.announce(tablet.row, [entries[1]], at=AT)[0]["why"]
    assert "签名" in captures.announce(tablet.row, [entries[0] | {"caption": "另一处"}], at=AT)[0]["why"]
    assert "签名" in captures.announce(thief.row, [entries[0]], at=AT)[0]["why"]
    captures.announce(tablet.row, entries, at=AT)
    manifest = captures.manifest(task, tablet.row)
    assert ledger.verify(manifest).digests == tuple(e["sha256"] for e in entries)
    for broken in (entries[1:], [entries[0], entries[2]], entries[::-1], [entries[0] | {"taken_at": "2026-01-01"}, *entries[1:]]):
        with pytest.raises(Corrupt):
            ledger.verify(manifest | {"entries": broken})
    assert ledger.verify(manifest, {"a": photo((0, 0, 0)), "b": photo((1, 1, 1))}).absent == (3,)


def test_qingyuan_verify_accepts_a_capture_manifest(task, tmp_path):
    """The stranger needs nothing but the file."""
    tablet = Tablet()
    captures.announce(tablet.row, [tablet.capture(task, PHOTO)], at=AT)
    manifest = captures.manifest(task, tablet.row)
    file = tmp_path / "采集清单.json"
    file.write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    told = CliRunner().invoke(verify, [str(file)], standalone_mode=False)
    assert told.exception is None and "采集清单完好" in told.output and task.number in told.output
    manifest["entries"][0]["caption"] = "改过"
    file.write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    assert isinstance(CliRunner().invoke(verify, [str(file)], standalone_mode=False).exception, Corrupt)


def test_a_false_place_and_a_set_clock_are_exposed(task):
    """G12: shown to people, deciding nothing."""
    tablet = Tablet()
    far = {"lon": f"{task.facility.lon + 1:.6f}", "lat": f"{task.facility.lat:.6f}", "accuracy": 0, "at": (AT - HOUR).isoformat()}
    entries = [tablet.capture(task, b"1"), tablet.capture(task, b"2", position=far, clock_jump_ms=-3_600_000, offset_ms=3_600_000), tablet.capture(task, b"3", position=None, offset_ms=None)]
    captures.announce(tablet.row, entries, at=AT)
    first, second, third = [row.doubts for row in FieldCapture.objects.order_by("number")]
    assert first == []
    for words in ("公里", "精度", "定位时间", "拨动", "60 分钟", "移动过快"):
        assert any(words in doubt for doubt in second), (words, second)
    assert third == ["设备未与服务器校时", "没有定位"]


def test_a_request_counts_only_with_a_fresh_signature_of_a_registered_key(task):
    """Nothing but the key that never leaves the device speaks for it."""
    tablet = Tablet()
    word = devices.challenge()
    good = {"key": str(tablet.row.pk), "word": word, "method": "POST", "path": "/field/api/sync", "body": b"{}"}
    signature = tablet.sign(devices.message(word, "POST", "/field/api/sync", b"{}"))
    assert devices.caller(**good, signature=signature) == tablet.row
    for change in ({"body": b"{ }"}, {"path": "/x"}, {"word": "made-up"}, {"key": str(uuid.uuid4())}, {"key": "x"}):
        with pytest.raises(NotYours):
            devices.caller(**good | change, signature=signature)
    with pytest.raises(NotYours):
        devices.caller(**good, signature="AAAA")


def test_only_inspectors_register_and_only_with_a_real_key(task):
    """Bad input gets a clear sentence."""
    with pytest.raises(BadInput, match="公钥"):
        devices.enrol(key=uuid.uuid4(), name="平板", public_key="!!", by=officer("李明"), at=AT)
    clerk = officer("郑静")
    with pytest.raises(NotAllowed, match="不是执法人员"):
        devices.enrol(key=uuid.uuid4(), name="平板", public_key=Tablet().public, by=clerk, at=AT)


def test_a_lost_device_is_revoked_and_its_recovery_key_destroyed(task):
    """G24: without it the data on the device stay closed."""
    tablet = Tablet()
    assert devices.recover(key=tablet.row.pk, by=officer("李明"), at=AT) == tablet.row.recovery != ""
    with pytest.raises(NotYours):
        devices.recover(key=tablet.row.pk, by=officer("王建国"), at=AT)
    with pytest.raises(NotAllowed):
        devices.revoke(tablet.row, why="遗失", by=officer("王建国"), at=AT)
    with pytest.raises(BadInput):
        devices.revoke(tablet.row, why=" ", by=officer("李明"), at=AT)
    devices.revoke(tablet.row, why="遗失", by=officer("李明"), at=AT)
    assert tablet.row.recovery == ""
    with pytest.raises(NotYours):
        devices.recover(key=tablet.row.pk, by=officer("李明"), at=AT)


def test_the_list_of_captures_goes_into_the_file_and_a_bundle_of_the_file_proves_it(task, settings, tmp_path):
    """Verifiable after the app is wiped: a stranger checks one file."""
    from qingyuan.records.docket import door as docket_door

    settings.QINGYUAN_DATA = tmp_path / "telemetry"
    tablet = Tablet()
    write(tablet.row, task, STEPS, kind="visit")
    entries = [tablet.capture(task, content) for content in (PHOTO, photo((1, 2, 3)))]
    captures.announce(tablet.row, entries, at=AT)
    upload(tablet, entries[0], PHOTO)
    finish(tablet.row, task, write(tablet.row, task, WORDS | SIGNED))
    folder = Inspection.objects.get().docket
    assert folder.evidence.count() == 1, "the list waits for what is still on its way"
    upload(tablet, entries[1], photo((1, 2, 3)))
    finishing.settle(task, at=AT + HOUR)
    assert [item.name for item in folder.evidence.all()][2:] == ["采集清单（平板）.json"]
    docket_door.seal_bundle(folder, tmp_path / "卷.zip", data=tmp_path / "telemetry", at=AT + HOUR)
    told = CliRunner().invoke(verify, [str(tmp_path / "卷.zip")], standalone_mode=False)
    assert told.exception is None and f"采集清单完好：任务 {task.number}，2 条，文件均在包内" in told.output, told.output
