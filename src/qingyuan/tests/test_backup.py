"""A backup made while everybody works can be restored somewhere else, and says so itself when it cannot."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from tests.postgres import find_initdb, running_postgres

from qingyuan.testing import PHOTO

MAKE = """
import datetime as dt
from qingyuan.processes import use_django
use_django()
from django.conf import settings
from django.core.management import call_command
call_command("migrate", verbosity=0, interactive=False)
from qingyuan.clock import CHINA
from qingyuan.engines import ledger
from qingyuan.engines.store import ingest, planting
from qingyuan.records.docket import actions
from qingyuan.records.registry.models import Officer
from qingyuan.testing import PHOTO, small_province, spool_of
at = dt.datetime(2026, 9, 15, 13, 0, tzinfo=CHINA)
plan = small_province(at)
planting.write_dimensions(settings.QINGYUAN_DATA, plan)
spool_of(plan, settings.QINGYUAN_DATA, at, 2)
ingest.ingest(settings.QINGYUAN_DATA)
ledger.seal(settings.QINGYUAN_DATA, at)
li = Officer.objects.order_by("id").first()
docket = actions.open_docket(title="备份演练", agency=li.agency, by=li, at=at)
actions.take_evidence(docket=docket, kind="documentary", name="照片", content=PHOTO, source="现场", taken_at=at, by=li, at=at)
"""
COUNT = """
from qingyuan.processes import use_django
use_django()
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.docket import vault
print([len(vault.fetch(item.digest)) for item in EvidenceItem.objects.all()])
"""


def run(home: Path, *command: str, database: str = "") -> subprocess.CompletedProcess[str]:
    """A process of its own, as an operator would start it; the database is SQLite in its home unless an address is given."""
    env = {**os.environ, "QINGYUAN_HOME": str(home), "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
    env["QINGYUAN_DATABASE_URL"] = database
    return subprocess.run([sys.executable, *command], env=env, capture_output=True, text=True)


def qingyuan(home: Path, *arguments: str, database: str = "") -> subprocess.CompletedProcess[str]:
    return run(home, "-m", "qingyuan", *arguments, database=database)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, Path]:
    """A home with telemetry, a sealed ledger and a piece of evidence, and its backup."""
    home = tmp_path_factory.mktemp("installation") / "home"
    began = run(home, "-c", MAKE)
    assert began.returncode == 0, began.stderr
    file = home.parent / "backup.qy"
    done = qingyuan(home, "backup", str(file))
    assert done.returncode == 0, done.stderr
    return home, file


def test_what_was_backed_up_comes_back_elsewhere_and_the_lake_is_built_again(made, tmp_path):
    home, file = made
    other = tmp_path / "other"
    done = qingyuan(other, "restore", str(file))
    assert done.returncode == 0, done.stderr + done.stdout
    assert run(other, "-c", COUNT).stdout == f"[{len(PHOTO)}]\n"
    assert (other / "secret.key").read_text() == (home / "secret.key").read_text()
    rows = [line for line in qingyuan(other, "lake", "info", "--data", str(other / "telemetry")).stdout.splitlines() if "rows" in line]
    assert rows and rows == [line for line in qingyuan(home, "lake", "info", "--data", str(home / "telemetry")).stdout.splitlines() if "rows" in line]
    assert qingyuan(other, "lake", "fsck", "--data", str(other / "telemetry")).returncode == 0


def test_a_backup_is_readable_by_its_owner_only_and_never_overwrites(made):
    home, file = made
    assert file.stat().st_mode & 0o077 == 0
    again = qingyuan(home, "backup", str(file))
    assert again.returncode == 2 and "不覆盖" in again.stderr


def test_a_home_that_holds_something_is_not_restored_into(made):
    home, file = made
    done = qingyuan(home, "restore", str(file))
    assert done.returncode == 2 and "只写进空的安装" in done.stderr


def test_the_nightly_rehearsal_passes_and_leaves_nothing(made, tmp_path):
    _, file = made
    home = tmp_path / "trial"
    done = qingyuan(home, "restore", "--check", str(file))
    assert done.returncode == 0 and "演练完成" in done.stdout and not (home / "telemetry").exists()


@pytest.mark.parametrize("harm", ["cut", "swapped", "dropped", "outside"])
def test_a_damaged_backup_is_named_and_changes_nothing(made, tmp_path, harm):
    _, file = made
    bad = tmp_path / "bad.qy"
    HARM[harm](file, bad)
    home = tmp_path / "target"
    done = qingyuan(home, "restore", str(bad))
    assert done.returncode == 1 and "Traceback" not in done.stderr and done.stderr.startswith("qingyuan: ")
    assert not (home / "telemetry").exists() and not list(tmp_path.glob(".restore-*"))


def cut(file: Path, bad: Path) -> None:
    held = file.read_bytes()
    bad.write_bytes(held[: len(held) // 2])


def again(file: Path, bad: Path, change) -> None:
    """The archive once more with each member passed through ``change(name, content) → (name, content) or None``."""
    with gzip.open(bad, "wb", compresslevel=1) as packed, tarfile.open(fileobj=packed, mode="w|") as out, tarfile.open(file, "r|gz") as archive:
        for entry in archive:
            kept = change(entry.name, archive.extractfile(entry).read())
            if kept is not None:
                entry.name, entry.size = kept[0], len(kept[1])
                out.addfile(entry, io.BytesIO(kept[1]))


def swapped(file: Path, bad: Path) -> None:
    again(file, bad, lambda name, content: (name, content[:-1] + bytes([content[-1] ^ 1]) if name == "home/secret.key" else content))


def dropped(file: Path, bad: Path) -> None:
    again(file, bad, lambda name, content: None if name == "home/secret.key" else (name, content))


def outside(file: Path, bad: Path) -> None:
    again(file, bad, lambda name, content: ("../../escaped" if name == "home/secret.key" else name, content))


HARM = {"cut": cut, "swapped": swapped, "dropped": dropped, "outside": outside}


def test_a_flipped_bit_in_a_sealed_packet_is_found_before_anything_is_moved_in(made, tmp_path):
    """Somebody who writes the list of digests anew is still caught by the ledger."""
    _, file = made
    bad, held = tmp_path / "forged.qy", {}

    def forge(name: str, content: bytes) -> tuple[str, bytes]:
        if name.endswith(".seg") and "/spool/" in name:
            spot = content.index(b"QN=") + 5
            content = content[:spot] + bytes([content[spot] ^ 1]) + content[spot + 1 :]
        held[name] = hashlib.sha256(content).hexdigest()
        if name == "manifest.json":
            told = json.loads(content)
            for one in told["members"]:
                one["digest"] = held[one["name"]]
            content = json.dumps(told).encode()
        return name, content

    again(file, bad, forge)
    home = tmp_path / "target"
    done = qingyuan(home, "restore", str(bad))
    assert done.returncode == 1 and "缓存段 1" in done.stderr and not (home / "telemetry").exists()


def test_a_file_that_the_records_name_and_the_copy_lacks_is_named(made, tmp_path):
    home, _ = made
    other = tmp_path / "half"
    shutil.copytree(home, other)
    lost = next(path for path in (other / "files").glob("*/*") if path.read_bytes() == PHOTO)
    lost.unlink()
    file = tmp_path / "half.qy"
    assert qingyuan(other, "backup", str(file)).returncode == 0
    done = qingyuan(tmp_path / "trial", "restore", "--check", str(file))
    assert done.returncode == 1 and lost.name[:16] in done.stderr


@pytest.mark.services
@pytest.mark.skipif(find_initdb() is None, reason="没有 PostgreSQL")
def test_on_postgresql_the_same_holds(tmp_path):
    file = tmp_path / "pg.qy"
    with running_postgres() as url:
        assert run(tmp_path / "home", "-c", MAKE, database=url).returncode == 0
        done = qingyuan(tmp_path / "home", "backup", str(file), database=url)
        assert done.returncode == 0, done.stderr
        again = qingyuan(tmp_path / "other", "restore", str(file), database=url)
        assert again.returncode == 2 and "只写进空的安装" in again.stderr
        wrong = qingyuan(tmp_path / "sqlite", "restore", str(file))
        assert wrong.returncode == 2 and "同一种数据库" in wrong.stderr
    with running_postgres() as url:
        done = qingyuan(tmp_path / "other", "restore", str(file), database=url)
        assert done.returncode == 0, done.stderr + done.stdout
        assert run(tmp_path / "other", "-c", COUNT, database=url).stdout == f"[{len(PHOTO)}]\n"
