"""One time axis, trials of a rule's numbers, a finding down to its packets, precision: scope, empty, wrong and full."""

from __future__ import annotations

import datetime as dt

import pytest

from qingyuan import clock
from qingyuan.faces.desk import bands, stacks, trials
from qingyuan.records.clues import door as clues
from qingyuan.records.clues.models import Clue, ClueFinding
from qingyuan.records.registry.models import Facility

from .conftest import AT
from .test_devices import li, stranger, text_of, told, world  # noqa: F401  (fixtures)
from .test_pages import officer

pytestmark = pytest.mark.django_db
CEMENT = "99010200001"
NOX = f"{CEMENT}/DA001"


@pytest.fixture
def judged(told):  # noqa: F811
    """The clues that the judge makes of the telemetry."""
    from qingyuan.engines.judge import run as judge

    found = judge.judge(told, began=clock.yesterday(AT), ended=AT, rules=["hourly_mean_exceedance", "flat_line"])
    clues.take_findings([finding.as_json() for finding in found], at=AT)
    return told


def finding(rule: str = "hourly_mean_exceedance") -> ClueFinding:
    return ClueFinding.objects.filter(rule=rule, clue__facility__code=CEMENT if rule.startswith("hour") else "99012100002").first()


def test_a_facility_without_data_says_so(li):  # noqa: F811
    text = text_of(li.get(f"/facilities/{CEMENT}/stack/"))
    assert "还没有收到自动监测数据" in text
    assert li.get(f"/facilities/{CEMENT}/stack.json").json()["lanes"] == []


def test_the_axis_of_another_city_is_not_there(told, stranger):  # noqa: F811
    for address in (f"/facilities/{CEMENT}/stack/", f"/facilities/{CEMENT}/stack.json"):
        assert stranger.get(address).status_code == 404


def test_emission_is_drawn_against_its_limit_and_power_beside_it(judged, li):  # noqa: F811
    """清河水泥 exceeds NOx: the share of the limit is the value by the limit, and the hours over it are counted."""
    body = li.get(f"/facilities/{CEMENT}/stack.json").json()
    keys = [lane["key"] for lane in body["lanes"]]
    assert keys[:2] == ["emission", "power"] and body["lanes"][0]["limit"] == 100
    line = next(line for line in body["lanes"][0]["lines"] if line["name"] == "氮氧化物 DA001")
    assert all(abs(share - 100 * raw / 320) < 1e-9 for share, raw in zip(line["y"], line["raw"], strict=True))
    rows = [row for lane, rows in li.get(f"/facilities/{CEMENT}/stack/").context["lanes"] for row in rows]
    nox = next(row for row in rows if row["line"].name == "氮氧化物 DA001")
    assert nox["over"] == sum(share > 100 for share in line["y"]) > 0
    assert 0.7 < nox["valid_share"] < 0.8, "37 of the 48 hours shown had passed since the first packet"
    assert any(tone == "finding" for _, _, tone in body["shades"])


def test_marks_stand_on_the_axis_with_who_made_them(told, li):  # noqa: F811
    heating = Facility.objects.get(name="安泰热力有限公司")
    text = text_of(li.get(f"/facilities/{heating.code}/stack/"))
    assert "停运" in text and "计划检修停炉" in text and "1号锅炉冷态启炉" in text


@pytest.mark.parametrize(("query", "says"), [({"days": "9"}, "时间跨度"), ({"kind": "year"}, "数据类型"), ({"ended": "昨天"}, "时间须写成")])
def test_a_window_that_cannot_be_read_is_refused_by_name(li, query, says):  # noqa: F811
    answer = li.get(f"/facilities/{CEMENT}/stack/", query)
    assert answer.status_code == 400 and says in text_of(answer)


def test_bands_that_overlap_go_below_each_other_and_keep_to_the_window():
    began, hour = AT, dt.timedelta(hours=1)
    rows = [bands.Row("标记", [bands.Band(began - hour, began + hour, "甲", "", "mark"), bands.Band(began, began + 2 * hour, "乙", "", "mark"), bands.Band(began + 3 * hour, began + 9 * hour, "丙", "", "mark")])]
    first, second, third = bands.draw(rows, began, began + 4 * hour).shapes
    assert first.x == bands.LEFT and second.y > first.y and third.y == first.y
    assert third.x + third.width == bands.LEFT + bands.WIDTH
    assert bands.draw([], began, began + hour) is None


def test_an_instrument_setting_that_turns_is_a_line_on_the_axis():
    """The same value said again is no turn; a change before the window is where the next one is counted from."""
    said = [{"mn": "M", "factor": "a21002", "name": "i13008", "value": value, "text": "", "began": AT + dt.timedelta(hours=hour)} for hour, value in ((-9, 1.0), (-2, 0.9), (1, 0.9), (2, 0.6))]
    (turn,) = stacks.turns(said, AT)
    assert turn.began == turn.ended == AT + dt.timedelta(hours=2) and turn.word == "氮氧化物斜率 0.9→0.6"


def test_what_is_shaded_twice_is_one_shade():
    assert stacks.joined([(5, 9), (1, 3), (3, 4), (8, 12)]) == [(1, 4), (5, 12)]


def test_a_trial_shows_what_a_number_would_change_and_keeps_nothing(judged, li):  # noqa: F811
    """Six flat hours instead of eight for water; a limit that nothing reaches makes the finding vanish."""
    before = Clue.objects.count()
    assert text_of(li.get("/rules/flat_line/trial/")).count("p_hours_") >= 2
    none = li.get("/rules/flat_line/trial/", {"days": "2", "p_hours_water": "4000", "p_hours_gas": "3"})
    assert none.status_code == 200 and len(none.context["told"].told.vanish) >= 1 and not none.context["told"].told.appear
    assert [name for name, _, _, _ in none.context["numbers"]] == ["废水恒值时长"] and Clue.objects.count() == before
    assert none.context["first"] == clock.yesterday(AT) and none.context["share"].due > 0, "what the figures rest on stands beside them"
    more = li.get("/rules/flat_line/trial/", {"days": "2", "p_hours_water": "1", "p_hours_gas": "0.5"})
    assert more.status_code == 400, "hours of gas is a whole number"
    assert "没有改动任何参数" in text_of(li.get("/rules/flat_line/trial/", {"days": "2", "p_hours_water": "8"}))


def test_a_trial_that_only_regrades_says_so(judged, li):  # noqa: F811
    """orange_multiple grades an exceedance and finds none: nothing appears, the graver grade is shown."""
    told_ = li.get("/rules/hourly_mean_exceedance/trial/", {"days": "2", "p_orange_multiple": "0.1"}).context["told"]
    assert not told_.told.appear and not told_.told.vanish and {(a.severity, b.severity) for a, b in told_.changed} == {("yellow", "orange")}


def test_a_trial_judges_only_what_the_viewer_may_see(judged, stranger, li):  # noqa: F811
    answer = stranger.get("/rules/flat_line/trial/", {"days": "2", "p_hours_water": "1"})
    found = [*answer.context["told"].told.appear, *answer.context["told"].told.vanish]
    assert set(answer.context["told"].facilities) == set(Facility.objects.filter(city_code="990200000000").values_list("code", flat=True))
    assert all(one.facility in answer.context["told"].facilities for one in found)
    assert stranger.get("/rules/flat_line/trial/", {"days": "2", "p_hours_water": "1", "facility": CEMENT}).status_code == 400
    assert li.get("/rules/no_such_rule/trial/").status_code == 404


def test_in_a_large_division_a_facility_is_named_by_hand(judged, li, monkeypatch):  # noqa: F811
    """Where a list would be too long to choose from, a name or a code is typed; one out of scope is not found."""
    monkeypatch.setattr(trials, "MOST_LISTED", 2)
    asked = {"days": "2", "p_hours_water": "4000"}
    for words in ("99012100002", "东山造纸"):
        assert set(li.get("/rules/flat_line/trial/", {**asked, "facility": words}).context["told"].facilities) == {"99012100002"}
    for words in ("99020300004", "有限公司"):
        assert "请写全名或编码" in text_of(li.get("/rules/flat_line/trial/", {**asked, "facility": words}))


def test_a_trial_that_would_take_too_long_says_how_to_do_it(judged, li, monkeypatch):  # noqa: F811
    monkeypatch.setattr(clues, "MOST_FACILITY_DAYS", 8)
    answer = li.get("/rules/flat_line/trial/", {"days": "31", "p_hours_water": "1"})
    assert answer.status_code == 400 and "超过一次试算的上限（100 家、8 家·天）" in text_of(answer) and "qingyuan whatif" in text_of(answer)


def test_a_finding_is_followed_to_its_packets_without_the_password(judged, li, stranger):  # noqa: F811
    """Sums done again, digests compared, the raw packet shown with PW blotted out."""
    row = finding()
    answer = li.get(f"/findings/{row.finding_id}/")
    text = text_of(answer)
    assert answer.context["tree"]["problems"] == [] and "都与判定时一致" in text
    assert "CN=2061" in text and "PW=******" in text and "PW=123456" not in text
    hidden, absent = stranger.get(f"/findings/{row.finding_id}/"), stranger.get("/findings/0000/")
    assert hidden.status_code == absent.status_code == 404 and hidden.content == absent.content


def test_a_finding_whose_readings_changed_since_says_so(judged, li):  # noqa: F811
    row = finding()
    row.data["working"]["rows"][0]["digest"] = "0" * 64
    row.save()
    assert "现在重算与判定时不一致" in text_of(li.get(f"/findings/{row.finding_id}/"))


def test_a_finding_without_its_working_is_still_shown(judged, li):  # noqa: F811
    row = finding()
    ClueFinding.objects.filter(pk=row.pk).update(data={"title": "旧判定", "basis": []})
    answer = li.get(f"/findings/{row.finding_id}/")
    assert answer.status_code == 200 and "不能重算" in text_of(answer)


def test_precision_is_said_with_its_interval_and_never_from_nothing(judged, li):  # noqa: F811
    """One true of one checked: 100 %, but the interval reaches down to 27 % and the page says so."""
    assert "尚无核实" in text_of(li.get("/rules/hourly_mean_exceedance/"))
    Clue.objects.filter(pk=finding().clue_id).update(state="confirmed", ended_at=AT + dt.timedelta(days=2))
    (line,) = clues.precision_of(officer("李明"), "hourly_mean_exceedance", since=AT.date() - dt.timedelta(days=9), by_season=False)
    assert (line.true, line.false, line.precision, line.days_to_check) == (1, 0, 1.0, 2.0)
    text = text_of(li.get("/rules/hourly_mean_exceedance/"))
    assert "100%" in text and "27%" in text and "样本少，仅供参考" in text
    assert "近一年没有推送过线索" in text_of(li.get("/rules/ph_frozen/"))


def test_the_catalogue_shows_one_family_and_refuses_an_unknown_one(li):  # noqa: F811
    text = text_of(li.get("/rules/", {"family": "permit"}))
    assert "排污许可证应申请延续" in text and "小时均值超标" not in text.split("许可证应申请延续")[1]
    answer = li.get("/rules/", {"family": "magic"})
    assert answer.status_code == 400 and "没有这个类别" in text_of(answer)


def test_a_parameter_is_called_by_its_chinese_name_on_the_page_in_the_form_and_in_the_difference(judged, li):  # noqa: F811
    assert "废水恒值时长" in text_of(li.get("/rules/flat_line/"))
    assert "废水恒值时长（小时）" in text_of(li.get("/rules/flat_line/trial/"))
    answer = li.get("/rules/flat_line/trial/", {"days": "2", "p_hours_water": "4000", "p_hours_gas": "3000"})
    assert sum(less for _, _, less in answer.context["divisions"]) == len(answer.context["told"].told.vanish) >= 1
    assert all(place and not place.isdigit() for place, _, _ in answer.context["divisions"])


def test_the_sums_of_a_finding_are_in_words_and_its_moments_are_moments(judged, li):  # noqa: F811
    text = text_of(li.get(f"/findings/{finding().finding_id}/"))
    assert "均值 ÷ 限值 - 1" in text and "限值 = 320" in text
    flat = text_of(li.get(f"/findings/{finding('flat_line').finding_id}/"))
    assert "= 止 - 起（" in flat and "止 = " in flat and "3600000" not in flat and "000000" not in flat.split("止 - 起")[1][:60]


def test_a_parameter_with_a_value_for_each_factor_is_told_line_by_line(li):  # noqa: F811
    text = text_of(li.get("/rules/impossible_value/"))
    assert "含氧量 0–21.5" in text and "{" not in text.split("各因子的物理上下界")[1][:200]
