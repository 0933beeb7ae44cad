import datetime as dt

import pytest

from qingyuan.engines.sense.hj212.message import build, parse
from qingyuan.engines.sense.hj212.readings import readings, to_number
from qingyuan.engines.sense.hj212.times import BEIJING


def read(cp: str, cn: str = "2051") -> list[tuple[object, ...]]:
    """The readings of a packet with this data region."""
    raw = build(qn="20160801085000001", st="31", cn=cn, pw="1", mn="x" * 24, flag=5, cp=cp)
    return readings(parse(raw))


def test_one_reading_per_factor_whatever_the_separator() -> None:
    """2017 C.16; the grouping comes from the factor code."""
    rows = read("DataTime=20160801084000;a21026-Min=1.1,a21026-Avg=2.2;a21026-Max=3.3,a21026-ZsAvg=4.4;a34013-Cou=0.5")
    assert [r.factor for r in rows] == ["a21026", "a34013"]
    first = rows[0]
    assert (first.low, first.value, first.high, first.corrected) == (1.1, 2.2, 3.3, 4.4)
    assert first.began == dt.datetime(2016, 8, 1, 8, 40, tzinfo=BEIJING) and first.kind == "minute"
    assert rows[1].mass == 0.5 and rows[1].value is None


@pytest.mark.parametrize(("cn", "kind"), [("2011", "real"), ("2051", "minute"), ("2061", "hour"), ("2031", "day")])
def test_the_command_says_the_averaging(cn: str, kind: str) -> None:
    (row,) = read("DataTime=20160801084000;a21026-Rtd=1,a21026-Flag=N", cn)
    assert (row.kind, row.flag, row.value) == (kind, "N", 1.0)


@pytest.mark.parametrize("text", ["", "NaN", "--", "6.90-12.49", "inf", "1_000", "故障"])
def test_what_is_no_number_is_none_and_its_text_stays(text: str) -> None:
    (row,) = read(f"DataTime=20160801084000;w01001-Avg={text}")
    assert row.value is None and row.text == text


def test_negative_and_long_numbers_are_numbers() -> None:
    assert to_number("-130.7116") == -130.7116
    assert to_number("235.242599117822") == 235.242599117822


def test_noise_of_day_and_night_are_readings_of_their_own() -> None:
    """2017 C.28."""
    rows = read("DataTime=20160801000000;Leq-Data=50.1,Leq-DayData=51.2,Leq-NightData=45.3", "2031")
    assert {(r.factor, r.kind): r.value for r in rows} == {
        ("Leq", "day"): 50.1, ("Leq", "daytime"): 51.2, ("Leq", "nighttime"): 45.3,
    }  # fmt: skip


def test_facility_states_and_times_are_readings() -> None:
    """2017 C.15, C.19."""
    assert [(r.factor, r.value) for r in read("DataTime=20160801084000;SB1-RS=1;SB2-RS=0", "2021")] == [
        ("SB1", 1),
        ("SB2", 0),
    ]
    (row,) = read("DataTime=20160801000000;SB1-RT=1.1", "2041")
    assert (row.kind, row.value) == ("day", 1.1)


def test_sample_time_extended_mark_and_corrected_real_time_value() -> None:
    (row,) = read(
        "DataTime=20160801084000;a21026-SampleTime=20160801083000,a21026-Rtd=1,a21026-ZsRtd=2,a21026-EFlag=A01", "2011"
    )
    assert row.sampled == dt.datetime(2016, 8, 1, 8, 30, tzinfo=BEIJING)
    assert (row.corrected, row.eflag) == (2.0, "A01")


def test_no_readable_time_no_readings() -> None:
    assert read("a21026-Avg=1") == [] == read("DataTime=yesterday;a21026-Avg=1")


def test_replies_carry_no_readings() -> None:
    assert read("ExeRtn=1", "9012") == []


def test_a_clock_in_1970_and_one_with_milliseconds() -> None:
    assert read("DataTime=19700101080000;a-Rtd=1")[0].began == dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
    assert read("DataTime=20160801084000123;a-Rtd=1")[0].began.microsecond == 123000
