"""Files of places and of what was read there: rivers and sections, air stations, areas and the access list, water sources, villages, projects."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db.models import Model, Q

from qingyuan.errors import BadInput
from qingyuan.law import limits
from qingyuan.records.registry import tabular
from qingyuan.records.registry.models import (
    AccessRequirement,
    AirReading,
    AirStation,
    Area,
    Facility,
    Outlet,
    RiverPlace,
    SectionReading,
    SourceCheck,
    WaterSource,
)
from qingyuan.records.registry.place_models import (
    AREA_KINDS,
    CONTROL_LEVELS,
    DIMENSIONS,
    LIST_LEVELS,
    READING_WAYS,
    RIVER_KINDS,
    SOURCE_KINDS,
    SOURCE_LEVELS,
)
from qingyuan.records.registry.places import within
from qingyuan.records.registry.quality import AIR_FACTORS, indicators
from qingyuan.records.registry.tabular import Row, choice, day, moment, number, position, words

from .basin_models import FUNDS, PROJECT_KINDS, MoneyEntry, Project, VillageSurvey
from .sightings_in import read_sheet
from .taking import Intake, Kind

CLASSES = {"1": "Ⅰ类", "2": "Ⅱ类", "3": "Ⅲ类", "4": "Ⅳ类", "5": "Ⅴ类"}
ROMAN = {"Ⅰ": "1", "Ⅱ": "2", "Ⅲ": "3", "Ⅳ": "4", "Ⅴ": "5", "I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
REMEDIES = {"none": "无须整治", "waiting": "待整治", "under_way": "整治中", "done": "已完成"}
VILLAGE_STATES = {"none": "无须治理", "waiting": "待治理", "under_way": "治理中", "done": "已治理"}


def yes(cells: dict[str, Any], name: str) -> bool:
    """是 or 否."""
    text = words(cells, name, most=5)
    if text not in ("是", "否", "1", "0", "true", "false", "True", "False"):
        raise BadInput(f"“{name}”是“{text}”，应为 是 或 否")
    return text in ("是", "1", "true", "True")


def put(kind: type[Model], known: dict[str, Any], values: dict[str, Any]) -> bool:
    """Write a row or bring it up to date; True when that changed anything."""
    row = kind._default_manager.filter(**known).first()
    if row is None:
        kind(**known, **values).save()
        return True
    changed = {name: value for name, value in values.items() if getattr(row, name) != value and name != "received_at"}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.save()
    return bool(changed)


def class_of(cells: dict[str, Any], name: str, *, needed: bool = False) -> int | None:
    text = words(cells, name, most=5, needed=needed).removesuffix("类")
    text = ROMAN.get(text, text)
    if text and text not in CLASSES:
        raise BadInput(f"“{name}”是“{text}”，应为 Ⅰ 至 Ⅴ 类")
    return int(text) if text else None


def put_river(row: Row, intake: Intake) -> bool:
    """One place on a river; a section gives its target class, an outlet the outlet's code in the registry."""
    cells = row.cells
    lon, lat = position(cells)
    division = within(intake.by, intake.borders.find(lon, lat, words(cells, "division", most=12, needed=False)))
    code, kind, down = words(cells, "code", most=40), choice(cells, "kind", dict(RIVER_KINDS)), words(cells, "downstream", most=40, needed=False)
    outlet = Outlet.objects.filter(code=words(cells, "outlet", most=50, needed=False)).first()
    if kind == "outlet" and outlet is None and words(cells, "outlet", most=50, needed=False):
        raise BadInput(f"没有登记排放口 {cells['outlet']}")
    if down == code:
        raise BadInput(f"{code} 的下游不能是它自己")
    here, passed = down, {code}
    while here:
        if here in passed:
            raise BadInput(f"河网成环：{code} 往下又回到 {here}")
        passed.add(here)
        here = RiverPlace.objects.filter(code=here).values_list("downstream", flat=True).first() or ""
    facility = outlet.facility if outlet else Facility.objects.filter(code=words(cells, "facility", most=30, needed=False)).first()
    return put(RiverPlace, {"code": code}, {
        "name": words(cells, "name", most=80), "kind": kind, "river": words(cells, "river", most=30), "river_name": words(cells, "river_name", "river", most=60), "basin": words(cells, "basin", most=60, needed=False),
        "downstream": down, "km": number(cells, "km", low=0, high=2000, needed=False) or 0.0, "velocity": number(cells, "velocity", low=0.01, high=9, needed=False) or 0.5, "flow": number(cells, "flow", low=0, high=1e5, needed=False),
        "lon": lon, "lat": lat, "division": division, "outlet": outlet, "facility": facility, "mn": words(cells, "mn", most=24, needed=False),
        "control_level": choice(cells, "control_level", dict(CONTROL_LEVELS), default="province") if kind == "section" else "", "target_class": class_of(cells, "target_class"), "is_lake": words(cells, "is_lake", most=5, needed=False) in ("是", "1", "true"),
    })  # fmt: skip


WATER_FACTORS = {name for entry in limits.tables("gb_3838_2002") for name in entry["factors"]} | {"w01010", "w01014", "w00000", "w21001"}
SECTION_COLUMNS = {"section", "at", "way", "code"}


def put_section_record(row: Row, intake: Intake) -> bool:
    """One row of a section at one moment; every other column is a factor code, an empty cell is a missing value."""
    cells = row.cells
    place = RiverPlace.objects.filter(code=words(cells, "section", "code", most=40), kind="section").first()
    if place is None:
        raise BadInput(f"没有登记断面 {cells.get('section') or cells.get('code')}；请先导入河网")
    within(intake.by, place.division)
    at, way = moment(cells, "at", "time"), choice(cells, "way", dict(READING_WAYS), default="auto")
    if at > intake.at + dt.timedelta(minutes=10):
        raise BadInput(f"监测时间 {at:%Y-%m-%d %H:%M} 晚于现在")
    factors = [name for name in cells if name not in SECTION_COLUMNS and name != "time"]
    unknown = [name for name in factors if name not in WATER_FACTORS]
    if unknown or not factors:
        raise BadInput(f"不认识的因子列：{'、'.join(unknown[:5])}；用 HJ 212 编码（如 w21003 氨氮）" if unknown else "没有因子列")
    values = {name: number(cells, name, low=0, high=1e6, needed=False) for name in factors}
    intake.seen.setdefault("sections", {})[place.pk] = place  # type: ignore[index]
    if (values.get("w01001") or 7) > 14:
        raise BadInput("pH 大于 14")
    return sum(put(SectionReading, {"place": place, "factor": name, "at": at, "way": way}, {"value": value, "received_at": intake.at}) for name, value in values.items()) > 0


def finish_section_records(intake: Intake) -> None:
    """What the new readings say is looked at at once."""
    from .basin import find_warnings

    places: dict[int, RiverPlace] = intake.seen.get("sections", {})  # type: ignore[assignment]
    new = find_warnings(places.values(), intake.at, by=intake.by)
    if new:
        intake.notes.append(f"新增断面预警 {len(new)} 条：" + "、".join(f"{row.place.name} {row.factor}" for row in new[:5]))


def put_station(row: Row, intake: Intake) -> bool:
    """One ambient air station."""
    lon, lat = position(row.cells)
    division = within(intake.by, intake.borders.find(lon, lat, words(row.cells, "division", most=12, needed=False)))
    values = {"name": words(row.cells, "name", most=60), "control_level": choice(row.cells, "control_level", dict(CONTROL_LEVELS), default="province"), "lon": lon, "lat": lat, "division": division}
    return put(AirStation, {"code": words(row.cells, "code", most=20)}, values)


def put_air(row: Row, intake: Intake) -> bool:
    """One hour or day of a station: station, at, kind (hour or day) and a column for each factor."""
    cells = row.cells
    station = AirStation.objects.filter(code=words(cells, "station", most=20)).first()
    if station is None:
        raise BadInput(f"没有登记空气站 {cells.get('station')}；请先导入空气站")
    within(intake.by, station.division)
    at, kind = moment(cells, "at", "date"), choice(cells, "kind", {"hour": "小时", "day": "日"}, default="hour")
    if at > intake.at:
        raise BadInput(f"时段 {at:%Y-%m-%d %H:%M} 还没有开始")
    factors = [name for name in cells if name in AIR_FACTORS]
    if not factors:
        raise BadInput(f"没有因子列，应有：{'、'.join(AIR_FACTORS)}")
    values = {name: number(cells, name, low=0, high=AIR_FACTORS[name]["most"], needed=False) for name in factors}
    return sum(put(AirReading, {"station": station, "kind": kind, "factor": name, "at": at}, {"value": value, "received_at": intake.at}) for name, value in values.items()) > 0


def put_area(row: Row, intake: Intake) -> bool:
    """One area with its border; a control unit may bring its access list as ``requirements`` (dimension, level, text, basis)."""
    cells, made = row.cells, tabular.border(row.geometry)
    if row.geometry["type"] == "Point":
        raise BadInput("区域须为面，不能是点")
    middle = made.representative_point()
    division = within(intake.by, intake.borders.find(middle.x, middle.y, words(cells, "admin_code", "division", most=12, needed=False)))
    west, south, east, north = made.bounds
    since = day(cells, "valid_from", needed=False) or intake.at.date()
    known = {"kind": choice(cells, "kind", dict(AREA_KINDS)), "code": words(cells, "code", most=40)}
    twin = Area.objects.filter(**known).order_by("-valid_from").first()
    if twin is not None and not words(cells, "valid_from", needed=False):
        since = twin.valid_from
    changed = put(Area, {**known, "valid_from": since}, {
        "name": words(cells, "name", most=120), "grade": words(cells, "grade", most=40, needed=False), "geometry": row.geometry, "west": west, "south": south, "east": east, "north": north,
        "basis": words(cells, "basis", most=160, needed=False), "version": words(cells, "version", most=40, needed=False), "valid_to": day(cells, "valid_to", needed=False), "division": division,
    })  # fmt: skip
    area = Area.objects.get(**known, valid_from=since)
    newer = Area.objects.filter(**known, valid_from__gt=since).order_by("valid_from").first()
    if newer is not None and (area.valid_to is None or area.valid_to >= newer.valid_from):
        Area.objects.filter(pk=area.pk).update(valid_to=newer.valid_from - dt.timedelta(days=1))
    Area.objects.filter(**known, valid_from__lt=since).filter(Q(valid_to=None) | Q(valid_to__gte=since)).update(valid_to=since - dt.timedelta(days=1))
    return _requirements(area, cells.get("requirements")) or changed


def _requirements(area: Area, told: Any) -> bool:
    if not told:
        return False
    rows = json.loads(told) if isinstance(told, str) else told
    if area.kind != "control_unit" or not isinstance(rows, list) or len(rows) > 200:
        raise BadInput("准入要求须为列表，且只有环境管控单元才有")
    wanted = []
    for one in rows:
        if not isinstance(one, dict):
            raise BadInput("准入要求的每一条应有 dimension、text")
        wanted.append((choice(one, "dimension", dict(DIMENSIONS)), choice(one, "level", dict(LIST_LEVELS), default="unit"), words(one, "text", most=4000), words(one, "basis", most=160, needed=False)))
    if sorted(wanted) == sorted(area.requirements.values_list("dimension", "level", "text", "basis")):
        return False
    area.requirements.all().delete()
    AccessRequirement.objects.bulk_create(AccessRequirement(area=area, dimension=a, level=b, text=c, basis=d) for a, b, c, d in wanted)
    return True


def put_source(row: Row, intake: Intake) -> bool:
    """One source of drinking water; a column named like an indicator says whether it is met, checked on ``checked_on``."""
    cells = row.cells
    lon, lat = position(cells)
    division = within(intake.by, intake.borders.find(lon, lat, words(cells, "division", most=12, needed=False)))
    code = words(cells, "code", most=40)
    changed = put(WaterSource, {"code": code}, {
        "name": words(cells, "name", most=80), "kind": choice(cells, "kind", dict(SOURCE_KINDS)), "level": choice(cells, "level", dict(SOURCE_LEVELS)), "population": int(number(cells, "population", low=0, high=1e8, needed=False) or 0),
        "lon": lon, "lat": lat, "division": division, "target_class": class_of(cells, "target_class") or 3, "approval": words(cells, "approval", most=120, needed=False), "problem": words(cells, "problem", most=300, needed=False),
        "remedy_state": choice(cells, "remedy_state", REMEDIES, default="none"),
    })  # fmt: skip
    source = WaterSource.objects.get(code=code)
    on = day(cells, "checked_on", needed=False) or intake.at.date()
    told = [(key, yes(cells, name)) for key, label in indicators().items() for name in (key, label) if cells.get(name) not in (None, "")]
    checked = sum(put(SourceCheck, {"source": source, "indicator": key, "on": on}, {"is_met": met}) for key, met in told)
    return checked > 0 or changed


def put_village(row: Row, intake: Intake) -> bool:
    """One village as surveyed on a day."""
    cells = row.cells
    code = words(cells, "division", most=12)
    division = within(intake.by, intake.borders.find(0, 0, code))
    households, treated = int(number(cells, "households", low=0, high=1e6) or 0), int(number(cells, "treated_households", low=0, high=1e6) or 0)
    if treated > households:
        raise BadInput(f"治理户数 {treated} 多于总户数 {households}")
    lon, lat = number(cells, "lon", needed=False), number(cells, "lat", needed=False)
    if lon is not None and lat is not None:
        tabular.in_china(lon, lat)
    return put(VillageSurvey, {"division": division, "village": words(cells, "village", most=80), "on": day(cells, "on")}, {
        "households": households, "treated_households": treated, "has_black_water": yes(cells, "has_black_water"), "state": choice(cells, "state", VILLAGE_STATES),
        "problem": words(cells, "problem", most=200, needed=False), "lon": lon, "lat": lat, "surveyor": words(cells, "surveyor", most=40, needed=False),
    })  # fmt: skip


def put_project(row: Row, intake: Intake) -> bool:
    """One rectification project; money in 万元 with at most four decimals, kept as whole fen."""
    cells = row.cells
    division = within(intake.by, intake.borders.find(0, 0, words(cells, "division", most=12)))
    starts, due = day(cells, "starts_on"), day(cells, "due_on")
    if starts and due and due < starts:
        raise BadInput(f"计划完成 {due} 早于计划开工 {starts}")
    code = words(cells, "code", most=40)
    known = Project.objects.filter(code=code).first()
    values = {"name": words(cells, "name", most=160), "kind": choice(cells, "kind", dict(PROJECT_KINDS), default="other"), "owner": words(cells, "owner", most=120), "starts_on": starts, "due_on": due,
              "planned_fen": fen(words(cells, "planned_wan", most=20)), "division": division}  # fmt: skip
    if known is None:
        Project(code=code, updated_at=intake.at, **values).save()
        return True
    return put(Project, {"code": code}, values)


def put_money(row: Row, intake: Intake) -> bool:
    """One line of a project's money: project, on, fund, kind (到位 or 支付), wan, note."""
    cells = row.cells
    project = Project.objects.filter(code=words(cells, "project", most=40)).first()
    if project is None:
        raise BadInput(f"没有项目 {cells.get('project')}；请先导入项目")
    within(intake.by, project.division)
    known = {"project": project, "on": day(cells, "on"), "fund": choice(cells, "fund", dict(FUNDS), default="other"), "kind": choice(cells, "kind", {"granted": "到位", "paid": "支付"}),
             "amount_fen": fen(words(cells, "wan", most=20)), "note": words(cells, "note", most=200, needed=False)}  # fmt: skip
    if MoneyEntry.objects.filter(**known).exists():
        return False
    MoneyEntry.objects.create(**known, by=intake.by, at=intake.at)
    return True


def fen(wan: str) -> int:
    """Ten thousands of yuan, written in decimals → whole fen."""
    from decimal import Decimal, InvalidOperation

    try:
        amount = Decimal(wan.replace(",", ""))
    except InvalidOperation:
        raise BadInput(f"金额“{wan}”应为数字（万元）") from None
    whole = amount * 1_000_000 if amount.is_finite() else None
    if whole is None or whole != whole.to_integral_value() or abs(whole) > 10**15:
        raise BadInput(f"金额“{wan}”万元不能化为整分，或超出范围")
    return int(whole)


RIVERS = Kind("河网与断面", ".csv,.xlsx", "code、name、kind、river、lon、lat、downstream、km、velocity（断面另有 target_class，入河排污口另有 outlet）", read_sheet, put_river)
SECTION_RECORDS = Kind("断面监测记录", ".csv,.xlsx", "section、at、way，及各因子编码列（如 w21003）", read_sheet, put_section_record, finish=finish_section_records)
STATIONS = Kind("环境空气站", ".csv,.xlsx", "code、name、lon、lat、control_level", read_sheet, put_station)
AIR = Kind("空气质量记录", ".csv,.xlsx", "station、at、kind（小时／日）、pm25、pm10、o3、aqi、wind_speed、wind_from 等", read_sheet, put_air)
AREAS = Kind("区域边界（管控单元、自然保护地、水源保护区）", ".geojson,.json", "kind、code、name（可有 grade、basis、version、valid_from、requirements）", tabular.features, put_area)
SOURCES = Kind("饮用水水源地", ".csv,.xlsx", "code、name、kind、level、lon、lat、population，及各指标列", read_sheet, put_source)
VILLAGES = Kind("农村污水调查", ".csv,.xlsx", "division、village、on、households、treated_households、has_black_water、state", read_sheet, put_village)
PROJECTS = Kind("治理项目", ".csv,.xlsx", "code、name、kind、division、owner、starts_on、due_on、planned_wan（万元）", read_sheet, put_project)
MONEY = Kind("项目资金流水", ".csv,.xlsx", "project、on、fund、kind（到位／支付）、wan（万元）、note", read_sheet, put_money)
