"""The benchmark against other engines finds the same in each of them, also when it is small enough for a test."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[5] / "bench" / "judge_peers.py"


def test_kernels_plain_sql_and_frames_find_the_same():
    asked = ["--points", "32", "--days", "4", "--step", "10", "--only", "kernels,duckdb,polars", "--json"]
    done = subprocess.run([sys.executable, str(SCRIPT), *asked], capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["disagree"] == []
    assert all(told["findings"].values()), "every rule has something to find"
