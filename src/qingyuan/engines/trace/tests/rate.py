"""How often the planted source is among the first three: ``python -m qingyuan.engines.trace.tests.rate [SEEDS]``."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from qingyuan.engines.trace import river, track, wind

from . import planted


def of_river(seeds: Iterable[int], wanted: int) -> list[int]:
    """Ranks of the true outlet over the first ``wanted`` seeds in which the section noticed something."""
    ranks: list[int] = []
    for seed in seeds:
        if len(ranks) == wanted:
            break
        world = planted.river(seed)
        if world is not None:
            network, warned, loads, truth = world
            ranks.append(next(one.rank for one in river.trace(network, warned, loads) if one.place == truth))
    return ranks


def of_air(seeds: Iterable[int], receptors: int) -> list[int]:
    ranks = []
    for seed in seeds:
        seen, winds, sources, loads, truth = planted.air(seed, receptors=receptors)
        found = wind.trace(seen, winds, sources, factor="a24088", hours=2, loads=loads)
        ranks.append(next((one.rank for one in found if one.place == truth), 99))
    return ranks


def of_track(seeds: Iterable[int], wanted: int) -> list[int]:
    """Ranks for the highest hot spot, over the first ``wanted`` drives that met the plume at all."""
    ranks: list[int] = []
    for seed in seeds:
        rows, sources, truth = planted.drive(seed)
        spots = track.hot_spots(rows)
        if not spots or len(ranks) == wanted:
            continue
        found = track.trace(spots[0], sources, factor="a24088")
        ranks.append(next((one.rank for one in found if one.place == truth), 99))
    return ranks


def told(ranks: list[int]) -> str:
    first, three = (sum(rank <= most for rank in ranks) / len(ranks) for most in (1, 3))
    return f"{len(ranks)} worlds: first {first:.0%}, first three {three:.0%}"


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    begin = 1_000_000
    print("river    ", told(of_river(range(begin, begin + 10 * count), count)))
    print("station  ", told(of_air(range(begin, begin + count), 1)))
    print("cluster 5", told(of_air(range(begin, begin + count), 5)))
    print("track    ", told(of_track(range(begin, begin + 2 * count), count)))
