"""How units are mapped: one after the other, or over processes.  The same functions, the same findings.

A cluster executor is a third function of this shape.  Spark is left out until it can be run in the tests here.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from typing import TypeVar

from qingyuan.errors import BadInput

Unit = TypeVar("Unit")
Result = TypeVar("Result")
Mapper = Callable[[Callable[[Unit], Result], Iterable[Unit]], Iterator[Result]]


def serial(work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[Result]:
    """Do one unit after the other in this process."""
    return map(work, units)


def processes(work: Callable[[Unit], Result], units: Iterable[Unit]) -> Iterator[Result]:
    """Spread units over one process per core; results come in the order of the units."""
    workers = os.cpu_count() or 1
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("forkserver")) as pool:
        yield from pool.map(work, units, chunksize=1)


EXECUTORS = {"serial": serial, "processes": processes}


def named(name: str) -> Callable[..., Iterator[Result]]:
    """Return an executor by name; raises BadInput with the names that exist."""
    if name not in EXECUTORS:
        raise BadInput(f"没有名为 {name} 的执行方式，可用：{'、'.join(EXECUTORS)}", field="engine")
    return EXECUTORS[name]
