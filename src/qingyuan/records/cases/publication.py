"""What a case is told by the room that publishes: the two days its clocks stop at.  Penalty Law art. 48."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.records.registry.models import Officer

from .models import Case
from .steps import hold, note


@transaction.atomic
def note_published(case: Case, *, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """The decision was made public."""
    return note(hold(case), "note_published", by=by, at=at, changes={"published_on": on})


@transaction.atomic
def note_withdrawn(case: Case, *, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """The publication was withdrawn."""
    return note(hold(case), "note_withdrawn", by=by, at=at, changes={"publication_withdrawn_on": on})
