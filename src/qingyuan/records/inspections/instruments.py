"""Portable instruments and how long their calibration holds: what decides whether a reading may be used as evidence."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F, QuerySet

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry.events import record_event
from qingyuan.records.registry.models import Officer

from .sync_models import Instrument


def instruments(viewer: Officer) -> QuerySet[Instrument]:
    """Those of the viewer's team and bureau, the one whose calibration ends first at the top."""
    return Instrument.objects.select_related("agency").filter(agency__in=[viewer.agency, viewer.agency.authority]).order_by(F("valid_to").asc(nulls_first=True), "serial")


@transaction.atomic
def calibrate(
    *, name: str, serial: str, measures: str = "", certificate: str, calibrated_on: dt.date, valid_to: dt.date, by: Officer, on: dt.date, at: dt.datetime,
) -> Instrument:
    """Register an instrument with its calibration, or write down a new one.  The earlier one stays in the trail.

    Penalty Law art. 46: a reading of an instrument whose calibration did not hold that day proves nothing.
    """
    if not by.has_role("inspector", "analyst", "leader"):
        raise NotAllowed(f"{by.name}没有登记执法仪器的岗位")
    for label, words, longest in (("仪器名称", name, 80), ("出厂编号", serial, 60), ("检定（校准）证书编号", certificate, 60)):
        if not words.strip() or len(words) > longest:
            raise BadInput(f"请写明{label}（不超过{longest}字）", field="serial" if label == "出厂编号" else "")
    if not calibrated_on <= on or not calibrated_on < valid_to:
        raise BadInput("检定日期不得晚于今天，有效期止须晚于检定日期", field="valid_to")
    row = Instrument.objects.select_for_update().filter(agency=by.agency, serial=serial.strip()).first() or Instrument(agency=by.agency, serial=serial.strip())
    before = {"valid_to": str(row.valid_to or ""), "certificate": row.certificate} if row.pk else {}
    row.name, row.measures, row.certificate = name.strip(), measures.strip()[:120], certificate.strip()
    row.calibrated_on, row.valid_to = calibrated_on, valid_to
    row.save()
    record_event(by=by, subject=f"instrument:{row.pk}", step="calibrate", at=at, before=before, after={"valid_to": valid_to.isoformat(), "certificate": row.certificate})
    return row
