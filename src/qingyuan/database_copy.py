"""A copy of the records at one moment, and back: SQLite by its own backup, PostgreSQL by pg_dump and pg_restore."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from qingyuan.errors import BadInput, Corrupt

SQLITE, DUMP = "records.sqlite3", "records.dump"
MADE_BY_LOOKING = {"secret.key", SQLITE, SQLITE + "-wal", SQLITE + "-shm"}  # what merely loading the settings leaves in a new home


def engine() -> str:
    """"sqlite" or "postgresql"."""
    from django.db import connection

    return connection.vendor


def take(folder: Path) -> Path:
    """Copy the database as of one moment into a file in ``folder``."""
    from django.db import connection

    if engine() == "sqlite":
        target = folder / SQLITE
        connection.ensure_connection()
        with closing(sqlite3.connect(target)) as copy:
            connection.connection.backup(copy)
        return target
    target = folder / DUMP
    run_tool("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return target


def put(folder: Path) -> None:
    """Make the copy in ``folder`` the database of this installation, which must be empty."""
    from django.db import connection

    kind = "sqlite" if (folder / SQLITE).exists() else "postgresql"
    if kind != engine():
        raise BadInput(f"备份的数据库是 {kind}，本安装用 {engine()}；请把 QINGYUAN_DATABASE_URL 设成同一种数据库再恢复")
    if kind == "postgresql":
        connection.close()
        run_tool("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--dbname", connection.settings_dict["NAME"], str(folder / DUMP))
        return
    connection.ensure_connection()
    with closing(sqlite3.connect(folder / SQLITE)) as copy:
        copy.backup(connection.connection)


def holds_rows() -> bool:
    """Whether the database of this installation holds any table already."""
    from django.db import connection

    return bool(connection.introspection.table_names())


def names_of_files(folder: Path) -> set[str]:
    """Digests of the files that the copied records name.  Raises Corrupt when the copy is no database."""
    if (folder / DUMP).exists():
        return named_in_dump(folder / DUMP)
    try:
        with closing(sqlite3.connect(f"file:{folder / SQLITE}?mode=ro", uri=True)) as copy:
            if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
                raise Corrupt("备份里的数据库没有通过完整性检查；请换一份备份")
            return {row[0] for table, names in COLUMNS.items() for name in names for row in copy.execute(f"SELECT {name} FROM {table}") if row[0]}
    except sqlite3.DatabaseError as error:
        raise Corrupt(f"备份里的数据库读不出来（{error}）；请换一份备份") from error


# tables that name bytes of the vault, and the columns that do
COLUMNS = {"docket_evidenceitem": ("digest",), "docket_document": ("digest", "docx_digest"), "docket_extract": ("digest",)}


def named_in_dump(dump: Path) -> set[str]:
    """The same digests from the rows that pg_restore spells out of a dump, without a server."""
    found: set[str] = set()
    for table, wanted in COLUMNS.items():
        text = run_tool("pg_restore", "--data-only", f"--table={table}", "--file=-", str(dump), connect=False)
        columns: list[str] = []
        for line in text.splitlines():
            if line.startswith("COPY "):
                columns = [name.strip(' "') for name in line[line.index("(") + 1 : line.rindex(")")].split(",")]
            elif line == "\\.":
                columns = []
            elif columns:
                row = dict(zip(columns, line.split("\t"), strict=False))
                found |= {row[name] for name in wanted if row.get(name) not in (None, "", "\\N")}
    return found


def run_tool(name: str, *arguments: str, connect: bool = True) -> str:
    """Run a client program of PostgreSQL against this installation's database; the password goes by the environment."""
    from django.db import connection

    at = connection.settings_dict
    env = dict(os.environ)
    if connect:
        env |= {"PGHOST": at["HOST"], "PGPORT": at["PORT"], "PGUSER": at["USER"], "PGPASSWORD": at["PASSWORD"], "PGDATABASE": at["NAME"]}
        env = {key: value for key, value in env.items() if value or not key.startswith("PG")}
    done = subprocess.run([program(name), *arguments], env=env, capture_output=True, text=True)
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise BadInput(f"{name} 没有成功：{said[-1] if said else '没有说明'}")
    return done.stdout


def program(name: str) -> str:
    """The newest client program on this machine."""
    known = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(known[-1]) if known else shutil.which(name)
    if found is None:
        raise BadInput(f"没有找到 {name}；备份 PostgreSQL 需要它，请安装 postgresql-client")
    return found
