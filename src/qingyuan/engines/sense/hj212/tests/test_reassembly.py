import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from qingyuan.engines.sense.hj212.message import Message, build, parse
from qingyuan.engines.sense.hj212.reassembly import Reassembly

from .vectors import vectors

AT = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)


def part(number: int, total: int, value: str = "1", when: str = "20160801080000") -> Message:
    """Part ``number`` of ``total``."""
    return parse(
        build(
            qn=f"201608010858575{number:02d}",
            st="32",
            cn="2061",
            pw="1",
            mn="M" * 24,
            flag=6,
            pnum=total,
            pno=number,
            cp=[{"DataTime": when}, {f"w{number:05d}-Avg": value}],
        )  # fmt: skip
    )


def test_the_standards_parts_come_together() -> None:
    """2017 C.47: two packets, consecutive QN, DataTime in each."""
    parts = [parse(v["bytes"]) for v in vectors() if b"Flag=6;PNUM=2" in v["bytes"]][:2]
    reassembly = Reassembly()
    assert reassembly.add(parts[0], AT) == []
    (whole,) = reassembly.add(parts[1], AT)
    assert whole.complete and not whole.faults and whole.parts == tuple(parts)
    assert [key for item in whole.cp for key in item].count("DataTime") == 1


def test_a_message_not_in_parts_passes_at_once() -> None:
    message = parse(vectors("official")[0]["bytes"])
    (whole,) = Reassembly().add(message, AT)
    assert whole.parts == (message,) and whole.cp == message.cp


@settings(max_examples=50, deadline=None)
@given(st.permutations([1, 2, 3, 4, 5]))
def test_order_makes_no_difference(order: list[int]) -> None:
    reassembly = Reassembly()
    done = [whole for n in order for whole in reassembly.add(part(n, 5), AT)]
    assert len(done) == 1 and [p.pno for p in done[0].parts] == [1, 2, 3, 4, 5] and reassembly.waiting == 0


def test_a_part_sent_again_is_noted_and_a_different_one_more_so() -> None:
    reassembly = Reassembly()
    for message in (part(1, 2), part(1, 2), part(1, 2, value="9")):
        assert reassembly.add(message, AT) == []
    (whole,) = reassembly.add(part(2, 2), AT)
    assert [f.code for f in whole.faults] == ["part_repeated", "part_conflict"]
    assert whole.cp[1] == {"w00001-Avg": "9"}


def test_what_does_not_come_is_given_up_and_named() -> None:
    reassembly = Reassembly(patience=dt.timedelta(seconds=60))
    reassembly.add(part(2, 3), AT)
    assert reassembly.expire(AT + dt.timedelta(seconds=59)) == []
    (whole,) = reassembly.expire(AT + dt.timedelta(seconds=60))
    assert not whole.complete and whole.missing == (1, 3) and whole.faults[0].detail == "缺第1、3包"


def test_two_hours_in_parts_do_not_mix() -> None:
    reassembly = Reassembly()
    reassembly.add(part(1, 2), AT)
    assert reassembly.add(part(2, 2, when="20160801090000"), AT) == [] and reassembly.waiting == 2


def test_unfinished_messages_are_bounded() -> None:
    reassembly = Reassembly(limit=10)
    out = [w for n in range(30) for w in reassembly.add(part(1, 2, when=f"201608010{n:05d}"), AT)]
    assert reassembly.waiting == 10 and len(out) == 20 and not any(w.complete for w in out)
