"""For tests: the traffic of a province laid into a spool, as the gateway would have laid it."""

from __future__ import annotations

import datetime as dt

from qingyuan.engines.province.messages import messages
from qingyuan.engines.province.small import ANCHOR, small
from qingyuan.engines.sense.hj212.message import build
from qingyuan.engines.sense.hj212.times import write_qn
from qingyuan.engines.sense.spool import Spool
from qingyuan.engines.store import layout, planting

HOUR = dt.timedelta(hours=1)
PLAN = small(3)


def arrivals(began, ended, kinds=("minute", "hour", "day"), plan=PLAN, facilities=None):
    """Return (received µs, peer, packet) in order of time."""
    found = []
    for one in messages(plan, began, ended, kinds):
        point = plan.point[one.mn]
        if facilities is None or point.facility in facilities:
            raw = build(qn=write_qn(one.when), st=point.st, cn=one.cn, pw=point.pw, mn=one.mn, flag=5, cp=one.cp)
            found.append((int(one.when.timestamp() * 1e6), "10.0.0.1:5000", raw))
    return found


def sow(data, these, *, plan=PLAN, segment_bytes=1 << 20, dims=True):
    """Lay arrivals into a spool and write the dimensions."""
    if dims:
        planting.write_dimensions(data, plan)
    writer = Spool(layout.spool(data), at_us=these[0][0] if these else 0, segment_bytes=segment_bytes)
    if these:
        writer.append(these)
        writer.sync()
    writer.close()


__all__ = ["ANCHOR", "HOUR", "PLAN", "arrivals", "sow"]
