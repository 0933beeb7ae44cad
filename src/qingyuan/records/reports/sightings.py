"""The life of a sighting: seen, checked on site, rectified, closed (销号); never by itself the basis of a penalty."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from shapely.geometry import Point, shape

from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.docket import vault
from qingyuan.records.docket.intake import examine
from qingyuan.records.registry.events import record_event, trail
from qingyuan.records.registry.models import Area, Division, Event, Facility, Officer
from qingyuan.records.registry.scope import one, scoped
from qingyuan.records.registry.serials import next_serial

from .models import ImportBatch, Sighting, SightingPhoto
from .states import PATCH_TYPES, SIGHTING, SIGHTING_KINDS
from .stepping import due, schemes, take, why_not, words

LEAD = "遥感、无人机、视频和走航发现只是线索，须经现场核查，不能单独作为行政处罚的依据（行政处罚法第41、46条；图斑见自然资发〔2023〕258号）"
SENSITIVE = ("protected_area", "water_source_zone", "no_burn_zone", "key_area")
OPEN = [state for state in SIGHTING.states if state not in SIGHTING.final]


def hours_of(kind: str, step: str) -> float:
    """The clock of a kind of sighting, in hours."""
    return float(schemes()["sightings"][kind][step])


@transaction.atomic
def register(
    *, kind: str, key: str, title: str, division: Division, lon: float, lat: float, seen_at: dt.datetime, at: dt.datetime, by: Officer | None,
    subject: str = "other", source: str = "", batch: ImportBatch | None = None, geometry: Any = None, area_m2: float | None = None,
    confidence: float | None = None, facility: Facility | None = None, data: dict[str, Any] | None = None, due_at: dt.datetime | None = None,
) -> tuple[Sighting, bool]:
    """Write a sighting down once; returns it and whether it is new.  Its check is due by the scheme of its kind."""
    if kind not in SIGHTING_KINDS or subject not in PATCH_TYPES:
        raise BadInput(f"类型须为{'、'.join(SIGHTING_KINDS.values())}之一", field="kind")
    known = Sighting.objects.filter(kind=kind, key=key).first()
    if known is not None:
        return known, False
    if seen_at > at + dt.timedelta(minutes=10):
        raise BadInput(f"发现时间 {seen_at:%Y-%m-%d %H:%M} 晚于现在，请核对时区（FIRMS 为 UTC）")
    clock = due(at, hours_of(kind, "verify"))
    if due_at is not None and due_at > at:
        clock = due(due_at, 0)
    row = Sighting(
        number=next_serial(Sighting, "FX", at, digits=5), kind=kind, key=key, subject=subject, title=title[:160], source=source[:120], batch=batch, division=division,
        seen_at=seen_at, received_at=at, lon=lon, lat=lat, geometry=geometry, area_m2=area_m2, confidence=confidence, facility=facility, data=data or {},
        area=area_around(lon, lat, at.date()), **clock,
    )
    row.save()
    record_event(by=by, subject=f"sighting:{row.pk}", step="register", at=at, after={"state": row.state, "title": row.title})
    return row, True


def area_around(lon: float, lat: float, on: dt.date) -> Area | None:
    """The most sensitive area the point lies in."""
    near = Area.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on, kind__in=SENSITIVE, west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat)
    hit = [row for row in near if shape(row.geometry).covers(Point(lon, lat))]
    return min(hit, key=lambda row: (SENSITIVE.index(row.kind), row.code), default=None)


# -- what rows views get --------------------------------------------------------------------------------------------------


def sightings(viewer: Officer) -> QuerySet[Sighting]:
    """Sightings of the viewer's division, the most urgent first; repeated ones stand behind the one they were joined to."""
    rows = Sighting.objects.select_related("division", "area", "facility", "checker").exclude(state="merged")
    return scoped(rows, viewer).order_by("due_on", "id")


def open_sightings(viewer: Officer) -> QuerySet[Sighting]:
    return sightings(viewer).filter(state__in=OPEN)


def sighting(viewer: Officer, number: str) -> Sighting:
    return one(Sighting.objects.select_related("division", "area", "facility", "checker"), viewer, number=number)


def photos(viewer: Officer, row: Sighting) -> QuerySet[SightingPhoto]:
    return scoped(SightingPhoto.objects.filter(sighting=row), viewer, through="sighting")


def photo(viewer: Officer, pk: int) -> SightingPhoto:
    return one(SightingPhoto.objects.select_related("sighting"), viewer, through="sighting", pk=pk)


def photo_content(row: SightingPhoto) -> bytes:
    return vault.fetch(row.digest)


def joined(row: Sighting) -> int:
    """How many repeated sightings stand behind this one."""
    return Sighting.objects.filter(merged_into=row).count()


def history(row: Sighting) -> list[Event]:
    return trail(f"sighting:{row.pk}")


def tally(viewer: Officer, today: dt.date) -> list[dict[str, Any]]:
    """For each kind: all, open, late, true, closed; the share that was true is over those that were checked."""
    rows = scoped(Sighting.objects.exclude(state="merged"), viewer).values("kind").annotate(
        all=Count("pk"), open=Count("pk", filter=Q(state__in=OPEN)), late=Count("pk", filter=Q(state__in=OPEN, due_on__lt=today)),
        true=Count("pk", filter=Q(state__in=["confirmed", "rectified", "closed"])), untrue=Count("pk", filter=Q(state__in=["refuted", "lawful"])), closed=Count("pk", filter=Q(state="closed")),
    )  # fmt: skip
    found = {row["kind"]: row for row in rows.order_by("kind")}
    return [{**found[kind], "label": label, "checked": found[kind]["true"] + found[kind]["untrue"], "share": found[kind]["true"] / (found[kind]["true"] + found[kind]["untrue"]) if found[kind]["true"] + found[kind]["untrue"] else None}
            for kind, label in SIGHTING_KINDS.items() if kind in found]  # fmt: skip


# -- what an officer does ---------------------------------------------------------------------------------------------------


@transaction.atomic
def add_photo(
    row: Sighting, *, stage: str, name: str, content: bytes, by: Officer | None, at: dt.datetime, about: dict[str, Any] | None = None,
) -> SightingPhoto:
    """Keep a photo with what it says about itself; the same bytes at the same stage are kept once."""
    found = examine(name, content)
    if found.media_type not in ("image/jpeg", "image/png"):
        raise BadInput(f"“{name}”不是 JPEG 或 PNG 照片", field="files")
    kept = vault.keep(content)
    made, is_new = SightingPhoto.objects.get_or_create(
        sighting=row, stage=stage, digest=kept.digest,
        defaults={"name": name[:120], "media_type": found.media_type, "size": kept.size, "sm3": kept.sm3, "by": by, "at": at, **(about or {})},
    )
    if is_new:
        record_event(by=by, subject=f"sighting:{row.pk}", step="add_photo", at=at, after={"name": made.name, "digest": kept.digest, "stage": stage})
    return made


def reasons_against(row: Sighting, step: str, by: Officer) -> tuple[str, ...]:
    """Why a step cannot be taken now: the table, the post, and for closing the photo of the place as it is now."""
    reasons = why_not(row, SIGHTING, step, by)
    if step == "close" and not SightingPhoto.objects.filter(sighting=row, stage="after").exists():
        reasons += ("还没有整改后的照片，不能销号",)
    if step == "close" and row.checker_id == by.pk:
        reasons += ("销号应由核查人以外的人办理",)
    return reasons


def assign(row: Sighting, *, checker: Officer, by: Officer, at: dt.datetime) -> Sighting:
    """Send somebody to look."""
    if not checker.has_role("inspector"):
        raise BadInput(f"{checker.name}不是执法人员", field="checker")
    return take(row, SIGHTING, "assign", by=by, at=at, changes={"checker": checker, **due(at, hours_of(row.kind, "verify"))}, why=f"派{checker.name}核查")


@transaction.atomic
def confirm(row: Sighting, *, finding: str, facility: Facility | None = None, rectify_by: dt.date | None = None, by: Officer, at: dt.datetime) -> Sighting:
    """It was found on site as it was seen; its rectification is due by the scheme or by the day given."""
    changes: dict[str, Any] = {"finding": words(finding, "现场看到了什么、谁、在哪里", "finding", 4), "checker": row.checker or by, **due(at, hours_of(row.kind, "rectify"))}
    if rectify_by is not None:
        if rectify_by < at.date():
            raise BadInput("整改期限不能早于今天", field="rectify_by")
        changes["due_on"] = rectify_by
    if facility is not None:
        changes["facility"] = facility
    return take(row, SIGHTING, "confirm", by=by, at=at, why=finding, changes=changes)


def refute(row: Sighting, *, finding: str, by: Officer, at: dt.datetime) -> Sighting:
    """Nothing of the kind was there."""
    return take(row, SIGHTING, "refute", by=by, at=at, why=finding, changes={"finding": words(finding, "现场看到了什么", "finding", 4), "checker": row.checker or by})


def find_lawful(row: Sighting, *, finding: str, by: Officer, at: dt.datetime) -> Sighting:
    """It is there, and it may be: with the approval that says so."""
    return take(row, SIGHTING, "find_lawful", by=by, at=at, why=finding, changes={"finding": words(finding, "合法手续的名称和文号", "finding", 4), "checker": row.checker or by})


@transaction.atomic
def merge(row: Sighting, *, into: Sighting, by: Officer | None, at: dt.datetime, why: str = "") -> Sighting:
    """Join a repeated sighting to the first one."""
    if row.pk == into.pk or into.state == "merged":
        raise BadInput("只能并入另一条尚在的发现", field="into")
    if by is not None:
        return take(row, SIGHTING, "merge", by=by, at=at, why=why or f"并入{into.number}", changes={"merged_into": into})
    row.state, row.merged_into = SIGHTING.take(row.state, "merge"), into
    row.save(update_fields=["state", "merged_into"])
    return row


def rectify(row: Sighting, *, remedy: str, by: Officer, at: dt.datetime) -> Sighting:
    """The rectification is done and described; the photo of the place afterwards is added beside it."""
    return take(row, SIGHTING, "rectify", by=by, at=at, why=remedy, changes={"remedy": words(remedy, "整改了什么", "remedy", 4), **due(at, float(schemes()["close"]))})


def send_back(row: Sighting, *, why: str, by: Officer, at: dt.datetime) -> Sighting:
    """The rectification does not hold."""
    return take(row, SIGHTING, "send_back", by=by, at=at, why=words(why, "退回的理由", "why"), changes=due(at, hours_of(row.kind, "rectify")))


def close(row: Sighting, *, why: str, by: Officer, at: dt.datetime) -> Sighting:
    """Strike it off the list (销号), by somebody else than who checked it, with the photo that shows it."""
    reasons = reasons_against(row, "close", by)
    if reasons:
        raise NotAllowed(reasons)
    return take(row, SIGHTING, "close", by=by, at=at, why=words(why, "销号依据", "why"))


@transaction.atomic
def hand_to_clue(row: Sighting, *, clue_number: str, by: Officer, at: dt.datetime) -> Sighting:
    """Remember the clue that was opened from this sighting; the clue's own room opens it."""
    fresh = Sighting.objects.select_for_update().get(pk=row.pk)
    if fresh.clue_number:
        raise NotAllowed(f"已转为线索 {fresh.clue_number}，不重复转出")
    fresh.clue_number = clue_number
    fresh.save(update_fields=["clue_number"])
    record_event(by=by, subject=f"sighting:{fresh.pk}", step="hand_to_clue", at=at, after={"clue": clue_number})
    row.refresh_from_db()
    return row


def facts_of(row: Sighting) -> dict[str, Any]:
    """What a clue is told about a sighting: plain values, with the sentence that it is a lead."""
    return {
        "number": row.number, "kind": row.get_kind_display(), "subject": row.get_subject_display(), "seen_at": row.seen_at.isoformat(), "lon": row.lon, "lat": row.lat,
        "area": str(row.area) if row.area else "", "finding": row.finding, "confidence": row.confidence, "caution": LEAD,
    }  # fmt: skip
