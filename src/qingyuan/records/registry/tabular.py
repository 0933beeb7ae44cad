"""Files that somebody hands in, as rows with their line numbers.  A file is hostile until it has been read.

Limits: size, rows, depth of nesting, unpacked size of a workbook.  A cell that is a formula is never a value: in a workbook the formula
cells are named, in a CSV a text that a spreadsheet would run (= + - @ at its beginning and no number) is refused with its row.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import python_calamine
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from qingyuan.clock import CHINA
from qingyuan.errors import BadInput

MEGABYTE = 1 << 20
MOST_BYTES = 48 * MEGABYTE
MOST_ROWS = 200_000
MOST_DEPTH = 24
MOST_VERTICES = 100_000
MOST_UNPACKED = 256 * MEGABYTE
MOST_RATIO = 200
LONGEST_CELL = 4_000
CHINA_BOX = (73.0, 3.0, 136.0, 54.5)
FORMULA = re.compile(r"^[=+\-@\t\r]")
NUMBER = re.compile(r"^[+\-]?(\d+\.?\d*|\.\d+)([eE][+\-]?\d+)?$")


@dataclass(frozen=True)
class Row:
    """One row of a file; ``line`` as a person would count it, ``cells`` text by heading (or a GeoJSON feature's properties)."""

    line: int
    cells: dict[str, Any]
    geometry: Any = None
    fault: str = ""


@dataclass
class Sheet:
    """A file's heading and rows."""

    heading: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)


def sheet(name: str, content: bytes) -> Sheet:
    """Read CSV or XLSX by its bytes, whatever the name says.  Raises BadInput when the whole file cannot be read."""
    if not content:
        raise BadInput(f"“{name}”是空文件，请重新选择", field="file")
    if len(content) > MOST_BYTES:
        raise BadInput(f"“{name}”有 {len(content) / MEGABYTE:.0f}MB，超过 {MOST_BYTES // MEGABYTE}MB，请分成几个文件", field="file")
    return _workbook(name, content) if content.startswith(b"PK\x03\x04") else _csv(name, content)


def text_of(name: str, content: bytes) -> str:
    """Decode UTF-8 (with or without mark) or GB 18030; BadInput for anything else."""
    if len(content) > MOST_BYTES:
        raise BadInput(f"“{name}”有 {len(content) / MEGABYTE:.0f}MB，超过 {MOST_BYTES // MEGABYTE}MB，请分成几个文件", field="file")
    if b"\0" in content:
        raise BadInput(f"“{name}”不是文本文件；可以导入 CSV、XLSX、GeoJSON、JSON 行", field="file")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(f"“{name}”的文字编码不是 UTF-8 或 GB 18030，请另存为 UTF-8", field="file")


def _csv(name: str, content: bytes) -> Sheet:
    lines = csv.reader(io.StringIO(text_of(name, content), newline=""))
    try:
        heading = tuple(cell.strip() for cell in next(lines, []))
        if not any(heading):
            raise BadInput(f"“{name}”第一行不是列名", field="file")
        made = Sheet(heading)
        for cells in lines:
            if any(cell.strip() for cell in cells):
                made.rows.append(_row(lines.line_num, heading, cells))
                _not_too_many(name, made)
    except csv.Error as error:
        raise BadInput(f"“{name}”第 {lines.line_num} 行不是 CSV：{error}", field="file") from None
    return made


def _row(line: int, heading: Sequence[str], cells: Sequence[Any], formulas: frozenset[int] = frozenset()) -> Row:
    told = {name: _cell(value) for name, value in zip(heading, cells, strict=False) if name}
    fault = ""
    if len(cells) > len(heading) and any(str(cell).strip() for cell in cells[len(heading):]):
        fault = f"有 {len(cells)} 格，列名只有 {len(heading)} 个"
    for at, (name, value) in enumerate(told.items()):
        if len(value) > LONGEST_CELL:
            fault = f"“{name}”超过 {LONGEST_CELL} 字"
        elif at in formulas or (FORMULA.match(value) and not NUMBER.match(value.strip())):
            fault = f"“{name}”是公式或以公式符号开头，请粘贴为数值或文字"
    return Row(line, told, fault=fault)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    return str(value).strip()


def _not_too_many(name: str, made: Sheet) -> None:
    if len(made.rows) > MOST_ROWS:
        raise BadInput(f"“{name}”超过 {MOST_ROWS:,} 行，请分成几个文件", field="file")


def _workbook(name: str, content: bytes) -> Sheet:
    formulas = _formulas(name, content)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except BaseException as error:  # a parser written in another language may panic on hostile bytes
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        raise BadInput(f"“{name}”不是可以读取的 XLSX：请用表格软件另存后再试", field="file") from None
    heading = tuple(str(cell).strip() for cell in rows[0]) if rows else ()
    if not any(heading):
        raise BadInput(f"“{name}”第一个工作表的第一行不是列名", field="file")
    made = Sheet(heading)
    for line, cells in enumerate(rows[1:], 2):
        if any(str(cell).strip() for cell in cells):
            made.rows.append(_row(line, heading, cells, formulas.get(line, frozenset())))
            _not_too_many(name, made)
    return made


CELL_WITH_FORMULA = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f[ >/]')


def _formulas(name: str, content: bytes) -> dict[int, frozenset[int]]:
    """Columns with a formula by row of the first sheet, after the archive was found harmless."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if len(parts) > 2_000 or unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(len(content), 1) + MEGABYTE:
                raise BadInput(f"“{name}”解压后过大（{unpacked // MEGABYTE}MB），没有打开；请只保留需要的工作表", field="file")
            sheets = sorted(part.filename for part in parts if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", part.filename))
            with archive.open(sheets[0]) as handle:
                body = handle.read(MOST_UNPACKED + 1)
    except (zipfile.BadZipFile, IndexError, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        raise BadInput(f"“{name}”不是可以读取的 XLSX：请用表格软件另存后再试", field="file") from None
    if len(body) > MOST_UNPACKED:
        raise BadInput(f"“{name}”解压后过大，没有打开", field="file")
    found: dict[int, set[int]] = {}
    for letters, row in CELL_WITH_FORMULA.findall(body):
        column = 0
        for letter in letters.decode():
            column = column * 26 + ord(letter) - 64
        found.setdefault(int(row), set()).add(column - 1)
    return {row: frozenset(columns) for row, columns in found.items()}


# -- JSON ---------------------------------------------------------------------------------------------------------------


def _no_depth_charge(name: str, text: str) -> None:
    """Refuse nesting deeper than any map needs, before a parser meets it."""
    depth = deepest = 0
    in_text = escaped = False
    for char in text:
        if in_text:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_text = False
        elif char == '"':
            in_text = True
        elif char in "[{":
            depth += 1
            if depth > deepest:
                deepest = depth
                if deepest > MOST_DEPTH:
                    raise BadInput(f"“{name}”嵌套超过 {MOST_DEPTH} 层，没有读取", field="file")
        elif char in "]}":
            depth -= 1


def _no_constant(text: str) -> float:
    raise ValueError(f"{text} 不是有限的数")


def features(name: str, content: bytes) -> list[Row]:
    """The features of a GeoJSON collection; each geometry is checked, a fault stands in its row.  BadInput for the whole file."""
    text = text_of(name, content)
    _no_depth_charge(name, text)
    try:
        told = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"“{name}”不是 GeoJSON：{error}", field="file") from None
    if not isinstance(told, dict) or told.get("type") != "FeatureCollection" or not isinstance(told.get("features"), list):
        raise BadInput(f"“{name}”应为 GeoJSON 的 FeatureCollection", field="file")
    if len(told["features"]) > MOST_ROWS:
        raise BadInput(f"“{name}”超过 {MOST_ROWS:,} 个要素，请分成几个文件", field="file")
    return [_feature(number, one) for number, one in enumerate(told["features"], 1)]


def _feature(number: int, one: Any) -> Row:
    if not isinstance(one, dict) or one.get("type") != "Feature":
        return Row(number, {}, fault="不是 Feature")
    properties = one.get("properties") if isinstance(one.get("properties"), dict) else {}
    cells = {str(key): value for key, value in properties.items()}
    for key, value in cells.items():
        if isinstance(value, str) and len(value) > LONGEST_CELL:
            return Row(number, cells, fault=f"“{key}”超过 {LONGEST_CELL} 字")
    geometry = one.get("geometry")
    try:
        border(geometry)
    except BadInput as error:
        return Row(number, cells, geometry, str(error))
    return Row(number, cells, geometry)


def border(geometry: Any) -> BaseGeometry:
    """A GeoJSON geometry as a shape.  BadInput: unknown type, too many points, outside China (or the axes turned round), crossing itself."""
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Point", "Polygon", "MultiPolygon"):
        raise BadInput("几何须为 Point、Polygon 或 MultiPolygon")
    if _count(geometry.get("coordinates")) > MOST_VERTICES:
        raise BadInput(f"图形超过 {MOST_VERTICES:,} 个点，请先简化")
    try:
        made = shape(geometry)
    except Exception:
        raise BadInput("坐标写法不对，应为 [经度, 纬度] 的数组") from None
    if made.is_empty:
        raise BadInput("图形是空的")
    west, south, east, north = made.bounds
    in_china(west, south)
    in_china(east, north)
    if not made.is_valid:
        why = explain_validity(made)
        raise BadInput(f"图形不合法（{'边界自相交' if 'Self-intersection' in why else why}），请修正后再导入")
    if geometry["type"] != "Point" and made.area == 0:
        raise BadInput("图形面积为零")
    return made


def _count(coordinates: Any) -> int:
    if not isinstance(coordinates, (list, tuple)):
        return 0
    if coordinates and isinstance(coordinates[0], (int, float)):
        return 1
    return sum(_count(part) for part in coordinates)


def in_china(lon: float, lat: float) -> tuple[float, float]:
    """The place, when it can lie in China; BadInput says when longitude and latitude seem to be turned round."""
    west, south, east, north = CHINA_BOX
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise BadInput("经度、纬度须为有限的数")
    if west <= lon <= east and south <= lat <= north:
        return lon, lat
    if west <= lat <= east and south <= lon <= north:
        raise BadInput(f"坐标（{lon}，{lat}）像是经纬度写反了，应为先经度、后纬度")
    raise BadInput(f"坐标（{lon}，{lat}）不在中国范围内")


def json_lines(name: str, content: bytes) -> Iterator[Row]:
    """One JSON object per line; a line that is none stands with its fault."""
    for number, line in enumerate(text_of(name, content).splitlines(), 1):
        if not line.strip():
            continue
        if number > MOST_ROWS:
            raise BadInput(f"“{name}”超过 {MOST_ROWS:,} 行，请分成几个文件", field="file")
        try:
            _no_depth_charge(name, line)
            told = json.loads(line, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            yield Row(number, {}, fault=f"不是 JSON：{error}")
            continue
        except BadInput as error:
            yield Row(number, {}, fault=str(error))
            continue
        yield Row(number, told) if isinstance(told, dict) else Row(number, {}, fault="每行应为一个 JSON 对象")


# -- cells ----------------------------------------------------------------------------------------------------------------


def words(cells: dict[str, Any], *names: str, most: int = 160, needed: bool = True) -> str:
    """The first of the named cells that says something; BadInput names the column."""
    for name in names:
        value = cells.get(name)
        if value not in (None, "") and not isinstance(value, (dict, list)):
            text = str(value).strip()
            if len(text) > most:
                raise BadInput(f"“{name}”超过 {most} 字")
            return text
    if needed:
        raise BadInput(f"缺少“{names[0]}”")
    return ""


def number(cells: dict[str, Any], *names: str, low: float = -math.inf, high: float = math.inf, needed: bool = True) -> float | None:
    """A finite number within bounds; None when it may be missing and is."""
    text = words(cells, *names, needed=needed)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise BadInput(f"“{names[0]}”是“{text}”，应为数字") from None
    if not math.isfinite(value) or not low <= value <= high:
        raise BadInput(f"“{names[0]}”是 {text}，应在 {low:g} 至 {high:g} 之间")
    return value


def moment(cells: dict[str, Any], *names: str) -> dt.datetime:
    """A moment, ISO 8601; without an offset it is China's time."""
    text = words(cells, *names)
    try:
        at = dt.datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        raise BadInput(f"“{names[0]}”是“{text}”，应为 2026-09-01T08:00 或 2026-09-01 08:00") from None
    return at if at.tzinfo else at.replace(tzinfo=CHINA)


def day(cells: dict[str, Any], *names: str, needed: bool = True) -> dt.date | None:
    """A day, 2026-09-01."""
    text = words(cells, *names, needed=needed)
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text[:10].replace("/", "-"))
    except ValueError:
        raise BadInput(f"“{names[0]}”是“{text}”，应为 2026-09-01") from None


def position(cells: dict[str, Any]) -> tuple[float, float]:
    """Longitude and latitude in China."""
    lon, lat = number(cells, "lon", "longitude", "经度"), number(cells, "lat", "latitude", "纬度")
    return in_china(float(lon or 0), float(lat or 0))


def choice(cells: dict[str, Any], name: str, known: dict[str, str], *, default: str = "") -> str:
    """A key of ``known``, or one of its Chinese names, or the beginning of one."""
    text = words(cells, name, needed=not default)
    if not text:
        return default
    for key, label in known.items():
        if text in (key, label) or (len(text) > 1 and label.startswith(text)):
            return key
    raise BadInput(f"“{name}”是“{text}”，应为：{'、'.join(known.values())}")


def area_m2(made: BaseGeometry) -> float:
    """The area in m² on a sphere, good to a few parts in a thousand for a patch."""
    lon, lat = made.centroid.x, made.centroid.y
    wide = 111_320 * math.cos(math.radians(lat))
    return abs(shapely.transform(made, lambda points: (points - [lon, lat]) * [wide, 110_574]).area)
