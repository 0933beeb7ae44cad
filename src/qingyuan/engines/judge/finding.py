"""A finding: what a rule saw, by which law, computed how, from which readings.

A finding is not a violation.  It names what is still missing (``evidence_needed``) before a person may call it one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import Any

from .working import Node

CHINA = dt.timezone(dt.timedelta(hours=8))
SEVERITIES = ("blue", "yellow", "orange", "red")  # our own scale, no legal force


@dataclass(frozen=True)
class Finding:
    """One finding.

    ``began``/``ended`` are aware datetimes, half-open; ``value``/``limit_value`` are in ``unit``; ``multiple`` is
    value/limit - 1 (null where there is no limit); ``basis`` are citations valid on the day of the act;
    ``inputs_digest`` is the SHA-256 over the canonical readings (series.digest); ``anchor`` (ms) is the moment the id
    hangs on: it stays when an episode of the same day grows, so that a live finding keeps its id.
    """

    rule: str
    revision: int
    title: str
    severity: str
    violation: str
    facility: str
    outlet: str
    point: str
    factor: str
    began: dt.datetime
    ended: dt.datetime
    value: float
    unit: str
    limit_value: float | None
    multiple: float | None
    basis: tuple[str, ...]
    evidence_needed: tuple[str, ...]
    inputs_digest: str
    working: Node = field(hash=False)
    anchor: int = 0
    division: str = ""

    @property
    def id(self) -> str:
        """Sixteen hex digits from rule, revision, place, factor and anchor."""
        parts = (self.rule, str(self.revision), self.facility, self.outlet, self.point, self.factor, str(self.anchor))
        return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]

    def as_json(self) -> dict[str, Any]:
        """Return the finding as cli.md gives it, plus title, severity, evidence and working."""
        told = {"id": self.id, **asdict(self)}
        told["began"], told["ended"] = self.began.isoformat(), self.ended.isoformat()
        told["basis"], told["evidence_needed"] = list(self.basis), list(self.evidence_needed)
        return told

    def line(self) -> str:
        """Return one line of canonical JSON; equal findings give equal lines."""
        return json.dumps(self.as_json(), ensure_ascii=False, sort_keys=True)


def from_json(told: dict[str, Any]) -> Finding:
    """Return the finding that ``as_json`` wrote; a missing key raises KeyError."""
    fields = {name: told[name] for name in Finding.__dataclass_fields__}
    fields["began"], fields["ended"] = (dt.datetime.fromisoformat(told[end]) for end in ("began", "ended"))
    fields["basis"], fields["evidence_needed"] = tuple(told["basis"]), tuple(told["evidence_needed"])
    return Finding(**fields)


def ordered(findings: list[Finding]) -> list[Finding]:
    """Return findings in the one order everything prints them in; equal ids are one finding."""
    once = {finding.id: finding for finding in findings}
    return sorted(once.values(), key=lambda f: (f.began, f.facility, f.outlet, f.point, f.factor, f.rule, f.id))


def moment(ms: int | float) -> dt.datetime:
    """Return milliseconds since 1970 as an aware datetime in China."""
    return dt.datetime.fromtimestamp(int(ms) / 1000, tz=CHINA)


def milliseconds(at: dt.datetime) -> int:
    """Return an aware datetime as milliseconds since 1970 UTC."""
    return round(at.timestamp() * 1000)
