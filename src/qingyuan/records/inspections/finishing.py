"""From a finished record to a document: every required element, no open conflict, nothing changed after it was signed.

What stands in the way is written on the record and shown to the officers; the next synchronisation tries again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from qingyuan.clock import CHINA
from qingyuan.errors import NotAllowed, QingyuanError
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.docket import actions as docket
from qingyuan.records.docket.models import Document
from qingyuan.records.registry.models import Officer

from . import actions, captures
from .field_kinds import kinds
from .models import Inspection
from .sync_models import FieldRecord, Instrument, SyncOperation

Cells = Mapping[str, Any]
OFFICERS = 2


def settle(task: Assignment, *, at: dt.datetime) -> None:
    """Try what can be tried after a synchronisation: waiting bytes, finished records, readings, labels."""
    captures.take_waiting(task, at=at)
    for record in FieldRecord.objects.filter(assignment=task).exclude(state="accepted").order_by("received_at"):
        if record.state == "received":
            accept(record, at=at)
        elif record.kind in ("reading", "sample"):
            note(record, READ[record.kind](record))
    captures.file_manifests(task, at=at)


def note(record: FieldRecord, problems: list[str]) -> None:
    if record.problems != problems:
        FieldRecord.objects.filter(pk=record.pk).update(problems=problems)


def accept(record: FieldRecord, *, at: dt.datetime) -> None:
    """Make the document, or write down why not yet."""
    try:
        with transaction.atomic():
            held = FieldRecord.objects.select_for_update(of=("self",)).select_related("assignment__facility").get(pk=record.pk)
            if held.state != "received":
                return
            cells = cells_of(held)
            reasons = why_not(held, cells)
            if reasons:
                raise NotAllowed(reasons)
            by = SyncOperation.objects.select_related("officer__agency").get(operation=held.cells.get(field="_final").heads[-1]).officer
            held.document = MAKE[held.kind](held, cells, by, at)
            held.state, held.problems = "accepted", []
            held.version += 1
            held.save()
    except NotAllowed as error:
        note(record, list(error.reasons))
    except QingyuanError as error:
        note(record, [str(error)])


def cells_of(record: FieldRecord) -> dict[str, Any]:
    """Values by field; a field in conflict is not among them."""
    return {cell.field: cell.value for cell in record.cells.exclude(state="conflict") if cell.value not in (None, "")}


def why_not(record: FieldRecord, cells: Cells) -> list[str]:
    """Every reason why no document can be made yet."""
    kind = kinds()[record.kind]
    rows = list(record.cells.all())
    reasons = [f"{kind.label_of(row.field)}有不同填写，须由检查人员选定并写明理由" for row in rows if row.state == "conflict"]
    reasons += [f"{kind.label_of(row.field)}的前一次填写尚未收到，请等其他设备联网" for row in rows if row.missing]
    reasons += [f"没有填写{kind.label_of(name)}（{'、'.join(written(a) for a in kind.articles)}）" for name in kind.needs if not said(cells, name)]
    return reasons + changed_since(record, cells) + steps_missing(record, cells) + signatures_missing(cells)


def written(article: str) -> str:
    return {"measures_30:28": "令30第28条", "measures_30:23": "令30第23条", "measures_30:25": "令30第25条", "penalty_law:55": "行政处罚法第55条"}.get(article, article)


def changed_since(record: FieldRecord, cells: Cells) -> list[str]:
    """A record is what was read and signed: anything that changed afterwards has to be finished again."""
    final = cells.get("_final")
    signed = final.get("heads") if isinstance(final, Mapping) else None
    if not isinstance(signed, Mapping):
        return ["定稿没有写明所依据的填写，请重新定稿"]
    now = {row.field: row.heads for row in record.cells.all() if row.field != "_final"}
    label = kinds()[record.kind].label_of
    changed = sorted(label(field) for field, heads in now.items() if sorted(heads) != sorted(signed.get(field, [])))
    return [f"定稿之后{'、'.join(changed)}又有改动，请当事人核对后重新定稿"] if changed else []


def steps_missing(record: FieldRecord, cells: Cells) -> list[str]:
    """Certificates shown by two, rights told, recusal asked: recorded steps with their time (Penalty Law arts. 42-44, 55)."""
    steps = cells if record.kind == "interview" else {**visit_cells(record.assignment), **cells}
    shown = steps.get("certificates_shown")
    people = shown.get("officers", []) if isinstance(shown, Mapping) else []
    reasons = []
    if not isinstance(people, list) or len({str(name) for name in people}) < OFFICERS:
        reasons.append("没有记录两名以上执法人员出示执法证件（行政处罚法第42条、第55条）")
    if not moment_of(steps.get("rights_told")):
        reasons.append("没有记录告知权利义务（行政处罚法第44条；令30第23条、第28条）")
    asked = steps.get("recusal_asked")
    if not moment_of(asked):
        reasons.append("没有记录询问是否申请回避（行政处罚法第43条）")
    elif isinstance(asked, Mapping) and asked.get("wants"):
        reasons.append("当事人申请回避，须先作出决定（行政处罚法第43条）")
    return reasons


def signatures_missing(cells: Cells) -> list[str]:
    """Two officers; the party, or the refusal with its witness (令30 art. 28)."""
    signed = [name for name in cells if name.startswith("signature_officer_")]
    reasons = [] if len(signed) >= OFFICERS else ["检查人员应当有两人以上签名（行政处罚法第42条）"]
    refusal = cells.get("refusal")
    if "signature_party" not in cells and not (isinstance(refusal, Mapping) and said(refusal, "reason")):
        reasons.append("当事人没有签名，也没有注明拒签情况（令30第28条）")
    elif "signature_party" not in cells and not (said(refusal, "witness") or said(refusal, "recorded")):
        reasons.append("当事人拒签的，应当有见证人或者写明以录音录像记录（令30第28条）")
    return reasons


def visit_cells(task: Assignment) -> dict[str, Any]:
    record = FieldRecord.objects.filter(assignment=task, kind="visit").first()
    return cells_of(record) if record is not None else {}


def moment_of(told: Any) -> dt.datetime | None:
    """The time of a recorded step, ``{"at": …}``."""
    try:
        found = dt.datetime.fromisoformat(str(told["at"]))
    except (TypeError, KeyError, ValueError):
        return None
    return found if found.tzinfo is not None else None


def said(cells: Any, name: str) -> str:
    """The words in a field, whether written plainly or as ``{"at": …}``."""
    told = cells.get(name) if isinstance(cells, Mapping) else None
    return told.strip() if isinstance(told, str) else str(told.get("at", "")) if isinstance(told, Mapping) else ""


def refusal_words(cells: Cells) -> str:
    refusal = cells.get("refusal")
    if "signature_party" in cells or not isinstance(refusal, Mapping):
        return ""
    witness = said(refusal, "witness")
    return f"拒绝签名：{said(refusal, 'reason')}；{'见证人：' + witness if witness else '已以录音录像记录'}"[:200]


def on_site(record: FieldRecord, cells: Cells, by: Officer, at: dt.datetime) -> Document:
    """The on-site record, through the same action as the desk's."""
    visit = open_visit(record.assignment)
    steps = visit_cells(record.assignment)
    left = moment_of(steps.get("left")) or moment_of(cells["_final"]) or at
    asked = steps.get("recusal_asked")
    row = actions.record(
        visit, production=said(cells, "production"), permits=said(cells, "permits"), treatment=said(cells, "treatment"), facts=said(cells, "facts"),
        sampling=said(cells, "sampling"), person_on_site=said(cells, "person_on_site")[:40], position=said(cells, "position")[:40],
        was_certificate_shown=True, was_told_of_recusal=True, was_signed="signature_party" in cells, refusal=refusal_words(cells), by=by, at=at,
        ended_at=max(min(left, at), visit.began_at), present={
            "telephone": said(cells, "telephone"), "wants_recusal": bool(asked.get("wants")) if isinstance(asked, Mapping) else False,
            **({"comment": said(cells, "comment")} if said(cells, "comment") else {}),
        },
    )  # fmt: skip
    return row.document


def interview(record: FieldRecord, cells: Cells, by: Officer, at: dt.datetime) -> Document:
    """The interview record; each question beside its answer."""
    visit = open_visit(record.assignment)
    pairs = [cells[name] for name in sorted(cells) if name.startswith("qa_") and isinstance(cells[name], Mapping)]
    questions = [{"question": said(pair, "question"), "answer": said(pair, "answer")} for pair in pairs if said(pair, "question")]
    if not questions:
        raise NotAllowed("询问笔录没有问答（令30第25条）")
    asked = cells["recusal_asked"]
    return docket.issue(kind="interview_record", docket=visit.docket, by=by, at=at, facts={
        "agency": {"name": by.agency.authority.name}, "began_at": moment(cells.get("began"), visit.began_at), "ended_at": moment(cells.get("ended"), at),
        "place": said(cells, "place"), "recorder": by.name, "questions": questions, "certificates_shown": True, "rights_told": True,
        "officers": [{"name": o.name, "certificate_number": o.certificate_number} for o in record.assignment.inspectors.order_by("pk")],
        "asked": {
            "name": said(cells, "asked_name"), "id_number": said(cells, "id_number"), "employer": said(cells, "employer"), "position": said(cells, "position"),
            "telephone": said(cells, "telephone"), "relation": said(cells, "relation"), "comment": said(cells, "comment") or refusal_words(cells),
            "wants_recusal": bool(asked.get("wants")),
        },
    })  # fmt: skip


def moment(told: Any, otherwise: dt.datetime) -> str:
    return (moment_of(told) or otherwise).isoformat()


def open_visit(task: Assignment) -> Inspection:
    visit = Inspection.objects.select_related("docket", "assignment", "facility__operator").filter(assignment=task).first()
    if visit is None:
        raise NotAllowed("还没有“进入现场”的记录")
    return visit


def reading(record: FieldRecord) -> list[str]:
    """A reading by an instrument whose calibration did not hold that day is no evidence (Penalty Law art. 46)."""
    cells = cells_of(record)
    serial, when = said(cells.get("instrument"), "serial"), moment_of(cells.get("measured_at"))
    if not serial or when is None:
        return []
    known = Instrument.objects.filter(serial=serial, agency__in=[record.begun_by.agency, record.begun_by.agency.authority]).first()
    if known is None:
        return [f"仪器{serial}没有登记，读数不能作为证据（行政处罚法第46条）"]
    day = when.astimezone(CHINA).date()
    if known.valid_to is None or known.valid_to < day or (known.calibrated_on is not None and known.calibrated_on > day):
        until = f"检定有效期至{known.valid_to}" if known.valid_to else "没有检定记录"
        return [f"{known}{until}，检测时不在有效期内，读数不能作为证据（行政处罚法第46条）"]
    return []




def sample(record: FieldRecord) -> list[str]:
    """One label, one sample."""
    number = said(cells_of(record), "number")
    others = FieldRecord.objects.filter(kind="sample", cells__field="number", cells__value=number).exclude(pk=record.pk)
    return [f"样品编号{number}已用于另一份样品，请核对标签"] if number and others.exists() else []


MAKE = {"on_site": on_site, "interview": interview}
READ = {"reading": reading, "sample": sample}
