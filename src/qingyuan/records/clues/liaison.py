"""Registers of working together: alerts and letters of other departments in, check lists out, meetings, agreements."""

from __future__ import annotations

import csv
import datetime as dt
import io

from django.db import transaction
from django.db.models import Q, QuerySet

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.docket import actions as docket
from qingyuan.records.registry import queries as registry
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer
from qingyuan.records.registry.scope import one, scoped

from .liaison_models import ALERT_LEVELS, LIAISON_KINDS, LiaisonEntry


@transaction.atomic
def register_entry(
    *, kind: str, title: str, parties: str, on: dt.date, content: str, by: Officer, at: dt.datetime, until: dt.date | None = None, level: str = "", reference: str = "",
    file: tuple[str, bytes] | None = None,
) -> LiaisonEntry:
    """Write one entry down, with its original when there is one.  A weather alert needs its level and its end."""
    if kind not in dict(LIAISON_KINDS):
        raise BadInput(f"种类须为：{'、'.join(label for _, label in LIAISON_KINDS)}", field="kind")
    if not (title.strip() and parties.strip() and content.strip()):
        raise BadInput("请写明标题、对方单位和内容", field="title")
    if kind == "weather" and (level not in dict(ALERT_LEVELS) or until is None):
        raise BadInput("重污染天气预警须写明级别和解除日期（可先写预计的）", field="level")
    if until is not None and until < on:
        raise BadInput("截止日期不能早于开始日期", field="until")
    if not by.has_role("inspector", "analyst", "leader", "publisher"):
        raise NotAllowed("协同台账由执法、研判、公开岗位的人员或者负责人登记")
    row = LiaisonEntry(
        kind=kind, title=title.strip(), parties=parties.strip(), on=on, until=until, level=level if kind == "weather" else "", content=content.strip(), reference=reference.strip(),
        division=by.agency.division, made_by=by, made_at=at,
    )
    if file is not None:
        folder = docket.open_docket(title=f"协同：{row.title}"[:120], agency=by.agency.authority, by=by, at=at)
        row.item = docket.take_evidence(docket=folder, kind="documentary", name=file[0], content=file[1], source=row.parties, taken_at=at, by=by, at=at)
    row.save()
    record_event(by=by, subject=f"liaison:{row.pk}", step="register_entry", at=at, after={"kind": kind, "title": row.title})
    return row


def entries(viewer: Officer, *, kind: str = "") -> QuerySet[LiaisonEntry]:
    rows = scoped(LiaisonEntry.objects.select_related("item", "made_by", "division"), viewer)
    return (rows.filter(kind=kind) if kind else rows).order_by("-id")


def entry_for(viewer: Officer, pk: int) -> LiaisonEntry:
    return one(LiaisonEntry.objects.all(), viewer, pk=pk)


def alert_in_force(viewer: Officer, on: dt.date) -> LiaisonEntry | None:
    """The gravest heavy-pollution alert in force for the viewer's division on a day; one of a division above holds below."""
    codes = [code for code in viewer.agency.division.scope_codes().values() if code]
    rows = LiaisonEntry.objects.filter(Q(division__in=codes), kind="weather", on__lte=on, until__gte=on)
    return max(rows, key=lambda row: [key for key, _ in ALERT_LEVELS].index(row.level), default=None)


def cut_list(viewer: Officer, row: LiaisonEntry) -> bytes:
    """The check list that goes out with an alert: every facility of the viewer's division, to be filled in on the spot, as CSV.

    The measures of each firm stand in its own plan (一厂一策), which this register does not hold; the column is left open.
    """
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow([f"{row.get_level_display()}应急减排核查清单", row.title, str(row.on), str(row.until or "")])
    lines.writerow(["属地", "污染源", "编码", "行业", "重点排污单位", "减排措施（按一厂一策填写）", "核查时间", "是否落实", "核查人"])
    for place in registry.facilities(viewer).order_by("division_id", "code"):
        lines.writerow([place.division.name, place.name, place.code, place.industry, "是" if place.is_key_discharger else "", "", "", "", ""])
    return ("\ufeff" + out.getvalue()).encode()
