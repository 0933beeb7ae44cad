"""Many findings, one episode, one clue: joining clues and parting them again, with nothing lost.

Findings, questions to the firm, desk checks and warnings go with the clue they are moved to; every finding remembers where it came from.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.serials import next_serial

from . import actions
from .models import Clue, ClueFinding, FindingMove
from .states import CLUE, SEVERITIES


@transaction.atomic
def merge(clue: Clue, *, into: Clue, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Join a clue to another open one of the same facility; its findings, answers and checks go with it."""
    if clue.pk == into.pk or clue.facility_id != into.facility_id:
        raise BadInput("只能并入同一污染源的另一条线索", field="into")
    if not why.strip():
        raise BadInput("请写明为什么是同一件事", field="why")
    held = Clue.objects.select_for_update(of=("self",)).get(pk=into.pk)
    if held.state in CLUE.final:
        raise NotAllowed(f"{held.number}已经{held.get_state_display()}，不能再并入；可以把它的结论作为“重复”的理由")
    moved = list(clue.findings.all())
    merged = actions.take(clue, "merge", by=by, at=at, why=why, changes={"merged_into": held}, after={"into": held.number, "findings": len(moved)})
    move(moved, clue, held, "merge", why, by, at)
    ordinal = held.requests.count()
    for place, request in enumerate(clue.requests.order_by("ordinal"), ordinal + 1):
        request.clue, request.ordinal = held, place
        request.save(update_fields=["clue", "ordinal"])
    clue.remote_checks.update(clue=held)
    clue.warnings.update(clue=held)
    if held.docket_id is None and clue.docket_id is not None:
        held.docket = clue.docket
    held.evidence_needed = list(dict.fromkeys([*held.evidence_needed, *clue.evidence_needed]))
    reach(held, extra=clue)
    record_event(by=by, subject=f"clue:{held.pk}", step="take_in", at=at, after={"from": clue.number, "findings": len(moved)}, why=why)
    return merged


@transaction.atomic
def split(clue: Clue, *, findings: Collection[str], title: str, why: str, by: Officer, at: dt.datetime) -> Clue:
    """Part some findings of a clue off as a clue of their own; merging it back undoes it.  Returns the new clue."""
    chosen = list(clue.findings.filter(finding_id__in=list(findings)))
    if not chosen or len(chosen) == clue.findings.count():
        raise BadInput("请选出要拆出去的判定，原线索至少留一条", field="findings")
    if not why.strip():
        raise BadInput("请写明为什么不是同一件事", field="why")
    actions.take(clue, "split", by=by, at=at, why=why, after={"findings": [row.finding_id for row in chosen]})
    new = Clue(
        number=next_serial(Clue, "XS", at, digits=5), title=(title.strip() or clue.title)[:160], source=clue.source, rule=chosen[0].rule,
        violation=chosen[0].data.get("violation", clue.violation), facility=clue.facility, division=clue.division, place=clue.place, lon=clue.lon, lat=clue.lat,
        source_facts=clue.source_facts, docket=clue.docket, agency=clue.agency, scheme=clue.scheme, outlet_code=clue.outlet_code, factor=clue.factor,
        severity=clue.severity, began=chosen[0].began, ended=chosen[0].ended, found_at=clue.found_at, due_on=clue.due_on, split_from=clue, registered_by=by,
        evidence_needed=list(dict.fromkeys(item for row in chosen for item in row.data.get("evidence_needed", []))), released_at=clue.released_at, bypass=clue.bypass,
    )  # fmt: skip
    new.save()
    record_event(by=by, subject=f"clue:{new.pk}", step="open_clue", at=at, after={"state": new.state, "split_from": clue.number}, why=why)
    move(chosen, clue, new, "split", why, by, at)
    reach(clue)
    reach(new)
    actions.let_out(new, at, new.bypass)
    return new


def move(rows: list[ClueFinding], origin: Clue, target: Clue, kind: str, why: str, by: Officer, at: dt.datetime) -> None:
    """Findings change their clue, and say so."""
    for row in rows:
        row.clue = target
        row.save(update_fields=["clue"])
    FindingMove.objects.bulk_create(FindingMove(finding=row, origin=origin, target=target, kind=kind, at=at, by=by, why=why) for row in rows)


def reach(clue: Clue, extra: Clue | None = None) -> None:
    """A clue reaches from its first finding to its last and is as grave as the gravest; without findings it stays as written."""
    rows = list(clue.findings.all())
    spans = [(row.began, row.ended) for row in rows] or [(clue.began, clue.ended)]
    if extra is not None and not extra.rule:
        spans.append((extra.began, extra.ended))
    grades = [row.data.get("severity") for row in rows if row.data.get("severity") in SEVERITIES] or [clue.severity]
    if extra is not None:
        grades += [extra.severity, clue.severity]
    clue.began, clue.ended = min(b for b, _ in spans), max(e for _, e in spans)
    clue.severity = min(grades, key=list(SEVERITIES).index)
    clue.save()


def family(clue: Clue) -> dict[str, list[Clue]]:
    """The clues that were joined to this one, and those parted from it."""
    return {
        "merged": list(Clue.objects.filter(merged_into=clue).order_by("id")),
        "parted": list(Clue.objects.filter(split_from=clue).order_by("id")),
    }
