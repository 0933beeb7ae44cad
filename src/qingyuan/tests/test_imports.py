"""Files of things seen: good rows go in, bad ones are named, the same file twice changes nothing, hostile files do no harm."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from PIL import Image

from qingyuan import imports
from qingyuan.errors import BadInput, NotAllowed
from qingyuan.records.registry import quality, sections, tabular
from qingyuan.records.registry.models import AirReading, Area, RiverPlace, SectionReading
from qingyuan.records.registry.places import around
from qingyuan.records.reports.models import ImportBatch, MoneyEntry, Project, Sighting, SightingPhoto, Track
from qingyuan.records.reports.tests.conftest import AT

HERE = (104.05, 36.60)


def square(lon=HERE[0], lat=HERE[1], size=0.002):
    return {"type": "Polygon", "coordinates": [[[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]]}


def collection(*rows):
    return json.dumps({"type": "FeatureCollection", "features": [{"type": "Feature", "properties": properties, "geometry": geometry} for properties, geometry in rows]}).encode()


def take(kind, content, by=None, name="file"):
    return imports.take(kind, name=name, content=content if isinstance(content, bytes) else content.encode(), by=by, at=AT)


def patch(number="T1", **other):
    return {"patch_id": number, "type": "mining", "date_after": "2026-09-01", "confidence": 0.8, **other}


def test_patches_go_in_and_the_bad_ones_are_named_with_their_reason(cast):
    crossing = {"type": "Polygon", "coordinates": [[[104.0, 36.6], [104.01, 36.61], [104.01, 36.6], [104.0, 36.61], [104.0, 36.6]]]}
    content = collection(
        (patch("T1"), square()), (patch("T2"), crossing), (patch("T3"), square(36.6, 104.0)), (patch("T4"), square(2.3, 48.8)), (patch("T5", type="飞碟"), square()),
        (patch(""), square()), (patch("T7", confidence=7), square()), (patch("T8"), None), (patch("T9"), square(105.1, 36.30)), (patch("T10", date_after="昨天"), square()),
    )  # fmt: skip
    outcome = take("patches", content, cast["李明"])
    reasons = dict(outcome.refused)
    assert outcome.taken == 1 and set(reasons) == set(range(2, 11))
    assert "自相交" in reasons[2] and "写反" in reasons[3] and "不在中国" in reasons[4] and "飞碟" in reasons[5] and "patch_id" in reasons[6]
    assert "0 至 1" in reasons[7] and "几何" in reasons[8] and "不在您的辖区" in reasons[9] and "2026-09-01" in reasons[10]
    row = Sighting.objects.get()
    assert row.division.name == "清河区" and 35_000 < row.area_m2 < 45_000 and row.data["patch_id"] == "T1" and ImportBatch.objects.get().refused_count == 9


def test_the_same_file_twice_changes_nothing(cast):
    content = collection((patch("T1"), square()), (patch("T2"), square(104.06)))
    first, again = take("patches", content), take("patches", content)
    assert (first.taken, first.known) == (2, 0) and (again.taken, again.known) == (0, 2)
    assert Sighting.objects.count() == 2 and ImportBatch.objects.count() == 1


def test_only_those_with_the_post_take_files_in(cast):
    with pytest.raises(NotAllowed, match="研判、执法人员"):
        take("patches", collection((patch(), square())), cast["郑静"])


FIRMS = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,daynight\n"


def test_pixels_of_one_fire_are_one_sighting_and_a_stack_is_called_a_stack(province, cast):
    """FIRMS columns; times are UTC; clusters of ≤ 1 km and ≤ 6 h."""
    plant = next(one for one in province.facilities if one.division.startswith("9901"))
    content = FIRMS + "".join(f"{lat},{lon},340.1,0.4,0.4,2026-09-15,{clock},N,VIIRS,{sure},2.0NRT,290,5.1,D\n" for lat, lon, clock, sure in (
        (36.601, 104.051, "0412", "n"), (36.604, 104.054, "0412", "h"), (36.66, 104.01, "0412", "l"), (plant.lat, plant.lon, "412", "h"), (36.601, 104.051, "2512", "n"), (36.601, 104.051, "0412", "sure")))  # fmt: skip
    outcome = take("hotspots", content, cast["李明"])
    assert outcome.taken == 4 and [line for line, _ in outcome.refused] == [6, 7] and "HHMM" in outcome.refused[0][1]
    assert Sighting.objects.filter(state="merged").count() == 1
    assert "固定热源" in Sighting.objects.get(facility__code=plant.code).title
    assert Sighting.objects.filter(state="found").first().seen_at.hour == 4


def test_smoke_events_come_as_json_lines_and_join_the_fire_the_satellite_saw(cast):
    take("hotspots", FIRMS + "36.601,104.051,340.1,0.4,0.4,2026-09-15,0412,N,VIIRS,n,2.0NRT,290,5.1,D\n")
    lines = [json.dumps({"camera": "T-17", "at": "2026-09-15T12:20:00+08:00", "lon": 104.053, "lat": 36.602, "confidence": 0.92}), "not json", json.dumps({"camera": "T-17"}), "[1]"]
    outcome = take("smoke", "\n".join(lines))
    assert outcome.taken == 1 and [line for line, _ in outcome.refused] == [2, 3, 4]
    assert Sighting.objects.get(kind="smoke").merged_into == Sighting.objects.get(kind="hot_spot")


def located(lon=104.05, lat=36.6, xmp=b"", colour=(10, 120, 40)):
    """A JPEG with EXIF GPS, and XMP bytes behind it when given."""
    image, out = Image.new("RGB", (32, 24), colour), io.BytesIO()
    exif = image.getexif()
    if lon is not None:
        gps = exif.get_ifd(0x8825)
        for base, value, letters in ((1, lat, "NS"), (3, lon, "EW")):
            gps[base] = letters[value < 0]
            gps[base + 1] = (float(int(abs(value))), 0.0, abs(value) % 1 * 3600)
    exif.get_ifd(0x8769)[0x9003] = "2026:09:14 10:11:12"
    image.save(out, "JPEG", exif=exif, **({"xmp": xmp} if xmp else {}))
    return out.getvalue()


def test_a_photo_lies_where_its_exif_says_and_looks_where_its_gimbal_says(cast):
    xmp = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description xmlns:drone-dji="http://www.dji.com/drone-dji/1.0/" drone-dji:GimbalYawDegree="-90.5" drone-dji:RelativeAltitude="+120.3"/></x:xmpmeta>'
    outcome = take("photos", located(xmp=xmp), name="DJI_0001.JPG")
    row = SightingPhoto.objects.get()
    assert outcome.taken == 1 and row.lon == pytest.approx(104.05, abs=1e-5) and row.heading == pytest.approx(269.5) and row.altitude_m == pytest.approx(120.3)
    assert row.taken_at.isoformat().startswith("2026-09-14T") and row.sighting.division.name == "清河区"
    assert take("photos", located(xmp=xmp), name="DJI_0001.JPG").known == 1


def test_photos_without_a_place_and_bombs_are_refused(cast):
    assert "没有拍摄位置" in take("photos", located(lon=None), name="a.jpg").refused[0][1]
    assert "不是可以读取" in take("photos", b"\xff\xd8\xff broken", name="a.jpg").refused[0][1]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jpg", located())
        archive.writestr("bomb.jpg", b"\0" * (30 << 20))
    outcome = take("photos", out.getvalue(), name="a.zip")
    assert outcome.taken == 1 and "过大" in outcome.refused[0][1]
    with pytest.raises(BadInput, match="压缩包"):
        take("photos", b"PK\x03\x04 nothing", name="a.zip")


def drive(value_at_peak=2500):
    head = "at,lon,lat,value,wind_from,wind_speed,vehicle,factor\n"
    rows = [f"2026-09-15T10:{n // 30:02d}:{n % 30 * 2:02d},{104.0 + n * 2e-4:.6f},36.60,{value_at_peak if 100 <= n < 112 else 60 + n % 7},90,2.1,走航1号,a24088" for n in range(300)]
    return head + "\n".join(rows) + "\n"


def test_a_track_becomes_a_line_and_its_hot_spots_become_leads_with_who_lies_upwind(cast):
    content = drive() + "2026-09-15T11:00:00,104.0,很远,60,90,2,走航1号,a24088\n"
    outcome = take("tracks", content, cast["李明"])
    track, spot = Track.objects.get(), Sighting.objects.get()
    assert outcome.taken == 300 and outcome.refused == [(302, "“lat”是“很远”，应为数字")] and "热点 1 处" in outcome.notes[0]
    assert track.points == 300 and track.peak == 2500 and len(track.line) == 300 and spot.data["peak"] == 2500 and isinstance(spot.data["candidates"], list)
    again = take("tracks", content, cast["李明"])
    assert again.taken == 0 and again.known == 300 and Track.objects.count() == 1


RIVER = "code,name,kind,river,river_name,lon,lat,downstream,km,velocity,target_class,control_level\nR1-01,源头,source,R1,清水河,104.0,36.62,R1-02,12,0.5,,\nR1-02,清河断面,section,R1,清水河,104.05,36.60,,0,0.5,Ⅲ类,国控\n"


def test_sections_are_classed_by_their_worst_factor_and_held_to_their_target(cast):
    """GB 3838-2002 table 1: NH3-N 1.2 mg/L is class IV; dissolved oxygen is a lower bound."""
    assert take("rivers", RIVER).taken == 2
    outcome = take("sections", "section,at,way,w21003,w01009,w01001\nR1-02,2026-09-15 04:00,自动,1.2,7.6,7.1\nR1-02,2026-09-15 08:00,自动,1.2,,7.2\nR9,2026-09-15 08:00,自动,1,7,7\nR1-02,2027-01-01,自动,1,7,7\nR1-02,2026-09-15 12:00,自动,=1+1,7,7\n")
    assert outcome.taken == 2 and [line for line, _ in outcome.refused] == [4, 5, 6] and "公式" in outcome.refused[2][1]
    found = sections.assess(cast["李明"], AT.replace(hour=0, minute=0), AT)[0]
    assert found.label == "Ⅳ类" and found.meets_target is False and found.beyond[0].factor == "w21003" and found.beyond[0].multiple == pytest.approx(0.2)
    assert (found.valid, found.due) == (5, 9) and found.oldest_at.hour in (20, 4) and SectionReading.objects.filter(value=None).count() == 1
    figures = {row.label: row for row in sections.section_figures([found])}
    assert figures["优良断面比例"].value == 0 and figures["优良断面比例"].share == pytest.approx(5 / 9) and figures["优良断面比例"].oldest_at is not None


def test_a_river_that_runs_in_a_circle_is_refused(cast):
    take("rivers", RIVER)
    outcome = take("rivers", RIVER.splitlines()[0] + "\nR1-02,清河断面,section,R1,清水河,104.05,36.60,R1-01,3,0.5,3,国控\n")
    assert "成环" in outcome.refused[0][1] and RiverPlace.objects.get(code="R1-02").downstream == ""


def test_air_figures_say_their_age_and_the_share_of_valid_days(cast):
    take("stations", "code,name,lon,lat,control_level\nA1,城关,104.05,36.60,国控\n")
    days = "".join(f"A1,2026-09-{day:02d},日,{35 + day},{aqi}\n" for day, aqi in ((1, 60), (2, 90), (3, 130), (4, 260), (5, "")))
    outcome = take("air", "station,at,kind,pm25,aqi\n" + days + "A1,2026-09-06,日,nan,50\n")
    assert outcome.taken == 5 and "之间" in outcome.refused[0][1]
    figures = {row.label: row for row in quality.air_figures(cast["李明"], AT.date().replace(day=1), AT.date().replace(day=11))}
    assert figures["优良天数比例"].value == 50 and figures["重污染天数"].value == 1 and figures["优良天数比例"].share == pytest.approx(0.4)
    assert figures["PM2.5 平均浓度"].value == pytest.approx(38) and AirReading.objects.filter(value=None).count() == 1


def test_a_point_is_looked_up_in_its_control_unit_with_the_access_list(cast):
    rules = [{"dimension": "空间布局约束", "text": "禁止新建化工项目", "basis": "示范省准入清单"}, {"dimension": "risk", "text": "设置事故应急池"}]
    unit = {"kind": "环境管控单元", "code": "ZH99010220001", "name": "清河重点管控单元", "grade": "重点管控", "requirements": rules}
    assert take("areas", collection((unit, square(size=0.05)), ({**unit, "code": "Z2", "requirements": [{"dimension": "其他", "text": "x"}]}, square(size=0.04)))).taken == 1
    assert take("areas", collection((unit, square(size=0.05)))).known == 1
    found = around(cast["李明"], 104.06, 36.61, AT.date())
    assert [row.code for row in found.areas] == ["ZH99010220001"] and [label for label, _ in found.requirements] == ["空间布局约束", "环境风险防控"]
    take("areas", collection(({**unit, "valid_from": "2026-09-10", "version": "2026"}, square(size=0.05))))
    take("areas", collection(({**unit, "valid_from": "2026-09-12", "version": "2026b"}, square(size=0.05))))
    assert Area.objects.filter(code="ZH99010220001", valid_to=None).count() == 1


def test_money_is_kept_in_fen_and_never_doubled(cast):
    take("projects", "code,name,kind,division,owner,starts_on,due_on,planned_wan\nP1,清河污水厂提标,污水处理,990102,清河区政府,2026-03-01,2026-12-31,1234.56\n")
    rows = "project,on,fund,kind,wan,note\nP1,2026-04-01,省级资金,到位,500,第一批\nP1,2026-05-01,省级资金,支付,120.5,\nP1,2026-05-02,省级资金,支付,1.0000001,\nP9,2026-05-01,省级资金,支付,1,\n"
    outcome = take("money", rows)
    assert outcome.taken == 2 and "整分" in outcome.refused[0][1] and "没有项目" in outcome.refused[1][1]
    assert take("money", rows).taken == 0 and Project.objects.get().planned_fen == 1_234_560_000
    assert sorted(MoneyEntry.objects.values_list("amount_fen", flat=True)) == [120_500_000, 500_000_000]


@pytest.mark.parametrize(("kind", "content", "said"), [
    ("patches", b"[" * 5000 + b"]" * 5000, "嵌套"), ("patches", b'{"type":"FeatureCollection","features":[NaN]}', "GeoJSON"), ("patches", b'{"type":"Feature"}', "FeatureCollection"),
    ("patches", b"\x00\x01\x02", "文本文件"), ("hotspots", b"", "空文件"), ("hotspots", b"a,b\n", "没有数据行"), ("sections", b"PK\x03\x04rubbish", "XLSX"), ("air", "列".encode("utf-16"), "编码"),
])  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole_and_leaves_nothing(cast, kind, content, said):
    with pytest.raises(BadInput, match=said):
        take(kind, content)
    assert not ImportBatch.objects.exists()


def workbook(rows, formula=""):
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        for y, cells in enumerate(rows):
            for x, cell in enumerate(cells):
                page.write(y, x, cell)
        if formula:
            page.write_formula(2, 2, formula, value=99)
    return out.getvalue()


def test_a_workbook_is_read_and_its_formula_cells_are_refused(cast):
    rows = [["code", "name", "lon", "lat"], ["A1", "城关", 104.05, 36.6], ["A2", "城北", 104.06, 36.61]]
    assert take("stations", workbook(rows), name="a.xlsx").taken == 2
    outcome = take("stations", workbook(rows, "=104+0.06"), name="a.xlsx")
    assert outcome.known == 1 and outcome.refused == [(3, "“lon”是公式或以公式符号开头，请粘贴为数值或文字")]


def test_a_workbook_that_unpacks_without_end_is_not_opened(cast, monkeypatch):
    monkeypatch.setattr(tabular, "MOST_UNPACKED", 4 << 20)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (8 << 20))
    with pytest.raises(BadInput, match="解压后过大"):
        take("stations", out.getvalue(), name="a.xlsx")


def test_the_console_says_how_many_went_in_and_which_did_not(cast, tmp_path, capsys):
    from qingyuan.cli import main

    file = tmp_path / "stations.csv"
    file.write_text("code,name,lon,lat\nA1,城关,104.05,36.60\nA2,错误,36.6,104.05\n", "utf-8")
    assert main(["import", "stations", str(file), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["taken"], told["known"], told["refused"][0]["line"]) == (1, 0, 3) and "写反" in told["refused"][0]["reason"]



@pytest.mark.parametrize("kind", list(imports.KINDS))
def test_no_bytes_whatever_raise_anything_but_a_sentence(cast, kind):
    """Random bytes, random tables under the right headings, random JSON: taken, refused by row, or refused whole; never an error of ours."""
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    cells = st.one_of(st.text(max_size=12), st.sampled_from(["36.6", "104.05", "-1", "nan", "1e999", "2026-09-15", "2026-09-15 08:00", "=1+1", "是", "R1", "0612", "自动"]))
    names = st.sampled_from(["code", "name", "lon", "lat", "at", "value", "section", "kind", "latitude", "longitude", "acq_date", "acq_time", "station", "w21003", "division", "camera", "patch_id", "type", "project", "wan", "on"])
    table = st.tuples(st.lists(names, min_size=1, max_size=8), st.lists(st.lists(cells, max_size=9), max_size=4)).map(lambda t: "\n".join([",".join(t[0]), *(",".join(r) for r in t[1])]).encode())
    told = st.recursive(st.none() | st.booleans() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "features", "properties", "geometry", "coordinates", "lon"]), inner, max_size=4), max_leaves=12)
    lines = told.map(lambda value: json.dumps(value).encode())
    feature = st.fixed_dictionaries({"type": st.just("Feature"), "properties": told, "geometry": st.fixed_dictionaries({"type": st.sampled_from(["Polygon", "Point", "MultiPolygon", "LineString"]), "coordinates": told})})
    maps = st.lists(feature, max_size=3).map(lambda rows: json.dumps({"type": "FeatureCollection", "features": rows}).encode())

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.binary(max_size=80), table, lines, maps, st.binary(max_size=60).map(lambda b: b"PK\x03\x04" + b), st.binary(max_size=60).map(lambda b: b"\xff\xd8\xff" + b)))
    def taken(content):
        try:
            outcome = take(kind, content, cast["李明"])
        except BadInput as error:
            assert str(error)
        else:
            assert all(reason for _, reason in outcome.refused)

    taken()
