"""What is still missing before a clue may be called a violation: from the rule, and from what the file of that violation needs.

The rule names papers in words; the violation names requirements (docket/requirements.yaml).  A paper named by both is one line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from qingyuan.errors import BadInput
from qingyuan.law import rulebook
from qingyuan.records.docket import queries as docket
from qingyuan.records.docket.models import Docket

from .models import Clue


@dataclass
class Gap:
    """One piece of evidence: its name, who asks for it, and what meets it (references of documents and items)."""

    name: str
    asked_by: list[str] = field(default_factory=list)
    met_by: list[str] = field(default_factory=list)
    because: str = ""

    @property
    def is_met(self) -> bool:
        return bool(self.met_by)


def gaps_of(clue: Clue, *, others: Iterable[Docket] = ()) -> list[Gap]:
    """Every piece of evidence asked for, what is missing first.  ``others`` are files of visits on this clue."""
    files = [folder for folder in (clue.docket, *others) if folder is not None]
    rows: dict[str, Gap] = {}
    for key, name in required(clue.violation):
        gap = rows.setdefault(name, Gap(name))
        gap.asked_by.append("案由要求")
        for folder in files:
            if folder == clue.docket and is_made_on_site(key):
                continue
            met = next((row for row in docket.evidence_gaps(folder, violation=clue.violation) if row["id"] == key and row["is_met"]), None)
            if met is not None and not gap.met_by:
                gap.met_by, gap.because = met["met_by"], met["because"]
    for text in clue.evidence_needed:
        gap = rows.get(near(text, rows) or text) or rows.setdefault(text, Gap(text))
        gap.asked_by.append("规则列出")
        gap.met_by = gap.met_by or held_by_name(text, files)
    return sorted(rows.values(), key=lambda gap: gap.is_met)


def required(violation: str) -> list[tuple[str, str]]:
    """The requirements of a violation: (id, name); none for a clue without one."""
    if not violation:
        return []
    try:
        entry = rulebook.load().entry(f"violations/{violation}")
    except BadInput:
        return []
    return [(key, docket.requirements().get(key, {}).get("name", key)) for key in entry.get("evidence", ())]


def is_made_on_site(key: str) -> bool:
    """Whether any picture would do by its kind: then one that came from afar or from the firm is not one taken on site."""
    want = docket.requirements().get(key, {})
    return bool(want.get("kinds")) and not want.get("words")


def near(text: str, rows: dict[str, Gap]) -> str:
    """The requirement that a rule's words name, when they hold its name or the words it goes by."""
    known = {str(entry["name"]): [str(entry["name"]), *entry.get("words", ())] for entry in docket.requirements().values()}
    return next((name for name in rows if any(word in text for word in known.get(name, [name]))), "")


def held_by_name(text: str, files: list[Docket]) -> list[str]:
    """Items and documents of the files whose name is what the rule asked for."""
    head = text.split("（")[0]
    found = [f"evidence:{item.pk}" for folder in files for item in folder.evidence.all() if head in item.name or item.name.rsplit(".", 1)[0] in text]
    return found + [f"document:{row.pk}" for folder in files for row in folder.documents.all() if row.title in text or head in row.title]
