"""From the desk to the site: a visit needs a ground, by threshold or in words.  And what a clue alone can never carry.

Grounds, sources and their grades stand in ``law/book/clues``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from qingyuan.law import rulebook

from .models import Clue

WANTED = "还没有非现场核查，也没有到场的事由：先要求企业说明、调阅资料、视频连线或者核对数据；非到现场不可的，用“转现场检查”写明理由"


def on_site() -> Mapping[str, Mapping[str, Any]]:
    return rulebook.load().folder("clues/grounds")


def reasons_to_give() -> dict[str, str]:
    """Grounds that a person chooses and explains."""
    return {key: entry["label"] for key, entry in on_site().items() if not entry.get("is_threshold")}


def label_of(ground: str) -> str:
    return str(on_site().get(ground, {}).get("label", ground))


def ground_of(clue: Clue, at: dt.datetime) -> str:
    """The ground on which somebody may be sent now: one that was given, else the first threshold that is met; "" for none."""
    if clue.on_site_ground:
        return clue.on_site_ground
    return next((key for key, entry in on_site().items() if entry.get("is_threshold") and is_met(clue, key, entry, at)), "")


def is_met(clue: Clue, key: str, entry: Mapping[str, Any], at: dt.datetime) -> bool:
    """Whether the data alone meet a threshold."""
    if clue.severity in entry.get("severities", ()) or clue.source in entry.get("sources", ()) or clue.violation in entry.get("violations", ()):
        return True
    if entry.get("is_exceedance"):
        return any(row.value is not None and row.limit_value is not None and row.value > row.limit_value for row in clue.findings.only("value", "limit_value"))
    if key == "no_answer":
        return any(row.is_late(at) for row in clue.requests.all())
    if key == "weak_answer":
        return clue.requests.filter(state="refused").exists()
    if key == "off_site_done":
        return clue.remote_checks.exclude(result="no_problem").exists()
    return False


def lead_only(source: str) -> str:
    """Why clues of this source never alone carry a penalty; "" when they may be evidence in the ordinary way."""
    entry = rulebook.load().folder("clues/sources").get(source, {})
    if not entry.get("is_lead_only"):
        return ""
    version = rulebook.versions(entry)[-1]
    note = f"，{version['note']}" if version.get("note") else ""
    return f"{entry['label']}只是发现问题的线索，不得单独作为处罚依据（可信度 {version['grade']}{note}）"


def why_not_sole_basis(clue: Clue, held: list[str]) -> list[str]:
    """What the filing of a case on this clue lacks: with a lead-only source, evidence taken on site must stand beside it.

    ``held`` are the names of documents and items of the file that were taken on site (a record, samples, photos, statements).
    """
    told = lead_only(clue.source)
    if not told or held:
        return []
    return [f"{told}；案卷里还没有现场检查笔录、采样监测、询问等到场取得的证据，不能据此立案"]
