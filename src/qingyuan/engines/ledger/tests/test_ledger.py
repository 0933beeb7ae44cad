"""What was sealed is proved; what was changed is named."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from click.testing import CliRunner

from qingyuan import cli
from qingyuan.engines import ledger
from qingyuan.engines.ledger import bundle, checkpoint, layout, log, proof, segment
from qingyuan.engines.ledger.fsck import fsck
from qingyuan.errors import BadInput, Corrupt

AT = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


def spooled(data_dir, number: int, batches: list[list[bytes]], *, closed: bool = True) -> list[int]:
    """Write a segment by hand; returns the offsets of its records."""
    folder = layout.spool(data_dir)
    folder.mkdir(parents=True, exist_ok=True)
    data, offsets = segment.header(number, 0), []
    for batch in batches:
        more, where = segment.pack(number, len(data), batch)
        data, offsets = data + more, offsets + where
    end = len(data)
    data += segment.footer(number, end, len(offsets), []) if closed else bytes(4096)
    (folder / f"{number:010d}.seg").write_bytes(data)
    if not closed:
        (folder / "durable").write_bytes(segment.pack_mark(number, end))
    return offsets


@pytest.fixture
def sealed(tmp_path):
    offsets = spooled(tmp_path, 1, [[b"alpha" * 9, b"beta"], [b"gamma" * 30]])
    spooled(tmp_path, 2, [[b"delta"], [b"epsilon", b"zeta"]], closed=False)
    ledger.seal(tmp_path, AT)
    return tmp_path, offsets


def test_closed_and_open_segments_are_sealed_once(sealed):
    data_dir, _ = sealed
    kinds = [(e.kind, e.place["segment"]) for e in log.Log(data_dir).entries()]
    assert kinds == [("spool", 1), ("segment", 1), ("spool", 2)]
    again = ledger.seal(data_dir, AT + dt.timedelta(minutes=1))
    assert again.leaves == 0 and again.size == 3
    report = fsck(data_dir)
    assert report.problems == () and report.records == report.sealed_records == 6


def test_what_grew_since_is_sealed_from_where_the_last_seal_ended(sealed):
    data_dir, _ = sealed
    spooled(data_dir, 2, [[b"delta"], [b"epsilon", b"zeta"], [b"eta"]], closed=False)
    assert ledger.seal(data_dir, AT).records == 1
    assert fsck(data_dir).problems == ()


def test_every_bit_of_the_sealed_spool_is_guarded(sealed):
    data_dir, _ = sealed
    for path in sorted(layout.spool(data_dir).glob("*.seg")):
        whole = path.read_bytes()
        number = int(path.stem)
        end = segment.contents(whole, number).ended
        for bit in range(0, end * 8, 11):
            changed = bytearray(whole)
            changed[bit // 8] ^= 1 << bit % 8
            path.write_bytes(changed)
            problems = fsck(data_dir).problems
            assert any(p.segment == number and p.offset <= bit // 8 < p.ended for p in problems), (number, bit, problems)
        path.write_bytes(whole)


def test_a_forger_who_also_corrects_the_check_sum_is_found_by_the_sealed_root(sealed):
    data_dir, offsets = sealed
    path = layout.spool(data_dir) / "0000000002.seg"
    data = bytearray(path.read_bytes())
    record = segment.contents(data, 2).records[0]
    data[record.offset : record.ended] = segment.pack(2, record.offset, [b"DELTA"])[0]
    path.write_bytes(data)
    (problem,) = fsck(data_dir).problems
    assert problem.segment == 2 and "sealed stretch" in problem.reason


def test_a_segment_that_vanished_is_named(sealed):
    data_dir, _ = sealed
    (layout.spool(data_dir) / "0000000001.seg").unlink()
    assert [p.segment for p in fsck(data_dir).problems] == [1]


@pytest.mark.parametrize("name", ["entries.seg", "hashes", "checkpoint", "checkpoints", "key.pub"])
def test_a_changed_bit_in_the_ledger_itself_is_found(sealed, name):
    data_dir, _ = sealed
    path = layout.folder(data_dir) / name
    whole = path.read_bytes()
    for bit in range(0, len(whole) * 8, 23):
        changed = bytearray(whole)
        changed[bit // 8] ^= 1 << bit % 8
        path.write_bytes(changed)
        assert fsck(data_dir).problems, (name, bit)
    path.write_bytes(whole)
    assert not fsck(data_dir).problems


def test_a_rewritten_past_does_not_fit_the_old_checkpoint(tmp_path):
    digests = [hashlib.sha256(bytes([n])).digest() for n in range(5)]
    log.append(tmp_path, digests, kind="event", at=AT)
    old = log.sign_checkpoint(tmp_path, AT)
    log.append(tmp_path, digests, kind="event", at=AT)
    new = log.sign_checkpoint(tmp_path, AT)
    ledger_now = log.Log(tmp_path)
    path = proof.consistency(old.size, new.size, ledger_now.get)
    assert proof.extends(old.size, new.size, old.root, new.root, path)
    assert not proof.extends(old.size, new.size, digests[0], new.root, path)


def test_appending_gives_the_number_of_the_first_leaf_and_survives_a_torn_end(tmp_path):
    one = [hashlib.sha256(b"x").digest()]
    assert log.append(tmp_path, one * 3, kind="event", at=AT) == 0
    with open(layout.entries(tmp_path), "ab") as file:
        file.write(segment.MARK + b"half")
    layout.hashes(tmp_path).write_bytes(layout.hashes(tmp_path).read_bytes()[:40])
    assert log.append(tmp_path, one, kind="event", at=AT) == 3
    log.sign_checkpoint(tmp_path, AT)
    assert fsck(tmp_path).problems == () and log.Log(tmp_path).size == 4


def test_the_private_key_is_for_its_owner_alone(sealed):
    assert log.key_mode(sealed[0]) == 0o600


def test_a_checkpoint_of_another_key_is_not_believed(sealed, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    log.append(other, [bytes(32)], kind="event", at=AT)
    foreign = log.sign_checkpoint(other, AT)
    public = checkpoint.read_verifier_line(layout.public_key(sealed[0]).read_text().strip())[1]
    with pytest.raises(Corrupt):
        checkpoint.read(foreign.text, public)


@pytest.fixture
def bundled(sealed):
    data_dir, offsets = sealed
    path = data_dir / "evidence.zip"
    documents = {"finding.json": b'{"id":"F1"}', "chart.svg": b"<svg/>"}
    bundle.write(path, data_dir=data_dir, about={"finding": "F1"}, documents=documents, packets=[(1, offsets[1]), (1, offsets[2])], at=AT)
    return path


def test_a_bundle_is_verified_by_its_file_alone(bundled, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("court") / "received.zip"
    elsewhere.write_bytes(bundled.read_bytes())
    found = bundle.verify(elsewhere)
    assert found.manifest["about"] == {"finding": "F1"} and len(found.manifest["packets"]) == 2


def test_any_changed_byte_of_a_bundle_is_noticed(bundled, tmp_path_factory):
    whole = bundled.read_bytes()
    copy = tmp_path_factory.mktemp("court") / "changed.zip"
    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        copy.write_bytes(changed)
        with pytest.raises((Corrupt, BadInput)):
            bundle.verify(copy)


def test_a_repacked_bundle_with_another_document_is_refused(bundled):
    inside = bundle._unpack(bundled)
    inside["files/finding.json"] = b'{"id":"F2"}'
    bundled.write_bytes(bundle._container(inside))
    with pytest.raises(Corrupt, match="files/finding.json"):
        bundle.verify(bundled)


def test_a_packet_that_is_not_sealed_cannot_be_bundled(sealed):
    data_dir, _ = sealed
    with pytest.raises(BadInput, match="还没有封存"):
        bundle.write(data_dir / "b.zip", data_dir=data_dir, about={}, documents={}, packets=[(9, 32)], at=AT)


def test_the_command_says_whole_changed_or_unreadable(bundled, capsys):
    assert cli.main(["verify", str(bundled)]) == 0
    assert cli.main(["verify", str(bundled), "--key", str(layout.public_key(bundled.parent))]) == 0
    assert cli.main(["verify", "--json", str(bundled)]) == 0
    whole = bundled.read_bytes()
    bundled.write_bytes(whole.replace(b"<svg/>", b"<svg!>"))
    assert cli.main(["verify", str(bundled)]) == 1
    assert cli.main(["verify", "--json", str(bundled)]) == 1
    bundled.write_bytes(b"not a bundle")
    assert cli.main(["verify", str(bundled)]) == 2
    assert cli.main(["verify", str(bundled) + ".missing"]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_command_needs_no_database():
    result = CliRunner().invoke(cli.main_group, ["verify", "--help"])
    assert result.exit_code == 0


def test_a_log_kept_open_sees_what_others_append_and_what_was_put_in_its_place(tmp_path):
    one = [hashlib.sha256(b"x").digest()]
    log.append(tmp_path, one * 5, kind="event", at=AT)
    kept = log.opened(tmp_path)
    assert kept.size == 5
    log.append(tmp_path, one * 2, kind="event", at=AT)
    assert log.opened(tmp_path) is kept and kept.size == 7 and kept.root() == log.Log(tmp_path).root()
    layout.entries(tmp_path).unlink()
    layout.hashes(tmp_path).unlink()
    log.append(tmp_path, one, kind="event", at=AT)
    assert log.opened(tmp_path).size == 1


def test_many_appends_give_the_tree_that_one_append_gives(tmp_path):
    digests = [hashlib.sha256(bytes([n])).digest() for n in range(23)]
    log.append(tmp_path / "one", digests, kind="event", at=AT)
    for n in (0, 1, 2, 5, 11, 12):
        step = {0: 1, 1: 1, 2: 3, 5: 6, 11: 1, 12: 11}[n]
        log.append(tmp_path / "many", digests[n : n + step], kind="event", at=AT)
    one, many = log.Log(tmp_path / "one"), log.Log(tmp_path / "many")
    assert one.root() == many.root() and many.recomputed_hashes() == layout.hashes(tmp_path / "many").read_bytes()
