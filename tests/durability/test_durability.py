"""The short form of ``make durability``: each way of failing once or twice, in seconds."""

from __future__ import annotations

import asyncio
import random

from qingyuan.engines.sense.gateway import Gateway

from . import rounds, run


def test_nothing_acknowledged_is_lost_and_every_harm_is_named(tmp_path):
    total = run.play(tmp_path, 10, seed=7)
    assert {kind: outcome.rounds for kind, outcome in total.items()} == dict.fromkeys((*run.KINDS, "flip"), 2)
    assert sum(outcome.acknowledged for outcome in total.values()) > 100
    assert [outcome.lost for outcome in total.values()] == [0] * 5
    flips = total["flip"]
    assert flips.detected == flips.harms == 2, flips.undetected


def test_a_gateway_that_answers_before_it_writes_is_caught(tmp_path, monkeypatch):
    """The harness itself can fail: the lie costs packets, and the packets are counted."""
    honest = Gateway._commit

    async def lying(gateway, **options):
        gateway._answer(gateway.owed)
        gateway.owed = []
        await asyncio.sleep(5)
        await honest(gateway, **options)

    monkeypatch.setattr(Gateway, "_commit", lying)
    assert any(rounds.kill_round(tmp_path, random.Random(n), set()).lost for n in range(8))
