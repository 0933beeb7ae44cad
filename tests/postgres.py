"""A PostgreSQL of our own for the length of a test run: a fresh cluster in a temporary folder, ended afterwards."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def find_initdb() -> Path | None:
    """The newest initdb on this machine."""
    known = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[4]))
    on_path = shutil.which("initdb")
    return known[-1] if known else (Path(on_path) if on_path else None)


@contextmanager
def running_postgres() -> Iterator[str]:
    """Yield the address of a fresh server on a free port; it keeps no promises to the disk."""
    initdb = find_initdb()
    if initdb is None:
        raise RuntimeError("no PostgreSQL on this machine")
    folder = Path(tempfile.mkdtemp(prefix="qingyuan-pg-"))
    as_user = unprivileged(folder)
    port = free_port()
    run = lambda *command: subprocess.run([*as_user, *map(str, command)], check=True, stdout=subprocess.DEVNULL, cwd=folder)  # noqa: E731
    run(initdb, "-D", folder / "data", "-U", "qingyuan", "--auth=trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off -c max_connections=60"
    pg_ctl = initdb.with_name("pg_ctl")
    run(pg_ctl, "-D", folder / "data", "-w", "-o", options, "-l", folder / "log", "start")
    try:
        yield f"postgresql://qingyuan@127.0.0.1:{port}/postgres"
    finally:
        run(pg_ctl, "-D", folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root; then it runs as the user its package made."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres")
    return ["runuser", "-u", "postgres", "--"]


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
