"""Devices on the desk: who may see and command which, what the rates say, and a command that goes through a real gateway and back."""

from __future__ import annotations

import asyncio
import datetime as dt
import shutil

import pytest
from django.test import Client

from qingyuan import clock
from qingyuan.engines.sense import gateway_journal
from qingyuan.engines.sense import gateway_presence as presence
from qingyuan.engines.sense.gateway import Gateway
from qingyuan.engines.sense.hj212.device import Device as Logger
from qingyuan.engines.sense.hj212.times import write_time
from qingyuan.engines.sense.roster import Device, Roster
from qingyuan.engines.sense.simulate import Traffic
from qingyuan.records.registry import door
from qingyuan.records.registry.models import Agency, Division, Event, Monitor, Officer
from qingyuan.testing import small_province

from .conftest import AT
from .test_pages import officer, signed_in

pytestmark = pytest.mark.django_db
MN = "QY9901020000131000000010"  # 清河水泥 DA001
POWER = "QY9901020000144000000030"


@pytest.fixture
def world(settings, tmp_path, monkeypatch):
    """The registry of the small province at one moment, no telemetry yet."""
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    monkeypatch.setattr(clock, "now", lambda: AT)
    door.heard_of_devices.cache_clear()
    return small_province(AT)


@pytest.fixture
def told(world, lake, settings):
    shutil.copytree(lake, settings.QINGYUAN_DATA, dirs_exist_ok=True)
    door.heard_of_devices.cache_clear()
    return settings.QINGYUAN_DATA


@pytest.fixture
def li(world) -> Client:
    return signed_in(officer("李明"))


@pytest.fixture
def stranger(world) -> Client:
    return signed_in(next(one for one in Officer.objects.filter(agency__division__code__startswith="9902") if one.has_role("inspector")))


def online(data, *, offset_s: float = 0.2, version: int = 2017) -> None:
    """The gateway's table as it stands while this device is there."""
    us = int(AT.timestamp() * 1e6)
    presence.write(data, [presence.DeviceState(MN, True, "10.0.0.9:4001", us - 60_000_000, us, 12, 0, "", offset_s, version)])


def text_of(answer) -> str:
    return answer.content.decode()


def test_the_list_opens_before_any_packet_and_says_that_nobody_is_there(li):
    """Empty state: every device is listed as never heard; the gateway is said not to run."""
    text = text_of(li.get("/devices/"))
    assert MN in text and "接收网关没有运行" in text and "状态不详" in text and "无数据" in text


def test_devices_of_another_city_are_neither_listed_nor_told_apart_from_none(li, stranger):
    assert MN not in text_of(stranger.get("/devices/"))
    hidden, absent = stranger.get(f"/devices/{MN}/"), stranger.get("/devices/NOBODY/")
    assert hidden.status_code == absent.status_code == 404 and hidden.content == absent.content
    assert stranger.post(f"/devices/{MN}/send/read_clock/").status_code == 404
    assert not Event.objects.filter(step="send_command").exists()
    assert li.get(f"/devices/{MN}/").status_code == 200


def test_rates_come_from_the_hours_that_arrived(told, li):
    """37 hours since yesterday's midnight, ten factors, all in time: a whole yesterday is 240 of 240."""
    context = li.get(f"/devices/{MN}/").context
    assert (context["yesterday"].due, context["yesterday"].received, context["yesterday"].transmission) == (240, 240, 1.0)
    assert [day.told.due for day in context["days"]][:3] == [130, 240, 0]
    assert {tone for _, tone, _ in context["days"][2].cells} == {"ahead"}, "days before the first hour were never due"
    assert context["row"].heard_at >= AT - dt.timedelta(hours=1)


def test_a_declared_stop_is_not_held_against_the_device(told, li):
    """安泰热力 declared a stop for the day before: hours of the stop are neither due nor missing."""
    mn = Monitor.objects.get(outlet__facility__name="安泰热力有限公司").mn
    hours = door.hours_of(officer("李明"), [mn], AT.replace(hour=0, minute=0) - dt.timedelta(days=1), AT.replace(minute=0))
    stopped = {hour.began for hour in hours if hour.state == "stopped"}
    assert min(stopped) == AT.replace(day=14, hour=6, minute=0) and len(stopped) == 24
    assert sum(rate.due for rate in door.rates_of(hours)) == sum(hour.state != "stopped" for hour in hours)


def test_missing_hours_are_named_and_offered_to_be_pulled(told, li, monkeypatch):
    """Four hours later nothing new has come: 13:00 to 16:00 are one gap with a button."""
    monkeypatch.setattr(clock, "now", lambda: AT + dt.timedelta(hours=4))
    online(told)
    monkeypatch.setattr(door, "gateway_is_alive", lambda at: True)
    answer = li.get(f"/devices/{MN}/")
    assert [(gap[0].hour, gap[1].hour, gap[2]) for gap in answer.context["gaps"]] == [(13, 16, 4)]
    assert "began=2026-09-15T13%3A00%3A00%2B08%3A00" in text_of(answer)
    proposed = li.get(f"/devices/{MN}/", {"began": "2026-09-15T13:00:00+08:00", "ended": "2026-09-15T16:00:00+08:00"})
    assert 'value="2026-09-15 13:00"' in text_of(proposed)


def test_an_offline_device_is_told_nothing_and_the_officer_why(told, li):
    presence.write(told, [])
    answer = li.post(f"/devices/{MN}/send/read_clock/")
    assert answer.status_code == 409 and "不在线" in text_of(answer) and "命令没有发出" in text_of(answer)
    assert not (told / "commands").exists() and not Event.objects.filter(step="send_command").exists()


def test_without_a_gateway_no_command_is_left_lying(world, li, settings):
    answer = li.post(f"/devices/{MN}/send/read_clock/")
    assert answer.status_code == 409 and "接收网关没有运行" in text_of(answer)
    assert not (settings.QINGYUAN_DATA / "commands").exists()


def test_who_does_not_enforce_commands_nothing(world, settings):
    """A leader sees the page; the command is refused with the sentence that names who may."""
    online(settings.QINGYUAN_DATA)
    client = signed_in(officer("吴海涛"))
    assert "由执法人员、技术中心研判员办理" in text_of(client.get(f"/devices/{MN}/"))
    assert client.post(f"/devices/{MN}/send/read_clock/").status_code == 409


@pytest.mark.parametrize(
    ("command", "words", "says"),
    [
        ("set_clock", {"why": ""}, "这个字段"),
        ("set_real_time_interval", {"seconds": "5", "why": "加密"}, "30"),
        ("history", {"cn": "2061", "began": "2026-09-15 08:00", "ended": "2026-09-01 08:00"}, "先起后止"),
        ("history", {"cn": "2061", "began": "昨天", "ended": "2026-09-01 08:00"}, "began"),
        ("check_standard", {"why": "核查", "factor": "a21002"}, "2017版没有命令3024"),
    ],
)
def test_a_command_that_cannot_be_comes_back_with_its_words(world, settings, li, command, words, says):
    online(settings.QINGYUAN_DATA)
    answer = li.post(f"/devices/{MN}/send/{command}/", words)
    assert answer.status_code == 400 and says in text_of(answer)
    assert not (settings.QINGYUAN_DATA / "commands").exists() and not Event.objects.filter(step="send_command").exists()


def test_a_command_leaves_one_order_and_one_event(world, settings, li):
    online(settings.QINGYUAN_DATA)
    answer = li.post(f"/devices/{MN}/send/set_clock/", {"why": "偏差超限，校时"})
    assert answer.status_code == 302 and answer.url.endswith("#orders")
    event = Event.objects.get(step="send_command")
    assert (event.subject, event.by.name, event.why, event.after["command"]) == (f"device:{MN}", "李明", "偏差超限，校时", "set_clock")
    (order,) = (settings.QINGYUAN_DATA / "commands" / "inbox").glob("*.json")
    assert "等待网关发送" in text_of(li.get(answer.url)), "the page that follows shows it before the gateway took it"
    line = li.get(f"/devices/{MN}/commands/{order.stem}/", headers={"HX-Request": "true"})
    assert "等待网关发送" in text_of(line) and "every 1s" in text_of(line)
    assert li.get(f"/devices/{POWER}/commands/{order.stem}/", headers={"HX-Request": "true"}).status_code == 404, "an order of another device"


def test_what_is_offered_fits_the_device(world, settings, li):
    """An electricity meter is not asked to calibrate; nobody sets an instrument's slope from the desk."""
    us = int(AT.timestamp() * 1e6)
    presence.write(settings.QINGYUAN_DATA, [presence.DeviceState(POWER, True, "10.0.0.9:4001", us, us)])
    text = text_of(li.get(f"/devices/{POWER}/"))
    assert "cmd-set_clock" in text and "cmd-calibrate" not in text and "set_parameter" not in text
    assert li.post(f"/devices/{POWER}/send/calibrate/", {"why": "试"}).status_code == 404


def test_a_wrong_clock_is_red_and_counted(world, settings, li):
    online(settings.QINGYUAN_DATA, offset_s=-700)
    answer = li.get("/devices/?state=skewed")
    assert [row.mn for row, _, _ in answer.context["lines"]] == [MN] and "-12 分" in text_of(answer)


def test_alarms_stay_in_the_city_of_their_device_and_strangers_go_to_the_province(world, settings, li, stranger):
    journal = gateway_journal.Journal(settings.QINGYUAN_DATA / "gateway" / "alarms")
    us = int(AT.timestamp() * 1e6) - 60_000_000
    journal.alarm(us, "impostor", MN, "203.0.113.7:5", "口令不符")
    journal.alarm(us, "unknown_mn", "STRAYDEVICE01", "203.0.113.8:5")
    journal.flush()
    mine, other = text_of(li.get("/devices/")), text_of(stranger.get("/devices/"))
    assert "疑似冒用" in mine and "STRAYDEVICE01" not in mine
    assert "疑似冒用" not in other and "STRAYDEVICE01" not in other
    assert "203.0.113.7" in text_of(li.get(f"/devices/{MN}/"))
    province = Division.objects.get(level="province")
    office = Agency.objects.filter(division=province).first() or Agency.objects.create(code="P99", name="示范省生态环境厅", short_name="示环", division=province)
    above = signed_in(Officer.objects.create(name="省厅研判员", agency=office, roles=["analyst"]))
    text = text_of(above.get("/devices/"))
    assert "STRAYDEVICE01" in text and "疑似冒用" in text and "/devices/STRAYDEVICE01/" not in text


def test_a_facility_shows_the_health_of_its_devices(told, li):
    text = text_of(li.get("/facilities/99010200001/"))
    assert "设备健康" in text and text.count("有效 100%") + text.count("有效 97.9%") >= 2 and f"/devices/{MN}/" in text


def test_markup_in_a_search_is_text(li):
    assert "<img src=x" not in text_of(li.get("/devices/", {"words": "<img src=x>"}))


@pytest.mark.django_db(transaction=True)
def test_a_clock_is_set_through_the_gateway_and_the_page_says_so(settings, tmp_path):
    """Desk → file → gateway → simulated logger → result → desk, over a real socket."""
    settings.QINGYUAN_DATA, settings.QINGYUAN_FILES = tmp_path / "telemetry", tmp_path / "files"
    door.heard_of_devices.cache_clear()
    small_province(AT)
    desk, data = signed_in(officer("李明")), settings.QINGYUAN_DATA
    logger = Logger(MN, "123456", "31", clock_offset=dt.timedelta(minutes=10))

    async def story() -> str:
        gateway = Gateway(data, roster=Roster.of([Device(MN, "123456")]))
        await gateway.start()
        traffic = Traffic([logger], "127.0.0.1", gateway.port)
        await traffic.connect_all()
        traffic.lines[MN].write(logger.upload("2011", [{"DataTime": write_time(clock.now())}, {"a21002-Rtd": "1"}], clock.now()))
        await traffic.settle(5)
        gateway.lookout._presence_at = -1e9
        text = await seen(desk, "在线")
        assert "+10 分" in text
        sent = await asyncio.to_thread(desk.post, f"/devices/{MN}/send/set_clock/", {"why": "快了十分钟"})
        assert sent.status_code == 302, text_of(sent)
        text = await seen(desk, "执行成功")
        traffic.close()
        await gateway.stop()
        return text

    text = asyncio.run(asyncio.wait_for(story(), 30))
    assert "快了十分钟" in text and abs(logger.clock_offset) < dt.timedelta(seconds=5)


async def seen(desk: Client, words: str) -> str:
    """The device's page once it says some words."""
    for _ in range(60):
        text = text_of(await asyncio.to_thread(desk.get, f"/devices/{MN}/"))
        if f">{words}<" in text:
            return text
        await asyncio.sleep(0.1)
    raise AssertionError(words)
