"""What devices send: once, whole, and never thrown away."""

from __future__ import annotations

import pytest

from qingyuan.records.dispatch import actions as dispatch
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.inspections import pulls, sync
from qingyuan.records.inspections.models import FieldCell, FieldRecord, Inspection, SyncOperation
from qingyuan.records.registry.models import Event

from .cast import AT, device, officer, operation, sent

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(db):
    return sent()


def cell(field: str) -> FieldCell:
    return FieldCell.objects.get(field=field)


def one(answers: list[dict]) -> tuple[str, str]:
    return answers[0]["outcome"], answers[0]["why"]


def test_an_operation_is_applied_once_however_often_it_is_sent(task):
    """G9: the answer that got lost comes again, and nothing happens twice."""
    mine, op = device(), operation(task, "facts", "喷氨泵停运。")
    first, again = sync.push(mine, [op, op], at=AT)
    assert (first["outcome"], first["repeated"], again["outcome"], again["repeated"]) == ("applied", False, "applied", True)
    assert SyncOperation.objects.count() == 1 and cell("facts").value == "喷氨泵停运。" and FieldRecord.objects.get().version == 1
    assert Event.objects.filter(step="sync").count() == 1, "its digest is in the trail"


def test_two_devices_and_one_legal_field_leave_no_value_until_a_person_decides_with_a_reason(task):
    """G7."""
    mine, his = device("李明"), device("王建国")
    a, b = operation(task, "facts", "泵停运。"), operation(task, "facts", "泵运行。")
    sync.push(mine, [a], at=AT)
    assert one(sync.push(his, [b], at=AT))[0] == "conflict"
    assert cell("facts").state == "conflict" and cell("facts").value is None
    told = pulls.pull(mine, {})["records"][0]["cells"]["facts"]
    assert {(said["by"], said["value"]) for said in told["said"]} == {("李明", "泵停运。"), ("王建国", "泵运行。")}
    outcome, why = one(sync.push(mine, [operation(task, "facts", "泵停运。", bases=(a["id"], b["id"]))], at=AT))
    assert outcome == "refused" and "写明理由" in why and cell("facts").value is None
    sync.push(mine, [operation(task, "facts", "泵停运。", bases=(a["id"], b["id"]), op="resolve", reason="与录像核对，泵停运。")], at=AT)
    assert (cell("facts").state, cell("facts").value) == ("settled", "泵停运。")


def test_an_ordinary_field_keeps_both_and_says_so(task):
    """G6."""
    sync.push(device("李明"), [operation(task, "position", "厂长")], at=AT)
    assert one(sync.push(device("王建国"), [operation(task, "position", "环保负责人")], at=AT))[0] == "flagged"
    assert cell("position").state == "flagged" and len(cell("position").heads) == 2


def test_entering_opens_the_visit_in_the_same_transaction(task):
    """The first to enter opens it; the time is the device's, corrected, and never in the future."""
    at = AT.replace(hour=9).isoformat()
    sync.push(device(), [operation(task, "entered", {"at": at}, kind="visit")], at=AT)
    visit = Inspection.objects.get()
    assert visit.assignment == task and visit.began_at == AT.replace(hour=9)
    sync.push(device("王建国"), [operation(task, "entered", {"at": AT.isoformat()}, kind="visit")], at=AT)
    assert Inspection.objects.count() == 1 and cell("entered").state == "conflict"


def test_a_refused_operation_is_kept_with_its_reason_and_shown(task):
    """Nothing typed is thrown away: not even what came for a task that was called off."""
    dispatch.cancel(task, why="合并检查", by=officer("李明"), at=AT)
    mine = device()
    outcome, why = one(sync.push(mine, [operation(task, "entered", {"at": AT.isoformat()}, kind="visit")], at=AT))
    assert outcome == "refused" and "已撤销" in why and not Inspection.objects.exists()
    shown = pulls.pull(mine, {})["refused"][0]
    assert shown["value"] == {"at": AT.isoformat()} and "已撤销" in shown["why"] and shown["label"] == "到场与告知：进入现场"


def test_nobody_writes_into_a_task_that_is_not_theirs(task):
    """Penalty Law art. 42; the refusal does not say whether the task exists."""
    stranger = device("赵晓燕")
    assert "不是任务" in one(sync.push(stranger, [operation(task, "facts", "x")], at=AT))[1]
    assert not FieldRecord.objects.exists() and pulls.pull(stranger, {})["records"] == []
    assert SyncOperation.objects.get().body["value"] == "x"


def test_a_revoked_device_is_heard_and_not_believed(task):
    """G24: what it brings is kept apart."""
    lost = device()
    lost.revoked_at = AT
    assert "已吊销" in one(sync.push(lost, [operation(task, "facts", "x")], at=AT))[1]
    assert not FieldCell.objects.exists() and SyncOperation.objects.get().value == "x"


def test_after_finishing_a_change_needs_a_reason(task):
    """G13."""
    mine, a = device(), operation(task, "facts", "泵停运。")
    final = operation(task, "_final", {"heads": {}, "digest": "0" * 64})
    sync.push(mine, [a, final], at=AT)
    later = {"bases": (a["id"],), "after_final": final["id"]}
    assert "须写明理由" in one(sync.push(mine, [operation(task, "facts", "泵停运两日。", **later)], at=AT))[1]
    assert one(sync.push(mine, [operation(task, "facts", "泵停运两日。", reason="核对台账", **later)], at=AT))[0] == "applied"


BAD = [
    ({"kind": "diary"}, "没有“diary”这种现场记录"), ({"field": "mood"}, "没有“mood”这一项"), ({"field": "signature_officer_*"}, "这一项"), ({"record": "1"}, "哪一份记录"),
    ({"record": "0198c1f0-0000-7000-8000-000000000009"}, "一项任务只有一份"), ({"at": "昨天"}, "填写时间"), ({"at": "2026-09-15T12:00:00"}, "须带时区"),
    ({"value": "长" * 60_001}, "太长"), ({"bases": ["x"]}, "前一次填写"), ({"bases": {}}, "前一次填写"), ({"elapsed_ms": "1"}, "毫秒"), ({"task": 7}, "哪一项任务"),
    ({"reason": "r" * 301}, "不超过300字"), ({"value": [[[[[[[[[[[[[[1]]]]]]]]]]]]]]}, "层次太深"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), BAD)
def test_what_cannot_be_read_gets_a_sentence_and_is_kept(task, change, words):
    """Bad input is part of the interface."""
    outcome, why = one(sync.push(device(), [operation(task, "facts", "x") | change], at=AT))
    assert outcome == "refused" and words in why
    assert SyncOperation.objects.count() == 1 and not FieldCell.objects.exists()


@pytest.mark.parametrize("body", [None, 7, "x", [], {}, {"id": "7"}, {"id": "0198c1f0-0000-4000-8000-000000000001"}, {"id": None, "value": "a\0\ud800b"}])
def test_what_has_no_identity_is_kept_once_all_the_same(task, body):
    """The same bytes are the same operation."""
    mine = device()
    first, again = sync.push(mine, [body, body], at=AT)
    assert first["outcome"] == "refused" and again["repeated"] and SyncOperation.objects.count() == 1


def test_an_id_used_for_something_else_loses_neither(task):
    """The second is kept under an id made of its content."""
    mine, op = device(), operation(task, "facts", "一")
    answers = sync.push(mine, [op, op | {"value": "二"}, op | {"value": "二"}], at=AT)
    assert [a["outcome"] for a in answers] == ["applied", "refused", "refused"] and answers[2]["repeated"]
    assert {row.body["value"] for row in SyncOperation.objects.all()} == {"一", "二"} and cell("facts").value == "一"


def test_an_operation_that_builds_on_itself_is_refused_and_hides_nothing(task):
    """A broken device cannot make a field empty."""
    mine = device()
    a, b = operation(task, "facts", "一"), operation(task, "facts", "二")
    a["bases"], b["bases"] = [b["id"]], [a["id"]]
    sync.push(mine, [a], at=AT)
    assert cell("facts").missing == [b["id"]]
    assert "成环" in one(sync.push(mine, [b], at=AT))[1] and cell("facts").value == "一"


def test_a_device_is_told_only_what_it_has_not_seen(task):
    """The version decides."""
    mine = device()
    sync.push(mine, [operation(task, "facts", "一")], at=AT)
    first = pulls.pull(mine, {})["records"]
    assert len(first) == 1 and pulls.pull(mine, {first[0]["id"]: first[0]["version"]})["records"] == []
    assert Assignment.objects.get().state == "issued", "writing a record does not enter the place"


def test_a_fault_of_ours_in_one_operation_keeps_it_and_lets_the_others_pass(task, monkeypatch):
    """The queue of a device never stands still because of one line."""
    whole = sync.apply

    def faulty(kept, op, record, said):
        if op.value == "坏":
            raise RuntimeError("fault")
        return whole(kept, op, record, said)

    monkeypatch.setattr(sync, "apply", faulty)
    mine, bad, good = device(), operation(task, "facts", "坏"), operation(task, "position", "厂长")
    first, second = sync.push(mine, [bad, good], at=AT)
    assert (first["id"], first["outcome"], second["outcome"]) == (bad["id"], "refused", "applied")
    assert SyncOperation.objects.get(outcome="refused").body["broken"]["value"] == "坏"
