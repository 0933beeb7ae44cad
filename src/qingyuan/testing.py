"""What tests of this project, and of anything built on it, stand on: the cast, a small province, real telemetry."""

from __future__ import annotations

import datetime as dt
import io
from contextlib import closing
from pathlib import Path

from qingyuan.clock import yesterday
from qingyuan.engines.judge import run as judge
from qingyuan.engines.province.messages import backfill
from qingyuan.engines.province.plan import Plan
from qingyuan.engines.province.small import small
from qingyuan.engines.sense.hj212 import message
from qingyuan.engines.sense.spool import Spool
from qingyuan.engines.store import ingest, layout, planting


def photo(colour: tuple[int, int, int] = (40, 90, 160)) -> bytes:
    """A real JPEG, small."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "JPEG")
    return out.getvalue()


PHOTO = photo()


def small_province(anchor: dt.datetime, seed: int = 1) -> Plan:
    """The province of the demo, planted around ``anchor``, written into the registry."""
    from qingyuan.records.registry.load import load_plan

    plan = small(seed, anchor)
    load_plan(plan)
    return plan


def spool_of(plan: Plan, data: Path, until: dt.datetime, hours: int) -> int:
    """Spool the last hours before ``until`` as HJ 212 packets; return how many."""
    packets = [
        (int(out.when.timestamp() * 1_000_000), "127.0.0.1:0", packet(plan, out.mn, out.cn, out.cp, out.when))
        for out in backfill(plan, until, hours)
    ]
    with closing(Spool(layout.spool(data), at_us=int(until.timestamp() * 1_000_000))) as spool:
        spool.append(packets)
        spool.sync()
    return len(packets)


def packet(plan: Plan, mn: str, cn: str, cp: list[dict[str, str]], when: dt.datetime) -> bytes:
    """One HJ 212-2017 packet of a point of the plan."""
    point = plan.point[mn]
    return message.build(qn=when.strftime("%Y%m%d%H%M%S") + "000", st=point.st, cn=cn, pw=point.pw, mn=mn, flag=5, cp=cp)


def telemetry(plan: Plan, data: Path, *, until: dt.datetime) -> int:
    """Packets since yesterday's midnight → spool → lake → judge → clues, in one process; return how many clues are new or grew."""
    from qingyuan.records.clues.door import take_findings
    from qingyuan.records.registry.door import export_dimensions

    planting.write_dimensions(data, plan)
    export_dimensions(data)
    began = yesterday(until)
    spool_of(plan, data, until, int((until - began).total_seconds() // 3600))
    ingest.ingest(data)
    found = judge.judge(data, began=began, ended=until)
    return len(take_findings([finding.as_json() for finding in found], at=until))
