"""A unit of judging."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """One facility and [began, ended) of whole days in ms; ``until`` is the end of what may be read."""

    facility: str
    began: int
    ended: int
    until: int
