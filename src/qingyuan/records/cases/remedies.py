"""Reconsideration and litigation, and what becomes of the decision.  Penalty Law arts. 48, 73."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.models import Officer

from .models import Case, Remedy
from .states import CASE
from .steps import hold, note, take


@transaction.atomic
def record_remedy(case: Case, *, kind: str, body: str, number: str = "", on: dt.date, by: Officer, at: dt.datetime) -> Remedy:
    """The party went to reconsideration or to court; the decision goes on meanwhile (Penalty Law art. 73)."""
    held = hold(case)
    if held.served_on is None:
        raise NotAllowed("决定尚未送达，没有可以复议或者起诉的决定（行政处罚法第73条）")
    if kind not in ("reconsideration", "litigation") or not body.strip():
        raise BadInput("请写明是行政复议还是行政诉讼，以及受理机关", field="kind")
    note(held, "record_remedy", by=by, at=at, why=f"{body}{number}")
    return Remedy.objects.create(case=held, on=on, by=by, made_at=at, kind=kind, body=body, number=number)


@transaction.atomic
def end_remedy(
    remedy: Remedy, *, outcome: str, on: dt.date, by: Officer, at: dt.datetime, why: str = "", new_fine_fen: int | None = None,
) -> Remedy:
    """How it ended; what it did to the decision happens in the same transaction or not at all.

    ``changed`` needs the fine as changed (fen, not above the former one: Reconsideration Law art. 63, Litigation Law art. 77);
    ``annulled`` annuls the decision.
    """
    held = hold(remedy.case)
    if Remedy.objects.select_for_update().get(pk=remedy.pk).ended_on is not None:
        raise NotAllowed("该复议、诉讼已经终结")
    if outcome not in ("upheld", "changed", "annulled", "withdrawn") or on < remedy.on:
        raise BadInput("结果须为维持、变更、撤销或者撤回，终结日期不得早于受理日期", field="outcome")
    remedy.outcome, remedy.ended_on, remedy.note = outcome, on, why
    remedy.save()
    note(held, "end_remedy", by=by, at=at, why=f"{remedy.get_kind_display()}：{remedy.get_outcome_display()}")
    if outcome == "changed":
        change_decision(held, new_fine_fen=new_fine_fen, ground=f"{remedy.body}{remedy.number} {why}".strip(), on=on, by=by, at=at)
    elif outcome == "annulled" and "annul" in {step.name for step in CASE.open_steps(held.state)} and by.has_role("leader"):
        annul(held, ground=f"{remedy.body}{remedy.number} {why}".strip(), on=on, by=by, at=at)
    return remedy


def change_decision(case: Case, *, new_fine_fen: int | None, ground: str, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """Write the fine as a decision of a higher body set it; the former sum stays on record, the publication has to be withdrawn."""
    if new_fine_fen is None or new_fine_fen < 0:
        raise BadInput("变更决定的，请写明变更后的罚款数额（元）", field="new_fine_fen")
    if case.fine_fen is None or new_fine_fen > case.fine_fen:
        raise NotAllowed("复议、诉讼不得加重对当事人的处罚（行政复议法第63条、行政诉讼法第77条）")
    before = case.original_fine_fen if case.original_fine_fen is not None else case.fine_fen
    changes = {"fine_fen": new_fine_fen, "original_fine_fen": before, "changed_on": on}
    return note(case, "change_decision", by=by, at=at, why=ground[:400], changes=changes)


@transaction.atomic
def annul(case: Case, *, ground: str, on: dt.date, by: Officer, at: dt.datetime) -> Case:
    """The decision was annulled on reconsideration, by a court, or by the agency itself.

    The publication has to be withdrawn within three days (Penalty Law art. 48).
    """
    if not ground.strip():
        raise BadInput("请写明撤销决定的文书（复议决定书、判决书等）", field="ground")
    return take(hold(case), "annul", by=by, on=at.date(), at=at, why=ground, changes={"annulled_on": on, "annulment": ground[:200]})
