"""Periods and moments on a time axis as plain shapes, placed on the server so that they are there without scripts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from qingyuan.clock import CHINA

LEFT, WIDTH, ROW, BAR = 86, 1100, 22, 15
SHORTEST_LABEL = 12  # pixels a character needs


@dataclass(frozen=True)
class Band:
    """One period (or moment, when it ends where it begins) with its word, a longer text and a tone."""

    began: dt.datetime
    ended: dt.datetime
    word: str
    text: str
    tone: str


@dataclass(frozen=True)
class Row:
    """A named row of bands."""

    title: str
    bands: list[Band]


@dataclass(frozen=True)
class Shape:
    """A band in the picture: ``word`` is empty where it does not fit."""

    x: float
    y: int
    width: float
    tone: str
    word: str
    title: str

    @property
    def text_x(self) -> float:
        return self.x + 4

    @property
    def text_y(self) -> int:
        return self.y + 12


@dataclass(frozen=True)
class Picture:
    """Everything a template draws: rows (title, y of its text), shapes, ticks (x, words), and the list that says the same in words."""

    width: int
    height: int
    rows: list[tuple[str, int]] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)
    ticks: list[tuple[float, str]] = field(default_factory=list)
    listed: list[tuple[str, Band]] = field(default_factory=list)


def draw(rows: Sequence[Row], began: dt.datetime, ended: dt.datetime) -> Picture | None:
    """Place the rows over [began, ended); bands of one row that overlap go below each other.  None when there is nothing."""
    picture = Picture(LEFT + WIDTH + 10, 0)
    y = 4
    for row in rows:
        lanes: list[float] = []
        picture.rows.append((row.title, y + 12))
        for band in sorted(row.bands, key=lambda b: (b.began, b.ended)):
            left, right = place(max(band.began, began), began, ended), place(min(band.ended, ended), began, ended)
            right = max(right, left + 3)
            lane = next((n for n, end in enumerate(lanes) if end <= left), len(lanes))
            lanes[lane : lane + 1] = [right + 2]
            word = band.word if right - left > SHORTEST_LABEL * len(band.word) + 6 else ""
            picture.shapes.append(Shape(left, y + lane * ROW, right - left, band.tone, word, told(band)))
            picture.listed.append((row.title, band))
        y += max(len(lanes), 1) * ROW + 4
    if not rows:
        return None
    return Picture(picture.width, y + 16, picture.rows, picture.shapes, ticks(began, ended), sorted(picture.listed, key=lambda item: item[1].began))


def place(at: dt.datetime, began: dt.datetime, ended: dt.datetime) -> float:
    return round(LEFT + WIDTH * ((at - began) / (ended - began)), 1)


def told(band: Band) -> str:
    began, ended = (at.astimezone(CHINA).strftime("%m-%d %H:%M") for at in (band.began, band.ended))
    when = began if band.began == band.ended else f"{began} 至 {ended}"
    return f"{band.word}　{when}　{band.text}"


def ticks(began: dt.datetime, ended: dt.datetime) -> list[tuple[float, str]]:
    """About eight marks at whole hours or days."""
    hours = next((n for n in (3, 6, 12, 24, 48, 96, 168) if (ended - began) / dt.timedelta(hours=n) <= 9), 720)
    at = began.astimezone(CHINA).replace(minute=0, second=0, microsecond=0)
    at = at.replace(hour=at.hour // hours * hours if hours < 24 else 0)
    found = []
    while at < ended:
        if at >= began:
            found.append((place(at, began, ended), at.strftime("%m-%d" if at.hour == 0 else "%H:%M")))
        at += dt.timedelta(hours=hours)
    return found
