"""Who may be sent to an enterprise: certified officers, two at least, nobody who must stand back, nobody at home in cross-jurisdiction work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Facility, Officer

from .models import Recusal
from .result_models import Leave
from .states import BARRED, CROSS, MODES


def not_certified(officer: Officer, on: dt.date) -> str:
    """Why this person may not inspect enterprises that day; "" when they may.

    Penalty Law art. 42; 国办发〔2024〕54号: grid workers, auxiliaries, third parties and trainees carry out no inspection of an
    enterprise, whatever certificate is written beside their name.
    """
    barred = [label for role, label in BARRED.items() if officer.has_role(role)]
    if barred:
        return f"{officer.name}是{'、'.join(barred)}，不得承担涉企检查任务（国办发〔2024〕54号）"
    if not officer.has_role("inspector"):
        return f"{officer.name}不是执法人员，不能承担检查任务（行政处罚法第42条）"
    if not officer.is_certified(on):
        until = f"，有效期至{officer.certificate_to}" if officer.certificate_to else ""
        return f"{officer.name}的执法证件在{on}无效{until}（行政处罚法第42条）"
    return ""


def home_city(officer: Officer) -> str:
    """Code of the city an officer belongs to; "" for people of the province."""
    return officer.agency.division.scope_codes()["city_code"]


def at_home(officer: Officer, facility: Facility, mode: str) -> str:
    """Why cross-jurisdiction work forbids this person this place; "" otherwise."""
    if mode not in CROSS or not facility.city_code or home_city(officer) != facility.city_code:
        return ""
    return f"{officer.name}来自{officer.agency.name}，{facility.name}在其本辖区，{MODES[mode]}须由异地人员承担（异地交叉执法回避本地）"


def on_leave(officer: Officer, on: dt.date) -> str:
    """Why this person is not sent that day because of leave; "" when they are there."""
    row = Leave.objects.filter(officer=officer, began__lte=on, ended__gte=on).first()
    return f"{officer.name}{row.began}至{row.ended}请假（{row.why}）" if row is not None else ""


@transaction.atomic
def note_leave(*, officer: Officer, began: dt.date, ended: dt.date, why: str, by: Officer, at: dt.datetime) -> Leave:
    """Write leave down; a leader of the same place, or the officer."""
    if by.pk != officer.pk and not (by.has_role("leader") and by.agency.division_id == officer.agency.division_id):
        raise NotAllowed("由本人或者本单位负责人登记")
    if ended < began or not why.strip():
        raise BadInput("请写明事由" if ended >= began else f"止日{ended}早于起日{began}", field="why" if ended >= began else "ended")
    row = Leave.objects.create(officer=officer, began=began, ended=ended, why=why.strip()[:60], recorded_by=by)
    record_event(by=by, subject=f"officer:{officer.pk}", step="note_leave", at=at, after={"began": began.isoformat(), "ended": ended.isoformat()})
    return row


def reasons(*, facility: Facility, inspectors: Sequence[Officer], on: dt.date, mode: str = "ordinary") -> list[str]:
    """Every reason why these people may not be sent there together."""
    found: list[str] = []
    people: Mapping[int, Officer] = {officer.pk: officer for officer in inspectors}
    if len(people) < 2:
        found.append(f"检查人员不得少于两人，现有{len(people)}人（行政处罚法第42条）")
    for officer in people.values():
        found += [reason for reason in (not_certified(officer, on), on_leave(officer, on), at_home(officer, facility, mode)) if reason]
    for recusal in Recusal.objects.filter(officer__in=people, facility=facility).select_related("officer"):
        found.append(f"{recusal.officer.name}应当回避：{recusal.reason}（行政处罚法第43条）")
    return found
