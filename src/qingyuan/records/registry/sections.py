"""Sections of rivers and lakes: which class of GB 3838-2002 the water has, against the class it is held to.

Single-factor evaluation: the worst factor is the class.  Water temperature, total nitrogen of rivers and faecal coliforms take no part
(环办〔2011〕22号, unverified).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import QuerySet

from qingyuan.errors import BadInput
from qingyuan.law import limits

from .models import Officer, RiverPlace, SectionReading
from .quality import Figure
from .scope import one, scoped

NAMES = {1: "Ⅰ类", 2: "Ⅱ类", 3: "Ⅲ类", 4: "Ⅳ类", 5: "Ⅴ类", 6: "劣Ⅴ类"}
LEFT_OUT = {"w01010", "w01014", "w00000", "faecal_coliform"}
GOOD = 3
PER_DAY = 6  # a station analyses every four hours


def class_name(number: int | None) -> str:
    return NAMES.get(number or 0, "—")


def sections(viewer: Officer) -> QuerySet[RiverPlace]:
    """Sections in the viewer's division, by code."""
    return scoped(RiverPlace.objects.filter(kind="section").select_related("division"), viewer).order_by("code")


def section(viewer: Officer, code: str) -> RiverPlace:
    return one(RiverPlace.objects.filter(kind="section").select_related("division"), viewer, code=code)


def rivers(viewer: Officer) -> QuerySet[RiverPlace]:
    """Every place on a river in the viewer's division."""
    return scoped(RiverPlace.objects.all(), viewer).order_by("code")


def readings_of(viewer: Officer, place: RiverPlace) -> QuerySet[SectionReading]:
    return scoped(SectionReading.objects.filter(place=place), viewer, through="place").order_by("-at", "factor")


@dataclass(frozen=True)
class Factored:
    """One factor's part in a class: its mean, the class it meets, how many times the target's limit it is above it (C/L − 1)."""

    factor: str
    value: float
    quality_class: int
    multiple: float


@dataclass(frozen=True)
class Assessed:
    """A section over a period.  ``quality_class`` 1 to 6 or None without data; ``worst`` the factors that decide it."""

    place: RiverPlace
    quality_class: int | None
    factors: tuple[Factored, ...] = ()
    oldest_at: dt.datetime | None = None
    newest_at: dt.datetime | None = None
    valid: int = 0
    due: int = 0
    beyond: tuple[Factored, ...] = field(default=())

    @property
    def meets_target(self) -> bool | None:
        if self.quality_class is None or self.place.target_class is None:
            return None
        return self.quality_class <= self.place.target_class

    @property
    def share(self) -> float | None:
        return min(1.0, self.valid / self.due) if self.due else None

    @property
    def label(self) -> str:
        return class_name(self.quality_class)

    @property
    def target(self) -> str:
        return class_name(self.place.target_class)

    @property
    def worst(self) -> tuple[Factored, ...]:
        return tuple(one for one in self.factors if one.quality_class == self.quality_class and self.quality_class not in (None, 1))


def class_of(factor: str, value: float, *, is_lake: bool) -> int | None:
    """The class one value meets; None for a factor that takes no part."""
    if factor in LEFT_OUT or (factor == "w21001" and not is_lake):
        return None
    try:
        return limits.water_class(factor, Decimal(str(value)), is_lake=is_lake)
    except BadInput:
        return None


def multiple_of(factor: str, value: float, target: int | None, on: dt.date, *, is_lake: bool) -> float:
    """How far above the limit of the target class (C/L − 1); 0 where that has no meaning (pH, dissolved oxygen)."""
    if target is None:
        return 0.0
    mark = ("i", "ii", "iii", "iv", "v")[target - 1]
    for table in ([f"class_{mark}_lake"] if is_lake else []) + [f"class_{mark}"]:
        try:
            found = limits.standard_limit("gb_3838_2002", table, factor, averaging="any", on=on)
        except BadInput:
            continue
        return float(found.multiple(Decimal(str(value))))
    return 0.0


def limit_of(factor: str, target: int | None, on: dt.date, *, is_lake: bool = False) -> float | None:
    """The limit of the target class for a factor (the lower bound of dissolved oxygen); None where the standard has none."""
    for table in ([f"class_{MARKS[(target or 1) - 1]}_lake"] if is_lake else []) + [f"class_{MARKS[(target or 1) - 1]}"]:
        try:
            found = limits.standard_limit("gb_3838_2002", table, factor, averaging="any", on=on)
        except BadInput:
            continue
        value = found.limit_value if found.limit_value is not None else found.low_value
        return None if value is None or target is None else float(value)
    return None


def assess(viewer: Officer, since: dt.datetime, until: dt.datetime, *, only: Iterable[RiverPlace] | None = None) -> list[Assessed]:
    """Every section over [since, until): means of valid readings by factor; manual samples weigh as one reading each."""
    places = list(only) if only is not None else list(sections(viewer))
    rows = scoped(SectionReading.objects.filter(place__in=places, at__gte=since, at__lt=until), viewer, through="place")
    told: dict[int, list[tuple[str, dt.datetime, float | None, str]]] = {}
    for place, factor, at, value, way in rows.values_list("place_id", "factor", "at", "value", "way").order_by("at"):
        told.setdefault(place, []).append((factor, at, value, way))
    found = [_assessed(place, told.get(place.pk, []), since, until) for place in places]
    return sorted(found, key=lambda one: (one.meets_target is not False, -(one.quality_class or 0), one.place.code))


def _assessed(place: RiverPlace, rows: list[tuple[str, dt.datetime, float | None, str]], since: dt.datetime, until: dt.datetime) -> Assessed:
    values: dict[str, list[float]] = {}
    last: dict[str, dt.datetime] = {}
    for factor, at, value, _ in rows:
        if value is not None:
            values.setdefault(factor, []).append(value)
            last[factor] = at
    factors = []
    for factor, several in values.items():
        mean = sum(several) / len(several)
        number = class_of(factor, mean, is_lake=place.is_lake)
        if number is not None:
            factors.append(Factored(factor, mean, number, multiple_of(factor, mean, place.target_class, until.date(), is_lake=place.is_lake)))
    used = [last[one.factor] for one in factors]
    auto = len({(factor, at) for factor, at, _, way in rows if way == "auto"})
    watched = len({factor for factor, _, _, way in rows if way == "auto"})
    due = max(auto, round((until - since).total_seconds() / 86400 * PER_DAY) * watched) + len({(f, a) for f, a, _, way in rows if way == "manual"})
    ranked = tuple(sorted(factors, key=lambda one: (-one.quality_class, -one.multiple, one.factor)))
    return Assessed(
        place, max((one.quality_class for one in factors), default=None), ranked, min(used, default=None), max(used, default=None),
        sum(len(several) for several in values.values()), due, tuple(one for one in ranked if place.target_class and one.quality_class > place.target_class),
    )  # fmt: skip


def section_figures(rows: list[Assessed]) -> list[Figure]:
    """The share of good sections (Ⅰ to Ⅲ), of those that meet their target, and how many are worse than class Ⅴ."""
    known = [row for row in rows if row.quality_class is not None]
    oldest, newest = min((row.oldest_at for row in known if row.oldest_at), default=None), max((row.newest_at for row in known if row.newest_at), default=None)
    valid, due = sum(row.valid for row in rows), sum(row.due for row in rows)
    silent = len(rows) - len(known)
    note = f"另有 {silent} 个断面没有数据，未计入" if silent else ""

    def share(true: int, of: int) -> float | None:
        return 100 * true / of if of else None

    aimed = [row for row in known if row.meets_target is not None]
    return [
        Figure("优良断面比例", share(sum((row.quality_class or 9) <= GOOD for row in known), len(known)), "%", oldest, newest, valid, due, note),
        Figure("达标断面比例", share(sum(bool(row.meets_target) for row in aimed), len(aimed)), "%", oldest, newest, valid, due, note),
        Figure("劣Ⅴ类断面", float(sum(row.quality_class == 6 for row in known)) if known else None, "个", oldest, newest, valid, due, note, 0),
    ]


# -- what the lake must know of the stations --------------------------------------------------------------------------------

WATCHED = ("w01001", "w01009", "w01018", "w01019", "w21003", "w21011", "w00000")
AIMED = ("w01018", "w01019", "w21003", "w21011", "w01009")
MARKS = ("i", "ii", "iii", "iv", "v")


def station_points() -> list[dict[str, object]]:
    """Automatic stations of sections in the columns of the lake's points: medium ``section``, the main river as facility, the section as outlet."""
    return [
        {"mn": row.mn, "pw": "", "st": "21", "facility": row.river.partition("T")[0], "facility_name": row.river_name, "operator": "", "operator_name": "", "outlet": row.code, "outlet_name": row.name,
         "division": row.division_id, "medium": "section", "industry": "river", "reference_oxygen": None, "lon": row.lon, "lat": row.lat, "factors": list(WATCHED)}
        for row in RiverPlace.objects.filter(kind="section").exclude(mn="").order_by("mn")
    ]  # fmt: skip


def station_limits(since: dt.date) -> list[dict[str, object]]:
    """What each section is held to (GB 3838-2002 table 1) in the columns of the lake's limits; dissolved oxygen is a lower bound."""
    found: list[dict[str, object]] = []
    for row in RiverPlace.objects.filter(kind="section", target_class__isnull=False).exclude(mn="").order_by("code"):
        for factor in AIMED:
            limit = limits.standard_limit("gb_3838_2002", f"class_{MARKS[(row.target_class or 3) - 1]}", factor, averaging="any", on=since)
            value = limit.limit_value if limit.limit_value is not None else limit.low_value
            found.append({"outlet": row.code, "factor": factor, "averaging": "target", "limit_value": float(value or 0), "unit": "mg/L", "valid_from": since, "valid_to": None, "kind": "standard",
                          "citation": f"GB 3838-2002 表1 {class_name(row.target_class)}（{row.name}水质目标）"})  # fmt: skip
    return found
