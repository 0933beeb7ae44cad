"""Run the whole suite: once on SQLite, and the records and journeys again on PostgreSQL where one is installed.

Says loudly what was skipped and why; exits non-zero when anything failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.postgres import find_initdb, running_postgres  # noqa: E402

ON_POSTGRES = ["src/qingyuan/records", "src/qingyuan/faces", "tests"]


def main() -> int:
    extra = sys.argv[1:]
    failed = pytest("SQLite", {}, ["src", "tests", *extra])
    if find_initdb() is None:
        print("\n!! SKIPPED LOUDLY: no PostgreSQL on this machine; the records were tested on SQLite only\n")
    else:
        with running_postgres() as url:
            failed |= pytest("PostgreSQL", {"QINGYUAN_DATABASE_URL": url}, [*ON_POSTGRES, *extra], " and not browser")
    return 1 if failed else 0


def pytest(label: str, settings: dict[str, str], places: list[str], marks: str = "") -> bool:
    print(f"\n=== the suite on {label} ===", flush=True)
    home = ROOT / "var" / f"test-{label.lower()}"
    home.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "QINGYUAN_HOME": str(home), "QINGYUAN_TESTING": "1", **settings}
    command = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile", "-rs", "-m", f"not slow{marks}", *places]
    return subprocess.run(command, cwd=ROOT, env=env).returncode != 0


if __name__ == "__main__":
    sys.exit(main())
