"""Taking a file in: every row stands for itself, the good ones go in together, the others are named with line and reason.

The same file twice changes nothing: each kind knows its rows by a natural key.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.places import Borders
from qingyuan.records.registry.tabular import Row

from .models import ImportBatch

MOST_TOLD = 500


@dataclass
class Intake:
    """One file being taken in: who, when, its digest, and what is looked up once for all rows."""

    kind: str
    name: str
    content: bytes
    by: Officer | None
    at: dt.datetime
    batch: ImportBatch | None = None
    notes: list[str] = field(default_factory=list)
    seen: dict[str, object] = field(default_factory=dict)

    @cached_property
    def borders(self) -> Borders:
        return Borders()

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Kind:
    """One kind of file: how it is read into rows, how a row is put (True: new, False: known), what its columns are."""

    label: str
    accept: str
    columns: str
    read: Callable[[str, bytes], Iterable[Row]]
    put: Callable[[Row, Intake], bool]
    begin: Callable[[Intake], None] | None = None
    finish: Callable[[Intake], None] | None = None
    roles: tuple[str, ...] = ("analyst", "inspector", "leader")


@dataclass(frozen=True)
class Outcome:
    """What became of a file: new rows, known rows, refused ones as (line, reason)."""

    kind: str
    name: str
    taken: int
    known: int
    refused: list[tuple[int, str]]
    notes: list[str]


@transaction.atomic
def take_file(code: str, kind: Kind, *, name: str, content: bytes, by: Officer | None, at: dt.datetime) -> Outcome:
    """Take one file in, in one transaction.

    ``by`` None is the operator at the console.  Raises BadInput when the whole file cannot be read, NotAllowed for the wrong post.
    """
    if by is not None and not by.has_role(*kind.roles):
        raise NotAllowed(f"导入{kind.label}须由研判、执法人员或者负责人办理；{by.name}的岗位是：{'、'.join(by.role_names) or '无'}")
    intake = Intake(code, name[:160], content, by, at)
    rows = list(kind.read(intake.name, content))
    if not rows:
        raise BadInput(f"“{name}”没有数据行；应有的列：{kind.columns}", field="file")
    intake.batch = ImportBatch.objects.create(kind=code, name=intake.name, digest=intake.digest, at=at, by=by, taken=0, known=0, refused_count=0)
    if kind.begin is not None:
        kind.begin(intake)
    taken, known, refused = 0, 0, []
    for row in rows:
        new, reason = _put(kind, row, intake)
        if reason:
            refused.append((row.line, reason))
        elif new:
            taken += 1
        else:
            known += 1
    if kind.finish is not None:
        kind.finish(intake)
    _write(intake, taken, known, refused)
    return Outcome(code, intake.name, taken, known, refused, intake.notes)


def _put(kind: Kind, row: Row, intake: Intake) -> tuple[bool, str]:
    if row.fault:
        return False, row.fault
    try:
        with transaction.atomic():
            return kind.put(row, intake), ""
    except (BadInput, NotYours) as error:
        return False, str(error)


def _write(intake: Intake, taken: int, known: int, refused: list[tuple[int, str]]) -> None:
    """Keep the record of the file; one that brought nothing new leaves no second record of itself."""
    batch = intake.batch
    if batch is None:
        return
    if not taken and ImportBatch.objects.filter(kind=batch.kind, digest=batch.digest, pk__lt=batch.pk).exists():
        batch.delete()
        return
    batch.taken, batch.known, batch.refused_count = taken, known, len(refused)
    batch.refused = [[line, reason] for line, reason in refused[:MOST_TOLD]]
    batch.save(update_fields=["taken", "known", "refused", "refused_count"])
