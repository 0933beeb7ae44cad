"""The hand-written province of the demo: 示范省, three cities, fourteen facilities, twenty points.

The cast: Qinghe Cement exceeds honestly, Dongshan Paper tampers, Hongqi Power is clean, Baishi Chemical goes offline, Antai Heating starts
a cold boiler and says so.  Officers: Li and Wang inspect, Zhao reviews, Sun presides.
"""

from __future__ import annotations

import datetime as dt
import random

from . import names, sections
from .lay_out import Drawing, finish
from .plan import CHINA, Agency, Division, Mark, Person, Plan, Planting, Stop

ANCHOR = dt.datetime(2026, 9, 15, 12, tzinfo=CHINA)
PROVINCE = Division("990000000000", "示范省", "province", "", 104.60, 36.10)
CITIES = (
    ("990100000000", "清源市", 104.10, 36.55, (("02", "清河区", 104.02, 36.62), ("03", "红旗区", 104.22, 36.48), ("21", "东山县", 104.38, 36.74))),
    ("990200000000", "云汐市", 105.20, 36.25, (("02", "临江区", 105.12, 36.30), ("03", "白石区", 105.35, 36.12), ("21", "长林县", 105.52, 36.42))),
    ("990300000000", "岚州市", 104.70, 35.60, (("02", "岚山区", 104.62, 35.66), ("21", "平岗县", 104.95, 35.52), ("22", "金盾县", 104.40, 35.45))),
)  # fmt: skip
FACILITIES = (
    ("清河区", "清河水泥有限公司", ("cement", "cement")), ("东山县", "东山造纸有限公司", ("paper", "boiler")),
    ("红旗区", "红旗电力有限公司", ("power", "power")), ("白石区", "白石化工有限公司", ("chemical",)),
    ("红旗区", "安泰热力有限公司", ("boiler",)), ("临江区", "云汐城市污水处理厂", ("sewage",)),
    ("临江区", "临江印染有限公司", ("textile", "boiler")), ("金盾县", "金盾钢铁有限公司", ("steel", "steel")),
    ("岚山区", "绿源环保能源有限公司", ("incineration", "incineration")), ("长林县", "长林家具有限公司", ("coating",)),
    ("白石区", "晨光玻璃有限公司", ("glass",)), ("东山县", "锦程电镀有限公司", ("plating",)),
    ("平岗县", "平岗砖瓦有限公司", ("brick",)), ("岚山区", "岚州第二污水处理厂", ("sewage",)),
)  # fmt: skip
PEOPLE = (
    ("李明", "inspector"), ("王建国", "inspector"), ("赵晓燕", "case_reviewer"), ("孙立军", "presiding_officer"),
    ("周文博", "legality_reviewer"), ("吴海涛", "leader"), ("郑静", "clerk"), ("冯磊", "inspector"),
)  # fmt: skip


def small(seed: int = 1, anchor: dt.datetime | None = None) -> Plan:
    """Return the plan of the demo; its events are planted in the day before ``anchor`` and go on after it."""
    at = (anchor or ANCHOR).astimezone(CHINA).replace(minute=0, second=0, microsecond=0)
    drawing = Drawing(seed, random.Random(seed))
    counties = _divisions(drawing)
    _agencies(drawing)
    made = {name: drawing.facility(counties[county], name, streams, dynamic=2 if "cement" in streams or "power" in streams else 0,
                                   power="coating" in streams or "cement" in streams)
            for county, name, streams in FACILITIES}  # fmt: skip
    code = {name[:4]: one.code for name, one in made.items()}
    first = {facility: next(p.mn for p in drawing.points if p.facility == facility) for facility in code.values()}
    cement, paper, chemical, heating = (code[name] for name in ("清河水泥", "东山造纸", "白石化工", "安泰热力"))
    hour = dt.timedelta(hours=1)
    planted = (
        Planting("hourly_mean_exceedance", cement, first[cement], "a21002", at - 20 * hour, at - 15 * hour, "scale", {"by": 1.72},
                 note="脱硝喷氨泵故障，连续五小时超标"),
        Planting("hourly_mean_exceedance", cement, first[cement], "a21002", at - 3 * hour, at + 12 * hour, "scale", {"by": 1.86},
                 note="故障复发"),
        Planting("flat_line", paper, first[paper], "w01018", at - 22 * hour, at + 24 * hour, "freeze", {"value": 46.3},
                 note="数采仪中写死化学需氧量"),
        Planting("offline", chemical, first[chemical], "", at - 9 * hour, at + 48 * hour, "silence", note="数采仪断电"),
        Planting("hourly_mean_exceedance", heating, first[heating], "a21002", at - 7 * hour, at - 4 * hour, "scale", {"by": 1.3}, is_violation=False,
                 note="冷态启炉四小时内氮氧化物偏高，已按时标记"),
    )  # fmt: skip
    stops = (Stop(heating, at - 31 * hour, at - 7 * hour),)
    marks = (
        Mark(first[heating], ("a21002",), "start_up", at - 7 * hour, at - 3 * hour, "安泰热力有限公司", at - 6 * hour,
             "1号锅炉冷态启炉", "运行日志与DCS曲线已上传", "accepted", "冯磊"),
        Mark(first[heating], (), "stopped", at - 31 * hour, at - 7 * hour, "安泰热力有限公司", at - 30 * hour, "计划检修停炉", "停运报告", "accepted", "冯磊"),
    )  # fmt: skip
    return sections.flow_through(finish(drawing, "small", "示范省", at, stops=stops, marks=marks, planted=planted), each=1, days=2.5)


def _divisions(drawing: Drawing) -> dict[str, Division]:
    drawing.divisions.append(PROVINCE)
    counties = {}
    for code, name, lon, lat, below in CITIES:
        drawing.divisions.append(Division(code, name, "city", PROVINCE.code, lon, lat))
        for tail, county, x, y in below:
            counties[county] = Division(f"{code[:4]}{tail}000000", county, "county", code, x, y)
            drawing.divisions.append(counties[county])
    return counties


def _agencies(drawing: Drawing) -> None:
    """One department and corps for the province, one bureau and detachment for each city, with a cast of eight each."""
    drawing.agencies.append(Agency("A9900", "示范省生态环境厅", PROVINCE.code, "province", "bureau", ""))
    drawing.agencies.append(Agency("T9900", "示范省生态环境保护综合行政执法总队", PROVINCE.code, "province", "team", "A9900"))
    for place, (code, name, *_rest) in enumerate(CITIES):
        bureau, team = f"A{code[:4]}", f"T{code[:4]}"
        drawing.agencies.append(Agency(bureau, f"{name}生态环境局", code, "city", "bureau", "A9900"))
        drawing.agencies.append(Agency(team, f"{name}生态环境保护综合行政执法支队", code, "city", "team", bureau))
        for serial, (person, role) in enumerate(PEOPLE, 1):
            known = person if place == 0 else names.person(drawing.pick)
            home = team if role in ("inspector", "clerk") else bureau
            drawing.people.append(Person(known, f"99{code[2:4]}{2026000 + serial:07d}", dt.date(2024, 1, 1), dt.date(2029, 12, 31),
                                         home, (role,), f"199000{code[2:4]}{serial:03d}"))  # fmt: skip


