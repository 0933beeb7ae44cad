"""Whole journeys, without a browser: what people do, in their words, through the actions the screens use."""

from __future__ import annotations

import pytest

from .player import HERE, Player

JOURNEYS = sorted(path.name for path in HERE.glob("*.yaml"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", JOURNEYS)
def test_the_journey_reaches_its_end(name: str, settings, tmp_path) -> None:
    """Every step is taken or refused with the sentence the journey expects."""
    settings.QINGYUAN_DATA = tmp_path / "telemetry"
    settings.QINGYUAN_FILES = tmp_path / "files"
    Player(name).play()
