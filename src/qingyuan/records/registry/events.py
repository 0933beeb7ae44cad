"""The trail: every change a person makes is written in the transaction that makes it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .models import Event, Officer


def record_event(
    *, by: Officer | None, subject: str, step: str, at: dt.datetime,
    before: dict[str, Any] | None = None, after: dict[str, Any] | None = None, why: str = "",
) -> Event:
    """Write one event; ``subject`` is ``<kind>:<id>``, ``at`` an aware moment. Call it inside the change's transaction."""
    return Event.objects.create(at=at, by=by, subject=subject, step=step, before=before or {}, after=after or {}, why=why)


def trail(subject: str) -> list[Event]:
    """Everything done to one subject, oldest first."""
    return list(Event.objects.filter(subject=subject).select_related("by").order_by("id"))
