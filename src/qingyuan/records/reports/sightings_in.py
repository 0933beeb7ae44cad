"""Files of things seen: patches, satellite hot spots, UAV photos, tower-video smoke, mobile tracks."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

from qingyuan.errors import BadInput
from qingyuan.records.docket import vault
from qingyuan.records.registry import tabular
from qingyuan.records.registry.models import Facility
from qingyuan.records.registry.places import within
from qingyuan.records.registry.tabular import Row

from . import exif, sightings
from .models import Sighting, Track
from .states import PATCH_TYPES, SIGHTING_KINDS
from .stepping import schemes
from .taking import Intake, Kind

MAPPED_POINTS = 600
ZIP_MEMBERS = 400
PHOTO_BYTES = 40 << 20
ZIP_BYTES = 400 << 20
HEAT_KM = 0.5


def plain(cells: dict[str, Any]) -> dict[str, Any]:
    """The source's own columns as they came, shortened to what a person reads."""
    return {str(key)[:40]: value if isinstance(value, (int, float, bool)) or value is None else str(value)[:400] for key, value in list(cells.items())[:60]}


# -- patches ----------------------------------------------------------------------------------------------------------------


def put_patch(row: Row, intake: Intake) -> bool:
    """One remote-sensing patch: patch_id, type, source, date_after; its area is measured, never believed."""
    cells, made = row.cells, tabular.border(row.geometry)
    key = tabular.words(cells, "patch_id", "id", "图斑编号", most=100)
    middle = made.representative_point()
    division = within(intake.by, intake.borders.find(middle.x, middle.y, tabular.words(cells, "admin_code", "division", most=12, needed=False)))
    subject = tabular.choice(cells, "type", PATCH_TYPES, default="other")
    after = tabular.day(cells, "date_after", "seen_on")
    due_on = tabular.day(cells, "due_date", needed=False)
    area = None if row.geometry["type"] == "Point" else tabular.area_m2(made)
    confidence = tabular.number(cells, "confidence", low=0, high=1, needed=False)
    seen = dt.datetime.combine(after or intake.at.date(), dt.time(12), intake.at.tzinfo)
    _, is_new = sightings.register(
        kind="patch", key=f"{tabular.words(cells, 'batch', most=40, needed=False)}/{key}", title=f"{PATCH_TYPES[subject]}图斑 {key}" + (f"（{area / 666.667:.1f} 亩）" if area else ""), division=division,
        lon=middle.x, lat=middle.y, seen_at=min(seen, intake.at), at=intake.at, by=intake.by, subject=subject, source=tabular.words(cells, "source", "sensor", most=100, needed=False),
        batch=intake.batch, geometry=row.geometry, area_m2=area, confidence=confidence, data=plain(cells), due_at=dt.datetime.combine(due_on, dt.time(17), intake.at.tzinfo) if due_on else None,
    )
    return is_new


# -- satellite hot spots (FIRMS) --------------------------------------------------------------------------------------------

VIIRS = {"l": 0.3, "n": 0.6, "h": 0.9, "low": 0.3, "nominal": 0.6, "high": 0.9}


def put_hot_spot(row: Row, intake: Intake) -> bool:
    """One FIRMS pixel (UTC); near an open fire of the last hours it stands behind that one, beside a plant it may be its stack."""
    cells = row.cells
    lon, lat = tabular.position(cells)
    clock = tabular.words(cells, "acq_time", most=4).zfill(4)
    on = tabular.day(cells, "acq_date")
    try:
        seen = dt.datetime.combine(on or dt.date.min, dt.time(int(clock[:2]), int(clock[2:])), dt.UTC)
    except ValueError:
        raise BadInput(f"“acq_time”是“{clock}”，应为世界时 HHMM，如 0612") from None
    told = tabular.words(cells, "confidence", most=10, needed=False).lower()
    if told and told not in VIIRS:
        confidence = float(tabular.number(cells, "confidence", low=0, high=100) or 0) / 100
    else:
        confidence = VIIRS.get(told)
    satellite = tabular.words(cells, "satellite", most=20, needed=False)
    division = within(intake.by, intake.borders.find(lon, lat))
    plant = nearest_facility(lon, lat, HEAT_KM)
    title = f"卫星火点 {division.name}" + (f"（距{plant.name} {HEAT_KM:g} 公里内，疑为固定热源）" if plant else "")
    made, is_new = sightings.register(
        kind="hot_spot", key=f"{satellite}/{seen:%Y%m%d%H%M}/{lat:.5f},{lon:.5f}", title=title, division=division, lon=lon, lat=lat, seen_at=seen, at=intake.at, by=intake.by,
        subject="burning", source=f"{satellite} {tabular.words(cells, 'instrument', most=20, needed=False)}".strip(), batch=intake.batch, confidence=confidence, facility=plant,
        data={**plain(cells), "is_static_heat": plant is not None},
    )
    if is_new:
        first = same_fire(made)
        if first is not None:
            sightings.merge(made, into=first, by=None, at=intake.at)
    return is_new


def same_fire(row: Sighting) -> Sighting | None:
    """An earlier open sighting of the same fire, from a satellite or a camera."""
    scheme = schemes()["firms_cluster"]
    span = dt.timedelta(hours=scheme["hours"])
    near = Sighting.objects.filter(kind__in=["hot_spot", "smoke"], state__in=["found", "assigned", "confirmed"], seen_at__range=(row.seen_at - span, row.seen_at + span)).exclude(pk=row.pk)
    near = near.filter(lon__range=(row.lon - 0.02, row.lon + 0.02), lat__range=(row.lat - 0.02, row.lat + 0.02)).order_by("seen_at", "pk")
    return next((one for one in near if kilometres(row.lon, row.lat, one.lon, one.lat) <= scheme["km"]), None)


def kilometres(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Distance over a few kilometres, flat."""
    from math import cos, hypot, radians

    return hypot((to_lon - lon) * 111.32 * cos(radians(lat)), (to_lat - lat) * 110.57)


def nearest_facility(lon: float, lat: float, km: float) -> Facility | None:
    """The nearest facility within some kilometres."""
    wide = km / 80
    near = [(kilometres(lon, lat, row.lon, row.lat), row.pk, row) for row in Facility.objects.filter(lon__range=(lon - wide, lon + wide), lat__range=(lat - wide, lat + wide))]
    best = min(near, default=None, key=lambda one: one[:2])
    return best[2] if best is not None and best[0] <= km else None


# -- tower video ------------------------------------------------------------------------------------------------------------


def put_smoke(row: Row, intake: Intake) -> bool:
    """One smoke event of a tower camera: camera, at, lon, lat; bearing, distance_m, confidence (0 to 1), temperature, snapshot."""
    cells = row.cells
    lon, lat = tabular.position(cells)
    at, camera = tabular.moment(cells, "at", "time"), tabular.words(cells, "camera", "camera_id", most=60)
    division = within(intake.by, intake.borders.find(lon, lat, tabular.words(cells, "division", most=12, needed=False)))
    made, is_new = sightings.register(
        kind="smoke", key=tabular.words(cells, "event_id", "id", most=90, needed=False) or f"{camera}/{at.isoformat()}", title=f"铁塔视频烟火 {division.name}（相机 {camera}）", division=division, lon=lon, lat=lat,
        seen_at=at, at=intake.at, by=intake.by, subject="smoke", source=f"铁塔视频 {camera}", batch=intake.batch, confidence=tabular.number(cells, "confidence", low=0, high=1, needed=False), data=plain(cells),
    )
    if is_new:
        first = same_fire(made)
        if first is not None:
            sightings.merge(made, into=first, by=None, at=intake.at)
    return is_new


# -- photos -----------------------------------------------------------------------------------------------------------------


def read_photos(name: str, content: bytes) -> list[Row]:
    """One JPEG, or a ZIP of them; the row's geometry is the bytes."""
    if not content.startswith(b"PK\x03\x04"):
        return [Row(1, {"name": name}, content)]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = [part for part in archive.infolist() if not part.is_dir() and not part.filename.startswith("__MACOSX")]
            if len(parts) > ZIP_MEMBERS or sum(part.file_size for part in parts) > ZIP_BYTES:
                raise BadInput(f"“{name}”解压后超过 {ZIP_MEMBERS} 张或 {ZIP_BYTES >> 20}MB，请分成几个压缩包", field="file")
            return [_photo(number, part, archive) for number, part in enumerate(parts, 1)]
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError):
        raise BadInput(f"“{name}”不是可以读取的压缩包（加密的也不能读取）", field="file") from None


def _photo(number: int, part: zipfile.ZipInfo, archive: zipfile.ZipFile) -> Row:
    label = part.filename.rsplit("/", 1)[-1][:120]
    if part.file_size > PHOTO_BYTES or part.file_size > 100 * max(part.compress_size, 1) + (1 << 20):
        return Row(number, {"name": label}, fault=f"“{label}”解压后过大")
    with archive.open(part) as handle:
        body = handle.read(PHOTO_BYTES + 1)
    return Row(number, {"name": label}, body, "" if len(body) <= PHOTO_BYTES else f"“{label}”解压后过大")


def put_photo(row: Row, intake: Intake) -> bool:
    """One photo becomes one sighting where it was taken; the same photo twice is one."""
    name, content = row.cells["name"], row.geometry
    found = exif.about(name, content)
    division = within(intake.by, intake.borders.find(found["lon"], found["lat"]))
    made, is_new = sightings.register(
        kind="uav", key=hashlib.sha256(content).hexdigest(), title=f"无人机照片 {name}", division=division, lon=found["lon"], lat=found["lat"], seen_at=found["taken_at"] or intake.at, at=intake.at,
        by=intake.by, source="无人机", batch=intake.batch, data={"altitude_m": found["altitude_m"], "heading": found["heading"], "has_own_time": found["taken_at"] is not None},
    )
    if is_new:
        sightings.add_photo(made, stage="found", name=name, content=content, by=intake.by, at=intake.at, about=found)
    return is_new


# -- tracks -----------------------------------------------------------------------------------------------------------------


def put_fix(row: Row, intake: Intake) -> bool:
    """One reading of the car; nothing is written before the whole track is known."""
    cells = row.cells
    lon, lat = tabular.position(cells)
    value = tabular.number(cells, "value", "tvoc", low=0, needed=False)
    wind_from, wind_speed = tabular.number(cells, "wind_from", low=0, high=360, needed=False), tabular.number(cells, "wind_speed", low=0, high=60, needed=False)
    fixes: list[dict[str, Any]] = intake.seen.setdefault("fixes", [])  # type: ignore[assignment]
    at = tabular.moment(cells, "at", "time")
    if at > intake.at + dt.timedelta(minutes=10):
        raise BadInput(f"时间 {at:%Y-%m-%d %H:%M} 晚于现在")
    within(intake.by, _division(lon, lat, intake))
    intake.seen.setdefault("about", {"vehicle": tabular.words(cells, "vehicle", most=40, needed=False), "factor": tabular.words(cells, "factor", most=20, needed=False) or "a24088"})
    fixes.append({"at": at, "lon": lon, "lat": lat, "value": float("nan") if value is None else value, "wind_from": wind_from, "wind_speed": wind_speed})
    return not Track.objects.filter(key=intake.digest).exists() if "is_new" not in intake.seen else bool(intake.seen["is_new"])


def _division(lon: float, lat: float, intake: Intake) -> Any:
    """The division of a reading, asked once for each hundredth of a degree."""
    cell = f"{lon:.2f},{lat:.2f}"
    if cell not in intake.seen:
        intake.seen[cell] = intake.borders.find(lon, lat)
    return intake.seen[cell]


def begin_track(intake: Intake) -> None:
    intake.seen["is_new"] = not Track.objects.filter(key=intake.digest).exists()


def finish_track(intake: Intake) -> None:
    """Keep the file, the thinned line and the hot spots with who lies upwind of them."""
    fixes: list[dict[str, Any]] = sorted(intake.seen.get("fixes", []), key=lambda row: row["at"])  # type: ignore[arg-type, call-overload]
    if not fixes or not intake.seen["is_new"]:
        return
    from . import door

    about: dict[str, str] = intake.seen["about"]  # type: ignore[assignment]
    good = [row for row in fixes if row["value"] == row["value"]]
    (background, threshold), spots = door.hot_spots(good, about["factor"])
    kept, middle = vault.keep(intake.content), fixes[len(fixes) // 2]
    made = Track(
        key=intake.digest, vehicle=about["vehicle"], factor=about["factor"], began=fixes[0]["at"], ended=fixes[-1]["at"], points=len(fixes), valid=len(good), peak=max(row["value"] for row in good),
        background=background, threshold=threshold, line=list(thinned(good)), digest=kept.digest, batch=intake.batch, division=_division(middle["lon"], middle["lat"], intake),
    )
    made.save()
    for spot in spots:
        first = spot["candidates"][0]["name"] if spot["candidates"] else "附近没有登记的污染源"
        sightings.register(
            kind="mobile", key=f"{intake.digest[:24]}/{spot['began']:%Y%m%d%H%M%S}", title=f"走航热点 峰值 {spot['peak']:.0f}（先查：{first}）", division=_division(spot["lon"], spot["lat"], intake), lon=spot["lon"],
            lat=spot["lat"], seen_at=spot["began"], at=intake.at, by=intake.by, subject="voc", source=f"走航 {about['vehicle']}".strip(), batch=intake.batch,
            data={"peak": spot["peak"], "background": background, "threshold": threshold, "passes": spot["passes"], "wind_from": spot["wind_from"], "wind_speed": spot["wind_speed"], "candidates": spot["candidates"][:8], "track": made.pk},
        )
    intake.notes.append(f"轨迹 {len(good)} 个有效读数，背景 {background:.0f}，门槛 {threshold:.0f}，热点 {len(spots)} 处")


def thinned(rows: list[dict[str, Any]]) -> Iterator[list[float]]:
    """At most so many points; of each stretch the highest, so that no peak is lost on the map."""
    step = max(1, -(-len(rows) // MAPPED_POINTS))
    for start in range(0, len(rows), step):
        top = max(rows[start : start + step], key=lambda row: row["value"])
        yield [round(top["lon"], 6), round(top["lat"], 6), round(top["value"], 2)]


def read_sheet(name: str, content: bytes) -> Iterable[Row]:
    return tabular.sheet(name, content).rows


def read_lines(name: str, content: bytes) -> Iterable[Row]:
    return tabular.json_lines(name, content)


PATCHES = Kind(SIGHTING_KINDS["patch"], ".geojson,.json", "patch_id、type、date_after（可有 batch、source、confidence、admin_code、due_date）", tabular.features, put_patch)
HOT_SPOTS = Kind("卫星火点（FIRMS）", ".csv,.xlsx", "latitude、longitude、acq_date、acq_time（世界时）、satellite、confidence", read_sheet, put_hot_spot)
SMOKE = Kind(SIGHTING_KINDS["smoke"], ".jsonl,.ndjson,.json", "每行一个对象：camera、at、lon、lat（可有 event_id、confidence、bearing、distance_m）", read_lines, put_smoke)
PHOTOS = Kind(SIGHTING_KINDS["uav"], ".jpg,.jpeg,.zip", "带定位的原图，或其压缩包", read_photos, put_photo)
TRACKS = Kind("走航轨迹", ".csv,.xlsx", "at、lon、lat、value（可有 wind_from、wind_speed、vehicle、factor）", read_sheet, put_fix, begin_track, finish_track)
