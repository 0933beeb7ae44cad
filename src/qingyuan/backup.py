"""``qingyuan backup`` and ``restore``: everything an installation keeps, in one file that proves itself.

    backup FILE           database first, then the ledger, then the spool, then the files: each later part holds at least
                          what an earlier part refers to, so the copy is whole although everybody goes on working
    restore FILE          into an empty home; checks every digest, the ledger against the spool, the files the records
                          name, then builds the lake again from the spool
    restore FILE --check  the same into a folder that is thrown away: the nightly proof that the copy can be restored

The archive is a gzip-compressed tar whose last member lists size and SHA-256 of every other.  It holds keys: it is
made readable by its owner only.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import click

from qingyuan import clock, database_copy
from qingyuan.errors import BadInput, Corrupt
from qingyuan.processes import use_django

FORMAT = "qingyuan-backup-1"
MANIFEST = "manifest.json"
HOME = "home/"
DATABASE = "database/"
FIRST = ("telemetry/ledger", "telemetry/spool/durable", "telemetry/spool")  # each names bytes of the next, so it is copied before it
DERIVED = {"telemetry/lake", "telemetry/rebuild", "static", "logs"}  # built again from the rest
PIECE = 1 << 20


@dataclass(frozen=True)
class Member:
    """One file of the archive: its name there, bytes, SHA-256."""

    name: str
    size: int
    digest: str


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> int:
    """完整备份：数据库、报文、账本、文件、密钥写进一个文件。"""
    use_django()
    from django.conf import settings

    if file.exists():
        raise BadInput(f"{file} 已经存在；备份不覆盖旧文件，请换一个文件名")
    members = write(file, Path(settings.HOME))
    click.echo(f"已备份 {len(members)} 个文件、{sum(one.size for one in members)} 字节到 {file}（含密钥，仅所有者可读）")
    return 0


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--check", is_flag=True, help="只演练：恢复到临时目录并核验，然后删除")
def restore(file: Path, check: bool) -> int:
    """把备份恢复到空的目录（QINGYUAN_HOME），并核验。"""
    use_django()
    from django.conf import settings

    home = Path(settings.HOME)
    if check:
        with tempfile.TemporaryDirectory(prefix="qingyuan-restore-") as trial:
            told = unpack(file, Path(trial))
            problems = examine(Path(trial), database_copy.names_of_files(Path(trial) / DATABASE))
        return report(told, problems, "演练")
    if any(one.name not in database_copy.MADE_BY_LOOKING for one in home.iterdir()) or database_copy.holds_rows():
        raise BadInput(f"{home} 或数据库里已有数据；恢复只写进空的安装。请把 QINGYUAN_HOME（和数据库）指向空的位置")
    return report(*settle(file, home), "恢复")


def report(told: dict[str, object], problems: list[str], what: str) -> int:
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{what}{'未通过' if problems else '完成'}：备份于 {told['at']}，{len(told['members'])} 个文件，{len(problems)} 处不符")
    return 1 if problems else 0


def write(file: Path, home: Path) -> list[Member]:
    """Write the archive beside ``file`` and rename it when it is whole; returns what it holds."""
    partial = file.with_name(file.name + ".partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=1, mtime=0) as packed, tarfile.open(fileobj=packed, mode="w|") as archive:
                members = list(pour(archive, home))
                head = {"format": FORMAT, "at": clock.now().isoformat(), "database": database_copy.engine(), "members": [vars(one) for one in members]}
                add(archive, MANIFEST, io.BytesIO(json.dumps(head, ensure_ascii=False).encode()), None)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(partial, file)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return members


def pour(archive: tarfile.TarFile, home: Path) -> Iterator[Member]:
    """The database, then the folders of the home in the order that keeps the copy whole."""
    with tempfile.TemporaryDirectory(prefix="qingyuan-backup-") as folder:
        copied = database_copy.take(Path(folder))
        with copied.open("rb") as content:
            yield add(archive, DATABASE + copied.name, content, copied.stat().st_size)
    done: set[Path] = set()
    for start in (*(home / name for name in FIRST), home):
        for path in [start] if start.is_file() else sorted(files_under(start, home)):
            if path not in done:
                done.add(path)
                with path.open("rb") as content:
                    yield add(archive, HOME + path.relative_to(home).as_posix(), content, os.fstat(content.fileno()).st_size)


def files_under(folder: Path, home: Path) -> Iterator[Path]:
    """Every plain file under ``folder`` that is not derived, not a database file, not a lock, not half-written."""
    for place, names, files in os.walk(folder):
        inside = Path(place).relative_to(home).as_posix()
        names[:] = [name for name in names if (name if inside == "." else f"{inside}/{name}") not in DERIVED]
        for name in files:
            path = Path(place) / name
            if not (path.is_symlink() or ".sqlite3" in name or name.endswith((".lock", ".partial")) or name == "lock" or name.startswith(".incoming-")):
                yield path


def add(archive: tarfile.TarFile, name: str, content: IO[bytes], size: int | None) -> Member:
    """One member of exactly ``size`` bytes, although the file may grow meanwhile; None takes all there is."""
    if size is None:
        size = len(content.read())
        content.seek(0)
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o600
    counted = Counted(content, size)
    archive.addfile(entry, counted)
    return Member(name, size, counted.sha.hexdigest())


class Counted:
    """Reads no further than ``size`` bytes and digests what it gives."""

    def __init__(self, content: IO[bytes], size: int) -> None:
        self.content, self.left, self.sha = content, size, hashlib.sha256()

    def read(self, wanted: int = PIECE) -> bytes:
        piece = self.content.read(min(wanted, self.left))
        self.left -= len(piece)
        self.sha.update(piece)
        return piece


def unpack(file: Path, folder: Path) -> dict[str, object]:
    """Every member into ``folder``, checked against the list at the end.  Raises Corrupt, naming the first member that differs."""
    found: dict[str, str] = {}
    try:
        with tarfile.open(file, mode="r|gz") as archive:
            for entry in archive:
                content = archive.extractfile(entry)
                if content is None or not entry.isfile():
                    raise Corrupt(f"备份里的 {entry.name} 不是普通文件；这不是 qingyuan backup 写成的备份")
                found[entry.name] = land(content, target(folder, entry.name))
        told = json.loads((folder / MANIFEST).read_text())
        listed = {one["name"]: one["digest"] for one in told["members"]}
    except (tarfile.TarError, EOFError, OSError, ValueError, KeyError, TypeError) as error:
        raise Corrupt(f"{file} 读不到末尾或不是 qingyuan backup 写成的备份（{error}）；请换一份备份") from error
    if told.get("format") != FORMAT:
        raise Corrupt(f"备份格式是 {told.get('format')}，本程序认得 {FORMAT}")
    found.pop(MANIFEST)
    for name in sorted(listed.keys() | found.keys()):
        if listed.get(name) != found.get(name):
            raise Corrupt(f"备份里的 {name} 与清单不符：备份之后被改动过或不完整，没有恢复任何内容")
    return told


def target(folder: Path, name: str) -> Path:
    """Where a member goes; a name that leads out of the folder is no name of ours."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise Corrupt(f"备份里的文件名 {name} 指向目录之外；没有恢复任何内容")
    return path


def land(content: IO[bytes], path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    sha = hashlib.sha256()
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        while piece := content.read(PIECE):
            sha.update(piece)
            out.write(piece)
    return sha.hexdigest()


def examine(unpacked: Path, named: set[str]) -> list[str]:
    """What does not hold in an unpacked backup: one sentence each."""
    from qingyuan.engines.ledger.fsck import fsck

    problems = [str(problem) for problem in fsck(unpacked / HOME / "telemetry").problems]
    files = unpacked / HOME / "files"
    for digest in sorted(named):
        path = files / digest[:2] / digest
        if not path.is_file():
            problems.append(f"案卷所列文件 {digest[:16]}… 不在备份里")
        elif digest_of(path) != digest:
            problems.append(f"案卷所列文件 {digest[:16]}… 的内容与摘要不符")
    return problems


def digest_of(path: Path) -> str:
    """SHA-256 of a file that may be larger than the memory."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def settle(file: Path, home: Path) -> tuple[dict[str, object], list[str]]:
    """Unpack beside the home, check, and only then move in: a bad copy leaves the home as it was."""
    from qingyuan.engines.store import ingest

    beside = Path(tempfile.mkdtemp(prefix=".restore-", dir=home.parent))
    try:
        told = unpack(file, beside)
        problems = examine(beside, database_copy.names_of_files(beside / DATABASE))
        if problems:
            return told, problems
        database_copy.put(beside / DATABASE)
        for path in sorted((beside / HOME).iterdir()):
            held = home / path.name
            if held.is_file():
                held.unlink()
            shutil.move(path, held)
        ingest.ingest(home / "telemetry")
        return told, []
    finally:
        shutil.rmtree(beside, ignore_errors=True)
