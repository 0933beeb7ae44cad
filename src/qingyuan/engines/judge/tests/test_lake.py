"""From packets to a finding and back to the packets; the commands over a real data directory."""

from __future__ import annotations

import datetime as dt
import json

import pyarrow as pa
import pytest

from qingyuan.cli import main
from qingyuan.engines.judge import explain, run, working
from qingyuan.engines.judge.finding import CHINA, from_json
from qingyuan.engines.judge.whatif import whatif
from qingyuan.engines.sense.hj212.message import build
from qingyuan.engines.sense.spool import Spool
from qingyuan.engines.store import dimensions, ingest, journal, layout
from qingyuan.errors import BadInput

MN, OUTLET = "QY990102000013100000001".ljust(24, "0"), "99010200001/DA001"
BEGAN, ENDED = dt.datetime(2026, 9, 14, tzinfo=CHINA), dt.datetime(2026, 9, 15, tzinfo=CHINA)
POINT = {
    "mn": MN, "pw": "123456", "st": "31", "facility": "99010200001", "facility_name": "清河水泥有限公司", "operator": "X", "operator_name": "清河水泥",
    "outlet": OUTLET, "outlet_name": "窑尾废气排放口", "division": "990102000000", "medium": "gas", "industry": "cement", "reference_oxygen": 10.0,
    "lon": 104.0, "lat": 36.6, "factors": ["a21002"],
}  # fmt: skip
LIMIT = {"outlet": OUTLET, "factor": "a21002", "averaging": "hour", "limit_value": 320.0, "unit": "mg/m³", "valid_from": dt.date(2023, 1, 1),
         "valid_to": None, "kind": "permit", "citation": "排污许可证"}  # fmt: skip


def packet(hour: int, corrected: float) -> bytes:
    groups = [{"DataTime": f"20260914{hour:02d}0000"}, {"a21002-Avg": f"{corrected * 0.9:.1f}", "a21002-ZsAvg": f"{corrected:.1f}", "a21002-Flag": "N"}]
    return build(qn=f"20260914{hour + 1:02d}0005000", st="31", cn="2061", pw="123456", mn=MN, flag=9, cp=groups)


def send(data, packets: list[tuple[int, bytes]]) -> None:
    with_stamp = [(int(BEGAN.timestamp() + 3600 * (hour + 1) + 5) * 1_000_000, "10.0.0.1:9000", raw) for hour, raw in packets]
    layout.spool(data).mkdir(parents=True, exist_ok=True)
    spool = Spool(layout.spool(data), at_us=with_stamp[0][0], segment_bytes=1 << 20)
    spool.append(with_stamp)
    spool.sync()
    spool.close()
    ingest.ingest(data)


@pytest.fixture
def data(tmp_path):
    dimensions.write(tmp_path, pa.Table.from_pylist([POINT]), pa.Table.from_pylist([LIMIT]))
    send(tmp_path, [(hour, packet(hour, 392.5 if hour == 9 else 250.0 + hour)) for hour in range(23)])
    return tmp_path


def only(data):
    (finding,) = run.judge(data, began=BEGAN, ended=ENDED, rules=["hourly_mean_exceedance"])
    return finding


def test_an_exceedance_is_explained_down_to_the_packet_that_carried_it(data):
    finding = only(data)
    tree = explain.explain(data, finding)
    assert (finding.value, finding.limit_value, finding.title) == (392.5, 320.0, "窑尾废气排放口氮氧化物小时均值392.5mg/m³，超过限值320mg/m³（超标0.23倍）")
    assert tree["problems"] == []
    (row,) = tree["rows"]
    assert "a21002-ZsAvg=392.5" in row["packets"][0]["raw"] and MN in row["packets"][0]["raw"]


def test_a_later_correction_shows_in_the_explanation_and_as_of_still_judges_what_was_known(data):
    finding = only(data)
    send(data, [(9, packet(9, 300.0)), (20, packet(20, 260.0))])
    assert run.judge(data, began=BEGAN, ended=ENDED, rules=["hourly_mean_exceedance"], as_of=ENDED + dt.timedelta(days=1)) == []
    assert any("与判定时不同" in problem for problem in explain.explain(data, finding)["problems"])
    before = BEGAN + dt.timedelta(hours=9, minutes=59)
    assert run.judge(data, began=BEGAN, ended=ENDED, rules=["hourly_mean_exceedance"], as_of=before) == []


def test_a_mark_made_in_time_excludes_the_hour_but_deletes_nothing(data):
    mark = {"facility": "99010200001", "outlet": OUTLET, "mn": MN, "factors": [], "code": "start_up", "began": BEGAN + dt.timedelta(hours=9),
            "ended": BEGAN + dt.timedelta(hours=10), "author": "清河水泥", "recorded_at": BEGAN + dt.timedelta(hours=11), "reason": "启窑", "proof": ""}  # fmt: skip
    journal.append_marks(data, [mark])
    assert run.judge(data, began=BEGAN, ended=ENDED, rules=["hourly_mean_exceedance"]) == []
    known_before = run.judge(data, began=BEGAN, ended=ENDED, rules=["hourly_mean_exceedance"], as_of=BEGAN + dt.timedelta(hours=10, minutes=30))
    assert len(known_before) == 1


def test_a_tampered_working_is_seen(data):
    told = only(data).as_json()
    assert working.recompute(told["working"]) == []
    told["working"]["children"][0]["value"] = 0.1
    assert len(working.recompute(told["working"])) == 1
    assert from_json(only(data).as_json()) == only(data)


def test_a_what_if_says_what_would_appear_and_vanish(data):
    told = whatif(data, rule="consecutive_hours_exceedance", parameters={"hours": 1}, began=BEGAN, ended=ENDED)
    assert (len(told.appear), len(told.vanish), told.stay) == (1, 0, 0)
    assert told.by("division") == {"990102000000": (1, 0)}
    with pytest.raises(BadInput, match="没有参数 minutes"):
        whatif(data, rule="consecutive_hours_exceedance", parameters={"minutes": 1}, began=BEGAN, ended=ENDED)


def test_the_commands_speak_json_and_exit_codes(data, tmp_path, capsys):
    window = ["--data", str(data), "--from", "2026-09-14", "--to", "2026-09-15"]
    assert main(["judge", *window, "--rule", "hourly_mean_exceedance@1", "--json"]) == 0
    line = capsys.readouterr().out
    file = tmp_path / "finding.json"
    file.write_text(line, "utf-8")
    assert main(["explain", str(file), "--data", str(data)]) == 0
    assert "排污许可证限值：320.0mg/m³" in capsys.readouterr().out
    assert main(["explain", json.loads(line)["id"], *window]) == 0
    assert main(["whatif", *window, "--rule", "consecutive_hours_exceedance", "--param", "hours=1"]) == 0
    assert "新增 1 条" in capsys.readouterr().out
    assert main(["judge", *window, "--rule", "no_such_rule"]) == 2
    assert main(["judge", *window, "--rule", "flat_line@9"]) == 2
    assert main(["judge", "--data", str(data), "--from", "昨天", "--to", "2026-09-15"]) == 2


def test_times_need_a_zone_and_a_window_an_end_after_its_start(data):
    with pytest.raises(BadInput, match="时区"):
        run.judge(data, began=dt.datetime(2026, 9, 1), ended=ENDED)
    with pytest.raises(BadInput, match="晚于"):
        run.judge(data, began=ENDED, ended=BEGAN)
