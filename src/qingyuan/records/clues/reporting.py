"""Writing a clue down by hand: from which source, with the least each source must say, and with its papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput
from qingyuan.law import rulebook
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry import duty
from qingyuan.records.registry.models import Division, Facility, Officer

from . import actions, governor
from .models import Clue
from .states import SOURCES

Named = tuple[str, bytes]
FARTHEST_BACK = dt.timedelta(days=730)  # 行政处罚法第36条：二年
PICTURES = (".jpg", ".jpeg", ".png", ".heic", ".mp4", ".mov", ".wav", ".mp3")


def by_hand() -> dict[str, str]:
    """Sources a person writes down."""
    return {key: label for key, label in SOURCES.items() if rulebook.load().folder("clues/sources")[key]["is_by_hand"]}


def facts_of(source: str) -> dict[str, tuple[str, str]]:
    """The least a source must say: id → (name, kind: text | moment | position | number)."""
    entry = rulebook.load().folder("clues/sources").get(source)
    if entry is None or not entry["is_by_hand"]:
        raise BadInput(f"线索来源须为：{'、'.join(by_hand().values())}", field="source")
    return {key: (row[0], row[1]) for key, row in entry["facts"].items()}


def read_facts(source: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of a source as plain values; BadInput names every one that is missing or cannot be read."""
    told: dict[str, Any] = {}
    problems: list[str] = []
    for key, (label, kind) in facts_of(source).items():
        text = str(given.get(key) or "").strip()
        try:
            told[key] = READERS[kind](text) if text else None
        except ValueError as wrong:
            problems.append(f"{label}{wrong}")
        if not text:
            problems.append(f"{label}不能为空")
    if problems:
        raise BadInput(f"{SOURCES[source]}线索至少写明：{'；'.join(problems)}", field="facts")
    return told


def read_moment(text: str) -> str:
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}”不是时间，应写成 2026-09-15 08:30") from None
    return (found if found.tzinfo else found.replace(tzinfo=CHINA)).isoformat()


def read_number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"“{text}”不是数") from None


def read_position(text: str) -> list[float]:
    """经度,纬度 in degrees (CGCS2000)."""
    try:
        lon, lat = (float(part) for part in text.replace("，", ",").split(","))
    except ValueError:
        raise ValueError(f"“{text}”不是位置，应写成 经度,纬度，如 112.93,28.23") from None
    if not (70 <= lon <= 140 and 0 <= lat <= 60):
        raise ValueError(f"“{text}”不在我国范围内，请核对经度在前、纬度在后")
    return [lon, lat]


READERS: dict[str, Any] = {"text": str, "moment": read_moment, "number": read_number, "position": read_position}


@transaction.atomic
def register_clue(
    *, source: str, title: str, severity: str, facts: Mapping[str, Any], began: dt.datetime, ended: dt.datetime | None, by: Officer, at: dt.datetime,
    facility: Facility | None = None, division: Division | None = None, place: str = "", violation: str = "", papers: Sequence[Named] = (),
) -> Clue:
    """Write down what somebody brought, with its papers.  Raises BadInput naming what its source still has to say; then nothing was written."""
    told = read_facts(source, facts)
    if rulebook.load().folder("clues/sources")[source].get("needs") and not papers:
        raise BadInput(f"{SOURCES[source]}线索须附原件（影像、来函、报道等），没有材料的说不清来源", field="files")
    if began > at or began < at - FARTHEST_BACK or (ended is not None and ended < began):
        raise BadInput("起止时间须先起后止，起不晚于现在，也不早于两年前（行政处罚法第36条）", field="began")
    if facility is None and not place.strip():
        raise BadInput("还不知道是哪一家的，请写明地点", field="place")
    if violation and violation not in rulebook.load().violations():
        raise BadInput("涉嫌违法行为须从目录中选择", field="violation")
    position = told.get("position") or [None, None]
    clue = actions.open_clue(
        facility=facility, division=division, source=source, title=title, severity=severity, began=began, ended=ended or began, at=at, by=by, violation=violation,
        more={"place": place.strip(), "lon": position[0], "lat": position[1], "source_facts": told}, is_held=True,
    )  # fmt: skip
    for name, content in papers:
        add_paper(clue, name=name, content=content, source=f"{SOURCES[source]}（线索登记）", by=by, at=at)
    if clue.agency is None:
        actions.let_out(clue, at)
    else:
        governor.govern(clue.agency, at)
    clue.refresh_from_db()
    return clue


@transaction.atomic
def add_paper(
    clue: Clue, *, name: str, content: bytes, source: str, by: Officer, at: dt.datetime, proves: str = "", requirements: Sequence[str] = (), holder: str = ""
) -> EvidenceItem:
    """Take a paper into the clue's own file, digested at intake."""
    folder = file_of(clue, by=by, at=at)
    kind = "audiovisual" if name.lower().endswith(PICTURES) else "documentary"
    return docket.take_evidence(
        docket=folder, kind=kind, name=name[:120], content=content, source=source[:160], taken_at=at, by=by, at=at, proves=proves or clue.title, requirements=requirements, holder=holder,
    )  # fmt: skip


def file_of(clue: Clue, *, by: Officer, at: dt.datetime) -> Any:
    """The clue's own file, opened when the first paper comes."""
    if clue.docket is None:
        unit = clue.agency or duty.unit_for(clue.division) or by.agency.authority
        clue.docket = docket.open_docket(title=f"线索 {clue.number}", agency=unit, by=by, at=at)
        clue.save(update_fields=["docket"])
    return clue.docket
