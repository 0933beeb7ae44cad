"""Numbers of the day for things that are no documents: a stem, the day, a serial."""

from __future__ import annotations

import datetime as dt

from django.db.models import Model


def next_serial(kind: type[Model], letters: str, at: dt.datetime, *, digits: int) -> str:
    """The next free ``<letters><day><serial>`` in the column ``number`` of ``kind``; the unique column settles a race."""
    stem = f"{letters}{at:%Y%m%d}"
    rows = kind._default_manager.select_for_update().filter(number__startswith=stem).order_by("-number")
    last = rows.values_list("number", flat=True).first()
    return f"{stem}{int(last[len(stem):]) + 1 if last else 1:0{digits}d}"
