"""The vector file: published examples, packets built from the standard's field lists, and frames met in the field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

KEY_OF_THE_EXAMPLES = b"0" * 16  # 2025 Appendix A.2 enciphers with sixteen bytes 0x30


def vectors(*kinds: str) -> list[dict[str, Any]]:
    """Return the vectors of these kinds (all when none is named), each with its bytes under "bytes"."""
    rows = [
        json.loads(line) for line in (Path(__file__).parent / "vectors.jsonl").read_text("utf-8").split("\n") if line
    ]
    for row in rows:
        row["bytes"] = row["raw"].encode("latin-1" if row["enc"] == "latin1" else "utf-8")
    return [row for row in rows if not kinds or row["kind"] in kinds]


SOUND = [row["bytes"] for row in vectors() if row["crc_ok"] and row["length_ok"] and row["bytes"].endswith(b"\r\n")]
