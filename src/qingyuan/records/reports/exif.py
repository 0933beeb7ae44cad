"""What a photo says about itself: where, when, how high, which way (EXIF GPS; XMP of the ``drone-dji`` namespace)."""

from __future__ import annotations

import datetime as dt
import io
import math
import re
from typing import Any

from PIL import ExifTags, Image

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput
from qingyuan.records.registry.tabular import in_china

XMP_BYTES = 512 * 1024
DRONE = re.compile(rb'drone-dji:(GimbalYawDegree|FlightYawDegree|RelativeAltitude|AbsoluteAltitude|GpsLatitude|GpsLongitude|RtkFlag)\s*(?:=\s*"|>)\s*([+\-]?\d{1,4}(?:\.\d{1,12})?)')


def about(name: str, content: bytes) -> dict[str, Any]:
    """lon, lat, altitude_m, heading and taken_at of a JPEG; BadInput when it does not say where it was taken."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            told = image.getexif()
            gps, taken = dict(told.get_ifd(ExifTags.IFD.GPSInfo)), told.get_ifd(ExifTags.IFD.Exif)
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, Image.DecompressionBombError):
        raise BadInput(f"“{name}”不是可以读取的照片") from None
    drone = {key.decode(): float(value) for key, value in DRONE.findall(content[:XMP_BYTES])}
    lon, lat = _degrees(gps, 4, 3), _degrees(gps, 2, 1)
    if lon is None or lat is None:
        lon, lat = drone.get("GpsLongitude"), drone.get("GpsLatitude")
    if lon is None or lat is None:
        raise BadInput(f"“{name}”没有拍摄位置（EXIF GPS 或大疆 XMP）；请用开启定位的原图，不要用聊天软件转发的图")
    in_china(lon, lat)
    heading = drone.get("GimbalYawDegree", drone.get("FlightYawDegree"))
    if heading is None:
        heading = _ratio(gps.get(17))
    return {
        "lon": lon, "lat": lat, "altitude_m": drone.get("RelativeAltitude", _ratio(gps.get(6))), "heading": None if heading is None else heading % 360,
        "taken_at": _moment(taken.get(0x9003) or told.get(0x0132), taken.get(0x9011)),
    }  # fmt: skip


def _ratio(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _degrees(gps: dict[int, Any], value: int, reference: int) -> float | None:
    parts = gps.get(value)
    if not isinstance(parts, (tuple, list)) or len(parts) != 3:
        return None
    numbers = [_ratio(part) for part in parts]
    if any(number is None for number in numbers):
        return None
    total = sum(float(number or 0) / 60**place for place, number in enumerate(numbers))
    return -total if str(gps.get(reference, "")).upper()[:1] in ("S", "W") else total


def _moment(text: Any, offset: Any) -> dt.datetime | None:
    """DateTimeOriginal; without its offset the camera's clock is taken to be China's."""
    try:
        at = dt.datetime.strptime(str(text).strip("\0 "), "%Y:%m:%d %H:%M:%S").replace(tzinfo=CHINA)
        if offset and re.fullmatch(r"[+\-]\d{2}:\d{2}", str(offset)):
            at = dt.datetime.fromisoformat(at.strftime("%Y-%m-%dT%H:%M:%S") + str(offset))
        return at
    except ValueError:
        return None
