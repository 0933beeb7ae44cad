"""A spool said again to another gateway gives the same spool."""

from __future__ import annotations

import asyncio
import datetime as dt

from qingyuan.engines.sense import replay, spool
from qingyuan.engines.sense.gateway import Gateway
from qingyuan.engines.sense.gateway_envelope import frame
from qingyuan.engines.sense.spool import Spool

AT = 1_763_900_000_000_000


def packet(n: int, device: int) -> bytes:
    return frame(b"QN=%017d;ST=31;CN=2011;PW=1;MN=D%d;Flag=5;CP=&&DataTime=20261124080000;a01001-Rtd=%d&&" % (n, device, n))


def test_bytes_peers_and_order_per_peer_come_out_again_faults_included(tmp_path):
    source = Spool(tmp_path / "a" / "spool", at_us=AT)
    said = [(AT + n, f"10.0.0.{n % 3}:1", packet(n, n % 3)) for n in range(300)] + [(AT + 300, "10.0.0.0:1", b"garbage"), (AT + 301, "10.0.0.0:1", packet(301, 0))]
    source.append(said)
    source.close()

    async def main():
        target = Gateway(tmp_path / "b")
        await target.start()
        done = await replay.replay(tmp_path / "a", "127.0.0.1", target.port)
        await target.stop()
        return done

    done = asyncio.run(main())
    assert (done.records, done.answers, done.unanswered, done.connections, done.damaged) == (302, 301, 0, 3, [])
    for device in range(3):
        sent = b"".join(raw for _, peer, raw in said if peer == f"10.0.0.{device}:1")
        got: dict[str, bytes] = {}
        for record in spool.read(tmp_path / "b" / "spool"):
            got[record.peer] = got.get(record.peer, b"") + record.raw
        assert sent in got.values()


def test_a_window_of_arrival_can_be_chosen(tmp_path):
    source = Spool(tmp_path / "spool", at_us=AT)
    source.append([(AT + n * 1_000_000, "p", b"%d" % n) for n in range(10)])
    source.close()
    moment = dt.datetime.fromtimestamp(AT / 1e6 + 3, dt.UTC)
    assert [r.raw for r in replay.chosen(tmp_path, began=moment, ended=moment + dt.timedelta(seconds=2))] == [b"3", b"4"]
